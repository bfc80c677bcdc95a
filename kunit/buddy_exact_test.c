// SPDX-License-Identifier: GPL-2.0
/*
 * Runs that are no power of two of pages, and alignments above the size.
 */
#include "buddy.h"

#include <linux/bitops.h>

#include "testlib.h"

/* A run of 13 pages at 0 in a pool of 32: what it is and what it leaves. */
static void exact_run_of_13(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 13, 0), 0);
	bp_test_expect_runs(test, buddy, "0+13");
	bp_test_expect_pieces(test, buddy, "0:3 8:2 12:0");
	bp_test_expect_free(test, buddy, "13:0 14:1 16:4");
	KUNIT_EXPECT_EQ(test, buddy->tags[0],
			BP_TAG_HEAD | BP_TAG_PIECE | BP_TAG_MORE | 3);
	KUNIT_EXPECT_EQ(test, buddy->tags[8], BP_TAG_PIECE | BP_TAG_MORE | 2);
	KUNIT_EXPECT_EQ(test, buddy->tags[12], BP_TAG_PIECE);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 19);
	bp_test_free(test, buddy, 0, 13);
	bp_test_expect_free(test, buddy, "0:5");
}

/* One piece for each bit of @nr_pages, the largest first. */
static void expect_pieces_of(struct kunit *test, const struct bp_buddy *buddy,
			     u32 nr_pages)
{
	struct bp_extent extent;
	u32 pfn = 0;
	int order;

	for (order = fls(nr_pages) - 1; order >= 0; order--) {
		if (!(nr_pages & (1U << order)))
			continue;
		bp_buddy_extent(buddy, pfn, &extent);
		KUNIT_EXPECT_EQ(test, extent.pfn, pfn);
		KUNIT_EXPECT_EQ(test, extent.order, order);
		KUNIT_EXPECT_EQ(test, extent.kind, BP_EXTENT_PIECE);
		KUNIT_EXPECT_EQ(test, extent.head, pfn == 0);
		pfn += 1U << order;
	}
	KUNIT_EXPECT_EQ(test, pfn, nr_pages);
}

static void exact_run_of_each_length(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 nr, pfn;

	for (nr = 1; nr <= 64; nr++) {
		KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, nr, 0), 0);
		KUNIT_EXPECT_EQ(test, bp_buddy_run(buddy, 0), nr);
		KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 64 - nr);
		expect_pieces_of(test, buddy, nr);
		/* All of what it does not use is there for others. */
		for (pfn = nr; pfn < 64; pfn++)
			bp_test_alloc(test, buddy, 1, 0);
		KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 0);
		bp_test_free_all(test, buddy);
		bp_test_expect_free(test, buddy, "0:6");
	}
}

/* A split for each half of which a part is used, as if it was halved for it. */
static void exact_counts_splits(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u64 *splits = &buddy->freemap.nr_splits;
	u32 nr, size;

	for (nr = 1; nr <= 64; nr++) {
		u64 expected = *splits;

		for (size = 64; nr % size; size /= 2)
			expected++;
		bp_test_alloc(test, buddy, nr, 0);
		KUNIT_EXPECT_EQ_MSG(test, *splits, expected, "%u pages", nr);
		bp_test_free_all(test, buddy);
		KUNIT_EXPECT_EQ(test, *splits, buddy->freemap.nr_merges);
	}
}

/* The tail is given back as the blocks that it is made of. */
static void exact_tail_is_given_back(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 4);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 5, 0), 0);
	bp_test_expect_free(test, buddy, "5:0 6:1 8:3");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 2, 0), 6);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 5);
	bp_test_expect_free(test, buddy, "8:3");
	bp_test_free(test, buddy, 0, 5);
	bp_test_expect_free(test, buddy, "0:2 4:0 8:3");
	bp_test_free(test, buddy, 6, 2);
	bp_test_free(test, buddy, 5, 1);
	bp_test_expect_free(test, buddy, "0:4");
}

/* As many runs of three as there are blocks of four, and no more. */
static void exact_runs_need_a_block_each(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 i;

	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 3, 0), 4 * i);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 16);
	KUNIT_EXPECT_EQ(test, bp_test_nr_free(buddy, 0), 16);
	bp_test_expect_no_run(test, buddy, 3, 0, -ENOMEM);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0),
				4 * i + 3);
	bp_test_free_all(test, buddy);
}

/* Between runs that stay, in each hole the longest run that fits (contiguous). */
static void exact_runs_in_holes(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 i;

	for (i = 0; i < 4; i++)
		bp_test_alloc(test, buddy, 16, 0);
	bp_test_free(test, buddy, 16, 16);
	bp_test_free(test, buddy, 48, 16);
	bp_test_expect_no_run(test, buddy, 17, 0, -ENOMEM);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 15, 0), 16);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 9, 0), 48);
	bp_test_expect_free(test, buddy, "31:0 57:0 58:1 60:2");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 3, 0), 60);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 31);
	bp_test_expect_free(test, buddy, "57:0 58:1 63:0");
	bp_test_expect_runs(test, buddy, "0+16 16+15 31+1 32+16 48+9 60+3");
	bp_test_free_all(test, buddy);
}

/* The last free block holds the end of a pool of 100 pages. */
static void exact_runs_at_the_end(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 100, 10);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 3, 0), 96);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 31, 0), 64);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 63, 0), 0);
	bp_test_expect_free(test, buddy, "63:0 95:0 99:0");
	bp_test_expect_no_run(test, buddy, 2, 0, -ENOMEM);
	bp_test_free_all(test, buddy);
}

/* Fewer bits, fewer pieces: never more than two for each order. */
static void exact_run_at_most_max_order_pieces(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 1U << 18, 18);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, (1U << 18) - 1, 0), 0);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 18);
	KUNIT_EXPECT_EQ(test, buddy->tags[(1U << 18) - 2], BP_TAG_PIECE);
	bp_test_assert_ok(test, buddy);
	bp_test_free(test, buddy, 0, (1U << 18) - 1);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 18);
	bp_test_assert_ok(test, buddy);
}

/* A single page at each alignment, as often as the pool has it. */
static void align_single_pages(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 128, 7);
	unsigned int order;
	u32 pfn, nr;

	for (order = 0; order <= 7; order++) {
		for (nr = 0; !bp_buddy_alloc(buddy, 1, order, &pfn); nr++) {
			KUNIT_ASSERT_EQ(test, pfn, nr << order);
			bp_test_assert_ok(test, buddy);
		}
		KUNIT_EXPECT_EQ(test, nr, 128 >> order);
		KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 128 - nr);
		bp_test_free_all(test, buddy);
	}
}

/* Each length at each alignment: where it starts, and what remains. */
static void align_each_length(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);
	unsigned int order;
	u32 nr, pfn;

	for (nr = 1; nr <= 32; nr++) {
		for (order = 0; order <= 5; order++) {
			/* In the way, so that 0 is not the answer to all. */
			bp_test_alloc(test, buddy, 1, 0);
			if (max(order, bp_order_of(nr)) == 5) {
				bp_test_expect_no_run(test, buddy, nr, order,
						      -ENOMEM);
			} else {
				pfn = bp_test_alloc(test, buddy, nr, order);
				KUNIT_EXPECT_EQ(test, pfn % (1U << order), 0);
				KUNIT_EXPECT_EQ(test, pfn,
						1U << max(order,
							  bp_order_of(nr)));
				KUNIT_EXPECT_EQ(test, buddy->nr_free_pages,
						31 - nr);
			}
			bp_test_free_all(test, buddy);
		}
	}
}

/* What lies between an aligned page and the next one can be had. */
static void align_leaves_the_rest(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 4), 0);
	bp_test_expect_free(test, buddy, "1:0 2:1 4:2 8:3 16:4 32:5");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 3, 4), 16);
	bp_test_expect_free(test, buddy, "1:0 2:1 4:2 8:3 19:0 20:2 24:3 32:5");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 8, 4), 32);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 8, 3), 8);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 2), 4);
	bp_test_expect_free(test, buddy, "1:0 2:1 19:0 20:2 24:3 40:3 48:4");
	bp_test_free_all(test, buddy);
}

/* An alignment up to that of the size's block changes nothing. */
static void align_below_the_size(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	unsigned int order;

	for (order = 0; order <= 3; order++) {
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 5, order), 0);
		bp_test_expect_free(test, buddy, "5:0 6:1 8:3 16:4 32:5");
		bp_test_free(test, buddy, 0, 5);
	}
}

/* The lowest block of the smallest order that is aligned by itself (bias). */
static void align_takes_the_smallest_block(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 i;

	for (i = 0; i < 16; i++)
		bp_test_alloc(test, buddy, 4, 0);
	for (i = 0; i < 4; i++)
		bp_test_free(test, buddy, 4 * i, 4);
	bp_test_free(test, buddy, 20, 4);
	bp_test_free(test, buddy, 40, 4);
	bp_test_free(test, buddy, 44, 4);
	bp_test_expect_free(test, buddy, "0:4 20:2 40:3");

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 2), 20);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 2), 40);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 3), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 2, 3), 8);
	bp_test_free_all(test, buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(exact_run_of_13),
	KUNIT_CASE(exact_run_of_each_length),
	KUNIT_CASE(exact_counts_splits),
	KUNIT_CASE(exact_tail_is_given_back),
	KUNIT_CASE(exact_runs_need_a_block_each),
	KUNIT_CASE(exact_runs_in_holes),
	KUNIT_CASE(exact_runs_at_the_end),
	KUNIT_CASE(exact_run_at_most_max_order_pieces),
	KUNIT_CASE(align_single_pages),
	KUNIT_CASE(align_each_length),
	KUNIT_CASE(align_leaves_the_rest),
	KUNIT_CASE(align_below_the_size),
	KUNIT_CASE(align_takes_the_smallest_block),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy_exact",
	.test_cases = cases,
};

kunit_test_suite(suite);
