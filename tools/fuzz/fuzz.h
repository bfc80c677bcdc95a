/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all files of the fuzzer use
 *
 * This header comes first in every file, since it decides how wide off_t is.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64 /* mmap() offsets on 32 bits */
#endif

#include <errno.h>
#include <linux/buddypool.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

/**
 * struct options - what the command line said
 * @device: the device node
 * @debugfs: directory of the pool's files for the administrator
 * @seed: of all random numbers
 * @operations: how many to do at least; 0 for no such limit
 * @seconds: for how long; 0 for no such limit
 * @kill: how many clients to kill instead of fuzzing; 0 to fuzz
 * @processes: workers at the same time
 * @threads: threads of each worker
 * @solo: one thread in all, so that everything that happens can be repeated
 * @verbose: print each operation
 */
struct options {
	const char *device;
	const char *debugfs;
	__u64 seed;
	__u64 operations;
	unsigned int seconds;
	unsigned int kill;
	unsigned int processes;
	unsigned int threads;
	bool solo;
	bool verbose;
};

extern struct options options;

/* What INFO said at the start. */
extern struct buddypool_info pool;

static inline bool has_feature(__u64 feature)
{
	return pool.features & feature;
}

#endif /* FUZZ_FUZZ_H */
