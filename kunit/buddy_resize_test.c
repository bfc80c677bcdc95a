// SPDX-License-Identifier: GPL-2.0
/*
 * Runs made longer and shorter where they are.
 */
#include "buddy.h"

#include "testlib.h"

/* From each length to each shorter one: what remains, and what is given back. */
static void shrink_to_each_length(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);
	u32 from, to;

	for (from = 1; from <= 32; from++) {
		for (to = 1; to <= from; to++) {
			bp_test_alloc(test, buddy, from, 0);
			bp_test_resize(test, buddy, 0, from, to);
			KUNIT_EXPECT_EQ(test, bp_buddy_run(buddy, 0), to);
			KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 32 - to);
			bp_test_free(test, buddy, 0, to);
		}
	}
}

/* From each length to each longer one, all else being free. */
static void grow_to_each_length(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);
	u32 from, to;

	for (from = 1; from <= 32; from++) {
		for (to = from; to <= 32; to++) {
			bp_test_alloc(test, buddy, from, 0);
			bp_test_resize(test, buddy, 0, from, to);
			KUNIT_EXPECT_EQ(test, bp_buddy_run(buddy, 0), to);
			KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 32 - to);
			bp_test_free(test, buddy, 0, to);
		}
	}
}

/* Only over pages that are free, all of them, whatever blocks they form. */
static void grow_over_any_pages(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 8, 3);
	u32 used, nr, pfn;

	for (used = 1; used < 256; used += 2) {
		for (pfn = 0; pfn < 8; pfn++)
			bp_test_alloc(test, buddy, 1, 0);
		for (pfn = 0; pfn < 8; pfn++)
			if (!(used & (1U << pfn)))
				bp_test_free(test, buddy, pfn, 1);
		for (nr = 2; nr <= 8 && !(used & (1U << (nr - 1))); nr++) {
			bp_test_resize(test, buddy, 0, 1, nr);
			bp_test_resize(test, buddy, 0, nr, 1);
		}
		for (; nr <= 8; nr++)
			bp_test_expect_refused(test, buddy,
					       bp_buddy_resize(buddy, 0, 1, nr),
					       -ENOMEM);
		bp_test_free_all(test, buddy);
	}
}

/* A resized run is as if it had been allocated so: same pieces, same rest. */
static void resize_leaves_what_alloc_leaves(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);
	const char *pieces, *blocks;
	u32 from, to;

	for (to = 1; to <= 32; to++) {
		bp_test_alloc(test, buddy, to, 0);
		pieces = bp_test_pieces(test, buddy);
		blocks = bp_test_free_blocks(test, buddy);
		bp_test_free(test, buddy, 0, to);
		for (from = 1; from <= 32; from += 5) {
			bp_test_alloc(test, buddy, from, 0);
			bp_test_resize(test, buddy, 0, from, to);
			bp_test_expect_pieces(test, buddy, pieces);
			bp_test_expect_free(test, buddy, blocks);
			bp_test_free(test, buddy, 0, to);
		}
	}
}

static void shrink_step_by_step(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 4);

	bp_test_alloc(test, buddy, 16, 0);
	bp_test_resize(test, buddy, 0, 16, 13);
	bp_test_expect_pieces(test, buddy, "0:3 8:2 12:0");
	bp_test_expect_free(test, buddy, "13:0 14:1");
	bp_test_resize(test, buddy, 0, 13, 12);
	bp_test_expect_pieces(test, buddy, "0:3 8:2");
	bp_test_expect_free(test, buddy, "12:2");
	bp_test_resize(test, buddy, 0, 12, 7);
	bp_test_expect_pieces(test, buddy, "0:2 4:1 6:0");
	bp_test_expect_free(test, buddy, "7:0 8:3");
	bp_test_resize(test, buddy, 0, 7, 1);
	bp_test_expect_pieces(test, buddy, "0:0");
	bp_test_expect_free(test, buddy, "1:0 2:1 4:2 8:3");
	bp_test_free(test, buddy, 0, 1);
}

/* What is given back merges with what is free behind it. */
static void shrink_merges_with_what_follows(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 4);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 3, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 6, 0), 8);
	bp_test_expect_free(test, buddy, "3:0 4:2 14:1");
	bp_test_resize(test, buddy, 8, 6, 4);
	bp_test_expect_free(test, buddy, "3:0 4:2 12:2");
	bp_test_resize(test, buddy, 0, 3, 2);
	bp_test_expect_free(test, buddy, "2:1 4:2 12:2");
	bp_test_free(test, buddy, 8, 4);
	bp_test_expect_free(test, buddy, "2:1 4:2 8:3");
	bp_test_free(test, buddy, 0, 2);
}

static void grow_over_several_free_blocks(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 0);
	bp_test_expect_free(test, buddy, "1:0 2:1 4:2 8:3 16:4 32:5");
	bp_test_resize(test, buddy, 0, 1, 27);
	bp_test_expect_pieces(test, buddy, "0:4 16:3 24:1 26:0");
	bp_test_expect_free(test, buddy, "27:0 28:2 32:5");
	bp_test_resize(test, buddy, 0, 27, 64);
	bp_test_expect_pieces(test, buddy, "0:6");
	bp_test_expect_free(test, buddy, "");
	bp_test_free(test, buddy, 0, 64);
}

/* A run that does not start where its size would have put it. */
static void grow_beyond_its_own_alignment(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 2);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 3);
	bp_test_free(test, buddy, 0, 2);
	bp_test_free(test, buddy, 2, 1);
	bp_test_resize(test, buddy, 3, 1, 18);
	bp_test_expect_runs(test, buddy, "3+18");
	bp_test_expect_pieces(test, buddy, "3:0 4:2 8:3 16:2 20:0");
	bp_test_expect_free(test, buddy, "0:1 2:0 21:0 22:1 24:3");
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 3, 18, 30),
			       -ENOMEM);
	bp_test_resize(test, buddy, 3, 18, 29);
	bp_test_expect_pieces(test, buddy, "3:0 4:2 8:3 16:4");
	bp_test_resize(test, buddy, 3, 29, 6);
	bp_test_expect_pieces(test, buddy, "3:0 4:2 8:0");
	bp_test_free(test, buddy, 3, 6);
}

/* Blocks of max_order side by side are as good as one. */
static void grow_over_blocks_of_max_order(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 24, 3);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), 4);
	bp_test_free(test, buddy, 0, 4);
	bp_test_resize(test, buddy, 4, 4, 8);
	bp_test_expect_pieces(test, buddy, "4:2 8:2");
	bp_test_expect_free(test, buddy, "0:2 12:2 16:3");
	/* Never more than max_order, however much is free behind it. */
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 4, 8, 9),
			       -EFBIG);
	bp_test_free(test, buddy, 4, 8);
}

static void grow_refused_by_a_neighbour(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 8, 0), 8);
	bp_test_expect_free(test, buddy, "2:1 4:2 16:4");
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 2, 9),
			       -ENOMEM);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 2, 32),
			       -ENOMEM);
	bp_test_resize(test, buddy, 0, 2, 8);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 8, 9),
			       -ENOMEM);
	bp_test_expect_free(test, buddy, "16:4");
	bp_test_free_all(test, buddy);
}

static void expect_no_room(struct kunit *test, struct bp_buddy *buddy, u32 to)
{
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 1, to),
			       -ENOMEM);
}

/* In the middle of an allocated run, or before the last page of a free block. */
static void grow_refused_behind_free_blocks(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 4);
	u32 to;

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 2), 4);
	bp_test_expect_free(test, buddy, "1:0 2:1 5:0 6:1 8:3");
	for (to = 5; to <= 16; to++)
		expect_no_room(test, buddy, to);
	bp_test_resize(test, buddy, 4, 1, 12);
	bp_test_expect_free(test, buddy, "1:0 2:1");
	bp_test_free_all(test, buddy);
}

static void grow_refused_by_the_end(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 35, 5);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 34);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 32);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 34, 1, 2),
			       -ENOMEM);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 34, 1, 32),
			       -ENOMEM);
	bp_test_free(test, buddy, 34, 1);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 32, 1, 4),
			       -ENOMEM);
	bp_test_resize(test, buddy, 32, 1, 3);
	bp_test_expect_free(test, buddy, "0:5");
	bp_test_expect_pieces(test, buddy, "32:1 34:0");
	bp_test_free(test, buddy, 32, 3);
}

/* The end of a pool that is just one block is no page either. */
static void grow_refused_by_the_end_of_a_block(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 pfn;

	for (pfn = 0; pfn < 64; pfn += 16)
		bp_test_alloc(test, buddy, 16, 0);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 48, 16, 17),
			       -ENOMEM);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 48, 16, 64),
			       -ENOMEM);
	bp_test_free_all(test, buddy);
}

/* And what lies behind the last pageblock's free areas is none. */
static void grow_refused_by_the_end_of_a_pageblock(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 512, 10);
	u32 pfn;

	for (pfn = 0; pfn < 512; pfn += 128)
		bp_test_alloc(test, buddy, 128, 0);
	bp_test_free(test, buddy, 0, 128);
	bp_test_free(test, buddy, 128, 128);
	bp_test_expect_free(test, buddy, "0:8");
	bp_test_expect_refused(test, buddy,
			       bp_buddy_resize(buddy, 384, 128, 129), -ENOMEM);
	bp_test_expect_refused(test, buddy,
			       bp_buddy_resize(buddy, 384, 128, 512), -ENOMEM);
	bp_test_free_all(test, buddy);
}

static void resize_to_the_same(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);
	struct bp_test_snapshot *snap;
	u32 nr;

	for (nr = 1; nr <= 32; nr++) {
		bp_test_alloc(test, buddy, nr, 0);
		snap = bp_test_snapshot(test, buddy);
		bp_test_resize(test, buddy, 0, nr, nr);
		KUNIT_EXPECT_TRUE(test, bp_test_unchanged(snap, buddy));
		bp_test_free(test, buddy, 0, nr);
	}
}

static void resize_of_what_is_no_run(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 13, 0), 0);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 8, 5, 3),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 16, 1, 3),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 32, 1, 3),
			       -ERANGE);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 12, 3),
			       -EINVAL);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 14, 16),
			       -EINVAL);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 0, 13),
			       -EINVAL);
	bp_test_free_all(test, buddy);
}

static void resize_to_a_bad_size(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);

	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 13, 0), 0);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 13, 0),
			       -EINVAL);
	bp_test_expect_refused(test, buddy, bp_buddy_resize(buddy, 0, 13, 33),
			       -EFBIG);
	bp_test_expect_refused(test, buddy,
			       bp_buddy_resize(buddy, 0, 13, U32_MAX), -EFBIG);
	bp_test_free_all(test, buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(shrink_to_each_length),
	KUNIT_CASE(grow_to_each_length),
	KUNIT_CASE(grow_over_any_pages),
	KUNIT_CASE(resize_leaves_what_alloc_leaves),
	KUNIT_CASE(shrink_step_by_step),
	KUNIT_CASE(shrink_merges_with_what_follows),
	KUNIT_CASE(grow_over_several_free_blocks),
	KUNIT_CASE(grow_beyond_its_own_alignment),
	KUNIT_CASE(grow_over_blocks_of_max_order),
	KUNIT_CASE(grow_refused_by_a_neighbour),
	KUNIT_CASE(grow_refused_behind_free_blocks),
	KUNIT_CASE(grow_refused_by_the_end),
	KUNIT_CASE(grow_refused_by_the_end_of_a_block),
	KUNIT_CASE(grow_refused_by_the_end_of_a_pageblock),
	KUNIT_CASE(resize_to_the_same),
	KUNIT_CASE(resize_of_what_is_no_run),
	KUNIT_CASE(resize_to_a_bad_size),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy_resize",
	.test_cases = cases,
};

kunit_test_suite(suite);
