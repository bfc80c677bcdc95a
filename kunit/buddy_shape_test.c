// SPDX-License-Identifier: GPL-2.0
/*
 * Pools of every shape: sizes that are no power of two, a single page, the
 * extremes of max_order.
 */
#include "buddy.h"

#include <linux/bitmap.h>
#include <linux/math.h>

#include "testlib.h"

struct carving {
	u32 nr_pages;
	unsigned int max_order;
	unsigned int top_order;
	const char *blocks;
};

static const struct carving carvings[] = {
	{ 1, 0, 0, "0:0" },
	{ 1, 10, 0, "0:0" },
	{ 1, 18, 0, "0:0" },
	{ 2, 0, 0, "0:0 1:0" },
	{ 2, 1, 1, "0:1" },
	{ 2, 18, 1, "0:1" },
	{ 3, 1, 1, "0:1 2:0" },
	{ 3, 10, 1, "0:1 2:0" },
	{ 5, 0, 0, "0:0 1:0 2:0 3:0 4:0" },
	{ 5, 1, 1, "0:1 2:1 4:0" },
	{ 5, 10, 2, "0:2 4:0" },
	{ 63, 10, 5, "0:5 32:4 48:3 56:2 60:1 62:0" },
	{ 64, 6, 6, "0:6" },
	{ 64, 18, 6, "0:6" },
	{ 65, 10, 6, "0:6 64:0" },
	{ 65, 4, 4, "0:4 16:4 32:4 48:4 64:0" },
	{ 100, 10, 6, "0:6 64:5 96:2" },
	{ 1023, 10, 9,
	  "0:9 512:8 768:7 896:6 960:5 992:4 1008:3 1016:2 1020:1 1022:0" },
	{ 2049, 10, 10, "0:10 1024:10 2048:0" },
	{ 262145, 18, 18, "0:18 262144:0" },
};

static void carving_desc(const struct carving *carving, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u pages, max_order %u",
		 carving->nr_pages, carving->max_order);
}

KUNIT_ARRAY_PARAM(carving, carvings, carving_desc);

static void init_carves_the_pool(struct kunit *test)
{
	const struct carving *carving = test->param_value;
	struct bp_buddy *buddy =
		bp_test_buddy(test, carving->nr_pages, carving->max_order);

	bp_test_expect_free(test, buddy, carving->blocks);
	bp_test_expect_runs(test, buddy, "");
	KUNIT_EXPECT_EQ(test, buddy->nr_pages, carving->nr_pages);
	KUNIT_EXPECT_EQ(test, buddy->max_order, carving->max_order);
	KUNIT_EXPECT_EQ(test, buddy->top_order, carving->top_order);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, carving->nr_pages);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy),
			1U << carving->top_order);
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 0);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 0);
}

static const struct bp_test_shape shapes[] = {
	{ 1, 0 },   { 1, 18 },   { 2, 0 },    { 2, 1 },     { 3, 10 },
	{ 5, 0 },   { 5, 10 },   { 63, 1 },   { 63, 18 },   { 64, 6 },
	{ 65, 10 }, { 100, 10 }, { 1023, 0 }, { 1023, 10 }, { 262145, 10 },
};

KUNIT_ARRAY_PARAM(shape, shapes, bp_test_shape_desc);

/* Take out every page; none twice. */
static void take_all(struct kunit *test, struct bp_buddy *buddy)
{
	const size_t size = BITS_TO_LONGS(buddy->nr_pages) * sizeof(long);
	unsigned long *seen = bp_test_vzalloc(test, size);
	u32 i, pfn;

	for (i = 0; i < buddy->nr_pages; i++) {
		KUNIT_ASSERT_EQ(test, buddy->nr_free_pages,
				buddy->nr_pages - i);
		KUNIT_ASSERT_EQ(test, bp_buddy_alloc(buddy, 1, 0, &pfn), 0);
		KUNIT_ASSERT_LT(test, pfn, buddy->nr_pages);
		KUNIT_ASSERT_FALSE(test, __test_and_set_bit(pfn, seen));
	}
	bp_test_assert_ok(test, buddy);
	KUNIT_EXPECT_EQ(test, bp_buddy_alloc(buddy, 1, 0, &pfn), -ENOMEM);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 0);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 0);
}

static void all_pages_freed_upwards(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	struct bp_buddy *buddy =
		bp_test_buddy(test, shape->nr_pages, shape->max_order);
	u32 pfn;

	take_all(test, buddy);
	for (pfn = 0; pfn < shape->nr_pages; pfn++)
		KUNIT_ASSERT_EQ(test, bp_buddy_free(buddy, pfn, 1), 0);
	bp_test_assert_ok(test, buddy);
}

static void all_pages_freed_downwards(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	struct bp_buddy *buddy =
		bp_test_buddy(test, shape->nr_pages, shape->max_order);
	u32 pfn;

	take_all(test, buddy);
	for (pfn = shape->nr_pages; pfn--;)
		KUNIT_ASSERT_EQ(test, bp_buddy_free(buddy, pfn, 1), 0);
	bp_test_assert_ok(test, buddy);
}

/* Every third page, then every third of the rest, then the rest. */
static void all_pages_freed_in_strides(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	struct bp_buddy *buddy =
		bp_test_buddy(test, shape->nr_pages, shape->max_order);
	u32 start, pfn;

	take_all(test, buddy);
	for (start = 0; start < 3; start++) {
		for (pfn = start; pfn < shape->nr_pages; pfn += 3)
			KUNIT_ASSERT_EQ(test, bp_buddy_free(buddy, pfn, 1), 0);
		bp_test_assert_ok(test, buddy);
	}
}

/* As large as it gets, as often as it gets: nothing but the tail remains. */
static void all_largest_blocks(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	struct bp_buddy *buddy =
		bp_test_buddy(test, shape->nr_pages, shape->max_order);
	const u32 size = 1U << buddy->top_order;
	u32 pfn, nr = 0;

	for (; !bp_buddy_alloc(buddy, size, 0, &pfn); nr++)
		KUNIT_ASSERT_EQ(test, pfn, nr * size);
	KUNIT_EXPECT_EQ(test, nr, shape->nr_pages / size);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, shape->nr_pages % size);
	bp_test_assert_ok(test, buddy);
	bp_test_free_all(test, buddy);
}

static void one_page_pool(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 1, 18);

	bp_test_expect_no_run(test, buddy, 2, 0, -EFBIG);
	bp_test_expect_no_run(test, buddy, 1, 1, -EFBIG);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 0);
	bp_test_expect_free(test, buddy, "");
	bp_test_expect_no_run(test, buddy, 1, 0, -ENOMEM);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 1, 2),
			       -EFBIG);
	bp_test_free(test, buddy, 0, 1);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 0, 1),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 1, 1),
			       -ERANGE);
}

/* With max_order 0 nothing is ever split or merged. */
static void max_order_0(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 6, 0);
	u32 pfn;

	bp_test_expect_no_run(test, buddy, 2, 0, -EFBIG);
	for (pfn = 0; pfn < 6; pfn++)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), pfn);
	bp_test_free(test, buddy, 3, 1);
	bp_test_free(test, buddy, 2, 1);
	bp_test_expect_free(test, buddy, "2:0 3:0");
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 1);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 1, 1, 2),
			       -EFBIG);
	bp_test_free_all(test, buddy);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 0);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 0);
}

/* The page behind a power of two has no buddy, and never gets one. */
static void tail_page_has_no_buddy(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 65, 10);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 64);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 64, 0), 0);
	bp_test_expect_free(test, buddy, "");
	bp_test_free(test, buddy, 64, 1);
	bp_test_expect_free(test, buddy, "64:0");
	bp_test_free(test, buddy, 0, 64);
	bp_test_expect_free(test, buddy, "0:6 64:0");
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 0);
}

/* At most 16 bytes a page are allowed; it is far less but for tiny pools. */
static void metadata_is_small(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, bp_buddy_metadata_size(64, 6), 16 * 64);
	KUNIT_EXPECT_LE(test, bp_buddy_metadata_size(16384, 10), 2 * 16384);
	KUNIT_EXPECT_LE(test, bp_buddy_metadata_size(1U << 20, 18), 2U << 20);
	KUNIT_EXPECT_GT(test, bp_buddy_metadata_size(BP_MAX_PAGES, 18),
			BP_MAX_PAGES);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(init_carves_the_pool, carving_gen_params),
	KUNIT_CASE_PARAM(all_pages_freed_upwards, shape_gen_params),
	KUNIT_CASE_PARAM(all_pages_freed_downwards, shape_gen_params),
	KUNIT_CASE_PARAM(all_pages_freed_in_strides, shape_gen_params),
	KUNIT_CASE_PARAM(all_largest_blocks, shape_gen_params),
	KUNIT_CASE(one_page_pool),
	KUNIT_CASE(max_order_0),
	KUNIT_CASE(tail_page_has_no_buddy),
	KUNIT_CASE(metadata_is_small),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy_shape",
	.test_cases = cases,
};

kunit_test_suite(suite);
