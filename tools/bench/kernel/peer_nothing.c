// SPDX-License-Identifier: GPL-2.0
/*
 * An allocator that does nothing: what the loops themselves take.
 */
#include <linux/compiler.h>
#include <linux/string.h>

#include "bench.h"

static inline void *peer_alloc(unsigned int order)
{
	void *block = &bench;

	OPTIMIZER_HIDE_VAR(block);
	return block;
}

static inline void peer_free(void *block, unsigned int order)
{
	OPTIMIZER_HIDE_VAR(block);
}

/* The last one is looked at. */
static inline void peer_alloc_bulk(void **blocks)
{
	blocks[BENCH_BULK - 1] = peer_alloc(0);
}

static inline void peer_free_bulk(void **blocks)
{
	OPTIMIZER_HIDE_VAR(blocks);
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

const struct bench_peer bench_nothing = {
	.name = "nothing",
	.bulk_name = "nothing",
	.nr_pages = BENCH_NR_PAGES,
	.max_order = 10,
	.create = create,
	.destroy = destroy,
	.loops = &loops,
};
