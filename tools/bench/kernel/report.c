// SPDX-License-Identifier: GPL-2.0
/*
 * What is printed, for programs to read.
 */
#define pr_fmt(fmt) fmt

#include <linux/delay.h>
#include <linux/math64.h>
#include <linux/printk.h>

#include "bench.h"

static const char *name_of_part;

void bench_begin(const char *part)
{
	name_of_part = part;
}

void bench_print(unsigned int round, const char *workload,
		 const char *allocator, const char *metric, u64 hundredths)
{
	u32 fraction;
	const u64 whole = div_u64_rem(hundredths, 100, &fraction);

	pr_info("bench %s %u %s %s %s %llu.%02u\n", name_of_part, round,
		workload, allocator, metric, whole, fraction);
}

void bench_skip(unsigned int round, const char *workload, const char *allocator,
		const char *reason)
{
	if (round == 1 && allocator != bench_nothing.name)
		pr_info("bench-skip %s %s %s %s\n", name_of_part, workload,
			allocator, reason);
}

void bench_settle(void)
{
	msleep(20);
}
