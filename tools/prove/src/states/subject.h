/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's buddy system, as the search uses it: put back to what it was, compared,
 * and looked at from all sides.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "layout.h"

#define SUBJECT_MSG_SIZE 200

/**
 * struct image - what a buddy system was like
 * @metadata: its metadata
 * @moves: of its freemap, the rows that matter
 * @classes: of its freemap's levels
 * @nr_free_pages: its free pages
 */
struct image {
	u64 *metadata;
	u32 moves[LAYOUT_MAX_ORDERS][BP_NR_ORDERS];
	u32 classes[2];
	u32 nr_free_pages;
};

/**
 * struct subject - a buddy system
 * @shape: what it is made for
 * @buddy: the module's
 * @metadata: its metadata
 * @size: how many words of 64 bits these are
 * @first: what it was like at first
 */
struct subject {
	const struct shape *shape;
	struct bp_buddy buddy;
	u64 *metadata;
	size_t size;
	struct image first;
};

void subject_make(struct subject *subject, const struct shape *shape,
		  unsigned int max_order);
void subject_unmake(struct subject *subject);

void image_make(const struct subject *subject, struct image *image);
void image_unmake(struct image *image);
void subject_save(const struct subject *subject, struct image *image);
void subject_restore(struct subject *subject, const struct image *image);
bool subject_is(const struct subject *subject, const struct image *image);
u64 subject_digest(const struct subject *subject);

bool subject_verify(const struct subject *subject, layout_t layout, char *msg);

#endif /* SUBJECT_H */
