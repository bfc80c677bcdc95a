// SPDX-License-Identifier: GPL-2.0
/*
 * Long random runs of the buddy system against a naive model.
 *
 * The model has a byte for each page and the length of each run, and merges by
 * looking: the free blocks are those into which each stretch of free pages falls.
 * It says for every call whether it must succeed, with which error it must fail,
 * and which pages an allocation must get.
 */
#include "buddy.h"

#include <linux/errno.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "testlib.h"

/* Pools up to this size, in pages, are checked after every call. */
#define TINY_POOL 128
#define CHECK_EVERY 256

/* The model is slow where they are larger than this: a quarter of the calls. */
#define LARGE_POOL 4096

static unsigned int rounds = 20000;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "calls of each random run (default 20000)");

/**
 * struct model - what a buddy system should be
 * @nr_pages: its size, in pages
 * @max_order: its largest order
 * @top_order: the largest order that it can form
 * @used: a byte for each page: 1 if allocated
 * @run: for the first page of each run, its pages
 */
struct model {
	u32 nr_pages;
	unsigned int max_order;
	unsigned int top_order;
	u8 *used;
	u32 *run;
};

/* The end of the stretch of equal pages that starts at @pfn. */
static u32 end_of_stretch(const struct model *model, u32 pfn)
{
	const u8 *end = memchr(model->used + pfn, !model->used[pfn],
			       model->nr_pages - pfn);

	return end ? end - model->used : model->nr_pages;
}

/* The order of the free block that starts at @pfn, in a stretch to @end. */
static unsigned int order_of_block(const struct model *model, u32 pfn, u32 end)
{
	unsigned int order = 0;

	while (order < model->max_order && !(pfn & (1U << order)) &&
	       pfn + (2U << order) <= end)
		order++;
	return order;
}

/* The first free block at or behind @pfn; false if there is none. */
static bool next_block(const struct model *model, u32 *pfn, unsigned int *order)
{
	if (*pfn >= model->nr_pages)
		return false;
	if (model->used[*pfn])
		*pfn = end_of_stretch(model, *pfn);
	if (*pfn >= model->nr_pages)
		return false;
	*order = order_of_block(model, *pfn, end_of_stretch(model, *pfn));
	return true;
}

/**
 * struct candidates - free blocks that would do, by the rules of freemap.c
 * @pageblock: the pageblock that is being looked at
 * @small: the lowest free block of each order within it; U32_MAX: none
 * @highest: the largest order in the best pageblock so far
 * @order: the smallest order that will do within it
 * @pfn: the lowest block of that order
 * @large: the lowest free block of each order from a pageblock's on
 */
struct candidates {
	u32 pageblock;
	u32 small[BP_PAGEBLOCK_ORDER];
	int highest;
	int order;
	u32 pfn;
	u32 large[BP_NR_ORDERS];
};

/* All of a pageblock has been seen: is it better than the best? */
static void finish_pageblock(struct candidates *c, unsigned int want)
{
	int highest = BP_PAGEBLOCK_ORDER - 1, order = want;

	while (highest >= (int)want && c->small[highest] == U32_MAX)
		highest--;
	if (highest >= (int)want && highest < c->highest) {
		while (c->small[order] == U32_MAX)
			order++;
		c->highest = highest;
		c->order = order;
		c->pfn = c->small[order];
	}
	memset(c->small, 0xff, sizeof(c->small));
}

static void consider(struct candidates *c, u32 pfn, unsigned int order,
		     unsigned int want)
{
	if (pfn >> BP_PAGEBLOCK_ORDER != c->pageblock) {
		finish_pageblock(c, want);
		c->pageblock = pfn >> BP_PAGEBLOCK_ORDER;
	}
	if (order >= BP_PAGEBLOCK_ORDER)
		c->large[order] = min(c->large[order], pfn);
	else
		c->small[order] = min(c->small[order], pfn);
}

/* Which free block an allocation has to be cut from; false if there is none. */
static bool choose(const struct model *model, unsigned int want, u32 *chosen)
{
	struct candidates c = { .highest = BP_PAGEBLOCK_ORDER };
	unsigned int order;
	u32 pfn;

	memset(c.small, 0xff, sizeof(c.small));
	memset(c.large, 0xff, sizeof(c.large));
	for (pfn = 0; next_block(model, &pfn, &order); pfn += 1U << order)
		consider(&c, pfn, order, want);
	finish_pageblock(&c, want);
	*chosen = c.pfn;
	if (c.highest < BP_PAGEBLOCK_ORDER)
		return true;
	for (order = want; order < BP_NR_ORDERS; order++) {
		*chosen = c.large[order];
		if (*chosen != U32_MAX)
			return true;
	}
	return false;
}

static int model_alloc(struct model *model, u32 nr_pages, unsigned int align,
		       u32 *pfn)
{
	unsigned int want = align;

	if (!nr_pages)
		return -EINVAL;
	if (nr_pages > 1U << model->top_order || align > model->top_order)
		return -EFBIG;
	while (1U << want < nr_pages)
		want++;
	if (!choose(model, want, pfn))
		return -ENOMEM;
	memset(model->used + *pfn, 1, nr_pages);
	model->run[*pfn] = nr_pages;
	return 0;
}

static int model_verify(const struct model *model, u32 pfn, u32 nr_pages)
{
	if (pfn >= model->nr_pages)
		return -ERANGE;
	if (!model->run[pfn])
		return -ENOENT;
	return model->run[pfn] == nr_pages ? 0 : -EINVAL;
}

static int model_free(struct model *model, u32 pfn, u32 nr_pages)
{
	int err = model_verify(model, pfn, nr_pages);

	if (err)
		return err;
	memset(model->used + pfn, 0, nr_pages);
	model->run[pfn] = 0;
	return 0;
}

static int model_resize(struct model *model, u32 pfn, u32 nr_pages, u32 to)
{
	int err = model_verify(model, pfn, nr_pages);
	u32 i;

	if (err)
		return err;
	if (!to)
		return -EINVAL;
	if (to > 1U << model->top_order)
		return -EFBIG;
	for (i = pfn + nr_pages; i < pfn + to; i++)
		if (i >= model->nr_pages || model->used[i])
			return -ENOMEM;
	memset(model->used + pfn, 0, nr_pages);
	memset(model->used + pfn, 1, to);
	model->run[pfn] = to;
	return 0;
}

/**
 * struct trial - a random run
 * @test: the case
 * @buddy: the buddy system
 * @model: what it should be
 * @rnd: the random numbers
 * @step: calls so far, for messages
 * @filling: more is allocated than freed at present
 */
struct trial {
	struct kunit *test;
	struct bp_buddy *buddy;
	struct model model;
	struct rnd_state rnd;
	unsigned int step;
	bool filling;
};

/* A number below @end, which is not 0. */
static u32 below(struct trial *trial, u32 end)
{
	return prandom_u32_state(&trial->rnd) % end;
}

/* Any size up to a little beyond what can be had; small ones more often. */
static u32 some_size(struct trial *trial)
{
	unsigned int order =
		below(trial, below(trial, trial->model.top_order + 2) + 1);

	if (below(trial, 2))
		return 1U << order;
	return below(trial, (1U << order) + 2);
}

/* A run that exists, the next one from a random page on; false without any. */
static bool some_run(struct trial *trial, u32 *pfn, u32 *nr_pages)
{
	const struct model *model = &trial->model;
	u32 start = below(trial, model->nr_pages), i;

	for (i = 0; i < model->nr_pages; i++) {
		*pfn = (start + i) % model->nr_pages;
		*nr_pages = model->run[*pfn];
		if (*nr_pages)
			return true;
	}
	return false;
}

/* What names no run, or not all of it, or too much; or by chance one. */
static void some_nonsense(struct trial *trial, u32 *pfn, u32 *nr_pages)
{
	if (!some_run(trial, pfn, nr_pages))
		*nr_pages = 1;
	switch (below(trial, 4)) {
	case 0:
		*pfn = below(trial, trial->model.nr_pages + 3);
		break;
	case 1:
		*pfn += *nr_pages / 2;
		break;
	case 2:
		*nr_pages = some_size(trial);
		break;
	case 3:
		*nr_pages += below(trial, 3) - 1;
		break;
	}
}

static void try_alloc(struct trial *trial)
{
	const u32 nr_pages = some_size(trial);
	const unsigned int align =
		below(trial, 4) ? 0 : below(trial, trial->model.top_order + 2);
	u32 pfn = U32_MAX, expected_pfn = U32_MAX;
	int err = bp_buddy_alloc(trial->buddy, nr_pages, align, &pfn);
	int expected =
		model_alloc(&trial->model, nr_pages, align, &expected_pfn);

	KUNIT_ASSERT_EQ_MSG(trial->test, err, expected,
			    "alloc %u aligned to order %u, step %u", nr_pages,
			    align, trial->step);
	if (!err)
		KUNIT_ASSERT_EQ_MSG(trial->test, pfn, expected_pfn,
				    "alloc %u aligned to order %u, step %u",
				    nr_pages, align, trial->step);
}

static void try_free(struct trial *trial, bool nonsense)
{
	u32 pfn = 0, nr_pages = 0;
	int err;

	if (nonsense)
		some_nonsense(trial, &pfn, &nr_pages);
	else if (!some_run(trial, &pfn, &nr_pages))
		return;
	err = bp_buddy_free(trial->buddy, pfn, nr_pages);
	KUNIT_ASSERT_EQ_MSG(trial->test, err,
			    model_free(&trial->model, pfn, nr_pages),
			    "free %u at %u, step %u", nr_pages, pfn,
			    trial->step);
}

static void try_resize(struct trial *trial, bool nonsense)
{
	const u32 to = some_size(trial);
	u32 pfn = 0, nr_pages = 0;
	int err;

	if (nonsense)
		some_nonsense(trial, &pfn, &nr_pages);
	else if (!some_run(trial, &pfn, &nr_pages))
		return;
	err = bp_buddy_resize(trial->buddy, pfn, nr_pages, to);
	KUNIT_ASSERT_EQ_MSG(trial->test, err,
			    model_resize(&trial->model, pfn, nr_pages, to),
			    "resize %u at %u to %u, step %u", nr_pages, pfn, to,
			    trial->step);
}

static void try_something(struct trial *trial)
{
	switch (below(trial, 16)) {
	case 0:
		try_free(trial, true);
		break;
	case 1:
		try_resize(trial, true);
		break;
	case 2 ... 4:
		try_resize(trial, false);
		break;
	default:
		/* Two of one kind for one of the other. */
		if ((below(trial, 3) != 0) == trial->filling)
			try_alloc(trial);
		else
			try_free(trial, false);
	}
}

/* The free blocks are those of the model, and there are no others. */
static void compare(struct trial *trial)
{
	const struct bp_buddy *buddy = trial->buddy;
	struct kunit *test = trial->test;
	u32 nr[BP_NR_ORDERS] = {}, pfn, nr_pages = 0;
	unsigned int order;

	for (pfn = 0; next_block(&trial->model, &pfn, &order);
	     pfn += 1U << order) {
		bool free = bp_freemap_test(&buddy->freemap, order, pfn);

		KUNIT_ASSERT_TRUE_MSG(test, free, "order %u at %u, step %u",
				      order, pfn, trial->step);
		nr[order]++;
		nr_pages += 1U << order;
	}
	for (order = 0; order < BP_NR_ORDERS; order++)
		KUNIT_ASSERT_EQ_MSG(test, buddy->nr_free[order], nr[order],
				    "order %u, step %u", order, trial->step);
	KUNIT_ASSERT_EQ(test, buddy->nr_free_pages, nr_pages);
	for (pfn = 0; pfn < trial->model.nr_pages; pfn++)
		KUNIT_ASSERT_EQ_MSG(test, bp_buddy_run(buddy, pfn),
				    trial->model.run[pfn], "page %u, step %u",
				    pfn, trial->step);
	bp_test_assert_ok(test, buddy);
}

static const struct bp_test_shape shapes[] = {
	{ 1, 0 },    { 37, 3 },   { 64, 6 },    { 100, 10 },
	{ 1000, 9 }, { 2048, 8 }, { 5000, 10 }, { 9999, 18 },
};

KUNIT_ARRAY_PARAM(shape, shapes, bp_test_shape_desc);

static void random_calls(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	const u32 nr = shape->nr_pages;
	const u32 seed = bp_test_seed();
	const unsigned int steps = nr > LARGE_POOL ? rounds / 4 : rounds;
	struct trial trial = {
		.test = test,
		.buddy = bp_test_buddy(test, nr, shape->max_order),
		.model.nr_pages = nr,
		.model.max_order = shape->max_order,
		.model.used = bp_test_vzalloc(test, nr),
		.model.run = bp_test_vzalloc(test, nr * sizeof(u32)),
	};

	kunit_info(test, "seed=%u rounds=%u", seed, rounds);
	prandom_seed_state(&trial.rnd, seed);
	trial.model.top_order = trial.buddy->top_order;
	for (; trial.step < steps; trial.step++) {
		trial.filling = !(trial.step / 512 % 2);
		try_something(&trial);
		if (nr <= TINY_POOL || !(trial.step % CHECK_EVERY))
			compare(&trial);
	}
	compare(&trial);
	bp_test_free_all(test, trial.buddy);
}

static const struct kunit_attributes slow = { .speed = KUNIT_SPEED_SLOW };

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM_ATTR(random_calls, shape_gen_params, slow),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy_random",
	.test_cases = cases,
};

kunit_test_suite(suite);
