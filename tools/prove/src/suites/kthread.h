/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads of the kernel, and what they wait for and how long.
 */
#ifndef SUITES_KTHREAD_H
#define SUITES_KTHREAD_H

#include <stdnoreturn.h>
#include <unistd.h>

#include "core.h"

/**
 * struct completion - something that others wait for
 * @mutex: protects @done
 * @cond: told when it is done
 * @done: whether it is
 */
struct completion {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool done;
};

void init_completion(struct completion *completion);
void complete_all(struct completion *completion);
bool completion_done(struct completion *completion);
void wait_for_completion(struct completion *completion);
unsigned long wait_for_completion_timeout(struct completion *completion,
					  unsigned long jiffies);

/* The thread stands for a task, and is not waited for. */
struct task_struct *kthread_run(int (*func)(void *data), void *data,
				const char *name);
noreturn void kthread_complete_and_exit(struct completion *completion,
					long code);

/* There are a thousand a second. */
#define msecs_to_jiffies(ms) (ms)
#define usleep_range(least, most) ((void)(most), usleep(least))

ktime_t ktime_get(void);

static inline ktime_t ktime_add_ms(ktime_t time, u64 ms)
{
	return time + ms * NSEC_PER_MSEC;
}

static inline long ktime_ms_delta(ktime_t later, ktime_t earlier)
{
	return (later - earlier) / NSEC_PER_MSEC;
}

#endif /* SUITES_KTHREAD_H */
