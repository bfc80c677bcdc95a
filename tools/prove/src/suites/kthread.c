// SPDX-License-Identifier: GPL-2.0
/*
 * Threads of the kernel, and what they wait for and how long.
 */
#include "kthread.h"

#include <time.h>

/**
 * struct start - a thread that begins
 * @func: what it does
 * @data: with what
 * @task: the task that it stands for
 * @begun: @task is known
 */
struct start {
	int (*func)(void *data);
	void *data;
	struct task_struct *task;
	struct completion begun;
};

ktime_t ktime_get(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000L + now.tv_nsec;
}

void init_completion(struct completion *completion)
{
	pthread_mutex_init(&completion->mutex, NULL);
	core_cond_init(&completion->cond);
	completion->done = false;
}

void complete_all(struct completion *completion)
{
	pthread_mutex_lock(&completion->mutex);
	completion->done = true;
	pthread_cond_broadcast(&completion->cond);
	pthread_mutex_unlock(&completion->mutex);
}

bool completion_done(struct completion *completion)
{
	bool done;

	pthread_mutex_lock(&completion->mutex);
	done = completion->done;
	pthread_mutex_unlock(&completion->mutex);
	return done;
}

void wait_for_completion(struct completion *completion)
{
	core_might_sleep();
	pthread_mutex_lock(&completion->mutex);
	while (!completion->done)
		pthread_cond_wait(&completion->cond, &completion->mutex);
	pthread_mutex_unlock(&completion->mutex);
}

/* Return: 0 if it is not done in time. */
unsigned long wait_for_completion_timeout(struct completion *completion,
					  unsigned long jiffies)
{
	const ktime_t until = ktime_add_ms(ktime_get(), jiffies);
	const struct timespec time = {
		.tv_sec = until / 1000000000,
		.tv_nsec = until % 1000000000,
	};
	bool done;
	int err = 0;

	core_might_sleep();
	pthread_mutex_lock(&completion->mutex);
	while (!completion->done && err != ETIMEDOUT)
		err = pthread_cond_timedwait(&completion->cond,
					     &completion->mutex, &time);
	done = completion->done;
	pthread_mutex_unlock(&completion->mutex);
	return done;
}

/* Here for all who wait: no case has more than one who does. */
noreturn void kthread_complete_and_exit(struct completion *completion,
					long code)
{
	complete_all(completion);
	pthread_exit((void *)code);
}

static void *thread_main(void *arg)
{
	struct start *start = arg;
	int (*const func)(void *data) = start->func;
	void *const data = start->data;

	start->task = current;
	/* It is gone as soon as the other one knows. */
	complete_all(&start->begun);
	func(data);
	return NULL;
}

struct task_struct *kthread_run(int (*func)(void *data), void *data,
				const char *name)
{
	struct start start = { .func = func, .data = data };
	pthread_attr_t attr;
	pthread_t thread;
	int err;

	init_completion(&start.begun);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	err = pthread_create(&thread, &attr, thread_main, &start);
	pthread_attr_destroy(&attr);
	if (err)
		return ERR_PTR(-err);
	wait_for_completion(&start.begun);
	return start.task;
}
