// SPDX-License-Identifier: GPL-2.0
/*
 * What a buddy system says of itself: its blocks, the largest of them, how
 * fragmented it is.
 */
#include "buddy.h"

#include "testlib.h"

static void expect_extent(struct kunit *test, const struct bp_buddy *buddy,
			  u32 pfn, const struct bp_extent *expected)
{
	struct bp_extent extent;

	bp_buddy_extent(buddy, pfn, &extent);
	KUNIT_EXPECT_EQ_MSG(test, extent.pfn, expected->pfn, "page %u", pfn);
	KUNIT_EXPECT_EQ_MSG(test, extent.order, expected->order, "page %u",
			    pfn);
	KUNIT_EXPECT_EQ_MSG(test, extent.kind, expected->kind, "page %u", pfn);
	KUNIT_EXPECT_EQ_MSG(test, extent.head, expected->head, "page %u", pfn);
}

/* From whichever page of a block one asks, it is the same block. */
static void extent_of_each_page(struct kunit *test)
{
	static const struct bp_extent blocks[] = {
		{ 0, 3, BP_EXTENT_PIECE, true },
		{ 8, 2, BP_EXTENT_PIECE, false },
		{ 12, 0, BP_EXTENT_PIECE, false },
		{ 13, 0, BP_EXTENT_PIECE, true },
		{ 14, 1, BP_EXTENT_FREE, false },
		{ 16, 2, BP_EXTENT_PIECE, true },
		{ 20, 2, BP_EXTENT_FREE, false },
		{ 24, 3, BP_EXTENT_FREE, false },
		{ 32, 1, BP_EXTENT_FREE, false },
		{ 34, 0, BP_EXTENT_FREE, false },
	};
	struct bp_buddy *buddy = bp_test_buddy(test, 35, 5);
	u32 i, pfn = 0;

	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 13, 0), 0);
	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 4, 4), 16);
	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 13);
	for (i = 0; i < ARRAY_SIZE(blocks); i++) {
		KUNIT_EXPECT_EQ(test, pfn, blocks[i].pfn);
		for (; pfn < blocks[i].pfn + (1U << blocks[i].order); pfn++)
			expect_extent(test, buddy, pfn, &blocks[i]);
	}
	KUNIT_EXPECT_EQ(test, pfn, 35);
	bp_test_free_all(test, buddy);
}

static void extent_of_a_pool_in_one_block(struct kunit *test)
{
	static const struct bp_extent free = { 0, 18, BP_EXTENT_FREE, false };
	static const struct bp_extent used = { 0, 18, BP_EXTENT_PIECE, true };
	struct bp_buddy *buddy = bp_test_buddy(test, 1U << 18, 18);

	expect_extent(test, buddy, 0, &free);
	expect_extent(test, buddy, 131073, &free);
	bp_test_alloc(test, buddy, 1U << 18, 0);
	expect_extent(test, buddy, 0, &used);
	expect_extent(test, buddy, (1U << 18) - 1, &used);
	bp_test_free_all(test, buddy);
}

static void run_is_told_of_heads_only(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);
	u32 pfn;

	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 13, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_buddy_run(buddy, 0), 13);
	for (pfn = 1; pfn < 40; pfn++)
		KUNIT_EXPECT_EQ(test, bp_buddy_run(buddy, pfn), 0);
	bp_test_free_all(test, buddy);
}

static void largest_of_each_picture(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 100, 10);

	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 64);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 64, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 32);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 5, 0), 64);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 16);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 16, 0), 80);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 8);
	bp_test_free(test, buddy, 0, 64);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 64);
	bp_test_free_all(test, buddy);
}

static void fragmentation_of_a_full_pool(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);

	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	bp_test_alloc(test, buddy, 64, 0);
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	bp_test_free_all(test, buddy);
}

/* What is free lies as well together as so many pages can. */
static void fragmentation_of_the_best(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 nr;

	for (nr = 0; nr < 64; nr++) {
		bp_test_alloc(test, buddy, 1, 0);
		KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	}
	bp_test_free_all(test, buddy);
}

static void fragmentation_of_the_worst(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 pfn;

	for (pfn = 0; pfn < 64; pfn++)
		bp_test_alloc(test, buddy, 1, 0);
	bp_test_free(test, buddy, 0, 1);
	/* A single page is as large as a single page can be. */
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	for (pfn = 2; pfn < 64; pfn += 2) {
		bp_test_free(test, buddy, pfn, 1);
		KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 1000);
	}
	bp_test_free_all(test, buddy);
}

/* In blocks of the largest order that the free pages could form. */
static void fragmentation_in_between(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 pfn;

	for (pfn = 0; pfn < 64; pfn += 8)
		bp_test_alloc(test, buddy, 8, 0);
	/* 24 pages could be a block of 16, of which there is one possible. */
	bp_test_free(test, buddy, 0, 8);
	bp_test_free(test, buddy, 16, 8);
	bp_test_free(test, buddy, 32, 8);
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 1000);
	/* 32 pages could be a block of 32, and are 16 + 8 + 8. */
	bp_test_free(test, buddy, 8, 8);
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 1000);
	/* 40, 48 and 56 pages could be a block of 32: there is one. */
	bp_test_free(test, buddy, 24, 8);
	bp_test_expect_free(test, buddy, "0:5 32:3");
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	bp_test_free_all(test, buddy);
}

/* Where several blocks of that order are possible, it is a part of them. */
static void fragmentation_is_a_part(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 2);
	u32 pfn;

	for (pfn = 0; pfn < 32; pfn += 4)
		bp_test_alloc(test, buddy, 2, 0);
	for (pfn = 0; pfn < 32; pfn += 4)
		if (!bp_buddy_run(buddy, pfn))
			bp_test_alloc(test, buddy, 4, 0);
	bp_test_expect_free(test, buddy, "");
	bp_test_free(test, buddy, 0, 2);
	bp_test_free(test, buddy, 4, 2);
	bp_test_free(test, buddy, 16, 4);
	/* Eight pages: two blocks of four possible, one there. */
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 500);
	bp_test_free(test, buddy, 20, 4);
	/* Twelve: two of three. */
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 334);
	bp_test_free(test, buddy, 24, 4);
	bp_test_free(test, buddy, 28, 4);
	/* Twenty: four of five. */
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 200);
	bp_test_free_all(test, buddy);
}

/* A pool that is no power of two is not fragmented by that. */
static void fragmentation_of_a_pool_of_3(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 3, 10);

	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 0);
	bp_test_free(test, buddy, 0, 2);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 2);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 0);
	bp_test_free(test, buddy, 2, 1);
	bp_test_expect_free(test, buddy, "1:0 2:0");
	/* Two pages, which could be a block of two. */
	KUNIT_EXPECT_EQ(test, bp_buddy_fragmentation(buddy), 1000);
	bp_test_free(test, buddy, 0, 1);
}

/* Also of a page that is neither free nor in a run, which cannot be, is said something. */
static void extent_of_a_page_that_is_lost(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 4);
	const u32 pfn = bp_test_alloc(test, buddy, 1, 0);
	struct bp_extent extent = {};

	buddy->tags[pfn] = 0;
	bp_buddy_extent(buddy, pfn, &extent);
	KUNIT_EXPECT_EQ(test, extent.pfn, pfn);
	KUNIT_EXPECT_EQ(test, extent.order, 0);
	KUNIT_EXPECT_EQ(test, extent.kind, BP_EXTENT_PIECE);
	KUNIT_EXPECT_FALSE(test, extent.head);
	buddy->tags[pfn] = bp_tag_block(0);
	bp_test_free(test, buddy, pfn, 1);
}

static void splits_and_merges_are_counted(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 4);

	bp_test_alloc(test, buddy, 16, 0);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 0);
	bp_test_resize(test, buddy, 0, 16, 8);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 0);
	/* Eight into four and four, four into two and two, two into one, one. */
	bp_test_alloc(test, buddy, 1, 0);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 3);
	bp_test_free(test, buddy, 8, 1);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 3);
	bp_test_free(test, buddy, 0, 8);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 4);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 3);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(extent_of_each_page),
	KUNIT_CASE(extent_of_a_pool_in_one_block),
	KUNIT_CASE(extent_of_a_page_that_is_lost),
	KUNIT_CASE(run_is_told_of_heads_only),
	KUNIT_CASE(largest_of_each_picture),
	KUNIT_CASE(fragmentation_of_a_full_pool),
	KUNIT_CASE(fragmentation_of_the_best),
	KUNIT_CASE(fragmentation_of_the_worst),
	KUNIT_CASE(fragmentation_in_between),
	KUNIT_CASE(fragmentation_is_a_part),
	KUNIT_CASE(fragmentation_of_a_pool_of_3),
	KUNIT_CASE(splits_and_merges_are_counted),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy_extent",
	.test_cases = cases,
};

kunit_test_suite(suite);
