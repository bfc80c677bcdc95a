/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pools of pages for other modules.
 *
 * A pool is a region of memory of its own, made at once and never given back but
 * as a whole, out of which blocks of 2^order pages are allocated and freed in
 * bounded time. What it holds nobody else can take; when it is full, allocations
 * fail. The blocks are virtually contiguous, physically single pages.
 *
 * All functions are called from task context, with interrupts on and no spinlock
 * held.
 */
#ifndef LINUX_BUDDYPOOL_H
#define LINUX_BUDDYPOOL_H

#include <linux/types.h>

struct buddypool;
struct page;

struct buddypool *buddypool_create(size_t size, unsigned int max_order,
				   unsigned int percpu_pages);
void buddypool_destroy(struct buddypool *pool);

void *buddypool_alloc(struct buddypool *pool, unsigned int order);
int buddypool_free(struct buddypool *pool, void *block, unsigned int order);

unsigned int buddypool_alloc_bulk(struct buddypool *pool, unsigned int order,
				  unsigned int nr, void **blocks);
unsigned int buddypool_free_bulk(struct buddypool *pool, unsigned int order,
				 unsigned int nr, void *const *blocks);

void buddypool_drain(struct buddypool *pool);
int buddypool_check(struct buddypool *pool, char *msg, size_t size);
struct page *buddypool_page(const struct buddypool *pool, const void *address);

#endif /* LINUX_BUDDYPOOL_H */
