// SPDX-License-Identifier: GPL-2.0
/*
 * The parts of a cell: the blocks in a word of bits, and the fit.
 */
#include "cell.h"

#include <linux/prandom.h>

#include "naive.h"
#include "testlib.h"

#define NR_WORDS 300

/* A number below @end, which is not 0. */
static u32 below(struct rnd_state *rnd, u32 end)
{
	return prandom_u32_state(rnd) % end;
}

/* What a bit says of each unit. */
static void spread(u64 bits, u8 *free)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		free[bit] = bits >> bit & 1;
}

/*
 * A word of blocks of all orders: some blocks of an order, some of another; words
 * of random bits have hardly any block above order 2.
 */
static u64 some_word(struct rnd_state *rnd)
{
	unsigned int i, nr = below(rnd, 12);
	u64 word = below(rnd, 2) ? 0 : ~0ULL;

	for (i = 0; i < nr; i++) {
		unsigned int order = below(rnd, 6);
		u64 block = bp_ones(order)
			    << round_down(below(rnd, 64), 1U << order);

		word = below(rnd, 2) ? word | block : word & ~block;
	}
	return word;
}

static void expect_bits(struct kunit *test, u64 bits, unsigned int top)
{
	unsigned int want, bit, order;
	u32 expected_bit = 0;
	int expected;
	u8 free[64];

	spread(bits, free);
	KUNIT_ASSERT_EQ_MSG(test, bp_bits_largest(bits, top),
			    bp_naive_largest(free, top, 0, 64),
			    "%016llx, top %u", bits, top);
	for (bit = 0; bit < 64; bit++)
		if (free[bit])
			KUNIT_ASSERT_EQ_MSG(test,
					    bp_bits_merged(bits, top, bit),
					    bp_naive_block(free, top, bit),
					    "%016llx, top %u, bit %u", bits,
					    top, bit);
	for (want = 0; want <= top; want++) {
		expected = bp_naive_find(free, top, want, 0, 64, &expected_bit);
		if (expected < 0)
			break;
		order = want;
		KUNIT_ASSERT_EQ_MSG(test,
				    __ffs64(bp_bits_find(bits, top, &order)),
				    expected_bit, "%016llx, top %u, order %u",
				    bits, top, want);
		KUNIT_ASSERT_EQ_MSG(test, order, expected,
				    "%016llx, top %u, order %u", bits, top,
				    want);
	}
}

static void bits_of_edge_words(struct kunit *test)
{
	unsigned int top, order, bit;

	for (top = 0; top <= 6; top++) {
		expect_bits(test, 0, top);
		expect_bits(test, ~0ULL, top);
		for (bit = 0; bit < 64; bit++) {
			expect_bits(test, 1ULL << bit, top);
			expect_bits(test, ~(1ULL << bit), top);
		}
		for (order = 0; order < 6; order++) {
			u64 odd = 0;

			for (bit = 0; bit < 64; bit += 1U << order) {
				u64 block = bp_ones(order) << bit;

				expect_bits(test, block, top);
				expect_bits(test, ~block, top);
				odd |= bit >> order & 1 ? block : 0;
			}
			/* Every other block. */
			expect_bits(test, odd, top);
			expect_bits(test, ~odd, top);
		}
	}
}

static void bits_of_random_words(struct kunit *test)
{
	const u32 seed = bp_test_seed();
	struct rnd_state rnd;
	unsigned int i, top;

	kunit_info(test, "seed=%u", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < NR_WORDS; i++) {
		u64 few = ~0ULL, word = some_word(&rnd);

		for (top = 0; top <= 6; top++)
			expect_bits(test, word, top);
		/* A half, a quarter, down to a 16th of the bits; or all but. */
		for (top = 0; top < i % 4 + 1; top++)
			few &= (u64)prandom_u32_state(&rnd) << 32 |
			       prandom_u32_state(&rnd);
		for (top = 0; top <= 6; top++) {
			expect_bits(test, few, top);
			expect_bits(test, ~few, top);
		}
	}
}

/* The eight words of a cell, as one that is full or not. */
static void bits_of_full_words(struct kunit *test)
{
	unsigned int top, bits;

	for (bits = 0; bits < 256; bits++)
		for (top = 0; top <= 3; top++)
			expect_bits(test, bits, top);
}

static void fit_of_nothing(struct kunit *test)
{
	unsigned int top;

	KUNIT_EXPECT_EQ(test, bp_fit_class(BP_FIT_EMPTY), -1);
	KUNIT_EXPECT_EQ(test, bp_fit_full(BP_FIT_EMPTY), 0);
	for (top = 0; top <= BP_CELL_ORDER; top++)
		KUNIT_EXPECT_EQ(test, bp_fit_largest(BP_FIT_EMPTY, top), -1);
}

/* The class is marked in a byte of its own. */
static void fit_mark(struct kunit *test)
{
	const u64 words = 0x00a5ff00ff5a81c3ULL;
	u64 fit = words;
	int order;

	for (order = BP_CELL_ORDER; order >= -1; order--) {
		fit = bp_fit_mark(fit, order);
		KUNIT_EXPECT_EQ(test, bp_fit_class(fit), order);
		KUNIT_EXPECT_EQ(test, bp_fit_full(fit), 0xa5);
		KUNIT_EXPECT_EQ(test, fit & GENMASK_ULL(55, 0), words);
	}
}

static void fit_set(struct kunit *test)
{
	unsigned int nr;
	int from, to;

	for (nr = 0; nr < BP_CELL_WORDS; nr++) {
		const u64 others = GENMASK_ULL(63, 0) & ~bp_naive_column(6, nr);

		for (from = -1; from <= 6; from++) {
			u64 with = bp_naive_column(from, nr);

			for (to = -1; to <= 6; to++) {
				u64 expected = bp_naive_column(to, nr);

				KUNIT_EXPECT_EQ(test, bp_fit_set(with, nr, to),
						expected);
				KUNIT_EXPECT_EQ(test,
						bp_fit_set(with | others, nr,
							   to),
						expected | others);
			}
		}
	}
}

static void fit_find(struct kunit *test)
{
	const u32 seed = bp_test_seed();
	struct rnd_state rnd;
	unsigned int i, nr;

	kunit_info(test, "seed=%u", seed);
	prandom_seed_state(&rnd, seed);
	for (i = 0; i < 10 * NR_WORDS; i++) {
		int largest[BP_CELL_WORDS], highest = -1, want;
		/* Few orders, and all of them. */
		unsigned int range = 2 + i % 7;
		u64 fit = 0;

		for (nr = 0; nr < BP_CELL_WORDS; nr++) {
			largest[nr] = (int)below(&rnd, range) - 1;
			highest = max(highest, largest[nr]);
			fit |= bp_naive_column(largest[nr], nr);
		}
		fit = bp_fit_mark(fit, highest);
		KUNIT_ASSERT_EQ(test, bp_fit_largest(fit, 6), highest);
		for (want = 0; want <= highest; want++) {
			unsigned int word = bp_naive_word(largest, want), order;

			KUNIT_ASSERT_EQ_MSG(test,
					    bp_fit_find(fit, want, &order),
					    word, "fit %016llx, order %d", fit,
					    want);
			KUNIT_ASSERT_EQ(test, order, largest[word]);
		}
	}
}

/* Which words are full tells how large the blocks above order 6 are. */
static void fit_largest_of_full_words(struct kunit *test)
{
	unsigned int top, full, nr;
	u8 free[64];

	for (full = 1; full < 256; full++) {
		u64 fit = 0;

		spread(full, free);
		for (nr = 0; nr < BP_CELL_WORDS; nr++)
			fit |= bp_naive_column(full >> nr & 1 ? 6 : (int)nr - 2,
					       nr);
		KUNIT_EXPECT_EQ(test, bp_fit_full(fit), full);
		for (top = 6; top <= BP_CELL_ORDER; top++)
			KUNIT_EXPECT_EQ(test, bp_fit_largest(fit, top),
					6 + bp_naive_largest(free, top - 6, 0,
							     8));
	}
}

static const struct kunit_attributes slow = { .speed = KUNIT_SPEED_SLOW };

static struct kunit_case cases[] = {
	KUNIT_CASE(bits_of_edge_words),
	KUNIT_CASE_ATTR(bits_of_random_words, slow),
	KUNIT_CASE(bits_of_full_words),
	KUNIT_CASE(fit_of_nothing),
	KUNIT_CASE(fit_mark),
	KUNIT_CASE(fit_set),
	KUNIT_CASE(fit_find),
	KUNIT_CASE(fit_largest_of_full_words),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_cell",
	.test_cases = cases,
};

kunit_test_suite(suite);
