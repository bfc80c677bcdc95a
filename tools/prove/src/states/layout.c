// SPDX-License-Identifier: GPL-2.0
/*
 * What a pool must be like.
 *
 * Everything is done one unit after the other, for it is to be seen to be right.
 */
#include "layout.h"

/* The orders of the module's summaries, in pages: a word, a pageblock. */
#define WORD 6
#define CELL 9

/* Are the units of the block of @order that @unit is in all of @free? */
static bool is_free_block(const struct shape *shape, u32 free,
			  unsigned int unit, unsigned int order)
{
	const unsigned int nr = 1U << order, start = unit / nr * nr;
	const u32 block = ((1U << nr) - 1) << start;

	return start + nr <= shape->nr_units && (free & block) == block;
}

/**
 * layout_block() - the free block that a unit is in
 * @shape: the pool's
 * @free: the free units
 * @unit: the unit
 *
 * Return: the largest order whose block is free as a whole; -1 if the unit is not.
 */
int layout_block(const struct shape *shape, u32 free, unsigned int unit)
{
	int order = -1;

	while (order < (int)shape->max_order &&
	       is_free_block(shape, free, unit, order + 1))
		order++;
	return order;
}

/**
 * struct blocks - the free blocks of a set of free units
 * @order: of the block that a unit is in; -1 if it is not free
 * @rank: of the block that starts at a unit: the lower, the better
 */
struct blocks {
	int order[LAYOUT_MAX_UNITS];
	unsigned int rank[LAYOUT_MAX_UNITS];
};

/* The order in pages of the largest block within the 2^@within pages around @unit. */
static unsigned int largest_around(const struct shape *shape,
				   const struct blocks *blocks,
				   unsigned int unit, unsigned int within)
{
	const unsigned int place = unit << shape->scale >> within;
	unsigned int other, largest = 0;

	for (other = 0; other < shape->nr_units; other++)
		if (blocks->order[other] >= 0 &&
		    other << shape->scale >> within == place)
			largest = max(largest,
				      blocks->order[other] + shape->scale);
	return min(largest, within);
}

/*
 * The rule: blocks below the order of a pageblock first; of the pageblocks that one
 * whose largest block is the smallest that will do; of its words the same; there the
 * smallest block; and always the lowest. The words of a block of words are equal, and
 * the smallest such block is taken.
 */
static unsigned int rank(const struct shape *shape, const struct blocks *blocks,
			 unsigned int unit)
{
	const unsigned int order = blocks->order[unit] + shape->scale;
	const unsigned int pfn = unit << shape->scale;
	unsigned int cell, word;

	if (order >= CELL && shape->max_order + shape->scale >= CELL)
		return order << 24;
	cell = largest_around(shape, blocks, unit, CELL);
	word = largest_around(shape, blocks, unit, WORD);
	return cell << 20 | (pfn >> CELL) << 15 | word << 10 |
	       (word < WORD ? (pfn >> WORD) % 8 : 0) << 5 | order;
}

static void find_blocks(const struct shape *shape, u32 free,
			struct blocks *blocks)
{
	unsigned int unit;

	for (unit = 0; unit < shape->nr_units; unit++)
		blocks->order[unit] = layout_block(shape, free, unit);
	for (unit = 0; unit < shape->nr_units; unit++)
		if (blocks->order[unit] >= 0)
			blocks->rank[unit] = rank(shape, blocks, unit);
}

static unsigned int choose(const struct shape *shape,
			   const struct blocks *blocks, int wanted)
{
	unsigned int unit, best = LAYOUT_NONE, nr = 1;

	for (unit = 0; unit < shape->nr_units; unit += nr) {
		const int order = blocks->order[unit];

		nr = order < 0 ? 1 : 1U << order;
		if (order >= wanted &&
		    (best == LAYOUT_NONE ||
		     blocks->rank[unit] < blocks->rank[best]))
			best = unit;
	}
	return best;
}

/**
 * shape_init() - make a shape
 * @shape: the shape
 * @nr_units: its size, at most LAYOUT_MAX_UNITS
 * @max_order: no block has more than 2^@max_order units
 * @scale: a unit is 2^@scale pages
 */
void shape_init(struct shape *shape, unsigned int nr_units,
		unsigned int max_order, unsigned int scale)
{
	struct blocks blocks;
	unsigned int order;
	u32 free;

	shape->nr_units = nr_units;
	shape->max_order = max_order;
	shape->scale = scale;
	shape->top_order = 0;
	while (shape->top_order < max_order &&
	       2U << shape->top_order <= nr_units)
		shape->top_order++;
	for (free = 0; free < 1U << nr_units; free++) {
		find_blocks(shape, free, &blocks);
		for (order = 0; order <= shape->top_order; order++)
			shape->best[free][order] =
				choose(shape, &blocks, order);
	}
}

/**
 * layout_free_units() - which units are free
 * @shape: the pool's
 * @layout: the layout
 *
 * Return: a bit for each.
 */
u32 layout_free_units(const struct shape *shape, layout_t layout)
{
	u32 free = ~(layout | layout >> 1) & 0x55555555;

	/* A bit for each two, moved together. */
	free = (free | free >> 1) & 0x33333333;
	free = (free | free >> 2) & 0x0f0f0f0f;
	free = (free | free >> 4) & 0x00ff00ff;
	free = (free | free >> 8) & 0x0000ffff;
	return free & ((1U << shape->nr_units) - 1);
}

/**
 * layout_run() - how long the run is that starts at a unit
 * @shape: the pool's
 * @layout: the layout
 * @unit: the unit
 *
 * Return: its units; 0 if none starts there.
 */
unsigned int layout_run(const struct shape *shape, layout_t layout,
			unsigned int unit)
{
	unsigned int nr = 1;

	if (layout_unit(layout, unit) != LAYOUT_HEAD)
		return 0;
	while (unit + nr < shape->nr_units &&
	       layout_unit(layout, unit + nr) == LAYOUT_INSIDE)
		nr++;
	return nr;
}

static u32 units_mask(unsigned int unit, unsigned int nr)
{
	return ((1ULL << (2 * nr)) - 1) << (2 * unit);
}

/**
 * layout_with_run() - allocate units
 * @layout: the layout
 * @unit: the first one
 * @nr: how many, all of them free, at least one
 *
 * Return: the layout then.
 */
layout_t layout_with_run(layout_t layout, unsigned int unit, unsigned int nr)
{
	unsigned int i;

	layout |= (u32)LAYOUT_HEAD << (2 * unit);
	for (i = 1; i < nr; i++)
		layout |= (u32)LAYOUT_INSIDE << (2 * (unit + i));
	return layout;
}

/**
 * layout_without_run() - free units
 * @layout: the layout
 * @unit: the first one
 * @nr: how many
 *
 * Return: the layout then.
 */
layout_t layout_without_run(layout_t layout, unsigned int unit, unsigned int nr)
{
	return layout & ~units_mask(unit, nr);
}

/**
 * layout_largest() - the largest free block
 * @shape: the pool's
 * @layout: the layout
 *
 * Return: its units; 0 if nothing is free.
 */
unsigned int layout_largest(const struct shape *shape, layout_t layout)
{
	const u32 free = layout_free_units(shape, layout);
	int order, largest = -1;
	unsigned int unit;

	for (unit = 0; unit < shape->nr_units; unit++) {
		order = layout_block(shape, free, unit);
		largest = max(largest, order);
	}
	return largest < 0 ? 0 : 1U << largest;
}

/**
 * layout_alloc() - what an allocation must come to
 * @shape: the pool's
 * @layout: the layout
 * @nr: how many units are wanted
 * @align_order: the run shall start at a multiple of 2^@align_order units
 * @unit: set to where it must start
 *
 * Return: 0, or the error that it must have.
 */
int layout_alloc(const struct shape *shape, layout_t layout, unsigned int nr,
		 unsigned int align_order, unsigned int *unit)
{
	unsigned int order = align_order;

	if (!nr)
		return -EINVAL;
	if (nr > 1U << shape->top_order || align_order > shape->top_order)
		return -EFBIG;
	while (1U << order < nr)
		order++;
	*unit = shape->best[layout_free_units(shape, layout)][order];
	return *unit == LAYOUT_NONE ? -ENOMEM : 0;
}

/**
 * layout_free() - what a free must come to
 * @shape: the pool's
 * @layout: the layout
 * @unit: where it says that a run starts
 * @nr: how many units it says that the run has
 *
 * Return: 0, or the error that it must have.
 */
int layout_free(const struct shape *shape, layout_t layout, unsigned int unit,
		unsigned int nr)
{
	unsigned int run;

	if (unit >= shape->nr_units)
		return -ERANGE;
	run = layout_run(shape, layout, unit);
	if (!run)
		return -ENOENT;
	return run == nr ? 0 : -EINVAL;
}

/**
 * layout_resize() - what a resize must come to
 * @shape: the pool's
 * @layout: the layout
 * @unit: where it says that a run starts
 * @nr: how many units it says that the run has
 * @new_nr: how many the run shall have
 *
 * Return: 0, or the error that it must have.
 */
int layout_resize(const struct shape *shape, layout_t layout, unsigned int unit,
		  unsigned int nr, unsigned int new_nr)
{
	const int err = layout_free(shape, layout, unit, nr);
	unsigned int next;

	if (err)
		return err;
	if (!new_nr)
		return -EINVAL;
	if (new_nr > 1U << shape->top_order)
		return -EFBIG;
	for (next = unit + nr; next < unit + new_nr; next++)
		if (next >= shape->nr_units ||
		    layout_unit(layout, next) != LAYOUT_FREE)
			return -ENOMEM;
	return 0;
}
