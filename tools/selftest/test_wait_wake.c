// SPDX-License-Identifier: GPL-2.0
/*
 * ALLOC that waits: all that brings memory back ends the wait
 */
#include "harness.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "blocks.h"
#include "exports.h"
#include "pattern.h"
#include "pool.h"
#include "task.h"
#include "waiter.h"

/**
 * struct scene - somebody holds a block, and another waits for its pages
 * @keeper: holds all the rest
 * @holder: holds the block
 * @held: the block, of four pages
 * @fd: who waits
 * @waiter: the wait
 */
struct scene {
	int keeper;
	int holder;
	struct buddypool_alloc held;
	int fd;
	struct waiter waiter;
};

static struct scene scene_set(__u64 size)
{
	struct scene s = { .keeper = client_open(),
			   .holder = client_open(),
			   .fd = client_open() };
	struct blocks rest = {};

	need_size(pages(4));
	s.held = block_alloc(s.holder, pages(4));
	blocks_fill(s.keeper, &rest, pool.max_size);
	s.waiter = waiter_start(s.fd, size, FOREVER);
	waiter_stays(&s.waiter);
	return s;
}

static void expect_served(const struct scene *s)
{
	EXPECT_ERR(0, waiter_result(&s->waiter));
	EXPECT_ERR(0, try_query(s->fd, s->waiter.end->alloc.handle, NULL));
	EXPECT_EQ(0, stat_read(s->fd).waiting);
}

TEST(wait, woken_by_free)
{
	struct scene s = scene_set(pages(4));

	block_free(s.holder, s.held.handle);
	expect_served(&s);
}

TEST(wait, woken_by_close)
{
	struct scene s = scene_set(pages(4));

	close(s.holder);
	expect_served(&s);
}

TEST(wait, woken_by_munmap)
{
	struct scene s = scene_set(pages(4));
	char *p = block_map(s.holder, s.held.offset, pages(4));

	*p = 1;
	block_free(s.holder, s.held.handle);
	unmap(p + pages(1), pages(3));
	waiter_stays(&s.waiter);
	unmap(p, pages(1));
	expect_served(&s);
}

/* The mapping goes last, with the process that has it. */
TEST(wait, woken_by_exit)
{
	struct scene s = scene_set(pages(4));
	struct baton baton = baton_make();
	char *p = block_map(s.holder, s.held.offset, pages(4));
	pid_t pid = task_fork();

	if (!pid) {
		close(s.holder);
		*p = 1;
		baton_pass(&baton);
		pause();
	}
	baton_take(&baton);
	unmap(p, pages(4));
	close(s.holder);
	waiter_stays(&s.waiter);
	task_kill(pid);
	expect_served(&s);
}

TEST(wait, woken_by_shrink)
{
	struct scene s = scene_set(pages(2));

	ASSERT_ERR(0, try_resize(s.holder, s.held.handle, pages(3),
				 BUDDYPOOL_RESIZE_EXACT, NULL));
	waiter_stays(&s.waiter);
	block_resize(s.holder, s.held.handle, pages(2));
	expect_served(&s);
}

TEST(wait, woken_by_exports_end)
{
	struct scene s = scene_set(pages(4));
	int export = block_export(s.holder, s.held.handle);

	close(s.holder);
	waiter_stays(&s.waiter);
	close(export);
	expect_served(&s);
}

/* Threat 31: a page that is let go of ends the wait by itself. */
TEST(wait, woken_by_unpin)
{
	struct scene s = scene_set(pages(4));
	char *p = block_map(s.holder, s.held.offset, pages(4));
	struct iovec iov = { p, pages(1) };
	int fds[2];

	pattern_fill(p, pages(1), 1);
	ASSERT_EQ(0, pipe(fds));
	if (vmsplice(fds[1], &iov, 1, SPLICE_F_NONBLOCK) < 0)
		test_skip("vmsplice: %s", test_errno(-errno));
	close(s.holder);
	unmap(p, pages(4));
	usleep(250 * 1000);
	waiter_stays(&s.waiter);
	close(fds[0]);
	close(fds[1]);
	expect_served(&s);
}

/* Whoever is first and gives up may have been in the way of the next. */
TEST(wait, woken_by_timeout)
{
	struct scene s = scene_set(pages(4));
	struct waiter first, next;

	block_free(s.holder, s.held.handle);
	expect_served(&s);
	block_resize(s.fd, s.waiter.end->alloc.handle, pages(2));
	first = waiter_start(s.fd, pages(4), 200 * 1000 * 1000);
	next = waiter_start(s.fd, 1, FOREVER);
	EXPECT_ERR(-ETIMEDOUT, waiter_result(&first));
	EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, first.end->alloc.failure.reason);
	EXPECT_EQ(pages(2), first.end->alloc.failure.free);
	EXPECT_ERR(0, waiter_result(&next));
	EXPECT_EQ(0, stat_read(s.fd).waiting);
	EXPECT_EQ(1, stat_read(s.fd).free_pages);
}

TEST(wait, woken_by_kill)
{
	struct scene s = scene_set(pages(4));
	struct waiter small[2];

	block_resize(s.holder, s.held.handle, pages(2));
	small[0] = waiter_start(s.fd, 1, FOREVER);
	small[1] = waiter_start(s.fd, 1, FOREVER);
	waiter_stays(&small[0]);
	waiter_kill(&s.waiter);
	EXPECT_ERR(0, waiter_result(&small[0]));
	EXPECT_ERR(0, waiter_result(&small[1]));
	EXPECT_EQ(0, stat_read(s.fd).waiting);
	EXPECT_EQ(0, stat_read(s.fd).free_pages);
}
