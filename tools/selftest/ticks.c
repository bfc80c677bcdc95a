// SPDX-License-Identifier: GPL-2.0
/*
 * Time, and how much of it a loop may use
 */
#include "harness.h"

#include <time.h>
#include <unistd.h>

#include "ticks.h"

/* How long to rest between two looks, and how many looks are enough. */
#define REST_US 200
#define LOOKS_MAX 25000

/**
 * ticks_ns() - a clock that never goes back
 *
 * Return: nanoseconds since some moment.
 */
__u64 ticks_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (__u64)now.tv_sec * 1000000000 + now.tv_nsec;
}

/**
 * ticks_ms() - the same clock, coarser
 *
 * Return: milliseconds since some moment.
 */
__u64 ticks_ms(void)
{
	return ticks_ns() / 1000000;
}

/**
 * budget_start() - bound a loop; both bounds are multiplied by the scale
 * @rounds: the largest number of rounds
 * @ms: the longest time, in milliseconds
 *
 * Return: the bounds, to be given to budget_next().
 */
struct budget budget_start(__u64 rounds, unsigned int ms)
{
	struct budget budget = { .start = ticks_ms() };

	budget.rounds = rounds * options.scale;
	if (!budget.rounds)
		budget.rounds = 1;
	budget.end = budget.start + (__u64)(ms * options.scale);
	return budget;
}

/**
 * budget_next() - whether the loop may go round once more; the first time always
 * @budget: from budget_start()
 *
 * Return: true as long as it may.
 */
bool budget_next(struct budget *budget)
{
	if (!budget->rounds)
		return false;
	if (budget->done && ticks_ms() >= budget->end)
		return false;
	budget->rounds--;
	budget->done++;
	return true;
}

/**
 * budget_note() - print how far the loop got
 * @budget: from budget_start()
 * @what: what it did, in words
 */
void budget_note(const struct budget *budget, const char *what)
{
	test_note("%s: %llu rounds in %llu ms", what, budget->done,
		  ticks_ms() - budget->start);
}

/**
 * patience_left() - rest a moment before the next look at what has to happen soon
 * @patience: zeroed before the first look
 *
 * Return: false if it has been looked at often enough.
 */
bool patience_left(struct patience *patience)
{
	usleep(REST_US);
	return ++patience->looks < LOOKS_MAX;
}
