/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The states that have been reached.
 */
#ifndef TABLE_H
#define TABLE_H

#include "call.h"

/**
 * struct state - a state
 * @layout: what the pool is like, which is all that tells states apart
 * @parent: the state that it was first reached from; its own number for the first
 * @call: by this call
 * @digest: of the module's buddy system there
 */
struct state {
	layout_t layout;
	u32 parent;
	struct call call;
	u64 digest;
};

/**
 * struct table - states in the order in which they were reached
 * @state: the states
 * @nr: how many they are
 * @room: how many there is room for
 * @slot: by a hash of the layout, the state's number + 1; 0 for none
 * @mask: how many slots there are - 1
 */
struct table {
	struct state *state;
	u32 nr;
	u32 room;
	u32 *slot;
	u32 mask;
};

void table_make(struct table *table, u32 room);
void table_unmake(struct table *table);
struct state *table_find(const struct table *table, layout_t layout);
bool table_add(struct table *table, const struct state *state);

#endif /* TABLE_H */
