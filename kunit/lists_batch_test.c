// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: what goes from the pool to them and back, and when.
 *
 * The cases run on one CPU, to which they are bound.
 */
#include "lists.h"

#include "listlib.h"
#include "pool.h"
#include "testlib.h"

/* How many of @order are taken for a list that has none. */
static u32 batch(struct kunit *test, struct bp_pool *pool, unsigned int order)
{
	u32 pfn, nr;

	bp_pool_drain(pool);
	bp_test_calm_down(test, pool);
	pfn = bp_test_must_alloc(test, pool, order);
	nr = (bp_test_kept(pool) >> order) + 1;
	bp_test_must_free(test, pool, pfn, order);
	return nr;
}

/* Out of a large block, a batch is a block too. */
static void lists_are_filled_in_batches(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++)
		KUNIT_EXPECT_EQ(test, batch(test, pool, bp_list_order(i)),
				rounddown_pow_of_two(pool->lists.batch[i]));
}

/* All pages of a pool, but for two of each word. */
static void take_most(struct bp_pool *pool, u32 *pfns)
{
	u32 i;

	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		pfns[i] = bp_buddy_alloc_block(&pool->buddy, 0);
	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		if (pfns[i] % 64 == 7 || pfns[i] % 64 == 50)
			bp_buddy_free_block(&pool->buddy, pfns[i], 0);
}

/* Give them back, but for the first @nr that were 6 in their word. */
static void give_most(struct bp_pool *pool, const u32 *pfns, u32 nr)
{
	u32 i;

	for (i = 0; i < BP_TEST_LISTS_PAGES; i++) {
		if (pfns[i] % 64 == 7 || pfns[i] % 64 == 50)
			continue;
		if (pfns[i] % 64 == 6 && nr && nr--)
			continue;
		bp_buddy_free_block(&pool->buddy, pfns[i], 0);
	}
}

/* A batch has no more than the word that its first block is of. */
static void lists_are_filled_from_one_word(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_LISTS_PAGES * sizeof(*pfns)),
	    pfn;

	take_most(pool, pfns);
	pfn = bp_test_must_alloc(test, pool, 0);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 1);
	bp_test_must_free(test, pool, pfn, 0);
	give_most(pool, pfns, 0);
}

/* Whatever is freed next is spare if others would be chosen before. */
static void aim(struct bp_pool *pool, bool spare)
{
	pool->buddy.freemap.next[0] = spare ? 0 : U64_MAX;
}

/* Free pages until @high are kept, and one more; how many are kept then. */
static u32 overflow(struct kunit *test, struct bp_pool *pool, const u32 *pfns,
		    u32 high, bool spare)
{
	u32 i;

	for (i = 0; i < high; i++) {
		aim(pool, spare);
		bp_test_must_free(test, pool, pfns[i], 0);
		KUNIT_ASSERT_EQ(test, bp_test_kept(pool), i + 1);
	}
	aim(pool, spare);
	bp_test_must_free(test, pool, pfns[i], 0);
	return bp_test_kept(pool);
}

/* Of neighbours, a batch goes back when a list is full. */
static void lists_are_emptied_in_batches(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const u32 high = pool->lists.high[0];
	u32 pfns[BP_STOCK_SIZE + 1], i;

	KUNIT_ASSERT_LT(test, high, ARRAY_SIZE(pfns));
	for (i = 0; i <= high; i++)
		pfns[i] = bp_buddy_alloc_block(&pool->buddy, 0);
	KUNIT_EXPECT_EQ(test, overflow(test, pool, pfns, high, false),
			high - pool->lists.batch[0] + 1);
}

/* Nor are spare ones kept but for as many as go back together. */
static void lists_keep_few_spare(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const u32 high = pool->lists.spare_high[0];
	u32 pfns[BP_STOCK_SIZE + 1], i;

	KUNIT_ASSERT_GT(test, high, 0);
	KUNIT_ASSERT_LT(test, high, ARRAY_SIZE(pfns));
	for (i = 0; i <= high; i++)
		pfns[i] = bp_buddy_alloc_block(&pool->buddy, 0);
	KUNIT_EXPECT_EQ(test, overflow(test, pool, pfns, high, true), 1);
}

/* Better a spare one than none: no CPU need be interrupted for it. */
static void lists_give_spare_at_last(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_LISTS_PAGES * sizeof(*pfns)),
	    i;

	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		pfns[i] = bp_buddy_alloc_block(&pool->buddy, 0);
	/* One that is free makes spare ones of those in its pageblock. */
	bp_buddy_free_block(&pool->buddy, pfns[0], 0);
	aim(pool, true);
	bp_test_must_free(test, pool, pfns[1], 0);
	KUNIT_EXPECT_EQ(test, bp_buddy_alloc_block(&pool->buddy, 0), pfns[0]);
	KUNIT_EXPECT_EQ(test, bp_test_must_alloc(test, pool, 0), pfns[1]);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		bp_buddy_free_block(&pool->buddy, pfns[i], 0);
}

/* Where each page changes what is summed up, one has to do. */
static void lists_are_emptied_one_by_one(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_LISTS_PAGES * sizeof(*pfns));
	u32 few[BP_STOCK_SIZE + 1], i, nr = 0;

	/* One of each word that has only two free ones, one block with it. */
	take_most(pool, pfns);
	for (i = 0; i < BP_TEST_LISTS_PAGES && nr <= pool->lists.high[0]; i++)
		if (pfns[i] % 64 == 6)
			few[nr++] = pfns[i];
	KUNIT_ASSERT_EQ(test, nr, pool->lists.high[0] + 1);
	KUNIT_EXPECT_EQ(test,
			overflow(test, pool, few, pool->lists.high[0], false),
			pool->lists.high[0]);
	give_most(pool, pfns, nr);
}

/*
 * What lies in a pageblock that had better become free goes back to the pool, and
 * is not allocated again from the list.
 */
static void lists_do_not_spoil_the_packing(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const u32 nr = 4 * BP_PAGEBLOCK_PAGES;
	u32 *pfns = kunit_kcalloc(test, nr, sizeof(*pfns), GFP_KERNEL);
	struct bp_pool_stat stat;
	unsigned int round, i;

	KUNIT_ASSERT_NOT_NULL(test, pfns);
	for (i = 0; i < nr; i++)
		pfns[i] = bp_test_must_alloc(test, pool, 0);
	/* Of four pageblocks, a quarter of each remains: that of one. */
	for (i = 0; i < nr; i++)
		if (i % 4)
			bp_test_must_free(test, pool, pfns[i], 0);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < nr; i += 4) {
			bp_test_must_free(test, pool, pfns[i], 0);
			pfns[i] = bp_test_must_alloc(test, pool, 0);
		}
	}
	bp_pool_drain(pool);
	bp_pool_stat(pool, &stat);
	KUNIT_EXPECT_EQ(test, stat.free_pages,
			BP_TEST_LISTS_PAGES - BP_PAGEBLOCK_PAGES);
	/* But for what the list held when it was at its best. */
	KUNIT_EXPECT_GE(test, stat.nr_free[10] * 2 + stat.nr_free[9],
			BP_TEST_LISTS_PAGES / BP_PAGEBLOCK_PAGES - 2);
	for (i = 0; i < nr; i += 4)
		bp_test_must_free(test, pool, pfns[i], 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lists_are_filled_in_batches),
	KUNIT_CASE(lists_are_filled_from_one_word),
	KUNIT_CASE(lists_are_emptied_in_batches),
	KUNIT_CASE(lists_keep_few_spare),
	KUNIT_CASE(lists_give_spare_at_last),
	KUNIT_CASE(lists_are_emptied_one_by_one),
	KUNIT_CASE(lists_do_not_spoil_the_packing),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists_batch",
	.init = bp_test_bind,
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
