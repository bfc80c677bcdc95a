// SPDX-License-Identifier: GPL-2.0
/*
 * How many states there are, by theory.
 *
 * With calls for blocks alone, a block of order k is allocated as a whole, or it is
 * anything that its halves are, both free among it: for they merge. So
 *
 *	S(0) = 2, S(k) = S(k - 1)^2 + 1	(2, 5, 26, 677, 458330)
 *
 * Runs of any number of pages add those that start where a block of order k does and
 * end in its second half: each leaves a tail behind it, which is cut into blocks that
 * are anything again. For l pages of 2^k, that tail is T of each piece:
 *
 *	T(0) = 2, T(k) = T(k - 1)^2 + the sum of these, l from 2^(k-1) + 1 to 2^k
 *						(2, 5, 28, 802, 643726)
 *
 * An alignment moves no run to where it could not be otherwise. A resize does: a run
 * that has grown may start at any page and end at any other, as long as it is no
 * longer than the largest block, 2^k. So all rows of n pages are reached that are made
 * of free pages and such runs:
 *
 *	A(0) = 1, A(n) = A(n - 1) + A(n - 1) + A(n - 2) + ... + A(n - 2^k)
 *
 * where the first one is for a free page. With 2^k >= n these are the Fibonacci numbers
 * F(2n + 1): 2, 5, 13, 34, ..., 3524578 for 16 pages.
 *
 * A pool that is not one block is those that it is cut into, each for itself; with
 * resizes it is not, for a run may reach from one to the next.
 */
#include "theory.h"

/* The order of the first block that the units from @unit to @end are cut into. */
static unsigned int piece(unsigned int unit, unsigned int end,
			  unsigned int max_order)
{
	unsigned int order = 0;

	while (order < max_order && !(unit & ((2U << order) - 1)) &&
	       unit + (2U << order) <= end)
		order++;
	return order;
}

static u64 states_of_block(unsigned int order, enum calls calls);

/* Of the units from @unit to @end, as the blocks that these are cut into. */
static u64 states_of_blocks(unsigned int unit, unsigned int end,
			    unsigned int max_order, enum calls calls)
{
	unsigned int order;
	u64 product = 1;

	for (; unit < end; unit += 1U << order) {
		order = piece(unit, end, max_order);
		product *= states_of_block(order, calls);
	}
	return product;
}

static u64 states_of_block(unsigned int order, enum calls calls)
{
	const unsigned int nr = 1U << order;
	unsigned int run;
	u64 half, sum;

	if (!order)
		return 2;
	half = states_of_block(order - 1, calls);
	sum = half * half;
	if (calls == CALLS_BLOCKS)
		return sum + 1;
	for (run = nr / 2 + 1; run <= nr; run++)
		sum += states_of_blocks(run, nr, order, calls);
	return sum;
}

static u64 rows(unsigned int nr, unsigned int longest)
{
	unsigned int run;
	u64 sum;

	if (!nr)
		return 1;
	sum = rows(nr - 1, longest);
	for (run = 1; run <= min(nr, longest); run++)
		sum += rows(nr - run, longest);
	return sum;
}

/**
 * theory_count() - how many states has a pool?
 * @shape: what it is made for
 * @calls: the calls by which it is reached
 *
 * Return: how many.
 */
u64 theory_count(const struct shape *shape, enum calls calls)
{
	if (calls == CALLS_ALL)
		return rows(shape->nr_units, 1U << shape->top_order);
	return states_of_blocks(0, shape->nr_units, shape->top_order, calls);
}
