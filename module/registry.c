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

/*
 * The largest id whose window the caller can map, to its last byte: an offset is
 * a loff_t, and a 32-bit program gives it as 32 bits of 4 KiB.
 */
static u32 max_id(const struct bp_registry *registry)
{
	const unsigned int shift =
		bp_registry_window_shift(registry) + PAGE_SHIFT;
	u64 windows = (u64)LLONG_MAX >> shift;

	if (in_compat_syscall() || sizeof(long) == sizeof(u32))
		windows = (u64)U32_MAX >> (shift - 12);
	return min_t(u64, windows - 1, S32_MAX);
}

/**
 * bp_registry_add() - enter a block, and give it its id
 * @registry: the registry
 * @block: the block, complete but for its id
 *
 * Context: process context; sleeps.
 * Return: 0; -ENOSPC if no id is left, -ENOMEM.
 */
int bp_registry_add(struct bp_registry *registry, struct bp_block *block)
{
	int err = xa_alloc_cyclic(&registry->blocks, &block->id, block,
				  XA_LIMIT(1, max_id(registry)),
				  &registry->next_id, GFP_KERNEL_ACCOUNT);

	if (err < 0)
		return err == -EBUSY ? -ENOSPC : err;
	atomic_long_inc(&registry->nr_blocks);
	return 0;
}

/**
 * bp_registry_remove() - take a block out
 * @registry: the registry
 * @block: the block
 *
 * Context: process context.
 */
void bp_registry_remove(struct bp_registry *registry, struct bp_block *block)
{
	xa_erase(&registry->blocks, block->id);
	atomic_long_dec(&registry->nr_blocks);
}

/**
 * bp_registry_next() - go through all blocks
 * @registry: the registry
 * @id: in: where to begin; out: the id of the block returned
 *
 * A block that nobody holds any more, in quarantine, is passed over.
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
	while (block && !kref_get_unless_zero(&block->ref))
		block = xa_find_after(&registry->blocks, id, ULONG_MAX,
				      XA_PRESENT);
	xa_unlock(&registry->blocks);
	return block;
}
