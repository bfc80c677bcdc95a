// SPDX-License-Identifier: GPL-2.0
/*
 * WALK: the pool block by block
 */
#include "harness.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "picture.h"
#include "pool.h"
#include "rng.h"

/* What WALK tells adds up to what STAT tells, order by order. */
static void compare_with_stat(int fd)
{
	__u64 free_blocks[BUDDYPOOL_NR_ORDERS] = {};
	struct buddypool_stat stat = stat_read(fd);
	__u64 free_pages = 0, heads = 0;
	struct picture picture;
	size_t i;

	picture_take(fd, &picture);
	picture_check(&picture);
	for (i = 0; i < picture.n; i++) {
		const struct buddypool_extent *e = &picture.v[i];

		if (e->state == BUDDYPOOL_EXTENT_FREE) {
			free_blocks[e->order]++;
			free_pages += 1ULL << e->order;
		} else if (!(e->flags & BUDDYPOOL_EXTENT_CONT)) {
			heads++;
		}
	}
	EXPECT(!memcmp(free_blocks, stat.free_blocks, sizeof(free_blocks)));
	EXPECT_EQ(stat.free_pages, free_pages);
	EXPECT_EQ(stat.blocks, heads);
	picture_drop(&picture);
}

TEST(walk, fresh)
{
	int fd = client_open();
	struct picture picture;
	size_t i;

	compare_with_stat(fd);
	picture_take(fd, &picture);
	for (i = 0; i < picture.n; i++)
		EXPECT_EQ(BUDDYPOOL_EXTENT_FREE, picture.v[i].state);
	/* Nothing that could be merged is left apart. */
	for (i = 1; i < picture.n; i++) {
		const struct buddypool_extent *e = &picture.v[i];

		EXPECT(e[-1].order == pool.max_order ||
		       e[-1].order != e->order ||
		       e[-1].page != (e->page ^ (1U << e->order)));
	}
	picture_drop(&picture);
}

TEST(walk, agrees_with_stat)
{
	int fd = client_open();
	struct rng rng = rng_start(0);
	struct buddypool_alloc a;
	struct blocks blocks = {};
	unsigned int i;
	size_t at;

	for (i = 0; i < 60; i++) {
		if (!try_alloc(fd, 1 + rng_below(&rng, pool.max_size / 4 + 1),
			       0, rng_below(&rng, 2), &a))
			blocks_add(&blocks, a.handle, a.usable, a.offset);
		if (blocks.n && !rng_below(&rng, 3)) {
			at = rng_below(&rng, blocks.n);
			block_free(fd, blocks.v[at].handle);
			blocks.v[at] = blocks.v[--blocks.n];
		}
		if (i % 10 == 9)
			compare_with_stat(fd);
	}
	blocks_free(fd, &blocks);
	compare_with_stat(fd);
}

/* More extents than the kernel tells under one lock hold. */
TEST(walk, full_of_pages)
{
	int fd = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;
	unsigned int i;

	for (i = 0; i < 500 && !try_alloc(fd, 1, 0, 0, &a); i++)
		blocks_add(&blocks, a.handle, a.usable, a.offset);
	compare_with_stat(fd);
	for (i = 0; i < blocks.n; i += 2)
		block_free(fd, blocks.v[i].handle);
	compare_with_stat(fd);
}

/* One allocation of 11 pages: 8 + 2 + 1, one after the other. */
TEST(walk, exact)
{
	int fd = client_open();
	struct picture picture;
	struct buddypool_alloc a;
	__u64 page, n = 0;
	size_t i;

	need_size(pages(11));
	a = block_alloc_as(fd, pages(11), 0, BUDDYPOOL_ALLOC_EXACT);
	page = block_query(fd, a.handle).position / pool.page_size;
	picture_take(fd, &picture);
	picture_check(&picture);
	for (i = 0; i < picture.n; i++) {
		const struct buddypool_extent *e = &picture.v[i];

		if (e->state != BUDDYPOOL_EXTENT_ALLOCATED)
			continue;
		EXPECT_EQ(page + n, e->page);
		EXPECT_EQ(n ? BUDDYPOOL_EXTENT_CONT : 0, e->flags);
		n += 1ULL << e->order;
	}
	EXPECT_EQ(11, n);
	picture_drop(&picture);
}

/* One by one, and in two arrays of different room: the same picture. */
TEST(walk, any_count)
{
	int fd = client_open();
	struct buddypool_extent extents[3];
	struct buddypool_walk w = {};
	struct picture picture;
	size_t i = 0;

	need_pages(16);
	block_alloc(fd, 1);
	block_alloc(fd, 1);
	picture_take(fd, &picture);
	while (w.start < pool.pages) {
		w.extents = (unsigned long)extents;
		w.count = 1 + i % ARRAY_SIZE(extents);
		ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
		ASSERT(w.count && i + w.count <= picture.n);
		ASSERT(!memcmp(extents, picture.v + i,
			       w.count * sizeof(*extents)));
		i += w.count;
	}
	EXPECT_EQ(picture.n, i);
	picture_drop(&picture);
}

/* Room for more than there can be does no harm, and is not all written to. */
TEST(walk, huge_count)
{
	int fd = client_open();
	struct buddypool_extent extents[80];
	struct buddypool_walk w = { .extents = (unsigned long)extents,
				    .count = 0xffffffff };
	struct picture picture;
	size_t i;

	picture_take(fd, &picture);
	if (picture.n > 64)
		test_skip("the pool at rest has %zu extents", picture.n);
	memset(extents, 0xa5, sizeof(extents));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
	EXPECT_EQ(picture.n, w.count);
	EXPECT_EQ(pool.pages, w.start);
	for (i = picture.n; i < ARRAY_SIZE(extents); i++)
		EXPECT_EQ(0xa5a5a5a5, extents[i].page);
	picture_drop(&picture);
}

/* The array is a second thing to be written, beside the structure. */
TEST(walk, array)
{
	int fd = client_open();
	struct buddypool_walk w = { .count = 4 };
	struct buddypool_extent *p;
	unsigned int i;

	need_pages(8);
	for (i = 0; i < 3; i++)
		block_alloc(fd, 1);
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
	w = (struct buddypool_walk){ .count = 4, .extents = -4096L };
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
	w = (struct buddypool_walk){ .count = 4, .extents = 1ULL << 63 };
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));

	p = mmap(NULL, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(p != MAP_FAILED);
	unmap((char *)p + pages(1), pages(1));
	p += pool.page_size / sizeof(*p) - 2;
	w = (struct buddypool_walk){ .count = 4, .extents = (unsigned long)p };
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
	/* Two have room, and two are enough. */
	w = (struct buddypool_walk){ .count = 2, .extents = (unsigned long)p };
	EXPECT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
	EXPECT_EQ(2, w.count);
}

TEST(walk, start_inside)
{
	int fd = client_open();
	struct buddypool_extent extent;
	struct buddypool_walk w = {};
	struct buddypool_alloc a;
	__u64 page;

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	page = block_query(fd, a.handle).position / pool.page_size;
	for (w.start = page; w.start < page + 8; w.start++) {
		struct buddypool_walk one = w;

		one.extents = (unsigned long)&extent;
		one.count = 1;
		ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &one));
		EXPECT_EQ(1, one.count);
		EXPECT_EQ(page, extent.page);
		EXPECT_EQ(3, extent.order);
		EXPECT_EQ(BUDDYPOOL_EXTENT_ALLOCATED, extent.state);
		EXPECT_EQ(page + 8, one.start);
	}
}

/* At the very end there is nothing to tell: that, or a refusal, will do. */
TEST(walk, start_at_end)
{
	int fd = client_open();
	struct buddypool_extent extent;
	struct buddypool_walk w = { .start = pool.pages,
				    .count = 1,
				    .extents = (unsigned long)&extent };
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w);

	if (ret)
		EXPECT_ERR(-EINVAL, ret);
	else
		EXPECT_EQ(0, w.count);
}

/* The picture has the blocks of all clients, their handles it has not. */
TEST(walk, other_clients)
{
	int fd = client_open(), other = client_open();

	need_pages(2);
	block_alloc(fd, 1);
	block_alloc(other, 1);
	compare_with_stat(fd);
	compare_with_stat(other);
}
