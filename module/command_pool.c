// SPDX-License-Identifier: GPL-2.0
/*
 * The commands that look at the pool as a whole.
 */
#include "command.h"

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#include "client.h"
#include "registry.h"

/* The most that a walk lists under one hold of the pool's lock. */
#define WALK_BATCH 32

static_assert(BP_NR_ORDERS <= BUDDYPOOL_NR_ORDERS);

/**
 * bp_command_info() - BUDDYPOOL_IOC_INFO
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_info(struct bp_command *command)
{
	const struct bp_buddy *buddy = &command->client->registry->pool->buddy;

	command->arg.info = (struct buddypool_info){
		.features = BUDDYPOOL_FEATURE_EXACT | BUDDYPOOL_FEATURE_ALIGN |
			    BUDDYPOOL_FEATURE_RESIZE | BUDDYPOOL_FEATURE_WALK |
			    BUDDYPOOL_FEATURE_WAIT | BUDDYPOOL_FEATURE_LIMIT |
			    BUDDYPOOL_FEATURE_EXPORT | BUDDYPOOL_FEATURE_LISTS |
			    BUDDYPOOL_FEATURE_BULK,
		.pages = buddy->nr_pages,
		.max_size = PAGE_SIZE << buddy->top_order,
		.max_align = PAGE_SIZE << buddy->top_order,
		.page_size = PAGE_SIZE,
		.max_order = buddy->max_order,
	};
	return bp_command_reply(command, sizeof(command->arg.info));
}

/**
 * bp_command_stat() - BUDDYPOOL_IOC_STAT
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_stat(struct bp_command *command)
{
	struct bp_registry *registry = command->client->registry;
	struct buddypool_stat *arg = &command->arg.stat;
	struct bp_pool_stat stat;
	unsigned int order;

	if (arg->reserved)
		return -EINVAL;
	bp_pool_stat(registry->pool, &stat);
	*arg = (struct buddypool_stat){
		.free_pages = stat.free_pages,
		.largest = (u64)stat.largest << PAGE_SHIFT,
		.fragmentation = stat.fragmentation,
		.freed_mapped_pages =
			atomic_long_read(&registry->freed_mapped_pages),
		.freed_pinned_pages =
			bp_quarantine_pages(&registry->quarantine),
		.blocks = atomic_long_read(&registry->nr_blocks),
		.clients = atomic_long_read(&registry->nr_clients),
		.allocs = stat.counters.allocs,
		.frees = stat.counters.frees,
		.alloc_failures = stat.counters.failures,
		.resizes = stat.counters.resizes,
		.moves = atomic64_read(&registry->nr_moves),
		.splits = stat.nr_splits,
		.merges = stat.nr_merges,
		.waiting = stat.nr_waiters,
		.exports = atomic_long_read(&registry->nr_exports),
		.kept_pages = stat.kept_pages,
	};
	for (order = 0; order < BP_NR_ORDERS; order++)
		arg->free_blocks[order] = stat.nr_free[order];
	return bp_command_reply(command, sizeof(*arg));
}

static void set_extent(struct buddypool_extent *to,
		       const struct bp_extent *from)
{
	static const u8 states[] = {
		[BP_EXTENT_FREE] = BUDDYPOOL_EXTENT_FREE,
		[BP_EXTENT_PIECE] = BUDDYPOOL_EXTENT_ALLOCATED,
		[BP_EXTENT_ASIDE] = BUDDYPOOL_EXTENT_KEPT,
	};

	*to = (struct buddypool_extent){
		.page = from->pfn,
		.order = from->order,
		.state = states[from->kind],
		.flags = from->kind == BP_EXTENT_PIECE && !from->head ?
				 BUDDYPOOL_EXTENT_CONT :
				 0,
	};
}

/* List up to WALK_BATCH blocks; returns how many, or an errno. */
static int walk_batch(struct bp_pool *pool, u32 *pfn,
		      struct buddypool_extent __user *to, u32 room)
{
	struct bp_extent extents[WALK_BATCH];
	struct buddypool_extent batch[WALK_BATCH];
	unsigned int i, nr;

	nr = bp_pool_walk(pool, pfn, extents, min_t(u32, room, WALK_BATCH));
	for (i = 0; i < nr; i++)
		set_extent(&batch[i], &extents[i]);
	if (copy_to_user(to, batch, nr * sizeof(*batch)))
		return -EFAULT;
	return nr;
}

/**
 * bp_command_walk() - BUDDYPOOL_IOC_WALK
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_walk(struct bp_command *command)
{
	struct buddypool_walk *arg = &command->arg.walk;
	struct buddypool_extent __user *to = u64_to_user_ptr(arg->extents);
	struct bp_pool *pool = command->client->registry->pool;
	u32 done = 0, pfn = arg->start;
	int nr;

	if (arg->flags || !arg->count || arg->start >= pool->buddy.nr_pages)
		return -EINVAL;
	while (done < arg->count && pfn < pool->buddy.nr_pages) {
		nr = walk_batch(pool, &pfn, to + done, arg->count - done);
		if (nr < 0)
			return nr;
		done += nr;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	arg->start = pfn;
	arg->count = done;
	return bp_command_reply(command, sizeof(*arg));
}

/**
 * bp_command_drain() - BUDDYPOOL_IOC_DRAIN
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_drain(struct bp_command *command)
{
	struct buddypool_drain *arg = &command->arg.drain;

	if (arg->flags || arg->reserved)
		return -EINVAL;
	arg->pages = bp_pool_drain(command->client->registry->pool);
	return bp_command_reply(command, sizeof(*arg));
}
