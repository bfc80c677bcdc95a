// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: what is kept aside, and what becomes of it.
 *
 * The cases run on one CPU, to which they are bound.
 */
#include "lists.h"

#include <linux/err.h>

#include "pool.h"
#include "testlib.h"

/* Enough for a list of each order, and a pool that these are a small part of. */
#define NR_PAGES 16384
#define PERCPU_PAGES 5120

/* Frees after which lists that were emptied are in use again. */
#define MANY_FREES 300

static u32 kept(struct bp_pool *pool)
{
	struct bp_pool_stat stat;

	bp_pool_stat(pool, &stat);
	return stat.kept_pages;
}

static u32 must_alloc(struct kunit *test, struct bp_pool *pool,
		      unsigned int order)
{
	u32 pfn = bp_pool_alloc_block(pool, order);

	KUNIT_ASSERT_NE(test, pfn, BP_NO_PAGE);
	KUNIT_ASSERT_TRUE(test, IS_ALIGNED(pfn, 1U << order));
	KUNIT_ASSERT_EQ(test, bp_buddy_run(&pool->buddy, pfn), 1U << order);
	return pfn;
}

static void must_free(struct kunit *test, struct bp_pool *pool, u32 pfn,
		      unsigned int order)
{
	KUNIT_ASSERT_EQ(test, bp_pool_free_block(pool, pfn, order), 0);
	KUNIT_ASSERT_EQ(test, bp_buddy_run(&pool->buddy, pfn), 0);
}

/* Frees that go past the lists, until these are in use. */
static void calm_down(struct kunit *test, struct bp_pool *pool)
{
	unsigned int i;

	for (i = 0; i < MANY_FREES && !pool->lists.on; i++)
		must_free(test, pool, must_alloc(test, pool, 4), 4);
	KUNIT_ASSERT_TRUE(test, pool->lists.on);
}

/* What is freed is kept, and is the next to be allocated. */
static void lists_keep_what_is_freed(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++) {
		const unsigned int order = bp_list_order(i);
		u32 pfn = must_alloc(test, pool, order), before = kept(pool);

		must_free(test, pool, pfn, order);
		KUNIT_EXPECT_EQ(test, kept(pool), before + (1U << order));
		KUNIT_EXPECT_EQ(test, must_alloc(test, pool, order), pfn);
		KUNIT_EXPECT_EQ(test, kept(pool), before);
		must_free(test, pool, pfn, order);
	}
}

/* Orders that have no list go to the pool at once. */
static void lists_of_some_orders_only(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	unsigned int order;

	for (order = 0; order <= 10; order++) {
		if (bp_list_of(order) >= 0) {
			KUNIT_EXPECT_EQ(test, bp_list_order(bp_list_of(order)),
					order);
			continue;
		}
		KUNIT_EXPECT_EQ(test, bp_list_of(order), -1);
		must_free(test, pool, must_alloc(test, pool, order), order);
		KUNIT_EXPECT_EQ(test, kept(pool), 0);
	}
}

/* A run of pages that is no block, or a block with an alignment, is no list's. */
static void lists_only_of_blocks(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	const struct bp_request three = { .nr_pages = 3 };
	const struct bp_request aligned = { .nr_pages = 1, .align_order = 8 };
	u32 pfn, other;

	KUNIT_ASSERT_EQ(test, bp_pool_alloc(pool, &three, &pfn, NULL), 0);
	KUNIT_ASSERT_EQ(test, bp_pool_alloc(pool, &aligned, &other, NULL), 0);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(other, 256));
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfn, 3, false), 0);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	/* Once it is allocated, a block is a block. */
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, other, 1, false), 0);
	KUNIT_EXPECT_EQ(test, kept(pool), 1);
}

/* How many of @order are taken for a list that has none. */
static u32 batch(struct kunit *test, struct bp_pool *pool, unsigned int order)
{
	u32 pfn, nr;

	bp_pool_drain(pool);
	calm_down(test, pool);
	pfn = must_alloc(test, pool, order);
	nr = (kept(pool) >> order) + 1;
	must_free(test, pool, pfn, order);
	return nr;
}

/* Out of a large block, a batch is a block too. */
static void lists_are_filled_in_batches(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++)
		KUNIT_EXPECT_EQ(test, batch(test, pool, bp_list_order(i)),
				rounddown_pow_of_two(pool->lists.batch[i]));
}

/* All pages of a pool, but for two of each word. */
static void take_most(struct bp_pool *pool, u32 *pfns)
{
	u32 i;

	for (i = 0; i < NR_PAGES; i++)
		pfns[i] = bp_buddy_alloc_block(&pool->buddy, 0);
	for (i = 0; i < NR_PAGES; i++)
		if (pfns[i] % 64 == 7 || pfns[i] % 64 == 50)
			bp_buddy_free_block(&pool->buddy, pfns[i], 0);
}

/* Give them back, but for the first @nr that were 6 in their word. */
static void give_most(struct bp_pool *pool, const u32 *pfns, u32 nr)
{
	u32 i;

	for (i = 0; i < NR_PAGES; i++) {
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
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 *pfns = bp_test_vzalloc(test, NR_PAGES * sizeof(*pfns)), pfn;

	take_most(pool, pfns);
	pfn = must_alloc(test, pool, 0);
	KUNIT_EXPECT_EQ(test, kept(pool), 1);
	must_free(test, pool, pfn, 0);
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
		must_free(test, pool, pfns[i], 0);
		KUNIT_ASSERT_EQ(test, kept(pool), i + 1);
	}
	aim(pool, spare);
	must_free(test, pool, pfns[i], 0);
	return kept(pool);
}

/* Of neighbours, a batch goes back when a list is full. */
static void lists_are_emptied_in_batches(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
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
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
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
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 *pfns = bp_test_vzalloc(test, NR_PAGES * sizeof(*pfns)), i;

	for (i = 0; i < NR_PAGES; i++)
		pfns[i] = bp_buddy_alloc_block(&pool->buddy, 0);
	/* One that is free makes spare ones of those in its pageblock. */
	bp_buddy_free_block(&pool->buddy, pfns[0], 0);
	aim(pool, true);
	must_free(test, pool, pfns[1], 0);
	KUNIT_EXPECT_EQ(test, bp_buddy_alloc_block(&pool->buddy, 0), pfns[0]);
	KUNIT_EXPECT_EQ(test, must_alloc(test, pool, 0), pfns[1]);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
	for (i = 0; i < NR_PAGES; i++)
		bp_buddy_free_block(&pool->buddy, pfns[i], 0);
}

/* Where each page changes what is summed up, one has to do. */
static void lists_are_emptied_one_by_one(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 *pfns = bp_test_vzalloc(test, NR_PAGES * sizeof(*pfns));
	u32 few[BP_STOCK_SIZE + 1], i, nr = 0;

	/* One of each word that has only two free ones, one block with it. */
	take_most(pool, pfns);
	for (i = 0; i < NR_PAGES && nr <= pool->lists.high[0]; i++)
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
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	const u32 nr = 4 * BP_PAGEBLOCK_PAGES;
	u32 *pfns = kunit_kcalloc(test, nr, sizeof(*pfns), GFP_KERNEL);
	struct bp_pool_stat stat;
	unsigned int round, i;

	KUNIT_ASSERT_NOT_NULL(test, pfns);
	for (i = 0; i < nr; i++)
		pfns[i] = must_alloc(test, pool, 0);
	/* Of four pageblocks, a quarter of each remains: that of one. */
	for (i = 0; i < nr; i++)
		if (i % 4)
			must_free(test, pool, pfns[i], 0);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < nr; i += 4) {
			must_free(test, pool, pfns[i], 0);
			pfns[i] = must_alloc(test, pool, 0);
		}
	}
	bp_pool_drain(pool);
	bp_pool_stat(pool, &stat);
	KUNIT_EXPECT_EQ(test, stat.free_pages, NR_PAGES - BP_PAGEBLOCK_PAGES);
	/* But for what the list held when it was at its best. */
	KUNIT_EXPECT_GE(test, stat.nr_free[10] * 2 + stat.nr_free[9],
			NR_PAGES / BP_PAGEBLOCK_PAGES - 2);
	for (i = 0; i < nr; i += 4)
		must_free(test, pool, pfns[i], 0);
}

static void lists_none_in_a_small_pool(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool_lists(test, 64, 6, 4);

	must_free(test, pool, must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, 0, 0), -ENOENT);
}

/* What is kept is free memory, and no run. */
static void lists_kept_blocks_are_free(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	const u32 pfn = must_alloc(test, pool, 3);
	struct bp_extent extent;
	struct bp_pool_stat stat;
	u32 at = pfn + 5;

	must_free(test, pool, pfn, 3);
	bp_pool_stat(pool, &stat);
	KUNIT_EXPECT_EQ(test, stat.free_pages, NR_PAGES);
	KUNIT_EXPECT_EQ(test, stat.counters.allocs, 1);
	KUNIT_EXPECT_EQ(test, stat.counters.frees, 1);
	KUNIT_EXPECT_EQ(test, bp_pool_walk(pool, &at, &extent, 1), 1);
	KUNIT_EXPECT_EQ(test, extent.pfn, pfn);
	KUNIT_EXPECT_EQ(test, extent.order, 3);
	KUNIT_EXPECT_EQ(test, extent.kind, BP_EXTENT_ASIDE);
	KUNIT_EXPECT_FALSE(test, extent.head);
	bp_test_assert_ok(test, &pool->buddy);

	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn, 3), -ENOENT);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfn, 8, false), -ENOENT);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfn, 4, false), -ENOENT);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, pfn, 8, 4, false, NULL),
			-ENOENT);
}

/* A free of what is no block of that order changes nothing. */
static void lists_refuse_bad_frees(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	const u32 pfn = must_alloc(test, pool, 2), before = kept(pool);

	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn + 1, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, NR_PAGES, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, U32_MAX, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn, 40), -EINVAL);
	KUNIT_EXPECT_EQ(test, kept(pool), before);
	must_free(test, pool, pfn, 2);
}

/* Not a single page is out of reach because a CPU keeps it. */
static void lists_do_not_make_an_alloc_fail(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 *pfns = bp_test_vzalloc(test, NR_PAGES * sizeof(*pfns)), i;

	for (i = 0; i < NR_PAGES; i++)
		pfns[i] = must_alloc(test, pool, 0);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_block(pool, 0), BP_NO_PAGE);
	for (i = 0; i < NR_PAGES; i++)
		must_free(test, pool, pfns[i], 0);
	KUNIT_EXPECT_GT(test, kept(pool), 0);
	for (i = 0; i < NR_PAGES >> 10; i++)
		pfns[i] = must_alloc(test, pool, 10);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	while (i--)
		must_free(test, pool, pfns[i], 10);
}

/* Nor does it make a block move that could grow where it is. */
static void lists_do_not_make_a_resize_fail(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 first = must_alloc(test, pool, 0), second;
	struct bp_failure failure = {};

	while ((second = must_alloc(test, pool, 0)) != first + 1) {
		must_free(test, pool, first, 0);
		first = second;
	}
	must_free(test, pool, second, 0);
	KUNIT_EXPECT_EQ(test,
			bp_pool_resize(pool, first, 1, 2, false, &failure), 0);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_NO_FAILURE);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, first, 2, false), 0);
}

/* An allocation that failed wants what is freed next: nothing is kept for now. */
static void lists_are_off_after_a_failure(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	struct bp_request all = { .nr_pages = 1024, .align_order = 10 };
	u32 *pfns = bp_test_vzalloc(test, NR_PAGES * sizeof(*pfns)), pfn, i;
	struct bp_failure failure = {};

	for (i = 0; i < NR_PAGES / 1024; i++)
		pfns[i] = must_alloc(test, pool, 10);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &all, &pfn, &failure),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_FULL);
	KUNIT_EXPECT_FALSE(test, pool->lists.on);
	/* As long as little is free, it stays so. */
	must_free(test, pool, pfns[--i], 10);
	for (pfn = 0; pfn < MANY_FREES; pfn++)
		must_free(test, pool, must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	while (i)
		must_free(test, pool, pfns[--i], 10);
	calm_down(test, pool);
	must_free(test, pool, must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_GT(test, kept(pool), 0);
}

/* What could never be had need not be looked for on the lists. */
static void lists_stay_on_after_nonsense(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	const struct bp_request large = { .nr_pages = 1025 };
	const struct bp_request none = {};
	struct bp_failure failure = {};
	u32 pfn = must_alloc(test, pool, 0), before;

	must_free(test, pool, pfn, 0);
	before = kept(pool);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &large, &pfn, &failure),
			-EFBIG);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_TOO_LARGE);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &none, &pfn, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 5, 1, 2, false, NULL),
			-ENOENT);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
	KUNIT_EXPECT_EQ(test, kept(pool), before);
}

/* Draining gives everything back, merged. */
static void lists_drain(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++)
		must_free(test, pool, must_alloc(test, pool, bp_list_order(i)),
			  bp_list_order(i));
	KUNIT_EXPECT_GT(test, kept(pool), 0);
	KUNIT_EXPECT_LT(test, pool->buddy.nr_free_pages, NR_PAGES);
	bp_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, NR_PAGES);
	bp_pool_drain(pool);
	calm_down(test, pool);
}

/* A CPU that is not online keeps nothing. */
static void lists_offline(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 pfn = must_alloc(test, pool, 0);

	must_free(test, pool, pfn, 0);
	KUNIT_EXPECT_GT(test, kept(pool), 0);
	bp_lists_set_online(&pool->lists, false);
	bp_pool_drain_cpu(pool, raw_smp_processor_id());
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	pfn = must_alloc(test, pool, 0);
	must_free(test, pool, pfn, 0);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	bp_lists_set_online(&pool->lists, true);
	must_free(test, pool, must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_GT(test, kept(pool), 0);
}

/* Between going offline and giving back, nothing is put on a list that is full. */
static void lists_offline_and_full(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	const u32 high = pool->lists.high[0], nr = high + 2 * BP_MAX_BATCH;
	u32 *pfns = kunit_kcalloc(test, nr, sizeof(*pfns), GFP_KERNEL);
	struct bp_cpu_lists *cpu = raw_cpu_ptr(pool->lists.cpu);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pfns);
	for (i = 0; i < nr; i++)
		pfns[i] = must_alloc(test, pool, 0);
	for (i = 0; kept(pool) < high; i++)
		must_free(test, pool, pfns[i], 0);
	bp_lists_set_online(&pool->lists, false);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfns[i++], 1, false), 0);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfns[i++], 0), 0);
	KUNIT_EXPECT_EQ(test, nr - i,
			bp_pool_free_bulk(pool, 0, pfns + i, nr - i));
	KUNIT_EXPECT_LE(test,
			bp_stock_count(&cpu->list[0].ready) +
				bp_stock_count(&cpu->list[0].spare),
			high);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&cpu->list[1].ready), 0);
	bp_pool_drain_cpu(pool, raw_smp_processor_id());
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, NR_PAGES);
	bp_lists_set_online(&pool->lists, true);
}

/* As long as somebody needs all there is, nothing is kept, whatever is freed. */
static void lists_stay_off_while_held(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	unsigned int i;

	bp_pool_drain_hold(pool);
	for (i = 0; i < 2 * MANY_FREES; i++)
		must_free(test, pool, must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_FALSE(test, pool->lists.on);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	bp_pool_drain_release(pool);
	calm_down(test, pool);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
}

/* A list of an order that the pool cannot have would keep others from theirs. */
static void lists_of_orders_that_there_are(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool_lists(test, 300, 10, 4000);
	const struct bp_request request = { .nr_pages = 512 };
	struct bp_failure failure = {};
	u32 pfn;

	KUNIT_EXPECT_EQ(test, pool->lists.high[BP_NR_SMALL_LISTS], 0);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &request, &pfn, &failure),
			-EFBIG);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
}

/* What does not belong on a list is not given back, but all the others are. */
static void give_back_passes_over_nonsense(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 pfns[8], taken[8], nr, i;

	nr = bp_buddy_take_many(buddy, 0, bp_tag_aside(0), 0, taken, 8);
	KUNIT_ASSERT_EQ(test, nr, 8);
	KUNIT_EXPECT_TRUE(test, bp_buddy_use_again(buddy, taken[3], 0));
	KUNIT_EXPECT_FALSE(test, bp_buddy_use_again(buddy, taken[3], 0));
	for (i = 0; i < 8; i++)
		pfns[i] = taken[i];
	KUNIT_EXPECT_EQ(test, bp_buddy_give_aside(buddy, 0, pfns, 8), 7);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 63);
	bp_test_assert_ok(test, buddy);
	KUNIT_EXPECT_EQ(test, bp_buddy_free(buddy, taken[3], 1), 0);
}

static u32 give_all(struct bp_buddy *buddy, unsigned int order, u32 *pfns,
		    u32 nr)
{
	u32 given = 0, some;

	for (; nr; nr -= some, pfns += some) {
		some = nr;
		given += bp_buddy_give_some(buddy, order, pfns, &some);
	}
	return given;
}

/* The same, where they are given back by the word, or are no single pages. */
static void give_some_passes_over_nonsense(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 256, 8);
	const unsigned int orders[] = { 0, 1, 3 };
	u32 pfns[32], nr, i, used;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		const unsigned int order = orders[i];

		nr = bp_buddy_take_many(buddy, order, bp_tag_aside(order), 0,
					pfns, 32 >> order);
		KUNIT_ASSERT_EQ(test, nr, 32 >> order);
		used = pfns[nr / 2];
		KUNIT_EXPECT_TRUE(test, bp_buddy_use_again(buddy, used, order));
		KUNIT_EXPECT_EQ(test, give_all(buddy, order, pfns, nr), nr - 1);
		bp_test_assert_ok(test, buddy);
		KUNIT_EXPECT_EQ(test, buddy->nr_free_pages,
				256 - (1U << order));
		KUNIT_EXPECT_EQ(test, give_all(buddy, order, pfns, nr), 0);
		KUNIT_EXPECT_EQ(test, bp_buddy_free(buddy, used, 1U << order),
				0);
		KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges,
				buddy->freemap.nr_splits);
	}
}

/* Bytes of one owner are not seen by the next, also through a list. */
static void lists_remember_stale_pages(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 pfn = must_alloc(test, pool, 1);

	bp_pool_show_page(pool, pfn);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfn, 2, true), 0);
	KUNIT_EXPECT_EQ(test, must_alloc(test, pool, 1), pfn);
	KUNIT_EXPECT_TRUE(test, bp_stale_test(pool->stale, pfn));
	KUNIT_EXPECT_FALSE(test, bp_stale_test(pool->stale, pfn + 1));
	must_free(test, pool, pfn, 1);
}

/* Where lists are looked at first, too. */
static void lists_end_with_the_pool(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 pfn = NR_PAGES;

	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, NR_PAGES, 1, false), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, U32_MAX, 1, false), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, NR_PAGES, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, 0, &pfn, 1), 0);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, NR_PAGES);
}

static void bulk_of_everything(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 *pfns = bp_test_vzalloc(test, NR_PAGES * sizeof(*pfns));
	static const unsigned int orders[] = { 0, 1, 3, 5, 9, 10 };
	unsigned int i;
	u32 nr, got;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		nr = NR_PAGES >> orders[i];
		got = bp_pool_alloc_bulk(pool, orders[i], pfns, nr);
		KUNIT_ASSERT_EQ(test, got, nr);
		KUNIT_EXPECT_EQ(test,
				bp_pool_alloc_bulk(pool, orders[i], pfns, 1),
				0);
		bp_test_assert_ok(test, &pool->buddy);
		KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, 0);
		KUNIT_ASSERT_EQ(test,
				bp_pool_free_bulk(pool, orders[i], pfns, nr),
				nr);
		KUNIT_EXPECT_EQ(test,
				bp_pool_free_bulk(pool, orders[i], pfns, nr),
				0);
		calm_down(test, pool);
	}
}

/* It stops at the first that is no block of the order, and frees those before. */
static void bulk_free_of_something_else(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	u32 pfns[8];

	KUNIT_ASSERT_EQ(test, bp_pool_alloc_bulk(pool, 1, pfns, 8), 8);
	swap(pfns[5], pfns[7]);
	pfns[5]++;
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, 1, pfns, 8), 5);
	pfns[5]--;
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, 1, pfns + 5, 3), 3);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_bulk(pool, 11, pfns, 1), 0);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_bulk(pool, 60, pfns, 1), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lists_keep_what_is_freed),
	KUNIT_CASE(lists_of_some_orders_only),
	KUNIT_CASE(lists_only_of_blocks),
	KUNIT_CASE(lists_are_filled_in_batches),
	KUNIT_CASE(lists_are_filled_from_one_word),
	KUNIT_CASE(lists_are_emptied_in_batches),
	KUNIT_CASE(lists_keep_few_spare),
	KUNIT_CASE(lists_give_spare_at_last),
	KUNIT_CASE(lists_are_emptied_one_by_one),
	KUNIT_CASE(lists_do_not_spoil_the_packing),
	KUNIT_CASE(lists_none_in_a_small_pool),
	KUNIT_CASE(lists_kept_blocks_are_free),
	KUNIT_CASE(lists_refuse_bad_frees),
	KUNIT_CASE(lists_do_not_make_an_alloc_fail),
	KUNIT_CASE(lists_do_not_make_a_resize_fail),
	KUNIT_CASE(lists_are_off_after_a_failure),
	KUNIT_CASE(lists_stay_on_after_nonsense),
	KUNIT_CASE(lists_drain),
	KUNIT_CASE(lists_offline),
	KUNIT_CASE(lists_offline_and_full),
	KUNIT_CASE(lists_stay_off_while_held),
	KUNIT_CASE(lists_of_orders_that_there_are),
	KUNIT_CASE(give_back_passes_over_nonsense),
	KUNIT_CASE(give_some_passes_over_nonsense),
	KUNIT_CASE(lists_remember_stale_pages),
	KUNIT_CASE(lists_end_with_the_pool),
	KUNIT_CASE(bulk_of_everything),
	KUNIT_CASE(bulk_free_of_something_else),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists",
	.init = bp_test_bind,
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
