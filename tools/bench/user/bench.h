/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What programs wait for when they use memory: the part of the benchmark that runs
 * in user space.
 *
 * A case is something that is done again and again, by one allocator. In each round
 * every case has its turn, so that a drift is the same for all.
 */
#ifndef BENCH_USER_BENCH_H
#define BENCH_USER_BENCH_H

#include <linux/buddypool.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Blocks of a call that allocates or frees many. */
#define BENCH_BULK 512

/**
 * struct bench_case - something that is measured
 * @workload: what is done
 * @allocator: by whom
 * @run: do it once; what fails ends the program
 * @size: of the memory, in bytes; 0 if there is none
 * @nr: how often it is done in a round
 * @flags: MAP_*, besides those that the kind of memory needs
 * @per: the result is for one of so many; 0 for 1
 * @huge: huge pages are welcome; otherwise the process has none
 * @obstacle: why it cannot be done here, or NULL; may itself be NULL
 */
struct bench_case {
	const char *workload;
	const char *allocator;
	void (*run)(const struct bench_case *test);
	size_t size;
	unsigned int nr;
	int flags;
	unsigned int per;
	bool huge;
	const char *(*obstacle)(const struct bench_case *test);
};

/**
 * struct bench - what all cases use
 * @fd: the device
 * @info: what its pool is
 */
struct bench {
	int fd;
	struct buddypool_info info;
};

extern struct bench bench;

/* calls.c: system calls that touch no memory */
void bench_call_nothing(const struct bench_case *test);
void bench_call_single(const struct bench_case *test);
void bench_call_bulk(const struct bench_case *test);
const char *bench_no_bulk(const struct bench_case *test);

/* memory.c: memory that is had, used and given back */
void bench_use_block(const struct bench_case *test);
void bench_use_anonymous(const struct bench_case *test);
void bench_use_memfd(const struct bench_case *test);
void bench_use_huge(const struct bench_case *test);
const char *bench_no_huge(const struct bench_case *test);

/* metadata.c */
double bench_metadata(void);

#endif /* BENCH_USER_BENCH_H */
