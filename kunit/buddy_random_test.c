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

/*
 * The model is slow where they are larger than this: a quarter of the calls; and
 * of this, where there are more pageblocks than a word has bits: a 16th.
 */
#define LARGE_POOL 4096
#define HUGE_POOL 32768

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

/**
 * struct walk - a free block, and where to look for the next one
 * @pfn: the block
 * @order: its order
 * @next: the page behind the block; to begin with, the first to look at
 * @end: the first page behind the block that is not free
 */
struct walk {
	u32 pfn;
	unsigned int order;
	u32 next;
	u32 end;
};

/* The first page from @pfn on whose byte is @used. */
static u32 find_page(const struct model *model, u32 pfn, u8 used)
{
	const u8 *found =
		memchr(model->used + pfn, used, model->nr_pages - pfn);

	return found ? found - model->used : model->nr_pages;
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

/* The next free block that starts before @limit; false if there is none. */
static bool next_block(const struct model *model, struct walk *walk, u32 limit)
{
	if (walk->next >= walk->end) {
		walk->next = find_page(model, walk->next, 0);
		walk->end = find_page(model, walk->next, 1);
	}
	if (walk->next >= min(limit, model->nr_pages))
		return false;
	walk->pfn = walk->next;
	walk->order = order_of_block(model, walk->pfn, walk->end);
	walk->next += 1U << walk->order;
	return true;
}

/*
 * Of the parts of 2^@shift pages that [@start, @limit) consists of, the one whose
 * largest free block is the smallest that has at least the order @want, and less
 * than the order @above; the lowest of several. U32_MAX if there is none.
 */
static u32 best_part(const struct model *model, u32 start, u32 limit,
		     unsigned int shift, unsigned int want, unsigned int above)
{
	struct walk walk = { .next = start };
	int best = above, largest = -1;
	u32 part = U32_MAX, found = U32_MAX;
	bool more;

	do {
		more = next_block(model, &walk, limit);
		if (!more || walk.pfn >> shift != part) {
			/* All of the last part has been seen. */
			if (largest >= (int)want && largest < best) {
				best = largest;
				found = part << shift;
			}
			part = walk.pfn >> shift;
			largest = -1;
		}
		largest = max(largest, (int)walk.order);
	} while (more);
	return found;
}

/* The lowest of the smallest blocks of [@start, @limit) that will do. */
static u32 smallest_block(const struct model *model, u32 start, u32 limit,
			  unsigned int want)
{
	struct walk walk = { .next = start };
	unsigned int best = BP_NR_ORDERS;
	u32 found = U32_MAX;

	while (next_block(model, &walk, limit)) {
		if (walk.order < want || walk.order >= best)
			continue;
		best = walk.order;
		found = walk.pfn;
	}
	return found;
}

/*
 * Which free block of a level an allocation has to be cut from, by the rules of
 * freemap.c: of the cells, of its words. The blocks of the level have at least
 * the order @unit, that of its units, and less than @above.
 */
static u32 choose_in_level(const struct model *model, unsigned int want,
			   unsigned int unit, unsigned int above)
{
	const unsigned int cell_shift = unit + 9, word_shift = unit + 6;
	u32 cell, word;

	want = max(want, unit);
	cell = best_part(model, 0, model->nr_pages, cell_shift, want, above);
	if (cell == U32_MAX)
		return U32_MAX;
	word = best_part(model, cell, cell + (1U << cell_shift), word_shift,
			 want, word_shift);
	if (word != U32_MAX)
		return smallest_block(model, word, word + (1U << word_shift),
				      want);
	return smallest_block(model, cell, cell + (1U << cell_shift),
			      max(want, word_shift));
}

static u32 choose(const struct model *model, unsigned int want)
{
	u32 pfn = choose_in_level(model, want, 0, BP_PAGEBLOCK_ORDER);

	if (pfn != U32_MAX)
		return pfn;
	return choose_in_level(model, want, BP_PAGEBLOCK_ORDER, BP_NR_ORDERS);
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
	*pfn = choose(model, want);
	if (*pfn == U32_MAX)
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
	struct walk walk = {};
	unsigned int order;

	while (next_block(&trial->model, &walk, U32_MAX)) {
		KUNIT_ASSERT_EQ_MSG(test,
				    bp_freemap_block(&buddy->freemap, walk.pfn),
				    walk.order, "page %u, step %u", walk.pfn,
				    trial->step);
		nr[walk.order]++;
		nr_pages += 1U << walk.order;
	}
	for (order = 0; order < BP_NR_ORDERS; order++)
		KUNIT_ASSERT_EQ_MSG(test, bp_test_nr_free(buddy, order),
				    nr[order], "order %u, step %u", order,
				    trial->step);
	KUNIT_ASSERT_EQ(test, buddy->nr_free_pages, nr_pages);
	for (pfn = 0; pfn < trial->model.nr_pages; pfn++)
		KUNIT_ASSERT_EQ_MSG(test, bp_buddy_run(buddy, pfn),
				    trial->model.run[pfn], "page %u, step %u",
				    pfn, trial->step);
	bp_test_assert_ok(test, buddy);
}

static const struct bp_test_shape shapes[] = {
	{ 1, 0 },       { 37, 3 },    { 64, 6 },     { 100, 10 },
	{ 1000, 9 },    { 2048, 8 },  { 5000, 10 },  { 9999, 18 },
	{ 40000, 8 },   { 50001, 9 }, { 70000, 12 }, { 300000, 16 },
	{ 600001, 18 },
};

KUNIT_ARRAY_PARAM(shape, shapes, bp_test_shape_desc);

static unsigned int nr_steps(u32 nr_pages)
{
	if (nr_pages > HUGE_POOL)
		return rounds / 16;
	return nr_pages > LARGE_POOL ? rounds / 4 : rounds;
}

static void random_calls(struct kunit *test)
{
	const struct bp_test_shape *shape = test->param_value;
	const u32 nr = shape->nr_pages;
	const u32 seed = bp_test_seed();
	const unsigned int steps = nr_steps(nr);
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
