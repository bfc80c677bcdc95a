// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas: where the bits of blocks are, and which block is chosen.
 */
#include "freemap.h"

#include <linux/errno.h>

#include "buddy.h"
#include "testlib.h"

static const struct bp_test_shape shapes[] = {
	{ 1, 0 },    { 1, 18 },   { 511, 8 },    { 512, 9 },     { 513, 9 },
	{ 100, 10 }, { 4096, 3 }, { 32769, 12 }, { 262145, 18 },
};

KUNIT_ARRAY_PARAM(shape, shapes, bp_test_shape_desc);

static struct bp_freemap *new_map(struct kunit *test, u32 nr_pages,
				  unsigned int max_order)
{
	struct bp_freemap *map = kunit_kzalloc(test, sizeof(*map), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, map);
	bp_freemap_init(map, nr_pages, max_order,
			bp_test_vzalloc(test,
					bp_freemap_size(nr_pages, max_order)));
	return map;
}

static void set(struct bp_freemap *map, unsigned int order, u32 pfn)
{
	bp_freemap_set(map, order, pfn);
	bp_freemap_settle(map, pfn);
}

static bool clear(struct bp_freemap *map, unsigned int order, u32 pfn)
{
	bool was_set = bp_freemap_clear(map, order, pfn);

	bp_freemap_settle(map, pfn);
	return was_set;
}

static void freemap_size_is_what_init_uses(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	size_t size = bp_freemap_size(shape->nr_pages, shape->max_order);
	struct bp_freemap *map =
		new_map(test, shape->nr_pages, shape->max_order);
	void *memory = bp_test_vzalloc(test, size);

	KUNIT_EXPECT_PTR_EQ(test,
			    bp_freemap_init(map, shape->nr_pages,
					    shape->max_order, memory),
			    memory + size);
}

static void freemap_init_is_empty(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	const u32 nr = shape->nr_pages;
	struct bp_freemap *map = new_map(test, nr, shape->max_order);
	unsigned int order;
	u32 pfn = 12345;

	for (order = 0; order <= shape->max_order; order++) {
		KUNIT_EXPECT_EQ(test, bp_freemap_count(map, order, nr), 0);
		KUNIT_EXPECT_EQ(test, bp_freemap_find(map, order, 0, &pfn),
				-ENOMEM);
	}
	KUNIT_EXPECT_EQ(test, pfn, 12345);
	KUNIT_EXPECT_TRUE(test, bp_freemap_index_ok(map, nr, shape->max_order));
}

static void expect_only(struct kunit *test, const struct bp_freemap *map,
			unsigned int order, u32 pfn)
{
	const struct bp_test_shape *shape = test->param_value;
	unsigned int other;
	u32 found = 12345;

	KUNIT_EXPECT_TRUE(test, bp_freemap_test(map, order, pfn));
	KUNIT_EXPECT_TRUE(test, bp_freemap_index_ok(map, shape->nr_pages,
						    shape->max_order));
	for (other = 0; other <= shape->max_order; other++) {
		KUNIT_EXPECT_EQ(test,
				bp_freemap_count(map, other, shape->nr_pages),
				other == order);
		if (other > order)
			continue;
		KUNIT_EXPECT_EQ(test,
				bp_freemap_find(map, other, BIT(order), &found),
				order);
		KUNIT_EXPECT_EQ(test, found, pfn);
	}
}

/* The first and the last block of each order, alone in the map. */
static void freemap_ends_of_each_order(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	const u32 nr = shape->nr_pages;
	struct bp_freemap *map = new_map(test, nr, shape->max_order);
	unsigned int order;

	for (order = 0; order <= shape->max_order; order++) {
		u32 last = (nr - 1) >> order << order;

		set(map, order, 0);
		expect_only(test, map, order, 0);
		clear(map, order, 0);
		set(map, order, last);
		expect_only(test, map, order, last);
		clear(map, order, last);
		KUNIT_EXPECT_EQ(test, bp_freemap_count(map, order, nr), 0);
	}
}

/* Each block of a pageblock has a bit of its own. */
static void freemap_bits_are_distinct(struct kunit *test)
{
	struct bp_freemap *map = new_map(test, 512, 9);
	unsigned int order;
	u32 pfn, nr = 0;

	for (order = 0; order <= 9; order++) {
		for (pfn = 0; pfn < 512; pfn += 1U << order) {
			KUNIT_EXPECT_FALSE(test,
					   bp_freemap_test(map, order, pfn));
			set(map, order, pfn);
			KUNIT_EXPECT_TRUE(test,
					  bp_freemap_test(map, order, pfn));
			nr++;
		}
		KUNIT_EXPECT_EQ(test, bp_freemap_count(map, order, 512),
				512 >> order);
	}
	KUNIT_EXPECT_EQ(test, nr, 1023);
	KUNIT_EXPECT_TRUE(test, bp_freemap_index_ok(map, 512, 9));
}

/* Within a pageblock the smallest block that will do, then the lowest. */
static void freemap_find_in_a_pageblock(struct kunit *test)
{
	struct bp_freemap *map = new_map(test, 1024, 9);
	unsigned int order, other;
	u32 pfn;

	/* One of each order, the small ones at the end, and one more of each. */
	for (order = 0; order < 9; order++) {
		set(map, order, 1024 - (2U << order));
		if (order)
			set(map, order, 1024 - (1U << order));
	}
	for (order = 0; order < 9; order++) {
		KUNIT_EXPECT_EQ(test, bp_freemap_find(map, order, 0, &pfn),
				order);
		KUNIT_EXPECT_EQ(test, pfn, 1024 - (2U << order));
	}
	/* With those of the lower orders gone, the next order has to do. */
	for (order = 0; order < 8; order++) {
		clear(map, order, 1024 - (2U << order));
		if (order)
			clear(map, order, 1024 - (1U << order));
		for (other = 0; other <= order; other++) {
			KUNIT_EXPECT_EQ(test,
					bp_freemap_find(map, other, 0, &pfn),
					order + 1);
			KUNIT_EXPECT_EQ(test, pfn, 1024 - (4U << order));
		}
	}
}

/*
 * Among pageblocks that one whose largest block is the smallest that will do;
 * of several the lowest.
 */
static void freemap_find_among_pageblocks(struct kunit *test)
{
	struct bp_freemap *map = new_map(test, 512 * 200, 12);
	u32 pfn;

	set(map, 0, 512 * 90);
	set(map, 8, 512 * 70 + 256);
	set(map, 2, 512 * 70 + 4);
	set(map, 2, 512 * 199);
	set(map, 2, 512 * 150);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 0, 0, &pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 90);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 1, 0, &pfn), 2);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 150);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 3, 0, &pfn), 8);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 70 + 256);
	clear(map, 2, 512 * 150);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 1, 0, &pfn), 2);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 199);
	clear(map, 2, 512 * 199);
	/* In the pageblock with the large block there is a small one, too. */
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 1, 0, &pfn), 2);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 70 + 4);
	clear(map, 2, 512 * 70 + 4);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 1, 0, &pfn), 8);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 70 + 256);
	clear(map, 8, 512 * 70 + 256);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 1, 0, &pfn), -ENOMEM);
}

/* Blocks of a pageblock or more: by the mask, when no smaller one will do. */
static void freemap_find_large(struct kunit *test)
{
	struct bp_freemap *map = new_map(test, 512 * 200, 12);
	u32 pfn;

	set(map, 12, 0);
	set(map, 10, 512 * 20);
	set(map, 10, 512 * 16);
	set(map, 3, 512 * 100 + 8);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 3, BIT(12) | BIT(10), &pfn),
			3);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 100 + 8);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 4, BIT(12) | BIT(10), &pfn),
			10);
	KUNIT_EXPECT_EQ(test, pfn, 512 * 16);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 10, BIT(12) | BIT(10), &pfn),
			10);
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 11, BIT(12) | BIT(10), &pfn),
			12);
	KUNIT_EXPECT_EQ(test, pfn, 0);
	/* Small orders in the mask mean nothing to it. */
	KUNIT_EXPECT_EQ(test, bp_freemap_find(map, 4, BIT(3), &pfn), -ENOMEM);
}

/* The index is wrong until a pageblock is settled, and right then. */
static void freemap_settle_updates_the_index(struct kunit *test)
{
	struct bp_freemap *map = new_map(test, 512 * 70, 9);
	const u32 start = 512 * 65;
	unsigned int order;

	for (order = 0; order < 9; order++) {
		bp_freemap_set(map, order, start);
		KUNIT_EXPECT_FALSE(test, bp_freemap_index_ok(map, 512 * 70, 9));
		bp_freemap_settle(map, start + 511);
		KUNIT_EXPECT_TRUE(test, bp_freemap_index_ok(map, 512 * 70, 9));
	}
	while (order--) {
		bp_freemap_clear(map, order, start);
		KUNIT_EXPECT_FALSE(test, bp_freemap_index_ok(map, 512 * 70, 9));
		bp_freemap_settle(map, start);
		KUNIT_EXPECT_TRUE(test, bp_freemap_index_ok(map, 512 * 70, 9));
	}
}

/* What is not there is not taken out, and nothing else either. */
static void freemap_clear_of_what_is_not_set(struct kunit *test)
{
	struct bp_freemap *map = new_map(test, 1024, 10);
	unsigned int order;

	for (order = 0; order <= 10; order++) {
		u32 pfn = 1024 - (1U << order);

		KUNIT_EXPECT_FALSE(test, clear(map, order, pfn));
		set(map, order, pfn);
		if (order < 10)
			KUNIT_EXPECT_FALSE(test, clear(map, order, 0));
		KUNIT_EXPECT_TRUE(test, bp_freemap_test(map, order, pfn));
		KUNIT_EXPECT_TRUE(test, clear(map, order, pfn));
		KUNIT_EXPECT_FALSE(test, clear(map, order, pfn));
		KUNIT_EXPECT_TRUE(test, bp_freemap_index_ok(map, 1024, 10));
	}
}

/* The buddy of the last block of a pool may lie outside of it. */
static void freemap_test_of_a_buddy_outside(struct kunit *test)
{
	struct bp_freemap *map = new_map(test, 513, 9);

	set(map, 0, 512);
	set(map, 9, 0);
	KUNIT_EXPECT_FALSE(test, bp_freemap_test(map, 0, 513));
	KUNIT_EXPECT_FALSE(test, bp_freemap_test(map, 9, 512));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(freemap_size_is_what_init_uses, shape_gen_params),
	KUNIT_CASE_PARAM(freemap_init_is_empty, shape_gen_params),
	KUNIT_CASE_PARAM(freemap_ends_of_each_order, shape_gen_params),
	KUNIT_CASE(freemap_bits_are_distinct),
	KUNIT_CASE(freemap_find_in_a_pageblock),
	KUNIT_CASE(freemap_find_among_pageblocks),
	KUNIT_CASE(freemap_find_large),
	KUNIT_CASE(freemap_settle_updates_the_index),
	KUNIT_CASE(freemap_clear_of_what_is_not_set),
	KUNIT_CASE(freemap_test_of_a_buddy_outside),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap",
	.test_cases = cases,
};

kunit_test_suite(suite);
