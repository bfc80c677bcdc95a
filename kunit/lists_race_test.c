// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: threads on all CPUs, and others that empty the lists or take the
 * CPUs away meanwhile.
 *
 * Every page has a bit that says whose it is: to allocate one that is somebody
 * else's sets a bit that is set. On one CPU the threads only take turns.
 */
#include "lists.h"

#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/sched.h>

#include "pool.h"
#include "testlib.h"

#define NR_PAGES 16384
#define PERCPU_PAGES 5120

/* Threads that allocate, and the most that each has. */
#define NR_WORKERS 4
#define NR_HELD 512

/* How long each case goes on, in ms. */
#define DURATION 1000

/**
 * struct race - what the threads have in common
 * @pool: the pool
 * @owned: a bit for each page that somebody has
 * @end: in jiffies
 * @nr_wrong: how often something was not as it must be
 * @done: once for each thread that has ended
 * @nr_ops: allocations, frees and resizes
 */
struct race {
	struct bp_pool *pool;
	unsigned long *owned;
	unsigned long end;
	atomic_t nr_wrong;
	struct completion done;
	atomic_long_t nr_ops;
};

/**
 * struct worker - a thread that allocates and frees
 * @race: what it has in common with the others
 * @rng: its random numbers
 * @nr_held: how many runs it has
 * @held: these
 */
struct worker {
	struct race *race;
	struct rnd_state rng;
	unsigned int nr_held;
	struct {
		u32 pfn;
		u32 nr_pages;
	} held[NR_HELD];
};

static u32 random(struct worker *worker, u32 below)
{
	return prandom_u32_state(&worker->rng) % below;
}

static void own(struct race *race, u32 pfn, u32 nr_pages)
{
	for (; nr_pages; nr_pages--)
		if (test_and_set_bit(pfn++, race->owned))
			atomic_inc(&race->nr_wrong);
}

static void disown(struct race *race, u32 pfn, u32 nr_pages)
{
	for (; nr_pages; nr_pages--)
		if (!test_and_clear_bit(pfn++, race->owned))
			atomic_inc(&race->nr_wrong);
}

static void hold(struct worker *worker, u32 pfn, u32 nr_pages)
{
	own(worker->race, pfn, nr_pages);
	worker->held[worker->nr_held].pfn = pfn;
	worker->held[worker->nr_held].nr_pages = nr_pages;
	worker->nr_held++;
}

static unsigned int random_order(struct worker *worker)
{
	return random(worker, 16) ? random(worker, 5) : 9;
}

static void alloc_block(struct worker *worker)
{
	const unsigned int order = random_order(worker);
	u32 pfn;

	if (worker->nr_held == NR_HELD)
		return;
	pfn = bp_pool_alloc_block(worker->race->pool, order);
	if (pfn != BP_NO_PAGE)
		hold(worker, pfn, 1U << order);
}

static void alloc_run(struct worker *worker)
{
	struct bp_request request = {
		.nr_pages = 1 + random(worker, 600),
		.align_order = random(worker, 4),
	};
	u32 pfn;

	if (worker->nr_held < NR_HELD &&
	    !bp_pool_alloc(worker->race->pool, &request, &pfn, NULL))
		hold(worker, pfn, request.nr_pages);
}

static void free_one(struct worker *worker)
{
	struct race *race = worker->race;
	u32 nr, pfn, nr_pages;

	if (!worker->nr_held)
		return;
	nr = random(worker, worker->nr_held);
	pfn = worker->held[nr].pfn;
	nr_pages = worker->held[nr].nr_pages;
	disown(race, pfn, nr_pages);
	worker->held[nr] = worker->held[--worker->nr_held];
	if (bp_pool_free(race->pool, pfn, nr_pages, random(worker, 2)))
		atomic_inc(&race->nr_wrong);
}

static void resize_one(struct worker *worker)
{
	struct race *race = worker->race;
	u32 nr, pfn, nr_pages, to;

	if (!worker->nr_held)
		return;
	nr = random(worker, worker->nr_held);
	pfn = worker->held[nr].pfn;
	nr_pages = worker->held[nr].nr_pages;
	to = 1 + random(worker, 2 * nr_pages);
	if (to < nr_pages)
		disown(race, pfn + to, nr_pages - to);
	if (!bp_pool_resize(race->pool, pfn, nr_pages, to, true, NULL))
		worker->held[nr].nr_pages = to;
	else if (to < nr_pages)
		atomic_inc(&race->nr_wrong);
	if (to > nr_pages && worker->held[nr].nr_pages == to)
		own(race, pfn + nr_pages, to - nr_pages);
}

static void bulk(struct worker *worker)
{
	const unsigned int order = random_order(worker);
	struct race *race = worker->race;
	u32 pfns[32], i, got;

	got = bp_pool_alloc_bulk(race->pool, order, pfns, 32);
	for (i = 0; i < got; i++)
		own(race, pfns[i], 1U << order);
	for (i = 0; i < got; i++)
		disown(race, pfns[i], 1U << order);
	if (bp_pool_free_bulk(race->pool, order, pfns, got) != got)
		atomic_inc(&race->nr_wrong);
}

static int work(void *data)
{
	struct worker *worker = data;
	struct race *race = worker->race;

	while (time_before(jiffies, race->end)) {
		switch (random(worker, 16)) {
		case 0 ... 5:
			alloc_block(worker);
			break;
		case 6:
			alloc_run(worker);
			break;
		case 7:
			resize_one(worker);
			break;
		case 8:
			bulk(worker);
			break;
		default:
			free_one(worker);
		}
		atomic_long_inc(&race->nr_ops);
		cond_resched();
	}
	while (worker->nr_held)
		free_one(worker);
	kthread_complete_and_exit(&race->done, 0);
}

static int drain(void *data)
{
	struct race *race = data;
	char msg[BP_CHECK_MSG_SIZE];

	while (time_before(jiffies, race->end)) {
		bp_pool_drain(race->pool);
		if (bp_pool_check(race->pool, msg, sizeof(msg)))
			atomic_inc(&race->nr_wrong);
		msleep(20);
	}
	kthread_complete_and_exit(&race->done, 0);
}

#ifdef CONFIG_HOTPLUG_CPU
static int unplug(void *data)
{
	struct race *race = data;

	while (time_before(jiffies, race->end)) {
		if (remove_cpu(1) || add_cpu(1))
			atomic_inc(&race->nr_wrong);
		msleep(20);
	}
	kthread_complete_and_exit(&race->done, 0);
}
#endif

static void start_workers(struct kunit *test, struct race *race)
{
	const u32 seed = bp_test_seed();
	struct task_struct *task;
	struct worker *worker;
	unsigned int i;

	kunit_info(test, "seed %u", seed);
	for (i = 0; i < NR_WORKERS; i++) {
		worker = bp_test_vzalloc(test, sizeof(*worker));
		worker->race = race;
		prandom_seed_state(&worker->rng, seed + i);
		task = kthread_run(work, worker, "worker");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	}
}

/* The threads use what is the case's, so it has to wait for them. */
static void finish(struct kunit *test, struct race *race, unsigned int threads)
{
	char msg[BP_CHECK_MSG_SIZE];

	while (threads--)
		wait_for_completion(&race->done);
	KUNIT_EXPECT_EQ(test, atomic_read(&race->nr_wrong), 0);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(race->owned, NR_PAGES));
	KUNIT_EXPECT_EQ_MSG(test, bp_pool_check(race->pool, msg, sizeof(msg)),
			    0, "%s", msg);
	KUNIT_EXPECT_EQ(test, race->pool->buddy.nr_free_pages, NR_PAGES);
	kunit_info(test, "%ld operations", atomic_long_read(&race->nr_ops));
}

static struct race *new_race(struct kunit *test)
{
	struct race *race = kunit_kzalloc(test, sizeof(*race), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, race);
	race->pool = bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	race->owned = bp_test_vzalloc(test, NR_PAGES / BITS_PER_BYTE);
	init_completion(&race->done);
	race->end = jiffies + msecs_to_jiffies(DURATION);
	return race;
}

static void start(struct kunit *test, int (*function)(void *), void *data)
{
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, kthread_run(function, data, "race"));
}

static void race_workers(struct kunit *test)
{
	struct race *race = new_race(test);

	start_workers(test, race);
	finish(test, race, NR_WORKERS);
}

static void race_drain(struct kunit *test)
{
	struct race *race = new_race(test);

	start(test, drain, race);
	start(test, drain, race);
	start_workers(test, race);
	finish(test, race, NR_WORKERS + 2);
}

static void race_hotplug(struct kunit *test)
{
#ifdef CONFIG_HOTPLUG_CPU
	struct race *race;

	if (num_online_cpus() < 2)
		kunit_skip(test, "there is only one CPU");
	race = new_race(test);
	start(test, unplug, race);
	start(test, drain, race);
	start_workers(test, race);
	finish(test, race, NR_WORKERS + 2);
#else
	kunit_skip(test, "this kernel's CPUs cannot be unplugged");
#endif
}

/**
 * struct slow - a thread that is long at work on its CPU's lists
 * @pool: the pool
 * @busy: it is at work
 * @done: it has ended
 * @emptied: meanwhile somebody emptied them
 */
struct slow {
	struct bp_pool *pool;
	struct completion busy;
	struct completion done;
	bool emptied;
};

static int be_slow(void *data)
{
	struct slow *slow = data;
	const unsigned long end = jiffies + HZ / 10;
	struct bp_cpu_lists *cpu = bp_lists_enter(&slow->pool->lists);

	complete(&slow->busy);
	while (time_before(jiffies, end)) {
		if (!bp_stock_look(&cpu->list[0].ready))
			slow->emptied = true;
		cpu_relax();
	}
	bp_lists_leave(cpu);
	kthread_complete_and_exit(&slow->done, 0);
}

/* The lists of a CPU that is at work on them are emptied when it is done. */
static void race_steal_from_the_busy(struct kunit *test)
{
	struct bp_pool *pool;
	struct slow slow;
	struct task_struct *task;

	if (num_online_cpus() < 2)
		kunit_skip(test, "there is only one CPU");
	pool = bp_test_pool_lists(test, NR_PAGES, 10, PERCPU_PAGES);
	slow = (struct slow){ .pool = pool };
	init_completion(&slow.busy);
	init_completion(&slow.done);

	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(1)), 0);
	KUNIT_ASSERT_EQ(test, 0,
			bp_pool_free_block(pool, bp_pool_alloc_block(pool, 0),
					   0));
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(0)), 0);
	task = kthread_create(be_slow, &slow, "slow");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	kthread_bind(task, 1);
	wake_up_process(task);
	wait_for_completion(&slow.busy);

	KUNIT_EXPECT_LT(test, pool->buddy.nr_free_pages, NR_PAGES);
	bp_pool_drain(pool);
	KUNIT_EXPECT_EQ(test, pool->buddy.nr_free_pages, NR_PAGES);
	wait_for_completion(&slow.done);
	KUNIT_EXPECT_FALSE(test, slow.emptied);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(race_workers),
	KUNIT_CASE_SLOW(race_drain),
	KUNIT_CASE_SLOW(race_hotplug),
	KUNIT_CASE_SLOW(race_steal_from_the_busy),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists_race",
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
