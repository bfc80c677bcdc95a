// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas: many blocks taken at a time are those that would be taken one by
 * one, as long as they are of one word.
 */
#include "freemap.h"

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/minmax.h>

#include "freemaplib.h"
#include "testlib.h"

/* Blocks of all orders, alone and beside each other. */
static const u64 words[] = {
	0x1ULL,
	0x8000000000000000ULL,
	0xffULL,
	0xf0fULL,
	0x5555555555555555ULL,
	0x00ff00f00c010033ULL,
	0xfffffffe7fff3f1dULL,
	0xffffffff00000000ULL,
	0xffff0000ffff00ffULL,
	0xfffffffffffffffeULL,
	0x7fffffffffffffffULL,
};

static const u32 numbers[] = { 1, 2, 3, 5, 8, 20, 63, 64 };

/**
 * struct twins - two free areas that have the same free
 * @test: the case
 * @many: of which many blocks are taken at a time
 * @one: of which they are taken one by one
 */
struct twins {
	struct kunit *test;
	struct bp_freemap *many;
	struct bp_freemap *one;
};

static struct twins new_twins(struct kunit *test, u32 nr_pages,
			      unsigned int max_order)
{
	return (struct twins){
		.test = test,
		.many = bp_test_freemap(test, nr_pages, max_order),
		.one = bp_test_freemap(test, nr_pages, max_order),
	};
}

static u32 nr_blocks(u64 bits, unsigned int order)
{
	u32 bit, nr = 0;

	for (bit = 0; bit < 64; bit += 1U << order)
		nr += (bits >> bit & bp_ones(order)) == bp_ones(order);
	return nr;
}

static void compare(const struct twins *twins)
{
	const struct bp_freemap *many = twins->many, *one = twins->one;
	u32 of_many[BP_NR_ORDERS], of_one[BP_NR_ORDERS];
	struct kunit *test = twins->test;

	KUNIT_EXPECT_TRUE(test, bp_freemap_ok(many));
	KUNIT_EXPECT_MEMEQ(test, many->pages.cell, one->pages.cell,
			   sizeof(struct bp_cell));
	KUNIT_EXPECT_EQ(test, many->pages.fit[0], one->pages.fit[0]);
	KUNIT_EXPECT_EQ(test, many->nr_splits, one->nr_splits);
	KUNIT_EXPECT_EQ(test, many->nr_merges, one->nr_merges);
	bp_freemap_count(many, of_many);
	bp_freemap_count(one, of_one);
	KUNIT_EXPECT_MEMEQ(test, of_many, of_one, sizeof(of_one));
}

/* Take up to @nr blocks of both, and give them back. */
static void take_and_give(const struct twins *twins, unsigned int order, u32 nr,
			  u32 expected)
{
	struct kunit *test = twins->test;
	u32 of_many[64], of_one[64], i;

	KUNIT_ASSERT_EQ(test, expected,
			bp_freemap_take_many(twins->many, order, 0, of_many,
					     nr));
	for (i = 0; i < expected; i++) {
		KUNIT_ASSERT_GE(test,
				bp_freemap_take(twins->one, order, &of_one[i]),
				(int)order);
		if (i)
			KUNIT_EXPECT_LT(test, of_many[i - 1], of_many[i]);
	}
	compare(twins);
	for (i = 0; i < expected; i++) {
		bp_freemap_give(twins->many, order, of_many[i]);
		bp_freemap_give(twins->one, order, of_one[i]);
	}
	compare(twins);
}

static void empty(const struct twins *twins)
{
	u32 pfn;

	while (bp_freemap_take(twins->many, 0, &pfn) >= 0)
		bp_freemap_take(twins->one, 0, &pfn);
	bp_test_expect_nothing(twins->test, twins->many, 512);
	compare(twins);
}

static const unsigned int orders[] = { 0, 1, 2, 5, 6, 9, 12 };

static void order_desc(const unsigned int *order, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "max_order %u", *order);
}

KUNIT_ARRAY_PARAM(order, orders, order_desc);

static void many_of_a_word(struct kunit *test)
{
	const unsigned int max_order = *(const unsigned int *)test->param_value;
	const struct twins twins = new_twins(test, 512, max_order);
	unsigned int word, order, i;
	u32 nr;

	for (word = 0; word < ARRAY_SIZE(words); word++) {
		bp_freemap_give_word(twins.many, 3, words[word]);
		bp_freemap_give_word(twins.one, 3, words[word]);
		for (order = 0; order <= min(max_order, 5U); order++) {
			nr = nr_blocks(words[word], order);
			for (i = 0; i < ARRAY_SIZE(numbers); i++)
				take_and_give(&twins, order, numbers[i],
					      min(nr, numbers[i]));
		}
		empty(&twins);
	}
}

/* Of a block that is a word or more, as many as make a block. */
static void many_of_a_block(struct kunit *test)
{
	const struct twins twins = new_twins(test, 2048, 11);
	unsigned int order, i;
	u32 nr;

	bp_freemap_give(twins.many, 11, 0);
	bp_freemap_give(twins.one, 11, 0);
	for (order = 0; order <= 11; order++) {
		for (i = 0; i < ARRAY_SIZE(numbers); i++) {
			nr = order < 6 ? min(numbers[i], 64U >> order) : 1;
			take_and_give(&twins, order, numbers[i],
				      rounddown_pow_of_two(nr));
		}
	}
}

static void give_pages(const struct twins *twins, u64 bits)
{
	bp_freemap_give_word(twins->many, 7, bits);
	for (; bits; bits &= bits - 1)
		bp_freemap_give(twins->one, 0,
				7 * BP_WORD_UNITS + __ffs64(bits));
	compare(twins);
}

/* Pages of a word that are given together merge as one by one. */
static void many_given(struct kunit *test)
{
	const unsigned int max_order = *(const unsigned int *)test->param_value;
	const struct twins twins = new_twins(test, 512, max_order);
	unsigned int first, second;

	for (first = 0; first < ARRAY_SIZE(words); first++) {
		for (second = 0; second < ARRAY_SIZE(words); second++) {
			give_pages(&twins, words[first]);
			give_pages(&twins, words[second] & ~words[first]);
			empty(&twins);
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(many_of_a_word, order_gen_params),
	KUNIT_CASE(many_of_a_block),
	KUNIT_CASE_PARAM(many_given, order_gen_params),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_freemap_many",
	.test_cases = cases,
};

kunit_test_suite(suite);
