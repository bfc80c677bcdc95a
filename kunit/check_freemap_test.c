// SPDX-License-Identifier: GPL-2.0
/*
 * The checker: that it sees what is wrong with the free areas of both levels.
 */
#include "check.h"

#include <linux/bitops.h>

#include "buddy.h"
#include "testlib.h"

/*
 * The corruptions start from this pool of 1612 pages, max_order 9, whose last
 * pageblock has 76 pages:
 *
 *	runs	0+512 512+256
 *	free	768:8 1024:9 1536:6 1600:3 1608:2
 */
static struct bp_buddy *new_pool_in_use(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 1612, 9);

	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 512, 0), 0);
	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 256, 0), 512);
	bp_test_expect_runs(test, buddy, "0+512 512+256");
	bp_test_expect_free(test, buddy, "768:8 1024:9 1536:6 1600:3 1608:2");
	return buddy;
}

static void set_whole(struct bp_buddy *buddy, u32 nr)
{
	buddy->freemap.pageblocks.cell[0].word[nr / 64] |= 1ULL << nr % 64;
}

/* Make a pageblock free in the lower level as if it belonged there. */
static void fill_cell(struct bp_level *pages, u32 nr)
{
	u64 fit = bp_cell_set_words(&pages->cell[nr], BP_FIT_EMPTY, 0, 3, true);

	pages->fit[nr] = bp_fit_mark(fit, BP_CELL_ORDER);
	bp_bitree_set(&pages->index[BP_CELL_ORDER], nr);
	pages->classes |= BIT(BP_CELL_ORDER);
}

static void page_of_a_run_free(struct bp_buddy *buddy)
{
	buddy->freemap.pages.cell[0].word[100 / 64] |= 1ULL << 100 % 64;
}

static void run_free_above(struct bp_buddy *buddy)
{
	set_whole(buddy, 0);
}

static void partly_used_free_above(struct bp_buddy *buddy)
{
	set_whole(buddy, 1);
}

static void partly_there_free_above(struct bp_buddy *buddy)
{
	set_whole(buddy, 3);
}

/* And not below, so that nothing else is found first. */
static void partly_there_free_only_above(struct bp_buddy *buddy)
{
	bp_cell_clear(&buddy->freemap.pages.cell[3]);
	set_whole(buddy, 3);
}

static void free_above_behind_the_end(struct bp_buddy *buddy)
{
	set_whole(buddy, 4);
}

static void free_above_far_behind_the_end(struct bp_buddy *buddy)
{
	set_whole(buddy, 511);
}

static void pageblock_lost(struct bp_buddy *buddy)
{
	buddy->freemap.pageblocks.cell[0].word[0] = 0;
}

static void pageblock_free_in_both_levels(struct bp_buddy *buddy)
{
	fill_cell(&buddy->freemap.pages, 2);
}

static void pageblock_free_below(struct bp_buddy *buddy)
{
	bp_freemap_claim(&buddy->freemap, 9, 1024);
	buddy->freemap.moves[9][9]++;
	fill_cell(&buddy->freemap.pages, 2);
}

/* Of the words 4 to 7 of the pageblock, all of which are full. */
static void fit_lacks_a_full_word(struct bp_buddy *buddy)
{
	buddy->freemap.pages.fit[1] &= ~(bp_fit_column(6) << 5);
}

/* The pool ends within the second word. */
static void fit_has_a_full_word_too_many(struct bp_buddy *buddy)
{
	buddy->freemap.pages.fit[3] |= bp_fit_column(6) << 1;
}

static void fit_of_another_class(struct bp_buddy *buddy)
{
	u64 *fit = &buddy->freemap.pages.fit[1];

	*fit = bp_fit_mark(*fit, 7);
}

/* Cell and index agree, but not with the words. */
static void class_of_a_larger_block(struct bp_buddy *buddy)
{
	struct bp_level *pages = &buddy->freemap.pages;

	pages->fit[3] = bp_fit_mark(pages->fit[3], 7);
	bp_bitree_clear(&pages->index[6], 3);
	bp_bitree_set(&pages->index[7], 3);
	pages->classes ^= BIT(6) | BIT(7);
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
	WRONG(page_of_a_run_free,
	      "845 pages are marked free, but 844 lie in free blocks"),
	WRONG(run_free_above, "page 0 is free, at order 9, and has tag"),
	WRONG(partly_used_free_above,
	      "page 512 is free, at order 9, and has tag"),
	WRONG(partly_there_free_above,
	      "1356 pages are marked free, but 844 lie in free blocks"),
	WRONG(partly_there_free_only_above,
	      "the block of order 9 at page 1536 ends beyond the pool"),
	WRONG(free_above_behind_the_end,
	      "1356 pages are marked free, but 844 lie in free blocks"),
	WRONG(free_above_far_behind_the_end,
	      "1356 pages are marked free, but 844 lie in free blocks"),
	WRONG(pageblock_lost, "page 1024 is neither free nor allocated"),
	WRONG(pageblock_free_in_both_levels,
	      "1356 pages are marked free, but 844 lie in free blocks"),
	WRONG(pageblock_free_below, "the freemap's summary is wrong"),
	WRONG(fit_lacks_a_full_word,
	      "the free block of order 8 at page 768 begins before page 832"),
	WRONG(fit_has_a_full_word_too_many,
	      "the block of order 7 at page 1536 ends beyond the pool"),
	WRONG(fit_of_another_class, "the freemap's summary is wrong"),
	WRONG(class_of_a_larger_block, "the freemap's summary is wrong"),
};

KUNIT_ARRAY_PARAM_DESC(corruption, corruptions, name);

static void check_names_what_is_wrong(struct kunit *test)
{
	const struct corruption *corruption = test->param_value;
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, buddy);
	struct bp_test_snapshot *after;

	corruption->corrupt(buddy);
	after = bp_test_snapshot(test, buddy);
	bp_test_expect_wrong(test, buddy, corruption->msg);
	KUNIT_EXPECT_TRUE(test, bp_test_unchanged(after, buddy));
	bp_test_restore(snap, buddy);
	bp_test_assert_ok(test, buddy);
	bp_test_free_all(test, buddy);
}

static void expect_any_wrong(struct kunit *test, struct bp_buddy *buddy,
			     u64 *word, const char *what, u32 where)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++) {
		*word ^= 1ULL << bit;
		bp_test_expect_any_wrong(test, buddy, bit, what, where);
		*word ^= 1ULL << bit;
	}
	bp_test_assert_ok(test, buddy);
}

/* Also bits of pages that there are not, and of orders above max_order. */
static void expect_level_watched(struct kunit *test, struct bp_buddy *buddy,
				 struct bp_level *level)
{
	unsigned int i;
	u32 nr;

	for (nr = 0; nr < level->nr_cells; nr++) {
		expect_any_wrong(test, buddy, &level->fit[nr], "fit", nr);
		for (i = 0; i < BP_CELL_WORDS; i++)
			expect_any_wrong(test, buddy, &level->cell[nr].word[i],
					 "cell", nr);
	}
}

static const struct bp_test_shape shapes[] = {
	{ 35, 4 },    { 70, 6 },   { 600, 5 },   { 1000, 8 },
	{ 1000, 18 }, { 1612, 9 }, { 3000, 10 }, { 5001, 12 },
};

KUNIT_ARRAY_PARAM(shape, shapes, bp_test_shape_desc);

/* Runs of several sizes, as many as the pool can give, and gaps between them. */
static void use_here_and_there(struct kunit *test, struct bp_buddy *buddy)
{
	u32 nr_pages = 1, pfn;

	while (nr_pages < 13 && !bp_buddy_alloc(buddy, nr_pages, 0, &pfn))
		nr_pages++;
	KUNIT_ASSERT_GT(test, nr_pages, 5);
	for (pfn = 0; pfn < buddy->nr_pages; pfn += 3) {
		nr_pages = bp_buddy_run(buddy, pfn);
		if (nr_pages)
			bp_test_free(test, buddy, pfn, nr_pages);
	}
	KUNIT_ASSERT_LT(test, buddy->nr_free_pages, buddy->nr_pages);
}

static void check_sees_any_wrong_bit(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	struct bp_buddy *buddy =
		bp_test_buddy(test, shape->nr_pages, shape->max_order);
	struct bp_freemap *map = &buddy->freemap;

	expect_level_watched(test, buddy, &map->pages);
	expect_level_watched(test, buddy, &map->pageblocks);
	use_here_and_there(test, buddy);
	expect_level_watched(test, buddy, &map->pages);
	expect_level_watched(test, buddy, &map->pageblocks);
	bp_test_free_all(test, buddy);
}

static void expect_wrong_index(struct kunit *test, struct bp_buddy *buddy,
			       unsigned long *word, unsigned int bit)
{
	__change_bit(bit, word);
	bp_test_expect_wrong(test, buddy, "the freemap's summary is wrong");
	__change_bit(bit, word);
	bp_test_assert_ok(test, buddy);
}

/* A pool with so many pageblocks that their indexes have a summary. */
static void check_sees_a_wrong_index(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64 * 512 + 1, 9);
	const struct bp_freemap *map = &buddy->freemap;
	unsigned int order;

	for (order = 0; order <= BP_PAGEBLOCK_ORDER; order++) {
		const struct bp_bitree *index = &map->pages.index[order];

		KUNIT_ASSERT_EQ(test, index->top, 1);
		/* The last pageblock, which has a single page; and another. */
		expect_wrong_index(test, buddy, index->level[0], 64);
		expect_wrong_index(test, buddy, index->level[0], 17);
		/* One that there is not. */
		expect_wrong_index(test, buddy, index->level[0], 65);
		/* Their summaries. */
		expect_wrong_index(test, buddy, index->level[1], 1);
		expect_wrong_index(test, buddy, index->level[1], 0);
	}
	expect_wrong_index(test, buddy, map->pageblocks.index[0].level[0], 0);
	expect_wrong_index(test, buddy, map->pageblocks.index[0].level[0], 1);
}

static void check_sees_wrong_classes(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_freemap *map = &buddy->freemap;
	u32 *classes[] = { &map->pages.classes, &map->pageblocks.classes };
	unsigned int i, bit;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		for (bit = 0; bit < 32; bit++) {
			*classes[i] ^= BIT(bit);
			bp_test_expect_wrong(test, buddy,
					     "the freemap's summary is wrong");
			*classes[i] ^= BIT(bit);
		}
	}
	bp_test_assert_ok(test, buddy);
	bp_test_free_all(test, buddy);
}

static const struct kunit_attributes slow = { .speed = KUNIT_SPEED_SLOW };

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(check_names_what_is_wrong, corruption_gen_params),
	KUNIT_CASE_PARAM_ATTR(check_sees_any_wrong_bit, shape_gen_params, slow),
	KUNIT_CASE(check_sees_a_wrong_index),
	KUNIT_CASE(check_sees_wrong_classes),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_check_freemap",
	.test_cases = cases,
};

kunit_test_suite(suite);
