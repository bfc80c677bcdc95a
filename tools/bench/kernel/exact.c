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

/* No call that is measured takes more, in instructions, which are nanoseconds. */
#define LONGEST 200000U

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
	while (now == jiffies)
		cpu_relax();
	last_tick = get_cycles();
}

static u64 measure(bench_work *work, unsigned int order, u32 begin, u32 end)
{
	const unsigned int nr_interrupts = bench_nr_interrupts();
	u64 start, took;

	start = get_cycles();
	work(order, begin, end);
	took = get_cycles() - start;
	if (bench_nr_interrupts() != nr_interrupts)
		nr_disturbed++;
	return took;
}

void bench_gauge_init(struct bench_gauge *gauge, bench_work *work)
{
	unsigned int i;

	*gauge = (struct bench_gauge){ .work = work, .overhead = U64_MAX };
	for (i = 0; i < 10; i++) {
		wait_for_quiet();
		gauge->overhead = min(gauge->overhead, measure(work, 0, 0, 0));
	}
}

u64 bench_gauge_call(struct bench_gauge *gauge, unsigned int order, u32 begin,
		     u32 end)
{
	u64 took;

	wait_for_quiet();
	took = measure(gauge->work, order, begin, end) - gauge->overhead;
	gauge->sum += took;
	gauge->max = max(gauge->max, took);
	gauge->nr++;
	return took;
}

unsigned long bench_gauge_disturbed(void)
{
	return nr_disturbed;
}
