/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of shim.h: tasks that sleep and are woken, and work for later.
 */
#ifndef CORE_SHIM_TASK_H
#define CORE_SHIM_TASK_H

#include <pthread.h>
#include <sys/epoll.h>

#include "shim_bits.h"

#define NSEC_PER_MSEC 1000000L

/* Nanoseconds of the monotonic clock. */
typedef int64_t ktime_t;

enum hrtimer_mode {
	HRTIMER_MODE_ABS,
};

enum {
	TASK_RUNNING = 0,
	TASK_KILLABLE = 1,
	TASK_FREEZABLE = 2,
};

struct task_struct {
	u64 timer_slack_ns;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	int state;
	bool killed;
	bool asleep;
};

struct task_struct *core_current(void);
void core_set_state(int state);
void core_cond_resched(void);

#define current core_current()
#define set_current_state(state) core_set_state(state)
#define __set_current_state(state) core_set_state(state)
#define cond_resched() core_cond_resched()

void wake_up_process(struct task_struct *task);
bool fatal_signal_pending(struct task_struct *task);
int schedule_hrtimeout_range(ktime_t *expires, u64 delta,
			     enum hrtimer_mode mode);

/* Those who poll: only how many they are, and how often they were told. */
struct wait_queue_head {
	unsigned int nr_sleepers;
	unsigned int nr_wakes;
};

#define wait_queue_head_t struct wait_queue_head

static inline void init_waitqueue_head(wait_queue_head_t *head)
{
	head->nr_sleepers = 0;
	head->nr_wakes = 0;
}

static inline bool wq_has_sleeper(wait_queue_head_t *head)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return READ_ONCE(head->nr_sleepers);
}

#define wake_up_poll(head, events) \
	((void)(events),           \
	 (void)__atomic_fetch_add(&(head)->nr_wakes, 1, __ATOMIC_RELAXED))

struct work_struct {
	void (*func)(struct work_struct *work);
};

#define INIT_WORK(work, function) ((work)->func = (function))
/* It may be done at once, for whoever queues it could sleep. */
#define system_unbound_wq 0
#define queue_work(queue, work) ((void)(queue), (work)->func(work))
#define cancel_work_sync(work) ((void)(work))

#endif /* CORE_SHIM_TASK_H */
