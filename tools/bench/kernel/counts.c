// SPDX-License-Identifier: GPL-2.0
/*
 * The part "icount": instructions, on a machine that has a clock for them. The
 * workloads are those of times.c, with fewer steps, for none is noise. Allocating
 * and freeing are measured apart.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "bench.h"
#include "exact.h"

#define NR_PAIRS 1000U
#define NR_PAIRS_A_CALL 20U
#define NR_SINGLES 32768U
#define NR_CHURN 10000U
#define NR_NEEDLE 2000U

static struct bench_gauge allocs, frees;

static void begin(const struct bench_peer *peer)
{
	const struct bench_loops *loops = peer->loops;
	const struct bench_loops *nothing = bench_nothing.loops;

	bench_settle();
	bench_gauge_init(&allocs, loops->alloc, nothing->alloc, 1);
	bench_gauge_init(&frees, loops->free, nothing->free, 1);
}

static void print(const char *workload, const char *allocator, u64 hundredths,
		  u64 max)
{
	bench_print(1, workload, allocator, "instructions", hundredths);
	bench_print(1, workload, allocator, "max", max * 100);
}

/* Of all calls, each of them with so many operations; in hundredths. */
static u64 mean_of(const struct bench_gauge *gauge, u32 steps)
{
	return div64_u64(gauge->sum * 100, (u64)gauge->nr * steps);
}

static void print_one(const char *workload, const char *allocator,
		      const struct bench_gauge *gauge, u32 steps)
{
	print(workload, allocator, mean_of(gauge, steps), gauge->max);
}

/* As one operation: an allocation and a free. */
static void print_pairs(const char *workload, const char *allocator)
{
	print(workload, allocator, mean_of(&allocs, 1) + mean_of(&frees, 1),
	      max(allocs.max, frees.max));
}

/* The mean is that of a loop, without what each call of the loop takes. */
static void count_pairs(const struct bench_peer *peer, const char *workload,
			const char *allocator, unsigned int order)
{
	struct bench_gauge pairs;
	u32 i;

	begin(peer);
	/* What happens once only is not what is asked for. */
	peer->loops->pairs(order, 0, 10);
	for (i = 0; i < NR_PAIRS; i++) {
		bench_gauge_call(&allocs, order, 0, 1);
		bench_gauge_call(&frees, order, 0, 1);
	}
	bench_gauge_init(&pairs, peer->loops->pairs, bench_nothing.loops->pairs,
			 NR_PAIRS_A_CALL);
	for (i = 0; i < NR_PAIRS; i += NR_PAIRS_A_CALL)
		bench_gauge_call(&pairs, order, 0, NR_PAIRS_A_CALL);
	print(workload, allocator, mean_of(&pairs, NR_PAIRS_A_CALL),
	      max(allocs.max, frees.max));
}

static void count_singles(const struct bench_peer *peer)
{
	const u32 nr = min(NR_SINGLES, peer->nr_pages);
	u32 i;

	begin(peer);
	for (i = 0; i < nr; i++)
		bench_gauge_call(&allocs, 0, i, i + 1);
	for (i = 0; i < nr; i++)
		bench_gauge_call(&frees, 0, i, i + 1);
	print_one("c-alloc", peer->name, &allocs, 1);
	print_one("c-free", peer->name, &frees, 1);

	peer->loops->alloc(0, 0, nr);
	bench_shuffle(nr);
	begin(peer);
	for (i = 0; i < nr; i++)
		bench_gauge_call(&frees, 0, i, i + 1);
	print_one("c-shuffled", peer->name, &frees, 1);
}

static void begin_bulk(bench_work *alloc_work, bench_work *free_work)
{
	const struct bench_loops *nothing = bench_nothing.loops;

	bench_settle();
	bench_gauge_init(&allocs, alloc_work, nothing->alloc_bulk, BENCH_BULK);
	bench_gauge_init(&frees, free_work, nothing->free_bulk, BENCH_BULK);
}

static void forget(u32 nr)
{
	memset(bench.block, 0, nr * sizeof(*bench.block));
}

/* Many pages, and back: the same ones again and again. */
static void count_turns(bench_work *alloc_work, bench_work *free_work)
{
	u32 i;

	begin_bulk(alloc_work, free_work);
	for (i = 0; i < NR_PAIRS; i++) {
		forget(BENCH_BULK);
		bench_gauge_call(&allocs, 0, 0, BENCH_BULK);
		bench_gauge_call(&frees, 0, 0, BENCH_BULK);
	}
	forget(BENCH_BULK);
}

/* A large part of the pool, many pages at a time. */
static void count_singles_bulk(const struct bench_peer *peer)
{
	const u32 nr = NR_SINGLES;
	u32 i;

	begin_bulk(peer->loops->alloc_bulk, peer->loops->free_bulk);
	forget(nr);
	for (i = 0; i < nr; i += BENCH_BULK)
		bench_gauge_call(&allocs, 0, i, i + BENCH_BULK);
	for (i = 0; i < nr; i += BENCH_BULK)
		bench_gauge_call(&frees, 0, i, i + BENCH_BULK);
	forget(nr);
	print_one("c-bulk-alloc", peer->bulk_name, &allocs, BENCH_BULK);
	print_one("c-bulk-free", peer->bulk_name, &frees, BENCH_BULK);
}

static void count_bulk(const struct bench_peer *peer)
{
	const struct bench_loops *loops = peer->loops;

	if (!peer->bulk_name) {
		bench_skip(1, "bulk", peer->name,
			   "it has no calls for many at a time");
		return;
	}
	count_turns(loops->alloc_bulk, loops->free_bulk);
	print_one("bulk-alloc", peer->bulk_name, &allocs, BENCH_BULK);
	print_one("bulk-free", peer->bulk_name, &frees, BENCH_BULK);
	count_singles_bulk(peer);
	if (!strcmp(peer->name, peer->bulk_name))
		return;

	/* What most users do, who free one by one. */
	count_turns(loops->alloc_bulk, loops->free);
	print_one("bulk-free", peer->name, &frees, BENCH_BULK);
}

static void count_churn(const struct bench_peer *peer, const char *workload,
			unsigned int max_order)
{
	u32 i, slot;

	if (max_order > peer->max_order) {
		bench_skip(1, workload, peer->name,
			   "its blocks are all of one size");
		return;
	}
	bench_fill(peer, max_order, peer->nr_pages / 10 * 9);
	bench_draw(0);
	begin(peer);
	for (i = 0; i < NR_CHURN; i++) {
		slot = bench_slot(bench.random[i]);
		bench_gauge_call(&frees, bench.order[slot], slot, slot + 1);
		bench.order[slot] = bench_order(bench.random[i], max_order);
		bench_gauge_call(&allocs, bench.order[slot], slot, slot + 1);
	}
	bench_release(peer);
	/* It may happen; how often is measured elsewhere. */
	if (max_order)
		bench.nr_failed = 0;
	print_pairs(workload, peer->name);
}

static void step_of_needle(u32 step)
{
	u32 i, slot, *hole = bench.hole;

	for (i = 0; i < BENCH_NR_HOLES; i++)
		bench_gauge_call(&allocs, 0, hole[i], hole[i] + 1);
	for (i = 0; i < BENCH_NR_HOLES; i++) {
		slot = bench_slot(bench.random[step * BENCH_NR_HOLES + i]);
		while (!bench.block[slot])
			slot = bench_next(slot);
		bench_gauge_call(&frees, 0, slot, slot + 1);
		hole[i] = slot;
	}
}

static void count_needle(const struct bench_peer *peer)
{
	u32 step;

	if (!peer->bounded) {
		bench_skip(1, "needle", peer->name,
			   "it has no pool of its own");
		return;
	}
	bench_fill_singles(peer, peer->nr_pages);
	bench_make_holes(peer);
	bench_draw(0);
	begin(peer);
	for (step = 0; step < NR_NEEDLE; step++)
		step_of_needle(step);
	bench_release(peer);
	print_pairs("needle", peer->name);
}

static void count_peer(const struct bench_peer *peer)
{
	static const struct {
		const char *name;
		unsigned int order;
	} pairs[] = { { "a-0", 0 },
		      { "a-3", 3 },
		      { "a-5", 5 },
		      { "a-9", 9 },
		      { "a-10", 10 } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pairs); i++)
		if (pairs[i].order <= peer->max_order)
			count_pairs(peer, pairs[i].name, peer->name,
				    pairs[i].order);
		else
			bench_skip(1, pairs[i].name, peer->name,
				   "its blocks are all of one size");
	count_singles(peer);
	count_bulk(peer);
	count_churn(peer, "d", BENCH_MIXED_ORDER);
	count_churn(peer, "d-0", 0);
	count_needle(peer);
}

/* For those whose pools are a single block, whatever they are called elsewhere. */
static void count_cascade(const struct bench_peer *peer, const char *allocator)
{
	count_pairs(peer, "cascade", allocator, 0);
}

/* Run something of a peer that is there for as long. */
static int with(const struct bench_peer *peer,
		void (*run)(const struct bench_peer *peer))
{
	const int err = peer->create();

	if (err)
		return err;
	run(peer);
	peer->destroy();
	if (!bench.nr_failed)
		return 0;
	pr_err("%lu allocations failed for %s\n", bench.nr_failed, peer->name);
	return -ENOMEM;
}

static void run_single(const struct bench_peer *peer)
{
	count_cascade(peer, bench_buddypool.name);
	bench_worst(peer);
}

static void run_peer(const struct bench_peer *peer)
{
	count_peer(peer);
	if (peer == &bench_gpu_buddy)
		count_cascade(peer, peer->name);
}

int bench_counts(void)
{
	const struct bench_peer *const *peer;
	int err = 0;

	for (peer = bench_peers; *peer && !err; peer++)
		err = with(*peer, run_peer);
	if (!err)
		err = with(&bench_buddypool_single, run_single);
	if (!err)
		err = with(&bench_buddypool_lists, bench_worst);
	bench_print(1, "all", "all", "disturbed",
		    bench_gauge_disturbed() * 100);
	return err;
}
