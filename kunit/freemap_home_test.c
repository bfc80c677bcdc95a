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
 * Who would take pages of somebody else's home takes them of the word that has most,
 * but of the same pageblock.
 */
static void others_homes_are_spared(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);

	/* The second pageblock has all, the first one some. */
	bp_freemap_give(map, 9, 512);
	bp_freemap_give_word(map, 1, 0x3);
	bp_freemap_give_word(map, 3, 0x1);
	bp_freemap_give_word(map, 5, 0xf0);
	bp_freemap_give_word(map, 6, 0xff00);
	map->home[3] = 8;
	map->home[6] = 8;
	/* That with the single page is the one to take of, for whose it is. */
	bp_test_expect_take(test, map, 0, 0, 3 * BP_WORD_UNITS);
	expect_take(test, map, 8, MANY, 3, 1);
	bp_freemap_give_word(map, 3, 0x1);
	/* For others it is that with the most. */
	expect_take(test, map, 9, 2, 6, 2);
	/* There, half is left. */
	expect_take(test, map, 9, MANY, 5, 4);
	expect_take(test, map, 9, MANY, 6, 6);
	expect_take(test, map, 9, MANY, 1, 2);
	expect_take(test, map, 9, MANY, 3, 1);
	expect_take(test, map, 9, MANY, 8, MANY);
}

/* A word that is free as a whole is nobody's, and is taken before others' homes. */
static void whole_words_are_for_all(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);

	bp_freemap_give(map, 6, 4 * BP_WORD_UNITS);
	bp_freemap_give_word(map, 2, 0x1);
	map->home[2] = 8;
	map->home[4] = 8;
	expect_take(test, map, 9, MANY, 4, MANY);
	expect_take(test, map, 9, MANY, 2, 1);
	bp_test_expect_nothing(test, map, NR_PAGES);
}

/* What is at home elsewhere is spare, wherever else it could be taken. */
static void pages_of_others_are_spare(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);

	bp_freemap_aim(map, 0);
	map->home[1] = 3;
	KUNIT_EXPECT_FALSE(test, bp_freemap_is_spare(map, 0, 0, 63));
	KUNIT_EXPECT_TRUE(test, bp_freemap_is_spare(map, 0, 0, 64));
	KUNIT_EXPECT_TRUE(test, bp_freemap_is_spare(map, 0, 0, 127));
	KUNIT_EXPECT_FALSE(test, bp_freemap_is_spare(map, 0, 3, 127));
	KUNIT_EXPECT_TRUE(test, bp_freemap_is_spare(map, 0, 3, 128));
	/* That its pageblock is not the best one matters as well. */
	bp_freemap_give(map, 0, 5);
	bp_freemap_aim(map, 0);
	bp_freemap_give(map, 0, 520);
	KUNIT_EXPECT_TRUE(test, bp_freemap_is_spare(map, 0, 0, 521));
	KUNIT_EXPECT_FALSE(test, bp_freemap_is_spare(map, 0, 0, 6));
}

/* Those at home come first, in their order; none is lost, and none comes twice. */
static void pages_are_parted(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, NR_PAGES, 9);
	u32 pfns[MANY], before[MANY], homes[MANY];
	struct rnd_state rng;
	u32 round, nr, nr_home, i, sum;

	prandom_seed_state(&rng, 1);
	for (round = 0; round < 500; round++) {
		for (i = 0; i < NR_PAGES / BP_WORD_UNITS; i++)
			map->home[i] = prandom_u32_state(&rng) % 3;
		nr = prandom_u32_state(&rng) % (MANY + 1);
		for (i = 0, nr_home = 0, sum = 0; i < nr; i++) {
			pfns[i] = prandom_u32_state(&rng) % NR_PAGES;
			before[i] = pfns[i];
			sum += pfns[i];
			if (map->home[pfns[i] / BP_WORD_UNITS] == 2)
				homes[nr_home++] = pfns[i];
		}
		KUNIT_ASSERT_EQ(test, nr_home,
				bp_freemap_part_home(map, 2, pfns, nr));
		KUNIT_EXPECT_MEMEQ(test, pfns, homes, nr_home * sizeof(*pfns));
		for (i = nr_home; i < nr; i++)
			KUNIT_EXPECT_FALSE(test,
					   bp_freemap_is_home(map, 2, pfns[i]));
		for (i = 0; i < nr; i++)
			sum -= pfns[i];
		KUNIT_EXPECT_EQ(test, sum, 0);
		if (nr_home == nr)
			KUNIT_EXPECT_MEMEQ(test, pfns, before,
					   nr * sizeof(*pfns));
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(word_is_home_of_the_last),
	KUNIT_CASE(blocks_have_a_home),
	KUNIT_CASE(others_homes_are_spared),
	KUNIT_CASE(whole_words_are_for_all),
	KUNIT_CASE(pages_of_others_are_spare),
	KUNIT_CASE(pages_are_parted),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap_home",
	.test_cases = cases,
};

kunit_test_suite(suite);
