// SPDX-License-Identifier: GPL-2.0
/*
 * A failure explains itself
 */
#include "harness.h"

#include <string.h>
#include <unistd.h>

#include "blocks.h"
#include "pool.h"

static void expect_failure(const struct buddypool_failure *failure,
			   __u32 reason, __u64 free, __u64 largest)
{
	EXPECT_EQ(reason, failure->reason);
	EXPECT_EQ(0, failure->reserved);
	EXPECT_EQ(free, failure->free);
	EXPECT_EQ(largest, failure->largest);
}

/* Leave @free_pages single pages free that are no buddies of each other. */
static void make_comb(int fd, __u64 free_pages)
{
	struct blocks all = {};
	size_t i;

	need_pages(2 * free_pages + 1);
	blocks_fill_small(fd, &all, pool.page_size);
	for (i = 0; i < all.n && free_pages; i++) {
		if (block_query(fd, all.v[i].handle).position % pages(2))
			continue;
		block_free(fd, all.v[i].handle);
		free_pages--;
	}
	ASSERT_EQ(0, free_pages);
}

TEST(failure, full)
{
	int fd = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;

	EXPECT_EQ(pages(pool.pages),
		  blocks_fill(fd, &blocks, pages(1ULL << pool.max_order)));
	EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_FULL, 0, 0);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, pool.max_size, 0, 0, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_FULL, 0, 0);
	EXPECT_ERR(-ENOMEM,
		   try_alloc(fd, pool.max_size, 0, BUDDYPOOL_ALLOC_EXACT, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_FULL, 0, 0);
	blocks_free(fd, &blocks);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
	block_alloc(fd, pool.max_size);
}

/* Something is free, but less than is wanted. */
TEST(failure, nearly_full)
{
	int fd = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;

	need_size(pages(2));
	blocks_fill_small(fd, &blocks, pool.page_size);
	block_free(fd, blocks.v[0].handle);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, pages(2), 0, 0, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_FULL, pages(1), pages(1));
	EXPECT_ERR(0, try_alloc(fd, pages(1), 0, 0, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_NONE, 0, 0);
}

TEST(failure, fragmented)
{
	int fd = client_open();
	struct buddypool_alloc a;

	need_size(pages(4));
	make_comb(fd, 8);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, pages(2), 0, 0, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_FRAGMENTED, pages(8),
		       pages(1));
	EXPECT_ERR(-ENOMEM,
		   try_alloc(fd, pages(3), 0, BUDDYPOOL_ALLOC_EXACT, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_FRAGMENTED, pages(8),
		       pages(1));
	EXPECT_EQ(pages(1), stat_read(fd).largest);
}

TEST(failure, fragmented_or_full)
{
	int fd = client_open();
	struct buddypool_alloc a;

	need_size(pages(16));
	make_comb(fd, 8);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, pages(8), 0, 0, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_FRAGMENTED, a.failure.reason);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, pages(16), 0, 0, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, a.failure.reason);
}

/* Pages enough, and a block large enough, but none aligned so well. */
TEST(failure, not_aligned)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct blocks all = {};
	__u64 align = pages(4);
	size_t i;

	need_pages(64);
	if (pool.max_align < align)
		test_skip("the pool aligns to %llu bytes", pool.max_align);
	blocks_fill_small(fd, &all, pool.page_size);
	for (i = 0; i < all.n; i++)
		if (block_query(fd, all.v[i].handle).position % align ==
		    pages(1))
			block_free(fd, all.v[i].handle);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, align, 0, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_FRAGMENTED, a.failure.reason);
	EXPECT_EQ(pages(stat_read(fd).free_pages), a.failure.free);
	EXPECT_ERR(0, try_alloc(fd, 1, 0, 0, NULL));
}

TEST(failure, too_large)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 free, largest;

	block_alloc(fd, 1);
	free = pages(stat_read(fd).free_pages);
	largest = stat_read(fd).largest;
	EXPECT_ERR(-EFBIG, try_alloc(fd, pool.max_size + 1, 0, 0, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_TOO_LARGE, free, largest);
	EXPECT_ERR(-EFBIG, try_alloc(fd, pool.max_size + 1, 0,
				     BUDDYPOOL_ALLOC_EXACT, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_TOO_LARGE, free, largest);
	EXPECT_ERR(-EFBIG, try_alloc(fd, 1, 2 * pool.max_align, 0, &a));
	expect_failure(&a.failure, BUDDYPOOL_FAILURE_TOO_LARGE, free, largest);
}

/* A failure leaves no trace but its count. */
TEST(failure, changes_nothing)
{
	int fd = client_open();
	struct buddypool_stat before, after;
	struct blocks blocks = {};

	blocks_fill(fd, &blocks, pool.max_size);
	block_free(fd, blocks.v[--blocks.n].handle);
	before = stat_read(fd);
	EXPECT_ERR(-EFBIG, try_alloc(fd, pool.max_size + 1, 0, 0, NULL));
	EXPECT_ERR(-EINVAL, try_alloc(fd, 1, 3, 0, NULL));
	if (before.largest < pool.max_size)
		EXPECT_ERR(-ENOMEM, try_alloc(fd, pool.max_size, 0, 0, NULL));
	after = stat_read(fd);
	EXPECT_EQ(before.free_pages, after.free_pages);
	EXPECT_EQ(before.blocks, after.blocks);
	EXPECT_EQ(before.allocs, after.allocs);
	EXPECT_EQ(before.frees, after.frees);
	EXPECT_EQ(before.splits, after.splits);
	EXPECT_EQ(before.merges, after.merges);
	EXPECT(!memcmp(before.free_blocks, after.free_blocks,
		       sizeof(before.free_blocks)));
}

/* Again and again to the brim, by several clients, and nothing gets lost. */
TEST(failure, recovery)
{
	int fd[3] = { client_open(), client_open(), client_open() };
	struct blocks blocks = {};
	__u64 size = pool.max_size;
	unsigned int i;

	for (i = 0; i < 12; i++) {
		EXPECT_EQ(pages(pool.pages),
			  blocks_fill(fd[i % 3], &blocks, size));
		EXPECT_ERR(-ENOMEM, try_alloc(fd[(i + 1) % 3], 1, 0, 0, NULL));
		blocks_free(fd[i % 3], &blocks);
		EXPECT_EQ(pool.pages, stat_read(fd[0]).free_pages);
		/* Enough blocks: of a large pool, smaller ones would take long. */
		if (size > pages(4) && pages(pool.pages) / size < BLOCKS_SMALL)
			size /= 4;
		while (size & (size - 1))
			size &= size - 1;
	}
}
