// SPDX-License-Identifier: GPL-2.0
/*
 * The registry of a pool.
 */
#include "registry.h"

#include <linux/compat.h>
#include <linux/kernel.h>

#include "block.h"

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
	memset(registry, 0, sizeof(*registry));
	registry->pool = pool;
	registry->inode = inode;
	registry->limits = limits;
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
 * bp_registry_nr_compat_ids() - how many ids a 32-bit program can use
 * @registry: the registry
 *
 * It gives the offset of a mapping as 32 bits of 4 KiB.
 *
 * Return: their number, from 0 on; 0 is no id.
 */
u32 bp_registry_nr_compat_ids(const struct bp_registry *registry)
{
	return (u64)U32_MAX >>
	       (bp_registry_window_shift(registry) + PAGE_SHIFT - 12);
}

/**
 * bp_registry_max_id() - the largest id that the caller can use
 * @registry: the registry
 *
 * He can map its window, to the last byte: an offset is a loff_t.
 *
 * Context: process context.
 * Return: the id.
 */
u32 bp_registry_max_id(const struct bp_registry *registry)
{
	const unsigned int shift =
		bp_registry_window_shift(registry) + PAGE_SHIFT;
	u64 windows = (u64)LLONG_MAX >> shift;

	if (in_compat_syscall() || sizeof(long) == sizeof(u32))
		windows = bp_registry_nr_compat_ids(registry);
	return min_t(u64, windows - 1, S32_MAX);
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
