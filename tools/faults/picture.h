/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A picture of everything that a failed operation must leave alone
 */
#ifndef FAULTS_PICTURE_H
#define FAULTS_PICTURE_H

#include <linux/types.h>
#include <stdbool.h>

struct scene;

/* The numbers in a picture. */
enum picture_item {
	/* of this process: the lowest descriptor that is free */
	PICTURE_DESCRIPTOR,
	/* of the system: the lowest number of a file system that is free */
	PICTURE_FILE_SYSTEM,
	/* of the module */
	PICTURE_LOADED,
	PICTURE_REFERENCES,
	PICTURE_DEVICE,
	PICTURE_DEBUGFS,
	/* of the pool, by STAT */
	PICTURE_FREE_PAGES,
	PICTURE_LARGEST,
	PICTURE_FREE_BLOCKS,
	PICTURE_FREED_MAPPED,
	PICTURE_FREED_PINNED,
	PICTURE_BLOCKS,
	PICTURE_CLIENTS,
	PICTURE_WAITING,
	PICTURE_EXPORTS,
	/* of the scene's client, by LIMIT */
	PICTURE_MAX_BYTES,
	PICTURE_MAX_HANDLES,
	PICTURE_MAX_WAIT,
	PICTURE_BYTES,
	PICTURE_HANDLES,
	/* of the scene's block, by QUERY */
	PICTURE_SIZE,
	PICTURE_USABLE,
	PICTURE_POSITION,
	PICTURE_MAPPINGS,
	NR_PICTURE_ITEMS
};

/**
 * struct picture - how things are at a moment
 * @items: by enum picture_item
 * @check: what the invariant checker says, "" if it cannot be asked
 */
struct picture {
	__u64 items[NR_PICTURE_ITEMS];
	char check[160];
};

void picture_take(struct picture *picture, const struct scene *scene);
const char *picture_difference(const struct picture *want,
			       const struct picture *got);

#endif /* FAULTS_PICTURE_H */
