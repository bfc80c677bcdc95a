// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks taken out and given back many at a time.
 */
#include "buddy.h"

#include "testlib.h"

#define NR_PAGES 1024
#define NR_TAKEN 16

/* All pages of a pool are kept aside. */
static struct bp_buddy *new_buddy_aside(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, NR_PAGES, 10);
	u32 pfns[BP_WORD_UNITS];

	while (bp_buddy_take_many(buddy, 0, bp_tag_aside(0), 0, pfns,
				  ARRAY_SIZE(pfns)))
		;
	KUNIT_ASSERT_EQ(test, buddy->nr_free_pages, 0);
	return buddy;
}

/* Those that still are; and to ask for others changes nothing. */
static void give_rest(struct kunit *test, struct bp_buddy *buddy)
{
	u32 pfn;

	bp_test_assert_ok(test, buddy);
	for (pfn = 0; pfn < NR_PAGES; pfn++)
		bp_test_give_aside(buddy, 0, &pfn, 1);
	bp_test_assert_ok(test, buddy);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, NR_PAGES);
}

/* However they lie to each other, each page is a run of its own. */
static void take_any_pages(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 8, 3);
	u32 pfns[8], pfn, i;
	u64 mask;

	for (pfn = 0; pfn < 8; pfn++)
		KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 1, 0), pfn);
	for (mask = 1; mask < 256; mask++) {
		for (pfn = 0; pfn < 8; pfn++)
			if (mask & (1U << pfn))
				bp_test_free(test, buddy, pfn, 1);
		KUNIT_ASSERT_EQ(test,
				bp_buddy_take_many(buddy, 0, bp_tag_block(0), 0,
						   pfns, 8),
				hweight64(mask));
		for (i = 0; i < hweight64(mask); i++)
			KUNIT_ASSERT_TRUE(test, mask & (1U << pfns[i]));
		for (pfn = 0; pfn < 8; pfn++)
			KUNIT_ASSERT_EQ(test, bp_buddy_run(buddy, pfn), 1);
		bp_test_assert_ok(test, buddy);
	}
	bp_test_free_all(test, buddy);
}

/* Whatever is passed over, what follows behind the last one is left alone. */
static void give_no_more_than_asked(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 pfns[NR_TAKEN], nr, i;

	nr = bp_buddy_take_many(buddy, 0, bp_tag_aside(0), 0, pfns, NR_TAKEN);
	KUNIT_ASSERT_EQ(test, nr, NR_TAKEN);
	KUNIT_ASSERT_TRUE(test, bp_buddy_use_again(buddy, pfns[3], 0));
	KUNIT_EXPECT_EQ(test, bp_test_give_aside(buddy, 0, pfns, 8), 7);
	for (i = 8; i < NR_TAKEN; i++)
		KUNIT_EXPECT_EQ(test, buddy->tags[pfns[i]], bp_tag_aside(0));
	bp_test_assert_ok(test, buddy);
	KUNIT_EXPECT_EQ(test, bp_test_give_aside(buddy, 0, pfns + 8, 8), 8);
	bp_test_free(test, buddy, pfns[3], 1);
}

/* Words of a few neighbours each: one of them is what takes little time. */
static void give_some_of_one_word(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_aside(test);
	u32 pfns[64], done, nr, i;

	for (i = 0; i < ARRAY_SIZE(pfns); i++)
		pfns[i] = i / 16 * BP_WORD_UNITS + i % 16;
	for (done = 0; done < ARRAY_SIZE(pfns); done += nr) {
		nr = ARRAY_SIZE(pfns) - done;
		KUNIT_EXPECT_EQ(test, 16,
				bp_buddy_give_some(buddy, 0, pfns + done, &nr));
		KUNIT_ASSERT_EQ(test, nr, 16);
		KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), 16);
	}
	give_rest(test, buddy);
}

/* Of blocks that change what is summed up, one at a time goes. */
static void give_some_blocks(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, NR_PAGES, 10);
	const u32 total = NR_PAGES / 2;
	u32 *pfns = bp_test_vzalloc(test, total * sizeof(*pfns));
	u32 few[4], nr, i;

	for (i = 0; i < total; i++)
		KUNIT_ASSERT_EQ(test, 1,
				bp_buddy_take_many(buddy, 1, bp_tag_aside(1), 0,
						   pfns + i, 1));
	for (i = 0; i < ARRAY_SIZE(few); i++)
		few[i] = i * BP_WORD_UNITS;
	for (i = 0; i < ARRAY_SIZE(few); i++) {
		nr = ARRAY_SIZE(few) - i;
		KUNIT_EXPECT_EQ(test, 1,
				bp_buddy_give_some(buddy, 1, few + i, &nr));
		KUNIT_EXPECT_EQ(test, nr, 1);
		KUNIT_EXPECT_EQ(test, buddy->tags[few[i]], 0);
	}
	KUNIT_EXPECT_EQ(test, bp_test_give_aside(buddy, 1, pfns, total),
			total - ARRAY_SIZE(few));
}

/* Many neighbours save the time for some others, but not for any number. */
static void give_some_more_for_many_neighbours(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_aside(test);
	u32 pfns[BP_WORD_UNITS + 8], nr = ARRAY_SIZE(pfns), i, given;

	for (i = 0; i < BP_WORD_UNITS; i++)
		pfns[i] = i;
	for (; i < ARRAY_SIZE(pfns); i++)
		pfns[i] = (i - BP_WORD_UNITS + 1) * BP_WORD_UNITS;
	given = bp_buddy_give_some(buddy, 0, pfns, &nr);
	KUNIT_EXPECT_GT(test, given, BP_WORD_UNITS);
	KUNIT_EXPECT_LT(test, given, ARRAY_SIZE(pfns));
	KUNIT_EXPECT_EQ(test, nr, given);
	KUNIT_EXPECT_EQ(test, bp_buddy_largest(buddy), BP_WORD_UNITS);
	give_rest(test, buddy);
}

/* A page that changes no more than some bits is not the last one. */
static void give_some_while_bits_change(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_aside(test);
	const u32 beside[] = { 64, 65, 66, 67 };
	u32 pfns[17], nr = ARRAY_SIZE(pfns), i;

	KUNIT_ASSERT_EQ(test, bp_test_give_aside(buddy, 0, beside, 4), 4);
	pfns[0] = 96;
	for (i = 1; i < ARRAY_SIZE(pfns); i++)
		pfns[i] = i;
	KUNIT_EXPECT_EQ(test, bp_buddy_give_some(buddy, 0, pfns, &nr), 2);
	KUNIT_EXPECT_EQ(test, nr, 2);
	KUNIT_EXPECT_EQ(test, buddy->tags[96], 0);
	KUNIT_EXPECT_EQ(test, buddy->tags[1], 0);
	give_rest(test, buddy);
}

/* The first one goes, also if only those behind the next are neighbours of it. */
static void give_some_begins_with_the_first(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_aside(test);
	u32 pfns[16], nr = ARRAY_SIZE(pfns), i;

	for (i = 0; i < ARRAY_SIZE(pfns); i++)
		pfns[i] = i;
	pfns[1] = 100;
	KUNIT_EXPECT_EQ(test, bp_buddy_give_some(buddy, 0, pfns, &nr), 1);
	KUNIT_EXPECT_EQ(test, nr, 1);
	KUNIT_EXPECT_EQ(test, buddy->tags[0], 0);
	KUNIT_EXPECT_EQ(test, buddy->tags[100], bp_tag_aside(0));
	give_rest(test, buddy);
}

/* What does not belong on a list is not given back, but all the others are. */
static void give_single_passes_over_nonsense(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 64, 6);
	u32 pfns[8], taken[8], nr, i;

	nr = bp_buddy_take_many(buddy, 0, bp_tag_aside(0), 0, taken, 8);
	KUNIT_ASSERT_EQ(test, nr, 8);
	KUNIT_EXPECT_TRUE(test, bp_buddy_use_again(buddy, taken[3], 0));
	KUNIT_EXPECT_FALSE(test, bp_buddy_use_again(buddy, taken[3], 0));
	for (i = 0; i < 8; i++)
		pfns[i] = taken[i];
	KUNIT_EXPECT_EQ(test, bp_test_give_aside(buddy, 0, pfns, 8), 7);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 63);
	bp_test_assert_ok(test, buddy);
	KUNIT_EXPECT_EQ(test, bp_buddy_free(buddy, taken[3], 1), 0);
}

/* The same, where they are given back by the word, or are no single pages. */
static void give_some_passes_over_nonsense(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 256, 8);
	const unsigned int orders[] = { 0, 1, 3 };
	u32 pfns[32], nr, i, used;

	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		const unsigned int order = orders[i];

		nr = bp_buddy_take_many(buddy, order, bp_tag_aside(order), 0,
					pfns, 32 >> order);
		KUNIT_ASSERT_EQ(test, nr, 32 >> order);
		used = pfns[nr / 2];
		KUNIT_EXPECT_TRUE(test, bp_buddy_use_again(buddy, used, order));
		KUNIT_EXPECT_EQ(test,
				bp_test_give_aside(buddy, order, pfns, nr),
				nr - 1);
		bp_test_assert_ok(test, buddy);
		KUNIT_EXPECT_EQ(test, buddy->nr_free_pages,
				256 - (1U << order));
		KUNIT_EXPECT_EQ(test,
				bp_test_give_aside(buddy, order, pfns, nr), 0);
		KUNIT_EXPECT_EQ(test, bp_buddy_free(buddy, used, 1U << order),
				0);
		KUNIT_EXPECT_EQ(test, buddy->freemap.nr_merges,
				buddy->freemap.nr_splits);
	}
}

/* Nor whole words of what is free already, which are more than one block. */
static void give_words_passes_over_nonsense(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 256, 8);
	u32 pfns[2 * BP_WORD_UNITS], nr;

	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 128, 0), 0);
	nr = bp_buddy_take_many(buddy, 0, bp_tag_aside(0), 0, pfns, 64);
	KUNIT_ASSERT_EQ(test, nr, 64);
	nr = bp_buddy_take_many(buddy, 0, bp_tag_aside(0), 0, pfns + 64, 64);
	KUNIT_ASSERT_EQ(test, nr, 64);
	nr = ARRAY_SIZE(pfns);
	KUNIT_EXPECT_EQ(test, bp_test_give_aside(buddy, 0, pfns, nr), nr);
	bp_test_assert_ok(test, buddy);
	KUNIT_EXPECT_EQ(test, bp_test_give_aside(buddy, 0, pfns, nr), 0);
	bp_test_assert_ok(test, buddy);
	bp_test_free(test, buddy, 0, 128);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(take_any_pages),
	KUNIT_CASE(give_no_more_than_asked),
	KUNIT_CASE(give_some_of_one_word),
	KUNIT_CASE(give_some_blocks),
	KUNIT_CASE(give_some_more_for_many_neighbours),
	KUNIT_CASE(give_some_while_bits_change),
	KUNIT_CASE(give_some_begins_with_the_first),
	KUNIT_CASE(give_single_passes_over_nonsense),
	KUNIT_CASE(give_some_passes_over_nonsense),
	KUNIT_CASE(give_words_passes_over_nonsense),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy_many",
	.test_cases = cases,
};

kunit_test_suite(suite);
