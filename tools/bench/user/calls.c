// SPDX-License-Identifier: GPL-2.0
/*
 * System calls that touch no memory
 */
#include <err.h>
#include <errno.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>

#include "bench.h"

/* The device is asked for it, and knows it not. */
#define UNKNOWN _IO(BUDDYPOOL_IOC_TYPE, 0xff)

/**
 * bench_call_nothing() - two calls of the device that do nothing
 * @test: the case
 *
 * It is what a pair of calls takes that are made at all.
 */
void bench_call_nothing(const struct bench_case *test)
{
	if (ioctl(bench.fd, UNKNOWN) != -1 || ioctl(bench.fd, UNKNOWN) != -1)
		errx(1, "an unknown command has succeeded");
}

/**
 * bench_call_single() - ALLOC and FREE
 * @test: the case
 */
void bench_call_single(const struct bench_case *test)
{
	struct buddypool_alloc a = { .size = test->size };
	struct buddypool_free f = {};

	if (ioctl(bench.fd, BUDDYPOOL_IOC_ALLOC, &a))
		err(1, "ALLOC");
	f.handle = a.handle;
	if (ioctl(bench.fd, BUDDYPOOL_IOC_FREE, &f))
		err(1, "FREE");
}

/**
 * bench_call_bulk() - ALLOC_BULK and FREE_BULK
 * @test: the case
 */
void bench_call_bulk(const struct bench_case *test)
{
	static __u32 handles[BENCH_BULK];
	struct buddypool_alloc_bulk a = { .size = test->size,
					  .count = BENCH_BULK,
					  .handles = (unsigned long)handles };
	struct buddypool_free_bulk f = { .count = BENCH_BULK,
					 .handles = (unsigned long)handles };

	if (ioctl(bench.fd, BUDDYPOOL_IOC_ALLOC_BULK, &a))
		err(1, "ALLOC_BULK");
	if (a.count != BENCH_BULK)
		errx(1, "ALLOC_BULK: %u blocks only", a.count);
	if (ioctl(bench.fd, BUDDYPOOL_IOC_FREE_BULK, &f))
		err(1, "FREE_BULK");
}

/**
 * bench_no_bulk() - look whether the device has calls for many blocks
 * @test: the case
 *
 * Return: why it cannot be measured, or NULL.
 */
const char *bench_no_bulk(const struct bench_case *test)
{
	if (bench.info.features & BUDDYPOOL_FEATURE_BULK)
		return NULL;
	return "the module has no calls for many at a time";
}
