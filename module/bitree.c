// SPDX-License-Identifier: GPL-2.0
/*
 * A bitmap with summaries: what is not on the hot path.
 */
#include "bitree.h"

#include <linux/bitmap.h>
#include <linux/kernel.h>

/**
 * bp_bitree_size() - how much memory bp_bitree_init() wants
 * @nr_bits: size of the bitmap, at least 1
 *
 * Return: bytes.
 */
size_t bp_bitree_size(u32 nr_bits)
{
	u32 words = BITS_TO_LONGS(nr_bits);
	size_t total = words;

	while (words > 1) {
		words = BITS_TO_LONGS(words);
		total += words;
	}
	return total * sizeof(long);
}

/**
 * bp_bitree_init() - make a tree without any bit set
 * @tree: the tree
 * @nr_bits: size of the bitmap, at least 1
 * @memory: bp_bitree_size() bytes of zeroes
 *
 * Return: the end of what is used of @memory.
 */
void *bp_bitree_init(struct bp_bitree *tree, u32 nr_bits, void *memory)
{
	u32 words = BITS_TO_LONGS(nr_bits);
	unsigned long *next = memory;

	tree->top = 0;
	tree->level[0] = next;
	for (next += words; words > 1; next += words) {
		words = BITS_TO_LONGS(words);
		tree->level[++tree->top] = next;
	}
	return next;
}

/**
 * bp_bitree_count() - count the set bits one by one
 * @tree: the tree
 * @nr_bits: size of the bitmap
 *
 * Return: how many there are, those behind the end of the bitmap included.
 */
u32 bp_bitree_count(const struct bp_bitree *tree, u32 nr_bits)
{
	return bitmap_weight(tree->level[0], round_up(nr_bits, BITS_PER_LONG));
}

/* Is each bit of @level set just where the word below is not zero? */
static bool level_ok(const struct bp_bitree *tree, unsigned int level,
		     u32 words_below)
{
	const u32 bits = round_up(words_below, BITS_PER_LONG);
	u32 bit;

	for (bit = 0; bit < bits; bit++) {
		bool expected = bit < words_below &&
				tree->level[level - 1][bit];

		if (test_bit(bit, tree->level[level]) != expected)
			return false;
	}
	return true;
}

/**
 * bp_bitree_summary_ok() - do the summaries agree with the bitmap?
 * @tree: the tree
 * @nr_bits: size of the bitmap
 *
 * Return: whether they do.
 */
bool bp_bitree_summary_ok(const struct bp_bitree *tree, u32 nr_bits)
{
	u32 words = BITS_TO_LONGS(nr_bits);
	unsigned int level;

	for (level = 1; level <= tree->top; level++) {
		if (!level_ok(tree, level, words))
			return false;
		words = BITS_TO_LONGS(words);
	}
	return true;
}
