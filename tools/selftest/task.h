/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes and threads that take part in a test
 */
#ifndef SELFTEST_TASK_H
#define SELFTEST_TASK_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

pid_t task_fork(void);
void task_wait(pid_t pid);
int task_signal(pid_t pid);
void task_kill(pid_t pid);
pthread_t task_thread(void *(*run)(void *arg), void *arg);
void task_join(pthread_t thread);

/**
 * struct baton - one process waits until another says that it is so far
 * @fd: a pipe
 */
struct baton {
	int fd[2];
};

struct baton baton_make(void);
void baton_pass(const struct baton *baton);
void baton_take(const struct baton *baton);

#endif /* SELFTEST_TASK_H */
