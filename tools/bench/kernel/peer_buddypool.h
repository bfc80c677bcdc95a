/* SPDX-License-Identifier: GPL-2.0 */
/*
 * buddypool, by the functions that it has for other modules. For a file that
 * defines before which pool is meant:
 *
 *	PEER		the variable that describes it
 *	PEER_NAME	what it is called in the results
 *	PEER_MAX_ORDER	the order of its largest block
 *	PEER_PERCPU	how many pages each CPU may keep aside
 */
#include <linux/buddypool.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "bench.h"

static struct buddypool *pool;

static inline void *peer_alloc(unsigned int order)
{
	return buddypool_alloc(pool, order);
}

static inline void peer_free(void *block, unsigned int order)
{
	if (unlikely(buddypool_free(pool, block, order)))
		bench.nr_refused++;
}

static inline void peer_alloc_bulk(void **blocks)
{
	buddypool_alloc_bulk(pool, 0, BENCH_BULK, blocks);
}

static inline void peer_free_bulk(void **blocks)
{
	if (unlikely(buddypool_free_bulk(pool, 0, BENCH_BULK, blocks) !=
		     BENCH_BULK))
		bench.nr_refused++;
}

#define PEER_HAS_BULK
#include "loops.h"

static int create(void)
{
	pool = buddypool_create((size_t)BENCH_NR_PAGES << PAGE_SHIFT,
				PEER_MAX_ORDER, PEER_PERCPU);
	return PTR_ERR_OR_ZERO(pool);
}

static void destroy(void)
{
	char msg[128];

	if (buddypool_check(pool, msg, sizeof(msg)))
		pr_err("buddypool_bench: %s is not consistent: %s\n", PEER_NAME,
		       msg);
	buddypool_destroy(pool);
}

static void drain(void)
{
	buddypool_drain(pool);
}

const struct bench_peer PEER = {
	.name = PEER_NAME,
	.bulk_name = PEER_NAME,
	.nr_pages = BENCH_NR_PAGES,
	.max_order = PEER_MAX_ORDER,
	.bounded = true,
	.merges = true,
	.create = create,
	.destroy = destroy,
	.drain = drain,
	.loops = &loops,
};
