/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a pool must be like, worked out without any of the module's code: which
 * requests must succeed, which pages they get, and what it is like afterwards.
 *
 * A pool is a row of units, of which each is free, the first one of a run, or inside
 * of one. A unit is a page, or 2^scale pages: then the same states are those of the
 * words, cells or pageblocks that the module sums pages up in.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "buddy.h"

#define LAYOUT_MAX_UNITS 16
#define LAYOUT_MAX_ORDERS 5

/* Not a unit's number. */
#define LAYOUT_NONE 0xff

/* Two bits for each unit. */
typedef u32 layout_t;

#define LAYOUT_EMPTY 0U

enum layout_unit {
	LAYOUT_FREE,
	LAYOUT_HEAD,
	LAYOUT_INSIDE,
};

/**
 * struct shape - what a pool is made for
 * @nr_units: its size
 * @max_order: no block has more than 2^max_order units
 * @top_order: order of the largest block that it can form at all, in units
 * @scale: a unit is 2^scale pages
 * @best: for each set of free units and each order, the unit at which a block must be
 *	taken; LAYOUT_NONE if there is none
 */
struct shape {
	unsigned int nr_units;
	unsigned int max_order;
	unsigned int top_order;
	unsigned int scale;
	u8 best[1 << LAYOUT_MAX_UNITS][LAYOUT_MAX_ORDERS];
};

void shape_init(struct shape *shape, unsigned int nr_units,
		unsigned int max_order, unsigned int scale);

static inline enum layout_unit layout_unit(layout_t layout, unsigned int unit)
{
	return layout >> (2 * unit) & 3;
}

u32 layout_free_units(const struct shape *shape, layout_t layout);
unsigned int layout_run(const struct shape *shape, layout_t layout,
			unsigned int unit);
layout_t layout_with_run(layout_t layout, unsigned int unit, unsigned int nr);
layout_t layout_without_run(layout_t layout, unsigned int unit,
			    unsigned int nr);
unsigned int layout_largest(const struct shape *shape, layout_t layout);
int layout_block(const struct shape *shape, u32 free, unsigned int unit);

int layout_alloc(const struct shape *shape, layout_t layout, unsigned int nr,
		 unsigned int align_order, unsigned int *unit);
int layout_free(const struct shape *shape, layout_t layout, unsigned int unit,
		unsigned int nr);
int layout_resize(const struct shape *shape, layout_t layout, unsigned int unit,
		  unsigned int nr, unsigned int new_nr);

#endif /* LAYOUT_H */
