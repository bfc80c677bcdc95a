// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas: that whatever does not agree is noticed.
 */
#include "freemap.h"

#include <linux/bitops.h>

#include "freemaplib.h"

#define NR_PAGEBLOCKS 70
#define PAGEBLOCK(nr) (512U * (nr))

/* So many pageblocks that the indexes of the lower level have a summary. */
static struct bp_freemap *new_map_in_use(struct kunit *test)
{
	struct bp_freemap *map =
		bp_test_freemap(test, PAGEBLOCK(NR_PAGEBLOCKS), 10);

	bp_freemap_give(map, 0, PAGEBLOCK(3) + 100);
	bp_freemap_give(map, 10, PAGEBLOCK(8));
	bp_freemap_give(map, 8, PAGEBLOCK(65));
	bp_freemap_give(map, 2, PAGEBLOCK(66) + 4);
	bp_freemap_give(map, 6, PAGEBLOCK(66) + 128);
	bp_freemap_give(map, 2, PAGEBLOCK(67) + 8);
	bp_freemap_give(map, 9, PAGEBLOCK(69));
	KUNIT_ASSERT_TRUE(test, bp_freemap_ok(map));
	return map;
}

static void expect_noticed(struct kunit *test, struct bp_freemap *map,
			   u64 *word, unsigned int bit, const char *what,
			   unsigned int nr)
{
	*word ^= 1ULL << bit;
	KUNIT_EXPECT_FALSE_MSG(test, bp_freemap_ok(map), "bit %u of %s %u", bit,
			       what, nr);
	*word ^= 1ULL << bit;
}

static void ok_notices_a_wrong_fit(struct kunit *test)
{
	struct bp_freemap *map = new_map_in_use(test);
	unsigned int bit;
	u32 nr;

	for (bit = 0; bit < 64; bit++) {
		for (nr = 0; nr < NR_PAGEBLOCKS; nr++)
			expect_noticed(test, map, &map->pages.fit[nr], bit,
				       "fit", nr);
		expect_noticed(test, map, &map->pageblocks.fit[0], bit,
			       "the upper fit", 0);
	}
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

/*
 * In words that have a single block, or none, each bit tells in the fit: whether
 * it is missing in the block, or is too much in a word that had nothing.
 */
static void ok_notices_a_wrong_free_bit(struct kunit *test)
{
	struct bp_freemap *map = new_map_in_use(test);
	struct bp_cell *cell = map->pages.cell;
	unsigned int bit, word;

	for (bit = 0; bit < 64; bit++) {
		for (word = 0; word < BP_CELL_WORDS; word++) {
			expect_noticed(test, map, &cell[0].word[word], bit,
				       "word", word);
			/* The lower half of it is a block. */
			expect_noticed(test, map, &cell[65].word[word], bit,
				       "word of a block", word);
			expect_noticed(test, map, &cell[69].word[word], bit,
				       "word of a pageblock above", word);
		}
	}
	expect_noticed(test, map, &cell[3].word[100 / 64], 100 % 64, "page",
		       100);
	/* Those from 8 to 11 are free. */
	for (bit = 8; bit < 12; bit++)
		expect_noticed(test, map, &cell[67].word[0], bit, "page", bit);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

static void expect_classes_noticed(struct kunit *test, struct bp_freemap *map,
				   struct bp_level *level)
{
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		level->classes ^= BIT(bit);
		KUNIT_EXPECT_FALSE_MSG(test, bp_freemap_ok(map), "class %u",
				       bit);
		level->classes ^= BIT(bit);
	}
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

static void ok_notices_wrong_classes(struct kunit *test)
{
	struct bp_freemap *map = new_map_in_use(test);

	expect_classes_noticed(test, map, &map->pages);
	expect_classes_noticed(test, map, &map->pageblocks);
}

/* Also those of a level that is not there. */
static void ok_notices_wrong_classes_of_small_blocks(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 1000, 8);

	bp_freemap_give(map, 8, 512);
	expect_classes_noticed(test, map, &map->pages);
	expect_classes_noticed(test, map, &map->pageblocks);
}

/* The bits behind the last cell are looked at, too. */
static void expect_index_noticed(struct kunit *test, struct bp_freemap *map,
				 struct bp_level *level)
{
	const u32 nr_bits = round_up(level->nr_cells, BITS_PER_LONG);
	unsigned int order, depth;
	u32 bit;

	for (order = 0; order <= level->top; order++) {
		struct bp_bitree *index = &level->index[order];

		for (depth = 0; depth <= index->top; depth++) {
			for (bit = 0; bit < (depth ? BITS_PER_LONG : nr_bits);
			     bit++) {
				__change_bit(bit, index->level[depth]);
				KUNIT_EXPECT_FALSE_MSG(test, bp_freemap_ok(map),
						       "class %u, bit %u of level %u",
						       order, bit, depth);
				__change_bit(bit, index->level[depth]);
			}
		}
	}
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

static void ok_notices_a_wrong_index(struct kunit *test)
{
	struct bp_freemap *map = new_map_in_use(test);

	KUNIT_ASSERT_EQ(test, map->pages.index[0].top, 1);
	expect_index_noticed(test, map, &map->pages);
	expect_index_noticed(test, map, &map->pageblocks);
}

/* One cell in the place of another: the numbers of both are right. */
static void expect_other_cell_noticed(struct kunit *test,
				      struct bp_freemap *map,
				      unsigned int class, u32 nr, u32 other)
{
	struct bp_bitree *index = &map->pages.index[class];

	KUNIT_ASSERT_TRUE(test, bp_bitree_test(index, nr));
	bp_bitree_set(index, other);
	bp_bitree_clear(index, nr);
	KUNIT_EXPECT_FALSE(test, bp_freemap_ok(map));
	bp_bitree_set(index, nr);
	bp_bitree_clear(index, other);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

static void ok_notices_the_index_of_another_cell(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, PAGEBLOCK(4), 3);

	bp_freemap_give(map, 3, PAGEBLOCK(1));
	bp_freemap_give(map, 0, PAGEBLOCK(2));
	expect_other_cell_noticed(test, map, 3, 1, 0);
	expect_other_cell_noticed(test, map, 3, 1, 2);
	expect_other_cell_noticed(test, map, 0, 2, 0);
	expect_other_cell_noticed(test, map, 0, 2, 1);
}

/* Make a whole pageblock free in the lower level, as if it belonged there. */
static void fill_cell(struct bp_level *pages, u32 nr)
{
	u64 fit = bp_cell_set_words(&pages->cell[nr], BP_FIT_EMPTY, 0, 3, true);

	pages->fit[nr] = bp_fit_mark(fit, BP_CELL_ORDER);
	bp_bitree_set(&pages->index[BP_CELL_ORDER], nr);
	pages->classes |= BIT(BP_CELL_ORDER);
}

static void ok_notices_a_whole_pageblock_below(struct kunit *test)
{
	struct bp_freemap *map = new_map_in_use(test);

	fill_cell(&map->pages, 0);
	KUNIT_EXPECT_EQ(test, bp_freemap_block(map, 0), 9);
	KUNIT_EXPECT_FALSE(test, bp_freemap_ok(map));
}

/* In both levels: free as a whole, and in part. */
static void ok_notices_a_pageblock_in_both_levels(struct kunit *test)
{
	struct bp_freemap *map = new_map_in_use(test);

	/* Be it a single page. */
	KUNIT_EXPECT_EQ(test, bp_freemap_give(map, 9, PAGEBLOCK(3)), 9);
	KUNIT_EXPECT_FALSE(test, bp_freemap_ok(map));
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 0, PAGEBLOCK(3) + 100), 0);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
	KUNIT_EXPECT_EQ(test, bp_freemap_give(map, 9, PAGEBLOCK(65)), 9);
	KUNIT_EXPECT_FALSE(test, bp_freemap_ok(map));
	KUNIT_EXPECT_EQ(test, bp_freemap_claim(map, 8, PAGEBLOCK(65)), 8);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
	fill_cell(&map->pages, 69);
	KUNIT_EXPECT_FALSE(test, bp_freemap_ok(map));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ok_notices_a_wrong_fit),
	KUNIT_CASE(ok_notices_a_wrong_free_bit),
	KUNIT_CASE(ok_notices_wrong_classes),
	KUNIT_CASE(ok_notices_wrong_classes_of_small_blocks),
	KUNIT_CASE(ok_notices_a_wrong_index),
	KUNIT_CASE(ok_notices_the_index_of_another_cell),
	KUNIT_CASE(ok_notices_a_whole_pageblock_below),
	KUNIT_CASE(ok_notices_a_pageblock_in_both_levels),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap_ok",
	.test_cases = cases,
};

kunit_test_suite(suite);
