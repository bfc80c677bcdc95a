// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas: whose home the words are, and what that changes.
 */
#include "freemap.h"

#include <linux/prandom.h>
#include <linux/string.h>

#include "freemaplib.h"
#include "testlib.h"

#define NR_PAGES 1024
#define MANY 64

/* Whether all pages of a word are at home where a user is. */
static void expect_home(struct kunit *test, const struct bp_freemap *map,
			u32 word, u16 user)
{
	u32 i;

	for (i = 0; i < BP_WORD_UNITS; i++) {
		const u32 pfn = word * BP_WORD_UNITS + i;

		KUNIT_EXPECT_TRUE(test, bp_freemap_is_home(map, user, pfn));
		KUNIT_EXPECT_FALSE(test,
				   bp_freemap_is_home(map, user + 1, pfn));
	}
}

/* At most @nr pages; they must be of the word, and its user's then. */
static void expect_take(struct kunit *test, struct bp_freemap *map, u16 user,
			u32 nr, u32 word, u32 expected)
{
	u32 pfns[MANY], got, i;

	got = bp_freemap_take_many(map, 0, user, pfns, nr);
	KUNIT_ASSERT_EQ(test, got, expected);
	for (i = 0; i < got; i++)
		KUNIT_EXPECT_EQ(test, pfns[i] / BP_WORD_UNITS, word);
	expect_home(test, map, word, user);
	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(map));
}

/* With its first pages, a word becomes the home of who takes them. */
static void word_is_home_of_the_last(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 10);
	u32 word, pfn;

	bp_freemap_give(map, 10, 0);
	for (word = 0; word < NR_PAGES / BP_WORD_UNITS; word++)
		expect_home(test, map, word, 0);
	expect_take(test, map, 7, MANY, 0, MANY);
	expect_take(test, map, 65534, MANY, 1, MANY);
	expect_home(test, map, 0, 7);
	/* Who takes one block by itself does not come to stay. */
	KUNIT_ASSERT_GE(test, bp_freemap_take(map, 0, &pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn / BP_WORD_UNITS, 2);
	expect_home(test, map, 2, 0);
	expect_take(test, map, 7, MANY, 3, MANY);
	expect_take(test, map, 0, MANY, 2, MANY - 1);
	/* Whoever comes back finds his home, and others do not take it. */
	bp_freemap_give_word(map, 0, 0xff);
	expect_take(test, map, 65534, MANY, 4, MANY);
	expect_take(test, map, 7, MANY, 0, 8);
}

/* Blocks of other orders, too, and a pageblock has the home of its first word. */
static void blocks_have_a_home(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 10);
	u32 pfns[MANY];

	bp_freemap_give(map, 10, 0);
	KUNIT_ASSERT_EQ(test, bp_freemap_take_many(map, 3, 5, pfns, 2), 2);
	KUNIT_EXPECT_EQ(test, pfns[0], 0);
	expect_home(test, map, 0, 5);
	KUNIT_ASSERT_EQ(test, bp_freemap_take_many(map, 9, 6, pfns, 1), 1);
	KUNIT_EXPECT_EQ(test, pfns[0], 512);
	KUNIT_EXPECT_TRUE(test, bp_freemap_is_home(map, 6, 512));
	expect_home(test, map, 0, 5);
	KUNIT_ASSERT_EQ(test, bp_freemap_take_many(map, 9, 6, pfns, 1), 0);
}

/*
 * Who would take pages of somebody else's home takes them of his own in the same
 * pageblock, or else of the word that has the largest block.
 */
static void others_homes_are_spared(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);

	/* The first pageblock has all, the second one some. */
	bp_freemap_give(map, 9, 0);
	bp_freemap_give_word(map, 9, 0x3);
	bp_freemap_give_word(map, 11, 0x1);
	bp_freemap_give_word(map, 13, 0xf0);
	bp_freemap_give_word(map, 14, 0xff00);
	map->home[11] = 8;
	map->home[14] = 8;
	/* That with the single page is the one to take of, for whose it is. */
	bp_test_expect_take(test, map, 0, 0, 11 * BP_WORD_UNITS);
	expect_take(test, map, 8, MANY, 11, 1);
	bp_freemap_give_word(map, 11, 0x1);
	/* For others it is that with the most, and what is left there. */
	expect_take(test, map, 9, 2, 14, 2);
	expect_take(test, map, 9, MANY, 14, 6);
	expect_take(test, map, 9, MANY, 13, 4);
	expect_take(test, map, 9, MANY, 9, 2);
	/* Better somebody else's than of another pageblock. */
	expect_take(test, map, 9, MANY, 11, 1);
	expect_take(test, map, 9, MANY, 0, MANY);
}

/* One's own word is of no use if it has no such block. */
static void own_home_must_do(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);
	u32 pfns[MANY];

	bp_freemap_give_word(map, 9, 0x1);
	bp_freemap_give_word(map, 10, 0x3);
	bp_freemap_give_word(map, 11, 0xff);
	map->home[9] = 5;
	map->home[10] = 6;
	KUNIT_ASSERT_EQ(test, bp_freemap_take_many(map, 1, 5, pfns, MANY), 4);
	KUNIT_EXPECT_EQ(test, pfns[0] / BP_WORD_UNITS, 11);
	KUNIT_ASSERT_EQ(test, bp_freemap_take_many(map, 1, 5, pfns, MANY), 1);
	KUNIT_EXPECT_EQ(test, pfns[0] / BP_WORD_UNITS, 10);
	KUNIT_ASSERT_EQ(test, bp_freemap_take_many(map, 1, 5, pfns, MANY), 0);
	expect_take(test, map, 5, MANY, 9, 1);
}

/* But any of the pageblock's words may be it, and any of the blocks that it has. */
static void own_home_is_found(struct kunit *test)
{
	unsigned int own, order;
	u32 pfns[MANY];

	for (own = 0; own < BP_CELL_WORDS; own++) {
		for (order = 0; order < BP_WORD_ORDER - 2; order++) {
			struct bp_freemap *map =
				bp_test_freemap(test, NR_PAGES, 9);
			const u32 least = (own + 3) % BP_CELL_WORDS;
			const u32 most = (own + 6) % BP_CELL_WORDS;

			bp_freemap_give_word(map, own, bp_ones(order + 1));
			bp_freemap_give_word(map, least, bp_ones(order));
			bp_freemap_give_word(map, most, bp_ones(order + 2));
			memset(map->home, 0xff, BP_CELL_WORDS * sizeof(u16));
			map->home[own] = 5;
			KUNIT_ASSERT_EQ(test, 2,
					bp_freemap_take_many(map, order, 5,
							     pfns, MANY));
			KUNIT_EXPECT_EQ(test, pfns[0], own * BP_WORD_UNITS);
			KUNIT_ASSERT_EQ(test, 4,
					bp_freemap_take_many(map, order, 5,
							     pfns, MANY));
			KUNIT_EXPECT_EQ(test, pfns[0], most * BP_WORD_UNITS);
		}
	}
}

/* Even if another one is as good, and before it. */
static void own_home_is_found_behind_others(struct kunit *test)
{
	unsigned int order;
	u32 pfns[MANY];

	for (order = 0; order < BP_WORD_ORDER - 1; order++) {
		struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);

		bp_freemap_give_word(map, 0, bp_ones(order));
		bp_freemap_give_word(map, 1, bp_ones(order));
		bp_freemap_give_word(map, 5, bp_ones(order + 1));
		map->home[1] = 5;
		KUNIT_ASSERT_EQ(test, 1,
				bp_freemap_take_many(map, order, 5, pfns,
						     MANY));
		KUNIT_EXPECT_EQ(test, pfns[0], BP_WORD_UNITS);
	}
}

/* A word that is free as a whole is nobody's, and is taken before others' homes. */
static void whole_words_are_for_all(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);

	bp_freemap_give(map, 7, 12 * BP_WORD_UNITS);
	bp_freemap_give_word(map, 10, 0x1);
	map->home[10] = 8;
	map->home[12] = 8;
	/* Even if it is only a part, no two begin with the same word. */
	expect_take(test, map, 9, 16, 12, 16);
	expect_take(test, map, 7, 16, 13, 16);
	expect_take(test, map, 8, 16, 10, 1);
	expect_take(test, map, 9, 16, 12, 16);
	expect_take(test, map, 7, MANY, 13, 48);
	expect_take(test, map, 9, MANY, 12, 32);
	bp_test_expect_nothing(test, map, NR_PAGES);
	/* The first one of all, too. */
	bp_freemap_give(map, 6, 0);
	bp_freemap_give_word(map, 2, 0xffffffff);
	map->home[2] = 8;
	expect_take(test, map, 9, 16, 0, 16);
}

/* Those at home come first; both are in the order in which they were. */
static void pages_are_parted(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);
	u32 pfns[MANY], homes[MANY], others[MANY];
	u32 round, nr, nr_home, nr_others, i;
	struct rnd_state rng;

	prandom_seed_state(&rng, 1);
	for (round = 0; round < 500; round++) {
		for (i = 0; i < NR_PAGES / BP_WORD_UNITS; i++)
			map->home[i] = prandom_u32_state(&rng) % 3;
		nr = prandom_u32_state(&rng) % (MANY + 1);
		for (i = 0, nr_home = 0, nr_others = 0; i < nr; i++) {
			pfns[i] = prandom_u32_state(&rng) % NR_PAGES;
			if (map->home[pfns[i] / BP_WORD_UNITS] == 2)
				homes[nr_home++] = pfns[i];
			else
				others[nr_others++] = pfns[i];
		}
		KUNIT_ASSERT_EQ(test, nr_home,
				bp_freemap_part_home(map, 2, pfns, nr));
		KUNIT_EXPECT_MEMEQ(test, pfns, homes, nr_home * sizeof(*pfns));
		KUNIT_EXPECT_MEMEQ(test, pfns + nr_home, others,
				   nr_others * sizeof(*pfns));
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(word_is_home_of_the_last),
	KUNIT_CASE(blocks_have_a_home),
	KUNIT_CASE(others_homes_are_spared),
	KUNIT_CASE(own_home_must_do),
	KUNIT_CASE(own_home_is_found),
	KUNIT_CASE(own_home_is_found_behind_others),
	KUNIT_CASE(whole_words_are_for_all),
	KUNIT_CASE(pages_are_parted),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap_home",
	.test_cases = cases,
};

kunit_test_suite(suite);
