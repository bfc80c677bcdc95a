// SPDX-License-Identifier: GPL-2.0
/*
 * Races for many blocks
 */
#include "harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bulk.h"
#include "limits.h"
#include "pattern.h"
#include "pool.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"

#define MANY 300

/* As many handles after the last one are guessed. */
#define GUESSES 40

static __u32 handles[MANY];
static int shared_fd;
static bool over;

static void need_many(void)
{
	need_pages(2 * MANY);
}

/**
 * struct rival - a thread that frees the same array
 * @fd: the client
 * @freed: so many it has freed
 */
struct rival {
	int fd;
	unsigned long freed;
};

/* Go on behind each that the other has freed. */
static void *free_all(void *arg)
{
	struct rival *rival = arg;
	__u32 at = 0, count;

	while (at < MANY) {
		count = MANY - at;
		if (!try_free_bulk(rival->fd, &count, handles + at))
			at = MANY;
		else
			at += count + 1;
		rival->freed += count;
	}
	return NULL;
}

/* Threat 9: each block is freed by one of them. */
TEST(bulk, free_by_two)
{
	int fd = client_open();
	struct rival rivals[2];
	pthread_t threads[2];
	unsigned int round, i;

	need_many();
	for (round = 0; round < 100 * options.scale; round++) {
		bulk_alloc(fd, 1, MANY, handles);
		for (i = 0; i < 2; i++) {
			rivals[i] = (struct rival){ .fd = fd };
			threads[i] = task_thread(free_all, &rivals[i]);
		}
		for (i = 0; i < 2; i++)
			task_join(threads[i]);
		ASSERT_EQ(MANY, rivals[0].freed + rivals[1].freed);
		ASSERT_EQ(0, stat_read(fd).blocks);
	}
}

static __u32 newest;

/* Free handles that may be valid by now, or no longer. */
static void *guess(void *arg)
{
	__u32 guesses[GUESSES], count, i;
	__u64 *freed = arg;

	while (!READ_ONCE(over)) {
		const __u32 first = READ_ONCE(newest) - GUESSES / 2;

		for (i = 0; i < GUESSES; i++)
			guesses[i] = first + i;
		for (i = 0; i < GUESSES; i += count + 1) {
			count = GUESSES - i;
			try_free_bulk(shared_fd, &count, guesses + i);
			__atomic_add_fetch(freed, count, __ATOMIC_SEQ_CST);
		}
	}
	return NULL;
}

/* Threat 12: each guessed handle is a block that is whole, or none. */
TEST(bulk, guessed_handles)
{
	struct budget budget = budget_start(5000, 400);
	__u64 freed = 0, allocated = 0;
	__u32 mine[100], count, at;
	pthread_t thread;

	need_many();
	shared_fd = client_open();
	thread = task_thread(guess, &freed);
	while (budget_next(&budget)) {
		bulk_alloc(shared_fd, 1, ARRAY_SIZE(mine), mine);
		WRITE_ONCE(newest, mine[budget.done % ARRAY_SIZE(mine)]);
		allocated += ARRAY_SIZE(mine);
		for (at = 0; at < ARRAY_SIZE(mine); at += count + 1) {
			count = ARRAY_SIZE(mine) - at;
			try_free_bulk(shared_fd, &count, mine + at);
			__atomic_add_fetch(&freed, count, __ATOMIC_SEQ_CST);
		}
	}
	WRITE_ONCE(over, true);
	task_join(thread);
	EXPECT_EQ(allocated, freed);
	EXPECT_EQ(0, stat_read(shared_fd).blocks);
	EXPECT_EQ(pool.pages, stat_read(shared_fd).free_pages);
	budget_note(&budget, "times a hundred blocks with a guesser about");
}

#define HANDLES_MAX 90

static void *reach_limit(void *arg)
{
	__u32 mine[MANY], count;
	__u64 *rounds = arg;
	int ret;

	while (!READ_ONCE(over)) {
		count = MANY;
		ret = try_alloc_bulk(shared_fd, 1, &count, mine);
		if (ret) {
			ASSERT_ERR(-EDQUOT, ret);
			continue;
		}
		ASSERT(count <= HANDLES_MAX);
		ASSERT(limit_read(shared_fd).handles <= HANDLES_MAX);
		bulk_free(shared_fd, count, mine);
		__atomic_add_fetch(rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Threat 26: two at once do not get more than the limit, nor keep any of it. */
TEST(bulk, limit_of_two)
{
	struct budget budget = budget_start(~0U, 300);
	struct patience patience = {};
	pthread_t threads[2];
	__u64 rounds = 0;

	need_many();
	shared_fd = client_open();
	limit_handles(shared_fd, HANDLES_MAX);
	threads[0] = task_thread(reach_limit, &rounds);
	threads[1] = task_thread(reach_limit, &rounds);
	while (budget_next(&budget))
		usleep(10000);
	while (!READ_ONCE(rounds))
		ASSERT(patience_left(&patience));
	WRITE_ONCE(over, true);
	task_join(threads[0]);
	task_join(threads[1]);
	limit_expect_held(shared_fd, 0, 0);
	test_note("%llu times up to the limit", rounds);
}

/* Write to some of many blocks; whoever gets their pages next must not see it. */
static void touch_some(int fd, struct rng *rng, __u64 stride, __u64 n,
		       const __u32 *mine, __u32 count)
{
	__u64 tag = rng_next(rng);
	__u32 i = rng_below(rng, 8);
	void *p;

	for (; i < count; i += 1 + rng_below(rng, 16)) {
		p = block_map(fd, mine[i] * stride, pages(n));
		ASSERT(pattern_is_zero(p, pages(n)));
		pattern_fill(p, pages(n), tag + i);
		ASSERT(pattern_holds(p, pages(n), tag + i));
		unmap(p, pages(n));
	}
}

static void *stamp(void *arg)
{
	__u64 *rounds = arg;
	struct rng rng =
		rng_start(1 + __atomic_fetch_add(rounds, 1, __ATOMIC_SEQ_CST));
	__u32 mine[MANY], count;
	int fd = client_open();
	__u64 stride, n;

	while (!READ_ONCE(over)) {
		count = 1 + rng_below(&rng, MANY / 4);
		n = 1 << rng_below(&rng, 3);
		stride = bulk_alloc(fd, pages(n), count, mine);
		touch_some(fd, &rng, stride, n, mine, count);
		/* Some one by one, in another order. */
		for (; count && rng_below(&rng, 4); count--)
			block_free(fd, mine[count - 1]);
		bulk_free(fd, count, mine);
		__atomic_add_fetch(rounds, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Threat 18: only what was shown is cleared, and nothing of it passes on. */
TEST(bulk, stamps)
{
	struct budget budget = budget_start(~0U, 600);
	pthread_t threads[3];
	__u64 rounds = 0;
	unsigned int i;

	need_size(pages(4));
	need_pages(8 * MANY);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = task_thread(stamp, &rounds);
	while (budget_next(&budget))
		usleep(10000);
	WRITE_ONCE(over, true);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		task_join(threads[i]);
	test_note("%llu rounds of three threads", rounds);
}

/* Allocate and free as long as it is allowed to live. */
static noreturn void toil(int fd)
{
	static __u32 mine[4 * MANY];
	__u32 count, freed;

	for (;;) {
		count = ARRAY_SIZE(mine);
		if (try_alloc_bulk(fd, 1, &count, mine))
			_exit(1);
		freed = count;
		if (try_free_bulk(fd, &freed, mine) || freed != count)
			_exit(1);
	}
}

/*
 * Threat 28: killed in the middle. What it was about to get, or to free, goes with
 * the file, which somebody else may have open.
 */
TEST(bulk, killed)
{
	struct budget budget = budget_start(100, 500);
	struct rng rng = rng_start(0);
	int fd = client_open(), own;
	pid_t pid;

	need_many();
	while (budget_next(&budget)) {
		own = client_open();
		pid = task_fork();
		if (!pid)
			toil(own);
		if (budget.done % 2)
			close(own);
		usleep(rng_below(&rng, 4000));
		kill(pid, SIGKILL);
		ASSERT_EQ(SIGKILL, task_signal(pid));
		if (budget.done % 2 == 0)
			close(own);
		stat_wait_free(fd, pool.pages);
		ASSERT_EQ(0, stat_read(fd).blocks);
	}
	budget_note(&budget, "processes killed at work");
}
