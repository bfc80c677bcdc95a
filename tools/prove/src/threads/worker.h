/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread that allocates and frees.
 */
#ifndef WORKER_H
#define WORKER_H

#include "stage.h"

/* So many runs a thread has at most. */
#define MAX_RUNS 4096

/**
 * struct worker - a thread
 * @number: from 1 on
 * @rng: its random numbers
 * @run: what it owns
 * @nr_runs: how many these are
 * @nr_pages: their pages
 * @limit: it wants no more pages than this, for the time being
 */
struct worker {
	u32 number;
	u64 rng;
	struct run run[MAX_RUNS];
	u32 nr_runs;
	u32 nr_pages;
	u32 limit;
};

void *worker_main(void *arg);

#endif /* WORKER_H */
