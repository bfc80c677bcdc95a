// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas: what becomes of blocks that are given, taken and claimed.
 */
#include "freemap.h"

#include <linux/log2.h>
#include <linux/string.h>

#include "freemaplib.h"
#include "testlib.h"

static const struct bp_test_shape shapes[] = {
	{ 1, 0 },    { 1, 18 },   { 511, 8 },    { 512, 9 },     { 513, 9 },
	{ 100, 10 }, { 4096, 3 }, { 32769, 12 }, { 262145, 18 },
};

KUNIT_ARRAY_PARAM(shape, shapes, bp_test_shape_desc);

static void freemap_size_is_what_init_uses(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	size_t size = bp_freemap_size(shape->nr_pages, shape->max_order);
	void *memory = bp_test_vzalloc(test, size);
	struct bp_freemap *map = bp_test_vzalloc(test, sizeof(*map));

	KUNIT_EXPECT_PTR_EQ(test,
			    bp_freemap_init(map, shape->nr_pages,
					    shape->max_order, memory),
			    memory + size);
}

static void freemap_init_is_empty(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	struct bp_freemap *map =
		bp_test_freemap(test, shape->nr_pages, shape->max_order);

	bp_test_expect_nothing(test, map, shape->nr_pages);
}

static void expect_only(struct kunit *test, struct bp_freemap *map,
			const struct bp_test_shape *shape, unsigned int order,
			u32 pfn)
{
	const u32 end = pfn + (1U << order);
	unsigned int want;

	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
	KUNIT_EXPECT_EQ(test, bp_freemap_weight(map), 1U << order);
	KUNIT_EXPECT_EQ(test, bp_freemap_largest(map), order);
	KUNIT_EXPECT_EQ(test, bp_freemap_block(map, pfn), order);
	KUNIT_EXPECT_EQ(test, bp_freemap_block(map, end - 1), order);
	if (pfn)
		KUNIT_EXPECT_EQ(test, bp_freemap_block(map, pfn - 1), -1);
	if (end < shape->nr_pages)
		KUNIT_EXPECT_EQ(test, bp_freemap_block(map, end), -1);
	for (want = 0; want <= order; want++)
		bp_test_expect_take(test, map, want, order, pfn);
	for (; want <= shape->max_order; want++)
		bp_test_expect_no_block(test, map, want);
}

static void expect_alone(struct kunit *test, struct bp_freemap *map,
			 const struct bp_test_shape *shape, unsigned int order,
			 u32 pfn)
{
	u32 found;

	KUNIT_EXPECT_EQ(test, bp_freemap_give(map, order, pfn), order);
	expect_only(test, map, shape, order, pfn);
	KUNIT_EXPECT_EQ(test, bp_freemap_take(map, order, &found), order);
	KUNIT_EXPECT_EQ(test, found, pfn);
	bp_test_expect_nothing(test, map, shape->nr_pages);
	KUNIT_EXPECT_EQ(test, bp_freemap_give(map, order, pfn), order);
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, order, pfn), order);
	bp_test_expect_nothing(test, map, shape->nr_pages);
}

/* The first and the last block of each order. */
static void freemap_ends_of_each_order(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	const u32 nr = shape->nr_pages;
	struct bp_freemap *map = bp_test_freemap(test, nr, shape->max_order);
	unsigned int order;

	for (order = 0; order <= shape->max_order && nr >> order; order++) {
		expect_alone(test, map, shape, order, 0);
		expect_alone(test, map, shape, order,
			     ((nr >> order) - 1) << order);
	}
}

static void freemap_each_block_of_a_pageblock(struct kunit *test)
{
	static const struct bp_test_shape shape = { 3 * 512, 9 };
	struct bp_freemap *map = bp_test_freemap(test, 3 * 512, 9);
	unsigned int order;
	u32 pfn;

	for (order = 0; order <= 9; order++)
		for (pfn = 512; pfn < 1024; pfn += 1U << order)
			expect_alone(test, map, &shape, order, pfn);
}

static const unsigned int max_orders[] = { 0, 1, 5, 6, 7, 8, 9, 10, 11, 12 };

static void max_order_desc(const unsigned int *max_order, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "max_order %u", *max_order);
}

KUNIT_ARRAY_PARAM(max_order, max_orders, max_order_desc);

/* Page after page, upwards: each is merged with all that lies below it. */
static void freemap_merge_upwards(struct kunit *test)
{
	enum { NR = 4096 };
	const unsigned int max_order = *(const unsigned int *)test->param_value;
	struct bp_freemap *map = bp_test_freemap(test, NR, max_order);
	u32 pfn;

	for (pfn = 0; pfn < NR; pfn++) {
		unsigned int merged =
			min_t(unsigned int, max_order, __ffs(pfn + 1));

		KUNIT_EXPECT_EQ_MSG(test, bp_freemap_give(map, 0, pfn), merged,
				    "page %u", pfn);
		KUNIT_EXPECT_EQ(test, bp_freemap_block(map, pfn), merged);
		KUNIT_EXPECT_EQ(test, bp_freemap_largest(map),
				min_t(unsigned int, max_order, ilog2(pfn + 1)));
		if (!(pfn % 61))
			KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
	}
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
	KUNIT_EXPECT_EQ(test, bp_freemap_weight(map), NR);
}

/* Downwards, and in blocks of each order. */
static void freemap_merge_downwards(struct kunit *test)
{
	enum { NR = 4096 };
	const unsigned int max_order = *(const unsigned int *)test->param_value;
	unsigned int order;
	u32 pfn, end;

	for (order = 0; order <= max_order; order++) {
		struct bp_freemap *map = bp_test_freemap(test, NR, max_order);

		for (end = NR; end; end = pfn) {
			pfn = end - (1U << order);
			KUNIT_EXPECT_EQ_MSG(test,
					    bp_freemap_give(map, order, pfn),
					    min_t(unsigned int, max_order,
						  pfn ? __ffs(pfn) : 12),
					    "order %u, page %u", order, pfn);
		}
		KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
		KUNIT_EXPECT_EQ(test, bp_freemap_weight(map), NR);
		KUNIT_EXPECT_EQ(test, bp_freemap_largest(map), max_order);
	}
}

/* Two halves of what would be above max_order are taken one after the other. */
static void freemap_never_above_max_order(struct kunit *test)
{
	enum { NR = 8192 };
	const unsigned int max_order = *(const unsigned int *)test->param_value;
	struct bp_freemap *map = bp_test_freemap(test, NR, max_order);
	u32 pfn, found;

	for (pfn = 0; pfn < NR; pfn += 1U << max_order)
		KUNIT_EXPECT_EQ(test, bp_freemap_give(map, max_order, pfn),
				max_order);
	for (pfn = 0; pfn < NR; pfn++)
		KUNIT_EXPECT_EQ(test, bp_freemap_block(map, pfn), max_order);
	KUNIT_EXPECT_EQ(test, bp_freemap_largest(map), max_order);
	for (pfn = 0; pfn < NR; pfn += 1U << max_order) {
		KUNIT_EXPECT_EQ(test, bp_freemap_take(map, max_order, &found),
				max_order);
		KUNIT_EXPECT_EQ(test, found, pfn);
	}
	bp_test_expect_nothing(test, map, NR);
}

/* What the lower level knows of pageblock @nr, and what the upper one. */
static void expect_levels(struct kunit *test, const struct bp_freemap *map,
			  u32 nr, int class, bool whole)
{
	const u64 word = map->pageblocks.cell[nr / 512].word[nr % 512 / 64];

	KUNIT_EXPECT_EQ(test, bp_fit_class(map->pages.fit[nr]), class);
	KUNIT_EXPECT_EQ(test, word >> nr % 64 & 1, whole);
	if (class < 0)
		KUNIT_EXPECT_NULL(test,
				  memchr_inv(&map->pages.cell[nr], 0,
					     sizeof(map->pages.cell[nr])));
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

/* A pageblock that is free as a whole changes the level, and comes back. */
static void freemap_whole_pageblock(struct kunit *test)
{
	enum { NR = 600 };
	struct bp_freemap *map = bp_test_freemap(test, NR * 512, 10);
	unsigned int order;
	u32 pfn;

	bp_freemap_give(map, 9, (NR - 1) * 512);
	expect_levels(test, map, NR - 1, -1, true);
	for (order = 0; order < 9; order++) {
		KUNIT_EXPECT_EQ(test, bp_freemap_take(map, order, &pfn), 9);
		KUNIT_EXPECT_EQ(test, pfn, (NR - 1) * 512);
		expect_levels(test, map, NR - 1, 8, false);
		KUNIT_EXPECT_EQ(test, bp_freemap_weight(map),
				512 - (1U << order));
		KUNIT_EXPECT_EQ(test, bp_freemap_give(map, order, pfn), 9);
		expect_levels(test, map, NR - 1, -1, true);
		/* And with the one before it. */
		bp_freemap_claim(map, order, (NR - 1) * 512);
		bp_freemap_give(map, 9, (NR - 2) * 512);
		KUNIT_EXPECT_EQ(test, bp_freemap_give(map, order, pfn), 10);
		expect_levels(test, map, NR - 1, -1, true);
		KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 9, (NR - 2) * 512),
				10);
		expect_levels(test, map, NR - 2, -1, false);
	}
}

/* Where no block is that large there is no upper level to change to. */
static void freemap_whole_pageblock_below_its_order(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 1024, 8);

	KUNIT_EXPECT_EQ(test, map->pageblocks.nr_cells, 0);
	KUNIT_EXPECT_EQ(test, bp_freemap_give(map, 8, 256), 8);
	KUNIT_EXPECT_EQ(test, bp_freemap_give(map, 8, 0), 8);
	KUNIT_EXPECT_EQ(test, bp_fit_class(map->pages.fit[0]), 8);
	KUNIT_EXPECT_EQ(test, bp_fit_full(map->pages.fit[0]), 0xff);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

/*
 * Claimed from a block, wherever it lies within it, leaves a block of each order
 * from its own up to that of the block.
 */
static void expect_claim(struct kunit *test, struct bp_freemap *map,
			 unsigned int from, unsigned int order, u32 pfn)
{
	const u32 weight = bp_freemap_weight(map);
	unsigned int other;
	u32 i;

	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, order, pfn), from);
	for (i = pfn; i < pfn + (1U << order); i++)
		KUNIT_EXPECT_EQ(test, bp_freemap_block(map, i), -1);
	for (other = order; other < from; other++)
		KUNIT_EXPECT_EQ(test,
				bp_freemap_block(map, pfn ^ (1U << other)),
				other);
	KUNIT_EXPECT_EQ(test, bp_freemap_weight(map), weight - (1U << order));
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
	KUNIT_EXPECT_EQ(test, bp_freemap_give(map, order, pfn), from);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

static void freemap_claim_in_the_middle(struct kunit *test)
{
	const unsigned int max_order = *(const unsigned int *)test->param_value;
	struct bp_freemap *map = bp_test_freemap(test, 3 * 4096, max_order);
	unsigned int order;
	u32 pfn, i;

	for (pfn = 4096; pfn < 8192; pfn += 1U << max_order)
		bp_freemap_give(map, max_order, pfn);
	for (order = 0; order <= max_order; order++) {
		/* The first, the last, and some between. */
		for (i = 0; i < 8; i++) {
			pfn = 4096 + 4095 * i / 7;
			expect_claim(test, map, max_order, order,
				     round_down(pfn, 1U << order));
		}
	}
}

/* Claims from one pageblock, the second of what the first has left. */
static void freemap_claim_of_what_is_left(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 1024, 10);

	bp_freemap_give(map, 10, 0);
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 0, 700), 10);
	expect_levels(test, map, 0, -1, true);
	expect_levels(test, map, 1, 8, false);
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 7, 768), 8);
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 7, 896), 7);
	expect_levels(test, map, 1, 7, false);
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 0, 701), 0);
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 9, 0), 9);
	expect_levels(test, map, 0, -1, false);
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 7, 512), 7);
	expect_levels(test, map, 1, 6, false);
	KUNIT_EXPECT_EQ(test, bp_freemap_weight(map), 126);
}

static void freemap_largest(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 1U << 19, 18);
	int order;
	u32 pfn;

	KUNIT_EXPECT_EQ(test, bp_freemap_largest(map), -1);
	for (order = 0; order <= 18; order++) {
		bp_freemap_give(map, order, 1U << order);
		KUNIT_EXPECT_EQ(test, bp_freemap_largest(map), order);
		KUNIT_EXPECT_EQ(test, bp_freemap_weight(map),
				(2U << order) - 1);
	}
	for (order = 18; order >= 0; order--) {
		KUNIT_EXPECT_EQ(test, bp_freemap_largest(map), order);
		KUNIT_EXPECT_EQ(test, bp_freemap_take(map, order, &pfn), order);
		KUNIT_EXPECT_EQ(test, pfn, 1U << order);
	}
	KUNIT_EXPECT_EQ(test, bp_freemap_largest(map), -1);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(freemap_size_is_what_init_uses, shape_gen_params),
	KUNIT_CASE_PARAM(freemap_init_is_empty, shape_gen_params),
	KUNIT_CASE_PARAM(freemap_ends_of_each_order, shape_gen_params),
	KUNIT_CASE(freemap_each_block_of_a_pageblock),
	KUNIT_CASE_PARAM(freemap_merge_upwards, max_order_gen_params),
	KUNIT_CASE_PARAM(freemap_merge_downwards, max_order_gen_params),
	KUNIT_CASE_PARAM(freemap_never_above_max_order, max_order_gen_params),
	KUNIT_CASE(freemap_whole_pageblock),
	KUNIT_CASE(freemap_whole_pageblock_below_its_order),
	KUNIT_CASE_PARAM(freemap_claim_in_the_middle, max_order_gen_params),
	KUNIT_CASE(freemap_claim_of_what_is_left),
	KUNIT_CASE(freemap_largest),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap",
	.test_cases = cases,
};

kunit_test_suite(suite);
