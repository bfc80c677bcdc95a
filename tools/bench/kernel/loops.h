/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The loops of the workloads, for the file of one peer, which defines before
 *
 *	void *peer_alloc(unsigned int order);
 *	void peer_free(void *block, unsigned int order);
 *
 * and, if it can do with many pages at a time, PEER_HAS_BULK and
 *
 *	void peer_alloc_bulk(void **blocks);
 *	void peer_free_bulk(void **blocks);
 *
 * for BENCH_BULK of them, where peer_alloc_bulk() leaves NULL what it does not get.
 * This is compiled once for each peer, hence it is no header but by its name.
 */
#include "bench.h"

/* How often a thread looks at the time: not in less than so many steps. */
#define THREAD_STEPS 1024U

static void pairs(unsigned int order, u32 begin, u32 end)
{
	void *block;
	u32 i;

	for (i = begin; i < end; i++) {
		block = peer_alloc(order);
		if (likely(block))
			peer_free(block, order);
		else
			bench.nr_failed++;
	}
}

static void alloc_blocks(unsigned int order, u32 begin, u32 end)
{
	u32 i;

	for (i = begin; i < end; i++) {
		bench.block[i] = peer_alloc(order);
		if (unlikely(!bench.block[i]))
			bench.nr_failed++;
	}
}

static void free_blocks(unsigned int order, u32 begin, u32 end)
{
	u32 i;

	for (i = begin; i < end; i++) {
		if (likely(bench.block[i]))
			peer_free(bench.block[i], order);
		bench.block[i] = NULL;
	}
}

static void churn(unsigned int order, u32 begin, u32 end)
{
	u32 i, slot;

	for (i = begin; i < end; i++) {
		slot = bench_slot(bench.random[i]);
		if (likely(bench.block[slot]))
			peer_free(bench.block[slot], bench.order[slot]);
		bench.order[slot] = bench_order(bench.random[i], order);
		bench.block[slot] = peer_alloc(bench.order[slot]);
		if (unlikely(!bench.block[slot]))
			bench.nr_failed++;
	}
}

static void needle(unsigned int order, u32 begin, u32 end)
{
	u32 i, slot, hole;

	for (i = begin; i < end; i += BENCH_NR_HOLES) {
		for (hole = 0; hole < BENCH_NR_HOLES; hole++)
			alloc_blocks(order, bench.hole[hole],
				     bench.hole[hole] + 1);
		for (hole = 0; hole < BENCH_NR_HOLES; hole++) {
			slot = bench_slot(bench.random[i + hole]);
			while (!bench.block[slot])
				slot = bench_next(slot);
			free_blocks(order, slot, slot + 1);
			bench.hole[hole] = slot;
		}
	}
}

/* Marsaglia, "Xorshift RNGs" (2003). */
static unsigned int thread_slot(struct bench_worker *worker)
{
	worker->state ^= worker->state << 13;
	worker->state ^= worker->state >> 17;
	worker->state ^= worker->state << 5;
	return worker->state % BENCH_BULK;
}

static unsigned long thread(struct bench_worker *worker)
{
	unsigned int i, slot;

	for (i = 0; i < THREAD_STEPS; i++) {
		slot = thread_slot(worker);
		if (worker->held[slot]) {
			peer_free(worker->held[slot], 0);
			worker->held[slot] = NULL;
		} else {
			worker->held[slot] = peer_alloc(0);
		}
	}
	return THREAD_STEPS;
}

#ifdef PEER_HAS_BULK

static void alloc_bulk(unsigned int order, u32 begin, u32 end)
{
	u32 i;

	for (i = begin; i < end; i += BENCH_BULK) {
		peer_alloc_bulk(bench.block + i);
		if (unlikely(!bench.block[i + BENCH_BULK - 1]))
			bench.nr_failed++;
	}
}

static void free_bulk(unsigned int order, u32 begin, u32 end)
{
	u32 i;

	for (i = begin; i < end; i += BENCH_BULK)
		peer_free_bulk(bench.block + i);
}

/* What a worker holds is empty but within this. */
static unsigned long thread_bulk(struct bench_worker *worker)
{
	unsigned int i;

	for (i = 0; i < THREAD_STEPS; i += BENCH_BULK) {
		peer_alloc_bulk(worker->held);
		peer_free_bulk(worker->held);
		memset(worker->held, 0, sizeof(worker->held));
	}
	return 2 * THREAD_STEPS;
}

#endif /* PEER_HAS_BULK */

static const struct bench_loops loops = {
	.pairs = pairs,
	.alloc = alloc_blocks,
	.free = free_blocks,
	.churn = churn,
	.needle = needle,
	.thread = thread,
#ifdef PEER_HAS_BULK
	.alloc_bulk = alloc_bulk,
	.free_bulk = free_bulk,
	.thread_bulk = thread_bulk,
#endif
};
