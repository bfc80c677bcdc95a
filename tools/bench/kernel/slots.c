// SPDX-License-Identifier: GPL-2.0
/*
 * The slots, which hold what is allocated.
 */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "bench.h"

struct bench_slots bench;

static struct rnd_state rng;

int bench_slots_create(void)
{
	const u32 nr = BENCH_NR_PAGES + BENCH_NR_SPARE;

	bench.block = vzalloc(array_size(nr, sizeof(*bench.block)));
	bench.order = vzalloc(nr);
	bench.random =
		vmalloc(array_size(BENCH_NR_PAGES, sizeof(*bench.random)));
	if (bench.block && bench.order && bench.random)
		return 0;
	bench_slots_destroy();
	return -ENOMEM;
}

void bench_slots_destroy(void)
{
	vfree(bench.block);
	vfree(bench.order);
	vfree(bench.random);
}

void bench_draw(u64 seed)
{
	u32 i;

	if (seed)
		prandom_seed_state(&rng, seed);
	for (i = 0; i < BENCH_NR_PAGES; i++)
		bench.random[i] = prandom_u32_state(&rng);
}

void bench_shuffle(u32 nr)
{
	u32 i, other;

	for (i = nr; i > 1; i--) {
		other = prandom_u32_state(&rng) % i;
		swap(bench.block[i - 1], bench.block[other]);
	}
}

void bench_fill(const struct bench_peer *peer, unsigned int max_order,
		u32 nr_pages)
{
	unsigned int order;
	u32 pages;

	bench.nr = 0;
	for (pages = 0; pages < nr_pages; pages += 1U << order) {
		order = bench_order(prandom_u32_state(&rng), max_order);
		peer->loops->alloc(order, bench.nr, bench.nr + 1);
		bench.order[bench.nr++] = order;
	}
}

void bench_fill_singles(const struct bench_peer *peer, u32 nr)
{
	memset(bench.order, 0, nr);
	bench.nr = nr;
	peer->loops->alloc(0, 0, nr);
}

void bench_release(const struct bench_peer *peer)
{
	u32 i;

	for (i = 0; i < bench.nr; i++)
		peer->loops->free(bench.order[i], i, i + 1);
	bench.nr = 0;
}

void bench_make_holes(const struct bench_peer *peer)
{
	const u32 each = bench.nr / BENCH_NR_HOLES;
	u32 i, slot;

	for (i = 0; i < BENCH_NR_HOLES; i++) {
		slot = each * i + prandom_u32_state(&rng) % each;
		peer->loops->free(0, slot, slot + 1);
		bench.hole[i] = slot;
	}
}
