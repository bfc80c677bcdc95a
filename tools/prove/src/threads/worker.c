// SPDX-License-Identifier: GPL-2.0
/*
 * A thread that allocates and frees at random, on one CPU after another.
 */
#include "worker.h"

#include <time.h>

#define BATCH 100

static u32 below(struct worker *worker, u32 limit)
{
	return rng_below(&worker->rng, limit);
}

/* The orders that have lists more often than others. */
static unsigned int random_order(struct worker *worker)
{
	static const u8 orders[] = { 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2,
				     2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 9, 10 };

	return orders[below(worker, sizeof(orders))];
}

static void keep(struct worker *worker, u32 pfn, u32 nr)
{
	const struct run run = { .pfn = pfn, .nr = nr };

	stage_own(&run, worker->number);
	worker->run[worker->nr_runs++] = run;
	worker->nr_pages += nr;
}

/* It is not the worker's any more. */
static void forget(struct worker *worker, u32 i)
{
	worker->nr_pages -= worker->run[i].nr;
	worker->run[i] = worker->run[--worker->nr_runs];
}

static void count_refusal(void)
{
	__atomic_fetch_add(&stage.nr_refused, 1, __ATOMIC_RELAXED);
}

static void alloc_block(struct worker *worker)
{
	const unsigned int order = random_order(worker);
	const u32 pfn = bp_pool_alloc_block(stage.pool, order);

	if (pfn == BP_NO_PAGE)
		count_refusal();
	else
		keep(worker, pfn, 1U << order);
}

static void alloc_run(struct worker *worker)
{
	const struct bp_request request = {
		.nr_pages = 1 + below(worker, 2U << random_order(worker)),
		.align_order = below(worker, 8) ? 0 : random_order(worker),
	};
	struct bp_failure failure;
	struct timespec time;
	ktime_t expires;
	u32 pfn;
	int err;

	if (below(worker, 50)) {
		err = bp_pool_alloc(stage.pool, &request, &pfn, &failure);
	} else {
		clock_gettime(CLOCK_MONOTONIC, &time);
		expires = time.tv_sec * 1000000000 + time.tv_nsec +
			  below(worker, 300000);
		err = bp_pool_alloc_wait(stage.pool, &request, &expires, &pfn,
					 &failure);
	}
	if (!err)
		keep(worker, pfn, request.nr_pages);
	else
		count_refusal();
}

static void alloc_bulk(struct worker *worker)
{
	const unsigned int order = below(worker, 5);
	u32 pfns[BATCH], i, wanted, nr;

	wanted = 1 + below(worker, min(BATCH, MAX_RUNS - worker->nr_runs));
	nr = bp_pool_alloc_bulk(stage.pool, order, pfns, wanted);
	for (i = 0; i < nr; i++)
		keep(worker, pfns[i], 1U << order);
	if (nr < wanted)
		count_refusal();
}

static void alloc(struct worker *worker)
{
	if (worker->nr_runs == MAX_RUNS)
		return;
	switch (below(worker, 20)) {
	case 0:
		return alloc_bulk(worker);
	case 1 ... 4:
		return alloc_run(worker);
	default:
		return alloc_block(worker);
	}
}

/* Leave it for another thread to free, and free what was left there. */
static void send(struct worker *worker, u32 i)
{
	struct run **slot = &stage.parcel[below(worker, NR_PARCELS)];
	struct run *parcel = malloc(sizeof(*parcel));

	if (!parcel)
		abort();
	*parcel = worker->run[i];
	stage_disown(parcel, worker->number);
	forget(worker, i);
	parcel = __atomic_exchange_n(slot, parcel, __ATOMIC_ACQ_REL);
	if (!parcel)
		return;
	stage_own(parcel, worker->number);
	stage_free(parcel, worker->number);
	free(parcel);
}

/* Those of an order that nobody has looked at. */
static void free_bulk(struct worker *worker)
{
	const unsigned int order = below(worker, 5);
	u32 pfns[BATCH], nr = 0, i = 0;

	while (i < worker->nr_runs && nr < BATCH) {
		const struct run *run = &worker->run[i];

		if (run->shown || run->nr != 1U << order ||
		    run->pfn & (run->nr - 1)) {
			i++;
			continue;
		}
		stage_disown(run, worker->number);
		pfns[nr++] = run->pfn;
		forget(worker, i);
	}
	if (nr && bp_pool_free_bulk(stage.pool, order, pfns, nr) != nr)
		stage_wrong("not all of %u blocks could be freed", nr);
}

static void release(struct worker *worker)
{
	u32 i;

	if (!worker->nr_runs)
		return;
	i = below(worker, worker->nr_runs);
	switch (below(worker, 20)) {
	case 0:
		return free_bulk(worker);
	case 1 ... 4:
		return send(worker, i);
	default:
		stage_free(&worker->run[i], worker->number);
		forget(worker, i);
	}
}

static void resize(struct worker *worker)
{
	struct bp_failure failure;
	struct run *run, rest;
	u32 nr;

	if (!worker->nr_runs)
		return;
	run = &worker->run[below(worker, worker->nr_runs)];
	nr = 1 + below(worker, 2 * run->nr);
	rest = *run;
	if (nr < run->nr) {
		rest.pfn += nr;
		rest.nr -= nr;
		stage_disown(&rest, worker->number);
	}
	if (bp_pool_resize(stage.pool, run->pfn, run->nr, nr, run->shown,
			   &failure)) {
		if (nr < run->nr)
			stage_wrong("a run could not be made shorter");
		return count_refusal();
	}
	if (nr > run->nr) {
		rest.pfn += run->nr;
		rest.nr = nr - run->nr;
		stage_own(&rest, worker->number);
	}
	worker->nr_pages += nr - run->nr;
	run->nr = nr;
}

/* As long as it is held, no CPU keeps anything, whatever the others do. */
static void hold_lists_empty(void)
{
	struct bp_lists_stat stat;

	bp_pool_drain_hold(stage.pool);
	bp_lists_stat(&stage.pool->lists, &stat);
	if (stat.nr_pages)
		stage_wrong("%u pages are kept in spite of a drain",
			    stat.nr_pages);
	bp_pool_drain_release(stage.pool);
}

/* What others do to all CPUs at once, or see of the whole pool. */
static void disturb(struct worker *worker)
{
	struct bp_extent extents[16];
	struct bp_pool_stat stat;
	u32 pfn = below(worker, stage.pool->buddy.nr_pages);

	switch (below(worker, 3)) {
	case 0:
		hold_lists_empty();
		break;
	case 1:
		bp_pool_stat(stage.pool, &stat);
		if (stat.free_pages > stage.pool->buddy.nr_pages)
			stage_wrong("%u pages are free", stat.free_pages);
		break;
	default:
		if (!bp_pool_walk(stage.pool, &pfn, extents, 16))
			stage_wrong("there is no block at page %u", pfn);
	}
}

static void step(struct worker *worker)
{
	const u32 kind = below(worker, 2000);

	if (kind == 0)
		disturb(worker);
	else if (kind < 40)
		core_run_on(below(worker, stage.nr_cpus));
	else if (kind < 100)
		resize(worker);
	else if (kind < 300 && worker->nr_runs)
		stage_write(&worker->run[below(worker, worker->nr_runs)],
			    worker->number);
	else if (worker->nr_pages < worker->limit && kind % 2)
		alloc(worker);
	else
		release(worker);
}

/* Together the threads may want more than there is. */
static void choose_limit(struct worker *worker)
{
	const u32 share = stage.pool->buddy.nr_pages / stage.nr_threads;

	worker->limit = below(worker, share + share / 2);
}

/**
 * worker_main() - what a thread does until it is to stop
 * @arg: the worker
 *
 * Return: NULL.
 */
void *worker_main(void *arg)
{
	struct worker *worker = arg;
	unsigned int i;

	while (!READ_ONCE(stage.stop)) {
		choose_limit(worker);
		for (i = 0; i < 2000 && !READ_ONCE(stage.stop); i++)
			step(worker);
		__atomic_fetch_add(&stage.nr_calls, i, __ATOMIC_RELAXED);
	}
	while (worker->nr_runs && !READ_ONCE(stage.failed)) {
		stage_free(&worker->run[0], worker->number);
		forget(worker, 0);
	}
	return NULL;
}
