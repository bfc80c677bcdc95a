// SPDX-License-Identifier: GPL-2.0
/*
 * A cell against a naive model: after every call the bits, the fit and what was
 * returned have to be those of the model.
 */
#include "cell.h"

#include <linux/prandom.h>
#include <linux/string.h>

#include "naive.h"
#include "testlib.h"

#define STEPS 3000

/**
 * struct trial - a random run
 * @test: the case
 * @top: the top order
 * @cell: the cell
 * @fit: its fit
 * @free: the model: a byte for each unit, 1 if it is free
 * @rnd: the random numbers
 * @step: calls so far, for messages
 */
struct trial {
	struct kunit *test;
	unsigned int top;
	struct bp_cell cell;
	u64 fit;
	u8 free[BP_CELL_UNITS];
	struct rnd_state rnd;
	unsigned int step;
};

/* A number below @end, which is not 0. */
static u32 below(struct trial *trial, u32 end)
{
	return prandom_u32_state(&trial->rnd) % end;
}

#define EXPECT(trial, left, right, order, unit)                        \
	KUNIT_ASSERT_EQ_MSG((trial)->test, left, right,                \
			    "order %u, unit %u, step %u", order, unit, \
			    (trial)->step)

/* The bits and the fit are those of the model. */
static void compare(struct trial *trial)
{
	unsigned int nr;
	u64 word[BP_CELL_WORDS] = {};
	u32 unit;

	for (unit = 0; unit < BP_CELL_UNITS; unit++)
		word[unit / 64] |= (u64)trial->free[unit] << unit % 64;
	for (nr = 0; nr < BP_CELL_WORDS; nr++)
		KUNIT_ASSERT_EQ_MSG(trial->test, trial->cell.word[nr], word[nr],
				    "word %u, step %u", nr, trial->step);
	KUNIT_ASSERT_EQ_MSG(trial->test, trial->fit,
			    bp_naive_fit(trial->free, trial->top), "step %u",
			    trial->step);
}

static void try_take(struct trial *trial)
{
	const int class = bp_fit_class(trial->fit);
	unsigned int order, found;
	u32 unit = U32_MAX, expected_unit = U32_MAX;
	int expected;

	if (class < 0)
		return;
	order = below(trial, class + 1);
	order = below(trial, order + 1);
	expected =
		bp_naive_choose(trial->free, trial->top, order, &expected_unit);
	found = bp_cell_take(&trial->cell, &trial->fit, trial->top, order,
			     &unit);
	EXPECT(trial, unit, expected_unit, order, unit);
	EXPECT(trial, found, expected, order, unit);
	memset(trial->free + unit, 0, 1U << order);
}

/* Some block of units that are all free, or all not; false if none was met. */
static bool some_block(struct trial *trial, bool free, unsigned int *order,
		       u32 *unit)
{
	*order = below(trial, below(trial, trial->top + 1) + 1);
	*unit = round_down(below(trial, BP_CELL_UNITS), 1U << *order);
	return !memchr_inv(trial->free + *unit, free, 1U << *order);
}

static void try_give(struct trial *trial)
{
	unsigned int order, merged;
	bool done, settled;
	u32 unit;

	if (!some_block(trial, false, &order, &unit))
		return;
	merged = order;
	memset(trial->free + unit, 1, 1U << order);
	done = bp_cell_give(&trial->cell, trial->fit, trial->top, &merged,
			    unit);
	settled = trial->fit == bp_naive_fit(trial->free, trial->top);
	EXPECT(trial, done, order < 6 && settled, order, unit);
	if (!done)
		merged =
			bp_fit_grow(&trial->fit, trial->top, merged, unit / 64);
	EXPECT(trial, merged, bp_naive_block(trial->free, trial->top, unit),
	       order, unit);
}

static void try_claim(struct trial *trial)
{
	unsigned int order;
	int expected;
	u32 unit;

	if (!some_block(trial, true, &order, &unit))
		return;
	expected = bp_naive_block(trial->free, trial->top, unit);
	EXPECT(trial,
	       bp_cell_claim(&trial->cell, &trial->fit, trial->top, order,
			     unit),
	       expected, order, unit);
	memset(trial->free + unit, 0, 1U << order);
}

/* Empty the cell and, if a cell is a block, make it free but for some block. */
static void try_clear(struct trial *trial)
{
	u32 unit;

	trial->fit = bp_cell_clear(&trial->cell);
	memset(trial->free, 0, sizeof(trial->free));
	compare(trial);
	if (trial->top == BP_CELL_ORDER) {
		unsigned int order = below(trial, BP_CELL_ORDER);

		unit = round_down(below(trial, BP_CELL_UNITS), 1U << order);
		trial->fit = bp_cell_break(&trial->cell, order, unit);
		memset(trial->free, 1, sizeof(trial->free));
		memset(trial->free + unit, 0, 1U << order);
	}
}

static void try_block(struct trial *trial)
{
	const u32 unit = below(trial, BP_CELL_UNITS);

	EXPECT(trial, bp_cell_block(&trial->cell, trial->fit, trial->top, unit),
	       bp_naive_block(trial->free, trial->top, unit), 0, unit);
}

/* For a time more is given than taken, then the other way round. */
static void try_something(struct trial *trial)
{
	const bool filling = !(trial->step / 256 % 2);
	const unsigned int what = below(trial, 64);

	if (!what)
		try_clear(trial);
	else if (what < (filling ? 48 : 16))
		try_give(trial);
	else if (what < (filling ? 54 : 36))
		try_claim(trial);
	else
		try_take(trial);
	compare(trial);
	try_block(trial);
}

static const unsigned int tops[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 };

static void top_desc(const unsigned int *top, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "top order %u", *top);
}

KUNIT_ARRAY_PARAM(top, tops, top_desc);

static struct trial *new_trial(struct kunit *test, unsigned int top)
{
	struct trial *trial = kunit_kzalloc(test, sizeof(*trial), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, trial);
	trial->test = test;
	trial->top = top;
	trial->fit = BP_FIT_EMPTY;
	return trial;
}

static void random_calls(struct kunit *test)
{
	const unsigned int top = *(const unsigned int *)test->param_value;
	struct trial *trial = new_trial(test, top);
	const u32 seed = bp_test_seed();

	kunit_info(test, "seed=%u", seed);
	prandom_seed_state(&trial->rnd, seed);
	for (; trial->step < STEPS; trial->step++)
		try_something(trial);
}

/* Each block of a cell, alone in it, and as the only one that is missing. */
static void each_block(struct kunit *test)
{
	const unsigned int top = *(const unsigned int *)test->param_value;
	struct trial *trial = new_trial(test, top);
	unsigned int order, merged;
	u32 unit;

	for (order = 0; order <= top; order++) {
		for (unit = 0; unit < BP_CELL_UNITS; unit += 1U << order) {
			merged = order;
			if (!bp_cell_give(&trial->cell, trial->fit, top,
					  &merged, unit))
				merged = bp_fit_grow(&trial->fit, top, merged,
						     unit / 64);
			EXPECT(trial, merged, order, order, unit);
			memset(trial->free + unit, 1, 1U << order);
			compare(trial);
			merged = bp_cell_claim(&trial->cell, &trial->fit, top,
					       order, unit);
			EXPECT(trial, merged, order, order, unit);
			EXPECT(trial, trial->fit, BP_FIT_EMPTY, order, unit);
			memset(trial->free + unit, 0, 1U << order);
		}
	}
}

/* The same the other way round, which is what becomes of a broken pageblock. */
static void each_broken_cell(struct kunit *test)
{
	struct trial *trial = new_trial(test, BP_CELL_ORDER);
	unsigned int order;
	u32 unit;

	memset(trial->free, 1, sizeof(trial->free));
	for (order = 0; order < BP_CELL_ORDER; order++) {
		for (unit = 0; unit < BP_CELL_UNITS; unit += 1U << order) {
			memset(&trial->cell, 0, sizeof(trial->cell));
			trial->fit = bp_cell_break(&trial->cell, order, unit);
			memset(trial->free + unit, 0, 1U << order);
			compare(trial);
			memset(trial->free + unit, 1, 1U << order);
		}
	}
}

static const struct kunit_attributes slow = { .speed = KUNIT_SPEED_SLOW };

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM_ATTR(each_block, top_gen_params, slow),
	KUNIT_CASE(each_broken_cell),
	KUNIT_CASE_PARAM_ATTR(random_calls, top_gen_params, slow),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_cell_random",
	.test_cases = cases,
};

kunit_test_suite(suite);
