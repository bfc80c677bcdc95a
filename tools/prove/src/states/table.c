// SPDX-License-Identifier: GPL-2.0
/*
 * The states that have been reached.
 */
#include "table.h"

/**
 * table_make() - make a table
 * @table: the table
 * @room: for so many states, at least one
 */
void table_make(struct table *table, u32 room)
{
	table->room = room;
	table->nr = 0;
	table->mask = (2U << fls(room)) - 1;
	table->state = calloc(room, sizeof(*table->state));
	table->slot = calloc(table->mask + 1, sizeof(*table->slot));
	if (!table->state || !table->slot)
		abort();
}

/**
 * table_unmake() - its end
 * @table: the table
 */
void table_unmake(struct table *table)
{
	free(table->state);
	free(table->slot);
}

static u32 *slot_of(const struct table *table, layout_t layout)
{
	u32 hash = layout * 0x9e3779b9U;

	hash ^= hash >> 15;
	for (;; hash++) {
		u32 *slot = &table->slot[hash & table->mask];

		if (!*slot || table->state[*slot - 1].layout == layout)
			return slot;
	}
}

/**
 * table_find() - look up a state
 * @table: the table
 * @layout: what it is like
 *
 * Return: the state; NULL if it has not been reached.
 */
struct state *table_find(const struct table *table, layout_t layout)
{
	const u32 *slot = slot_of(table, layout);

	return *slot ? &table->state[*slot - 1] : NULL;
}

/**
 * table_add() - enter a state
 * @table: the table
 * @state: a state that it does not have
 *
 * Return: false if there is no room.
 */
bool table_add(struct table *table, const struct state *state)
{
	if (table->nr == table->room)
		return false;
	table->state[table->nr] = *state;
	*slot_of(table, state->layout) = ++table->nr;
	return true;
}
