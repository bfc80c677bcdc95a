// SPDX-License-Identifier: GPL-2.0
/*
 * How long memory lives, and what its next owner sees
 */
#include "harness.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "pattern.h"
#include "pool.h"
#include "task.h"

#define CANARY 0xc0ffee11c0ffee11ULL

/* Do not map more than this at once, in bytes: 32 bits have not much room. */
#define MAP_MAX (256ULL << 20)

static void plant(void *p, __u64 length)
{
	__u64 *at = p;
	__u64 i;

	for (i = 0; i < length / sizeof(*at); i++)
		at[i] = CANARY;
}

/* Whether any page of the blocks shows anything that is not zero. */
static bool all_zero(int fd, const struct blocks *blocks)
{
	bool zero = true;
	size_t i;
	void *p;

	for (i = 0; i < blocks->n && zero; i++) {
		p = block_map_now(fd, blocks->v[i].offset, blocks->v[i].usable);
		zero = pattern_is_zero(p, blocks->v[i].usable);
		unmap(p, blocks->v[i].usable);
	}
	return zero;
}

static void need_small_pool(void)
{
	if (pages(pool.pages) > MAP_MAX)
		test_skip("the pool is larger than %llu bytes", MAP_MAX);
}

/* Threat 18: one client fills the whole pool, the next finds nothing but zeros. */
TEST(lifetime, zero_after_another)
{
	int fd = client_open();
	struct blocks blocks = {};

	need_small_pool();
	blocks_fill(fd, &blocks, pool.max_size);
	blocks_paint(fd, &blocks, 0x5a);
	close(fd);
	free(blocks.v);

	fd = client_open();
	memset(&blocks, 0, sizeof(blocks));
	/* In other sizes than before. */
	EXPECT_EQ(pages(pool.pages),
		  blocks_fill(fd, &blocks, pages(1ULL << pool.max_order / 2)));
	EXPECT(all_zero(fd, &blocks));
	blocks_free(fd, &blocks);
}

/* The same client is no exception: what it freed it does not get back. */
TEST(lifetime, zero_after_oneself)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned int i;
	char *p;

	/* Where CPUs keep blocks, they do so again after some hundred frees. */
	for (i = 0; i < 600; i++) {
		a = block_alloc(fd, pages(1 << i % 3) <= pool.max_size ?
					    pages(1 << i % 3) :
					    1);
		p = block_map(fd, a.offset, a.usable);
		EXPECT(pattern_is_zero(p, a.usable));
		memset(p, 0xff, a.usable);
		unmap(p, a.usable);
		block_free(fd, a.handle);
	}
}

/* Threat 18: the slack behind the size is memory like any other. */
TEST(lifetime, zero_slack)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	memset(p, 0xff, a.usable);
	unmap(p, a.usable);
	block_free(fd, a.handle);
	a = block_alloc(fd, pages(2) + 1);
	p = block_map(fd, a.offset, a.usable);
	EXPECT(pattern_is_zero(p, a.usable));
}

/*
 * Threat 18: who goes through a mapping gets more pages than he has touched. They
 * are zero too, and so are they for the next one.
 */
TEST(lifetime, zero_around)
{
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a;
	__u64 n, i;
	char *p;

	need_size(pages(128));
	for (n = 1; n < 128; n += 7) {
		a = block_alloc(fd, pages(128));
		p = block_map(fd, a.offset, a.usable);
		for (i = 0; i < n; i++)
			memset(p + pages(i), 0xff, pages(1));
		EXPECT(pattern_is_zero(p + pages(n), pages(128 - n)));
		memset(p + pages(127), 0xff, pages(1));
		unmap(p, a.usable);
		block_free(fd, a.handle);

		a = block_alloc(other, pages(128));
		p = block_map(other, a.offset, a.usable);
		for (i = 0; i < n; i++)
			EXPECT_EQ(0, p[pages(i)]);
		unmap(p, a.usable);
		p = block_map(other, a.offset, a.usable);
		EXPECT(pattern_is_zero(p, a.usable));
		unmap(p, a.usable);
		block_free(other, a.handle);
	}
}

/* What was written stays, however the pages come into the mapping. */
TEST(lifetime, contents_around)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned int round;
	__u64 i;
	char *p;

	need_size(pages(256));
	a = block_alloc(fd, pages(200));
	for (round = 0; round < 4; round++) {
		p = block_map(fd, a.offset, pages(200));
		if (round == 2)
			EXPECT_EQ(0, madvise(p, pages(200), MADV_RANDOM));
		/* Some that are there already stand in the way of the others. */
		for (i = 5; round == 3 && i < 200; i += 17)
			EXPECT_EQ((char)(i + round - 1), p[pages(i)]);
		for (i = 0; i < 200; i++) {
			EXPECT_EQ(round ? (char)(i + round - 1) : 0,
				  p[pages(i)]);
			p[pages(i)] = i + round;
		}
		unmap(p, pages(200));
	}
}

/*
 * Threats 6 and 13: freed, but still mapped. The mapping goes on working, its
 * pages are not given to anybody, and they come back with the last munmap().
 */
TEST(lifetime, free_while_mapped)
{
	int fd = client_open(), other = client_open();
	struct buddypool_stat stat;
	struct buddypool_alloc a;
	struct blocks blocks = {};
	char *p;

	need_small_pool();
	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	plant(p, a.usable);
	block_free(fd, a.handle);
	stat = stat_read(fd);
	EXPECT_EQ(4, stat.freed_mapped_pages);
	EXPECT_EQ(1, stat.blocks);
	EXPECT_EQ(pool.pages - 4, stat.free_pages);

	EXPECT_EQ(pages(pool.pages - 4),
		  blocks_fill(other, &blocks, pool.max_size));
	EXPECT(all_zero(other, &blocks));
	blocks_paint(other, &blocks, 0x99);
	EXPECT(pattern_has(p, a.usable, CANARY));
	EXPECT_EQ(0, touch_write(p, 1));
	*(__u64 *)p = CANARY;
	unmap(p, pages(3));
	EXPECT_ERR(-ENOMEM, try_alloc(other, 1, 0, 0, NULL));
	EXPECT(!pattern_has(p + pages(3), pages(1), 0));
	unmap(p + pages(3), pages(1));

	stat_wait_free(fd, 4);
	EXPECT_EQ(0, stat_read(fd).freed_mapped_pages);
	a = block_alloc(other, pages(4));
	p = block_map(other, a.offset, a.usable);
	EXPECT(pattern_is_zero(p, a.usable));
	unmap(p, a.usable);
}

/* Touched for the first time after the free: still ours, and zero. */
TEST(lifetime, touch_after_free)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	block_free(fd, a.handle);
	EXPECT(pattern_is_zero(p, a.usable));
	pattern_fill(p, a.usable, 1);
	EXPECT(pattern_holds(p, a.usable, 1));
	unmap(p, a.usable);
	stat_wait_free(fd, pool.pages);
}

/* Threat 6: a mapping needs neither the handle nor the descriptor. */
TEST(lifetime, close_while_mapped)
{
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	close(fd);
	EXPECT(pattern_holds(p, a.usable, 1));
	EXPECT_EQ(pool.pages - 4, stat_read(other).free_pages);
	unmap(p, a.usable);
	stat_wait_free(other, pool.pages);
}

/* Threat 26: the memory is charged for as long as anything holds it. */
TEST(lifetime, dup_keeps)
{
	int fd = client_open(), other = client_open(), copy = dup(fd);
	struct buddypool_alloc a = block_alloc(fd, 1);

	close(fd);
	EXPECT_EQ(pool.pages - 1, stat_read(other).free_pages);
	EXPECT_EQ(1, block_query(copy, a.handle).size);
	close(copy);
	stat_wait_free(other, pool.pages);
}

/* Threat 32: a child sees what the parent writes, and the other way round. */
TEST(lifetime, fork_shares)
{
	struct baton to_child = baton_make(), to_parent = baton_make();
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	char *p = block_map(fd, a.offset, a.usable);
	pid_t pid = task_fork();

	if (!pid) {
		baton_take(&to_child);
		EXPECT(pattern_holds(p, a.usable, 1));
		pattern_fill(p, a.usable, 2);
		baton_pass(&to_parent);
		_exit(0);
	}
	pattern_fill(p, a.usable, 1);
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
	baton_pass(&to_child);
	baton_take(&to_parent);
	EXPECT(pattern_holds(p, a.usable, 2));
	task_wait(pid);
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
}

/* Threat 32: the parent frees, unmaps and closes; the child's mapping stays. */
TEST(lifetime, fork_outlives_parent)
{
	struct baton to_child = baton_make(), to_parent = baton_make();
	int fd = client_open(), other;
	struct buddypool_alloc a;
	char *p;
	pid_t pid;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	pid = task_fork();
	if (!pid) {
		close(fd);
		baton_take(&to_child);
		EXPECT(pattern_holds(p, a.usable, 1));
		pattern_fill(p, a.usable, 2);
		EXPECT(pattern_holds(p, a.usable, 2));
		baton_pass(&to_parent);
		baton_take(&to_child);
		_exit(0);
	}
	block_free(fd, a.handle);
	unmap(p, a.usable);
	close(fd);
	other = client_open();
	EXPECT_EQ(4, stat_read(other).freed_mapped_pages);
	EXPECT_EQ(pool.pages - 4, stat_read(other).free_pages);
	baton_pass(&to_child);
	baton_take(&to_parent);
	EXPECT_EQ(pool.pages - 4, stat_read(other).free_pages);
	baton_pass(&to_child);
	task_wait(pid);
	stat_wait_free(other, pool.pages);
}

/* Threat 32: the handles go with the open file, not with the process. */
TEST(lifetime, fork_shares_client)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	pid_t pid = task_fork();

	if (!pid) {
		EXPECT_EQ(1, block_query(fd, a.handle).size);
		block_free(fd, a.handle);
		_exit(0);
	}
	task_wait(pid);
	EXPECT_ERR(-ENOENT, try_free(fd, a.handle));
}

/* MADV_DONTFORK: the child has no such mapping, and does not count as one. */
TEST(lifetime, dontfork)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	char *p = block_map(fd, a.offset, a.usable);
	pid_t pid;

	ASSERT_EQ(0, madvise(p, a.usable, MADV_DONTFORK));
	pid = task_fork();
	if (!pid) {
		EXPECT_EQ(SIGSEGV, touch_read(p, NULL));
		EXPECT_EQ(1, block_query(fd, a.handle).mappings);
		_exit(0);
	}
	task_wait(pid);
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
}
