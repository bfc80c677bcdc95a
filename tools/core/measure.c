// SPDX-License-Identifier: GPL-2.0
/*
 * The workloads whose instructions are counted, to be run under callgrind: each
 * one resets its counts and dumps them under its name. Prints a line for each,
 * its name and how many operations it had.
 *
 * They run the core as the module has it, on a pool of 1 GiB of pages of 4 KiB; but
 * some on one of 128 GiB, whose indices have a level more.
 */
#include <stdlib.h>

#include "buddy.h"
#include "measure.h"

#define NR_PAGES 262144U
#define NR_LARGE (128 * NR_PAGES)
#define NR_SINGLES 131072U
#define NR_PAIRS 100000U
#define BATCH 64

static struct bp_buddy buddy;
static void *metadata;

/* What is allocated, or was; and of which order. */
static u32 pfns[NR_PAGES];
static u8 orders[NR_PAGES];

/* Order k with the probability of 1 in 2^(k + 1); from 4 on, 4. */
static unsigned int random_order(void)
{
	unsigned int order = 0;

	while (order < 4 && random_below(2))
		order++;
	return order;
}

static void shuffle(u32 nr)
{
	u32 i, other, pfn;

	for (i = nr - 1; i; i--) {
		other = random_below(i + 1);
		pfn = pfns[i];
		pfns[i] = pfns[other];
		pfns[other] = pfn;
	}
}

static void new_pool_of(u32 nr_pages, unsigned int max_order)
{
	const size_t size = bp_buddy_metadata_size(nr_pages, max_order);

	free(metadata);
	metadata = aligned_alloc(64, round_up(size, (size_t)64));
	must(metadata);
	memset(metadata, 0, size);
	bp_buddy_init(&buddy, nr_pages, max_order, metadata);
}

static void new_pool(unsigned int max_order)
{
	new_pool_of(NR_PAGES, max_order);
}

static u32 alloc(unsigned int order)
{
	const u32 pfn = bp_buddy_alloc_block(&buddy, order);

	must(pfn != BP_NO_PAGE);
	return pfn;
}

static void give(u32 pfn, unsigned int order)
{
	must(!bp_buddy_free_block(&buddy, pfn, order));
}

/* A block of a pool that is free as a whole: split to the bottom, merged again. */
static void pairs(const char *name, unsigned int order, unsigned int max_order)
{
	u32 i;

	new_pool(max_order);
	begin();
	for (i = 0; i < NR_PAIRS; i++)
		give(alloc(order), order);
	end(name, NR_PAIRS);
}

/*
 * The same, in its two halves, of a pool with a single free block of the largest
 * order: nothing that can be summed up remains what it was.
 */
static void split_and_merge(const char *alloc_name, const char *free_name,
			    u32 nr_pages, unsigned int order)
{
	u32 pfn, left;

	new_pool_of(nr_pages, BP_MAX_ORDER);
	for (left = nr_pages; left > NR_PAGES; left -= NR_PAGES)
		alloc(BP_MAX_ORDER);
	begin();
	pfn = alloc(order);
	end(alloc_name, 1);
	begin();
	give(pfn, order);
	end(free_name, 1);
}

static void cascades(void)
{
	split_and_merge("cascade-alloc", "cascade-free", NR_PAGES, 0);
	split_and_merge("cascade-8-alloc", "cascade-8-free", NR_PAGES, 8);
	split_and_merge("cascade-large-alloc", "cascade-large-free", NR_LARGE,
			0);
	split_and_merge("cascade-large-8-alloc", "cascade-large-8-free",
			NR_LARGE, 8);
}

static void fill(void)
{
	u32 i;

	for (i = 0; i < NR_SINGLES; i++)
		pfns[i] = alloc(0);
}

static void empty(void)
{
	u32 i;

	for (i = 0; i < NR_SINGLES; i++)
		give(pfns[i], 0);
}

static void singles(void)
{
	new_pool(10);
	begin();
	fill();
	end("alloc", NR_SINGLES);
	begin();
	empty();
	end("free", NR_SINGLES);
	fill();
	shuffle(NR_SINGLES);
	begin();
	empty();
	end("free-shuffled", NR_SINGLES);
}

static void fill_many(void)
{
	u32 i;

	for (i = 0; i < NR_SINGLES; i += BATCH)
		must(bp_buddy_take_many(&buddy, 0, bp_tag_aside(0), 0, pfns + i,
					BATCH) == BATCH);
}

static void empty_many(void)
{
	u32 i, nr, given;

	for (i = 0; i < NR_SINGLES; i += nr) {
		nr = BATCH - i % BATCH;
		given = bp_buddy_give_some(&buddy, 0, pfns + i, &nr);
		must(given == nr);
	}
}

static void batches(void)
{
	new_pool(10);
	begin();
	fill_many();
	end("many-alloc", NR_SINGLES);
	begin();
	empty_many();
	end("many-free", NR_SINGLES);
	fill_many();
	shuffle(NR_SINGLES);
	begin();
	empty_many();
	end("many-free-shuffled", NR_SINGLES);
}

/* 90 % full: one is freed, any of them, and another one allocated. */
static void churn(const char *name, bool singles_only)
{
	u32 nr = 0, nr_pages = 0, i, one;

	new_pool(10);
	while (nr_pages < NR_PAGES / 10 * 9) {
		orders[nr] = singles_only ? 0 : random_order();
		pfns[nr] = alloc(orders[nr]);
		nr_pages += 1U << orders[nr++];
	}
	begin();
	for (i = 0; i < NR_PAIRS; i++) {
		one = random_below(nr);
		give(pfns[one], orders[one]);
		orders[one] = singles_only ? 0 : random_order();
		pfns[one] = alloc(orders[one]);
	}
	end(name, NR_PAIRS);
}

/* A pool that is full but for four single pages. */
static void needle(void)
{
	u32 i, pfn;

	new_pool(10);
	for (i = 0; i < NR_PAGES; i++)
		alloc(0);
	for (i = 0; i < 4; i++)
		give(NR_PAGES / 4 * i + random_below(NR_PAGES / 4), 0);
	begin();
	for (i = 0; i < NR_PAIRS; i++) {
		pfn = alloc(0);
		give(pfn, 0);
	}
	end("needle", NR_PAIRS);
}

int main(void)
{
	pairs("pair-0", 0, 10);
	pairs("pair-3", 3, 10);
	pairs("pair-9", 9, 10);
	cascades();
	singles();
	batches();
	churn("churn", false);
	churn("churn-0", true);
	needle();
	free(metadata);
	return 0;
}
