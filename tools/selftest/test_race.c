// SPDX-License-Identifier: GPL-2.0
/*
 * Races of many threads and processes
 */
#include "harness.h"

#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pattern.h"
#include "picture.h"
#include "pool.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"

#define THREADS 4

static int shared_fd;
static bool over;
static unsigned int numbers;
static __u64 rounds;

static void count_round(void)
{
	__atomic_add_fetch(&rounds, 1, __ATOMIC_RELAXED);
}

/* Run some threads for a while. */
static void rush(void *(*run)(void *), unsigned int n, unsigned int ms)
{
	struct budget budget = budget_start(~0U, ms);
	pthread_t threads[THREADS];
	unsigned int i;

	shared_fd = client_open();
	for (i = 0; i < n; i++)
		threads[i] = task_thread(run, NULL);
	while (budget_next(&budget))
		usleep(10000);
	WRITE_ONCE(over, true);
	for (i = 0; i < n; i++)
		task_join(threads[i]);
	test_note("%u threads: %llu rounds in %u ms", n, rounds, ms);
}

static struct rng own_rng(void)
{
	return rng_start(1 + __atomic_fetch_add(&numbers, 1, __ATOMIC_SEQ_CST));
}

static void *alloc_and_free(void *arg)
{
	struct rng rng = own_rng();
	struct buddypool_alloc a;
	__u64 size;
	int fd, ret;

	/* Half of the threads are one client, half are clients of their own. */
	fd = rng_below(&rng, 2) ? shared_fd : client_open();
	while (!READ_ONCE(over)) {
		size = 1 + rng_below(&rng, pool.max_size);
		ret = try_alloc(fd, size, 0, rng_below(&rng, 2), &a);
		if (ret == -ENOMEM)
			continue;
		ASSERT_ERR(0, ret);
		ASSERT(a.usable >= size);
		ASSERT_EQ(size, block_query(fd, a.handle).size);
		ASSERT_ERR(0, try_free_as(fd, a.handle, BUDDYPOOL_FREE_SIZED,
					  size, 0));
		count_round();
	}
	return arg;
}

TEST(race, alloc_free)
{
	rush(alloc_and_free, THREADS, 500);
}

/* Nobody ever sees another's bytes, or loses its own. */
static void *stamp(void *arg)
{
	struct rng rng = own_rng();
	struct buddypool_alloc a;
	int fd = client_open();
	__u64 tag, n;
	void *p;

	while (!READ_ONCE(over)) {
		n = 1 + rng_below(&rng, 8);
		if (try_alloc(fd, pages(n), 0, BUDDYPOOL_ALLOC_EXACT, &a))
			continue;
		tag = rng_next(&rng);
		p = block_map(fd, a.offset, a.usable);
		ASSERT(pattern_is_zero(p, a.usable));
		pattern_fill(p, a.usable, tag);
		if (rng_below(&rng, 2)) {
			block_free(fd, a.handle);
			ASSERT(pattern_holds(p, a.usable, tag));
			unmap(p, a.usable);
		} else {
			ASSERT(pattern_holds(p, a.usable, tag));
			unmap(p, a.usable);
			block_free(fd, a.handle);
		}
		count_round();
	}
	return arg;
}

TEST(race, stamps)
{
	need_size(pages(8));
	rush(stamp, THREADS, 600);
}

static __u32 newest;

/* Threat 12: a guessed handle finds a block that is whole, or none. */
static void *guess(void *arg)
{
	struct rng rng = own_rng();
	struct buddypool_query q;
	__u64 *freed = arg;
	__u32 handle;

	while (!READ_ONCE(over)) {
		handle = READ_ONCE(newest) + rng_below(&rng, 3);
		if (!try_query(shared_fd, handle, &q)) {
			ASSERT_EQ(1, q.size);
			ASSERT_EQ(pages(1), q.usable);
			ASSERT_EQ(0, q.mappings);
		}
		if (!try_free(shared_fd, handle))
			__atomic_add_fetch(freed, 1, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

TEST(race, guessed_handles)
{
	struct budget budget = budget_start(20000, 400);
	__u64 freed = 0, allocated = 0;
	struct buddypool_alloc a;
	pthread_t thread;
	int ret;

	/* The guesser may not yet have given back the block that it has freed. */
	need_pages(2);
	shared_fd = client_open();
	thread = task_thread(guess, &freed);
	while (budget_next(&budget)) {
		a = block_alloc(shared_fd, 1);
		WRITE_ONCE(newest, a.handle);
		allocated++;
		ret = try_free(shared_fd, a.handle);
		if (ret != -ENOENT) {
			ASSERT_ERR(0, ret);
			__atomic_add_fetch(&freed, 1, __ATOMIC_SEQ_CST);
		}
	}
	WRITE_ONCE(over, true);
	task_join(thread);
	EXPECT_EQ(allocated, freed);
	EXPECT_EQ(0, stat_read(shared_fd).blocks);
	budget_note(&budget, "allocations with a guesser about");
}

/* Use a descriptor that may be gone, or another, at any moment. */
static void *use_descriptor(void *arg)
{
	struct buddypool_alloc a;
	int ret;

	while (!READ_ONCE(over)) {
		ret = try_alloc(shared_fd, 1, 0, 0, &a);
		if (ret == -EBADF || ret == -ENOMEM)
			continue;
		ASSERT_ERR(0, ret);
		ret = try_free(shared_fd, a.handle);
		if (ret != -EBADF && ret != -ENOENT)
			ASSERT_ERR(0, ret);
		count_round();
	}
	return arg;
}

/* Threat 28: close() while another thread is in the middle of a command. */
TEST(race, close_against_ioctl)
{
	struct budget budget = budget_start(20000, 400);
	pthread_t threads[2];
	int fd = client_open();

	shared_fd = client_open();
	threads[0] = task_thread(use_descriptor, NULL);
	threads[1] = task_thread(use_descriptor, NULL);
	while (budget_next(&budget)) {
		int next = client_open();

		/* Closes the client that had the number before. */
		ASSERT_EQ(shared_fd, dup2(next, shared_fd));
		close(next);
		if (budget.done % 8 == 0)
			sched_yield();
	}
	WRITE_ONCE(over, true);
	task_join(threads[0]);
	task_join(threads[1]);
	close(shared_fd);
	stat_wait_free(fd, pool.pages);
	budget_note(&budget, "descriptors closed in use");
}

/* A snapshot is of one moment, however busy the pool is. */
TEST(race, stat)
{
	struct budget budget = budget_start(20000, 300);
	struct buddypool_stat stat, last = {};
	pthread_t threads[2];
	unsigned int order;
	__u64 sum;

	shared_fd = client_open();
	threads[0] = task_thread(alloc_and_free, NULL);
	threads[1] = task_thread(alloc_and_free, NULL);
	while (budget_next(&budget)) {
		stat = stat_read(shared_fd);
		sum = stat.kept_pages;
		for (order = 0; order <= pool.max_order; order++)
			sum += stat.free_blocks[order] << order;
		ASSERT_EQ(sum, stat.free_pages);
		ASSERT(stat.free_pages <= pool.pages);
		ASSERT(stat.allocs >= last.allocs);
		ASSERT(stat.frees >= last.frees);
		ASSERT(stat.splits >= last.splits);
		ASSERT(stat.merges >= last.merges);
		last = stat;
	}
	WRITE_ONCE(over, true);
	task_join(threads[0]);
	task_join(threads[1]);
	budget_note(&budget, "STAT of a busy pool");
}

/* A walk through a pool that changes gets to its end, with nothing absurd. */
TEST(race, walk)
{
	struct budget budget = budget_start(2000, 300);
	struct buddypool_extent extents[100];
	struct buddypool_walk w;
	pthread_t threads[2];
	unsigned int i;
	__u64 before;

	shared_fd = client_open();
	threads[0] = task_thread(alloc_and_free, NULL);
	threads[1] = task_thread(alloc_and_free, NULL);
	while (budget_next(&budget)) {
		for (w.start = 0; w.start < pool.pages;) {
			before = w.start;
			w.extents = (unsigned long)extents;
			w.count = ARRAY_SIZE(extents);
			w.flags = 0;
			ASSERT_ERR(0, try_ioctl(shared_fd, BUDDYPOOL_IOC_WALK,
						&w));
			ASSERT(w.start > before && w.start <= pool.pages);
			ASSERT(w.count && w.count <= ARRAY_SIZE(extents));
			for (i = 0; i < w.count; i++) {
				ASSERT(extents[i].order <= pool.max_order);
				ASSERT(extents[i].page +
					       (1ULL << extents[i].order) <=
				       pool.pages);
			}
		}
	}
	WRITE_ONCE(over, true);
	task_join(threads[0]);
	task_join(threads[1]);
	budget_note(&budget, "walks through a busy pool");
}
