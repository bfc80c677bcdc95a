// SPDX-License-Identifier: GPL-2.0
/*
 * The checker: for each thing that can be wrong, that it sees it and names it.
 */
#include "check.h"

#include <linux/string.h>

#include "buddy.h"
#include "testlib.h"

/*
 * All corruptions start from this pool of 35 pages, max_order 4:
 *
 *	runs	0+13 13+1 16+4
 *	pieces	0:3 8:2 12:0 13:0 16:2
 *	free	14:1 20:2 24:3 32:1 34:0
 */
static struct bp_buddy *new_pool_in_use(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 35, 4);

	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 13, 0), 0);
	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 13);
	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 4, 4), 16);
	bp_test_expect_pieces(test, buddy, "0:3 8:2 12:0 13:0 16:2");
	bp_test_expect_free(test, buddy, "14:1 20:2 24:3 32:1 34:0");
	return buddy;
}

static u64 *word_of(struct bp_buddy *buddy, u32 pfn)
{
	return &buddy->freemap.pages.cell[pfn / 512].word[pfn % 512 / 64];
}

static void mark_free(struct bp_buddy *buddy, u32 pfn, u32 nr_pages)
{
	for (; nr_pages--; pfn++)
		*word_of(buddy, pfn) |= 1ULL << pfn % 64;
}

static void mark_used(struct bp_buddy *buddy, u32 pfn, u32 nr_pages)
{
	for (; nr_pages--; pfn++)
		*word_of(buddy, pfn) &= ~(1ULL << pfn % 64);
}

static void tag_inside_a_piece(struct bp_buddy *buddy)
{
	buddy->tags[18] = BP_TAG_PIECE | BP_TAG_HEAD;
}

static void tag_inside_a_free_block(struct bp_buddy *buddy)
{
	buddy->tags[31] = BP_TAG_PIECE;
}

static void tag_on_a_free_block(struct bp_buddy *buddy)
{
	buddy->tags[20] = BP_TAG_PIECE | BP_TAG_HEAD | 2;
}

static void tag_unknown(struct bp_buddy *buddy)
{
	buddy->tags[13] = BP_TAG_MORE;
}

static void tag_lost(struct bp_buddy *buddy)
{
	buddy->tags[16] = 0;
}

static void tag_of_another_order(struct bp_buddy *buddy)
{
	buddy->tags[16]--;
}

static void tag_above_max_order(struct bp_buddy *buddy)
{
	buddy->tags[16] = BP_TAG_PIECE | BP_TAG_HEAD | 5;
}

static void tag_of_order_31(struct bp_buddy *buddy)
{
	buddy->tags[16] |= BP_TAG_ORDER;
}

static void more_is_missing(struct bp_buddy *buddy)
{
	buddy->tags[8] &= ~BP_TAG_MORE;
}

static void more_at_the_end(struct bp_buddy *buddy)
{
	buddy->tags[16] |= BP_TAG_MORE;
}

static void head_is_missing(struct bp_buddy *buddy)
{
	buddy->tags[13] &= ~BP_TAG_HEAD;
}

static void head_on_a_later_piece(struct bp_buddy *buddy)
{
	buddy->tags[8] |= BP_TAG_HEAD;
}

static void head_on_the_last_piece(struct bp_buddy *buddy)
{
	buddy->tags[12] |= BP_TAG_HEAD;
}

/* Two pieces of two pages where one of four belongs. */
static void piece_not_canonical(struct bp_buddy *buddy)
{
	buddy->tags[16] = BP_TAG_PIECE | BP_TAG_HEAD | BP_TAG_MORE | 1;
	buddy->tags[18] = BP_TAG_PIECE | 1;
}

static void run_beyond_the_end(struct bp_buddy *buddy)
{
	mark_used(buddy, 34, 1);
	buddy->tags[34] = BP_TAG_PIECE | BP_TAG_HEAD | BP_TAG_MORE;
}

static void piece_off_the_end(struct bp_buddy *buddy)
{
	mark_used(buddy, 34, 1);
	buddy->tags[34] = BP_TAG_PIECE | BP_TAG_HEAD | 1;
}

static void free_block_off_the_end(struct bp_buddy *buddy)
{
	mark_free(buddy, 35, 1);
}

static void free_behind_the_end(struct bp_buddy *buddy)
{
	mark_free(buddy, 36, 1);
}

/* In the last word of the last pageblock. */
static void free_far_behind_the_end(struct bp_buddy *buddy)
{
	mark_free(buddy, 511, 1);
}

static void free_inside_a_piece(struct bp_buddy *buddy)
{
	mark_free(buddy, 5, 1);
}

static void free_at_a_piece(struct bp_buddy *buddy)
{
	mark_free(buddy, 8, 4);
}

/* Merges with the free blocks that follow, so that it is one of 16 pages. */
static void free_before_a_free_block(struct bp_buddy *buddy)
{
	mark_free(buddy, 16, 4);
}

static void page_leaked(struct bp_buddy *buddy)
{
	mark_used(buddy, 34, 1);
	buddy->freemap.moves[0][0]--;
	buddy->nr_free_pages--;
}

static void free_block_lost(struct bp_buddy *buddy)
{
	mark_used(buddy, 24, 8);
}

static void part_of_a_free_block_lost(struct bp_buddy *buddy)
{
	mark_used(buddy, 31, 1);
}

static void count_too_high(struct bp_buddy *buddy)
{
	buddy->freemap.moves[1][1]++;
}

static void count_of_single_pages_too_high(struct bp_buddy *buddy)
{
	buddy->freemap.moves[0][0]++;
}

static void count_above_max_order(struct bp_buddy *buddy)
{
	buddy->freemap.moves[18][18] = 1;
}

static void pages_too_many(struct bp_buddy *buddy)
{
	buddy->nr_free_pages++;
}

static void pages_too_few(struct bp_buddy *buddy)
{
	buddy->nr_free_pages -= 4;
}

/**
 * struct corruption - one thing wrong
 * @name: what
 * @corrupt: makes it so
 * @msg: what the checker has to say
 */
struct corruption {
	const char *name;
	void (*corrupt)(struct bp_buddy *buddy);
	const char *msg;
};

#define WRONG(what, words)         \
	{                          \
#what, what, words \
	}

static const struct corruption corruptions[] = {
	WRONG(tag_inside_a_piece,
	      "page 18 has tag 0xa0 inside the block of order 2 at page 16"),
	WRONG(tag_inside_a_free_block,
	      "page 31 has tag 0x20 inside the block of order 3 at page 24"),
	WRONG(tag_on_a_free_block, "page 20 is free, at order 2, and has tag"),
	WRONG(tag_unknown, "page 13 has the unknown tag 0x40"),
	WRONG(tag_lost, "page 16 is neither free nor allocated"),
	WRONG(tag_of_another_order, "page 18 is neither free nor allocated"),
	WRONG(tag_above_max_order,
	      "the piece at page 16 has order 5, above max_order"),
	WRONG(tag_of_order_31,
	      "the piece at page 16 has order 31, above max_order"),
	WRONG(more_is_missing, "the piece at page 12 belongs to no run"),
	WRONG(more_at_the_end,
	      "the run at page 16 goes on at page 20, which is free"),
	WRONG(head_is_missing, "the piece at page 13 belongs to no run"),
	WRONG(head_on_a_later_piece,
	      "the run at page 0 goes on at page 8, where another starts"),
	WRONG(head_on_the_last_piece,
	      "the run at page 0 goes on at page 12, where another starts"),
	WRONG(piece_not_canonical,
	      "the piece at page 16 has order 1 instead of 2"),
	WRONG(run_beyond_the_end, "the run at page 34 goes on beyond the pool"),
	WRONG(piece_off_the_end,
	      "the block of order 1 at page 34 ends beyond the pool"),
	WRONG(free_block_off_the_end,
	      "the block of order 2 at page 32 ends beyond the pool"),
	WRONG(free_behind_the_end,
	      "18 pages are marked free, but 17 lie in free blocks"),
	WRONG(free_far_behind_the_end,
	      "18 pages are marked free, but 17 lie in free blocks"),
	WRONG(free_inside_a_piece,
	      "18 pages are marked free, but 17 lie in free blocks"),
	WRONG(free_at_a_piece, "page 8 is free, at order 2, and has tag"),
	WRONG(free_before_a_free_block,
	      "page 16 is free, at order 4, and has tag"),
	WRONG(page_leaked, "page 34 is neither free nor allocated"),
	WRONG(free_block_lost, "page 24 is neither free nor allocated"),
	WRONG(part_of_a_free_block_lost,
	      "page 31 is neither free nor allocated"),
	WRONG(count_too_high, "order 1 counts 3 free blocks and has 2"),
	WRONG(count_of_single_pages_too_high,
	      "order 0 counts 2 free blocks and has 1"),
	WRONG(count_above_max_order, "order 18 counts 1 free blocks and has 0"),
	WRONG(pages_too_many, "18 free pages are counted, and there are 17"),
	WRONG(pages_too_few, "13 free pages are counted, and there are 17"),
};

KUNIT_ARRAY_PARAM_DESC(corruption, corruptions, name);

static void check_names_what_is_wrong(struct kunit *test)
{
	const struct corruption *corruption = test->param_value;
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, buddy);

	corruption->corrupt(buddy);
	bp_test_expect_wrong(test, buddy, corruption->msg);
	bp_test_restore(snap, buddy);
	bp_test_assert_ok(test, buddy);
	bp_test_free_all(test, buddy);
}

/* The checker changes nothing, whatever it finds. */
static void check_changes_nothing(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_test_snapshot *before, *after;
	char msg[BP_CHECK_MSG_SIZE];
	unsigned int i;

	before = bp_test_snapshot(test, buddy);
	bp_test_assert_ok(test, buddy);
	KUNIT_EXPECT_TRUE(test, bp_test_unchanged(before, buddy));
	for (i = 0; i < ARRAY_SIZE(corruptions); i++) {
		corruptions[i].corrupt(buddy);
		after = bp_test_snapshot(test, buddy);
		bp_buddy_check(buddy, msg, sizeof(msg));
		KUNIT_EXPECT_TRUE(test, bp_test_unchanged(after, buddy));
		bp_test_restore(before, buddy);
	}
	bp_test_free_all(test, buddy);
}

/* Of two things wrong it names the one at the lower address. */
static void check_names_the_first_thing(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, buddy);

	free_block_lost(buddy);
	bp_test_expect_wrong(test, buddy, "page 24 is neither");
	tag_lost(buddy);
	bp_test_expect_wrong(test, buddy, "page 16 is neither");
	head_is_missing(buddy);
	bp_test_expect_wrong(test, buddy, "page 13 belongs to no run");
	bp_test_restore(snap, buddy);
	bp_test_free_all(test, buddy);
}

/* A message that is too long for its room is cut, and ends all the same. */
static void check_message_fits(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, buddy);
	char msg[8];

	memset(msg, 'x', sizeof(msg));
	KUNIT_EXPECT_EQ(test, bp_buddy_check(buddy, msg, 3), 0);
	KUNIT_EXPECT_STREQ(test, msg, "ok");
	KUNIT_EXPECT_EQ(test, msg[3], 'x');
	tag_lost(buddy);
	KUNIT_EXPECT_EQ(test, bp_buddy_check(buddy, msg, 5), -EUCLEAN);
	KUNIT_EXPECT_STREQ(test, msg, "page");
	KUNIT_EXPECT_EQ(test, msg[5], 'x');
	bp_test_restore(snap, buddy);
	bp_test_free_all(test, buddy);
}

/* Any single bit of a tag that is not as it was is found. */
static void check_sees_any_wrong_tag(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	unsigned int bit;
	u32 pfn;

	for (pfn = 0; pfn < 35; pfn++) {
		for (bit = 0; bit < 8; bit++) {
			/* Of a run that is a block it makes one kept aside. */
			if (BIT(bit) == BP_TAG_PIECE &&
			    (pfn == 13 || pfn == 16))
				continue;
			buddy->tags[pfn] ^= BIT(bit);
			bp_test_expect_any_wrong(test, buddy, bit, "tag", pfn);
			buddy->tags[pfn] ^= BIT(bit);
		}
	}
	bp_test_assert_ok(test, buddy);
	bp_test_free_all(test, buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(check_names_what_is_wrong, corruption_gen_params),
	KUNIT_CASE(check_changes_nothing),
	KUNIT_CASE(check_names_the_first_thing),
	KUNIT_CASE(check_message_fits),
	KUNIT_CASE(check_sees_any_wrong_tag),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_check",
	.test_cases = cases,
};

kunit_test_suite(suite);
