// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: what is kept aside, and what becomes of it.
 *
 * The cases run on one CPU, to which they are bound.
 */
#include "lists.h"

#include "listlib.h"
#include "pool.h"
#include "testlib.h"

/* What is freed is kept, and is the next to be allocated. */
static void lists_keep_what_is_freed(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++) {
		const unsigned int order = bp_list_order(i);
		u32 pfn = bp_test_must_alloc(test, pool, order),
		    before = bp_test_kept(pool);

		bp_test_must_free(test, pool, pfn, order);
		KUNIT_EXPECT_EQ(test, bp_test_kept(pool),
				before + (1U << order));
		KUNIT_EXPECT_EQ(test, bp_test_must_alloc(test, pool, order),
				pfn);
		KUNIT_EXPECT_EQ(test, bp_test_kept(pool), before);
		bp_test_must_free(test, pool, pfn, order);
	}
}

/* Orders that have no list go to the pool at once. */
static void lists_of_some_orders_only(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	unsigned int order;

	for (order = 0; order <= 10; order++) {
		if (bp_list_of(order) >= 0) {
			KUNIT_EXPECT_EQ(test, bp_list_order(bp_list_of(order)),
					order);
			continue;
		}
		KUNIT_EXPECT_EQ(test, bp_list_of(order), -1);
		bp_test_must_free(test, pool,
				  bp_test_must_alloc(test, pool, order), order);
		KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	}
}

/* A run of pages that is no block, or a block with an alignment, is no list's. */
static void lists_only_of_blocks(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const struct bp_request three = { .nr_pages = 3 };
	const struct bp_request aligned = { .nr_pages = 1, .align_order = 8 };
	u32 pfn, other;

	KUNIT_ASSERT_EQ(test, bp_pool_alloc(pool, &three, &pfn, NULL), 0);
	KUNIT_ASSERT_EQ(test, bp_pool_alloc(pool, &aligned, &other, NULL), 0);
	KUNIT_EXPECT_TRUE(test, IS_ALIGNED(other, 256));
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfn, 3, false), 0);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	/* Once it is allocated, a block is a block. */
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, other, 1, false), 0);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 1);
}

static void lists_none_in_a_small_pool(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool_lists(test, 64, 6, 4);

	bp_test_must_free(test, pool, bp_test_must_alloc(test, pool, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, 0, 0), -ENOENT);
}

/* What is kept is free memory, and no run. */
static void lists_kept_blocks_are_free(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const u32 pfn = bp_test_must_alloc(test, pool, 3);
	struct bp_extent extent;
	struct bp_pool_stat stat;
	u32 at = pfn + 5;

	bp_test_must_free(test, pool, pfn, 3);
	bp_pool_stat(pool, &stat);
	KUNIT_EXPECT_EQ(test, stat.free_pages, BP_TEST_LISTS_PAGES);
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
	struct bp_pool *pool = bp_test_lists(test);
	const u32 pfn = bp_test_must_alloc(test, pool, 2),
		  before = bp_test_kept(pool);

	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn + 1, 0), -ENOENT);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, BP_TEST_LISTS_PAGES, 0),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, U32_MAX, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, pfn, 40), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), before);
	bp_test_must_free(test, pool, pfn, 2);
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

/* Bytes of one owner are not seen by the next, also through a list. */
static void lists_remember_stale_pages(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 pfn = bp_test_must_alloc(test, pool, 1);

	bp_pool_show_page(pool, pfn);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfn, 2, true), 0);
	KUNIT_EXPECT_EQ(test, bp_test_must_alloc(test, pool, 1), pfn);
	KUNIT_EXPECT_TRUE(test, bp_stale_test(pool->stale, pfn));
	KUNIT_EXPECT_FALSE(test, bp_stale_test(pool->stale, pfn + 1));
	bp_test_must_free(test, pool, pfn, 1);
}

/* Where lists are looked at first, too. */
static void lists_end_with_the_pool(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	u32 pfn = BP_TEST_LISTS_PAGES;

	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, BP_TEST_LISTS_PAGES, 1, false),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, U32_MAX, 1, false), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_block(pool, BP_TEST_LISTS_PAGES, 0),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_free_bulk(pool, 0, &pfn, 1), 0);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, BP_TEST_LISTS_PAGES);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(lists_keep_what_is_freed),
	KUNIT_CASE(lists_of_some_orders_only),
	KUNIT_CASE(lists_only_of_blocks),
	KUNIT_CASE(lists_none_in_a_small_pool),
	KUNIT_CASE(lists_kept_blocks_are_free),
	KUNIT_CASE(lists_refuse_bad_frees),
	KUNIT_CASE(lists_of_orders_that_there_are),
	KUNIT_CASE(lists_remember_stale_pages),
	KUNIT_CASE(lists_end_with_the_pool),
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
