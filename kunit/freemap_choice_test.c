// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas: which of the blocks that would do is chosen.
 */
#include "freemap.h"

#include <linux/kernel.h>

#include "freemaplib.h"

/* The first page of a pageblock. */
#define PAGEBLOCK(nr) (512U * (nr))

/* A block for each order below @nr_orders, the small ones at the end. */
static void give_one_of_each(struct kunit *test, struct bp_freemap *map,
			     unsigned int nr_orders, u32 end)
{
	unsigned int order;

	for (order = 0; order < nr_orders; order++)
		KUNIT_EXPECT_EQ(test,
				bp_freemap_give(map, order,
						end - (2U << order)),
				order);
}

/* The smallest that will do, also when those of the lower orders are gone. */
static void expect_best_fit(struct kunit *test, struct bp_freemap *map,
			    unsigned int nr_orders, u32 end)
{
	unsigned int gone, order, from;

	for (gone = 0; gone < nr_orders; gone++) {
		for (order = 0; order < nr_orders; order++) {
			from = max(order, gone);
			bp_test_expect_take(test, map, order, from,
					    end - (2U << from));
		}
		bp_test_expect_no_block(test, map, nr_orders);
		bp_freemap_claim(map, gone, end - (2U << gone));
	}
}

static void choice_in_a_word(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 1024, 9);

	give_one_of_each(test, map, 6, 512 + 192);
	expect_best_fit(test, map, 6, 512 + 192);
	bp_test_expect_nothing(test, map, 1024);
}

static void choice_in_a_pageblock(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 1536, 9);

	give_one_of_each(test, map, 9, 1024);
	expect_best_fit(test, map, 9, 1024);
	bp_test_expect_nothing(test, map, 1536);
}

static void choice_in_the_upper_level(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 3U << 18, 18);

	give_one_of_each(test, map, 18, 2U << 18);
	expect_best_fit(test, map, 18, 2U << 18);
	bp_test_expect_nothing(test, map, 3U << 18);
}

/* Of several blocks of an order the lowest. */
static void choice_of_the_lowest(struct kunit *test)
{
	static const u32 pfns[] = { 4, 12, 40, 64, 80, 500, 512, 9000, 40000 };
	struct bp_freemap *map = bp_test_freemap(test, 50000, 9);
	unsigned int i;

	for (i = ARRAY_SIZE(pfns); i > 0; i--) {
		bp_freemap_give(map, 2, pfns[i - 1]);
		bp_test_expect_take(test, map, 0, 2, pfns[i - 1]);
	}
	for (i = 0; i < ARRAY_SIZE(pfns); i++) {
		bp_test_expect_take(test, map, 0, 2, pfns[i]);
		bp_test_expect_take(test, map, 2, 2, pfns[i]);
		bp_freemap_claim(map, 2, pfns[i]);
	}
	bp_test_expect_nothing(test, map, 50000);
}

/*
 * The word whose largest block is the smallest that will do, of several the
 * lowest; and only in that one the smallest block.
 */
static void choice_among_words(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 512, 9);

	bp_freemap_give(map, 6, 0);
	bp_freemap_give(map, 5, 2 * 64);
	bp_freemap_give(map, 3, 3 * 64 + 8);
	bp_freemap_give(map, 0, 3 * 64 + 40);
	bp_freemap_give(map, 3, 5 * 64);
	bp_freemap_give(map, 2, 6 * 64 + 4);

	/* There is a single page, but beside a larger block. */
	bp_test_expect_take(test, map, 0, 2, 6 * 64 + 4);
	bp_test_expect_take(test, map, 2, 2, 6 * 64 + 4);
	bp_test_expect_take(test, map, 3, 3, 3 * 64 + 8);
	bp_freemap_claim(map, 2, 6 * 64 + 4);
	bp_test_expect_take(test, map, 0, 0, 3 * 64 + 40);
	bp_test_expect_take(test, map, 1, 3, 3 * 64 + 8);
	bp_freemap_claim(map, 3, 3 * 64 + 8);
	bp_test_expect_take(test, map, 0, 0, 3 * 64 + 40);
	bp_test_expect_take(test, map, 1, 3, 5 * 64);
	bp_test_expect_take(test, map, 4, 5, 2 * 64);
	bp_freemap_claim(map, 5, 2 * 64);
	bp_test_expect_take(test, map, 4, 6, 0);
	bp_test_expect_take(test, map, 6, 6, 0);
	bp_test_expect_no_block(test, map, 7);
}

/* Of blocks that are whole words the smallest, then the lowest. */
static void choice_of_whole_words(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 512, 9);

	bp_freemap_give(map, 7, 0);
	bp_freemap_give(map, 6, 4 * 64);
	bp_freemap_give(map, 7, 6 * 64);
	bp_test_expect_take(test, map, 0, 6, 4 * 64);
	bp_test_expect_take(test, map, 6, 6, 4 * 64);
	bp_test_expect_take(test, map, 7, 7, 0);
	bp_freemap_claim(map, 6, 4 * 64);
	bp_test_expect_take(test, map, 0, 7, 0);
	bp_test_expect_take(test, map, 6, 7, 0);
	bp_freemap_claim(map, 7, 0);
	bp_test_expect_take(test, map, 5, 7, 6 * 64);
}

/*
 * Among pageblocks that one whose largest block is the smallest that will do;
 * of several the lowest.
 */
static void choice_among_pageblocks(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, PAGEBLOCK(200), 12);

	bp_freemap_give(map, 0, PAGEBLOCK(90));
	bp_freemap_give(map, 8, PAGEBLOCK(70) + 256);
	bp_freemap_give(map, 2, PAGEBLOCK(70) + 4);
	bp_freemap_give(map, 2, PAGEBLOCK(199));
	bp_freemap_give(map, 2, PAGEBLOCK(150));

	bp_test_expect_take(test, map, 0, 0, PAGEBLOCK(90));
	bp_test_expect_take(test, map, 1, 2, PAGEBLOCK(150));
	bp_test_expect_take(test, map, 3, 8, PAGEBLOCK(70) + 256);
	bp_freemap_claim(map, 2, PAGEBLOCK(150));
	bp_test_expect_take(test, map, 1, 2, PAGEBLOCK(199));
	bp_freemap_claim(map, 2, PAGEBLOCK(199));
	/* In the pageblock with the large block there is a small one, too. */
	bp_test_expect_take(test, map, 1, 2, PAGEBLOCK(70) + 4);
	bp_freemap_claim(map, 2, PAGEBLOCK(70) + 4);
	bp_test_expect_take(test, map, 1, 8, PAGEBLOCK(70) + 256);
	bp_freemap_claim(map, 8, PAGEBLOCK(70) + 256);
	bp_test_expect_no_block(test, map, 1);
}

/* No pageblock that is free is broken while another has what is wanted. */
static void choice_of_the_lower_level_first(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, PAGEBLOCK(20), 10);

	bp_freemap_give(map, 9, 0);
	bp_freemap_give(map, 10, PAGEBLOCK(4));
	bp_freemap_give(map, 8, PAGEBLOCK(19));
	bp_test_expect_take(test, map, 0, 8, PAGEBLOCK(19));
	bp_test_expect_take(test, map, 8, 8, PAGEBLOCK(19));
	bp_test_expect_take(test, map, 9, 9, 0);
	bp_freemap_claim(map, 7, PAGEBLOCK(19));
	bp_test_expect_take(test, map, 7, 7, PAGEBLOCK(19) + 128);
	bp_test_expect_take(test, map, 8, 9, 0);
	bp_freemap_claim(map, 7, PAGEBLOCK(19) + 128);
	bp_test_expect_take(test, map, 0, 9, 0);
	bp_freemap_claim(map, 9, 0);
	bp_test_expect_take(test, map, 0, 10, PAGEBLOCK(4));
	bp_test_expect_take(test, map, 9, 10, PAGEBLOCK(4));
}

/* Among the words of the upper level, 64 pageblocks each, as among those below. */
static void choice_among_large_blocks(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, PAGEBLOCK(512), 18);

	bp_freemap_give(map, 12, 0);
	bp_freemap_give(map, 10, PAGEBLOCK(20));
	bp_freemap_give(map, 10, PAGEBLOCK(16));
	bp_freemap_give(map, 11, PAGEBLOCK(64));
	bp_freemap_give(map, 15, PAGEBLOCK(3 * 64));
	bp_freemap_give(map, 16, PAGEBLOCK(4 * 64));

	bp_test_expect_take(test, map, 3, 11, PAGEBLOCK(64));
	bp_test_expect_take(test, map, 9, 11, PAGEBLOCK(64));
	bp_test_expect_take(test, map, 12, 12, 0);
	bp_freemap_claim(map, 11, PAGEBLOCK(64));
	bp_test_expect_take(test, map, 3, 10, PAGEBLOCK(16));
	bp_test_expect_take(test, map, 11, 12, 0);
	bp_freemap_claim(map, 10, PAGEBLOCK(16));
	bp_test_expect_take(test, map, 10, 10, PAGEBLOCK(20));
	bp_freemap_claim(map, 10, PAGEBLOCK(20));
	bp_test_expect_take(test, map, 9, 12, 0);
	bp_test_expect_take(test, map, 13, 15, PAGEBLOCK(3 * 64));
	bp_test_expect_take(test, map, 16, 16, PAGEBLOCK(4 * 64));
	bp_freemap_claim(map, 12, 0);
	bp_test_expect_take(test, map, 0, 15, PAGEBLOCK(3 * 64));
	bp_freemap_claim(map, 15, PAGEBLOCK(3 * 64));
	bp_test_expect_take(test, map, 9, 16, PAGEBLOCK(4 * 64));
	bp_test_expect_no_block(test, map, 17);
}

/* Among the cells of the upper level, 512 pageblocks each. */
static void choice_among_upper_cells(struct kunit *test)
{
	const u32 cell = 1U << 18;
	struct bp_freemap *map = bp_test_freemap(test, 4 * cell, 18);

	bp_freemap_give(map, 17, 0);
	bp_freemap_give(map, 9, 3U << 16);
	bp_freemap_give(map, 12, cell);
	bp_freemap_give(map, 12, 2 * cell + 8192);
	bp_freemap_give(map, 9, 2 * cell);
	bp_freemap_give(map, 18, 3 * cell);

	bp_test_expect_take(test, map, 0, 12, cell);
	bp_test_expect_take(test, map, 9, 12, cell);
	bp_test_expect_take(test, map, 13, 17, 0);
	bp_test_expect_take(test, map, 18, 18, 3 * cell);
	bp_freemap_claim(map, 12, cell);
	bp_test_expect_take(test, map, 9, 9, 2 * cell);
	bp_test_expect_take(test, map, 10, 12, 2 * cell + 8192);
	bp_freemap_claim(map, 12, 2 * cell + 8192);
	bp_freemap_claim(map, 9, 2 * cell);
	bp_test_expect_take(test, map, 0, 9, 3U << 16);
	bp_test_expect_take(test, map, 10, 17, 0);
	bp_freemap_claim(map, 9, 3U << 16);
	bp_test_expect_take(test, map, 0, 17, 0);
	bp_freemap_claim(map, 17, 0);
	bp_test_expect_take(test, map, 0, 18, 3 * cell);
	bp_freemap_claim(map, 18, 3 * cell);
	bp_test_expect_nothing(test, map, 4 * cell);
}

static bool is_spare(struct bp_freemap *map, unsigned int order, u32 pfn)
{
	bp_freemap_aim(map, order);
	return bp_freemap_is_spare(map, order, pfn);
}

/* Spare is what lies in a pageblock that would be chosen later than another. */
static void choice_makes_others_spare(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, PAGEBLOCK(20), 10);

	bp_freemap_give(map, 3, PAGEBLOCK(5));
	bp_freemap_give(map, 3, PAGEBLOCK(8) + 64);
	bp_freemap_give(map, 6, PAGEBLOCK(2) + 128);
	bp_freemap_give(map, 0, PAGEBLOCK(14));

	/* The one that is chosen is PAGEBLOCK(14), as that with least. */
	KUNIT_EXPECT_FALSE(test, is_spare(map, 0, PAGEBLOCK(14) + 20));
	KUNIT_EXPECT_TRUE(test, is_spare(map, 0, PAGEBLOCK(5) + 20));
	KUNIT_EXPECT_TRUE(test, is_spare(map, 0, PAGEBLOCK(2)));
	/* In one that is full there is nothing to be gained. */
	KUNIT_EXPECT_FALSE(test, is_spare(map, 0, PAGEBLOCK(19)));

	/* PAGEBLOCK(5): it has what is wanted, the lowest of two that do. */
	KUNIT_EXPECT_FALSE(test, is_spare(map, 2, PAGEBLOCK(14) + 20));
	KUNIT_EXPECT_FALSE(test, is_spare(map, 2, PAGEBLOCK(5) + 511));
	KUNIT_EXPECT_TRUE(test, is_spare(map, 2, PAGEBLOCK(8)));
	KUNIT_EXPECT_TRUE(test, is_spare(map, 3, PAGEBLOCK(8)));
	KUNIT_EXPECT_TRUE(test, is_spare(map, 3, PAGEBLOCK(2)));

	KUNIT_EXPECT_FALSE(test, is_spare(map, 4, PAGEBLOCK(8)));
	KUNIT_EXPECT_FALSE(test, is_spare(map, 4, PAGEBLOCK(2)));
	KUNIT_EXPECT_FALSE(test, is_spare(map, 9, PAGEBLOCK(19)));
}

/* None is if what would be chosen is a whole pageblock, or nothing. */
static void choice_makes_none_spare(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, PAGEBLOCK(20), 10);
	unsigned int order;

	bp_freemap_give(map, 6, PAGEBLOCK(2) + 128);
	for (order = 7; order < 9; order++)
		KUNIT_EXPECT_FALSE(test, is_spare(map, order, PAGEBLOCK(2)));
	bp_freemap_give(map, 9, PAGEBLOCK(12));
	for (order = 7; order < 9; order++)
		KUNIT_EXPECT_FALSE(test, is_spare(map, order, PAGEBLOCK(2)));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(choice_in_a_word),
	KUNIT_CASE(choice_in_a_pageblock),
	KUNIT_CASE(choice_in_the_upper_level),
	KUNIT_CASE(choice_of_the_lowest),
	KUNIT_CASE(choice_among_words),
	KUNIT_CASE(choice_of_whole_words),
	KUNIT_CASE(choice_among_pageblocks),
	KUNIT_CASE(choice_of_the_lower_level_first),
	KUNIT_CASE(choice_among_large_blocks),
	KUNIT_CASE(choice_among_upper_cells),
	KUNIT_CASE(choice_makes_others_spare),
	KUNIT_CASE(choice_makes_none_spare),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap_choice",
	.test_cases = cases,
};

kunit_test_suite(suite);
