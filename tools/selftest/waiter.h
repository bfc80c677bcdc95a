/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that wait, each in a process of its own
 */
#ifndef SELFTEST_WAITER_H
#define SELFTEST_WAITER_H

#include <linux/buddypool.h>
#include <stdbool.h>
#include <sys/types.h>

#define FOREVER BUDDYPOOL_WAIT_FOREVER
/* How long a waiter that must not be served is watched. */
#define WATCH_MS 20

/**
 * struct waiter_end - how a wait ended; in memory that the processes share
 * @done: it has
 * @ret: what ALLOC returned
 * @alloc: what it filled in
 * @ns: how long it took
 * @cpu_ns: how long a processor was busy with it
 * @signals: signals that were caught
 */
struct waiter_end {
	bool done;
	int ret;
	struct buddypool_alloc alloc;
	__u64 ns;
	__u64 cpu_ns;
	unsigned int signals;
};

/**
 * struct waiter - a process that waits; afterwards it holds what it got
 * @pid: the process
 * @end: how its wait ended
 */
struct waiter {
	pid_t pid;
	struct waiter_end *end;
};

int try_wait(int fd, __u64 size, __u64 timeout, struct buddypool_alloc *alloc);

struct waiter waiter_start(int fd, __u64 size, __u64 timeout);
struct waiter waiter_start_as(int fd, const struct buddypool_alloc *ask);
int waiter_result(const struct waiter *waiter);
void waiter_stays(const struct waiter *waiter);
void waiter_kill(const struct waiter *waiter);

#endif /* SELFTEST_WAITER_H */
