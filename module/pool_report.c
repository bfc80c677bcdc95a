// SPDX-License-Identifier: GPL-2.0
/*
 * What can be seen of a pool.
 */
#include "pool.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

/**
 * bp_pool_stat() - look at a pool
 * @pool: the pool
 * @stat: filled in; all of it at the same moment, but for what comes from lists
 *	of CPUs or goes there
 *
 * Context: process context; takes and releases the pool's lock.
 */
void bp_pool_stat(struct bp_pool *pool, struct bp_pool_stat *stat)
{
	const struct bp_buddy *buddy = &pool->buddy;
	struct bp_lists_stat lists;

	spin_lock(&pool->lock);
	bp_lists_stat(&pool->lists, &lists);
	*stat = (struct bp_pool_stat){
		.free_pages = min(buddy->nr_free_pages + lists.nr_pages,
				  buddy->nr_pages),
		.kept_pages = lists.nr_pages,
		.largest = bp_buddy_largest(buddy),
		.fragmentation = bp_buddy_fragmentation(buddy),
		.nr_splits = buddy->freemap.nr_splits,
		.nr_merges = buddy->freemap.nr_merges,
		.nr_waiters = pool->queue.nr_waiters,
		.counters = pool->counters,
	};
	bp_freemap_count(&buddy->freemap, stat->nr_free);
	stat->counters.allocs += lists.nr_allocs;
	stat->counters.frees += lists.nr_frees;
	spin_unlock(&pool->lock);
}

/**
 * bp_pool_walk() - list the blocks of a pool, free and allocated
 * @pool: the pool
 * @pfn: in: a page, less than nr_pages; the first block is the one that it is
 *	in; out: the page behind the last block listed
 * @extents: filled in, all of them at the same moment, but for what comes from lists
 *	of CPUs or goes there
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

/* No free page has an owner who could have been shown it. */
static int check_shown(const struct bp_pool *pool, char *msg, size_t size)
{
	const struct bp_buddy *buddy = &pool->buddy;
	struct bp_extent extent;
	u32 pfn = 0, end;

	while (pfn < buddy->nr_pages) {
		bp_buddy_extent(buddy, pfn, &extent);
		end = extent.pfn + (1U << extent.order);
		for (; pfn < end; pfn++) {
			if (extent.kind != BP_EXTENT_FREE ||
			    !bp_stale_is_shown(pool->stale, pfn))
				continue;
			snprintf(msg, size, "the free page %u is shown", pfn);
			return -EUCLEAN;
		}
	}
	return 0;
}

/**
 * bp_pool_check() - verify everything that must hold for a pool
 * @pool: the pool
 * @msg: set to what is wrong, in words, or to "ok"
 * @size: room of @msg, in bytes; %BP_CHECK_MSG_SIZE is enough
 *
 * What CPUs keep aside is given back first.
 *
 * Context: process context; sleeps; takes and releases the pool's lock, and holds
 * it for a time in proportion to the pool: for tests and for the administrator.
 * Return: as bp_buddy_check().
 */
int bp_pool_check(struct bp_pool *pool, char *msg, size_t size)
{
	int err;

	bp_pool_drain(pool);
	spin_lock(&pool->lock);
	err = bp_buddy_check(&pool->buddy, msg, size) ?:
		      check_shown(pool, msg, size);
	spin_unlock(&pool->lock);
	return err;
}
