// SPDX-License-Identifier: GPL-2.0
/*
 * Processes and threads that take part in a test
 */
#include "harness.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "task.h"

/**
 * task_fork() - fork()
 *
 * Return: 0 in the child, which has to _exit(); the child's pid in the parent.
 */
pid_t task_fork(void)
{
	pid_t pid = fork();

	ASSERT(pid >= 0);
	return pid;
}

/**
 * task_wait() - wait for a child to exit with code 0
 * @pid: the child
 */
void task_wait(pid_t pid)
{
	int status;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

/**
 * task_signal() - wait for a child that is to die of a signal
 * @pid: the child
 *
 * Return: the signal; 0 if it exited.
 */
int task_signal(pid_t pid)
{
	int status;

	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/**
 * task_kill() - kill -9 a child, and wait until it is gone
 * @pid: the child
 */
void task_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	ASSERT_EQ(pid, waitpid(pid, NULL, 0));
}

/**
 * task_thread() - start a thread
 * @run: what it does
 * @arg: what it is given
 *
 * Return: the thread.
 */
pthread_t task_thread(void *(*run)(void *arg), void *arg)
{
	pthread_t thread;

	ASSERT_EQ(0, pthread_create(&thread, NULL, run, arg));
	return thread;
}

/**
 * task_join() - wait for a thread to end
 * @thread: the thread
 */
void task_join(pthread_t thread)
{
	ASSERT_EQ(0, pthread_join(thread, NULL));
}

/**
 * baton_make() - make a baton, before the fork
 *
 * Return: the baton.
 */
struct baton baton_make(void)
{
	struct baton baton;

	ASSERT_EQ(0, pipe(baton.fd));
	return baton;
}

/**
 * baton_pass() - let the other go on
 * @baton: the baton
 */
void baton_pass(const struct baton *baton)
{
	ASSERT_EQ(1, write(baton->fd[1], "x", 1));
}

/**
 * baton_take() - wait until the other lets us go on
 * @baton: the baton
 */
void baton_take(const struct baton *baton)
{
	char c;

	ASSERT_EQ(1, read(baton->fd[0], &c, 1));
}
