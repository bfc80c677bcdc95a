// SPDX-License-Identifier: GPL-2.0
/*
 * A gauge.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/timex.h>

#include "compat.h"
#include "exact.h"

/* Hardly a call takes more, in instructions, each of which is a nanosecond. */
#define LONGEST 500000U

static u64 last_tick;
static unsigned long nr_disturbed;

/* Return when no interrupt is to be expected soon, and nothing else has to run. */
static void wait_for_quiet(void)
{
	unsigned long now;

	cond_resched();
	if (get_cycles() - last_tick < TICK_NSEC - LONGEST)
		return;
	now = jiffies;
	while (!time_after(jiffies, now))
		cpu_relax();
	last_tick = get_cycles();
}

/* How many instructions it takes; 0 if something else came in between. */
static u64 measure(bench_work *work, unsigned int order, u32 begin, u32 end)
{
	unsigned long others;
	u64 start, took;

	wait_for_quiet();
	others = bench_nr_others();
	start = get_cycles();
	work(order, begin, end);
	took = get_cycles() - start;
	if (bench_nr_others() == others)
		return took;
	nr_disturbed++;
	return 0;
}

void bench_gauge_init(struct bench_gauge *gauge, bench_work *work,
		      bench_work *idle, u32 nr)
{
	const struct bench_loops *nothing = bench_nothing.loops;
	const u32 begin = BENCH_NR_PAGES, end = begin + nr;
	u64 took;

	*gauge = (struct bench_gauge){ .work = work };
	do {
		nothing->alloc(0, begin, end);
		took = measure(idle, 0, begin, end);
		nothing->free(0, begin, end);
	} while (!took);
	gauge->overhead = took;
}

u64 bench_gauge_call(struct bench_gauge *gauge, unsigned int order, u32 begin,
		     u32 end)
{
	u64 took = measure(gauge->work, order, begin, end);

	if (!took)
		return 0;
	took -= min(took, gauge->overhead);
	gauge->sum += took;
	gauge->max = max(gauge->max, took);
	gauge->nr++;
	return took;
}

unsigned long bench_gauge_disturbed(void)
{
	return nr_disturbed;
}
