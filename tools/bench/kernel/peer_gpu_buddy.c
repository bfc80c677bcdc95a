// SPDX-License-Identifier: GPL-2.0
/*
 * The buddy allocator of graphics drivers. It manages numbers, so there need be no
 * memory. Its users have a mutex around each call; here there is none.
 */
#include <linux/list.h>
#include <linux/mm.h>

#include "bench.h"
#include "compat.h"

static struct gpu_buddy buddy;

static inline void *peer_alloc(unsigned int order)
{
	const u64 size = (u64)PAGE_SIZE << order;
	LIST_HEAD(blocks);

	if (gpu_buddy_alloc_blocks(&buddy, 0, buddy.size, size, size, &blocks,
				   0))
		return NULL;
	return list_first_entry(&blocks, struct gpu_buddy_block, link);
}

static inline void peer_free(void *block, unsigned int order)
{
	gpu_buddy_free_block(&buddy, block);
}

#include "loops.h"

static int create(void)
{
	return gpu_buddy_init(&buddy, (u64)BENCH_NR_PAGES << PAGE_SHIFT,
			      PAGE_SIZE);
}

static void destroy(void)
{
	gpu_buddy_fini(&buddy);
}

const struct bench_peer bench_gpu_buddy = {
	.name = "gpu_buddy",
	.nr_pages = BENCH_NR_PAGES,
	.max_order = BENCH_MAX_ORDER,
	.bounded = true,
	.merges = true,
	.create = create,
	.destroy = destroy,
	.loops = &loops,
};
