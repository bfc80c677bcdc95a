// SPDX-License-Identifier: GPL-2.0
/*
 * The pool as WALK shows it, and what a buddy system would make of it
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "picture.h"
#include "pool.h"

/* Extents to ask for in one call: more than the kernel does under one lock. */
#define CHUNK 150

/**
 * picture_take() - walk the whole pool
 * @fd: the client
 * @picture: where the extents go
 */
void picture_take(int fd, struct picture *picture)
{
	struct buddypool_walk walk = {};
	__u64 before;

	picture->n = 0;
	picture->v = calloc(pool.pages + CHUNK, sizeof(*picture->v));
	ASSERT(picture->v);
	pool_drain(fd);
	while (walk.start < pool.pages) {
		before = walk.start;
		walk.extents = (unsigned long)(picture->v + picture->n);
		walk.count = CHUNK;
		ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &walk));
		ASSERT(walk.count >= 1 && walk.count <= CHUNK);
		ASSERT(walk.start > before);
		picture->n += walk.count;
		ASSERT(picture->n <= pool.pages);
	}
	ASSERT_EQ(pool.pages, walk.start);
}

/**
 * picture_drop() - give back the memory
 * @picture: from picture_take()
 */
void picture_drop(struct picture *picture)
{
	free(picture->v);
}

/**
 * picture_check() - check all that holds for any picture of a pool at rest
 * @picture: from picture_take()
 *
 * No gap, no overlap, no order too large, no block off its boundary.
 */
void picture_check(const struct picture *picture)
{
	const struct buddypool_extent *e;
	__u64 page = 0;
	size_t i;

	for (i = 0; i < picture->n; i++) {
		e = &picture->v[i];
		ASSERT_EQ(page, e->page);
		ASSERT(e->order <= pool.max_order);
		ASSERT_EQ(0, page & ((1ULL << e->order) - 1));
		ASSERT(e->state <= BUDDYPOOL_EXTENT_ALLOCATED);
		ASSERT_EQ(0, e->flags & ~BUDDYPOOL_EXTENT_CONT);
		if (e->flags)
			ASSERT(i && e->state == BUDDYPOOL_EXTENT_ALLOCATED &&
			       e[-1].state == BUDDYPOOL_EXTENT_ALLOCATED);
		page += 1ULL << e->order;
	}
	ASSERT_EQ(pool.pages, page);
}

/**
 * model_take() - learn which blocks are free
 * @fd: the client
 * @model: where that goes
 */
void model_take(int fd, struct model *model)
{
	struct picture picture;
	size_t i;

	picture_take(fd, &picture);
	model->order = calloc(pool.pages, 1);
	ASSERT(model->order);
	for (i = 0; i < picture.n; i++)
		if (picture.v[i].state == BUDDYPOOL_EXTENT_FREE)
			model->order[picture.v[i].page] =
				1 + picture.v[i].order;
	picture_drop(&picture);
}

/**
 * model_drop() - give back the memory
 * @model: from model_take()
 */
void model_drop(struct model *model)
{
	free(model->order);
}

/**
 * model_same() - compare two models
 * @a: the one
 * @b: the other
 *
 * Return: true if the same blocks are free.
 */
bool model_same(const struct model *a, const struct model *b)
{
	return !memcmp(a->order, b->order, pool.pages);
}

/**
 * model_alloc() - take a block out of a model, splitting what it lies in
 * @model: the model
 * @page: where the block lies
 * @order: its order
 *
 * Which of the free blocks it is taken from is the pool's choice.
 *
 * Return: false if it does not lie in a free block.
 */
bool model_alloc(struct model *model, __u64 page, unsigned int order)
{
	unsigned int from;
	__u64 head = 0;

	for (from = order; from <= pool.max_order; from++) {
		head = page & ~((1ULL << from) - 1);
		if (model->order[head] == 1 + from)
			break;
	}
	if (from > pool.max_order)
		return false;

	model->order[head] = 0;
	while (from > order) {
		from--;
		/* Of the two halves, free the one that the block is not in. */
		if (page & (1ULL << from)) {
			model->order[head] = 1 + from;
			head += 1ULL << from;
		} else {
			model->order[head + (1ULL << from)] = 1 + from;
		}
	}
	return head == page;
}

/**
 * model_free() - put a block into a model, merging it as far as it goes
 * @model: the model
 * @page: where the block lies
 * @order: its order
 */
void model_free(struct model *model, __u64 page, unsigned int order)
{
	__u64 buddy;

	for (; order < pool.max_order; order++) {
		buddy = page ^ (1ULL << order);
		if (buddy >= pool.pages || model->order[buddy] != 1 + order)
			break;
		model->order[buddy] = 0;
		page &= ~(1ULL << order);
	}
	model->order[page] = 1 + order;
}

/**
 * order_of() - the order that a size needs
 * @bytes: the size, in bytes, not zero
 *
 * Return: the smallest order of at least as many bytes.
 */
unsigned int order_of(__u64 bytes)
{
	unsigned int order = 0;

	while (pages(1ULL << order) < bytes)
		order++;
	return order;
}
