// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas: single pages, many at a time, against a bit for each page.
 */
#include "freemap.h"

#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "buddy.h"
#include "freemaplib.h"
#include "testlib.h"

#define STEPS 400
#define MANY 200

/**
 * struct trial - free areas, and what is known of them
 * @test: the case
 * @map: the free areas
 * @shape: of the pool
 * @free: a bit for each page that is free
 * @nr_free: how many are
 * @taken: pages taken one by one, in any order
 * @nr_taken: how many there are
 * @rng: random numbers
 */
struct trial {
	struct kunit *test;
	struct bp_freemap *map;
	const struct bp_test_shape *shape;
	unsigned long *free;
	u32 nr_free;
	u32 *taken;
	u32 nr_taken;
	struct rnd_state rng;
};

static u32 number(struct trial *trial, u32 below)
{
	return prandom_u32_state(&trial->rng) % below;
}

/* The numbers of blocks are those that a walk over the pages finds. */
static void compare(struct trial *trial)
{
	u32 found[BP_NR_ORDERS] = {}, nr_free[BP_NR_ORDERS], pfn = 0;
	struct kunit *test = trial->test;

	KUNIT_ASSERT_TRUE(test, bp_freemap_ok(trial->map));
	KUNIT_ASSERT_EQ(test, bp_freemap_weight(trial->map), trial->nr_free);
	while (pfn < trial->shape->nr_pages) {
		const int order = bp_freemap_block(trial->map, pfn);

		KUNIT_ASSERT_EQ(test, order >= 0, test_bit(pfn, trial->free));
		if (order >= 0)
			found[order]++;
		pfn += order > 0 ? 1U << order : 1;
	}
	bp_freemap_count(trial->map, nr_free);
	KUNIT_ASSERT_MEMEQ(test, nr_free, found, sizeof(found));
}

static void take(struct trial *trial)
{
	const u32 want =
		clamp(number(trial, MANY), 1U, max(trial->nr_free, 1U));
	u32 *pfns = trial->taken + trial->nr_taken, i, got;
	struct kunit *test = trial->test;

	got = bp_freemap_take_many(trial->map, 0, 0, pfns, want);
	KUNIT_ASSERT_LE(test, got, want);
	KUNIT_ASSERT_EQ(test, !got, !trial->nr_free);
	for (i = 0; i < got; i++)
		KUNIT_ASSERT_TRUE(test,
				  __test_and_clear_bit(pfns[i], trial->free));
	trial->nr_free -= got;
	trial->nr_taken += got;
}

/* Neighbours together, as whoever has many pages would. */
static void give_pages(struct trial *trial, const u32 *pfns, u32 nr)
{
	u32 i = 0, word;
	u64 given;

	while (i < nr) {
		word = pfns[i] / BP_WORD_UNITS;
		for (given = 0; i < nr && pfns[i] / BP_WORD_UNITS == word; i++)
			given |= bp_word_block(0, pfns[i]);
		bp_freemap_give_word(trial->map, word, given);
	}
}

/* Some of the pages, in a random order or, as they mostly are, beside each other. */
static void give(struct trial *trial)
{
	u32 *end = trial->taken + trial->nr_taken, i, nr, other;

	nr = min(number(trial, MANY), trial->nr_taken);
	for (i = 1; i <= nr && number(trial, 8); i++) {
		other = number(trial, trial->nr_taken);
		swap(*(end - i), trial->taken[other]);
	}
	give_pages(trial, end - nr, nr);
	for (i = 1; i <= nr; i++)
		__set_bit(*(end - i), trial->free);
	trial->nr_free += nr;
	trial->nr_taken -= nr;
}

/* Blocks of other orders, so that not all words are full or empty. */
static void take_and_give_block(struct trial *trial)
{
	const unsigned int order = number(trial, trial->shape->max_order + 1);
	u32 pfn;

	if (bp_freemap_take(trial->map, order, &pfn) < 0)
		return;
	bitmap_clear(trial->free, pfn, 1U << order);
	trial->nr_free -= 1U << order;
	take(trial);
	compare(trial);
	bp_freemap_give(trial->map, order, pfn);
	bitmap_set(trial->free, pfn, 1U << order);
	trial->nr_free += 1U << order;
}

static const struct bp_test_shape shapes[] = {
	{ 1, 0 },    { 64, 6 },    { 100, 3 },   { 513, 9 },  { 1000, 5 },
	{ 2048, 6 }, { 4096, 10 }, { 4000, 18 }, { 3000, 8 },
};

KUNIT_ARRAY_PARAM(shape, shapes, bp_test_shape_desc);

static void freemap_pages_random(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	struct trial trial = { .test = test, .shape = shape };
	const u32 seed = bp_test_seed();
	u32 pfn, step;

	kunit_info(test, "seed %u", seed);
	prandom_seed_state(&trial.rng, seed);
	trial.map = bp_test_freemap(test, shape->nr_pages, shape->max_order);
	trial.free = bp_test_vzalloc(test, BITS_TO_LONGS(shape->nr_pages) *
						   sizeof(long));
	trial.taken =
		bp_test_vzalloc(test, (shape->nr_pages + 1) * sizeof(u32));
	for (pfn = 0; pfn < shape->nr_pages; pfn++)
		trial.taken[pfn] = pfn;
	give_pages(&trial, trial.taken, shape->nr_pages);
	bitmap_fill(trial.free, shape->nr_pages);
	trial.nr_free = shape->nr_pages;
	compare(&trial);
	for (step = 0; step < STEPS; step++) {
		switch (number(&trial, 5)) {
		case 0 ... 1:
			take(&trial);
			break;
		case 2 ... 3:
			give(&trial);
			break;
		default:
			take_and_give_block(&trial);
		}
		compare(&trial);
	}
}

/* However its pages are spread, all of a pool can be had, a few words at a time. */
static void freemap_pages_of_all_words(struct kunit *test)
{
	struct bp_freemap *map = bp_test_freemap(test, 4096, 10);
	u32 pfns[64], i, got, total = 0;

	for (i = 0; i < 64; i++)
		bp_freemap_give(map, 0, i * 64 + i);
	while ((got = bp_freemap_take_many(map, 0, 0, pfns,
					   ARRAY_SIZE(pfns)))) {
		KUNIT_ASSERT_TRUE(test, bp_freemap_ok(map));
		total += got;
	}
	KUNIT_EXPECT_EQ(test, total, 64);
	KUNIT_EXPECT_EQ(test, bp_freemap_weight(map), 0);
}

/* Many at once are split off as one by one. */
static void freemap_pages_count_splits(struct kunit *test)
{
	struct bp_buddy *one = bp_test_buddy(test, 1024, 10);
	struct bp_buddy *many = bp_test_buddy(test, 1024, 10);
	u32 pfns[BP_WORD_UNITS], nr, got, i;

	KUNIT_EXPECT_EQ(test, many->freemap.nr_splits, 0);
	KUNIT_EXPECT_EQ(test, many->freemap.nr_merges, 0);
	for (nr = 1; nr < 200; nr = 2 * nr + 1) {
		got = bp_buddy_take_many(many, 0, bp_tag_block(0), 0, pfns,
					 min_t(u32, nr, BP_WORD_UNITS));
		for (i = 0; i < got; i++)
			KUNIT_ASSERT_EQ(test, bp_buddy_alloc_block(one, 0),
					pfns[i]);
		KUNIT_EXPECT_EQ(test, many->freemap.nr_splits,
				one->freemap.nr_splits);
	}
	bp_test_free_all(test, one);
	bp_test_free_all(test, many);
	KUNIT_EXPECT_EQ(test, one->freemap.nr_splits, one->freemap.nr_merges);
	KUNIT_EXPECT_EQ(test, many->freemap.nr_splits, many->freemap.nr_merges);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(freemap_pages_count_splits),
	KUNIT_CASE_PARAM(freemap_pages_random, shape_gen_params),
	KUNIT_CASE(freemap_pages_of_all_words),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap_pages",
	.test_cases = cases,
};

kunit_test_suite(suite);
