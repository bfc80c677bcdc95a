/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many states there are, by theory.
 */
#ifndef THEORY_H
#define THEORY_H

#include "layout.h"

/**
 * enum calls - which calls the search makes
 * @CALLS_BLOCKS: allocate a block of an order, free it
 * @CALLS_RUNS: allocate any number of units, with any alignment, free them
 * @CALLS_ALL: these, make runs longer and shorter, many blocks at a time, and calls
 *	that are wrong
 */
enum calls {
	CALLS_BLOCKS,
	CALLS_RUNS,
	CALLS_ALL,
	NR_CALLS,
};

u64 theory_count(const struct shape *shape, enum calls calls);

#endif /* THEORY_H */
