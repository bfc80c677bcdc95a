// SPDX-License-Identifier: GPL-2.0
/*
 * Many blocks at a time.
 */
#include <linux/bug.h>
#include <linux/minmax.h>
#include <linux/smp.h>

#include "pool.h"

/* How many of them there are; see bp_pool_pop(). */
static u32 use_again(struct bp_pool *pool, unsigned int order, u32 *pfns,
		     u32 nr)
{
	u32 used = 0, i;

	for (i = 0; i < nr; i++) {
		const u32 pfn = pfns[i];

		pfns[used] = pfn;
		used += bp_buddy_use_again(&pool->buddy, pfn, order);
	}
	WARN_ON_ONCE(used < nr);
	return used;
}

/* Under one hold of the pool's lock, and so no more than a batch, in a few steps. */
static u32 take_batch(struct bp_pool *pool, unsigned int order, u32 *pfns,
		      u32 nr)
{
	unsigned int steps = 0;
	u32 got = 0, more;

	nr = min_t(u32, nr, BP_MAX_BATCH);
	spin_lock(&pool->lock);
	bp_pool_serve(pool);
	if (bp_queue_is_empty(&pool->queue)) {
		do {
			more = bp_buddy_take_many(&pool->buddy, order,
						  bp_tag_block(order),
						  raw_smp_processor_id(),
						  pfns + got, nr - got);
			got += more;
		} while (more && got < nr && ++steps < BP_HOLD_STEPS);
	}
	pool->counters.allocs += got;
	spin_unlock(&pool->lock);
	return got;
}

static u32 take(struct bp_pool *pool, unsigned int order, u32 *pfns, u32 nr)
{
	u32 got, total = 0;

	do {
		got = take_batch(pool, order, pfns + total, nr - total);
		total += got;
	} while (got && total < nr);
	return total;
}

/**
 * bp_pool_alloc_bulk() - take many blocks of an order out of a pool
 * @pool: the pool
 * @order: their order
 * @pfns: set to their first pages
 * @nr: how many are wanted
 *
 * Context: process context; takes and releases the pool's lock, for a batch or less
 * at a time. Sleeps if what CPUs keep aside has to be given back first.
 * Return: how many there are; fewer than @nr if the pool has no more, or others
 * wait for memory.
 */
u32 bp_pool_alloc_bulk(struct bp_pool *pool, unsigned int order, u32 *pfns,
		       u32 nr)
{
	const int list = bp_list_of(order);
	u32 got = 0;

	if (order > pool->buddy.max_order)
		return 0;
	if (list >= 0) {
		got = bp_lists_pop_many(&pool->lists, list, pfns, nr);
		got = use_again(pool, order, pfns, got);
	}
	if (got < nr)
		got += take(pool, order, pfns + got, nr - got);
	if (got < nr && pool->lists.max_pages) {
		bp_pool_drain_hold(pool);
		got += take(pool, order, pfns + got, nr - got);
		bp_pool_drain_release(pool);
	}
	return got;
}

/*
 * Under one hold of the pool's lock, or more if it takes long. For the next ones there
 * may be room on the list of the order, if it has one.
 */
static void give_to_pool(struct bp_pool *pool, unsigned int order, int list,
			 const u32 *pfns, u32 nr)
{
	u32 some;

	for (; nr; pfns += some, nr -= some) {
		spin_lock(&pool->lock);
		some = bp_pool_give_aside(pool, order, pfns, nr);
		bp_pool_count_frees(pool, some);
		if (list >= 0)
			bp_lists_allow(&pool->lists, list);
		spin_unlock(&pool->lock);
	}
	bp_pool_announce_chance(pool);
}

/* How many are at home here, which are the first ones then. */
static u32 part_home(const struct bp_pool *pool, u32 *pfns, u32 nr,
		     bool one_word)
{
	const struct bp_freemap *map = &pool->buddy.freemap;
	const u16 user = raw_smp_processor_id();

	if (one_word)
		return bp_freemap_is_home(map, user, pfns[0]) ? nr : 0;
	return bp_freemap_part_home(map, user, pfns, nr);
}

/*
 * No more than a batch, which are set aside; they may be in another order then, but
 * if all are of one word.
 */
static void give_batch(struct bp_pool *pool, unsigned int order, u32 *pfns,
		       u32 nr, bool one_word)
{
	const int list = bp_list_of(order);
	u32 nr_home, kept = 0;

	if (list >= 0 && READ_ONCE(pool->lists.on)) {
		nr_home = part_home(pool, pfns, nr, one_word);
		kept = bp_lists_push_many(&pool->lists, list, pfns, nr_home,
					  nr);
	}
	if (kept < nr)
		give_to_pool(pool, order, list, pfns + kept, nr - kept);
}

/**
 * bp_pool_free_bulk() - give many blocks of an order back to their pool
 * @pool: the pool
 * @order: their order
 * @pfns: their first pages, any numbers; maybe in another order afterwards
 * @nr: how many
 *
 * What finds no room on the list of this CPU, or is not at home here, goes to the
 * pool.
 *
 * Context: process context; takes and releases the pool's lock, for a batch or less
 * at a time.
 * Return: how many of them, from the first one on, were given back; the one after
 * these was no block of this order.
 */
u32 bp_pool_free_bulk(struct bp_pool *pool, unsigned int order, u32 *pfns,
		      u32 nr)
{
	u32 total, done, batch, differ = 0;

	if (order > pool->buddy.max_order)
		return 0;
	for (total = 0; total < nr; total++) {
		if (pfns[total] >= pool->buddy.nr_pages ||
		    !bp_buddy_set_aside(&pool->buddy, pfns[total], order))
			break;
		differ |= pfns[total] ^ pfns[0];
	}
	for (done = 0; done < total; done += batch) {
		batch = min_t(u32, total - done, BP_MAX_BATCH);
		give_batch(pool, order, pfns + done, batch,
			   differ < BP_WORD_UNITS);
	}
	return total;
}
