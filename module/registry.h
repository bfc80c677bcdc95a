/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registry of a pool: every block that exists, by its id, and what all
 * clients of the pool share.
 */
#ifndef BP_REGISTRY_H
#define BP_REGISTRY_H

#include <linux/atomic.h>
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "pool.h"
#include "quarantine.h"

struct bp_block;
struct bp_limits;

/**
 * struct bp_registry - who has been given what of a pool
 * @pool: the pool; constant
 * @inode: its i_mapping holds every mapping of every block; constant
 * @limits: of clients; constant
 * @max_id: the largest id that anybody can use; constant
 * @max_compat_id: the largest id that a 32-bit program can use; constant
 * @blocks: records of blocks, by id; protected by its xa_lock
 * @next_id: where the search for an id begins; protected by the xa_lock
 * @quarantine: freed blocks that somebody still refers to
 * @nr_blocks: those of @blocks that are blocks
 * @nr_clients: open files
 * @nr_exports: open descriptors of blocks
 * @nr_moves: blocks moved so far
 * @freed_mapped_pages: pages of blocks that are freed and still mapped
 */
struct bp_registry {
	struct bp_pool *pool;
	struct inode *inode;
	const struct bp_limits *limits;
	u32 max_id;
	u32 max_compat_id;
	struct xarray blocks;
	u32 next_id;
	struct bp_quarantine quarantine;
	atomic_long_t nr_blocks;
	atomic_long_t nr_clients;
	atomic_long_t nr_exports;
	atomic64_t nr_moves;
	atomic_long_t freed_mapped_pages;
};

void bp_registry_init(struct bp_registry *registry, struct bp_pool *pool,
		      struct inode *inode, const struct bp_limits *limits);
void bp_registry_destroy(struct bp_registry *registry);

int bp_registry_add(struct bp_registry *registry, struct bp_block *block);
void bp_registry_remove(struct bp_registry *registry, struct bp_block *block);
struct bp_block *bp_registry_next(struct bp_registry *registry,
				  unsigned long *id);

/**
 * bp_registry_window_shift() - the size of a block's window of offsets
 * @registry: the registry
 *
 * The window of the block with id i starts at page i << shift of the device's
 * offset space, and holds the largest block there can be.
 *
 * Return: log2 of the window's size, in pages.
 */
static inline unsigned int
bp_registry_window_shift(const struct bp_registry *registry)
{
	return registry->pool->buddy.top_order;
}

/**
 * bp_registry_window() - the size of a block's window of offsets
 * @registry: the registry
 *
 * Return: the size, in bytes.
 */
static inline u64 bp_registry_window(const struct bp_registry *registry)
{
	return (u64)PAGE_SIZE << bp_registry_window_shift(registry);
}

/**
 * bp_registry_max_id() - the largest id that the caller can use
 * @registry: the registry
 *
 * Context: process context.
 * Return: the id.
 */
static inline u32 bp_registry_max_id(const struct bp_registry *registry)
{
	if (in_compat_syscall() || sizeof(long) == sizeof(u32))
		return registry->max_compat_id;
	return registry->max_id;
}

#endif /* BP_REGISTRY_H */
