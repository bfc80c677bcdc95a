// SPDX-License-Identifier: GPL-2.0
/*
 * The page allocator. Its calls for many are alloc_pages_bulk_array(), which wants
 * to find its array empty, and release_pages().
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "bench.h"
#include "compat.h"

static inline void *peer_alloc(unsigned int order)
{
	return alloc_pages(GFP_KERNEL, order);
}

static inline void peer_free(void *block, unsigned int order)
{
	__free_pages(block, order);
}

static inline void peer_alloc_bulk(void **blocks)
{
	alloc_pages_bulk_array(GFP_KERNEL, BENCH_BULK, (struct page **)blocks);
}

static inline void peer_free_bulk(void **blocks)
{
	release_pages((struct page **)blocks, BENCH_BULK);
}

#define PEER_HAS_BULK
#include "loops.h"

static int create(void)
{
	return 0;
}

static void destroy(void)
{
}

const struct bench_peer bench_pages = {
	.name = "alloc_pages",
	.bulk_name = "alloc_pages_bulk",
	.nr_pages = BENCH_NR_PAGES,
	.max_order = 10,
	.create = create,
	.destroy = destroy,
	.loops = &loops,
};
