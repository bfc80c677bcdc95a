/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Any number of cells (see cell.h), which together have the free blocks of all their
 * units.
 *
 * Where to look is told by an index: for each class, that is for each order that
 * the largest free block of a cell may have, the cells that are in it.
 */
#ifndef BP_LEVEL_H
#define BP_LEVEL_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/types.h>

#include "bitree.h"
#include "cell.h"

/**
 * struct bp_level - cells, and an index of them
 * @top: no block of theirs is larger than this order, counted in their units;
 *	constant after init
 * @nr_cells: how many; 0 if no block can be as large as a unit; constant after
 *	init
 * @classes: mask of the classes that have a cell
 * @fit: what each cell has to give (see cell.h)
 * @cell: the cells
 * @index: for each class, its cells
 *
 * The pointers are constant after init. Protected by the caller's lock, without
 * which to read @fit is a guess.
 */
struct bp_level {
	u8 top;
	u32 nr_cells;
	u32 classes;
	u64 *fit;
	struct bp_cell *cell;
	struct bp_bitree index[BP_CELL_ORDER + 1];
};

/**
 * bp_level_reindex() - move a cell to the class that its fit says
 * @level: the level
 * @nr: the cell, whose fit has changed
 * @old: the class that it was in; less than 0 if it was in none
 */
static inline void bp_level_reindex(struct bp_level *level, u32 nr, int old)
{
	const int class = bp_fit_class(level->fit[nr]);

	if (class == old)
		return;
	if (class >= 0) {
		bp_bitree_set(&level->index[class], nr);
		level->classes |= 1U << class;
	}
	if (old >= 0) {
		if (bp_bitree_clear(&level->index[old], nr))
			level->classes &= ~(1U << old);
	}
}

/**
 * bp_level_first() - the cell to take a block out of
 * @level: the level
 * @order: the order of the block; there is one
 *
 * Return: of the cells whose largest block is the smallest that will do, the first.
 */
static __always_inline u32 bp_level_first(const struct bp_level *level,
					  unsigned int order)
{
	const unsigned int class = order + __ffs(level->classes >> order);

	return bp_bitree_first(&level->index[class]);
}

/**
 * bp_level_take() - choose a free block, and take out what is wanted
 * @level: the level
 * @order: what is wanted, in units
 * @unit: set to the first unit of what is taken, if there is such a block
 *
 * Return: the order of the block that it was split off; -ENOMEM if there is none.
 */
static __always_inline int bp_level_take(struct bp_level *level,
					 unsigned int order, u32 *unit)
{
	unsigned int found;
	int class;
	u32 nr;

	if (!(level->classes >> order))
		return -ENOMEM;
	nr = bp_level_first(level, order);
	class = bp_fit_class(level->fit[nr]);
	found = bp_cell_take(&level->cell[nr], &level->fit[nr], level->top,
			     order, unit);
	bp_level_reindex(level, nr, class);
	*unit += nr * BP_CELL_UNITS;
	return found;
}

size_t bp_level_size(u32 nr, unsigned int top);
void *bp_level_init(struct bp_level *level, u32 nr, unsigned int top,
		    void *memory);
int bp_level_claim(struct bp_level *level, unsigned int order, u32 unit);
int bp_level_block(const struct bp_level *level, u32 unit);
u32 bp_level_weight(const struct bp_level *level);
bool bp_level_ok(const struct bp_level *level);

#endif /* BP_LEVEL_H */
