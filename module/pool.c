// SPDX-License-Identifier: GPL-2.0
/*
 * A pool: pages, and the lock around their buddy system.
 */
#include "pool.h"

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* How many of those who wait are served under one hold of the lock. */
#define SERVE_BATCH 8

static size_t stale_size(u32 nr_pages)
{
	return BITS_TO_LONGS(nr_pages) * sizeof(long);
}

/* Zeroed. Rather no pool than one for which others are killed. */
static void *get_memory(size_t bytes)
{
	return __vmalloc(bytes, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
					__GFP_RETRY_MAYFAIL);
}

/* Who polls is told that an allocation may succeed now. */
static void announce(struct work_struct *work)
{
	struct bp_pool *pool = container_of(work, struct bp_pool, announcement);

	wake_up_poll(&pool->chances, EPOLLOUT | EPOLLWRNORM);
}

/**
 * bp_pool_create() - make a pool
 * @nr_pages: its size, in pages, from 1 to %BP_MAX_PAGES
 * @max_order: the largest order of a block, at most %BP_MAX_ORDER
 *
 * Context: process context; sleeps. Takes the time of a vmalloc() of the region
 * and of its metadata, zeroed, and one step for each block of @max_order.
 * Return: the pool; an ERR_PTR: -EINVAL for a size or an order out of range,
 * -ENOMEM.
 */
struct bp_pool *bp_pool_create(u32 nr_pages, unsigned int max_order)
{
	struct bp_pool *pool;
	size_t bytes;

	if (!nr_pages || nr_pages > BP_MAX_PAGES || max_order > BP_MAX_ORDER)
		return ERR_PTR(-EINVAL);
	if (check_shl_overflow(nr_pages, PAGE_SHIFT, &bytes))
		return ERR_PTR(-ENOMEM);

	pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&pool->lock);
	bp_queue_init(&pool->queue);
	init_waitqueue_head(&pool->chances);
	INIT_WORK(&pool->announcement, announce);
	/* Whoever has seen no failure has seen number 0. */
	pool->nr_chances = 1;

	pool->metadata =
		get_memory(bp_buddy_metadata_size(nr_pages, max_order));
	pool->stale = get_memory(stale_size(nr_pages));
	pool->region = get_memory(bytes);
	if (!pool->metadata || !pool->stale || !pool->region) {
		bp_pool_destroy(pool);
		return ERR_PTR(-ENOMEM);
	}

	bp_buddy_init(&pool->buddy, nr_pages, max_order, pool->metadata);
	return pool;
}

/**
 * bp_pool_destroy() - the end of a pool
 * @pool: the pool; nothing uses it any more
 *
 * Pages to which somebody else still holds a reference live on, each until its
 * last reference is gone, but belong to no pool.
 *
 * Context: process context; sleeps.
 */
void bp_pool_destroy(struct bp_pool *pool)
{
	cancel_work_sync(&pool->announcement);
	vfree(pool->region);
	vfree(pool->stale);
	vfree(pool->metadata);
	kfree(pool);
}

/* See to those who wait, first come, first served. */
static void serve(struct bp_pool *pool)
{
	unsigned int i;

	lockdep_assert_held(&pool->lock);

	for (i = 0; i < SERVE_BATCH; i++) {
		if (!bp_queue_serve(&pool->queue, &pool->buddy))
			break;
		pool->counters.allocs++;
	}
}

/* Somebody may now get what was refused before. */
static void give_chance(struct bp_pool *pool)
{
	serve(pool);
	WRITE_ONCE(pool->nr_chances, pool->nr_chances + 1 ?: 1);
}

/*
 * Tell it to those who do not wait in the queue. They can be any number, so this
 * is nothing to be done by whoever gives memory back.
 */
static void announce_chance(struct bp_pool *pool)
{
	if (wq_has_sleeper(&pool->chances))
		queue_work(system_unbound_wq, &pool->announcement);
}

/* Say why @nr_pages could not be had, and count it. */
static void explain(struct bp_pool *pool, u32 nr_pages, int err, bool queued,
		    struct bp_failure *failure)
{
	lockdep_assert_held(&pool->lock);

	if (!failure || (err != -ENOMEM && err != -ETIMEDOUT && err != -EFBIG))
		return;
	pool->counters.failures++;
	failure->free_pages = pool->buddy.nr_free_pages;
	failure->largest = bp_buddy_largest(&pool->buddy);
	if (err == -EFBIG) {
		failure->reason = BP_TOO_LARGE;
		return;
	}
	failure->nr_chances = pool->nr_chances;
	if (queued)
		failure->reason = BP_QUEUED;
	else if (nr_pages > pool->buddy.nr_free_pages)
		failure->reason = BP_FULL;
	else
		failure->reason = BP_FRAGMENTED;
}

/* Nobody comes before those who wait, but what can never be had need not wait. */
static int queue_up(const struct bp_pool *pool, u32 nr_pages,
		    unsigned int align_order)
{
	return bp_buddy_fits(&pool->buddy, nr_pages, align_order) ?: -ENOMEM;
}

static int alloc(struct bp_pool *pool, const struct bp_request *request,
		 u32 *pfn, struct bp_failure *failure)
{
	bool queued;
	int err;

	lockdep_assert_held(&pool->lock);

	serve(pool);
	queued = !bp_queue_is_empty(&pool->queue);
	if (queued)
		err = queue_up(pool, request->nr_pages, request->align_order);
	else
		err = bp_buddy_alloc(&pool->buddy, request->nr_pages,
				     request->align_order, pfn);
	if (err)
		explain(pool, request->nr_pages, err, queued, failure);
	else
		pool->counters.allocs++;
	return err;
}

/**
 * bp_pool_alloc() - take a run of pages out of a pool
 * @pool: the pool
 * @request: what is wanted
 * @pfn: set to the first page of the run
 * @failure: filled in with -ENOMEM and -EFBIG; NULL if the caller has another
 *	way, and then the failure is not counted either
 *
 * Context: process context; takes and releases the pool's lock. Bounded as
 * bp_buddy_alloc() is, also for each of a few who wait.
 * Return: as bp_buddy_alloc(); -ENOMEM also if others wait for memory.
 */
int bp_pool_alloc(struct bp_pool *pool, const struct bp_request *request,
		  u32 *pfn, struct bp_failure *failure)
{
	int err;

	spin_lock(&pool->lock);
	err = alloc(pool, request, pfn, failure);
	spin_unlock(&pool->lock);
	return err;
}

/* The end of a wait: whoever gives up may have been in the way of others. */
static int stop_waiting(struct bp_pool *pool, struct bp_waiter *waiter, int err,
			struct bp_failure *failure)
{
	spin_lock(&pool->lock);
	if (!waiter->served)
		serve(pool);
	if (waiter->served) {
		err = 0;
	} else {
		const bool queued = !bp_queue_is_first(&pool->queue, waiter);

		bp_queue_leave(&pool->queue, waiter);
		explain(pool, waiter->nr_pages, err, queued, failure);
	}
	give_chance(pool);
	/* That one of them has given up is a chance for the others. */
	if (failure->nr_chances)
		failure->nr_chances = pool->nr_chances;
	spin_unlock(&pool->lock);
	announce_chance(pool);
	return err;
}

/**
 * bp_pool_alloc_wait() - take a run of pages, if need be by waiting for it
 * @pool: the pool
 * @request: what is wanted
 * @expires: until this moment of the monotonic clock; NULL for ever
 * @pfn: set to the first page of the run
 * @failure: filled in with -ETIMEDOUT and -EFBIG
 *
 * Context: process context; sleeps, killably.
 * Return: as bp_buddy_alloc(), but -ETIMEDOUT or, for a fatal signal, -EINTR
 * instead of -ENOMEM.
 */
int bp_pool_alloc_wait(struct bp_pool *pool, const struct bp_request *request,
		       ktime_t *expires, u32 *pfn, struct bp_failure *failure)
{
	struct bp_waiter waiter = {
		.nr_pages = request->nr_pages,
		.align_order = request->align_order,
	};
	int err;

	spin_lock(&pool->lock);
	err = alloc(pool, request, pfn, NULL);
	if (err == -ENOMEM)
		bp_queue_enter(&pool->queue, &waiter);
	else if (err)
		explain(pool, request->nr_pages, err, false, failure);
	spin_unlock(&pool->lock);
	if (err != -ENOMEM)
		return err;

	err = bp_queue_sleep(&waiter, expires);
	err = stop_waiting(pool, &waiter, err, failure);
	if (!err)
		*pfn = waiter.pfn;
	return err;
}

/**
 * bp_pool_free() - give a run back to its pool
 * @pool: the pool
 * @pfn: the first page of the run
 * @nr_pages: how many pages it has
 * @stale: somebody may have written to its pages
 *
 * Context: process context; takes and releases the pool's lock. Bounded as
 * bp_buddy_free() and, for each of a few who wait, bp_buddy_alloc() are.
 * Return: as bp_buddy_free(); nothing has changed on error.
 */
int bp_pool_free(struct bp_pool *pool, u32 pfn, u32 nr_pages, bool stale)
{
	int err;

	spin_lock(&pool->lock);
	err = bp_buddy_free(&pool->buddy, pfn, nr_pages);
	if (!err) {
		pool->counters.frees++;
		if (stale)
			bitmap_set(pool->stale, pfn, nr_pages);
		give_chance(pool);
	}
	spin_unlock(&pool->lock);
	announce_chance(pool);
	return err;
}

/**
 * bp_pool_resize() - make a run longer or shorter where it is
 * @pool: the pool
 * @pfn: the first page of the run
 * @nr_pages: how many pages it has
 * @new_nr_pages: how many it shall have
 * @stale: somebody may have written to its pages; matters for the tail that a
 *	shrink gives back
 * @failure: as for bp_pool_alloc()
 *
 * Context: process context; takes and releases the pool's lock. Bounded as
 * bp_buddy_resize() and, for each of a few who wait, bp_buddy_alloc() are.
 * Return: as bp_buddy_resize(), -ENOMEM also for more while others wait for
 * memory; nothing has changed on error.
 */
int bp_pool_resize(struct bp_pool *pool, u32 pfn, u32 nr_pages,
		   u32 new_nr_pages, bool stale, struct bp_failure *failure)
{
	const bool grow = new_nr_pages > nr_pages;
	bool queued;
	int err;

	spin_lock(&pool->lock);
	if (grow)
		serve(pool);
	queued = grow && !bp_queue_is_empty(&pool->queue);
	if (queued)
		err = queue_up(pool, new_nr_pages, 0);
	else
		err = bp_buddy_resize(&pool->buddy, pfn, nr_pages,
				      new_nr_pages);
	if (err) {
		explain(pool, new_nr_pages - nr_pages, err, queued, failure);
	} else {
		pool->counters.resizes++;
		if (stale && !grow)
			bitmap_set(pool->stale, pfn + new_nr_pages,
				   nr_pages - new_nr_pages);
		if (!grow)
			give_chance(pool);
	}
	spin_unlock(&pool->lock);
	if (!grow)
		announce_chance(pool);
	return err;
}

/**
 * bp_pool_page() - the page behind a pfn of a pool
 * @pool: the pool
 * @pfn: the page's number, less than nr_pages
 *
 * Context: any.
 * Return: the page, whose reference the pool holds.
 */
struct page *bp_pool_page(const struct bp_pool *pool, u32 pfn)
{
	return vmalloc_to_page(pool->region + ((size_t)pfn << PAGE_SHIFT));
}

/**
 * bp_pool_page_is_stale() - may a page hold bytes of an earlier owner?
 * @pool: the pool
 * @pfn: a page of a run that belongs to the caller
 *
 * Context: process context; takes and releases the pool's lock.
 * Return: true if it may, and must not be shown to anyone as it is.
 */
bool bp_pool_page_is_stale(struct bp_pool *pool, u32 pfn)
{
	bool stale;

	spin_lock(&pool->lock);
	stale = test_bit(pfn, pool->stale);
	spin_unlock(&pool->lock);
	return stale;
}

/**
 * bp_pool_page_claim() - a page's bytes are its present owner's from now on
 * @pool: the pool
 * @pfn: a page of a run that belongs to the caller, who has just overwritten
 *	all of it
 *
 * Context: process context; takes and releases the pool's lock.
 */
void bp_pool_page_claim(struct bp_pool *pool, u32 pfn)
{
	spin_lock(&pool->lock);
	__clear_bit(pfn, pool->stale);
	spin_unlock(&pool->lock);
}

/**
 * bp_pool_unreferenced() - how many pages does nobody but the pool use?
 * @pool: the pool
 * @pfn: first page
 * @nr_pages: how many
 *
 * A page is used while it is mapped, or held by get_user_pages(), a pipe, ... A
 * page that is not, is mapped nowhere and cannot be mapped meanwhile, will not
 * be, but for references that do not touch the contents.
 *
 * Context: process context; may sleep.
 * Return: the number of pages before the first one that is used; @nr_pages if
 * none is.
 */
u32 bp_pool_unreferenced(const struct bp_pool *pool, u32 pfn, u32 nr_pages)
{
	u32 i;

	for (i = 0; i < nr_pages; i++) {
		if (page_count(bp_pool_page(pool, pfn + i)) > 1)
			break;
		cond_resched();
	}
	/* What they wrote before they let go is to be seen from now on. */
	smp_rmb();
	return i;
}

/**
 * bp_pool_stat() - look at a pool
 * @pool: the pool
 * @stat: filled in, all of it at the same moment
 *
 * Context: process context; takes and releases the pool's lock.
 */
void bp_pool_stat(struct bp_pool *pool, struct bp_pool_stat *stat)
{
	const struct bp_buddy *buddy = &pool->buddy;

	spin_lock(&pool->lock);
	*stat = (struct bp_pool_stat){
		.free_pages = buddy->nr_free_pages,
		.largest = bp_buddy_largest(buddy),
		.fragmentation = bp_buddy_fragmentation(buddy),
		.nr_splits = buddy->nr_splits,
		.nr_merges = buddy->nr_merges,
		.nr_waiters = pool->queue.nr_waiters,
		.counters = pool->counters,
	};
	memcpy(stat->nr_free, buddy->nr_free, sizeof(stat->nr_free));
	spin_unlock(&pool->lock);
}

/**
 * bp_pool_walk() - list the blocks of a pool, free and allocated
 * @pool: the pool
 * @pfn: in: a page, less than nr_pages; the first block is the one that it is
 *	in; out: the page behind the last block listed
 * @extents: filled in, all of them at the same moment
 * @count: room in @extents
 *
 * Context: process context; takes and releases the pool's lock, for a time in
 * proportion to @count.
 * Return: how many blocks were listed.
 */
unsigned int bp_pool_walk(struct bp_pool *pool, u32 *pfn,
			  struct bp_extent *extents, unsigned int count)
{
	unsigned int i = 0;

	spin_lock(&pool->lock);
	while (i < count && *pfn < pool->buddy.nr_pages) {
		bp_buddy_extent(&pool->buddy, *pfn, &extents[i]);
		*pfn = extents[i].pfn + (1U << extents[i].order);
		i++;
	}
	spin_unlock(&pool->lock);
	return i;
}

/**
 * bp_pool_check() - verify everything that must hold for a pool
 * @pool: the pool
 * @msg: set to what is wrong, in words, or to "ok"
 * @size: room of @msg, in bytes; %BP_CHECK_MSG_SIZE is enough
 *
 * Context: process context; takes and releases the pool's lock, and holds it for
 * a time in proportion to the pool: for tests and for the administrator.
 * Return: as bp_buddy_check().
 */
int bp_pool_check(struct bp_pool *pool, char *msg, size_t size)
{
	int err;

	spin_lock(&pool->lock);
	err = bp_buddy_check(&pool->buddy, msg, size);
	spin_unlock(&pool->lock);
	return err;
}
