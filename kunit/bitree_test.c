// SPDX-License-Identifier: GPL-2.0
/*
 * The bitmap with summaries.
 */
#include "bitree.h"

#include <linux/prandom.h>
#include <linux/string.h>

#include "testlib.h"

static const u32 sizes[] = { 1, 2, 63, 64, 65, 4095, 4096, 4097, 262145 };

static void size_desc(const u32 *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u bits", *size);
}

KUNIT_ARRAY_PARAM(size, sizes, size_desc);

static struct bp_bitree *new_tree(struct kunit *test, u32 nr_bits)
{
	struct bp_bitree *tree = kunit_kzalloc(test, sizeof(*tree), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tree);
	/* It may have been anything before. */
	memset(tree, 0xff, sizeof(*tree));
	bp_bitree_init(tree, nr_bits,
		       bp_test_vzalloc(test, bp_bitree_size(nr_bits)));
	return tree;
}

static void bitree_size_is_what_init_uses(struct kunit *test)
{
	const u32 nr_bits = *(const u32 *)test->param_value;
	size_t size = bp_bitree_size(nr_bits);
	void *memory = bp_test_vzalloc(test, size);
	struct bp_bitree tree = {};

	KUNIT_EXPECT_PTR_EQ(test, bp_bitree_init(&tree, nr_bits, memory),
			    memory + size);
}

static void bitree_size_in_words(struct kunit *test)
{
	const size_t bits = BITS_PER_LONG;

	KUNIT_EXPECT_EQ(test, bp_bitree_size(1), sizeof(long));
	KUNIT_EXPECT_EQ(test, bp_bitree_size(bits), sizeof(long));
	KUNIT_EXPECT_EQ(test, bp_bitree_size(bits + 1), 3 * sizeof(long));
	KUNIT_EXPECT_EQ(test, bp_bitree_size(bits * bits),
			(bits + 1) * sizeof(long));
	KUNIT_EXPECT_EQ(test, bp_bitree_size(bits * bits + 1),
			(bits + 1 + 2 + 1) * sizeof(long));
}

static void bitree_init_is_empty(struct kunit *test)
{
	const u32 nr_bits = *(const u32 *)test->param_value;
	struct bp_bitree *tree = new_tree(test, nr_bits);

	KUNIT_EXPECT_TRUE(test, bp_bitree_empty(tree));
	KUNIT_EXPECT_EQ(test, bp_bitree_count(tree, nr_bits), 0);
	KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, nr_bits));
}

/* The last bit, and the first, alone in the tree. */
static void bitree_ends(struct kunit *test)
{
	const u32 nr_bits = *(const u32 *)test->param_value;
	struct bp_bitree *tree = new_tree(test, nr_bits);
	const u32 last = nr_bits - 1;

	bp_bitree_set(tree, last);
	KUNIT_EXPECT_TRUE(test, bp_bitree_test(tree, last));
	KUNIT_EXPECT_FALSE(test, bp_bitree_empty(tree));
	KUNIT_EXPECT_EQ(test, bp_bitree_first(tree), last);
	KUNIT_EXPECT_EQ(test, bp_bitree_count(tree, nr_bits), 1);
	KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, nr_bits));
	bp_bitree_clear(tree, last);
	KUNIT_EXPECT_TRUE(test, bp_bitree_empty(tree));

	bp_bitree_set(tree, 0);
	KUNIT_EXPECT_EQ(test, bp_bitree_first(tree), 0);
	KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, nr_bits));
	bp_bitree_clear(tree, 0);
	KUNIT_EXPECT_TRUE(test, bp_bitree_empty(tree));
	KUNIT_EXPECT_EQ(test, bp_bitree_count(tree, nr_bits), 0);
	KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, nr_bits));
}

static void bitree_first_is_the_lowest(struct kunit *test)
{
	static const u32 bits[] = { 262144, 262143, 200000, 65536, 65535, 4096,
				    4095,   640,    64,     63,    1,     0 };
	struct bp_bitree *tree = new_tree(test, 262145);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		bp_bitree_set(tree, bits[i]);
		KUNIT_EXPECT_EQ(test, bp_bitree_first(tree), bits[i]);
	}
	KUNIT_EXPECT_EQ(test, bp_bitree_count(tree, 262145), i);
	while (i--) {
		KUNIT_EXPECT_EQ(test, bp_bitree_first(tree), bits[i]);
		bp_bitree_clear(tree, bits[i]);
	}
	KUNIT_EXPECT_TRUE(test, bp_bitree_empty(tree));
	KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, 262145));
}

static void bitree_clear_tells_what_is_left(struct kunit *test)
{
	const u32 nr_bits = *(const u32 *)test->param_value;
	struct bp_bitree *tree = new_tree(test, nr_bits);
	const u32 last = nr_bits - 1;

	bp_bitree_set(tree, last);
	if (last) {
		KUNIT_EXPECT_FALSE(test, bp_bitree_clear(tree, 0));
		bp_bitree_set(tree, 0);
		KUNIT_EXPECT_FALSE(test, bp_bitree_clear(tree, 0));
	}
	KUNIT_EXPECT_TRUE(test, bp_bitree_test(tree, last));
	KUNIT_EXPECT_TRUE(test, bp_bitree_clear(tree, last));
	KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, nr_bits));
}

/* Of a whole word, only the last bit to go may change what is above. */
static void bitree_summary_follows_the_last_bit(struct kunit *test)
{
	struct bp_bitree *tree = new_tree(test, 8192);
	u32 bit;

	bp_bitree_set(tree, 8191);
	for (bit = 64; bit < 128; bit++)
		bp_bitree_set(tree, bit);
	for (bit = 64; bit < 128; bit++) {
		KUNIT_EXPECT_EQ(test, bp_bitree_first(tree), bit);
		bp_bitree_clear(tree, bit);
		KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, 8192));
	}
	KUNIT_EXPECT_EQ(test, bp_bitree_first(tree), 8191);
}

static void bitree_summary_ok_sees_what_is_wrong(struct kunit *test)
{
	struct bp_bitree *tree = new_tree(test, 262145);
	unsigned int level;

	bp_bitree_set(tree, 262144);
	KUNIT_ASSERT_GE(test, tree->top, 2);
	for (level = 1; level <= tree->top; level++) {
		/* A bit too many. */
		*tree->level[level] ^= BIT(5);
		KUNIT_EXPECT_FALSE(test, bp_bitree_summary_ok(tree, 262145));
		*tree->level[level] ^= BIT(5);
		KUNIT_EXPECT_TRUE(test, bp_bitree_summary_ok(tree, 262145));
	}
	/* A bit too few. */
	*tree->level[tree->top] = 0;
	KUNIT_EXPECT_FALSE(test, bp_bitree_summary_ok(tree, 262145));
}

/* Against the plainest of models: a byte for each bit. */
static void bitree_random(struct kunit *test)
{
	enum { NR = 5000, STEPS = 20000 };
	struct bp_bitree *tree = new_tree(test, NR);
	u8 *model = bp_test_vzalloc(test, NR);
	u32 count = 0, i, bit;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < STEPS; i++) {
		bit = prandom_u32_state(&rnd) % NR;
		/* Mostly setting, then mostly clearing, by turns. */
		if (prandom_u32_state(&rnd) % 8 < (i / 5000 % 2 ? 1 : 7)) {
			bp_bitree_set(tree, bit);
			count += !model[bit];
			model[bit] = 1;
		} else if (model[bit]) {
			bp_bitree_clear(tree, bit);
			count--;
			model[bit] = 0;
		}
		KUNIT_ASSERT_EQ(test, bp_bitree_test(tree, bit), model[bit]);
		KUNIT_ASSERT_EQ(test, bp_bitree_empty(tree), !count);
		if (count)
			KUNIT_ASSERT_PTR_EQ(test, model + bp_bitree_first(tree),
					    (u8 *)memchr(model, 1, NR));
		if (i % 64)
			continue;
		KUNIT_ASSERT_EQ(test, bp_bitree_count(tree, NR), count);
		KUNIT_ASSERT_TRUE(test, bp_bitree_summary_ok(tree, NR));
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(bitree_size_is_what_init_uses, size_gen_params),
	KUNIT_CASE(bitree_size_in_words),
	KUNIT_CASE_PARAM(bitree_init_is_empty, size_gen_params),
	KUNIT_CASE_PARAM(bitree_ends, size_gen_params),
	KUNIT_CASE_PARAM(bitree_clear_tells_what_is_left, size_gen_params),
	KUNIT_CASE(bitree_first_is_the_lowest),
	KUNIT_CASE(bitree_summary_follows_the_last_bit),
	KUNIT_CASE(bitree_summary_ok_sees_what_is_wrong),
	KUNIT_CASE(bitree_random),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_bitree",
	.test_cases = cases,
};

kunit_test_suite(suite);
