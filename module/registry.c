// SPDX-License-Identifier: GPL-2.0
/*
 * The registry of a pool.
 */
#include "registry.h"

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "block.h"

/* He can map the window of an id to the last byte: so many windows there are. */
static u32 max_id(u64 windows)
{
	return min_t(u64, windows - 1, S32_MAX);
}

/**
 * bp_registry_init() - begin to give out the memory of a pool
 * @registry: the registry
 * @pool: the pool; not used by anyone else until bp_registry_destroy()
 * @inode: an inode that nothing else uses, for the mappings
 * @limits: what a client may hold, as long as it has no limits of its own
 *
 * Context: process context.
 */
void bp_registry_init(struct bp_registry *registry, struct bp_pool *pool,
		      struct inode *inode, const struct bp_limits *limits)
{
	unsigned int shift;

	memset(registry, 0, sizeof(*registry));
	registry->pool = pool;
	registry->inode = inode;
	registry->limits = limits;
	/* An offset is a loff_t; of a 32-bit program, 32 bits of 4 KiB. */
	shift = bp_registry_window_shift(registry) + PAGE_SHIFT;
	registry->max_id = max_id((u64)LLONG_MAX >> shift);
	registry->max_compat_id = max_id((u64)U32_MAX >> (shift - 12));
	xa_init_flags(&registry->blocks, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	bp_quarantine_init(&registry->quarantine);
}

/**
 * bp_registry_destroy() - stop
 * @registry: the registry; no client is left
 *
 * What is in quarantine is dropped: its pages live on until those who refer to
 * them let go, outside of the pool.
 *
 * Context: process context; sleeps.
 */
void bp_registry_destroy(struct bp_registry *registry)
{
	bp_quarantine_destroy(&registry->quarantine);
	WARN_ON_ONCE(!xa_empty(&registry->blocks));
	xa_destroy(&registry->blocks);
}

/**
 * bp_registry_add() - enter a record, and give it its id
 * @registry: the registry
 * @block: the record, which is no block yet
 *
 * Context: process context; sleeps.
 * Return: 0; -ENOSPC if no id is left, -ENOMEM.
 */
int bp_registry_add(struct bp_registry *registry, struct bp_block *block)
{
	int err = xa_alloc_cyclic(&registry->blocks, &block->id, block,
				  XA_LIMIT(1, bp_registry_max_id(registry)),
				  &registry->next_id, GFP_KERNEL_ACCOUNT);

	if (err < 0)
		return err == -EBUSY ? -ENOSPC : err;
	return 0;
}

/**
 * bp_registry_remove() - take a record out
 * @registry: the registry
 * @block: the record, which is no block any more
 *
 * Context: process context.
 */
void bp_registry_remove(struct bp_registry *registry, struct bp_block *block)
{
	xa_erase(&registry->blocks, block->id);
}

/**
 * bp_registry_next() - go through all blocks
 * @registry: the registry
 * @id: in: where to begin; out: the id of the block returned
 *
 * What nobody has a reference to, in quarantine or no block, is passed over.
 *
 * Context: process context.
 * Return: the first block from @id on, with a reference; NULL after the last.
 */
struct bp_block *bp_registry_next(struct bp_registry *registry,
				  unsigned long *id)
{
	struct bp_block *block;

	xa_lock(&registry->blocks);
	block = xa_find(&registry->blocks, id, ULONG_MAX, XA_PRESENT);
	while (block && !bp_block_try_get(block))
		block = xa_find_after(&registry->blocks, id, ULONG_MAX,
				      XA_PRESENT);
	xa_unlock(&registry->blocks);
	return block;
}
