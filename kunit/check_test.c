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
	buddy->tags[13] = BP_TAG_HEAD;
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

/* Two pieces of two pages where one of four belongs. */
static void piece_not_canonical(struct bp_buddy *buddy)
{
	buddy->tags[16] = BP_TAG_PIECE | BP_TAG_HEAD | BP_TAG_MORE | 1;
	buddy->tags[18] = BP_TAG_PIECE | 1;
}

static void run_beyond_the_end(struct bp_buddy *buddy)
{
	bp_freemap_clear(&buddy->freemap, 0, 34);
	buddy->tags[34] = BP_TAG_PIECE | BP_TAG_HEAD | BP_TAG_MORE;
}

static void piece_off_the_end(struct bp_buddy *buddy)
{
	bp_freemap_clear(&buddy->freemap, 0, 34);
	buddy->tags[34] = BP_TAG_PIECE | BP_TAG_HEAD | 1;
}

static void free_block_off_the_end(struct bp_buddy *buddy)
{
	bp_freemap_clear(&buddy->freemap, 1, 32);
	bp_freemap_clear(&buddy->freemap, 0, 34);
	bp_freemap_set(&buddy->freemap, 2, 32);
}

static void free_inside_a_piece(struct bp_buddy *buddy)
{
	bp_freemap_set(&buddy->freemap, 0, 5);
}

static void free_inside_a_free_block(struct bp_buddy *buddy)
{
	bp_freemap_set(&buddy->freemap, 2, 28);
}

static void free_at_two_orders(struct bp_buddy *buddy)
{
	bp_freemap_set(&buddy->freemap, 0, 24);
}

static void free_at_a_piece(struct bp_buddy *buddy)
{
	bp_freemap_set(&buddy->freemap, 2, 8);
}

/* The block of 8 pages at 24 in two halves. */
static void buddies_both_free(struct bp_buddy *buddy)
{
	bp_freemap_clear(&buddy->freemap, 3, 24);
	bp_freemap_set(&buddy->freemap, 2, 24);
	bp_freemap_set(&buddy->freemap, 2, 28);
	buddy->nr_free[3]--;
	buddy->nr_free[2] += 2;
	buddy->nonempty &= ~BIT(3);
}

static void page_leaked(struct bp_buddy *buddy)
{
	bp_freemap_clear(&buddy->freemap, 0, 34);
	buddy->nr_free[0]--;
	buddy->nr_free_pages--;
	buddy->nonempty &= ~BIT(0);
}

static void free_block_lost(struct bp_buddy *buddy)
{
	bp_freemap_clear(&buddy->freemap, 3, 24);
}

static void count_too_high(struct bp_buddy *buddy)
{
	buddy->nr_free[1]++;
}

static void count_above_max_order(struct bp_buddy *buddy)
{
	buddy->nr_free[18] = 1;
}

static void mask_bit_missing(struct bp_buddy *buddy)
{
	buddy->nonempty &= ~BIT(3);
}

static void mask_bit_too_many(struct bp_buddy *buddy)
{
	buddy->nonempty |= BIT(4);
}

static void mask_bit_of_no_order(struct bp_buddy *buddy)
{
	buddy->nonempty |= BIT(31);
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
	WRONG(tag_unknown, "page 13 has the unknown tag 0x80"),
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
	WRONG(piece_not_canonical,
	      "the piece at page 16 has order 1 instead of 2"),
	WRONG(run_beyond_the_end, "the run at page 34 goes on beyond the pool"),
	WRONG(piece_off_the_end,
	      "the block of order 1 at page 34 ends beyond the pool"),
	WRONG(free_block_off_the_end,
	      "the block of order 2 at page 32 ends beyond the pool"),
	WRONG(free_inside_a_piece,
	      "the freemap of order 0 has 2 bits for 1 free blocks"),
	WRONG(free_inside_a_free_block,
	      "the freemap of order 2 has 2 bits for 1 free blocks"),
	WRONG(free_at_two_orders, "page 24 is on 2 free areas"),
	WRONG(free_at_a_piece, "page 8 is free, at order 2, and has tag"),
	WRONG(buddies_both_free,
	      "the buddies of order 2 at pages 24 and 28 are both free"),
	WRONG(page_leaked, "page 34 is neither free nor allocated"),
	WRONG(free_block_lost, "page 24 is neither free nor allocated"),
	WRONG(count_too_high, "order 1 counts 3 free blocks and has 2"),
	WRONG(count_above_max_order, "order 18 counts 1 free blocks and has 0"),
	WRONG(mask_bit_missing, "order 3 has 1 free blocks, against the mask"),
	WRONG(mask_bit_too_many, "order 4 has 0 free blocks, against the mask"),
	WRONG(mask_bit_of_no_order, "names orders that do not exist"),
	WRONG(pages_too_many, "18 free pages are counted, and there are 17"),
	WRONG(pages_too_few, "13 free pages are counted, and there are 17"),
};

KUNIT_ARRAY_PARAM_DESC(corruption, corruptions, name);

static void expect_wrong(struct kunit *test, const struct bp_buddy *buddy,
			 const char *words)
{
	char msg[BP_CHECK_MSG_SIZE] = "";

	KUNIT_EXPECT_EQ(test, bp_buddy_check(buddy, msg, sizeof(msg)),
			-EUCLEAN);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(msg, words),
				  "\"%s\" says nothing of \"%s\"", msg, words);
}

static void check_names_what_is_wrong(struct kunit *test)
{
	const struct corruption *corruption = test->param_value;
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, buddy);

	corruption->corrupt(buddy);
	expect_wrong(test, buddy, corruption->msg);
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
	expect_wrong(test, buddy, "page 24 is neither");
	tag_lost(buddy);
	expect_wrong(test, buddy, "page 16 is neither");
	head_is_missing(buddy);
	expect_wrong(test, buddy, "page 13 belongs to no run");
	bp_test_restore(snap, buddy);
	bp_test_free_all(test, buddy);
}

static void expect_wrong_index(struct kunit *test, struct bp_buddy *buddy,
			       unsigned long *word, unsigned int bit)
{
	__change_bit(bit, word);
	expect_wrong(test, buddy, "the index of the freemap is wrong");
	__change_bit(bit, word);
	bp_test_assert_ok(test, buddy);
}

/* A pool with so many pageblocks that their indexes have a summary. */
static void check_sees_a_wrong_index(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64 * 512 + 1, 9);
	struct bp_freemap *map = &buddy->freemap;
	unsigned int order;

	for (order = 0; order < BP_PAGEBLOCK_ORDER; order++) {
		KUNIT_ASSERT_EQ(test, map->index[order].top, 1);
		/* The last pageblock, which has a single page; and another. */
		expect_wrong_index(test, buddy, map->index[order].level[0], 64);
		expect_wrong_index(test, buddy, map->index[order].level[0], 17);
		/* Their summaries. */
		expect_wrong_index(test, buddy, map->index[order].level[1], 1);
		expect_wrong_index(test, buddy, map->index[order].level[1], 0);
	}
	expect_wrong_index(test, buddy, map->large[0].level[1], 0);
	expect_wrong_index(test, buddy, map->large[0].level[1], 5);
}

static void expect_wrong_mask(struct kunit *test, struct bp_buddy *buddy,
			      u16 *mask)
{
	unsigned int bit;

	for (bit = 0; bit < 9; bit++) {
		*mask ^= BIT(bit);
		expect_wrong(test, buddy, "the index of the freemap is wrong");
		*mask ^= BIT(bit);
	}
	bp_test_assert_ok(test, buddy);
}

static void check_sees_a_wrong_summary(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);

	expect_wrong_mask(test, buddy, &buddy->freemap.summary->orders);
	expect_wrong_mask(test, buddy, &buddy->freemap.summary->indexed);
	expect_wrong_mask(test, buddy, &buddy->freemap.classes);
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

static void expect_something_wrong(struct kunit *test,
				   const struct bp_buddy *buddy, u32 where,
				   unsigned int bit)
{
	char msg[BP_CHECK_MSG_SIZE] = "";
	int err = bp_buddy_check(buddy, msg, sizeof(msg));

	KUNIT_EXPECT_EQ_MSG(test, err, -EUCLEAN, "bit %u at %u: %s", bit, where,
			    msg);
}

/* Any single byte of tags that is not as it was is found. */
static void check_sees_any_wrong_tag(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	unsigned int bit;
	u32 pfn;

	for (pfn = 0; pfn < 35; pfn++) {
		for (bit = 0; bit < 8; bit++) {
			buddy->tags[pfn] ^= BIT(bit);
			expect_something_wrong(test, buddy, pfn, bit);
			buddy->tags[pfn] ^= BIT(bit);
		}
	}
	bp_test_assert_ok(test, buddy);
	bp_test_free_all(test, buddy);
}

/* And so is any bit of the free areas, also of orders above max_order. */
static void check_sees_any_wrong_free_bit(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	unsigned long *tree = buddy->freemap.pageblock->tree;
	u32 node;

	/* The first two mean nothing. */
	for (node = 2; node < 2 * BP_PAGEBLOCK_PAGES; node++) {
		__change_bit(node, tree);
		expect_something_wrong(test, buddy, node, 0);
		__change_bit(node, tree);
	}
	bp_test_assert_ok(test, buddy);
	bp_test_free_all(test, buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(check_names_what_is_wrong, corruption_gen_params),
	KUNIT_CASE(check_changes_nothing),
	KUNIT_CASE(check_names_the_first_thing),
	KUNIT_CASE(check_sees_a_wrong_index),
	KUNIT_CASE(check_sees_a_wrong_summary),
	KUNIT_CASE(check_message_fits),
	KUNIT_CASE(check_sees_any_wrong_tag),
	KUNIT_CASE(check_sees_any_wrong_free_bit),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_check",
	.test_cases = cases,
};

kunit_test_suite(suite);
