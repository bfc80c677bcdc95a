// SPDX-License-Identifier: GPL-2.0
/*
 * The part "uml": nanoseconds. In each round each workload is done by all peers,
 * one after the other, so that what the machine does meanwhile befalls all of them.
 * What is measured has been done once just before, so that each peer finds its own
 * data in the caches, not those of the one before it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "bench.h"

/* How many pages are allocated before any are freed. */
#define NR_SINGLES 131072U

/* How many pairs fail or do not, in all. */
#define NR_TRIALS 2280000U

/**
 * struct workload - what is measured
 * @name: in the results
 * @run: does it
 * @order: of the blocks, or the largest one
 * @nr: how many steps it has
 * @wants: what a peer must be for it to make sense
 */
struct workload {
	const char *name;
	void (*run)(const struct workload *workload,
		    const struct bench_peer *peer, unsigned int round);
	unsigned int order;
	u32 nr;
	enum { ANY, BULK, POOL, BUDDY } wants;
};

static u64 measure(bench_work *work, unsigned int order, u32 nr)
{
	u64 begin;

	begin = ktime_get_ns();
	work(order, 0, nr);
	return ktime_get_ns() - begin;
}

static void print_each(unsigned int round, const char *workload,
		       const char *allocator, u64 ns, u32 nr)
{
	bench_print(round, workload, allocator, "ns", div_u64(ns * 100, nr));
}

static void run_pairs(const struct workload *workload,
		      const struct bench_peer *peer, unsigned int round)
{
	bench_work *const pairs = peer->loops->pairs;
	u64 ns;

	pairs(workload->order, 0, workload->nr / 4);
	ns = measure(pairs, workload->order, workload->nr);
	print_each(round, workload->name, peer->name, ns, workload->nr);
}

/* Each free merges all the way up, and the next allocation splits all the way. */
static void run_cascade(const struct workload *workload,
			const struct bench_peer *peer, unsigned int round)
{
	u64 ns;

	if (peer == &bench_buddypool)
		peer = &bench_buddypool_single;
	peer->loops->pairs(0, 0, workload->nr / 4);
	ns = measure(peer->loops->pairs, 0, workload->nr);
	if (peer == &bench_buddypool_single)
		peer = &bench_buddypool;
	print_each(round, workload->name, peer->name, ns, workload->nr);
}

static void run_singles(const struct workload *workload,
			const struct bench_peer *peer, unsigned int round)
{
	const u32 nr = min(workload->nr, peer->nr_pages);
	const struct bench_loops *loops = peer->loops;
	u64 ns;

	loops->alloc(0, 0, nr);
	loops->free(0, 0, nr);
	ns = measure(loops->alloc, 0, nr);
	print_each(round, "c-alloc", peer->name, ns, nr);
	ns = measure(loops->free, 0, nr);
	print_each(round, "c-free", peer->name, ns, nr);

	loops->alloc(0, 0, nr);
	bench_shuffle(nr);
	ns = measure(loops->free, 0, nr);
	print_each(round, "c-shuffled", peer->name, ns, nr);
}

static void forget(u32 nr)
{
	memset(bench.block, 0, nr * sizeof(*bench.block));
}

/**
 * struct halves - how long two things took that were done in turns, in ns
 * @alloc: allocating
 * @free: freeing
 */
struct halves {
	u64 alloc;
	u64 free;
};

static struct halves measure_turns(bench_work *alloc_work,
				   bench_work *free_work, u32 nr)
{
	struct halves took = {};
	u64 begin, middle;
	u32 i;

	for (i = 0; i < nr; i += BENCH_BULK) {
		begin = ktime_get_ns();
		alloc_work(0, 0, BENCH_BULK);
		middle = ktime_get_ns();
		free_work(0, 0, BENCH_BULK);
		took.free += ktime_get_ns() - middle;
		took.alloc += middle - begin;
		forget(BENCH_BULK);
	}
	return took;
}

/*
 * Many pages, and back: the same ones again and again. So short a time cannot be
 * measured without that of measuring, which is deducted.
 */
static void run_bulk(const struct workload *workload,
		     const struct bench_peer *peer, unsigned int round)
{
	const struct bench_loops *loops = peer->loops;
	const u32 nr = workload->nr;
	struct halves took, idle;

	idle = measure_turns(bench_nothing.loops->alloc_bulk,
			     bench_nothing.loops->free_bulk, nr);
	took = measure_turns(loops->alloc_bulk, loops->free_bulk, nr);
	print_each(round, "bulk-alloc", peer->bulk_name,
		   took.alloc - min(took.alloc, idle.alloc), nr);
	print_each(round, "bulk-free", peer->bulk_name,
		   took.free - min(took.free, idle.free), nr);
	if (!strcmp(peer->name, peer->bulk_name))
		return;

	/* What most users do, who free one by one. */
	took = measure_turns(loops->alloc_bulk, loops->free, nr);
	print_each(round, "bulk-free", peer->name,
		   took.free - min(took.free, idle.free), nr);
}

/* Half of the pool, many pages at a time. */
static void run_singles_bulk(const struct workload *workload,
			     const struct bench_peer *peer, unsigned int round)
{
	const struct bench_loops *loops = peer->loops;
	const u32 nr = workload->nr;
	u64 ns;

	forget(nr);
	loops->alloc_bulk(0, 0, nr);
	loops->free_bulk(0, 0, nr);
	forget(nr);
	ns = measure(loops->alloc_bulk, 0, nr);
	print_each(round, "c-bulk-alloc", peer->bulk_name, ns, nr);
	ns = measure(loops->free_bulk, 0, nr);
	print_each(round, "c-bulk-free", peer->bulk_name, ns, nr);
	forget(nr);
}

static u32 most_of(u32 nr_pages)
{
	return nr_pages / 10 * 9;
}

static void run_churn(const struct workload *workload,
		      const struct bench_peer *peer, unsigned int round)
{
	u64 ns;

	bench_fill(peer, workload->order, most_of(peer->nr_pages));
	bench_draw(0);
	ns = measure(peer->loops->churn, workload->order, workload->nr);
	bench_release(peer);
	/* Some may have failed: how many is another measurement. */
	if (workload->order)
		bench.nr_failed = 0;
	print_each(round, workload->name, peer->name, ns, workload->nr);
}

static void run_needle(const struct workload *workload,
		       const struct bench_peer *peer, unsigned int round)
{
	u64 ns;

	bench_fill_singles(peer, peer->nr_pages);
	bench_make_holes(peer);
	bench_draw(0);
	ns = measure(peer->loops->needle, 0, workload->nr);
	bench_release(peer);
	print_each(round, workload->name, peer->name, ns, workload->nr);
}

static const struct workload workloads[] = {
	{ "a-0", run_pairs, 0, 500000 },
	{ "a-3", run_pairs, 3, 500000 },
	{ "a-5", run_pairs, 5, 200000 },
	{ "a-9", run_pairs, 9, 100000 },
	{ "a-10", run_pairs, 10, 100000 },
	{ "c", run_singles, 0, NR_SINGLES },
	{ "bulk", run_bulk, 0, NR_SINGLES, BULK },
	{ "c-bulk", run_singles_bulk, 0, NR_SINGLES, BULK },
	{ "d", run_churn, BENCH_MIXED_ORDER, BENCH_NR_PAGES },
	{ "d-0", run_churn, 0, BENCH_NR_PAGES },
	{ "cascade", run_cascade, 0, 100000, BUDDY },
	{ "needle", run_needle, 0, BENCH_NR_PAGES, POOL },
};

/* Why a peer cannot do it, if it cannot. */
static const char *obstacle(const struct workload *workload,
			    const struct bench_peer *peer)
{
	if (workload->order > peer->max_order)
		return "its blocks are all of one size";
	if (workload->wants == BULK && !peer->bulk_name)
		return "it has no calls for many at a time";
	if (workload->wants >= POOL && !peer->bounded)
		return "it has no pool of its own";
	if (workload->wants == BUDDY && !peer->merges)
		return "it does not split and merge blocks";
	return NULL;
}

static void run(const struct workload *workload, const struct bench_peer *peer,
		unsigned int round)
{
	const char *reason = obstacle(workload, peer);

	bench_settle();
	if (reason)
		bench_skip(round, workload->name, peer->name, reason);
	else
		workload->run(workload, peer, round);
	if (bench.nr_failed)
		pr_err("%s: %lu allocations failed for %s\n", workload->name,
		       bench.nr_failed, peer->name);
}

/* Of a pool that is 90 % full, with blocks of mixed orders. */
static void count_failures(const struct bench_peer *peer)
{
	u32 nr, rest;

	bench_fill(peer, BENCH_MIXED_ORDER, most_of(peer->nr_pages));
	bench.nr_failed = 0;
	for (rest = NR_TRIALS; rest; rest -= nr) {
		nr = min(rest, BENCH_NR_PAGES);
		bench_draw(0);
		peer->loops->churn(BENCH_MIXED_ORDER, 0, nr);
		bench_settle();
	}
	bench_print(1, "d", peer->name, "failures", bench.nr_failed * 100);
	bench.nr_failed = 0;
	bench_release(peer);
}

static void count_all(void)
{
	const struct bench_peer *const *peer;

	for (peer = bench_peers; *peer; peer++) {
		if (!(*peer)->bounded)
			continue;
		count_failures(*peer);
		bench_packing(*peer);
	}
	/* What the lists of CPUs do to it. */
	bench_packing(&bench_buddypool_single);
}

/*
 * Use all pages once that will be used: what the host of a virtual machine does at
 * first use is no allocator's.
 */
static void touch_pages(void)
{
	u32 i;

	bench_pages.loops->alloc(0, 0, BENCH_NR_PAGES);
	for (i = 0; i < BENCH_NR_PAGES; i++)
		if (bench.block[i])
			clear_highpage(bench.block[i]);
	bench_pages.loops->free(0, 0, BENCH_NR_PAGES);
}

int bench_times(unsigned int nr_rounds)
{
	const struct workload *workload;
	const struct bench_peer *const *peer;
	unsigned int round;

	touch_pages();
	for (round = 1; round <= nr_rounds; round++) {
		workload = workloads;
		for (; workload < workloads + ARRAY_SIZE(workloads); workload++)
			for (peer = bench_peers; *peer; peer++) {
				run(workload, *peer, round);
				if (bench.nr_failed)
					return -ENOMEM;
			}
	}
	count_all();
	return 0;
}
