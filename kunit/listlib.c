// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites of the per-CPU lists share.
 */
#include "listlib.h"

#include <linux/align.h>

#include "testlib.h"

/* Enough for a list of each order. */
#define PERCPU_PAGES 5120

/**
 * bp_test_lists() - a new pool of which this CPU may keep blocks of each list
 * @test: the case
 *
 * Return: the pool; a failure ends the case.
 */
struct bp_pool *bp_test_lists(struct kunit *test)
{
	return bp_test_pool_lists(test, BP_TEST_LISTS_PAGES, 10, PERCPU_PAGES);
}

/**
 * bp_test_kept() - how much CPUs keep
 * @pool: the pool
 *
 * Return: pages.
 */
u32 bp_test_kept(struct bp_pool *pool)
{
	struct bp_pool_stat stat;

	bp_pool_stat(pool, &stat);
	return stat.kept_pages;
}

/**
 * bp_test_must_alloc() - allocate a block
 * @test: the case, which a failure ends
 * @pool: the pool
 * @order: the order
 *
 * Return: its first page.
 */
u32 bp_test_must_alloc(struct kunit *test, struct bp_pool *pool,
		       unsigned int order)
{
	u32 pfn = bp_pool_alloc_block(pool, order);

	KUNIT_ASSERT_NE(test, pfn, BP_NO_PAGE);
	KUNIT_ASSERT_TRUE(test, IS_ALIGNED(pfn, 1U << order));
	KUNIT_ASSERT_EQ(test, bp_buddy_run(&pool->buddy, pfn), 1U << order);
	return pfn;
}

/**
 * bp_test_must_free() - free a block
 * @test: the case, which a failure ends
 * @pool: the pool
 * @pfn: its first page
 * @order: its order
 */
void bp_test_must_free(struct kunit *test, struct bp_pool *pool, u32 pfn,
		       unsigned int order)
{
	KUNIT_ASSERT_EQ(test, bp_pool_free_block(pool, pfn, order), 0);
	KUNIT_ASSERT_EQ(test, bp_buddy_run(&pool->buddy, pfn), 0);
}

/**
 * bp_test_calm_down() - free past the lists until these are in use again
 * @test: the case, which a failure ends
 * @pool: the pool
 */
void bp_test_calm_down(struct kunit *test, struct bp_pool *pool)
{
	unsigned int i;

	for (i = 0; i < BP_TEST_MANY_FREES && !pool->lists.on; i++)
		bp_test_must_free(test, pool, bp_test_must_alloc(test, pool, 4),
				  4);
	KUNIT_ASSERT_TRUE(test, pool->lists.on);
}
