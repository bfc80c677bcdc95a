// SPDX-License-Identifier: GPL-2.0
/*
 * Many blocks at once
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "blocks.h"
#include "pool.h"

/**
 * blocks_add() - put a block into the array
 * @blocks: the array
 * @handle: the block's handle
 * @usable: its usable size, in bytes
 * @offset: where to map it
 */
void blocks_add(struct blocks *blocks, __u32 handle, __u64 usable, __u64 offset)
{
	if (blocks->n == blocks->room) {
		blocks->room = blocks->room ? 2 * blocks->room : 64;
		blocks->v = reallocarray(blocks->v, blocks->room,
					 sizeof(*blocks->v));
		ASSERT(blocks->v);
	}
	blocks->v[blocks->n++] = (struct block){ handle, usable, offset };
}

/**
 * blocks_fill() - allocate until nothing is left, the largest blocks first
 * @fd: the client
 * @blocks: where the blocks go
 * @largest: size to begin with, in bytes: a power of two of pages; what the
 *	pool cannot give at all is left out
 *
 * Return: how much was got, in bytes.
 */
__u64 blocks_fill(int fd, struct blocks *blocks, __u64 largest)
{
	struct buddypool_alloc alloc;
	__u64 size, sum = 0;
	int ret;

	for (size = largest; size >= pool.page_size; size /= 2) {
		while (!(ret = try_alloc(fd, size, 0, 0, &alloc))) {
			blocks_add(blocks, alloc.handle, alloc.usable,
				   alloc.offset);
			sum += alloc.usable;
		}
		if (size <= pool.max_size)
			ASSERT_ERR(-ENOMEM, ret);
	}
	return sum;
}

/**
 * blocks_fill_small() - leave nothing, and take much of it in small blocks
 * @fd: the client
 * @blocks: where the small blocks go, and no others
 * @size: their size, in bytes: a power of two of pages
 *
 * A pool of up to BLOCKS_SMALL of them consists of nothing else then. A larger one
 * would take time in proportion to its size: the rest of it goes in the largest
 * blocks there are, to no array.
 */
void blocks_fill_small(int fd, struct blocks *blocks, __u64 size)
{
	struct buddypool_alloc alloc;
	struct blocks rest = {};
	int ret = 0;

	while (blocks->n < BLOCKS_SMALL &&
	       !(ret = try_alloc(fd, size, 0, 0, &alloc)))
		blocks_add(blocks, alloc.handle, alloc.usable, alloc.offset);
	if (ret)
		ASSERT_ERR(-ENOMEM, ret);
	blocks_fill(fd, &rest, pool.max_size);
	free(rest.v);
}

/**
 * blocks_free() - free them all
 * @fd: the client
 * @blocks: the array, empty afterwards
 */
void blocks_free(int fd, struct blocks *blocks)
{
	size_t i;

	for (i = 0; i < blocks->n; i++)
		block_free(fd, blocks->v[i].handle);
	free(blocks->v);
	memset(blocks, 0, sizeof(*blocks));
}

/**
 * blocks_paint() - write the same byte everywhere in all of them
 * @fd: the client
 * @blocks: the array
 * @byte: the byte
 */
void blocks_paint(int fd, const struct blocks *blocks, unsigned char byte)
{
	size_t i;
	void *p;

	for (i = 0; i < blocks->n; i++) {
		p = block_map_now(fd, blocks->v[i].offset, blocks->v[i].usable);
		memset(p, byte, blocks->v[i].usable);
		unmap(p, blocks->v[i].usable);
	}
}

/**
 * blocks_neighbour() - allocate a block at a given place, and no other one
 * @fd: the client
 * @position: the place, in bytes from the start of the pool
 * @size: in bytes
 *
 * Return: the handle; fails the test where the place cannot be had.
 */
__u32 blocks_neighbour(int fd, __u64 position, __u64 size)
{
	struct buddypool_alloc alloc;
	struct blocks others = {};
	__u32 handle = 0;

	while (!handle) {
		ASSERT_ERR(0, try_alloc(fd, size, 0, 0, &alloc));
		if (block_query(fd, alloc.handle).position == position)
			handle = alloc.handle;
		else
			blocks_add(&others, alloc.handle, 0, 0);
	}
	blocks_free(fd, &others);
	return handle;
}
