// SPDX-License-Identifier: GPL-2.0
/*
 * ALLOC that waits: killed, closed, and raced with
 */
#include "harness.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "limits.h"
#include "pool.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"
#include "waiter.h"

/* Killed in the middle of the queue: the order of the others stays. */
TEST(wait, kill_in_the_middle)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc held[4];
	struct blocks rest = {};
	struct waiter w[4];
	unsigned int i;

	need_pages(4);
	for (i = 0; i < 4; i++)
		held[i] = block_alloc(keeper, 1);
	blocks_fill(keeper, &rest, pool.max_size);
	for (i = 0; i < 4; i++)
		w[i] = waiter_start(fd, 1, FOREVER);
	waiter_kill(&w[1]);
	EXPECT_EQ(3, stat_read(fd).waiting);
	EXPECT_EQ(3, limit_read(fd).handles);
	block_free(keeper, held[0].handle);
	EXPECT_ERR(0, waiter_result(&w[0]));
	EXPECT_EQ(2, stat_read(fd).waiting);
	block_free(keeper, held[1].handle);
	EXPECT_ERR(0, waiter_result(&w[2]));
	EXPECT_EQ(1, stat_read(fd).waiting);
	block_free(keeper, held[2].handle);
	EXPECT_ERR(0, waiter_result(&w[3]));
	EXPECT_EQ(0, stat_read(fd).waiting);
}

static int waiting_fd;
static struct buddypool_alloc got;
static int got_ret = 1;

static void *wait_in_thread(void *arg)
{
	got_ret = try_wait(waiting_fd, 1, FOREVER, &got);
	return arg;
}

static void until_waiting(int fd)
{
	struct patience patience = {};

	while (!stat_read(fd).waiting)
		ASSERT(patience_left(&patience));
}

/*
 * Threat 28: the descriptor is closed meanwhile. The wait goes on, and with it
 * ends the client, and all it holds.
 */
TEST(wait, closed_meanwhile)
{
	int keeper = client_open();
	struct blocks rest = {};
	pthread_t thread;

	waiting_fd = client_open();
	blocks_fill(keeper, &rest, pool.max_size);
	thread = task_thread(wait_in_thread, NULL);
	until_waiting(keeper);
	ASSERT_EQ(0, close(waiting_fd));
	usleep(WATCH_MS * 1000);
	EXPECT_EQ(1, stat_read(keeper).waiting);
	EXPECT_EQ(2, stat_read(keeper).clients);
	blocks_free(keeper, &rest);
	task_join(thread);
	EXPECT_ERR(0, got_ret);
	EXPECT(got.handle);
	stat_wait_free(keeper, pool.pages);
	EXPECT_EQ(1, stat_read(keeper).clients);
}

/* exit() of one thread takes those that wait with it. */
TEST(wait, exit_meanwhile)
{
	int keeper = client_open();
	struct blocks rest = {};
	pid_t pid;

	blocks_fill(keeper, &rest, pool.max_size);
	pid = task_fork();
	if (!pid) {
		close(keeper);
		waiting_fd = client_open();
		task_thread(wait_in_thread, NULL);
		until_waiting(waiting_fd);
		_exit(0);
	}
	task_wait(pid);
	EXPECT_EQ(0, stat_read(keeper).waiting);
	EXPECT_EQ(1, stat_read(keeper).clients);
}

static struct buddypool_alloc *shared_arg;

static void *wait_with_arg(void *arg)
{
	got_ret = try_ioctl(waiting_fd, BUDDYPOOL_IOC_ALLOC, shared_arg);
	return arg;
}

/* Threat 21: served, but nowhere to say so. The memory is not lost. */
TEST(wait, unwritable_meanwhile)
{
	int keeper = client_open();
	struct blocks rest = {};
	pthread_t thread;

	waiting_fd = client_open();
	blocks_fill(keeper, &rest, pool.max_size);
	shared_arg =
		mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(shared_arg != MAP_FAILED);
	shared_arg->size = 1;
	shared_arg->timeout = FOREVER;
	thread = task_thread(wait_with_arg, NULL);
	until_waiting(keeper);
	ASSERT_EQ(0, mprotect(shared_arg, pages(1), PROT_READ));
	block_free(keeper, rest.v[--rest.n].handle);
	task_join(thread);
	EXPECT_ERR(-EFAULT, got_ret);
	blocks_free(keeper, &rest);
	EXPECT_EQ(pool.pages, stat_read(keeper).free_pages);
	EXPECT_EQ(0, limit_read(waiting_fd).bytes);
	EXPECT_EQ(0, limit_read(waiting_fd).handles);
}

/* Killed and served at the same moment: what it was given comes back. */
TEST(wait, kill_against_free)
{
	struct budget budget = budget_start(200, 1500);
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc held;
	struct rng rng = rng_start(0);
	struct blocks rest = {};
	__u64 served = 0;

	held = block_alloc(keeper, 1);
	blocks_fill(keeper, &rest, pool.max_size);
	while (budget_next(&budget)) {
		int own = client_open();
		struct waiter w = waiter_start(own, 1, FOREVER);

		close(own);
		if (rng_below(&rng, 2)) {
			ASSERT_EQ(0, kill(w.pid, SIGKILL));
			block_free(keeper, held.handle);
		} else {
			block_free(keeper, held.handle);
			ASSERT_EQ(0, kill(w.pid, SIGKILL));
		}
		ASSERT_EQ(SIGKILL, task_signal(w.pid));
		served += w.end->done;
		munmap(w.end, sizeof(*w.end));
		stat_wait_free(fd, 1);
		ASSERT_EQ(0, stat_read(fd).waiting);
		held = block_alloc(keeper, 1);
	}
	budget_note(&budget, "waiters killed and served at once");
	test_note("%llu got it before they died", served);
}

/* Timed out and served at the same moment: one of both, and nothing is lost. */
TEST(wait, timeout_against_free)
{
	struct budget budget = budget_start(2000, 800);
	int keeper = client_open();
	struct rng rng = rng_start(0);
	struct buddypool_alloc held;
	struct blocks rest = {};
	__u64 served = 0;

	waiting_fd = client_open();
	held = block_alloc(keeper, 1);
	blocks_fill(keeper, &rest, pool.max_size);
	shared_arg = &got;
	while (budget_next(&budget)) {
		pthread_t thread;

		got = (struct buddypool_alloc){
			.size = 1, .timeout = 1 + rng_below(&rng, 400000)
		};
		thread = task_thread(wait_with_arg, NULL);
		usleep(rng_below(&rng, 300));
		block_free(keeper, held.handle);
		task_join(thread);
		if (got_ret != -ETIMEDOUT) {
			ASSERT_ERR(0, got_ret);
			served++;
			block_free(waiting_fd, got.handle);
		}
		ASSERT_EQ(1, stat_read(keeper).free_pages);
		ASSERT_EQ(0, stat_read(keeper).waiting);
		held = block_alloc(keeper, 1);
	}
	EXPECT_EQ(0, limit_read(waiting_fd).handles);
	budget_note(&budget, "timeouts and frees at once");
	test_note("%llu were served", served);
}

static bool over;
static __u64 rounds;

/* Threat 24: everything about the queue at the same time. */
static void *crowd(void *arg)
{
	struct rng rng = rng_start((unsigned long)arg);
	int fd = client_open(), ret;
	struct buddypool_alloc a;
	__u64 size, timeout;

	while (!READ_ONCE(over)) {
		size = 1 + rng_below(&rng, pool.max_size);
		timeout = rng_below(&rng, 4) ? rng_below(&rng, 3 * 1000000) : 0;
		ret = try_wait(fd, size, timeout, &a);
		if (ret == -ENOMEM || ret == -ETIMEDOUT) {
			ASSERT_ERR(timeout ? -ETIMEDOUT : -ENOMEM, ret);
			ASSERT(a.failure.reason == BUDDYPOOL_FAILURE_FULL ||
			       a.failure.reason ==
				       BUDDYPOOL_FAILURE_FRAGMENTED ||
			       a.failure.reason == BUDDYPOOL_FAILURE_QUEUED);
			continue;
		}
		ASSERT_ERR(0, ret);
		ASSERT(a.usable >= size);
		if (rng_below(&rng, 3))
			try_resize(fd, a.handle, 1 + size / 2, 0, NULL);
		block_free(fd, a.handle);
		__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
	}
	ASSERT_EQ(0, limit_read(fd).handles);
	return NULL;
}

TEST(wait, crowd)
{
	int fd = client_open();
	pthread_t threads[5];
	unsigned long i;

	/* Not room for all of them at once. */
	while (pages(stat_read(fd).free_pages) >= 3 * pool.max_size)
		block_alloc(fd, pool.max_size);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = task_thread(crowd, (void *)i);
	usleep(800000 * options.scale);
	WRITE_ONCE(over, true);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		task_join(threads[i]);
	EXPECT_EQ(0, stat_read(fd).waiting);
	test_note("%llu rounds of %u threads in a small pool", rounds,
		  (unsigned int)ARRAY_SIZE(threads));
}
