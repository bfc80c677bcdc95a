// SPDX-License-Identifier: GPL-2.0
/*
 * A pool: pages, and the lock around their buddy system.
 */
#include "pool.h"

#include <linux/bug.h>
#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "hotplug.h"

/*
 * So many frees after the lists had to be emptied they are used again; many at a time
 * count once for each hold of the lock.
 */
#define CALM_FREES 256

/* How many of those who wait are served under one hold of the lock. */
#define SERVE_BATCH 8

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

	pool = kvzalloc(sizeof(*pool), GFP_KERNEL | __GFP_NOWARN);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&pool->lock);
	bp_queue_init(&pool->queue);
	init_waitqueue_head(&pool->chances);
	INIT_WORK(&pool->announcement, announce);
	/* Whoever has seen no failure has seen number 0. */
	pool->nr_chances = 1;

	if (bp_lists_init(&pool->lists))
		goto free_pool;
	pool->metadata =
		get_memory(bp_buddy_metadata_size(nr_pages, max_order));
	pool->stale = get_memory(bp_stale_size(nr_pages));
	pool->region = get_memory(bytes);
	if (!pool->metadata || !pool->stale || !pool->region) {
		bp_pool_destroy(pool);
		return ERR_PTR(-ENOMEM);
	}

	bp_buddy_init(&pool->buddy, nr_pages, max_order, pool->metadata);
	return pool;

free_pool:
	kvfree(pool);
	return ERR_PTR(-ENOMEM);
}

/**
 * bp_pool_use_lists() - let each CPU keep blocks of a pool aside
 * @pool: the pool, which nobody uses yet
 * @pages_per_cpu: how many pages each may keep; none if it is too few
 *
 * Context: process context; sleeps.
 * Return: as bp_hotplug_add().
 */
int bp_pool_use_lists(struct bp_pool *pool, u32 pages_per_cpu)
{
	int err;

	bp_lists_set_size(&pool->lists, pages_per_cpu, pool->buddy.top_order);
	if (!pool->lists.max_pages)
		return 0;
	err = bp_hotplug_add(&pool->hotplug_node);
	if (err)
		pool->lists.max_pages = 0;
	return err;
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
	if (pool->lists.max_pages)
		bp_hotplug_remove(&pool->hotplug_node);
	bp_lists_destroy(&pool->lists);
	cancel_work_sync(&pool->announcement);
	vfree(pool->region);
	vfree(pool->stale);
	vfree(pool->metadata);
	kvfree(pool);
}

/**
 * bp_pool_serve_first_ones() - see to those who wait, first come, first served
 * @pool: the pool
 *
 * Context: the pool's lock is held.
 */
void bp_pool_serve_first_ones(struct bp_pool *pool)
{
	unsigned int i;

	for (i = 0; i < SERVE_BATCH; i++) {
		if (!bp_queue_serve(&pool->queue, &pool->buddy))
			break;
		pool->counters.allocs++;
	}
}

/**
 * bp_pool_give_chance() - somebody may now get what was refused before
 * @pool: the pool
 *
 * Context: the pool's lock is held. bp_pool_announce_chance() must follow when it
 * is not held any more.
 */
void bp_pool_give_chance(struct bp_pool *pool)
{
	bp_pool_serve(pool);
	WRITE_ONCE(pool->nr_chances, pool->nr_chances + 1 ?: 1);
}

/**
 * bp_pool_announce_chance() - tell it to those who do not wait in the queue
 * @pool: the pool
 *
 * They can be any number, so this is nothing to be done by whoever gives memory
 * back.
 *
 * Context: any.
 */
void bp_pool_announce_chance(struct bp_pool *pool)
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

/**
 * bp_pool_give_aside() - give blocks back that were kept aside
 * @pool: the pool
 * @order: their order
 * @pfns: their first pages
 * @nr: how many there are, at least one
 *
 * Context: the pool's lock is held. Where they were not taken out under the same
 * hold, bp_pool_count_frees() or bp_pool_give_chance() must follow.
 * Return: how many, from the first one on, have been seen to: as many as one hold
 * of the lock is long enough for.
 */
u32 bp_pool_give_aside(struct bp_pool *pool, unsigned int order,
		       const u32 *pfns, u32 nr)
{
	u32 given = 0, done = 0, some;
	unsigned int i;

	nr = min_t(u32, nr, BP_MAX_BATCH);
	for (i = 0; i < BP_HOLD_STEPS && done < nr; i++) {
		some = nr - done;
		given += bp_buddy_give_some(&pool->buddy, order, pfns + done,
					    &some);
		done += some;
	}
	/* What is not there any more has been freed twice at the same time. */
	WARN_ON_ONCE(given != done);
	return done;
}

/* Only a whole block can come from a list; -1 if it cannot. */
static inline int list_of(u32 nr_pages, unsigned int align_order)
{
	const unsigned int order = bp_order_of(nr_pages);

	if (nr_pages != 1U << order || align_order > order)
		return -1;
	return bp_list_of(order);
}

/* May blocks of list @nr, which may be none, be kept? Only the lock makes sure. */
static bool may_keep(const struct bp_pool *pool, int nr)
{
	return nr >= 0 && READ_ONCE(pool->lists.on) && pool->lists.high[nr];
}

/* As bp_buddy_alloc_block(), and some more for the list of the order. */
static u32 take_block(struct bp_pool *pool, unsigned int order)
{
	const int nr = bp_list_of(order);
	u32 pfn = BP_NO_PAGE;

	if (may_keep(pool, nr))
		pfn = bp_lists_refill(&pool->lists, nr, &pool->buddy);
	if (pfn == BP_NO_PAGE)
		pfn = bp_buddy_alloc_block(&pool->buddy, order);
	return pfn;
}

static int take(struct bp_pool *pool, const struct bp_request *request,
		u32 *pfn)
{
	const int nr = list_of(request->nr_pages, request->align_order);

	if (!may_keep(pool, nr))
		return bp_buddy_alloc(&pool->buddy, request->nr_pages,
				      request->align_order, pfn);
	*pfn = take_block(pool, bp_list_order(nr));
	return *pfn == BP_NO_PAGE ? -ENOMEM : 0;
}

static int alloc(struct bp_pool *pool, const struct bp_request *request,
		 u32 *pfn, struct bp_failure *failure)
{
	bool queued;
	int err;

	lockdep_assert_held(&pool->lock);

	bp_pool_serve(pool);
	queued = !bp_queue_is_empty(&pool->queue);
	if (queued)
		err = queue_up(pool, request->nr_pages, request->align_order);
	else
		err = take(pool, request, pfn);
	if (err)
		explain(pool, request->nr_pages, err, queued, failure);
	else
		pool->counters.allocs++;
	return err;
}

static int alloc_locked(struct bp_pool *pool, const struct bp_request *request,
			u32 *pfn, struct bp_failure *failure)
{
	int err;

	spin_lock(&pool->lock);
	err = alloc(pool, request, pfn, failure);
	spin_unlock(&pool->lock);
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
 * bp_buddy_alloc() is, also for each of a few who wait. Sleeps if what CPUs keep
 * aside has to be given back first.
 * Return: as bp_buddy_alloc(); -ENOMEM also if others wait for memory.
 */
int bp_pool_alloc(struct bp_pool *pool, const struct bp_request *request,
		  u32 *pfn, struct bp_failure *failure)
{
	const int nr = list_of(request->nr_pages, request->align_order);
	int err;

	if (nr >= 0) {
		*pfn = bp_pool_pop(pool, nr, bp_list_order(nr));
		if (*pfn != BP_NO_PAGE)
			return 0;
	}
	if (!pool->lists.max_pages)
		return alloc_locked(pool, request, pfn, failure);
	err = alloc_locked(pool, request, pfn, NULL);
	if (err != -ENOMEM)
		return err ? alloc_locked(pool, request, pfn, failure) : 0;
	/* Nothing that is kept aside shall make it fail. */
	bp_pool_drain_hold(pool);
	err = alloc_locked(pool, request, pfn, failure);
	bp_pool_drain_release(pool);
	return err;
}

static u32 alloc_block(struct bp_pool *pool, unsigned int order)
{
	u32 pfn = BP_NO_PAGE;

	spin_lock(&pool->lock);
	bp_pool_serve(pool);
	if (likely(bp_queue_is_empty(&pool->queue)))
		pfn = take_block(pool, order);
	if (likely(pfn != BP_NO_PAGE))
		pool->counters.allocs++;
	spin_unlock(&pool->lock);
	return pfn;
}

/**
 * bp_pool_alloc_block_slow() - bp_pool_alloc_block() without a list that has one
 * @pool: the pool
 * @order: as for bp_pool_alloc_block()
 *
 * Context: as bp_pool_alloc().
 * Return: as bp_pool_alloc_block().
 */
u32 bp_pool_alloc_block_slow(struct bp_pool *pool, unsigned int order)
{
	u32 pfn;

	if (unlikely(order > pool->buddy.top_order))
		return BP_NO_PAGE;
	pfn = alloc_block(pool, order);
	/* Nothing that is kept aside shall make it fail. */
	if (unlikely(pfn == BP_NO_PAGE && pool->lists.max_pages)) {
		bp_pool_drain_hold(pool);
		pfn = alloc_block(pool, order);
		bp_pool_drain_release(pool);
	}
	return pfn;
}

/* The end of a wait: whoever gives up may have been in the way of others. */
static int stop_waiting(struct bp_pool *pool, struct bp_waiter *waiter, int err,
			struct bp_failure *failure)
{
	spin_lock(&pool->lock);
	if (!waiter->served)
		bp_pool_serve(pool);
	if (waiter->served) {
		err = 0;
	} else {
		const bool queued = !bp_queue_is_first(&pool->queue, waiter);

		bp_queue_leave(&pool->queue, waiter);
		explain(pool, waiter->nr_pages, err, queued, failure);
	}
	bp_pool_give_chance(pool);
	/* That one of them has given up is a chance for the others. */
	if (failure->nr_chances)
		failure->nr_chances = pool->nr_chances;
	spin_unlock(&pool->lock);
	bp_pool_announce_chance(pool);
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
	/* It is not on again as long as somebody waits. */
	bp_pool_drain(pool);

	err = bp_queue_sleep(&waiter, expires);
	err = stop_waiting(pool, &waiter, err, failure);
	if (!err)
		*pfn = waiter.pfn;
	return err;
}

/* May the lists be used again? Not at the first sign of it. */
static void calm_down(struct bp_pool *pool)
{
	struct bp_lists *lists = &pool->lists;

	if (likely(lists->on || !lists->max_pages))
		return;
	if (++lists->nr_calm < CALM_FREES || lists->nr_holds ||
	    !bp_queue_is_empty(&pool->queue) ||
	    pool->buddy.nr_free_pages / 2 < lists->max_pages)
		return;
	WRITE_ONCE(lists->on, true);
}

/**
 * bp_pool_count_frees() - runs have been given back
 * @pool: the pool
 * @nr: how many
 *
 * Context: the pool's lock is held. bp_pool_announce_chance() must follow.
 */
void bp_pool_count_frees(struct bp_pool *pool, u32 nr)
{
	pool->counters.frees += nr;
	bp_pool_give_chance(pool);
	calm_down(pool);
}

/**
 * bp_pool_overflow() - keep a block that found no room on its list, or give it back
 * @pool: the pool
 * @nr: the list
 * @pfn: the first page of the block, which has been set aside
 *
 * Context: as bp_pool_free().
 */
void bp_pool_overflow(struct bp_pool *pool, unsigned int nr, u32 pfn)
{
	spin_lock(&pool->lock);
	bp_lists_overflow(&pool->lists, nr, &pool->buddy, pfn);
	bp_pool_count_frees(pool, 1);
	spin_unlock(&pool->lock);
	bp_pool_announce_chance(pool);
}

static int free_run(struct bp_pool *pool, u32 pfn, u32 nr_pages, bool stale)
{
	int err;

	spin_lock(&pool->lock);
	err = bp_buddy_free(&pool->buddy, pfn, nr_pages);
	if (!err) {
		if (stale)
			bp_stale_mark(pool->stale, pfn, nr_pages);
		bp_pool_count_frees(pool, 1);
	}
	spin_unlock(&pool->lock);
	bp_pool_announce_chance(pool);
	return err;
}

/**
 * bp_pool_free() - give a run back to its pool
 * @pool: the pool
 * @pfn: the first page of the run
 * @nr_pages: how many pages it has
 * @stale: some of its pages have been shown
 *
 * Context: process context; takes and releases the pool's lock. Bounded as
 * bp_buddy_free() and, for each of a few who wait, bp_buddy_alloc() are.
 * Return: as bp_buddy_free(); nothing has changed on error.
 */
int bp_pool_free(struct bp_pool *pool, u32 pfn, u32 nr_pages, bool stale)
{
	const int nr = list_of(nr_pages, 0);

	if (pfn >= pool->buddy.nr_pages || !may_keep(pool, nr) ||
	    !bp_buddy_set_aside(&pool->buddy, pfn, bp_list_order(nr)))
		return free_run(pool, pfn, nr_pages, stale);
	if (stale)
		bp_stale_mark(pool->stale, pfn, nr_pages);
	bp_pool_keep(pool, nr, bp_list_order(nr), pfn);
	return 0;
}

/**
 * bp_pool_free_block_slow() - bp_pool_free_block() of what goes on no list
 * @pool: the pool
 * @pfn: its first page, or any other page of the pool
 * @order: its order, any number
 *
 * Context: as bp_pool_free().
 * Return: as bp_pool_free() of 2^@order pages.
 */
int bp_pool_free_block_slow(struct bp_pool *pool, u32 pfn, unsigned int order)
{
	int err;

	if (unlikely(order > BP_MAX_ORDER))
		return -EINVAL;
	spin_lock(&pool->lock);
	err = bp_buddy_free_block(&pool->buddy, pfn, order);
	if (likely(!err))
		bp_pool_count_frees(pool, 1);
	spin_unlock(&pool->lock);
	bp_pool_announce_chance(pool);
	return err;
}

static int resize(struct bp_pool *pool, u32 pfn, u32 nr_pages, u32 new_nr_pages,
		  bool stale, struct bp_failure *failure)
{
	const bool grow = new_nr_pages > nr_pages;
	bool queued;
	int err;

	spin_lock(&pool->lock);
	if (grow)
		bp_pool_serve(pool);
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
		if (stale && new_nr_pages < nr_pages)
			bp_stale_mark(pool->stale, pfn + new_nr_pages,
				      nr_pages - new_nr_pages);
		if (!grow)
			bp_pool_give_chance(pool);
	}
	spin_unlock(&pool->lock);
	if (!grow)
		bp_pool_announce_chance(pool);
	return err;
}

/**
 * bp_pool_resize() - make a run longer or shorter where it is
 * @pool: the pool
 * @pfn: the first page of the run
 * @nr_pages: how many pages it has
 * @new_nr_pages: how many it shall have
 * @stale: some of its pages have been shown; matters for the tail that a shrink
 *	gives back
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
	int err;

	if (!pool->lists.max_pages)
		return resize(pool, pfn, nr_pages, new_nr_pages, stale,
			      failure);
	err = resize(pool, pfn, nr_pages, new_nr_pages, stale, NULL);
	if (err != -ENOMEM)
		return err ? resize(pool, pfn, nr_pages, new_nr_pages, stale,
				    failure) :
			     0;
	bp_pool_drain_hold(pool);
	err = resize(pool, pfn, nr_pages, new_nr_pages, stale, failure);
	bp_pool_drain_release(pool);
	return err;
}
