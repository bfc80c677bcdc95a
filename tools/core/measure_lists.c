// SPDX-License-Identifier: GPL-2.0
/*
 * As measure.c, the workloads of a pool whose CPUs keep pages aside, by the functions
 * that other modules have, on one CPU of the machine in bare.c.
 */
#include <linux/buddypool.h>

#include "core.h"
#include "hotplug.h"
#include "measure.h"
#include "pool.h"

#define POOL_SIZE BIT(30)
#define PERCPU_PAGES 4096
#define NR_SINGLES 131072U
#define NR_PAIRS 100000U
#define BATCH 64U

static struct buddypool *pool;
static void *blocks[NR_SINGLES];

static void *alloc(unsigned int order)
{
	void *block = buddypool_alloc(pool, order);

	must(block);
	return block;
}

static void give(void *block, unsigned int order)
{
	must(!buddypool_free(pool, block, order));
}

static void pairs(const char *name, unsigned int order)
{
	u32 i;

	give(alloc(order), order);
	begin();
	for (i = 0; i < NR_PAIRS; i++)
		give(alloc(order), order);
	end(name, NR_PAIRS);
}

static void fill(void)
{
	u32 i;

	for (i = 0; i < NR_SINGLES; i++)
		blocks[i] = alloc(0);
}

static void empty(void)
{
	u32 i;

	for (i = 0; i < NR_SINGLES; i++)
		give(blocks[i], 0);
}

static void shuffle(void)
{
	u32 i, other;

	for (i = NR_SINGLES - 1; i; i--) {
		void *block = blocks[i];

		other = random_below(i + 1);
		blocks[i] = blocks[other];
		blocks[other] = block;
	}
}

/* The second time, for in a pool that is new all lies in order. */
static void singles(void)
{
	fill();
	shuffle();
	begin();
	empty();
	end("list-free-shuffled", NR_SINGLES);
	begin();
	fill();
	end("list-alloc", NR_SINGLES);
	begin();
	empty();
	end("list-free", NR_SINGLES);
}

static void batches(void)
{
	u32 i;

	begin();
	for (i = 0; i < NR_SINGLES; i += BATCH) {
		must(buddypool_alloc_bulk(pool, 0, BATCH, blocks) == BATCH);
		must(buddypool_free_bulk(pool, 0, BATCH, blocks) == BATCH);
	}
	end("list-bulk", NR_SINGLES);
}

/*
 * As much as may be under one hold of the lock where many are given back or taken:
 * pages that lie by eights in words of a pool that is full.
 */
static void holds(void)
{
	struct bp_pool *full = bp_pool_create(POOL_SIZE >> PAGE_SHIFT, 10);
	u32 pfns[BATCH], i;

	must(!IS_ERR(full));
	while (bp_pool_alloc_block(full, 0) != BP_NO_PAGE)
		;
	for (i = 0; i < BATCH; i++) {
		pfns[i] = i / 8 * 32 * BP_PAGEBLOCK_PAGES + i % 8;
		must(bp_buddy_set_aside(&full->buddy, pfns[i], 0));
	}
	begin();
	i = bp_pool_give_aside(full, 0, pfns, BATCH);
	end("hold-free", 1);
	while (i < BATCH)
		i += bp_pool_give_aside(full, 0, pfns + i, BATCH - i);
	begin();
	must(bp_pool_alloc_bulk(full, 1, pfns, BP_HOLD_STEPS * 4));
	end("hold-alloc", 1);
	bp_pool_destroy(full);
}

int main(void)
{
	core_start(1);
	must(!bp_hotplug_register());
	pool = buddypool_create(POOL_SIZE, 10, PERCPU_PAGES);
	must(!IS_ERR(pool));
	pairs("list-pair-0", 0);
	pairs("list-pair-3", 3);
	pairs("list-pair-9", 9);
	batches();
	singles();
	holds();
	buddypool_destroy(pool);
	bp_hotplug_unregister();
	must(!core_nr_warnings());
	return 0;
}
