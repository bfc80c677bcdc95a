// SPDX-License-Identifier: GPL-2.0
/*
 * The general purpose allocator, which finds the first bits of a bitmap that will
 * do. It does not touch what it manages, so there need be no memory. Its pool is a
 * quarter of the others', for it gets slower as it gets larger.
 */
#include <linux/errno.h>
#include <linux/genalloc.h>
#include <linux/mm.h>
#include <linux/numa.h>

#include "bench.h"

#define NR_PAGES (BENCH_NR_PAGES / 4)

/* Where the pool would be: anywhere but at 0, which means failure. */
#define START ((unsigned long)NR_PAGES << PAGE_SHIFT)

static struct gen_pool *pool;

static inline void *peer_alloc(unsigned int order)
{
	return (void *)gen_pool_alloc(pool, PAGE_SIZE << order);
}

static inline void peer_free(void *block, unsigned int order)
{
	gen_pool_free(pool, (unsigned long)block, PAGE_SIZE << order);
}

#include "loops.h"

static int create(void)
{
	int err;

	pool = gen_pool_create(PAGE_SHIFT, NUMA_NO_NODE);
	if (!pool)
		return -ENOMEM;
	err = gen_pool_add(pool, START, (size_t)NR_PAGES << PAGE_SHIFT,
			   NUMA_NO_NODE);
	if (err)
		gen_pool_destroy(pool);
	return err;
}

static void destroy(void)
{
	gen_pool_destroy(pool);
}

const struct bench_peer bench_genpool = {
	.name = "gen_pool",
	.nr_pages = NR_PAGES,
	.max_order = 10,
	.bounded = true,
	.create = create,
	.destroy = destroy,
	.loops = &loops,
};
