// SPDX-License-Identifier: GPL-2.0
/*
 * How well large blocks survive the use of small ones: of the blocks of 2 MiB that
 * would be free if all free pages were together, how many are.
 */
#include <linux/minmax.h>

#include "bench.h"

#define LARGE_ORDER 9

/* After so many frees of a random page, each followed by an allocation. */
#define NR_PAIRS 2000000U

static void churn(const struct bench_peer *peer)
{
	u32 nr, rest;

	for (rest = NR_PAIRS; rest; rest -= nr) {
		nr = min(rest, BENCH_NR_PAGES);
		bench_draw(0);
		peer->loops->churn(0, 0, nr);
		bench_settle();
	}
}

/* The spare slots take the blocks. */
static u32 count_large(const struct bench_peer *peer)
{
	const u32 first = bench.nr;
	u32 slot = first;

	if (peer->drain)
		peer->drain();
	do {
		peer->loops->alloc(LARGE_ORDER, slot, slot + 1);
	} while (bench.block[slot++]);
	/* The last one was one too many. */
	bench.nr_failed--;
	peer->loops->free(LARGE_ORDER, first, slot - 1);
	return slot - 1 - first;
}

static void report(const struct bench_peer *peer, const char *workload)
{
	const u32 nr_free = peer->nr_pages - bench.nr;
	u32 nr_large;

	churn(peer);
	nr_large = count_large(peer);
	bench_print(1, workload, peer->name, "blocks", nr_large * 100);
	bench_print(1, workload, peer->name, "possible",
		    (nr_free >> LARGE_ORDER) * 100);
	bench_release(peer);
	if (peer->drain)
		peer->drain();
}

/* The pool as it is when all of it was in use, and then no longer was. */
static void thin_to(const struct bench_peer *peer, u32 nr)
{
	bench_fill_singles(peer, peer->nr_pages);
	bench_shuffle(peer->nr_pages);
	peer->loops->free(0, nr, peer->nr_pages);
	bench.nr = nr;
}

void bench_packing(const struct bench_peer *peer)
{
	const u32 most = peer->nr_pages / 10 * 9;

	/* Nothing of what was done before. */
	if (peer->drain)
		peer->drain();
	bench_fill_singles(peer, most);
	report(peer, "pack-order");
	thin_to(peer, most);
	report(peer, "pack-random-90");
	thin_to(peer, peer->nr_pages / 2);
	report(peer, "pack-random");
}
