/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool that all threads use, and what they have in common.
 */
#ifndef STAGE_H
#define STAGE_H

#include "core.h"
#include "pool.h"

/* Blocks on their way from a thread to another. */
#define NR_PARCELS 64

/**
 * struct run - pages that a thread owns
 * @pfn: the first one
 * @nr: how many
 * @shown: something has been written to them
 */
struct run {
	u32 pfn;
	u32 nr;
	bool shown;
};

/**
 * struct stage - what the threads have in common
 * @pool: the pool
 * @nr_cpus: CPUs
 * @nr_threads: threads that allocate and free
 * @stamp: of each page, the number of the thread that owns it; 0 for none
 * @parcel: runs on their way from a thread to another
 * @stop: the threads shall end
 * @failed: something is wrong
 * @nr_calls: calls so far
 * @nr_refused: allocations among them that failed
 * @nr_downs: CPUs that went
 */
struct stage {
	struct bp_pool *pool;
	unsigned int nr_cpus;
	unsigned int nr_threads;
	u32 *stamp;
	struct run *parcel[NR_PARCELS];
	bool stop;
	bool failed;
	u64 nr_calls;
	u64 nr_refused;
	u64 nr_downs;
};

extern struct stage stage;

__printf(1, 2) void stage_wrong(const char *format, ...);
void stage_own(const struct run *run, u32 thread);
void stage_disown(const struct run *run, u32 thread);
void stage_write(struct run *run, u32 thread);
void stage_free(struct run *run, u32 thread);

u64 rng_next(u64 *state);
u32 rng_below(u64 *state, u32 below);

#endif /* STAGE_H */
