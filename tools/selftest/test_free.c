// SPDX-License-Identifier: GPL-2.0
/*
 * FREE, and what it has to refuse
 */
#include "harness.h"

#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"

#define SIZED BUDDYPOOL_FREE_SIZED
#define ALIGNED BUDDYPOOL_FREE_ALIGNED

TEST(free, twice)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	EXPECT_ERR(0, try_free(fd, a.handle));
	EXPECT_ERR(-ENOENT, try_free(fd, a.handle));
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

TEST(free, never_allocated)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	EXPECT_ERR(-ENOENT, try_free(fd, 0));
	EXPECT_ERR(-ENOENT, try_free(fd, a.handle + 1));
	EXPECT_ERR(-ENOENT, try_free(fd, a.handle ^ (1U << 31)));
	EXPECT_ERR(-ENOENT, try_free(fd, 0x7fffffff));
	EXPECT_ERR(-ENOENT, try_free(fd, 0x80000000));
	EXPECT_ERR(-ENOENT, try_free(fd, 0xffffffff));
	EXPECT_EQ(1, stat_read(fd).blocks);
}

/* A handle is gone for all that could use it. */
TEST(free, gone)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	block_free(fd, a.handle);
	EXPECT_ERR(-ENOENT, try_query(fd, a.handle, NULL));
	EXPECT_ERR(-ENOENT, try_resize(fd, a.handle, 1, 0, NULL));
	EXPECT_ERR(-EINVAL,
		   try_map(fd, a.offset, a.usable, RW, MAP_SHARED, NULL));
}

/* A handle is good on its own open file only, though many share its number. */
TEST(free, other_client)
{
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	EXPECT_ERR(-ENOENT, try_free(other, a.handle));
	EXPECT_ERR(-ENOENT, try_query(other, a.handle, NULL));
	EXPECT_ERR(-ENOENT, try_resize(other, a.handle, 1, 0, NULL));
	EXPECT_EQ(1, block_query(fd, a.handle).size);
	block_free(fd, a.handle);
}

TEST(free, sized)
{
	int fd = client_open();
	struct buddypool_alloc a;

	need_size(8192);
	a = block_alloc(fd, 5000);
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, SIZED, 4999, 0));
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, SIZED, 5001, 0));
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, SIZED, a.usable, 0));
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, SIZED, 0, 0));
	EXPECT_ERR(-EINVAL,
		   try_free_as(fd, a.handle, SIZED, (1ULL << 32) + 5000, 0));
	EXPECT_EQ(5000, block_query(fd, a.handle).size);
	EXPECT_ERR(0, try_free_as(fd, a.handle, SIZED, 5000, 0));
	EXPECT_ERR(-ENOENT, try_free_as(fd, a.handle, SIZED, 5000, 0));
}

TEST(free, sized_after_resize)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 3000);

	block_resize(fd, a.handle, 2000);
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, SIZED, 3000, 0));
	EXPECT_ERR(0, try_free_as(fd, a.handle, SIZED, 2000, 0));
}

TEST(free, aligned)
{
	int fd = client_open();
	__u64 align = pool.max_align;
	struct buddypool_alloc a = block_alloc_as(fd, 1, align, 0);

	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, ALIGNED, 0, 0));
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, ALIGNED, 0, 2 * align));
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, ALIGNED, 0, align / 2));
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, ALIGNED, 0, 3));
	EXPECT_ERR(0, try_free_as(fd, a.handle, ALIGNED, 0, align));
}

/* "as it was given to ALLOC": 0 and 1 ask for the same, but are not the same */
TEST(free, aligned_by_none)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, ALIGNED, 0, 1));
	EXPECT_ERR(-EINVAL,
		   try_free_as(fd, a.handle, ALIGNED, 0, pool.page_size));
	EXPECT_ERR(0, try_free_as(fd, a.handle, ALIGNED, 0, 0));
}

TEST(free, sized_and_aligned)
{
	int fd = client_open();
	__u64 align = pool.page_size;
	struct buddypool_alloc a = block_alloc_as(fd, 100, align, 0);

	EXPECT_ERR(-EINVAL,
		   try_free_as(fd, a.handle, SIZED | ALIGNED, 100, 2 * align));
	EXPECT_ERR(-EINVAL,
		   try_free_as(fd, a.handle, SIZED | ALIGNED, 101, align));
	EXPECT_ERR(0, try_free_as(fd, a.handle, SIZED | ALIGNED, 100, align));
}

/* A size or an alignment without its flag is a mistake, even the right one. */
TEST(free, field_without_flag)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc_as(fd, 100, pool.page_size, 0);

	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, 0, 100, 0));
	EXPECT_ERR(-EINVAL, try_free_as(fd, a.handle, 0, 0, pool.page_size));
	EXPECT_ERR(-EINVAL,
		   try_free_as(fd, a.handle, ALIGNED, 100, pool.page_size));
	EXPECT_ERR(-EINVAL,
		   try_free_as(fd, a.handle, SIZED, 100, pool.page_size));
	EXPECT_EQ(1, stat_read(fd).blocks);
	block_free(fd, a.handle);
}

/* Exact runs come back whole, in any order. */
TEST(free, exact)
{
	int fd = client_open();
	struct buddypool_alloc a[6];
	unsigned int i;

	need_size(pages(16));
	need_pages(128);
	for (i = 0; i < ARRAY_SIZE(a); i++)
		a[i] = block_alloc_as(fd, pages(3 + 2 * i), 0,
				      BUDDYPOOL_ALLOC_EXACT);
	EXPECT_EQ(pool.pages - (3 + 5 + 7 + 9 + 11 + 13),
		  stat_read(fd).free_pages);
	for (i = 0; i < ARRAY_SIZE(a); i += 2)
		block_free(fd, a[i].handle);
	for (i = 1; i < ARRAY_SIZE(a); i += 2)
		block_free(fd, a[i].handle);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}
