// SPDX-License-Identifier: GPL-2.0
/*
 * References that come and go in great number, or while somebody looks
 */
#include "harness.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "exports.h"
#include "pattern.h"
#include "pool.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"

/*
 * Threat 11: whatever a program can take and drop, a million times; what is
 * counted of it is the same afterwards.
 */
TEST(references, million)
{
	struct budget budget = budget_start(1000000, 3000);
	int fd = client_open(), export, copy;
	struct buddypool_alloc a;
	char *p;

	need_size(pages(2));
	a = block_alloc(fd, pages(2));
	export = block_export(fd, a.handle);
	*(char *)block_map(fd, a.offset, pages(1)) = 1;
	while (budget_next(&budget)) {
		p = block_map(budget.done % 2 ? fd : export,
			      budget.done % 2 ? a.offset : 0, pages(2));
		/* Splits it, and each half is one. */
		unmap(p, pages(1));
		copy = dup(budget.done % 2 ? export : fd);
		unmap(p + pages(1), pages(1));
		close(copy);
		if (budget.done % 16 == 0)
			close(block_export(fd, a.handle));
	}
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
	EXPECT_EQ(1, stat_read(fd).exports);
	EXPECT_EQ(1, stat_read(fd).blocks);
	EXPECT_EQ(1, stat_read(fd).clients);
	close(export);
	EXPECT_EQ(0, stat_read(fd).exports);
	budget_note(&budget, "gets and puts");
}

/* Threat 11: many at the same time are counted one by one. */
TEST(references, many_at_once)
{
	int fd = client_open(), export[300];
	struct buddypool_alloc a = block_alloc(fd, 1);
	void *p[300];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(p); i++) {
		export[i] = block_export(fd, a.handle);
		p[i] = block_map(export[i], 0, pages(1));
		*(char *)p[i] = 1;
	}
	EXPECT_EQ(ARRAY_SIZE(p), stat_read(fd).exports);
	EXPECT_EQ(ARRAY_SIZE(p), block_query(fd, a.handle).mappings);
	block_free(fd, a.handle);
	for (i = 0; i < ARRAY_SIZE(p); i++) {
		EXPECT_EQ(1, stat_read(fd).blocks);
		unmap(p[i], pages(1));
		close(export[i]);
	}
	EXPECT_EQ(0, stat_read(fd).blocks);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

static int shared_export;
static bool over;
static __u64 rounds;

/* Use a descriptor that at any moment may be that of another block. */
static void *use_export(void *arg)
{
	struct buddypool_query q;
	void *p;
	int ret;

	while (!READ_ONCE(over)) {
		ret = try_query(shared_export, 0, &q);
		ASSERT_ERR(0, ret);
		ASSERT_EQ(1, q.size);
		ASSERT_EQ(pages(1), q.usable);
		p = block_map(shared_export, 0, pages(1));
		ASSERT_EQ(0, touch_write(p, 1));
		unmap(p, pages(1));
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
	}
	return arg;
}

/* Threat 28: the last of handle and descriptor goes while it is being used. */
TEST(references, close_against_use)
{
	struct budget budget = budget_start(20000, 500);
	struct buddypool_alloc a;
	pthread_t threads[2];
	int fd = client_open(), next;

	/* The export, its successor, and one that each of the threads still uses. */
	need_pages(4);
	a = block_alloc(fd, 1);
	shared_export = block_export(fd, a.handle);
	block_free(fd, a.handle);
	threads[0] = task_thread(use_export, NULL);
	threads[1] = task_thread(use_export, NULL);
	while (budget_next(&budget)) {
		a = block_alloc(fd, 1);
		next = block_export(fd, a.handle);
		block_free(fd, a.handle);
		ASSERT_EQ(shared_export, dup2(next, shared_export));
		close(next);
	}
	WRITE_ONCE(over, true);
	task_join(threads[0]);
	task_join(threads[1]);
	close(shared_export);
	stat_wait_free(fd, pool.pages);
	budget_note(&budget, "descriptors of blocks closed in use");
	test_note("%llu uses", rounds);
}

/*
 * A process that is just ending may keep pages for longer than is waited for them.
 * Returns how many attempts were in vain.
 */
static unsigned int resize_at_last(int fd, __u32 handle, __u64 size)
{
	unsigned int refused = 0;
	int ret;

	while ((ret = try_resize(fd, handle, size, 0, NULL)) == -EBUSY)
		ASSERT(++refused < 100);
	ASSERT_ERR(0, ret);
	return refused;
}

/* Threat 16: a process ends, and its mappings with it, while the block moves. */
TEST(references, exit_against_resize)
{
	struct budget budget = budget_start(200, 600);
	struct rng rng = rng_start(0);
	unsigned int refused = 0;
	struct buddypool_alloc a;
	int fd = client_open();
	pid_t pid;
	char *p;

	need_size(pages(8));
	need_pages(64);
	while (budget_next(&budget)) {
		a = block_alloc(fd, pages(4));
		p = block_map(fd, a.offset, a.usable);
		pattern_fill(p, a.usable, budget.done);
		pid = task_fork();
		if (!pid) {
			touch_read(p + pages(3), NULL);
			_exit(0);
		}
		usleep(rng_below(&rng, 500));
		refused += resize_at_last(fd, a.handle, pages(8));
		refused += resize_at_last(fd, a.handle, pages(2));
		ASSERT(pattern_holds(p, pages(2), budget.done));
		task_wait(pid);
		ASSERT_EQ(1, block_query(fd, a.handle).mappings);
		unmap(p, a.usable);
		block_free(fd, a.handle);
		ASSERT_EQ(pool.pages, stat_read(fd).free_pages);
	}
	budget_note(&budget, "exits against resizes");
	test_note("%u resizes were refused at first", refused);
}

/**
 * struct latecomer - a thread that wants a block which is about to be freed
 * @fd: the client
 * @block: the block
 * @call: what it does with it
 * @ret: what it got: 0 or a negative errno
 * @begun: it is about to call
 * @thread: the thread
 */
struct latecomer {
	int fd;
	struct buddypool_alloc block;
	int (*call)(const struct latecomer *l);
	int ret;
	bool begun;
	pthread_t thread;
};

static int late_free(const struct latecomer *l)
{
	return try_free(l->fd, l->block.handle);
}

static int late_shrink(const struct latecomer *l)
{
	return try_resize(l->fd, l->block.handle, 1, 0, NULL);
}

static int late_query(const struct latecomer *l)
{
	return try_query(l->fd, l->block.handle, NULL);
}

static int late_export(const struct latecomer *l)
{
	int export, ret = try_export(l->fd, l->block.handle, 0, &export);

	if (!ret)
		close(export);
	return ret;
}

static void *come_late(void *arg)
{
	struct latecomer *l = arg;

	WRITE_ONCE(l->begun, true);
	l->ret = l->call(l);
	return NULL;
}

/* Come, and be where the lock is waited for before the next one comes. */
static void latecomer_start(struct latecomer *l)
{
	l->thread = task_thread(come_late, l);
	while (!READ_ONCE(l->begun))
		usleep(100);
	usleep(3000);
}

/* Pin a page of the block: whoever would shrink it tries for a while. */
static void pin_page(char *p, int fds[2])
{
	struct iovec iov = { p, pages(1) };

	*p = 1;
	ASSERT_EQ(0, pipe(fds));
	if (vmsplice(fds[1], &iov, 1, SPLICE_F_NONBLOCK) < 0)
		test_skip("vmsplice: %s", strerror(errno));
}

/* Whether all that came after the free had to wait behind it. */
static bool come_in_a_row(void)
{
	static int (*const calls[])(const struct latecomer *l) = {
		late_shrink, late_free, late_query, late_export, late_shrink
	};
	struct latecomer l[ARRAY_SIZE(calls)] = {};
	int fd = client_open(), fds[2];
	struct buddypool_alloc a = block_alloc(fd, pages(2));
	char *p = block_map(fd, a.offset, pages(2));
	unsigned int i, late = 0;

	pin_page(p + pages(1), fds);
	for (i = 0; i < ARRAY_SIZE(l); i++) {
		l[i].fd = fd;
		l[i].block = a;
		l[i].call = calls[i];
		latecomer_start(&l[i]);
	}
	for (i = 0; i < ARRAY_SIZE(l); i++) {
		task_join(l[i].thread);
		late += l[i].ret == -ENOENT;
	}
	EXPECT_ERR(0, l[1].ret);
	close(fds[0]);
	close(fds[1]);
	unmap(p, pages(2));
	stat_wait_free(fd, pool.pages);
	close(fd);
	return l[0].ret == -EBUSY && late == ARRAY_SIZE(l) - 2;
}

/*
 * Threats 10 and 24: the handle is there when it is looked up, and the block has
 * been freed when it is its turn. Nobody comes late by chance: one who tries in
 * vain to shrink the block keeps its lock until all of them wait for it. On a
 * slow machine they may come too late, or in another order, but not always.
 */
TEST(references, freed_while_waiting)
{
	unsigned int i, as_planned = 0;

	need_size(pages(2));
	for (i = 0; i < 5 || !as_planned; i++) {
		ASSERT(i < 100);
		as_planned += come_in_a_row();
	}
	test_note("%u of %u times in the order that was planned", as_planned,
		  i);
}
