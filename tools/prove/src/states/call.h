/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call of the module's: what it must come to, and what it comes to.
 */
#ifndef CALL_H
#define CALL_H

#include "subject.h"

enum call_kind {
	CALL_ALLOC_BLOCK,
	CALL_FREE_BLOCK,
	CALL_ALLOC,
	CALL_FREE,
	CALL_RESIZE,
	CALL_TAKE_MANY,
	CALL_GIVE_MANY,
};

/**
 * struct call - a call
 * @kind: which one
 * @unit: where; not of what allocates
 * @nr: how many units; of the kinds with BLOCK, MANY and SOME the order
 * @arg: the order of the alignment, the new number of units, or how many blocks
 */
struct call {
	u8 kind;
	u8 unit;
	u8 nr;
	u8 arg;
};

bool call_make(struct subject *subject, layout_t layout, struct call call,
	       layout_t *next, bool *refused, char *msg);
void call_print(struct call call, char *text, size_t size);

#endif /* CALL_H */
