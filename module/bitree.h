/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bitmap whose first set bit is found in a few steps.
 *
 * Above the bitmap lie summaries: a bit for each word below that is not zero, up
 * to a single word. The first set bit is found in one step a level, and a bit is
 * set or cleared in one step, or one a level where a word ceases to be zero or
 * becomes so.
 */
#ifndef BP_BITREE_H
#define BP_BITREE_H

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/types.h>

/* Enough for 2^30 bits, also where a word has 32. */
#define BP_BITREE_LEVELS 6

/* log2 of the bits of a word: of the tree's fan-out. */
#define BP_BITREE_SHIFT ilog2(BITS_PER_LONG)

/**
 * struct bp_bitree - a bitmap with summaries
 * @top: the level that is a single word; constant after init
 * @level: the words of each level, from the bitmap upwards; the pointers are
 *	constant after init, the words protected by the caller's lock
 */
struct bp_bitree {
	u8 top;
	unsigned long *level[BP_BITREE_LEVELS];
};

/**
 * bp_bitree_test() - is a bit set?
 * @tree: the tree
 * @bit: which one, within the last word that the tree has
 *
 * Return: whether it is.
 */
static inline bool bp_bitree_test(const struct bp_bitree *tree, u32 bit)
{
	return test_bit(bit, tree->level[0]);
}

/**
 * bp_bitree_set() - set a bit
 * @tree: the tree
 * @bit: which one
 */
static inline void bp_bitree_set(struct bp_bitree *tree, u32 bit)
{
	unsigned int level;

	for (level = 0; level <= tree->top; level++) {
		unsigned long *word =
			&tree->level[level][bit >> BP_BITREE_SHIFT];
		const unsigned long old = *word;

		*word = old | BIT(bit % BITS_PER_LONG);
		if (old)
			return;
		bit >>= BP_BITREE_SHIFT;
	}
}

/**
 * bp_bitree_clear() - clear a bit
 * @tree: the tree
 * @bit: which one, within the last word that the tree has
 *
 * Return: whether no bit is set any more.
 */
static inline bool bp_bitree_clear(struct bp_bitree *tree, u32 bit)
{
	unsigned int level;

	for (level = 0; level <= tree->top; level++) {
		unsigned long *word =
			&tree->level[level][bit >> BP_BITREE_SHIFT];

		*word &= ~BIT(bit % BITS_PER_LONG);
		if (*word)
			return false;
		bit >>= BP_BITREE_SHIFT;
	}
	return true;
}

/**
 * bp_bitree_empty() - is no bit set?
 * @tree: the tree
 *
 * Return: whether none is.
 */
static inline bool bp_bitree_empty(const struct bp_bitree *tree)
{
	return !tree->level[tree->top][0];
}

/**
 * bp_bitree_first() - the first set bit
 * @tree: a tree that is not empty
 *
 * Return: the bit.
 */
static inline u32 bp_bitree_first(const struct bp_bitree *tree)
{
	int level = tree->top;
	u32 bit = 0;

	for (; level >= 0; level--)
		bit = (bit << BP_BITREE_SHIFT) | __ffs(tree->level[level][bit]);
	return bit;
}

size_t bp_bitree_size(u32 nr_bits);
void *bp_bitree_init(struct bp_bitree *tree, u32 nr_bits, void *memory);
u32 bp_bitree_count(const struct bp_bitree *tree, u32 nr_bits);
bool bp_bitree_summary_ok(const struct bp_bitree *tree, u32 nr_bits);

#endif /* BP_BITREE_H */
