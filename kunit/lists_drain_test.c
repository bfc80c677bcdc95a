// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: what is kept is there for whoever needs it.
 *
 * The cases run on one CPU, to which they are bound.
 */
#include "lists.h"

#include "listlib.h"
#include "pool.h"
#include "testlib.h"

#define ORDER_WITHOUT_LIST 4

/* Not a single page is out of reach because a CPU keeps it. */
static void lists_do_not_make_an_alloc_fail(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_LISTS_PAGES * sizeof(*pfns)),
	    i;

	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		pfns[i] = bp_test_must_alloc(test, pool, 0);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_block(pool, 0), BP_NO_PAGE);
	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		bp_test_must_free(test, pool, pfns[i], 0);
	KUNIT_EXPECT_GT(test, bp_test_kept(pool), 0);
	for (i = 0; i < BP_TEST_LISTS_PAGES >> 10; i++)
		pfns[i] = bp_test_must_alloc(test, pool, 10);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	while (i--)
		bp_test_must_free(test, pool, pfns[i], 10);
}

/* Nor does it make a block move that could grow where it is. */
static void lists_do_not_make_a_resize_fail(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 first = bp_test_must_alloc(test, pool, 0), second;
	struct bp_failure failure = {};

	while ((second = bp_test_must_alloc(test, pool, 0)) != first + 1) {
		bp_test_must_free(test, pool, first, 0);
		first = second;
	}
	bp_test_must_free(test, pool, second, 0);
	KUNIT_EXPECT_EQ(test,
			bp_pool_resize(pool, first, 1, 2, false, &failure), 0);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_NO_FAILURE);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, first, 2, false), 0);
}

/* An allocation that failed wants what is freed next: nothing is kept for now. */
static void lists_are_off_after_a_failure(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	struct bp_request all = { .nr_pages = 1024, .align_order = 10 };
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_LISTS_PAGES * sizeof(*pfns)),
	    pfn, i;
	struct bp_failure failure = {};

	for (i = 0; i < BP_TEST_LISTS_PAGES / 1024; i++)
		pfns[i] = bp_test_must_alloc(test, pool, 10);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &all, &pfn, &failure),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_FULL);
	KUNIT_EXPECT_FALSE(test, pool->lists.on);
	/* As long as little is free, it stays so. */
	bp_test_must_free(test, pool, pfns[--i], 10);
	for (pfn = 0; pfn < BP_TEST_MANY_FREES; pfn++)
		bp_test_must_free(test, pool, bp_test_must_alloc(test, pool, 0),
				  0);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	while (i)
		bp_test_must_free(test, pool, pfns[--i], 10);
	bp_test_calm_down(test, pool);
	bp_test_must_free(test, pool, bp_test_must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_GT(test, bp_test_kept(pool), 0);
}

/* What could never be had need not be looked for on the lists. */
static void lists_stay_on_after_nonsense(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const struct bp_request large = { .nr_pages = 1025 };
	const struct bp_request none = {};
	struct bp_failure failure = {};
	u32 pfn = bp_test_must_alloc(test, pool, 0), before;

	bp_test_must_free(test, pool, pfn, 0);
	before = bp_test_kept(pool);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &large, &pfn, &failure),
			-EFBIG);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_TOO_LARGE);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &none, &pfn, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 5, 1, 2, false, NULL),
			-ENOENT);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), before);
}

/* Draining gives everything back, merged. */
static void lists_drain(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++)
		bp_test_must_free(test, pool,
				  bp_test_must_alloc(test, pool,
						     bp_list_order(i)),
				  bp_list_order(i));
	KUNIT_EXPECT_GT(test, bp_test_kept(pool), 0);
	KUNIT_EXPECT_LT(test, pool->buddy.nr_free_pages, BP_TEST_LISTS_PAGES);
	bp_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, BP_TEST_LISTS_PAGES);
	bp_pool_drain(pool);
	bp_test_calm_down(test, pool);
}

/* A CPU that is not online keeps nothing. */
static void lists_offline(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 pfn = bp_test_must_alloc(test, pool, 0);

	bp_test_must_free(test, pool, pfn, 0);
	KUNIT_EXPECT_GT(test, bp_test_kept(pool), 0);
	bp_lists_set_online(&pool->lists, false);
	bp_pool_drain_cpu(pool, raw_smp_processor_id());
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	pfn = bp_test_must_alloc(test, pool, 0);
	bp_test_must_free(test, pool, pfn, 0);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	bp_lists_set_online(&pool->lists, true);
	bp_test_must_free(test, pool, bp_test_must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_GT(test, bp_test_kept(pool), 0);
}

/* Between going offline and giving back, nothing is put on a list that is full. */
static void lists_offline_and_full(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const u32 high = pool->lists.high[0], nr = high + 2 * BP_MAX_BATCH;
	u32 *pfns = kunit_kcalloc(test, nr, sizeof(*pfns), GFP_KERNEL);
	struct bp_cpu_lists *cpu = raw_cpu_ptr(pool->lists.cpu);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, pfns);
	for (i = 0; i < nr; i++)
		pfns[i] = bp_test_must_alloc(test, pool, 0);
	for (i = 0; bp_test_kept(pool) < high; i++)
		bp_test_must_free(test, pool, pfns[i], 0);
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
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, BP_TEST_LISTS_PAGES);
	bp_lists_set_online(&pool->lists, true);
}

/* As long as somebody needs all there is, nothing is kept, whatever is freed. */
static void lists_stay_off_while_held(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	unsigned int i;

	bp_pool_drain_hold(pool);
	for (i = 0; i < 2 * BP_TEST_MANY_FREES; i++)
		bp_test_must_free(test, pool, bp_test_must_alloc(test, pool, 0),
				  0);
	KUNIT_EXPECT_FALSE(test, pool->lists.on);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	bp_pool_drain_release(pool);
	bp_test_calm_down(test, pool);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
}

/*
 * Free memory of which no block is as large as the largest, besides many small blocks,
 * whose first pages are @pfns. Every page of the pool is free or a run's.
 */
static void cut_up(struct kunit *test, struct bp_pool *pool, u32 *pfns)
{
	const unsigned int order = pool->buddy.max_order;
	u32 pfn;
	unsigned int i;

	for (i = 0; i < BP_TEST_LISTS_PAGES >> order; i++) {
		pfn = bp_test_must_alloc(test, pool, order);
		KUNIT_ASSERT_EQ(test, 0,
				bp_pool_resize(pool, pfn, 1U << order, 1, false,
					       NULL));
	}
	for (i = 0; i < BP_TEST_MANY_FREES; i++)
		pfns[i] = bp_test_must_alloc(test, pool, ORDER_WITHOUT_LIST);
}

/*
 * As long as somebody waits, nothing is kept, however much is freed. A waiter that no
 * thread stands for empties no lists by itself, at a time that nobody knows.
 */
static void lists_stay_off_while_somebody_waits(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	struct bp_waiter *waiter =
		kunit_kzalloc(test, sizeof(*waiter), GFP_KERNEL);
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_MANY_FREES * sizeof(*pfns));
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, waiter);
	waiter->nr_pages = 1U << pool->buddy.max_order;
	cut_up(test, pool, pfns);
	bp_pool_drain(pool);
	spin_lock(&pool->lock);
	bp_queue_enter(&pool->queue, waiter);
	spin_unlock(&pool->lock);
	for (i = 1; i < BP_TEST_MANY_FREES; i++)
		bp_test_must_free(test, pool, pfns[i], ORDER_WITHOUT_LIST);
	KUNIT_EXPECT_FALSE(test, waiter->served);
	KUNIT_EXPECT_FALSE(test, pool->lists.on);
	spin_lock(&pool->lock);
	bp_queue_leave(&pool->queue, waiter);
	spin_unlock(&pool->lock);
	/* Nothing else kept them off. */
	bp_test_must_free(test, pool, pfns[0], ORDER_WITHOUT_LIST);
	KUNIT_EXPECT_TRUE(test, pool->lists.on);
	bp_test_free_all(test, &pool->buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lists_do_not_make_an_alloc_fail),
	KUNIT_CASE(lists_do_not_make_a_resize_fail),
	KUNIT_CASE(lists_are_off_after_a_failure),
	KUNIT_CASE(lists_stay_on_after_nonsense),
	KUNIT_CASE(lists_drain),
	KUNIT_CASE(lists_offline),
	KUNIT_CASE(lists_offline_and_full),
	KUNIT_CASE(lists_stay_off_while_held),
	KUNIT_CASE(lists_stay_off_while_somebody_waits),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists_drain",
	.init = bp_test_bind,
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
