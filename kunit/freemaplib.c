// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites of the free areas share.
 */
#include "freemaplib.h"

#include <linux/errno.h>
#include <linux/string.h>

#include "testlib.h"

/**
 * bp_test_freemap() - new free areas, which are empty
 * @test: the case
 * @nr_pages: size of the pool, in pages
 * @max_order: the largest order
 *
 * Return: the free areas; a failure ends the case.
 */
struct bp_freemap *bp_test_freemap(struct kunit *test, u32 nr_pages,
				   unsigned int max_order)
{
	struct bp_freemap *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, map);
	/* It may have been anything before. */
	memset(map, 0xff, sizeof(*map));
	bp_freemap_init(map, nr_pages, max_order,
			bp_test_vzalloc(test,
					bp_freemap_size(nr_pages, max_order)));
	return map;
}

/**
 * __bp_test_expect_take() - a certain block must be chosen
 * @test: the case
 * @map: the free areas
 * @order: what is wanted
 * @from: the order of the block that it must be split off
 * @pfn: the first page of that block
 * @line: of the case
 */
void __bp_test_expect_take(struct kunit *test, struct bp_freemap *map,
			   unsigned int order, unsigned int from, u32 pfn,
			   int line)
{
	u32 found = U32_MAX;

	KUNIT_ASSERT_EQ_MSG(test, bp_freemap_take(map, order, &found), from,
			    "at line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, found, pfn, "at line %d", line);
	KUNIT_EXPECT_TRUE_MSG(test, bp_freemap_ok(map), "at line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, bp_freemap_give(map, order, found), from,
			    "at line %d", line);
	KUNIT_EXPECT_TRUE_MSG(test, bp_freemap_ok(map), "at line %d", line);
}

/**
 * __bp_test_expect_no_block() - no block may be large enough
 * @test: the case
 * @map: the free areas
 * @order: what is wanted
 * @line: of the case
 */
void __bp_test_expect_no_block(struct kunit *test, struct bp_freemap *map,
			       unsigned int order, int line)
{
	u32 found = 12345;

	KUNIT_EXPECT_EQ_MSG(test, bp_freemap_take(map, order, &found), -ENOMEM,
			    "at line %d", line);
	KUNIT_EXPECT_EQ_MSG(test, found, 12345, "at line %d", line);
}

/**
 * __bp_test_expect_nothing() - nothing may be free
 * @test: the case
 * @map: the free areas
 * @nr_pages: size of the pool, in pages
 * @line: of the case
 */
void __bp_test_expect_nothing(struct kunit *test, struct bp_freemap *map,
			      u32 nr_pages, int line)
{
	__bp_test_expect_no_block(test, map, 0, line);
	KUNIT_EXPECT_EQ_MSG(test, bp_freemap_largest(map), -1, "at line %d",
			    line);
	KUNIT_EXPECT_EQ_MSG(test, bp_freemap_weight(map), 0, "at line %d",
			    line);
	KUNIT_EXPECT_EQ_MSG(test, bp_freemap_block(map, 0), -1, "at line %d",
			    line);
	KUNIT_EXPECT_EQ_MSG(test, bp_freemap_block(map, nr_pages - 1), -1,
			    "at line %d", line);
	KUNIT_EXPECT_TRUE_MSG(test, bp_freemap_ok(map), "at line %d", line);
}
