// SPDX-License-Identifier: GPL-2.0
/*
 * A cache of objects of 4 KiB.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bench.h"

static struct kmem_cache *cache;

static inline void *peer_alloc(unsigned int order)
{
	return kmem_cache_alloc(cache, GFP_KERNEL);
}

static inline void peer_free(void *block, unsigned int order)
{
	kmem_cache_free(cache, block);
}

static inline void peer_alloc_bulk(void **blocks)
{
	if (!kmem_cache_alloc_bulk(cache, GFP_KERNEL, BENCH_BULK, blocks))
		memset(blocks, 0, BENCH_BULK * sizeof(*blocks));
}

static inline void peer_free_bulk(void **blocks)
{
	kmem_cache_free_bulk(cache, BENCH_BULK, blocks);
}

#define PEER_HAS_BULK
#include "loops.h"

static int create(void)
{
	cache = kmem_cache_create("buddypool_bench", PAGE_SIZE, 0, 0, NULL);
	return cache ? 0 : -ENOMEM;
}

static void destroy(void)
{
	kmem_cache_destroy(cache);
}

const struct bench_peer bench_slab = {
	.name = "kmem_cache",
	.bulk_name = "kmem_cache",
	.nr_pages = BENCH_NR_PAGES,
	.create = create,
	.destroy = destroy,
	.loops = &loops,
};
