/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The search through all states of a pool.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "theory.h"

/**
 * struct search - a search, and what it has found
 * @shape: what the pool is made for
 * @max_order: the module's, in pages
 * @calls: which calls are made
 * @nr_states: how many states were reached
 * @nr_calls: how many calls were made, in all of them
 * @depth: calls on the way to the farthest
 */
struct search {
	const struct shape *shape;
	unsigned int max_order;
	enum calls calls;
	u32 nr_states;
	u64 nr_calls;
	unsigned int depth;
};

bool search_run(struct search *search);

#endif /* SEARCH_H */
