// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations that wait, each in a process of its own
 */
#include "harness.h"

#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "pool.h"
#include "task.h"
#include "ticks.h"
#include "waiter.h"

static struct waiter_end *mine;

/**
 * try_wait() - ALLOC with a timeout
 * @fd: the client
 * @size: in bytes
 * @timeout: in ns
 * @alloc: filled in; may be NULL
 *
 * Return: 0 or a negative errno.
 */
int try_wait(int fd, __u64 size, __u64 timeout, struct buddypool_alloc *alloc)
{
	struct buddypool_alloc a = { .size = size, .timeout = timeout };
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a);

	if (alloc)
		*alloc = a;
	return ret;
}

static void count_signal(int signal)
{
	(void)signal;
	mine->signals++;
}

/* Nothing that the test closes or unmaps shall be kept by us. */
static void close_others(int fd)
{
	if (fd > 3)
		close_range(3, fd - 1, 0);
	close_range(fd + 1, ~0U, 0);
}

/* What this process has used of processors. */
static __u64 cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	return (__u64)used.tv_sec * 1000000000 + used.tv_nsec;
}

static noreturn void wait_here(int fd, const struct buddypool_alloc *ask)
{
	struct buddypool_alloc a = *ask;
	__u64 start, cpu;
	int ret;

	close_others(fd);
	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = count_signal },
		  NULL);
	cpu = cpu_ns();
	start = ticks_ns();
	ret = try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a);
	mine->ns = ticks_ns() - start;
	mine->cpu_ns = cpu_ns() - cpu;
	mine->ret = ret;
	mine->alloc = a;
	WRITE_ONCE(mine->done, true);
	for (;;)
		pause();
}

/**
 * waiter_start() - begin to wait
 * @fd: the client
 * @size: in bytes
 * @timeout: in ns
 *
 * What the test has mapped before, the waiter keeps mapped.
 *
 * Return: the waiter, in the queue, unless its wait has ended already.
 */
struct waiter waiter_start(int fd, __u64 size, __u64 timeout)
{
	const struct buddypool_alloc ask = { .size = size, .timeout = timeout };

	return waiter_start_as(fd, &ask);
}

/**
 * waiter_start_as() - begin to wait for a certain block
 * @fd: the client
 * @ask: what to ask for
 *
 * Return: as waiter_start().
 */
struct waiter waiter_start_as(int fd, const struct buddypool_alloc *ask)
{
	const __u64 waiting = stat_read(fd).waiting;
	struct patience patience = {};
	struct waiter w;

	w.end = mmap(NULL, sizeof(*w.end), RW, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
	ASSERT(w.end != MAP_FAILED);
	w.pid = task_fork();
	if (!w.pid) {
		mine = w.end;
		wait_here(fd, ask);
	}
	while (!READ_ONCE(w.end->done) && stat_read(fd).waiting == waiting)
		ASSERT(patience_left(&patience));
	return w;
}

/**
 * waiter_result() - the wait has to end soon
 * @waiter: the waiter
 *
 * Return: what ALLOC returned: 0 or a negative errno.
 */
int waiter_result(const struct waiter *waiter)
{
	struct patience patience = {};

	while (!READ_ONCE(waiter->end->done))
		ASSERT(patience_left(&patience));
	return waiter->end->ret;
}

/**
 * waiter_stays() - the wait must not end yet
 * @waiter: the waiter
 */
void waiter_stays(const struct waiter *waiter)
{
	usleep(WATCH_MS * 1000);
	ASSERT(!READ_ONCE(waiter->end->done));
}

/**
 * waiter_kill() - kill -9 the waiter, whether it still waits or not
 * @waiter: the waiter
 *
 * What it got belongs to its client, as the wait itself did.
 */
void waiter_kill(const struct waiter *waiter)
{
	task_kill(waiter->pid);
}
