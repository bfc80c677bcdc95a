/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How measure.c and measure_lists.c count: each workload between begin() and end().
 */
#ifndef CORE_MEASURE_H
#define CORE_MEASURE_H

#include <stdio.h>
#include <stdlib.h>

#include <valgrind/callgrind.h>

#include <linux/types.h>

static u64 state = 88172645463325252ULL;

/* Marsaglia, "Xorshift RNGs" (2003). */
static inline u32 random_below(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return ((state >> 32) * below) >> 32;
}

static inline void must(bool ok)
{
	if (!ok)
		abort();
}

static inline void begin(void)
{
	CALLGRIND_ZERO_STATS;
}

static inline void end(const char *name, u32 nr)
{
	CALLGRIND_DUMP_STATS_AT(name);
	printf("%s %u\n", name, nr);
}

#endif /* CORE_MEASURE_H */
