// SPDX-License-Identifier: GPL-2.0
/*
 * Every state: see tools/prove/states.
 *
 * Prints KTAP: for each pool, and each set of calls, how many states it has, which
 * must be as many as theory.c has it.
 */
#include <time.h>

#include "search.h"

static const char *const names[NR_CALLS] = {
	[CALLS_BLOCKS] = "blocks",
	[CALLS_RUNS] = "runs",
	[CALLS_ALL] = "all",
};

static struct shape shape;
static unsigned int nr_done, nr_failed;
static u64 total_states, total_calls;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Of @shape; @max_order in pages. */
static void search(enum calls calls, unsigned int max_order)
{
	struct search search = {
		.shape = &shape,
		.max_order = max_order,
		.calls = calls,
	};
	const u64 expected = theory_count(&shape, calls);
	const double start = now();
	const bool ok = search_run(&search) && search.nr_states == expected;

	printf("%sok %u %ux%u-pages max-order-%u %s", ok ? "" : "not ",
	       ++nr_done, shape.nr_units, 1U << shape.scale, max_order,
	       names[calls]);
	printf(" # %u states, %llu by theory, %llu calls, depth %u, %.1f s\n",
	       search.nr_states, (unsigned long long)expected,
	       (unsigned long long)search.nr_calls, search.depth,
	       now() - start);
	nr_failed += !ok;
	total_states += search.nr_states;
	total_calls += search.nr_calls;
}

static void search_each(unsigned int nr_units, unsigned int max_order,
			unsigned int scale, enum calls last)
{
	enum calls calls;

	shape_init(&shape, nr_units, max_order, scale);
	for (calls = 0; calls <= last; calls++)
		search(calls, max_order + scale);
}

/* All calls of pools of 15 and 16 pages take too long but for these orders. */
static enum calls last_calls(unsigned int nr_units, unsigned int max_order)
{
	if (nr_units < 15 || !max_order || 2U << max_order > nr_units)
		return CALLS_ALL;
	return CALLS_RUNS;
}

/* Pools up to a size, with each order that there can be in them. */
static void search_up_to(unsigned int nr_units, unsigned int scale)
{
	unsigned int nr, order;

	for (nr = 1; nr <= nr_units; nr++)
		for (order = 0; 1U << order <= nr; order++)
			search_each(nr, order, scale, last_calls(nr, order));
}

/* Of 16 pages, what does not take long. */
static void search_largest(void)
{
	shape_init(&shape, 16, 4, 0);
	search(CALLS_BLOCKS, 4);
	shape_init(&shape, 16, 0, 0);
	search(CALLS_ALL, 0);
}

/* With the largest order of all there are pageblocks too, though none in such a pool. */
static void search_max_order(unsigned int nr_units)
{
	unsigned int nr, order = 0;

	for (nr = 1; nr <= nr_units; nr++) {
		while (2U << order <= nr)
			order++;
		shape_init(&shape, nr, order, 0);
		search(CALLS_ALL, BP_MAX_ORDER);
	}
}

/* Units that are half a word, a word, half a pageblock and a pageblock. */
static void search_scaled(unsigned int nr_units)
{
	static const u8 scales[] = { 5, 6, 8, 9 };
	unsigned int i;

	for (i = 0; i < sizeof(scales); i++)
		search_up_to(nr_units, scales[i]);
}

/* What differs from a plain buddy system, and why: theory.c has it in full. */
static void explain(void)
{
	puts("# blocks: of a pool that is one block, as theory has it for a full binary");
	puts("#         buddy system: S(0) = 2, S(k) = S(k-1)^2 + 1; of others, the");
	puts("#         product of the blocks that the pool is cut into");
	puts("# runs:   more, for a run of 3 pages is none of the blocks: those that start");
	puts("#         where a block does, T(0) = 2, T(k) = T(k-1)^2 + sum of T(tail)");
	puts("# all:    more, for a run that has grown starts and ends anywhere: all rows of");
	puts("#         free pages and runs, F(2n+1) where one run can be the whole pool");
	puts("# No symmetry is made use of, and there are no migrate types to double them.");
	printf("# %llu states, %llu calls\n", (unsigned long long)total_states,
	       (unsigned long long)total_calls);
}

int main(int argc, char **argv)
{
	const bool fast = argc == 2 && !strcmp(argv[1], "--fast");

	if (argc > 1 && !fast) {
		fprintf(stderr, "usage: states [--fast]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
	search_up_to(fast ? 9 : LAYOUT_MAX_UNITS, 0);
	if (fast)
		search_largest();
	search_max_order(fast ? 8 : 12);
	search_scaled(fast ? 6 : 10);
	printf("1..%u\n", nr_done);
	explain();
	return nr_failed != 0;
}
