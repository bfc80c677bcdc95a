// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: many blocks at a time.
 *
 * The cases run on one CPU, to which they are bound.
 */
#include "lists.h"

#include "listlib.h"
#include "pool.h"
#include "testlib.h"

#define ORDER 1
#define NR 8

static struct bp_pool_stat stat_of(struct bp_pool *pool)
{
	struct bp_pool_stat stat;

	bp_pool_stat(pool, &stat);
	return stat;
}

/* How many blocks are kept. */
static u32 kept(struct bp_pool *pool)
{
	return bp_test_kept(pool) >> ORDER;
}

/* A pool whose list may keep blocks, and has none. */
static struct bp_pool *new_pool(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 pfns[BP_MAX_BATCH], nr;

	pfns[0] = bp_pool_alloc_block(pool, ORDER);
	KUNIT_ASSERT_NE(test, pfns[0], BP_NO_PAGE);
	nr = kept(pool) + 1;
	KUNIT_ASSERT_LT(test, nr, ARRAY_SIZE(pfns));
	KUNIT_ASSERT_EQ(test, nr - 1,
			bp_pool_alloc_bulk(pool, ORDER, pfns + 1, nr - 1));
	KUNIT_ASSERT_EQ(test, kept(pool), 0);
	while (nr--)
		KUNIT_ASSERT_EQ(test, 0,
				bp_buddy_free_block(&pool->buddy, pfns[nr],
						    ORDER));
	return pool;
}

/* What is freed together is kept, and allocated together, last first. */
static void bulk_of_what_is_kept(struct kunit *test)
{
	struct bp_pool *pool = new_pool(test);
	u32 pfns[NR], again[NR];

	KUNIT_ASSERT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, pfns, NR), NR);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, NR), NR);
	KUNIT_EXPECT_EQ(test, kept(pool), NR);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, again, 3), 3);
	KUNIT_EXPECT_EQ(test, kept(pool), NR - 3);
	KUNIT_EXPECT_MEMEQ(test, again, pfns + NR - 3, 3 * sizeof(*pfns));
	KUNIT_EXPECT_EQ(test, NR - 3,
			bp_pool_alloc_bulk(pool, ORDER, again, NR - 3));
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	KUNIT_EXPECT_MEMEQ(test, again, pfns, (NR - 3) * sizeof(*pfns));
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, NR), NR);
}

/* What is kept is not enough: the pool has the others. */
static void bulk_of_more_than_is_kept(struct kunit *test)
{
	struct bp_pool *pool = new_pool(test);
	u32 pfns[2 * NR];

	KUNIT_ASSERT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, pfns, NR), NR);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, NR), NR);
	KUNIT_EXPECT_EQ(test, kept(pool), NR);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, pfns, 2 * NR),
			2 * NR);
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages,
			BP_TEST_LISTS_PAGES - (2 * NR << ORDER));
	bp_test_assert_ok(test, &pool->buddy);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, 2 * NR),
			2 * NR);
}

/* As many are kept as there is room for; the others go to the pool. */
static void bulk_of_more_than_may_be_kept(struct kunit *test)
{
	struct bp_pool *pool = new_pool(test);
	const u32 high = pool->lists.high[bp_list_of(ORDER)];
	u32 pfns[BP_STOCK_SIZE + NR];
	const u32 nr = high + NR;

	KUNIT_ASSERT_LE(test, nr, ARRAY_SIZE(pfns));
	KUNIT_ASSERT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, pfns, nr), nr);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, nr), nr);
	KUNIT_EXPECT_EQ(test, kept(pool), high);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages,
			BP_TEST_LISTS_PAGES - (high << ORDER));
	bp_test_assert_ok(test, &pool->buddy);
}

/*
 * What is at home on another CPU goes to the pool, but for what it takes to have
 * some to use; and all that is at home here is kept.
 */
static void bulk_of_what_is_others(struct kunit *test)
{
	struct bp_pool *pool = new_pool(test);
	struct bp_freemap *map = &pool->buddy.freemap;
	const u32 low = pool->lists.low[bp_list_of(ORDER)];
	u32 pfns[BP_MAX_BATCH], i;

	KUNIT_ASSERT_EQ(test, low, BP_WORD_UNITS / 2 >> ORDER);
	KUNIT_ASSERT_EQ(test, 2 * low + 4,
			bp_pool_alloc_bulk(pool, ORDER, pfns, 2 * low + 4));
	for (i = 0; i < 2 * low + 4; i++)
		KUNIT_EXPECT_TRUE(test, bp_freemap_is_home(map, 0, pfns[i]));
	/* Those of the first word, which are all but four. */
	map->home[pfns[0] / BP_WORD_UNITS] = 1;
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, low - 1),
			low - 1);
	KUNIT_EXPECT_EQ(test, kept(pool), low - 1);
	KUNIT_EXPECT_EQ(test, low + 5,
			bp_pool_free_bulk(pool, ORDER, pfns + low - 1,
					  low + 5));
	KUNIT_EXPECT_EQ(test, kept(pool), low + 3);
	KUNIT_EXPECT_GE(test, bp_freemap_block(map, pfns[2 * low + 3]), 0);
	bp_test_assert_ok(test, &pool->buddy);
}

/* Each block counts, whether it came from the list or not. */
static void bulk_is_counted(struct kunit *test)
{
	struct bp_pool *pool = new_pool(test);
	const struct bp_pool_stat before = stat_of(pool);
	struct bp_pool_stat stat;
	u32 pfns[2 * NR];

	KUNIT_ASSERT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, pfns, NR), NR);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, NR), NR);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, pfns, 2 * NR),
			2 * NR);
	stat = stat_of(pool);
	KUNIT_EXPECT_EQ(test, stat.counters.allocs - before.counters.allocs,
			3 * NR);
	KUNIT_EXPECT_EQ(test, stat.counters.frees - before.counters.frees, NR);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, 2 * NR),
			2 * NR);
	stat = stat_of(pool);
	KUNIT_EXPECT_EQ(test, stat.counters.frees - before.counters.frees,
			3 * NR);
}

static void blocks_of_the_list_are_counted(struct kunit *test)
{
	struct bp_pool *pool = new_pool(test);
	const struct bp_pool_stat before = stat_of(pool);
	struct bp_pool_stat stat;
	u32 pfns[NR], i;

	KUNIT_ASSERT_EQ(test, bp_pool_alloc_bulk(pool, ORDER, pfns, NR), NR);
	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_EQ(test, 0,
				bp_pool_free_block(pool, pfns[i], ORDER));
	KUNIT_EXPECT_EQ(test, kept(pool), NR);
	for (i = 0; i < NR; i++)
		KUNIT_EXPECT_NE(test, BP_NO_PAGE,
				bp_pool_alloc_block(pool, ORDER));
	KUNIT_EXPECT_EQ(test, kept(pool), 0);
	stat = stat_of(pool);
	KUNIT_EXPECT_EQ(test, stat.counters.allocs - before.counters.allocs,
			2 * NR);
	KUNIT_EXPECT_EQ(test, stat.counters.frees - before.counters.frees, NR);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, ORDER, pfns, NR), NR);
}

/* Who frees so many at a time, and none alone, has a list as well. */
static void bulk_alone_has_a_list(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 pfns[NR], i;

	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, NR,
				bp_pool_alloc_bulk(pool, ORDER, pfns, NR));
		KUNIT_EXPECT_EQ(test, kept(pool), 0);
		KUNIT_ASSERT_EQ(test, NR,
				bp_pool_free_bulk(pool, ORDER, pfns, NR));
		KUNIT_EXPECT_EQ(test, kept(pool), i ? NR : 0);
	}
}

/* But not while somebody needs all there is. */
static void bulk_alone_while_held(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 pfns[NR], i;

	bp_pool_drain_hold(pool);
	for (i = 0; i < 3; i++) {
		KUNIT_ASSERT_EQ(test, NR,
				bp_pool_alloc_bulk(pool, ORDER, pfns, NR));
		KUNIT_ASSERT_EQ(test, NR,
				bp_pool_free_bulk(pool, ORDER, pfns, NR));
		KUNIT_EXPECT_EQ(test, kept(pool), 0);
	}
	bp_pool_drain_release(pool);
}

static void bulk_of_everything(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_LISTS_PAGES * sizeof(*pfns));
	static const unsigned int orders[] = { 0, 1, 3, 5, 9, 10 };
	unsigned int i;
	u32 nr, got;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		nr = BP_TEST_LISTS_PAGES >> orders[i];
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
		bp_test_calm_down(test, pool);
	}
}

/* It stops at the first that is no block of the order, and frees those before. */
static void bulk_free_of_something_else(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
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

/* Whoever waits for the lock need not wait for all that others give back. */
static void bulk_free_lets_others_in(struct kunit *test)
{
	struct bp_pool *pool =
		bp_test_pool(test, BP_MAX_BATCH * BP_WORD_UNITS, 12);
	u32 pfns[BP_MAX_BATCH], i;
	unsigned long before;

	while (bp_pool_alloc_block(pool, 0) != BP_NO_PAGE)
		;
	for (i = 0; i < BP_MAX_BATCH; i++)
		pfns[i] = i * BP_WORD_UNITS + i;
	before = pool->nr_chances;
	KUNIT_EXPECT_EQ(test, BP_MAX_BATCH,
			bp_pool_free_bulk(pool, 0, pfns, BP_MAX_BATCH));
	/* There is one for each time that they could have come in. */
	KUNIT_EXPECT_EQ(test, pool->nr_chances - before,
			DIV_ROUND_UP(BP_MAX_BATCH, BP_HOLD_STEPS));
	bp_test_free_all(test, &pool->buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bulk_alone_has_a_list),
	KUNIT_CASE(bulk_alone_while_held),
	KUNIT_CASE(bulk_of_what_is_kept),
	KUNIT_CASE(bulk_of_more_than_is_kept),
	KUNIT_CASE(bulk_of_more_than_may_be_kept),
	KUNIT_CASE(bulk_of_what_is_others),
	KUNIT_CASE(bulk_is_counted),
	KUNIT_CASE(blocks_of_the_list_are_counted),
	KUNIT_CASE(bulk_of_everything),
	KUNIT_CASE(bulk_free_of_something_else),
	KUNIT_CASE(bulk_free_lets_others_in),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists_bulk",
	.init = bp_test_bind,
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
