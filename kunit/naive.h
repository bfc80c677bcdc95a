/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What cell.h does, done naively: a byte for each unit, 1 if it is free, and the
 * blocks found by looking at all of their units.
 */
#ifndef BP_NAIVE_H
#define BP_NAIVE_H

#include <linux/types.h>

#include "cell.h"

int bp_naive_block(const u8 *free, unsigned int top, u32 unit);
int bp_naive_largest(const u8 *free, unsigned int top, u32 start, u32 end);
int bp_naive_find(const u8 *free, unsigned int top, unsigned int want,
		  u32 start, u32 end, u32 *found);

u64 bp_naive_column(int largest, unsigned int nr);
u64 bp_naive_fit(const u8 *free, unsigned int top);
unsigned int bp_naive_word(const int *largest, unsigned int want);
int bp_naive_choose(const u8 *free, unsigned int top, unsigned int want,
		    u32 *found);

#endif /* BP_NAIVE_H */
