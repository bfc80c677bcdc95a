// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that sleep and are woken.
 */
#include <sched.h>
#include <time.h>

#include "core.h"

static __thread struct task_struct self = {
	.timer_slack_ns = 50000,
	.mutex = PTHREAD_MUTEX_INITIALIZER,
};

static __thread bool is_made;

/**
 * core_cond_init() - make something to wait for, until a moment if need be
 * @cond: the thing, which goes by the clock that ktime_t does
 */
void core_cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

/**
 * core_current() - the task that this thread stands for
 *
 * Return: the task, until the thread ends.
 */
struct task_struct *core_current(void)
{
	if (!is_made) {
		core_cond_init(&self.wake);
		is_made = true;
	}
	return &self;
}

void core_set_state(int state)
{
	struct task_struct *task = core_current();

	pthread_mutex_lock(&task->mutex);
	task->state = state;
	pthread_mutex_unlock(&task->mutex);
}

void core_cond_resched(void)
{
	core_might_sleep();
	sched_yield();
}

void wake_up_process(struct task_struct *task)
{
	pthread_mutex_lock(&task->mutex);
	task->state = TASK_RUNNING;
	pthread_cond_signal(&task->wake);
	pthread_mutex_unlock(&task->mutex);
}

/**
 * core_task_kill() - send a fatal signal to a task
 * @task: the task
 */
void core_task_kill(struct task_struct *task)
{
	WRITE_ONCE(task->killed, true);
	wake_up_process(task);
}

bool fatal_signal_pending(struct task_struct *task)
{
	return READ_ONCE(task->killed);
}

/**
 * core_task_is_asleep() - does a task sleep, so that only others make it go on?
 * @task: the task
 *
 * Return: whether it does, or its time is about to be up.
 */
bool core_task_is_asleep(struct task_struct *task)
{
	bool asleep;

	pthread_mutex_lock(&task->mutex);
	asleep = task->asleep && task->state != TASK_RUNNING;
	pthread_mutex_unlock(&task->mutex);
	return asleep;
}

/**
 * schedule_hrtimeout_range() - sleep until woken, or until a moment
 * @expires: the moment; NULL for never
 * @delta: how late it may be
 * @mode: what the moment is counted from
 *
 * Return: 0 if the moment has come; -EINTR if the task was woken.
 */
int schedule_hrtimeout_range(ktime_t *expires, u64 delta,
			     enum hrtimer_mode mode)
{
	struct task_struct *task = core_current();
	struct timespec until;
	int err = 0;

	core_might_sleep();
	if (expires) {
		until.tv_sec = *expires / 1000000000;
		until.tv_nsec = *expires % 1000000000;
	}
	pthread_mutex_lock(&task->mutex);
	task->asleep = true;
	while (task->state != TASK_RUNNING && err != ETIMEDOUT) {
		if (expires)
			err = pthread_cond_timedwait(&task->wake, &task->mutex,
						     &until);
		else
			pthread_cond_wait(&task->wake, &task->mutex);
	}
	task->state = TASK_RUNNING;
	task->asleep = false;
	pthread_mutex_unlock(&task->mutex);
	return err == ETIMEDOUT ? 0 : -EINTR;
}
