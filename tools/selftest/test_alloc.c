// SPDX-License-Identifier: GPL-2.0
/*
 * ALLOC where it succeeds: what comes, where it lies, what is split for it
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blocks.h"
#include "picture.h"
#include "pool.h"
#include "rng.h"
#include "ticks.h"

static __u64 round_up(__u64 size)
{
	return pages((size + pool.page_size - 1) / pool.page_size);
}

static void check_block(int fd, const struct buddypool_alloc *a, __u64 usable)
{
	struct buddypool_query q = block_query(fd, a->handle);

	EXPECT(a->handle != 0);
	EXPECT_EQ(usable, a->usable);
	EXPECT_EQ(0, a->offset % pool.page_size);
	EXPECT_EQ(a->size, q.size);
	EXPECT_EQ(a->align, q.align);
	EXPECT_EQ(a->usable, q.usable);
	EXPECT_EQ(a->offset, q.offset);
	EXPECT_EQ(0, q.mappings);
	EXPECT_EQ(0, q.flags);
	EXPECT_EQ(0, q.reserved);
	EXPECT_EQ(0, q.position % pool.page_size);
	EXPECT(q.position + q.usable <= pages(pool.pages));
}

/* Sizes around every power of two; the arguments are still in the structure. */
TEST(alloc, sizes)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 size, power;
	int d;

	for (power = 1; power <= pool.max_size; power *= 2) {
		for (d = -1; d <= 1; d++) {
			size = power + d;
			if (!size || size > pool.max_size)
				continue;
			a = block_alloc(fd, size);
			EXPECT_EQ(size, a.size);
			EXPECT_EQ(0, a.flags);
			check_block(fd, &a, pages(1ULL << order_of(size)));
			block_free(fd, a.handle);
		}
	}
	EXPECT_EQ(0, stat_read(fd).blocks);
}

TEST(alloc, exact_sizes)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 n, free_pages;

	for (n = 1; pages(n) <= pool.max_size; n += n < 40 ? 1 : 1 + n / 3) {
		free_pages = stat_read(fd).free_pages;
		a = block_alloc_as(fd, pages(n) - 1, 0, BUDDYPOOL_ALLOC_EXACT);
		check_block(fd, &a, pages(n));
		EXPECT_EQ(free_pages - n, stat_read(fd).free_pages);
		block_free(fd, a.handle);
		EXPECT_EQ(free_pages, stat_read(fd).free_pages);
	}
}

TEST(alloc, exact_rounds_to_pages)
{
	static const __u64 sizes[] = { 1, 2, 4095, 4096, 4097, 8191, 10000 };
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned int i;

	need_size(16384);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		a = block_alloc_as(fd, sizes[i], 0, BUDDYPOOL_ALLOC_EXACT);
		check_block(fd, &a, round_up(sizes[i]));
		block_free(fd, a.handle);
	}
}

/* A block of 2^k pages lies on a multiple of its size, as in any buddy system. */
TEST(alloc, natural_alignment)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 size;

	for (size = pages(1); size <= pool.max_size; size *= 2) {
		if (try_alloc(fd, size, 0, 0, &a))
			break;
		EXPECT_EQ(0, block_query(fd, a.handle).position % size);
	}
}

TEST(alloc, alignment)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 align;
	int ret;

	need_pages(16);
	if (pool.max_align < pages(2))
		test_skip("the pool aligns to pages only");
	/* So that the start of the pool, aligned to all, is taken. */
	block_alloc(fd, 1);
	for (align = 1; align && align <= pool.max_align; align *= 2) {
		ret = try_alloc(fd, 1, align, 0, &a);
		if (ret == -ENOMEM)
			break;
		ASSERT_ERR(0, ret);
		check_block(fd, &a, pages(1));
		EXPECT_EQ(0, block_query(fd, a.handle).position % align);
	}
	EXPECT(align > pool.page_size);
}

TEST(alloc, max_alignment)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc_as(fd, 1, pool.max_align, 0);

	EXPECT_EQ(0, block_query(fd, a.handle).position % pool.max_align);
	EXPECT_EQ(pages(1), a.usable);
	EXPECT_EQ(pool.pages - 1, stat_read(fd).free_pages);
}

TEST(alloc, exact_and_aligned)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_query q;

	need_size(pages(8));
	need_pages(64);
	block_alloc(fd, 1);
	a = block_alloc_as(fd, pages(3), pages(8), BUDDYPOOL_ALLOC_EXACT);
	q = block_query(fd, a.handle);
	EXPECT_EQ(pages(3), a.usable);
	EXPECT_EQ(0, q.position % pages(8));
	EXPECT_EQ(pages(8), q.align);
	EXPECT_EQ(pool.pages - 4, stat_read(fd).free_pages);
}

TEST(alloc, max_size)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, pool.max_size);

	EXPECT(a.usable >= pool.max_size);
	block_free(fd, a.handle);
	a = block_alloc_as(fd, pool.max_size, 0, BUDDYPOOL_ALLOC_EXACT);
	EXPECT_EQ(pool.max_size, a.usable);
}

/* Handles are never 0, never twice the same, and not used again at once. */
TEST(alloc, handles)
{
	int fd = client_open();
	struct buddypool_alloc a, b, c;

	need_pages(2);
	a = block_alloc(fd, 1);
	b = block_alloc(fd, 1);
	EXPECT(a.handle && b.handle && a.handle != b.handle);
	EXPECT(a.offset != b.offset);
	block_free(fd, b.handle);
	c = block_alloc(fd, 1);
	EXPECT(c.handle != a.handle && c.handle != b.handle);
}

/* The windows of two blocks in the offset space do not overlap. */
TEST(alloc, offsets_apart)
{
	int fd = client_open();
	struct blocks blocks = {};
	const struct block *a, *b;
	size_t i, j;

	blocks_fill(fd, &blocks, pool.max_size);
	if (blocks.n > 200)
		blocks.n = 200;
	for (i = 0; i < blocks.n; i++) {
		for (j = 0; j < i; j++) {
			a = &blocks.v[i];
			b = &blocks.v[j];
			ASSERT(a->offset + a->usable <= b->offset ||
			       b->offset + b->usable <= a->offset);
		}
		/* What mmap() takes on 32 bits: 32 bits of pages. */
		ASSERT(blocks.v[i].offset / pool.page_size <= 0xffffffff);
	}
}

/*
 * 16 KiB out of 256 KiB, or out of whatever free block the pool takes for it:
 * each half that is split off is free at its order, and nothing else is.
 */
TEST(alloc, splitting)
{
	int fd = client_open();
	struct buddypool_stat before = stat_read(fd), after;
	unsigned int k, from, order = order_of(16384);
	struct buddypool_alloc a;

	need_size(16384);
	a = block_alloc(fd, 16384);
	after = stat_read(fd);
	for (from = order; from < pool.max_order; from++)
		if (after.free_blocks[from] < before.free_blocks[from])
			break;
	for (k = 0; k <= pool.max_order; k++)
		EXPECT_EQ(before.free_blocks[k] + (k >= order && k < from) -
				  (k == from),
			  after.free_blocks[k]);
	EXPECT_EQ(before.free_pages - (1 << order), after.free_pages);
	EXPECT_EQ(before.splits + (from - order), after.splits);
	block_free(fd, a.handle);
	after = stat_read(fd);
	EXPECT(!memcmp(before.free_blocks, after.free_blocks,
		       sizeof(before.free_blocks)));
	EXPECT_EQ(before.merges + (from - order), after.merges);
}

/* Every step of a random history is the one that the buddy rule asks for. */
TEST(alloc, buddy_rule)
{
	int fd = client_open();
	struct budget budget = budget_start(400, 400);
	struct rng rng = rng_start(0);
	struct model model, now;
	struct blocks blocks = {};

	model_take(fd, &model);
	while (budget_next(&budget)) {
		unsigned int order = rng_below(&rng, pool.max_order + 1);
		struct buddypool_alloc a;
		struct block *b;

		if (blocks.n && rng_below(&rng, 5) < 2) {
			b = &blocks.v[rng_below(&rng, blocks.n)];
			model_free(&model,
				   block_query(fd, b->handle).position /
					   pool.page_size,
				   order_of(b->usable));
			block_free(fd, b->handle);
			*b = blocks.v[--blocks.n];
		} else if (!try_alloc(fd, pages(1ULL << order), 0, 0, &a)) {
			ASSERT(model_alloc(&model,
					   block_query(fd, a.handle).position /
						   pool.page_size,
					   order));
			blocks_add(&blocks, a.handle, a.usable, a.offset);
		}
		model_take(fd, &now);
		ASSERT(model_same(&model, &now));
		model_drop(&now);
	}
	budget_note(&budget, "random steps as the buddy rule asks for");
	model_drop(&model);
	blocks_free(fd, &blocks);
}

/* Threat 23: never less than asked for, however fragmented the pool is. */
TEST(alloc, never_less)
{
	int fd = client_open();
	struct budget budget = budget_start(4000, 400);
	struct rng rng = rng_start(0);
	struct blocks blocks = {};
	__u64 taken = 0;

	while (budget_next(&budget)) {
		__u64 size = 1 + rng_below(&rng, pool.max_size) /
					 (1 + rng_below(&rng, 64));
		__u32 exact = rng_below(&rng, 2);
		struct buddypool_alloc a;
		struct block *b;
		int ret = try_alloc(fd, size, 0, exact, &a);

		if (!ret) {
			ASSERT(a.usable >= size);
			taken += a.usable;
			blocks_add(&blocks, a.handle, a.usable, a.offset);
		} else {
			ASSERT_ERR(-ENOMEM, ret);
			ASSERT(blocks.n);
			b = &blocks.v[rng_below(&rng, blocks.n)];
			taken -= b->usable;
			block_free(fd, b->handle);
			*b = blocks.v[--blocks.n];
		}
		ASSERT_EQ(pages(pool.pages) - taken,
			  pages(stat_read(fd).free_pages));
	}
	budget_note(&budget, "random sizes");
	blocks_free(fd, &blocks);
}

TEST(alloc, thousand)
{
	int fd = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;
	__u64 n = pool.pages < 1000 ? pool.pages : 1000;
	size_t i;

	for (i = 0; i < n; i++) {
		a = block_alloc(fd, 1);
		blocks_add(&blocks, a.handle, a.usable, a.offset);
	}
	EXPECT_EQ(n, stat_read(fd).blocks);
	for (i = 0; i < n; i++) {
		struct buddypool_query q = block_query(fd, blocks.v[i].handle);

		ASSERT_EQ(blocks.v[i].offset, q.offset);
		ASSERT_EQ(1, q.size);
	}
	blocks_free(fd, &blocks);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}
