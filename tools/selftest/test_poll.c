// SPDX-License-Identifier: GPL-2.0
/*
 * poll(): when is it worth trying again?
 */
#include "harness.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "blocks.h"
#include "exports.h"
#include "limits.h"
#include "pool.h"
#include "task.h"
#include "ticks.h"
#include "waiter.h"

/* poll() looks again when its time is up; that is too late to have been woken. */
static short poll_for(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };
	const __u64 start = ticks_ms();
	int ret = poll(&p, 1, ms);

	ASSERT(ret >= 0);
	if (!ret)
		return 0;
	ASSERT(!ms || ticks_ms() - start < (__u64)ms);
	return p.revents;
}

static int fill(struct blocks *blocks)
{
	int keeper = client_open();

	blocks_fill_small(keeper, blocks,
			  pages(4) < pool.max_size ? pages(4) : pool.max_size);
	return keeper;
}

/* A client that has been refused. */
static int refused(void)
{
	int fd = client_open();

	ASSERT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, NULL));
	ASSERT_EQ(0, poll_for(fd, 0));
	return fd;
}

TEST(poll, from_the_open_on)
{
	struct blocks blocks = {};
	int fd = client_open();

	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	block_alloc(fd, 1);
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	/* Nothing has failed yet, though all is taken. */
	fill(&blocks);
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
}

TEST(poll, after_enomem)
{
	struct blocks blocks = {};
	int keeper = fill(&blocks), fd = refused();

	EXPECT_EQ(0, poll_for(fd, WATCH_MS));
	/* Whose memory it is makes no difference, whether it is enough neither. */
	block_free(keeper, blocks.v[0].handle);
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	block_alloc(fd, blocks.v[0].usable);
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, NULL));
	EXPECT_EQ(0, poll_for(fd, 0));
}

TEST(poll, after_etimedout)
{
	struct blocks blocks = {};
	int keeper = fill(&blocks), fd = client_open();

	EXPECT_ERR(-ETIMEDOUT, try_wait(fd, 1, 1000000, NULL));
	EXPECT_EQ(0, poll_for(fd, WATCH_MS));
	block_free(keeper, blocks.v[0].handle);
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
}

TEST(poll, after_a_resize)
{
	int fd = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;
	int keeper;

	need_size(pages(2));
	need_pages(8);
	a = block_alloc(fd, 1);
	keeper = fill(&blocks);
	EXPECT_ERR(-ENOMEM, try_resize(fd, a.handle, pages(2), 0, NULL));
	EXPECT_EQ(0, poll_for(fd, 0));
	block_free(keeper, blocks.v[0].handle);
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	ASSERT_ERR(0, try_alloc(fd, blocks.v[0].usable, 0, 0, NULL));
	EXPECT_ERR(-ENOMEM, try_resize(fd, a.handle, pages(2),
				       BUDDYPOOL_RESIZE_NO_MOVE, NULL));
	EXPECT_EQ(0, poll_for(fd, 0));
}

TEST(poll, after_queued)
{
	struct blocks blocks = {};
	int keeper, fd = client_open(), other = client_open();

	need_size(pages(4));
	keeper = fill(&blocks);
	block_resize(keeper, blocks.v[0].handle, pages(2));
	waiter_start(other, pages(4), FOREVER);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, NULL));
	EXPECT_EQ(0, poll_for(fd, WATCH_MS));
}

/* No memory that comes back helps against these. */
TEST(poll, other_errors)
{
	struct blocks blocks = {};
	int fd = client_open();

	fill(&blocks);
	EXPECT_ERR(-EFBIG, try_alloc(fd, pool.max_size + 1, 0, 0, NULL));
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	EXPECT_ERR(-EINVAL, try_alloc(fd, 0, 0, 0, NULL));
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
	limit_handles(fd, 0);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	EXPECT_EQ(POLLOUT, poll_for(fd, 0));
}

/* Each open file has been refused for itself, and a dup() is the same file. */
TEST(poll, per_file)
{
	struct blocks blocks = {};
	int keeper = fill(&blocks), fd = refused(), other = client_open();
	int copy = dup(fd);

	EXPECT_EQ(POLLOUT, poll_for(other, 0));
	EXPECT_EQ(0, poll_for(copy, 0));
	EXPECT_ERR(-ENOMEM, try_alloc(other, 1, 0, 0, NULL));
	block_free(keeper, blocks.v[0].handle);
	EXPECT_EQ(POLLOUT, poll_for(other, 0));
	EXPECT_EQ(POLLOUT, poll_for(copy, 0));
}

static struct blocks held;
static int holder;

/* Make memory return after a moment, in the way that *@arg says. */
static void *later(void *arg)
{
	void (*give_back)(void) = *(void (**)(void))arg;

	usleep(10 * 1000);
	give_back();
	return NULL;
}

/* poll() sleeps until then. */
static void wakes(void (*give_back)(void))
{
	int fd = refused();
	pthread_t thread = task_thread(later, &give_back);

	EXPECT_EQ(POLLOUT, poll_for(fd, SOON_MS));
	task_join(thread);
	EXPECT(stat_read(fd).free_pages > 0);
	close(fd);
}

static void by_free(void)
{
	block_free(holder, held.v[0].handle);
}

TEST(poll, woken_by_free)
{
	holder = fill(&held);
	wakes(by_free);
}

static void by_close(void)
{
	close(holder);
}

TEST(poll, woken_by_close)
{
	holder = fill(&held);
	wakes(by_close);
}

static void by_shrink(void)
{
	block_resize(holder, held.v[0].handle, pages(1));
}

TEST(poll, woken_by_shrink)
{
	need_size(pages(4));
	holder = fill(&held);
	wakes(by_shrink);
}

static void *mapped;

static void by_munmap(void)
{
	unmap(mapped, held.v[0].usable);
}

TEST(poll, woken_by_munmap)
{
	holder = fill(&held);
	mapped = block_map(holder, held.v[0].offset, held.v[0].usable);
	block_free(holder, held.v[0].handle);
	wakes(by_munmap);
}

static int pins[2];

static void by_unpin(void)
{
	close(pins[0]);
	close(pins[1]);
}

/* Threat 31: nobody gave anything back, somebody only let go of it. */
TEST(poll, woken_by_unpin)
{
	struct iovec iov;

	holder = fill(&held);
	mapped = block_map(holder, held.v[0].offset, held.v[0].usable);
	*(char *)mapped = 1;
	ASSERT_EQ(0, pipe(pins));
	iov = (struct iovec){ mapped, pages(1) };
	if (vmsplice(pins[1], &iov, 1, SPLICE_F_NONBLOCK) < 0)
		test_skip("vmsplice: %s", test_errno(-errno));
	block_free(holder, held.v[0].handle);
	unmap(mapped, held.v[0].usable);
	wakes(by_unpin);
}

static int exported;

static void by_exports_end(void)
{
	close(exported);
}

TEST(poll, woken_by_exports_end)
{
	holder = fill(&held);
	exported = block_export(holder, held.v[0].handle);
	block_free(holder, held.v[0].handle);
	wakes(by_exports_end);
}

/* Each return of memory is an event of its own. */
TEST(poll, epoll_edges)
{
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC), keeper, fd, i;
	struct blocks blocks = {};

	need_pages(12);
	keeper = fill(&blocks);
	fd = refused();
	ASSERT(epoll >= 0);
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, WATCH_MS));
	for (i = 0; i < 3; i++) {
		block_free(keeper, blocks.v[i].handle);
		/* The news travel by a thread of the kernel's. */
		ASSERT_EQ(1, epoll_wait(epoll, &event, 1, SOON_MS));
		EXPECT(event.events & EPOLLOUT);
		EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
		block_alloc(fd, blocks.v[i].usable);
		EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, NULL));
		/* Where CPUs keep blocks a refusal wakes, too, but in vain. */
		EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 10 * WATCH_MS));
	}
}

static bool over;
static __u64 frees;

static void *give_and_take(void *arg)
{
	struct buddypool_alloc a;

	while (!READ_ONCE(over)) {
		if (try_wait(holder, 1, 1000000, &a))
			continue;
		block_free(holder, a.handle);
		frees++;
	}
	return arg;
}

/* Threat 24: no return of memory falls between the refusal and the sleep. */
TEST(poll, no_lost_wake_up)
{
	struct budget budget = budget_start(20000, 800);
	int keeper = client_open(), fd = client_open(), ret;
	struct buddypool_alloc a;
	struct blocks rest = {};
	__u64 sleeps = 0;
	pthread_t thread;

	holder = client_open();
	a = block_alloc(keeper, 1);
	blocks_fill(keeper, &rest, pool.max_size);
	block_free(keeper, a.handle);
	thread = task_thread(give_and_take, NULL);
	while (budget_next(&budget)) {
		ret = try_alloc(fd, 1, 0, 0, &a);
		if (ret == -ENOMEM) {
			ASSERT_EQ(POLLOUT, poll_for(fd, SOON_MS));
			sleeps++;
			continue;
		}
		ASSERT_ERR(0, ret);
		block_free(fd, a.handle);
	}
	WRITE_ONCE(over, true);
	task_join(thread);
	budget_note(&budget, "attempts at one page");
	test_note("%llu times poll(), %llu frees by the other", sleeps, frees);
}
