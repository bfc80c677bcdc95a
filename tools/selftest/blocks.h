/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many blocks at once
 */
#ifndef SELFTEST_BLOCKS_H
#define SELFTEST_BLOCKS_H

#include <linux/types.h>
#include <stddef.h>

/* Enough of them to be many, and few enough to be had in no time. */
#define BLOCKS_SMALL 4096

/**
 * struct block - one of them
 * @handle: its handle
 * @usable: its usable size, in bytes
 * @offset: where to map it
 */
struct block {
	__u32 handle;
	__u64 usable;
	__u64 offset;
};

/**
 * struct blocks - a growing array of them; all zero is an empty one
 * @v: the blocks
 * @n: how many there are
 * @room: for how many there is room
 */
struct blocks {
	struct block *v;
	size_t n;
	size_t room;
};

void blocks_add(struct blocks *blocks, __u32 handle, __u64 usable,
		__u64 offset);
__u64 blocks_fill(int fd, struct blocks *blocks, __u64 largest);
void blocks_fill_small(int fd, struct blocks *blocks, __u64 size);
void blocks_free(int fd, struct blocks *blocks);
void blocks_paint(int fd, const struct blocks *blocks, unsigned char byte);
__u32 blocks_neighbour(int fd, __u64 position, __u64 size);

#endif /* SELFTEST_BLOCKS_H */
