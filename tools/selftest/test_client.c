// SPDX-License-Identifier: GPL-2.0
/*
 * Clients: what an open file is, and that nothing outlives it
 */
#include "harness.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "courier.h"
#include "pattern.h"
#include "pool.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"

TEST(client, close_frees)
{
	int fd = client_open(), other = client_open();
	struct blocks blocks = {};

	blocks_fill_small(fd, &blocks, pages(1));
	EXPECT_EQ(0, stat_read(other).free_pages);
	close(fd);
	stat_wait_free(other, pool.pages);
	EXPECT_EQ(0, stat_read(other).blocks);
	EXPECT_EQ(1, stat_read(other).clients);
}

TEST(client, exit_frees)
{
	int other = client_open();
	struct buddypool_alloc a;
	pid_t pid = task_fork();

	if (!pid) {
		int fd = client_open();

		a = block_alloc(fd, pool.max_size);
		*(char *)block_map(fd, a.offset, pages(1)) = 1;
		_exit(0);
	}
	task_wait(pid);
	stat_wait_free(other, pool.pages);
}

/* Allocate, map, touch and free without end. */
static void churn(struct rng *rng)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 size;
	char *p;

	for (;;) {
		size = 1 + rng_below(rng, pool.max_size / 8 + 1);
		if (try_alloc(fd, size, 0, rng_below(rng, 2), &a)) {
			close(fd);
			fd = client_open();
			continue;
		}
		p = block_map(fd, a.offset, a.usable);
		*p = 1;
		p[a.usable - 1] = 1;
		if (rng_below(rng, 2))
			unmap(p, a.usable);
		if (rng_below(rng, 2))
			try_free(fd, a.handle);
		else if (rng_below(rng, 2))
			try_resize(fd, a.handle, 1 + size / 2, 0, NULL);
	}
}

TEST(client, kill)
{
	struct budget budget = budget_start(50, 800);
	int fd = client_open();
	struct rng rng = rng_start(0);
	pid_t pid;

	while (budget_next(&budget)) {
		rng_next(&rng);
		pid = task_fork();
		if (!pid)
			churn(&rng);
		usleep(rng_below(&rng, 10000));
		task_kill(pid);
		stat_wait_free(fd, pool.pages);
		ASSERT_EQ(1, stat_read(fd).clients);
	}
	budget_note(&budget, "kill -9 at a random moment");
}

TEST(client, kill_many)
{
	int fd = client_open();
	pid_t pids[6];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		pids[i] = task_fork();
		if (!pids[i]) {
			struct rng rng = rng_start(i);

			churn(&rng);
		}
	}
	usleep(200000);
	for (i = 0; i < ARRAY_SIZE(pids); i++)
		task_kill(pids[i]);
	stat_wait_free(fd, pool.pages);
}

/* Two clients, turn by turn; each knows its own bytes, and no others. */
TEST(client, interleaved)
{
	struct budget budget = budget_start(300, 400);
	struct rng rng = rng_start(0);
	struct buddypool_alloc a[8] = {};
	__u64 tag[8];
	void *p[8];
	int fd[2];

	fd[0] = client_open();
	fd[1] = client_open();
	while (budget_next(&budget)) {
		unsigned int i = rng_below(&rng, 8), who = i % 2;

		if (a[i].handle) {
			ASSERT(pattern_holds(p[i], a[i].usable, tag[i]));
			unmap(p[i], a[i].usable);
			block_free(fd[who], a[i].handle);
			a[i].handle = 0;
		} else if (!try_alloc(fd[who], pages(1 << rng_below(&rng, 4)),
				      0, 0, &a[i])) {
			p[i] = block_map(fd[who], a[i].offset, a[i].usable);
			ASSERT(pattern_is_zero(p[i], a[i].usable));
			tag[i] = rng_next(&rng);
			pattern_fill(p[i], a[i].usable, tag[i]);
		} else {
			a[i].handle = 0;
		}
	}
	budget_note(&budget, "turns of two clients");
}

/* Threat 21: nothing leaks when there is no descriptor left. */
TEST(client, no_descriptor)
{
	int fd = client_open(), last = fd, next;

	for (;;) {
		next = dup(fd);
		if (next < 0)
			break;
		last = next;
	}
	EXPECT_EQ(-1, open(options.device, O_RDWR));
	EXPECT_EQ(EMFILE, errno);
	close(last);
	EXPECT_EQ(1, stat_read(fd).clients);
	last = client_open();
	EXPECT_EQ(2, stat_read(fd).clients);
}

TEST(client, many)
{
	int fd[100], first = client_open();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fd); i++) {
		fd[i] = client_open();
		if (i < pool.pages)
			block_alloc(fd[i], 1);
	}
	EXPECT_EQ(1 + ARRAY_SIZE(fd), stat_read(first).clients);
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
	stat_wait_free(first, pool.pages);
}

/* Threat 28: open, use and close, over and over. */
TEST(client, reopen)
{
	struct budget budget = budget_start(1000, 300);
	int fd = client_open();

	while (budget_next(&budget)) {
		int other = client_open();

		block_alloc(other, 1);
		close(other);
	}
	stat_wait_free(fd, pool.pages);
	budget_note(&budget, "open, alloc, close");
}

/* A descriptor that is handed to another process is the same client there. */
TEST(client, passed_on)
{
	struct buddypool_alloc a = {};
	int sockets[2], fd, other;
	pid_t pid;
	void *p;

	courier_make(sockets);
	pid = task_fork();
	if (!pid) {
		fd = courier_receive(sockets[1]);
		ASSERT_EQ(sizeof(a), read(sockets[1], &a, sizeof(a)));
		EXPECT_EQ(a.offset, block_query(fd, a.handle).offset);
		p = block_map(fd, a.offset, a.usable);
		EXPECT(pattern_holds(p, a.usable, 1));
		block_free(fd, a.handle);
		EXPECT(pattern_holds(p, a.usable, 1));
		_exit(0);
	}
	fd = client_open();
	other = client_open();
	a = block_alloc(fd, 1);
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	unmap(p, a.usable);
	courier_send(sockets[0], fd);
	close(fd);
	ASSERT_EQ(sizeof(a), write(sockets[0], &a, sizeof(a)));
	task_wait(pid);
	stat_wait_free(other, pool.pages);
}
