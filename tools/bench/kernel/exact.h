/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A gauge: how many instructions calls take, on a machine whose time stamp counter
 * counts them.
 *
 * Calls are measured one by one, each of them not near a tick of the timer. One
 * that something else came in between of nevertheless does not count. What is
 * found for an allocator that does nothing is deducted.
 */
#ifndef BENCH_EXACT_H
#define BENCH_EXACT_H

#include "bench.h"

/**
 * struct bench_gauge - what a loop was found to take
 * @work: the loop
 * @overhead: what a call takes in which nothing is done
 * @sum: instructions, of all calls that count
 * @max: of the one that took most
 * @nr: how many calls count
 */
struct bench_gauge {
	bench_work *work;
	u64 overhead;
	u64 sum;
	u64 max;
	u32 nr;
};

/**
 * bench_gauge_init() - have nothing measured yet
 * @gauge: of the loop
 * @work: the loop
 * @idle: the same loop, of the allocator that does nothing
 * @nr: how many steps each call will have
 */
void bench_gauge_init(struct bench_gauge *gauge, bench_work *work,
		      bench_work *idle, u32 nr);

/**
 * bench_gauge_call() - call a loop and measure it
 * @gauge: of the loop
 * @order: passed on
 * @begin: passed on
 * @end: passed on
 *
 * Return: how many instructions it took; 0 if that is not known.
 */
u64 bench_gauge_call(struct bench_gauge *gauge, unsigned int order, u32 begin,
		     u32 end);

/**
 * bench_gauge_disturbed() - what went wrong
 *
 * Return: how many of all calls do not count, which should be next to none.
 */
unsigned long bench_gauge_disturbed(void);

#endif /* BENCH_EXACT_H */
