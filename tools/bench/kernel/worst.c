// SPDX-License-Identifier: GPL-2.0
/*
 * The most that a single call takes, by its order and by the state that the pool is
 * in; calls that find no block are among them. With lists of CPUs, some calls move
 * a batch of blocks, or empty all lists: what these take is part of the maximum
 * there, and that of the other calls is known from a pool without lists.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "bench.h"
#include "exact.h"

#define NR_ORDERS (BENCH_MAX_ORDER + 1)

/* Calls, of a state that has no end of its own. */
#define NR_CALLS 60000U

/* Turns from allocating to freeing and back: longer than any list is. */
#define BURST 512U

static u64 max_alloc[NR_ORDERS], max_free[NR_ORDERS];
static struct bench_gauge allocs, frees;

static void begin(const struct bench_loops *loops)
{
	const struct bench_loops *nothing = bench_nothing.loops;

	bench_settle();
	bench_gauge_init(&allocs, loops->alloc, nothing->alloc, 1);
	bench_gauge_init(&frees, loops->free, nothing->free, 1);
}

static void alloc(unsigned int order, u32 slot)
{
	const u64 took = bench_gauge_call(&allocs, order, slot, slot + 1);

	bench.order[slot] = order;
	max_alloc[order] = max(max_alloc[order], took);
}

static void release(u32 slot)
{
	const unsigned int order = bench.order[slot];
	const u64 took = bench_gauge_call(&frees, order, slot, slot + 1);

	max_free[order] = max(max_free[order], took);
}

/* All is free: each block is split off the largest one, and merged again. */
static void fresh(const struct bench_peer *peer)
{
	unsigned int order, i;

	for (order = 0; order <= peer->max_order; order++)
		for (i = 0; i < 4; i++) {
			if (peer->drain)
				peer->drain();
			alloc(order, 0);
			release(0);
		}
}

/* All is taken, as single pages, but for a few of them anywhere. */
static void needle(const struct bench_peer *peer)
{
	u32 i, slot, hole = 0;

	bench_fill_singles(peer, peer->nr_pages);
	bench_make_holes(peer);
	bench_draw(0);
	for (i = 0; i < NR_CALLS / 8; i++) {
		alloc(0, bench.hole[hole]);
		slot = bench_slot(bench.random[i]);
		while (!bench.block[slot])
			slot = bench_next(slot);
		release(slot);
		bench.hole[hole] = slot;
		hole = (hole + 1) % BENCH_NR_HOLES;
	}
	bench_release(peer);
}

static void swap_slots(u32 one, u32 other)
{
	swap(bench.block[one], bench.block[other]);
	swap(bench.order[one], bench.order[other]);
}

/* Free random ones, allocate others, many at a time of each; 90 % is taken. */
static void bursts(const struct bench_peer *peer, unsigned int max_order)
{
	u32 i, left;

	bench_fill(peer, max_order, peer->nr_pages / 10 * 9);
	bench_draw(0);
	left = bench.nr;
	for (i = 0; i < NR_CALLS; i++) {
		if (i / BURST % 2) {
			alloc(bench_order(bench.random[i], max_order), left++);
			continue;
		}
		swap_slots(mul_u32_u32(bench.random[i], left) >> 32, left - 1);
		release(--left);
	}
	bench.nr = left;
	bench_release(peer);
}

static void bursts_of_pages(const struct bench_peer *peer)
{
	bursts(peer, 0);
}

static void bursts_of_mixed(const struct bench_peer *peer)
{
	bursts(peer, BENCH_MIXED_ORDER);
}

/* Blocks of any order at all, until there is no more; then free them at random. */
static void flood(const struct bench_peer *peer)
{
	u32 i, nr = 0;

	bench_draw(0);
	for (i = 0; i < NR_CALLS; i++) {
		alloc(bench_order(bench.random[i], peer->max_order), nr);
		if (bench.block[nr])
			nr++;
	}
	for (i = nr; i; i--) {
		swap_slots(mul_u32_u32(bench.random[i], i) >> 32, i - 1);
		release(i - 1);
	}
}

/* Blocks of all orders alike come and go; for the large ones there often is no room. */
static void all_orders(const struct bench_peer *peer)
{
	const u32 nr = NR_CALLS / 32;
	u32 i, slot;

	bench_draw(0);
	for (i = 0; i < NR_CALLS; i++) {
		slot = bench.random[i] % nr;
		if (bench.block[slot])
			release(slot);
		else
			alloc(bench.random[i] / nr % (peer->max_order + 1),
			      slot);
	}
	for (slot = 0; slot < nr; slot++)
		if (bench.block[slot])
			release(slot);
}

/* Every other page is taken: nothing is together, and each free brings it so. */
static void comb(const struct bench_peer *peer)
{
	const u32 nr = NR_CALLS;
	u32 i;

	bench_fill_singles(peer, nr);
	for (i = 0; i < nr; i += 2)
		release(i);
	for (i = 0; i < nr; i += 4)
		alloc(i % 16 ? 0 : 1, i);
	for (i = 0; i < nr; i++)
		if (bench.block[i])
			release(i);
}

static void print_state(const struct bench_peer *peer, const char *state)
{
	char name[32];

	snprintf(name, sizeof(name), "%s-alloc", state);
	bench_print(1, name, peer->name, "max", allocs.max * 100);
	snprintf(name, sizeof(name), "%s-free", state);
	bench_print(1, name, peer->name, "max", frees.max * 100);
}

static void print_orders(const struct bench_peer *peer)
{
	unsigned int order;
	char name[32];

	for (order = 0; order <= peer->max_order; order++) {
		snprintf(name, sizeof(name), "single-alloc-%u", order);
		bench_print(1, name, peer->name, "max", max_alloc[order] * 100);
		snprintf(name, sizeof(name), "single-free-%u", order);
		bench_print(1, name, peer->name, "max", max_free[order] * 100);
	}
}

void bench_worst(const struct bench_peer *peer)
{
	static const struct {
		const char *name;
		void (*run)(const struct bench_peer *peer);
	} states[] = {
		{ "fresh", fresh },
		{ "full", needle },
		{ "burst-0", bursts_of_pages },
		{ "burst", bursts_of_mixed },
		{ "flood", flood },
		{ "all-orders", all_orders },
		{ "comb", comb },
	};
	unsigned int i;

	memset(max_alloc, 0, sizeof(max_alloc));
	memset(max_free, 0, sizeof(max_free));
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		begin(peer->loops);
		states[i].run(peer);
		print_state(peer, states[i].name);
		/* Here, an allocation may fail. */
		bench.nr_failed = 0;
	}
	print_orders(peer);
}
