// SPDX-License-Identifier: GPL-2.0
/*
 * INFO and STAT: what they say of a pool at rest
 */
#include "harness.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "picture.h"
#include "pool.h"

#define ALL_FEATURES                                         \
	(BUDDYPOOL_FEATURE_EXACT | BUDDYPOOL_FEATURE_ALIGN | \
	 BUDDYPOOL_FEATURE_RESIZE | BUDDYPOOL_FEATURE_WALK | \
	 BUDDYPOOL_FEATURE_WAIT | BUDDYPOOL_FEATURE_LIMIT |  \
	 BUDDYPOOL_FEATURE_EXPORT | BUDDYPOOL_FEATURE_LISTS)

TEST(info, page_size)
{
	EXPECT_EQ(sysconf(_SC_PAGESIZE), pool.page_size);
}

TEST(info, features)
{
	EXPECT_EQ(ALL_FEATURES, pool.features & ALL_FEATURES);
}

TEST(info, limits)
{
	EXPECT(pool.pages > 0);
	EXPECT(pool.max_order < BUDDYPOOL_NR_ORDERS);
	EXPECT(pool.max_size >= pool.page_size);
	EXPECT_EQ(0, pool.max_size % pool.page_size);
	EXPECT(pool.max_size <= pages(pool.pages));
	EXPECT(pool.max_size <= pages(1ULL << pool.max_order));
	EXPECT(pool.max_align >= pool.page_size);
	EXPECT_EQ(0, pool.max_align & (pool.max_align - 1));
}

TEST(info, constant)
{
	int fd = client_open();
	struct buddypool_info info;

	block_alloc(fd, pool.max_size);
	memset(&info, 0, sizeof(info));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_INFO, &info));
	EXPECT(!memcmp(&info, &pool, sizeof(info)));
}

/* Everything in INFO is "out": what was there before does not matter. */
TEST(info, input_ignored)
{
	int fd = client_open();
	struct buddypool_info info;

	memset(&info, 0xff, sizeof(info));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_INFO, &info));
	EXPECT(!memcmp(&info, &pool, sizeof(info)));
}

TEST(stat, orders_add_up)
{
	int fd = client_open();
	struct buddypool_stat stat;
	unsigned int order;
	__u64 sum = 0, largest = 0;

	pool_drain(fd);
	stat = stat_read(fd);
	for (order = 0; order < BUDDYPOOL_NR_ORDERS; order++) {
		if (order > pool.max_order)
			EXPECT_EQ(0, stat.free_blocks[order]);
		sum += stat.free_blocks[order] << order;
		if (stat.free_blocks[order])
			largest = pages(1ULL << order);
	}
	EXPECT_EQ(sum, stat.free_pages);
	EXPECT_EQ(largest, stat.largest);
	EXPECT_EQ(pool.pages, stat.free_pages);
	EXPECT(stat.fragmentation <= 1000);
}

TEST(stat, idle)
{
	int fd = client_open();
	struct buddypool_stat stat = stat_read(fd);

	EXPECT_EQ(0, stat.blocks);
	EXPECT_EQ(0, stat.freed_mapped_pages);
	EXPECT_EQ(0, stat.freed_pinned_pages);
	EXPECT_EQ(0, stat.reserved);
	EXPECT_EQ(1, stat.clients);
	EXPECT_EQ(stat.allocs, stat.frees);
}

TEST(stat, full)
{
	int fd = client_open();
	struct blocks blocks = {};
	struct buddypool_stat stat;
	unsigned int order;

	EXPECT_EQ(pages(pool.pages),
		  blocks_fill(fd, &blocks, pages(1ULL << pool.max_order)));
	stat = stat_read(fd);
	EXPECT_EQ(0, stat.free_pages);
	EXPECT_EQ(0, stat.largest);
	EXPECT_EQ(0, stat.fragmentation);
	EXPECT_EQ(blocks.n, stat.blocks);
	for (order = 0; order < BUDDYPOOL_NR_ORDERS; order++)
		EXPECT_EQ(0, stat.free_blocks[order]);
	blocks_free(fd, &blocks);
}

/* Thousands: nothing to complain of in a fresh pool, all of it in a comb. */
TEST(stat, fragmentation)
{
	int fd = client_open();
	struct blocks all = {}, comb = {};
	struct buddypool_stat stat;
	__u64 half;
	size_t i;

	need_pages(4);
	need_size(pages(2));
	blocks_fill(fd, &all, pool.max_size);
	/* One block out of the full pool is made a comb of single pages. */
	half = all.v[0].usable / pool.page_size / 2;
	block_free(fd, all.v[0].handle);
	all.v[0] = all.v[--all.n];
	EXPECT_EQ(0, stat_read(fd).fragmentation);
	blocks_fill(fd, &comb, pool.page_size);
	for (i = 0; i < comb.n; i++)
		if (block_query(fd, comb.v[i].handle).position /
		    pool.page_size % 2)
			block_free(fd, comb.v[i].handle);
	/* What a CPU keeps is on no free area. */
	pool_drain(fd);
	stat = stat_read(fd);
	EXPECT_EQ(half, stat.free_pages);
	EXPECT_EQ(half, stat.free_blocks[0]);
	EXPECT_EQ(pool.page_size, stat.largest);
	if (half > 1)
		EXPECT_EQ(1000, stat.fragmentation);
}

TEST(stat, counts_allocs_and_frees)
{
	int fd = client_open();
	struct buddypool_stat before = stat_read(fd), after;
	struct buddypool_alloc a = block_alloc(fd, 1);

	after = stat_read(fd);
	EXPECT_EQ(before.allocs + 1, after.allocs);
	EXPECT_EQ(before.frees, after.frees);
	EXPECT_EQ(before.blocks + 1, after.blocks);
	EXPECT_EQ(before.free_pages - 1, after.free_pages);
	block_free(fd, a.handle);
	after = stat_read(fd);
	EXPECT_EQ(before.frees + 1, after.frees);
	EXPECT_EQ(before.blocks, after.blocks);
	EXPECT_EQ(before.free_pages, after.free_pages);
}

TEST(stat, counts_failures)
{
	int fd = client_open();
	struct blocks blocks = {};
	struct buddypool_stat before, after;

	blocks_fill(fd, &blocks, pool.max_size);
	before = stat_read(fd);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, NULL));
	after = stat_read(fd);
	EXPECT_EQ(before.alloc_failures + 1, after.alloc_failures);
	EXPECT_EQ(before.allocs, after.allocs);
	EXPECT_ERR(-EINVAL, try_alloc(fd, 0, 0, 0, NULL));
	EXPECT_EQ(after.alloc_failures, stat_read(fd).alloc_failures);
	blocks_free(fd, &blocks);
}

/* Every split adds a free block, every merge takes one away; see also alloc. */
TEST(stat, counts_splits_and_merges)
{
	int fd = client_open();
	struct buddypool_stat before = stat_read(fd), after;
	struct buddypool_alloc a = block_alloc(fd, 1);
	__s64 more = 1;
	unsigned int k;

	after = stat_read(fd);
	for (k = 0; k <= pool.max_order; k++)
		more += after.free_blocks[k] - before.free_blocks[k];
	EXPECT_EQ(before.splits + more, after.splits);
	EXPECT_EQ(before.merges, after.merges);
	block_free(fd, a.handle);
	EXPECT_EQ(after.splits, stat_read(fd).splits);
	EXPECT_EQ(before.merges + more, stat_read(fd).merges);
}

TEST(stat, counts_resizes_and_moves)
{
	int fd = client_open();
	struct buddypool_stat before, after;
	struct buddypool_alloc a;
	__u64 position;

	need_size(pages(2));
	need_pages(8);
	a = block_alloc_as(fd, pages(1), pages(2), 0);
	before = stat_read(fd);
	EXPECT_EQ(0, block_resize(fd, a.handle, pages(2)).moved);
	block_resize(fd, a.handle, pages(1));
	after = stat_read(fd);
	EXPECT_EQ(before.resizes + 2, after.resizes);
	EXPECT_EQ(before.moves, after.moves);

	position = block_query(fd, a.handle).position;
	blocks_neighbour(fd, position + pages(1), pages(1));
	before = stat_read(fd);
	EXPECT_EQ(1, block_resize(fd, a.handle, pages(2)).moved);
	after = stat_read(fd);
	EXPECT_EQ(before.resizes, after.resizes);
	EXPECT_EQ(before.moves + 1, after.moves);
}

TEST(stat, counts_clients)
{
	int fd = client_open(), other, copy;

	EXPECT_EQ(1, stat_read(fd).clients);
	other = client_open();
	EXPECT_EQ(2, stat_read(fd).clients);
	copy = dup(other);
	EXPECT_EQ(2, stat_read(fd).clients);
	close(other);
	EXPECT_EQ(2, stat_read(fd).clients);
	close(copy);
	EXPECT_EQ(1, stat_read(fd).clients);
}

TEST(stat, input_ignored)
{
	int fd = client_open();
	struct buddypool_stat stat, plain = stat_read(fd);

	memset(&stat, 0xff, sizeof(stat));
	stat.reserved = 0;
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_STAT, &stat));
	EXPECT(!memcmp(&stat, &plain, sizeof(stat)));
}
