/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pool of the module's and the model of it, to which the same is done.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include "model.h"

/**
 * struct act - something to be done; the numbers mean what the act makes of them
 * @kind: what
 * @a: a number
 * @b: a number
 * @c: a number
 */
struct act {
	u8 kind;
	u8 a;
	u8 b;
	u8 c;
};

#define TRIAL_CPUS 3

/**
 * struct trial - a pool and its model
 * @pool: the pool
 * @model: the model
 * @offline: which CPUs are
 * @nr_stamps: stamps written so far
 */
struct trial {
	struct bp_pool *pool;
	struct model model;
	bool offline[TRIAL_CPUS];
	u64 nr_stamps;
};

void trial_start(void);
bool trial_begin(struct trial *trial, u32 nr_pages, unsigned int max_order,
		 u32 percpu_pages, int nr_allocs);
void trial_act(struct trial *trial, const struct act *act);
void trial_end(struct trial *trial);

#endif /* TRIAL_H */
