// SPDX-License-Identifier: GPL-2.0
/*
 * Taking back what CPUs keep aside of a pool.
 */
#include <linux/cpumask.h>

#include "pool.h"

/* Under as many holds of the lock as it takes; how many pages it was. */
static u32 give_back(struct bp_pool *pool, unsigned int order,
		     const struct bp_stock *stock)
{
	const u32 *pfns = stock->pfn + stock->begin;
	const u32 count = bp_stock_count(stock);
	u32 done, nr;

	for (done = 0; done < count; done += nr) {
		spin_lock(&pool->lock);
		nr = bp_pool_give_aside(pool, order, pfns + done, count - done);
		bp_freemap_aim(&pool->buddy.freemap, order);
		bp_pool_give_chance(pool);
		spin_unlock(&pool->lock);
	}
	return count << order;
}

static u32 drain_cpu(struct bp_pool *pool, unsigned int cpu)
{
	u32 nr_pages = 0;
	unsigned int i;

	bp_lists_steal(&pool->lists, cpu);
	for (i = 0; i < BP_NR_LISTS; i++) {
		const struct bp_list *loot = &pool->lists.loot[i];
		const unsigned int order = bp_list_order(i);

		nr_pages += give_back(pool, order, &loot->ready);
		nr_pages += give_back(pool, order, &loot->spare);
	}
	return nr_pages;
}

/**
 * bp_pool_drain_cpu() - take back what a CPU keeps aside
 * @pool: the pool
 * @cpu: the CPU
 *
 * Context: process context; sleeps.
 */
void bp_pool_drain_cpu(struct bp_pool *pool, unsigned int cpu)
{
	mutex_lock(&pool->lists.drain);
	drain_cpu(pool, cpu);
	mutex_unlock(&pool->lists.drain);
	bp_pool_announce_chance(pool);
}

/**
 * bp_pool_drain_hold() - take back what all CPUs keep aside, and leave it so
 * @pool: the pool
 *
 * They keep nothing again before bp_pool_drain_release(), which must follow: so
 * what is tried in between fails only if there is nothing anywhere.
 *
 * Context: process context; sleeps. Interrupts each CPU.
 * Return: how many pages they kept.
 */
u32 bp_pool_drain_hold(struct bp_pool *pool)
{
	struct bp_lists *lists = &pool->lists;
	unsigned int cpu;
	u32 nr_pages = 0;
	bool was_on;

	/* Also waits for somebody else who has not yet given all back. */
	mutex_lock(&lists->drain);
	spin_lock(&pool->lock);
	lists->nr_holds++;
	was_on = lists->on;
	WRITE_ONCE(lists->on, false);
	lists->nr_calm = 0;
	spin_unlock(&pool->lock);
	if (was_on)
		for_each_online_cpu(cpu)
			nr_pages += drain_cpu(pool, cpu);
	mutex_unlock(&lists->drain);
	bp_pool_announce_chance(pool);
	return nr_pages;
}

/**
 * bp_pool_drain_release() - CPUs may keep blocks again, after some more frees
 * @pool: the pool
 *
 * Context: process context; takes and releases the pool's lock.
 */
void bp_pool_drain_release(struct bp_pool *pool)
{
	spin_lock(&pool->lock);
	pool->lists.nr_holds--;
	spin_unlock(&pool->lock);
}

/**
 * bp_pool_drain() - take back what all CPUs keep aside
 * @pool: the pool
 *
 * Context: as bp_pool_drain_hold().
 * Return: as bp_pool_drain_hold().
 */
u32 bp_pool_drain(struct bp_pool *pool)
{
	u32 nr_pages;

	if (!pool->lists.max_pages)
		return 0;
	nr_pages = bp_pool_drain_hold(pool);
	bp_pool_drain_release(pool);
	return nr_pages;
}
