// SPDX-License-Identifier: GPL-2.0
/*
 * A naive model of a cell.
 */
#include "naive.h"

#include <linux/kernel.h>
#include <linux/string.h>

/* Are all units of the block that @unit is in free? */
static bool is_free(const u8 *free, unsigned int order, u32 unit)
{
	const u32 nr = 1U << order;

	return !memchr_inv(free + round_down(unit, nr), 1, nr);
}

/**
 * bp_naive_block() - the free block that a unit is in
 * @free: a byte for each unit
 * @top: no block is larger than this order
 * @unit: the unit
 *
 * Return: its order; -1 if the unit is not free.
 */
int bp_naive_block(const u8 *free, unsigned int top, u32 unit)
{
	int order = -1;

	while (order < (int)top && is_free(free, order + 1, unit))
		order++;
	return order;
}

/**
 * bp_naive_largest() - the largest free block of a part
 * @free: as for bp_naive_block()
 * @top: as for bp_naive_block()
 * @start: the first unit of the part
 * @end: the unit behind it
 *
 * Return: its order; -1 if nothing is free.
 */
int bp_naive_largest(const u8 *free, unsigned int top, u32 start, u32 end)
{
	int largest = -1, order;
	u32 unit;

	for (unit = start; unit < end; unit += order < 0 ? 1 : 1U << order) {
		order = bp_naive_block(free, top, unit);
		largest = max(largest, order);
	}
	return largest;
}

/**
 * bp_naive_find() - the lowest of the smallest blocks that will do
 * @free: as for bp_naive_block()
 * @top: as for bp_naive_block()
 * @want: the order that is wanted
 * @start: the first unit of the part to look at
 * @end: the unit behind it
 * @found: set to the first unit of the block
 *
 * Return: its order; -1 if there is none.
 */
int bp_naive_find(const u8 *free, unsigned int top, unsigned int want,
		  u32 start, u32 end, u32 *found)
{
	int best = -1, order;
	u32 unit;

	for (unit = start; unit < end; unit += order < 0 ? 1 : 1U << order) {
		order = bp_naive_block(free, top, unit);
		if (order < (int)want || (best >= 0 && order >= best))
			continue;
		best = order;
		*found = unit;
	}
	return best;
}

/**
 * bp_naive_column() - what a word has in its cell's fit
 * @largest: the order of its largest free block; -1 if nothing is free
 * @nr: which word it is
 *
 * Return: its bits.
 */
u64 bp_naive_column(int largest, unsigned int nr)
{
	u64 fit = 0;

	for (; largest >= 0; largest--)
		fit |= 1ULL << (8 * largest + nr);
	return fit;
}

static int largest_of_word(const u8 *free, unsigned int top, unsigned int nr)
{
	return bp_naive_largest(free, min_t(unsigned int, top, BP_WORD_ORDER),
				nr * BP_WORD_UNITS, (nr + 1) * BP_WORD_UNITS);
}

/**
 * bp_naive_fit() - the fit of a cell
 * @free: a byte for each of its units
 * @top: no block is larger than this order
 *
 * Return: the fit.
 */
u64 bp_naive_fit(const u8 *free, unsigned int top)
{
	const int class = bp_naive_largest(free, top, 0, BP_CELL_UNITS);
	u64 fit = (u64)(class + 1) << 56;
	unsigned int nr;

	for (nr = 0; nr < BP_CELL_WORDS; nr++)
		fit |= bp_naive_column(largest_of_word(free, top, nr), nr);
	return fit;
}

/**
 * bp_naive_word() - the word whose largest block is the smallest that will do
 * @largest: for each word of a cell, the order of its largest block; or -1
 * @want: the order that is wanted
 *
 * Return: the word, the lowest of several; %BP_CELL_WORDS if there is none.
 */
unsigned int bp_naive_word(const int *largest, unsigned int want)
{
	unsigned int nr, best = BP_CELL_WORDS;

	for (nr = 0; nr < BP_CELL_WORDS; nr++)
		if (largest[nr] >= (int)want &&
		    (best == BP_CELL_WORDS || largest[nr] < largest[best]))
			best = nr;
	return best;
}

/**
 * bp_naive_choose() - the block that bp_cell_take() has to take from
 * @free: as for bp_naive_fit()
 * @top: as for bp_naive_fit()
 * @want: the order that is wanted
 * @found: set to the first unit of the block
 *
 * Return: its order; -1 if there is none.
 */
int bp_naive_choose(const u8 *free, unsigned int top, unsigned int want,
		    u32 *found)
{
	int largest[BP_CELL_WORDS];
	unsigned int nr;

	for (nr = 0; nr < BP_CELL_WORDS; nr++)
		largest[nr] = largest_of_word(free, top, nr);
	nr = bp_naive_word(largest, want);
	if (nr < BP_CELL_WORDS && largest[nr] < BP_WORD_ORDER)
		return bp_naive_find(free, top, want, nr * BP_WORD_UNITS,
				     (nr + 1) * BP_WORD_UNITS, found);
	return bp_naive_find(free, top,
			     max_t(unsigned int, want, BP_WORD_ORDER), 0,
			     BP_CELL_UNITS, found);
}
