// SPDX-License-Identifier: GPL-2.0
/*
 * Measures all cases in turn, and prints a line for each:
 *
 *	bench PART ROUND WORKLOAD ALLOCATOR METRIC VALUE
 */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>

#include "bench.h"

#define SMALL 4096UL
#define LARGE (2UL << 20)

struct bench bench;

static const struct bench_case cases[] = {
	{ "empty", "ioctl", bench_call_nothing, 0, .nr = 4000 },
	{ "alloc-free", "buddypool", bench_call_single, SMALL, .nr = 2000 },
	{ "alloc-free-bulk", "buddypool", bench_call_bulk, SMALL, .nr = 20,
	  .per = BENCH_BULK, .obstacle = bench_no_bulk },
	{ "touch-4k", "buddypool", bench_use_block, SMALL, .nr = 500 },
	{ "touch-4k", "buddypool_populate", bench_use_block, SMALL, .nr = 500,
	  .flags = MAP_POPULATE },
	{ "touch-4k", "mmap", bench_use_anonymous, SMALL, .nr = 500 },
	{ "touch-4k", "mmap_populate", bench_use_anonymous, SMALL, .nr = 500,
	  .flags = MAP_POPULATE },
	{ "touch-4k", "memfd", bench_use_memfd, SMALL, .nr = 500 },
	{ "touch-4k", "memfd_populate", bench_use_memfd, SMALL, .nr = 500,
	  .flags = MAP_POPULATE },
	{ "touch-2m", "buddypool", bench_use_block, LARGE, .nr = 10 },
	{ "touch-2m", "buddypool_populate", bench_use_block, LARGE, .nr = 10,
	  .flags = MAP_POPULATE },
	{ "touch-2m", "mmap", bench_use_anonymous, LARGE, .nr = 10 },
	{ "touch-2m", "mmap_populate", bench_use_anonymous, LARGE, .nr = 10,
	  .flags = MAP_POPULATE },
	{ "touch-2m", "memfd", bench_use_memfd, LARGE, .nr = 10 },
	{ "touch-2m", "memfd_populate", bench_use_memfd, LARGE, .nr = 10,
	  .flags = MAP_POPULATE },
	{ "touch-2m", "mmap_thp", bench_use_huge, LARGE, .nr = 10, .huge = true,
	  .obstacle = bench_no_huge },
	{ "touch-2m", "mmap_thp_populate", bench_use_huge, LARGE, .nr = 10,
	  .flags = MAP_POPULATE, .huge = true, .obstacle = bench_no_huge },
};

static const char usage[] =
	"Usage: bench-user [options] PART\n"
	"\n"
	"Measure, and print each result with the name of PART before it.\n"
	"\n"
	"  -i, --instructions  a nanosecond of the clock is an instruction\n"
	"  -m, --metadata      also print how much the module has of it\n"
	"  -r, --rounds N      how often each case has its turn (5)\n"
	"  -h, --help          print this\n";

static const struct option options[] = {
	{ "instructions", no_argument, NULL, 'i' },
	{ "metadata", no_argument, NULL, 'm' },
	{ "rounds", required_argument, NULL, 'r' },
	{ "help", no_argument, NULL, 'h' },
	{}
};

static __u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (__u64)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* For all memory that is mapped from now on, without a call for each piece. */
static void welcome_huge_pages(bool welcome)
{
	if (prctl(PR_SET_THP_DISABLE, !welcome, 0, 0, 0))
		err(1, "PR_SET_THP_DISABLE");
}

/* Time for one, after some that fill what caches there are. */
static double measure(const struct bench_case *test)
{
	__u64 start;
	unsigned int i;

	for (i = 0; i < test->nr / 10 + 1; i++)
		test->run(test);
	start = now_ns();
	for (i = 0; i < test->nr; i++)
		test->run(test);
	return (double)(now_ns() - start) / test->nr / (test->per ?: 1);
}

static void run(const char *part, unsigned int round, const char *metric,
		const struct bench_case *test)
{
	const char *reason;
	double result;

	welcome_huge_pages(test->huge);
	reason = test->obstacle ? test->obstacle(test) : NULL;
	if (!reason) {
		result = measure(test);
		printf("bench %s %u %s %s %s %.2f\n", part, round,
		       test->workload, test->allocator, metric, result);
	} else if (round == 1) {
		printf("bench-skip %s %s %s %s\n", part, test->workload,
		       test->allocator, reason);
	}
}

int main(int argc, char **argv)
{
	unsigned int round, i, rounds = 5;
	const char *part, *metric = "ns";
	bool metadata = false;
	int c;

	while ((c = getopt_long(argc, argv, "imr:h", options, NULL)) >= 0) {
		switch (c) {
		case 'i':
			metric = "instructions";
			break;
		case 'm':
			metadata = true;
			break;
		case 'r':
			rounds = atoi(optarg);
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (optind != argc - 1 || !rounds) {
		fputs(usage, stderr);
		return 2;
	}
	part = argv[optind];
	setlinebuf(stdout);
	bench.fd = open("/dev/buddypool", O_RDWR | O_CLOEXEC);
	if (bench.fd < 0)
		err(1, "/dev/buddypool");
	if (ioctl(bench.fd, BUDDYPOOL_IOC_INFO, &bench.info))
		err(1, "INFO");
	if (metadata)
		printf("bench %s 1 metadata buddypool bytes %.2f\n", part,
		       bench_metadata());
	for (round = 1; round <= rounds; round++)
		for (i = 0; i < ARRAY_SIZE(cases); i++)
			run(part, round, metric, &cases[i]);
	return 0;
}
