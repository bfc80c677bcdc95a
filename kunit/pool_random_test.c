// SPDX-License-Identifier: GPL-2.0
/*
 * Long random runs of a pool, of which CPUs keep blocks, against a naive model.
 *
 * The model has a byte for each page. It does not say which pages an allocation
 * gets, for that depends on what is kept; but that it gets free ones, and that it
 * fails only if there are none, wherever they are kept.
 */
#include "pool.h"

#include <linux/errno.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "testlib.h"

enum {
	MAX_PAGES = 4096,
	STEPS = 30000,
	CHECK_EVERY = 64,
};

/**
 * struct shape - a pool, and how many pages each CPU may keep of it
 * @nr_pages: its size, in pages
 * @max_order: its largest order
 * @percpu_pages: what each CPU may keep, in pages
 */
struct shape {
	u32 nr_pages;
	unsigned int max_order;
	u32 percpu_pages;
};

static const struct shape shapes[] = {
	{ MAX_PAGES, 10, 2560 }, { MAX_PAGES, 9, 5120 }, { 2047, 10, 640 },
	{ 1500, 3, 300 },        { 700, 10, 40 },        { 64, 6, 5 },
	{ 1000, 10, 0 },
};

static void shape_desc(const struct shape *shape, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u_pages_%u_kept",
		 shape->nr_pages, shape->percpu_pages);
}

KUNIT_ARRAY_PARAM(shape, shapes, shape_desc);

/**
 * struct run - what has been allocated
 * @pfn: its first page
 * @nr_pages: its pages
 */
struct run {
	u32 pfn;
	u32 nr_pages;
};

/**
 * struct trial - a random run
 * @test: the case
 * @pool: the pool
 * @top_order: of its largest block
 * @rnd: the random numbers
 * @used: a byte for each page: 1 if allocated
 * @nr_used: how many are
 * @run: what has been allocated, @nr_runs of them
 * @nr_runs: see there
 * @nr_refused: allocations that failed
 * @online: whether the CPU may keep blocks
 */
struct trial {
	struct kunit *test;
	struct bp_pool *pool;
	unsigned int top_order;
	struct rnd_state rnd;
	u8 used[MAX_PAGES];
	u32 nr_used;
	struct run run[MAX_PAGES];
	u32 nr_runs;
	u32 nr_refused;
	bool online;
};

static u32 below(struct trial *trial, u32 end)
{
	return prandom_u32_state(&trial->rnd) % end;
}

/* Is there a block of that order whose pages are all free? */
static bool has_block(const struct trial *trial, unsigned int order)
{
	const u32 nr = 1U << order;
	u32 pfn;

	for (pfn = 0; pfn + nr <= trial->pool->buddy.nr_pages; pfn += nr)
		if (!memchr_inv(trial->used + pfn, 0, nr))
			return true;
	return false;
}

static void note_used(struct trial *trial, u32 pfn, u32 nr_pages)
{
	KUNIT_ASSERT_LE(trial->test, pfn + nr_pages,
			trial->pool->buddy.nr_pages);
	KUNIT_ASSERT_NULL(trial->test,
			  memchr_inv(trial->used + pfn, 0, nr_pages));
	memset(trial->used + pfn, 1, nr_pages);
	trial->nr_used += nr_pages;
}

static void note_free(struct trial *trial, u32 pfn, u32 nr_pages)
{
	memset(trial->used + pfn, 0, nr_pages);
	trial->nr_used -= nr_pages;
}

static void add_run(struct trial *trial, u32 pfn, u32 nr_pages)
{
	note_used(trial, pfn, nr_pages);
	trial->run[trial->nr_runs++] = (struct run){ pfn, nr_pages };
}

static struct run take_run(struct trial *trial, u32 i)
{
	const struct run run = trial->run[i];

	trial->run[i] = trial->run[--trial->nr_runs];
	note_free(trial, run.pfn, run.nr_pages);
	return run;
}

/* Small ones are the most. */
static unsigned int random_order(struct trial *trial)
{
	const unsigned int order =
		__ffs(prandom_u32_state(&trial->rnd) | 1U << trial->top_order);

	return below(trial, 16) ? order : below(trial, trial->top_order + 1);
}

static void do_alloc(struct trial *trial)
{
	const unsigned int order = random_order(trial);
	struct bp_request request = { .nr_pages = 1U << order };
	struct bp_failure failure = {};
	unsigned int needed;
	u32 pfn;
	int err;

	if (!below(trial, 4))
		request.nr_pages -= below(trial, request.nr_pages);
	if (!below(trial, 8))
		request.align_order = below(trial, trial->top_order + 1);
	needed = max_t(unsigned int, bp_order_of(request.nr_pages),
		       request.align_order);
	err = bp_pool_alloc(trial->pool, &request, &pfn, &failure);
	if (err) {
		KUNIT_ASSERT_EQ(trial->test, err, -ENOMEM);
		KUNIT_ASSERT_FALSE(trial->test, has_block(trial, needed));
		trial->nr_refused++;
		return;
	}
	KUNIT_ASSERT_TRUE(trial->test, IS_ALIGNED(pfn, 1U << needed));
	add_run(trial, pfn, request.nr_pages);
}

static void do_free(struct trial *trial)
{
	struct run run;

	if (!trial->nr_runs)
		return;
	run = take_run(trial, below(trial, trial->nr_runs));
	KUNIT_ASSERT_EQ(trial->test, 0,
			bp_pool_free(trial->pool, run.pfn, run.nr_pages,
				     false));
	/* Once. */
	KUNIT_ASSERT_EQ(trial->test, -ENOENT,
			bp_pool_free(trial->pool, run.pfn, run.nr_pages,
				     false));
}

static void do_alloc_bulk(struct trial *trial)
{
	const unsigned int order = random_order(trial);
	const u32 wanted = 1 + below(trial, 100);
	u32 pfns[100], got, i;

	got = bp_pool_alloc_bulk(trial->pool, order, pfns, wanted);
	KUNIT_ASSERT_LE(trial->test, got, wanted);
	for (i = 0; i < got; i++)
		add_run(trial, pfns[i], 1U << order);
	if (got < wanted)
		KUNIT_ASSERT_FALSE(trial->test, has_block(trial, order));
}

/* Blocks of an order, as they come; one that has grown may be no block. */
static void do_free_bulk(struct trial *trial)
{
	const unsigned int order = random_order(trial);
	u32 pfns[100], nr = 0, freed, i;

	for (i = trial->nr_runs; i-- && nr < ARRAY_SIZE(pfns);)
		if (trial->run[i].nr_pages == 1U << order &&
		    IS_ALIGNED(trial->run[i].pfn, 1U << order))
			pfns[nr++] = take_run(trial, i).pfn;
	freed = bp_pool_free_bulk(trial->pool, order, pfns, nr);
	KUNIT_ASSERT_EQ(trial->test, freed, nr);
}

static void do_resize(struct trial *trial)
{
	struct bp_failure failure = {};
	struct run *run;
	u32 new, more;
	int err;

	if (!trial->nr_runs)
		return;
	run = &trial->run[below(trial, trial->nr_runs)];
	new = 1 + below(trial, 2 * run->nr_pages);
	new = min(new, 1U << trial->top_order);
	err = bp_pool_resize(trial->pool, run->pfn, run->nr_pages, new, false,
			     &failure);
	if (new <= run->nr_pages) {
		KUNIT_ASSERT_EQ(trial->test, err, 0);
		note_free(trial, run->pfn + new, run->nr_pages - new);
		run->nr_pages = new;
		return;
	}
	more = new - run->nr_pages;
	if (!err) {
		note_used(trial, run->pfn + run->nr_pages, more);
		run->nr_pages = new;
		return;
	}
	KUNIT_ASSERT_EQ(trial->test, err, -ENOMEM);
	KUNIT_ASSERT_TRUE(trial->test,
			  run->pfn + new > trial->pool->buddy.nr_pages ||
				  memchr_inv(trial->used + run->pfn +
						     run->nr_pages,
					     0, more));
}

/* As when the CPU goes or comes; what it has kept is given back. */
static void do_hotplug(struct trial *trial)
{
	if (!trial->pool->lists.max_pages)
		return;
	trial->online = !trial->online;
	bp_lists_set_online(&trial->pool->lists, trial->online);
	if (!trial->online)
		bp_pool_drain_cpu(trial->pool, raw_smp_processor_id());
}

static void do_something(struct trial *trial)
{
	/* Now rather fuller, now rather emptier. */
	const bool fill = trial->nr_used <
			  trial->pool->buddy.nr_pages / 16 * 15;
	const u32 what = below(trial, 1000);

	if (what < 3)
		do_hotplug(trial);
	else if (what < 6)
		bp_pool_drain(trial->pool);
	else if (what < 16)
		do_alloc_bulk(trial);
	else if (what < 30)
		do_free_bulk(trial);
	else if (what < 80)
		do_resize(trial);
	else if (what < (fill ? 560 : 500))
		do_alloc(trial);
	else
		do_free(trial);
}

static void check(struct trial *trial)
{
	struct bp_pool_stat stat;

	bp_test_assert_ok(trial->test, &trial->pool->buddy);
	bp_pool_stat(trial->pool, &stat);
	KUNIT_ASSERT_EQ(trial->test, stat.free_pages,
			trial->pool->buddy.nr_pages - trial->nr_used);
	KUNIT_ASSERT_LE(trial->test, stat.kept_pages,
			trial->pool->lists.max_pages);
}

static void pool_random(struct kunit *test)
{
	const struct shape *shape = test->param_value;
	struct trial *trial = bp_test_vzalloc(test, sizeof(*trial));
	const u32 seed = bp_test_seed();
	u32 step;

	kunit_info(test, "seed=%u", seed);
	prandom_seed_state(&trial->rnd, seed);
	trial->test = test;
	trial->online = true;
	trial->pool = bp_test_pool_lists(test, shape->nr_pages,
					 shape->max_order, shape->percpu_pages);
	trial->top_order = trial->pool->buddy.top_order;
	for (step = 0; step < STEPS; step++) {
		do_something(trial);
		if (step % CHECK_EVERY == 0)
			check(trial);
	}
	/* Where the largest block is small, nothing may have been refused so far. */
	while (!trial->nr_refused)
		do_alloc(trial);
	while (trial->nr_runs)
		do_free(trial);
	check(trial);
	bp_pool_drain(trial->pool);
	bp_test_assert_ok(test, &trial->pool->buddy);
	KUNIT_EXPECT_TRUE(test, has_block(trial, trial->top_order));
}

static const struct kunit_attributes slow = { .speed = KUNIT_SPEED_SLOW };

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM_ATTR(pool_random, shape_gen_params, slow),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_pool_random",
	.init = bp_test_bind,
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
