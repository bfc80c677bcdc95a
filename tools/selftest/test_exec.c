// SPDX-License-Identifier: GPL-2.0
/*
 * What exec() leaves of a client
 *
 * The program that is started is this one, with the argument "hold": it says
 * on a pipe that it is there, and waits to be killed; see main.c.
 */
#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "exports.h"
#include "pool.h"
#include "task.h"

/* With @give_away, what is left of it is a descriptor of the block. */
static pid_t exec_holding(bool give_away, int flags, const struct baton *baton)
{
	struct buddypool_alloc a;
	char number[12];
	pid_t pid = task_fork();
	int fd;

	if (pid)
		return pid;
	fd = client_open();
	a = block_alloc(fd, 1);
	*(char *)block_map(fd, a.offset, pages(1)) = 1;
	if (give_away)
		fd = block_export(fd, a.handle);
	ASSERT_EQ(0, fcntl(fd, F_SETFD, flags));
	snprintf(number, sizeof(number), "%d", baton->fd[1]);
	execl("/proc/self/exe", "selftest", "hold", number, NULL);
	test_skip("/proc/self/exe: %s", test_errno(-errno));
}

/* Wait for it to have started; false if it could not. */
static bool started(struct baton *baton)
{
	char c;

	close(baton->fd[1]);
	return read(baton->fd[0], &c, 1) == 1;
}

TEST(exec, closes)
{
	struct baton baton = baton_make();
	int fd = client_open();
	pid_t pid = exec_holding(false, FD_CLOEXEC, &baton);

	if (started(&baton)) {
		stat_wait_free(fd, pool.pages);
		EXPECT_EQ(1, stat_read(fd).clients);
	}
	task_kill(pid);
}

TEST(exec, inherits)
{
	struct baton baton = baton_make();
	int fd = client_open();
	pid_t pid = exec_holding(false, 0, &baton);

	if (started(&baton)) {
		EXPECT_EQ(pool.pages - 1, stat_read(fd).free_pages);
		EXPECT_EQ(2, stat_read(fd).clients);
	}
	task_kill(pid);
	stat_wait_free(fd, pool.pages);
}

TEST(exec, closes_export)
{
	struct baton baton = baton_make();
	int fd = client_open();
	pid_t pid = exec_holding(true, FD_CLOEXEC, &baton);

	if (started(&baton)) {
		stat_wait_free(fd, pool.pages);
		EXPECT_EQ(0, stat_read(fd).exports);
		EXPECT_EQ(1, stat_read(fd).clients);
	}
	task_kill(pid);
}

TEST(exec, inherits_export)
{
	struct baton baton = baton_make();
	int fd = client_open();
	pid_t pid = exec_holding(true, 0, &baton);

	if (started(&baton)) {
		EXPECT_EQ(pool.pages - 1, stat_read(fd).free_pages);
		EXPECT_EQ(1, stat_read(fd).exports);
		EXPECT_EQ(1, stat_read(fd).clients);
	}
	task_kill(pid);
	stat_wait_free(fd, pool.pages);
}
