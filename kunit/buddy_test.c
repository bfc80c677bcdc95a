// SPDX-License-Identifier: GPL-2.0
/*
 * The buddy system: split and merge, which block is taken, when there is none.
 */
#include "buddy.h"

#include "testlib.h"

/* The example of every textbook: 16 KiB out of 256 KiB of 4 KiB pages. */
static void founding_example_splits(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);

	bp_test_expect_free(test, buddy, "0:6");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 0);
	bp_test_expect_free(test, buddy, "4:2 8:3 16:4 32:5");
	bp_test_expect_pieces(test, buddy, "0:2");
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 60);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 4);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 0);

	bp_test_free(test, buddy, 0, 4);
	bp_test_expect_free(test, buddy, "0:6");
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 64);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 4);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, 4);
}

/* The same, with several blocks, freed in an order that delays the merges. */
static void founding_example_goes_on(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 4);
	bp_test_expect_free(test, buddy, "8:3 16:4 32:5");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 8);
	bp_test_expect_free(test, buddy, "12:2 16:4 32:5");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 16, 0), 16);
	bp_test_expect_free(test, buddy, "12:2 32:5");
	bp_test_expect_runs(test, buddy, "0+4 4+4 8+4 16+16");

	/* Not buddies: 4 and 12 both free, at the same order. */
	bp_test_free(test, buddy, 4, 4);
	bp_test_expect_free(test, buddy, "4:2 12:2 32:5");
	bp_test_free(test, buddy, 8, 4);
	bp_test_expect_free(test, buddy, "4:2 8:3 32:5");
	bp_test_free(test, buddy, 16, 16);
	bp_test_expect_free(test, buddy, "4:2 8:3 16:4 32:5");
	bp_test_free(test, buddy, 0, 4);
	bp_test_expect_free(test, buddy, "0:6");
	bp_test_expect_runs(test, buddy, "");
}

/* A buddy of which only a part is free is no buddy to merge with. */
static void merge_only_with_a_whole_buddy(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 8, 3);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 4);
	bp_test_expect_free(test, buddy, "5:0 6:1");
	bp_test_free(test, buddy, 0, 4);
	bp_test_expect_free(test, buddy, "0:2 5:0 6:1");
	bp_test_free(test, buddy, 4, 1);
	bp_test_expect_free(test, buddy, "0:3");
}

/* Two neighbours of the same order that are not each other's buddies. */
static void merge_never_with_a_neighbour(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 8, 3);
	u32 pfn;

	for (pfn = 0; pfn < 8; pfn += 2)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 2, 0), pfn);
	bp_test_free(test, buddy, 2, 2);
	bp_test_free(test, buddy, 4, 2);
	bp_test_expect_free(test, buddy, "2:1 4:1");
	bp_test_free(test, buddy, 0, 2);
	bp_test_expect_free(test, buddy, "0:2 4:1");
	bp_test_free(test, buddy, 6, 2);
	bp_test_expect_free(test, buddy, "0:3");
}

static void merge_stops_at_max_order(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 2);

	bp_test_expect_free(test, buddy, "0:2 4:2 8:2 12:2");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 0);
	bp_test_expect_free(test, buddy, "1:0 2:1 4:2 8:2 12:2");
	bp_test_free(test, buddy, 0, 1);
	bp_test_expect_free(test, buddy, "0:2 4:2 8:2 12:2");
}

/* The smallest block that will do comes before the lowest one. */
static void alloc_takes_the_smallest_block(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);
	u32 pfn;

	for (pfn = 0; pfn < 32; pfn += 4)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), pfn);
	bp_test_free(test, buddy, 0, 4);
	bp_test_free(test, buddy, 4, 4);
	bp_test_free(test, buddy, 12, 4);
	bp_test_free(test, buddy, 20, 4);
	bp_test_expect_free(test, buddy, "0:3 12:2 20:2");

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 12);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 20);
	bp_test_expect_free(test, buddy, "0:3 21:0 22:1");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 0);
	bp_test_free_all(test, buddy);
}

static void alloc_takes_the_lowest_of_its_order(struct kunit *test)
{
	static const u32 holes[] = { 61, 3, 40, 17, 0, 63, 22 };
	static const u32 sorted[] = { 0, 3, 17, 22, 40, 61, 63 };
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	unsigned int i;

	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), i);
	for (i = 0; i < ARRAY_SIZE(holes); i++)
		bp_test_free(test, buddy, holes[i], 1);
	for (i = 0; i < ARRAY_SIZE(sorted); i++)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0),
				sorted[i]);
	bp_test_free_all(test, buddy);
}

/* Of pageblocks the one with the least that will do, of these the lowest. */
static void alloc_takes_the_fullest_pageblock(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 2048, 11);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 448, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 511, 0), 512);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 480, 0), 1024);
	bp_test_expect_free(test, buddy, "448:6 1023:0 1504:5 1536:9");

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 1023);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 1504);
	bp_test_expect_free(test, buddy,
			    "448:6 1505:0 1506:1 1508:2 1512:3 1520:4 1536:9");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 32, 0), 448);
	/* A pageblock that is all free only when no other will do. */
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 5), 480);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 5), 1536);
	/* Two whose largest block is of order 4. */
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 481);
	bp_test_free_all(test, buddy);
}

/* Of blocks of a pageblock and above the smallest, then the lowest. */
static void alloc_takes_the_smallest_large_block(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 4096, 12);
	u32 pfn;

	for (pfn = 0; pfn < 4096; pfn += 512)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 512, 0), pfn);
	bp_test_free(test, buddy, 0, 512);
	bp_test_free(test, buddy, 512, 512);
	bp_test_free(test, buddy, 1536, 512);
	bp_test_free(test, buddy, 2560, 512);
	bp_test_expect_free(test, buddy, "0:10 1536:9 2560:9");
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 1536);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 512, 0), 2560);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 512, 0), 0);
	bp_test_free_all(test, buddy);
}

/* The largest block there can be, and nothing besides it (gpu_buddy: limit). */
static void alloc_limit(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 1U << 18, 18);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1U << 18, 0), 0);
	bp_test_expect_no_run(test, buddy, 1, 0, -ENOMEM);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 0);
	bp_test_free(test, buddy, 0, 1U << 18);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 1U << 18);
	bp_test_assert_ok(test, buddy);
}

/* A pool with one block of each order gives each of them (optimistic). */
static void alloc_optimistic(struct kunit *test)
{
	enum { MAX = 16 };
	struct bp_buddy *buddy = bp_test_buddy(test, (2U << MAX) - 1, MAX);
	unsigned int order;

	for (order = 0; order <= MAX; order++)
		KUNIT_EXPECT_EQ(test, bp_test_nr_free(buddy, order), 1);
	/* From the small ones up, so that none needs to be split. */
	for (order = 0; order <= MAX; order++)
		KUNIT_EXPECT_EQ(test,
				bp_test_alloc(test, buddy, 1U << order, 0),
				(2U << MAX) - (2U << order));
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, 0);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 0);
	bp_test_expect_no_run(test, buddy, 1, 0, -ENOMEM);
	bp_test_free_all(test, buddy);
	bp_test_assert_ok(test, buddy);
}

/* One block split all the way down, its parts taken one by one. */
static void take_one_of_each_order(struct kunit *test, struct bp_buddy *buddy)
{
	unsigned int order;

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 0);
	for (order = 0; order < buddy->max_order; order++) {
		KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy),
				1U << (buddy->max_order - 1));
		KUNIT_EXPECT_EQ(test,
				bp_test_alloc(test, buddy, 1U << order, 0),
				1U << order);
	}
}

/* The worst case of a split, and of a chain of merges (pessimistic). */
static void alloc_pessimistic(struct kunit *test)
{
	enum { MAX = 12 };
	struct bp_buddy *buddy = bp_test_buddy(test, 1U << MAX, MAX);
	unsigned int order;

	take_one_of_each_order(test, buddy);
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_splits, MAX);
	for (order = 0; order <= MAX; order++)
		bp_test_expect_no_run(test, buddy, 1U << order, 0, -ENOMEM);

	/* Each free makes a block of twice the size, no more. */
	bp_test_free(test, buddy, 0, 1);
	for (order = 0; order < MAX; order++) {
		bp_test_expect_no_run(test, buddy, 2U << order, 0, -ENOMEM);
		bp_test_free(test, buddy, 1U << order, 1U << order);
		KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 2U << order);
	}
	KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges, MAX);
}

/*
 * Take one block of each order below @top and the page that then remains, where
 * just a block of order @top is free. Returns the page.
 */
static u32 whittle_down(struct kunit *test, struct bp_buddy *buddy,
			unsigned int top)
{
	unsigned int order = top;

	while (order--)
		bp_test_alloc(test, buddy, 1U << order, 0);
	return bp_test_alloc(test, buddy, 1, 0);
}

/* A page of each order's block is left, and nothing larger (pathological). */
static void alloc_pathological(struct kunit *test)
{
	enum { MAX = 10 };
	struct bp_buddy *buddy = bp_test_buddy(test, 1U << MAX, MAX);
	unsigned int top;

	for (top = MAX; top; top--) {
		KUNIT_EXPECT_EQ(test, whittle_down(test, buddy, top),
				(1U << top) - 1);
		KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 0);
		bp_test_expect_no_run(test, buddy, 1U << top, 0, -ENOMEM);
		/* Room for the next round. */
		if (top > 1)
			bp_test_free(test, buddy, 0, 1U << (top - 1));
	}
	for (top = MAX; top; top--)
		bp_test_free(test, buddy, (1U << top) - 1, 1);
	KUNIT_EXPECT_EQ(test, bp_test_nr_free(buddy, 0), MAX);
	for (top = 1; top <= MAX; top++)
		bp_test_expect_no_run(test, buddy, 1U << top, 0, -ENOMEM);
	bp_test_free_all(test, buddy);
}

/* Half of it free, and not two pages together. */
static void alloc_checkerboard(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 128, 7);
	u32 i;

	for (i = 0; i < 128; i++)
		bp_test_alloc(test, buddy, 1, 0);
	for (i = 0; i < 128; i += 2)
		bp_test_free(test, buddy, i, 1);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 64);
	bp_test_expect_no_run(test, buddy, 2, 0, -ENOMEM);
	for (i = 0; i < 128; i += 2)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), i);
	bp_test_free_all(test, buddy);
}

static void alloc_after_exhaustion(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 100, 6);
	unsigned int round;
	u32 pfn, nr;

	for (round = 0; round < 3; round++) {
		for (nr = 0; !bp_buddy_alloc(buddy, 1, 0, &pfn); nr++)
			bp_test_assert_ok(test, buddy);
		KUNIT_EXPECT_EQ(test, nr, 100);
		KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 0);
		/* The page that comes back is the one that is given again. */
		bp_test_free(test, buddy, 77, 1);
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 77);
		bp_test_free_all(test, buddy);
		bp_test_expect_free(test, buddy, "0:6 64:5 96:2");
	}
}

static void alloc_of_no_pages(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 pfn = 12345;

	bp_test_expect_no_run(test, buddy, 0, 0, -EINVAL);
	bp_test_expect_no_run(test, buddy, 0, 6, -EINVAL);
	KUNIT_EXPECT_EQ(test, pfn, 12345);
}

/* What can never be had is told from what cannot be had now. */
static void alloc_of_too_much(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 100, 10);
	u32 pfn = 12345;

	KUNIT_EXPECT_EQ(test, buddy->top_order, 6);
	bp_test_expect_no_run(test, buddy, 65, 0, -EFBIG);
	bp_test_expect_no_run(test, buddy, U32_MAX, 0, -EFBIG);
	bp_test_expect_no_run(test, buddy, 1, 7, -EFBIG);
	bp_test_expect_no_run(test, buddy, 1, 52, -EFBIG);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 64, 6), 0);
	bp_test_expect_no_run(test, buddy, 64, 0, -ENOMEM);
	bp_test_expect_no_run(test, buddy, 1, 6, -ENOMEM);
	KUNIT_EXPECT_EQ(test, pfn, 12345);
	bp_test_free_all(test, buddy);
}

static void order_of_each_size(struct kunit *test)
{
	unsigned int order;

	KUNIT_EXPECT_EQ(test, bp_order_of(1), 0);
	KUNIT_EXPECT_EQ(test, bp_order_of(2), 1);
	KUNIT_EXPECT_EQ(test, bp_order_of(3), 2);
	for (order = 2; order <= 30; order++) {
		KUNIT_EXPECT_EQ(test, bp_order_of((1U << order) - 1), order);
		KUNIT_EXPECT_EQ(test, bp_order_of(1U << order), order);
	}
}

static void piece_order_of_each_range(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, bp_piece_order(0, 1, 10), 0);
	KUNIT_EXPECT_EQ(test, bp_piece_order(0, 64, 10), 6);
	KUNIT_EXPECT_EQ(test, bp_piece_order(0, 64, 5), 5);
	KUNIT_EXPECT_EQ(test, bp_piece_order(0, 63, 10), 5);
	KUNIT_EXPECT_EQ(test, bp_piece_order(32, 63, 10), 4);
	KUNIT_EXPECT_EQ(test, bp_piece_order(62, 63, 10), 0);
	KUNIT_EXPECT_EQ(test, bp_piece_order(3, 64, 10), 0);
	KUNIT_EXPECT_EQ(test, bp_piece_order(48, 96, 10), 4);
	KUNIT_EXPECT_EQ(test, bp_piece_order(64, 128, 18), 6);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(founding_example_splits),
	KUNIT_CASE(founding_example_goes_on),
	KUNIT_CASE(merge_only_with_a_whole_buddy),
	KUNIT_CASE(merge_never_with_a_neighbour),
	KUNIT_CASE(merge_stops_at_max_order),
	KUNIT_CASE(alloc_takes_the_smallest_block),
	KUNIT_CASE(alloc_takes_the_lowest_of_its_order),
	KUNIT_CASE(alloc_takes_the_fullest_pageblock),
	KUNIT_CASE(alloc_takes_the_smallest_large_block),
	KUNIT_CASE(alloc_limit),
	KUNIT_CASE(alloc_optimistic),
	KUNIT_CASE(alloc_pessimistic),
	KUNIT_CASE(alloc_pathological),
	KUNIT_CASE(alloc_checkerboard),
	KUNIT_CASE(alloc_after_exhaustion),
	KUNIT_CASE(alloc_of_no_pages),
	KUNIT_CASE(alloc_of_too_much),
	KUNIT_CASE(order_of_each_size),
	KUNIT_CASE(piece_order_of_each_range),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy",
	.test_cases = cases,
};

kunit_test_suite(suite);
