// SPDX-License-Identifier: GPL-2.0
/*
 * The quarantine.
 *
 * A page that direct I/O, a registered io_uring buffer, a pipe or a debugger
 * refers to can be read or written although it is mapped nowhere. It must not be
 * given to another owner before they let go, and nothing tells when they do: so
 * it is looked at again and again.
 */
#include "quarantine.h"

#include <linux/jiffies.h>
#include <linux/sched.h>

#include "block.h"

/* How long to wait before looking again. */
#define DELAY msecs_to_jiffies(100)

static void quarantine_work(struct work_struct *work)
{
	bp_quarantine_flush(container_of(to_delayed_work(work),
					 struct bp_quarantine, work));
}

/**
 * bp_quarantine_init() - make an empty quarantine
 * @quarantine: the quarantine
 */
void bp_quarantine_init(struct bp_quarantine *quarantine)
{
	mutex_init(&quarantine->lock);
	INIT_LIST_HEAD(&quarantine->blocks);
	quarantine->nr_pages = 0;
	INIT_DELAYED_WORK(&quarantine->work, quarantine_work);
}

/**
 * bp_quarantine_destroy() - give up waiting
 * @quarantine: the quarantine; no block is added any more
 *
 * The blocks go; the pages that are still referred to live on outside the pool,
 * which must not be used but to destroy it.
 *
 * Context: process context; sleeps.
 */
void bp_quarantine_destroy(struct bp_quarantine *quarantine)
{
	struct bp_block *block, *next;

	cancel_delayed_work_sync(&quarantine->work);
	list_for_each_entry_safe(block, next, &quarantine->blocks, node) {
		list_del(&block->node);
		bp_block_return(block);
	}
}

/**
 * bp_quarantine_add() - put a block in
 * @quarantine: the quarantine
 * @block: a block in state %BP_BLOCK_FREED that nobody refers to
 *
 * Context: process context; sleeps.
 */
void bp_quarantine_add(struct bp_quarantine *quarantine, struct bp_block *block)
{
	mutex_lock(&quarantine->lock);
	list_add_tail(&block->node, &quarantine->blocks);
	WRITE_ONCE(quarantine->nr_pages,
		   quarantine->nr_pages + block->nr_pages);
	mutex_unlock(&quarantine->lock);
	queue_delayed_work(system_unbound_wq, &quarantine->work, DELAY);
}

/**
 * bp_quarantine_flush() - let go of the blocks that nobody refers to any more
 * @quarantine: the quarantine
 *
 * Context: process context; sleeps.
 * Return: whether any page went back to the pool.
 */
bool bp_quarantine_flush(struct bp_quarantine *quarantine)
{
	struct bp_block *block, *next;
	u32 returned = 0;

	mutex_lock(&quarantine->lock);
	list_for_each_entry_safe(block, next, &quarantine->blocks, node) {
		cond_resched();
		if (bp_block_is_referenced(block))
			continue;
		list_del(&block->node);
		returned += block->nr_pages;
		bp_block_return(block);
	}
	WRITE_ONCE(quarantine->nr_pages, quarantine->nr_pages - returned);
	if (!list_empty(&quarantine->blocks))
		queue_delayed_work(system_unbound_wq, &quarantine->work, DELAY);
	mutex_unlock(&quarantine->lock);
	return returned;
}

/**
 * bp_quarantine_pages() - how much memory waits
 * @quarantine: the quarantine
 *
 * Context: any.
 * Return: pages.
 */
u32 bp_quarantine_pages(const struct bp_quarantine *quarantine)
{
	return READ_ONCE(quarantine->nr_pages);
}
