// SPDX-License-Identifier: GPL-2.0
/*
 * Races in which memory is touched while it moves, goes or is taken over
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pattern.h"
#include "pool.h"
#include "task.h"
#include "ticks.h"

#define MINE 0x11
#define THEIRS 0x22

/* Pages of the block that moves, and of which the writers are sure. */
#define N 8

static bool over;
static char *mapped;
static __u64 writes;

static __u64 *word_of(unsigned int page)
{
	return (__u64 *)(mapped + pages(page));
}

/* Count up in every other page; each count has to be there the next time. */
static void *writer(void *arg)
{
	unsigned long first = (unsigned long)arg;
	__u64 last[N] = {};
	unsigned int i;

	while (!READ_ONCE(over)) {
		for (i = first; i < N; i += 2) {
			ASSERT_EQ(last[i], READ_ONCE(*word_of(i)));
			WRITE_ONCE(*word_of(i), ++last[i]);
		}
		__atomic_add_fetch(&writes, N / 2, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Threat 7: no write is lost while the block moves beneath its mapping. */
TEST(race, write_while_moving)
{
	struct budget budget = budget_start(20000, 600);
	int fd = client_open(), other = client_open(), ret;
	struct buddypool_alloc a, blocker;
	struct buddypool_resize r;
	pthread_t threads[2];
	__u64 moves = 0;

	need_size(pages(2 * N));
	need_pages(16 * N);
	a = block_alloc(fd, pages(N));
	mapped = block_map(fd, a.offset, a.usable);
	threads[0] = task_thread(writer, (void *)0);
	threads[1] = task_thread(writer, (void *)1);
	while (budget_next(&budget)) {
		/* Likely to get the place into which the block would grow. */
		ASSERT_ERR(0, try_alloc(other, pages(N), 0, 0, &blocker));
		ret = try_resize(fd, a.handle, pages(2 * N), 0, &r);
		ASSERT_ERR(0, ret);
		moves += r.moved;
		block_resize(fd, a.handle, pages(N));
		block_free(other, blocker.handle);
	}
	WRITE_ONCE(over, true);
	task_join(threads[0]);
	task_join(threads[1]);
	EXPECT(moves > 0);
	budget_note(&budget, "resizes beneath two writers");
	test_note("%llu moves, %llu writes", moves, writes);
}

/* Somebody who reads as long as there is anything. */
static void *reader(void *arg)
{
	unsigned char value;

	while (!READ_ONCE(over)) {
		if (touch_read(mapped, &value)) {
			/* It is gone: leave mmap_lock to the others. */
			usleep(20);
		} else if (value && value != MINE) {
			test_fail(__FILE__, __LINE__,
				  "expected our bytes or zero, got %#x", value);
			WRITE_ONCE(over, true);
		}
	}
	return arg;
}

/*
 * Threats 6 and 7: after the free and the munmap(), another processor that just
 * now read our page must not see in it what the next owner writes.
 */
TEST(race, reader_of_gone_pages)
{
	struct budget budget = budget_start(5000, 500);
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a, b;
	pthread_t thread;
	void *room, *at;
	char *p;

	room = mmap(NULL, pages(1), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	ASSERT(room != MAP_FAILED);
	mapped = room;
	thread = task_thread(reader, NULL);
	while (budget_next(&budget) && !READ_ONCE(over)) {
		a = block_alloc(fd, 1);
		at = room;
		ASSERT_ERR(0, try_map(fd, a.offset, pages(1), RW,
				      MAP_SHARED | MAP_FIXED, &at));
		WRITE_ONCE(*mapped, MINE);
		block_free(fd, a.handle);
		/* Never a hole there, into which another mapping could get. */
		ASSERT(mmap(room, pages(1), PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			    0) == room);
		b = block_alloc(other, 1);
		p = block_map(other, b.offset, pages(1));
		EXPECT_EQ(0, *p);
		memset(p, THEIRS, pages(1));
		unmap(p, pages(1));
		block_free(other, b.handle);
	}
	WRITE_ONCE(over, true);
	task_join(thread);
	budget_note(&budget, "pages that went to another");
}

/* Somebody who writes as long as there is anything. */
static void *scribbler(void *arg)
{
	while (!READ_ONCE(over))
		if (touch_write(mapped, MINE))
			usleep(20);
	return arg;
}

/*
 * Threats 6 and 7: another processor that just now wrote to our page must not
 * write into what the next owner has.
 */
TEST(race, writer_of_gone_pages)
{
	struct budget budget = budget_start(5000, 500);
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a, b;
	unsigned int i;
	pthread_t thread;
	void *room, *at;
	char *p;

	room = mmap(NULL, pages(1), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	ASSERT(room != MAP_FAILED);
	mapped = room;
	thread = task_thread(scribbler, NULL);
	while (budget_next(&budget)) {
		a = block_alloc(fd, 1);
		at = room;
		ASSERT_ERR(0, try_map(fd, a.offset, pages(1), RW,
				      MAP_SHARED | MAP_FIXED, &at));
		WRITE_ONCE(*mapped, MINE);
		block_free(fd, a.handle);
		ASSERT(mmap(room, pages(1), PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			    0) == room);
		b = block_alloc(other, 1);
		p = block_map(other, b.offset, pages(1));
		for (i = 0; i < 100; i++)
			ASSERT_EQ(0, READ_ONCE(*p));
		unmap(p, pages(1));
		block_free(other, b.handle);
	}
	WRITE_ONCE(over, true);
	task_join(thread);
	budget_note(&budget, "pages that went from a writer to another");
}

/*
 * Threat 7: the same for pages that a shrink takes out of a mapping that stays.
 */
TEST(race, reader_of_shrunk_pages)
{
	struct budget budget = budget_start(5000, 500);
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a, b;
	pthread_t thread;
	char *p, *whole;

	need_size(pages(2));
	a = block_alloc(fd, pages(2));
	whole = block_map(fd, a.offset, pages(2));
	mapped = whole + pages(1);
	thread = task_thread(reader, NULL);
	while (budget_next(&budget) && !READ_ONCE(over)) {
		if (touch_write(mapped, MINE))
			break;
		block_resize(fd, a.handle, pages(1));
		b = block_alloc(other, 1);
		p = block_map(other, b.offset, pages(1));
		EXPECT_EQ(0, *p);
		memset(p, THEIRS, pages(1));
		unmap(p, pages(1));
		block_free(other, b.handle);
		block_resize(fd, a.handle, pages(2));
	}
	WRITE_ONCE(over, true);
	task_join(thread);
	EXPECT_EQ(0, touch_read(mapped, NULL));
	budget_note(&budget, "shrinks and growths beneath a reader");
}

/* Threat 32: fork() copies mappings while their blocks are freed. */
TEST(race, fork_against_free)
{
	struct budget budget = budget_start(300, 400);
	int fd = client_open();
	struct buddypool_alloc a;
	pid_t pid, freer;
	char *p;

	need_size(pages(4));
	while (budget_next(&budget)) {
		a = block_alloc(fd, pages(4));
		p = block_map(fd, a.offset, a.usable);
		pattern_fill(p, a.usable, budget.done);
		freer = task_fork();
		if (!freer) {
			try_free(fd, a.handle);
			_exit(0);
		}
		pid = task_fork();
		if (!pid) {
			EXPECT(pattern_holds(p, a.usable, budget.done));
			_exit(0);
		}
		unmap(p, a.usable);
		task_wait(freer);
		task_wait(pid);
	}
	stat_wait_free(fd, pool.pages);
	budget_note(&budget, "forks");
}

/* Map and unmap the same block from all sides. */
static struct buddypool_alloc common;
static int common_fd;

static void *map_and_unmap(void *arg)
{
	char *p;

	while (!READ_ONCE(over)) {
		p = block_map(common_fd, common.offset, common.usable);
		EXPECT_EQ(7, p[0]);
		EXPECT_EQ(0, p[pages(1)]);
		unmap(p, pages(1));
		unmap(p + pages(1), common.usable - pages(1));
		__atomic_add_fetch(&writes, 1, __ATOMIC_RELAXED);
	}
	return arg;
}

/* Threat 16 */
TEST(race, mappings_counted)
{
	pthread_t threads[3];
	unsigned int i;

	need_size(pages(2));
	common_fd = client_open();
	common = block_alloc(common_fd, pages(2));
	*(char *)block_map(common_fd, common.offset, pages(1)) = 7;
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = task_thread(map_and_unmap, NULL);
	usleep(300000 * options.scale);
	WRITE_ONCE(over, true);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		task_join(threads[i]);
	EXPECT_EQ(1, block_query(common_fd, common.handle).mappings);
	test_note("%llu mappings made and dropped", writes);
}
