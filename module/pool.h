/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pool: a region of pages, the buddy system that divides it, and the lock
 * that makes both safe to share.
 */
#ifndef BP_POOL_H
#define BP_POOL_H

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "buddy.h"
#include "check.h"
#include "lists.h"
#include "queue.h"
#include "stale.h"

struct page;

/*
 * Whoever takes or gives back many blocks makes no more than so many steps, each of which
 * takes little longer than a single block, under one hold of the pool's lock: others wait
 * for it hardly longer than for one that refills a list.
 */
#define BP_HOLD_STEPS 6

/**
 * struct bp_pool_counters - what has happened since the pool was made
 * @allocs: runs taken out
 * @frees: runs given back
 * @failures: allocations and resizes refused for want of memory
 * @resizes: runs made longer or shorter where they were
 */
struct bp_pool_counters {
	u64 allocs;
	u64 frees;
	u64 failures;
	u64 resizes;
};

/**
 * struct bp_pool - a pool
 * @lock: protects what is marked; taken in process context only, never held
 *	across anything that sleeps; no other lock is taken under it
 * @buddy: which pages are free; protected by @lock
 * @lists: blocks that each CPU keeps aside
 * @hotplug_node: for the CPUs that come and go
 * @counters: of what went past @lists; protected by @lock
 * @queue: allocations that wait for memory; protected by @lock
 * @nr_chances: how often an allocation that has failed might since have become
 *	possible; written under @lock
 * @chances: those who want to know when @nr_chances changes
 * @announcement: tells them
 * @stale: what its pages hold
 * @region: the pages' kernel address, zeroed when made; constant
 * @metadata: memory of @buddy; constant
 */
struct bp_pool {
	spinlock_t lock; /* order: see block.h */
	struct bp_buddy buddy;
	struct bp_lists lists;
	struct hlist_node hotplug_node;
	struct bp_pool_counters counters;
	struct bp_queue queue;
	unsigned long nr_chances;
	wait_queue_head_t chances;
	struct work_struct announcement;
	unsigned long *stale;
	void *region;
	void *metadata;
};

/**
 * struct bp_request - what an allocation asks for
 * @nr_pages: pages
 * @align_order: the run shall start at a multiple of 2^@align_order pages
 */
struct bp_request {
	u32 nr_pages;
	u8 align_order;
};

/**
 * enum bp_reason - why there was no memory
 * @BP_NO_FAILURE: there was, or it was not the pool's memory that was wanting
 * @BP_FULL: less is free than was wanted
 * @BP_FRAGMENTED: enough is free, but not in one block
 * @BP_TOO_LARGE: the pool could never give as much
 * @BP_QUEUED: others have asked before and still wait
 * @BP_OVER_PAGES: the client would hold more pages than it may
 * @BP_OVER_HANDLES: the client would hold more handles than it may
 */
enum bp_reason {
	BP_NO_FAILURE,
	BP_FULL,
	BP_FRAGMENTED,
	BP_TOO_LARGE,
	BP_QUEUED,
	BP_OVER_PAGES,
	BP_OVER_HANDLES,
};

/**
 * struct bp_failure - the facts behind a refused allocation
 * @reason: why
 * @free_pages: what was free at that moment, or with BP_OVER_*, what the client's
 *	limit left, in pages
 * @largest: the largest block that was free at that moment, in pages; 0 with
 *	BP_OVER_*
 * @nr_chances: the pool's, at that moment; 0 if nothing will help
 */
struct bp_failure {
	enum bp_reason reason;
	u64 free_pages;
	u32 largest;
	unsigned long nr_chances;
};

/**
 * struct bp_pool_stat - the state of a pool at one moment, but for what CPUs keep
 * @free_pages: free pages, @kept_pages among them
 * @kept_pages: pages that CPUs keep aside
 * @largest: the largest free block, in pages
 * @fragmentation: see bp_buddy_fragmentation()
 * @nr_free: free blocks of each order
 * @nr_splits: free blocks split so far
 * @nr_merges: pairs of buddies merged so far
 * @nr_waiters: allocations that wait
 * @counters: what has happened so far
 */
struct bp_pool_stat {
	u32 free_pages;
	u32 kept_pages;
	u32 largest;
	unsigned int fragmentation;
	u32 nr_free[BP_NR_ORDERS];
	u64 nr_splits;
	u64 nr_merges;
	u32 nr_waiters;
	struct bp_pool_counters counters;
};

struct bp_pool *bp_pool_create(u32 nr_pages, unsigned int max_order);
int bp_pool_use_lists(struct bp_pool *pool, u32 pages_per_cpu);
void bp_pool_destroy(struct bp_pool *pool);

int bp_pool_alloc(struct bp_pool *pool, const struct bp_request *request,
		  u32 *pfn, struct bp_failure *failure);
u32 bp_pool_alloc_block_slow(struct bp_pool *pool, unsigned int order);
void bp_pool_overflow(struct bp_pool *pool, unsigned int nr, u32 pfn);
int bp_pool_free_block_slow(struct bp_pool *pool, u32 pfn, unsigned int order);
int bp_pool_alloc_wait(struct bp_pool *pool, const struct bp_request *request,
		       ktime_t *expires, u32 *pfn, struct bp_failure *failure);
int bp_pool_free(struct bp_pool *pool, u32 pfn, u32 nr_pages, bool stale);
int bp_pool_resize(struct bp_pool *pool, u32 pfn, u32 nr_pages,
		   u32 new_nr_pages, bool stale, struct bp_failure *failure);

/* Take a block off list @nr, of that order, of this CPU; BP_NO_PAGE if it has none. */
static __always_inline u32 bp_pool_pop(struct bp_pool *pool, unsigned int nr,
				       unsigned int order)
{
	const u32 pfn = bp_lists_pop(&pool->lists, nr);

	if (unlikely(pfn == BP_NO_PAGE))
		return pfn;
	if (likely(bp_buddy_use_again(&pool->buddy, pfn, order)))
		return pfn;
	/* Its first owner has it: better none than this. */
	WARN_ON_ONCE(1);
	return BP_NO_PAGE;
}

/**
 * bp_pool_alloc_block() - take a block out of a pool
 * @pool: the pool
 * @order: its order, any number
 *
 * Context: as bp_pool_alloc().
 * Return: its first page; %BP_NO_PAGE if there is no such block, as
 * bp_pool_alloc() of 2^@order pages.
 */
static __always_inline u32 bp_pool_alloc_block(struct bp_pool *pool,
					       unsigned int order)
{
	const int nr = bp_list_of(order);
	u32 pfn;

	if (likely(nr >= 0)) {
		pfn = bp_pool_pop(pool, nr, order);
		if (likely(pfn != BP_NO_PAGE))
			return pfn;
	}
	return bp_pool_alloc_block_slow(pool, order);
}

/* Put a block that has been set aside on list @nr, of that order, of this CPU. */
static __always_inline void bp_pool_keep(struct bp_pool *pool, unsigned int nr,
					 unsigned int order, u32 pfn)
{
	const struct bp_freemap *map = &pool->buddy.freemap;
	const bool spare = bp_freemap_is_spare(map, order, pfn);
	const bool home = bp_freemap_is_home(map, raw_smp_processor_id(), pfn);

	if (unlikely(!bp_lists_push(&pool->lists, nr, pfn, spare, home)))
		bp_pool_overflow(pool, nr, pfn);
}

/**
 * bp_pool_free_block() - give a block back whose bytes are nobody's secret
 * @pool: the pool
 * @pfn: its first page, any number
 * @order: its order, any number
 *
 * Context: as bp_pool_free().
 * Return: as bp_pool_free() of 2^@order pages.
 */
static __always_inline int bp_pool_free_block(struct bp_pool *pool, u64 pfn,
					      unsigned int order)
{
	const int nr = bp_list_of(order);

	if (unlikely(pfn >= pool->buddy.nr_pages))
		return -ERANGE;
	if (unlikely(nr < 0 || !READ_ONCE(pool->lists.on) ||
		     !bp_buddy_set_aside(&pool->buddy, pfn, order)))
		return bp_pool_free_block_slow(pool, pfn, order);
	bp_pool_keep(pool, nr, order, pfn);
	return 0;
}

u32 bp_pool_alloc_bulk(struct bp_pool *pool, unsigned int order, u32 *pfns,
		       u32 nr);
u32 bp_pool_free_bulk(struct bp_pool *pool, unsigned int order, u32 *pfns,
		      u32 nr);

u32 bp_pool_give_aside(struct bp_pool *pool, unsigned int order,
		       const u32 *pfns, u32 nr);
void bp_pool_serve_first_ones(struct bp_pool *pool);

/*
 * Whoever holds the lock does this before he takes anything, for those who wait may be
 * more than one hold was long enough for.
 */
static inline void bp_pool_serve(struct bp_pool *pool)
{
	lockdep_assert_held(&pool->lock);

	if (unlikely(!bp_queue_is_empty(&pool->queue)))
		bp_pool_serve_first_ones(pool);
}

void bp_pool_count_frees(struct bp_pool *pool, u32 nr);
void bp_pool_give_chance(struct bp_pool *pool);
void bp_pool_announce_chance(struct bp_pool *pool);

u32 bp_pool_drain(struct bp_pool *pool);
u32 bp_pool_drain_hold(struct bp_pool *pool);
void bp_pool_drain_release(struct bp_pool *pool);
void bp_pool_drain_cpu(struct bp_pool *pool, unsigned int cpu);

struct page *bp_pool_page(const struct bp_pool *pool, u32 pfn);
bool bp_pool_page_is_shown(const struct bp_pool *pool, u32 pfn);
struct page *bp_pool_show_page(struct bp_pool *pool, u32 pfn);
void bp_pool_copy_page(struct bp_pool *pool, u32 to, u32 from);
u32 bp_pool_unreferenced(const struct bp_pool *pool, u32 pfn, u32 nr_pages);

void bp_pool_stat(struct bp_pool *pool, struct bp_pool_stat *stat);
unsigned int bp_pool_walk(struct bp_pool *pool, u32 *pfn,
			  struct bp_extent *extents, unsigned int count);
int bp_pool_check(struct bp_pool *pool, char *msg, size_t size);

#endif /* BP_POOL_H */
