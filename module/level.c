// SPDX-License-Identifier: GPL-2.0
/*
 * Any number of cells, and their index.
 */
#include "level.h"

#include <linux/bitops.h>
#include <linux/minmax.h>

/**
 * bp_level_size() - how much memory bp_level_init() wants
 * @nr: how many cells there are to be
 * @top: the largest order of a block, in units
 *
 * Return: bytes.
 */
size_t bp_level_size(u32 nr, unsigned int top)
{
	return nr * (sizeof(struct bp_cell) + sizeof(u64)) +
	       (top + 1) * bp_bitree_size(nr);
}

/**
 * bp_level_init() - make a level of which nothing is free
 * @level: the level, all zeroes
 * @nr: how many cells it has
 * @top: the largest order of a block, in units
 * @memory: bp_level_size() bytes of zeroes, aligned to a cache line
 *
 * Return: the end of what is used of @memory.
 */
void *bp_level_init(struct bp_level *level, u32 nr, unsigned int top,
		    void *memory)
{
	unsigned int order;

	level->top = top;
	level->nr_cells = nr;
	level->cell = memory;
	level->fit = memory + nr * sizeof(struct bp_cell);
	memory = level->fit + nr;
	for (order = 0; order <= top; order++)
		memory = bp_bitree_init(&level->index[order], nr, memory);
	return memory;
}

/**
 * bp_level_claim() - take out certain units
 * @level: the level
 * @order: how many: 2^@order
 * @unit: the first, a multiple of 2^@order; all of them are free
 *
 * Return: the order of the block that they were split off.
 */
int bp_level_claim(struct bp_level *level, unsigned int order, u32 unit)
{
	const u32 nr = unit / BP_CELL_UNITS;
	const int class = bp_fit_class(level->fit[nr]);
	int found = bp_cell_claim(&level->cell[nr], &level->fit[nr], level->top,
				  order, unit % BP_CELL_UNITS);

	bp_level_reindex(level, nr, class);
	return found;
}

/**
 * bp_level_block() - the free block that a unit is in
 * @level: the level
 * @unit: the unit
 *
 * Return: its order; -1 if the unit is not free.
 */
int bp_level_block(const struct bp_level *level, u32 unit)
{
	const u32 nr = unit / BP_CELL_UNITS;

	return bp_cell_block(&level->cell[nr], level->fit[nr], level->top,
			     unit % BP_CELL_UNITS);
}

/**
 * bp_level_weight() - count the free units one by one
 * @level: the level
 *
 * Return: how many there are.
 */
u32 bp_level_weight(const struct bp_level *level)
{
	u32 nr, weight = 0;
	unsigned int i;

	for (nr = 0; nr < level->nr_cells; nr++)
		for (i = 0; i < BP_CELL_WORDS; i++)
			weight += hweight64(level->cell[nr].word[i]);
	return weight;
}

/* Does the fit of a cell say what its words do? */
static bool fit_ok(const struct bp_level *level, u32 nr)
{
	const unsigned int top = min_t(unsigned int, level->top, BP_WORD_ORDER);
	const struct bp_cell *cell = &level->cell[nr];
	u64 fit = BP_FIT_EMPTY;
	unsigned int i;

	for (i = 0; i < BP_CELL_WORDS; i++)
		fit = bp_fit_set(fit, i, bp_bits_largest(cell->word[i], top));
	fit = bp_fit_mark(fit, bp_fit_largest(fit, level->top));
	return fit == level->fit[nr];
}

/* Is a cell in the class that it belongs to, and in no other? */
static bool cell_ok(const struct bp_level *level, u32 nr)
{
	const int class = bp_fit_class(level->fit[nr]);
	int other;

	if (!fit_ok(level, nr))
		return false;
	for (other = 0; other <= level->top; other++) {
		const bool expected = other == class;

		if (bp_bitree_test(&level->index[other], nr) != expected)
			return false;
	}
	return true;
}

/**
 * bp_level_ok() - is all that is known of the free units consistent?
 * @level: the level
 *
 * Return: whether it is.
 */
bool bp_level_ok(const struct bp_level *level)
{
	const u32 nr = level->nr_cells;
	u32 i, in_use = 0, indexed = 0;
	unsigned int order;

	if (!nr)
		return !level->classes;
	for (i = 0; i < nr; i++) {
		if (!cell_ok(level, i))
			return false;
		in_use += level->fit[i] != BP_FIT_EMPTY;
	}
	for (order = 0; order <= level->top; order++) {
		const struct bp_bitree *index = &level->index[order];

		if (!bp_bitree_summary_ok(index, nr) ||
		    bp_bitree_empty(index) ==
			    !!(level->classes & (1U << order)))
			return false;
		indexed += bp_bitree_count(index, nr);
	}
	/* There may be neither cells nor classes beyond the last one. */
	return indexed == in_use && !(level->classes >> (level->top + 1));
}
