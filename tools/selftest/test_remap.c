// SPDX-License-Identifier: GPL-2.0
/*
 * RESIZE of a block that is mapped
 */
#include "harness.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "pattern.h"
#include "pool.h"
#include "rng.h"
#include "ticks.h"

/* The mapping shows the block at its new place, and is written to there. */
TEST(remap, move)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_resize r;
	char *p, *q;

	need_size(pages(8));
	need_pages(32);
	a = block_alloc_as(fd, pages(4), pages(8), 0);
	blocks_neighbour(fd, block_query(fd, a.handle).position + pages(4),
			 pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	r = block_resize(fd, a.handle, pages(8));
	EXPECT_EQ(1, r.moved);
	EXPECT(pattern_holds(p, a.usable, 1));
	q = block_map(fd, a.offset, r.usable);
	EXPECT(pattern_holds(q, a.usable, 1));
	EXPECT(pattern_is_zero(q + a.usable, r.usable - a.usable));
	pattern_fill(p, a.usable, 2);
	EXPECT(pattern_holds(q, a.usable, 2));
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
}

/* Where it was, another client may be; the mapping must not show it. */
TEST(remap, old_place)
{
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a;
	struct blocks blocks = {};
	__u64 position;
	char *p;

	need_size(pages(4));
	need_pages(32);
	if (pages(pool.pages) > 256ULL << 20)
		test_skip("the pool is too large to be filled");
	a = block_alloc_as(fd, pages(2), pages(4), 0);
	position = block_query(fd, a.handle).position;
	blocks_neighbour(fd, position + pages(2), pages(2));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	EXPECT_EQ(1, block_resize(fd, a.handle, pages(4)).moved);
	blocks_fill(other, &blocks, pool.max_size);
	blocks_paint(other, &blocks, 0xbb);
	EXPECT(pattern_holds(p, a.usable, 1));
	pattern_fill(p, a.usable, 3);
	blocks_free(other, &blocks);
	EXPECT(pattern_holds(p, a.usable, 3));
}

/* Threat 1: up to the last page all is well, one beyond is none of ours. */
TEST(remap, shrink_raises_sigbus)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned char c;
	unsigned char *p;
	unsigned int i;

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	block_resize(fd, a.handle, pages(2));
	EXPECT(pattern_holds(p, pages(2), 1));
	EXPECT_EQ(0, touch_write(p + pages(2) - 1, 7));
	for (i = 2; i < 8; i++) {
		EXPECT_EQ(SIGBUS, touch_read(p + pages(i), &c));
		EXPECT_EQ(SIGBUS, touch_write(p + pages(i), 1));
		EXPECT_EQ(SIGBUS, touch_read(p + pages(i + 1) - 1, &c));
	}
	EXPECT_EQ(0, touch_read(p, &c));
}

/*
 * Threat 1: the same where the pages beyond were never touched before the
 * shrink.
 */
TEST(remap, shrink_untouched)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	block_resize(fd, a.handle, pages(1));
	EXPECT_EQ(0, touch_write(p + pages(1) - 1, 1));
	EXPECT_EQ(SIGBUS, touch_write(p + pages(1), 1));
	EXPECT_EQ(SIGBUS, touch_write(p + pages(4) - 1, 1));
}

/* What a shrink gives back is not seen again, by whom ever (threat 18). */
TEST(remap, regrow_shows_zeros)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned char *p;

	need_size(pages(8));
	a = block_alloc_as(fd, pages(8), pages(8), 0);
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	block_resize(fd, a.handle, pages(2));
	block_resize(fd, a.handle, pages(8));
	EXPECT(pattern_holds(p, pages(2), 1));
	EXPECT(pattern_is_zero(p + pages(2), pages(6)));
	pattern_fill(p, a.usable, 2);
	EXPECT(pattern_holds(p, a.usable, 2));
}

/* A new mapping goes as far as the block does now. */
TEST(remap, new_limit)
{
	int fd = client_open();
	struct buddypool_alloc a;

	need_size(pages(4));
	a = block_alloc(fd, pages(2));
	EXPECT_ERR(-EINVAL,
		   try_map(fd, a.offset, pages(3), RW, MAP_SHARED, NULL));
	block_resize(fd, a.handle, pages(4));
	EXPECT_ERR(0, try_map(fd, a.offset, pages(4), RW, MAP_SHARED, NULL));
	block_resize(fd, a.handle, pages(1));
	EXPECT_ERR(-EINVAL,
		   try_map(fd, a.offset, pages(2), RW, MAP_SHARED, NULL));
	EXPECT_ERR(-EINVAL, try_map(fd, a.offset + pages(1), pages(1), RW,
				    MAP_SHARED, NULL));
}

/* The pages that a shrink gives back are free at once, though mapped before. */
TEST(remap, shrink_frees)
{
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a;
	struct blocks blocks = {};
	unsigned char *p;

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	p = block_map(fd, a.offset, a.usable);
	memset(p, 0xcc, a.usable);
	block_resize(fd, a.handle, pages(1));
	stat_wait_free(fd, pool.pages - 1);
	EXPECT_EQ(0, stat_read(fd).freed_mapped_pages);
	EXPECT_EQ(pages(pool.pages - 1),
		  blocks_fill(other, &blocks, pool.max_size));
	blocks_free(other, &blocks);
}

/* A block frees what it has when it is freed, not what it once had. */
TEST(remap, resize_then_free)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned char *p;

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	p = block_map(fd, a.offset, a.usable);
	memset(p, 1, a.usable);
	block_resize(fd, a.handle, pages(2));
	block_free(fd, a.handle);
	EXPECT_EQ(1, touch_read(p, NULL) == 0);
	EXPECT_EQ(SIGBUS, touch_read(p + pages(2), NULL));
	EXPECT_EQ(2, stat_read(fd).freed_mapped_pages);
	EXPECT_EQ(pool.pages - 2, stat_read(fd).free_pages);
	unmap(p, a.usable);
	stat_wait_free(fd, pool.pages);
	EXPECT_EQ(0, stat_read(fd).freed_mapped_pages);
}

/* Sizes at random, against a model of the contents. */
TEST(remap, random)
{
	int fd = client_open(), other = client_open();
	struct budget budget = budget_start(400, 500);
	struct rng rng = rng_start(0);
	struct buddypool_alloc a, b;
	struct buddypool_resize r;
	__u64 stamp[64] = {}, n = 64, m, i;
	__u64 *p;
	int ret;

	need_size(pages(64));
	a = block_alloc(fd, pages(64));
	p = block_map(fd, a.offset, a.usable);
	while (budget_next(&budget)) {
		/* Another one, who is in the way now and then. */
		if (!try_alloc(other, pages(1 + rng_below(&rng, 16)), 0, 0,
			       &b) &&
		    rng_below(&rng, 2))
			block_free(other, b.handle);
		i = rng_below(&rng, n);
		stamp[i] = rng_next(&rng);
		p[i * pool.page_size / sizeof(*p)] = stamp[i];
		m = 1 + rng_below(&rng, 64);
		ret = try_resize(fd, a.handle, pages(m), BUDDYPOOL_RESIZE_EXACT,
				 &r);
		if (ret == -ENOMEM) {
			close(other);
			other = client_open();
			continue;
		}
		ASSERT_ERR(0, ret);
		if (m < n)
			memset(stamp + m, 0, (64 - m) * sizeof(*stamp));
		n = m;
		for (i = 0; i < n; i++)
			ASSERT_EQ(stamp[i], p[i * pool.page_size / sizeof(*p)]);
		if (n < 64)
			ASSERT_EQ(SIGBUS,
				  touch_read((char *)p + pages(n), NULL));
	}
	budget_note(&budget, "random sizes of a mapped block");
}
