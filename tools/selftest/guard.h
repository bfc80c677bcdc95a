/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool must be after a test what it was before
 */
#ifndef SELFTEST_GUARD_H
#define SELFTEST_GUARD_H

#include <linux/types.h>

/**
 * struct guard - what has to be the same again
 * @free_pages: free pages of the pool
 * @blocks: blocks that exist
 * @clients: open files, the one that asked included
 * @waiting: allocations that wait
 * @exports: descriptors of blocks
 * @taint: /proc/sys/kernel/tainted
 */
struct guard {
	__u64 free_pages;
	__u64 blocks;
	__u64 clients;
	__u64 waiting;
	__u64 exports;
	unsigned long taint;
};

void guard_init(void);
void guard_take(struct guard *guard);
void guard_check(const struct guard *before);

#endif /* SELFTEST_GUARD_H */
