// SPDX-License-Identifier: GPL-2.0
/*
 * RESIZE: in place, by a move, or not at all
 */
#include "harness.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "pattern.h"
#include "pool.h"

#define EXACT BUDDYPOOL_RESIZE_EXACT
#define NO_MOVE BUDDYPOOL_RESIZE_NO_MOVE

/* A block of @n pages that cannot grow in place: its buddy is taken. */
static struct buddypool_alloc hemmed_in(int fd, __u64 n)
{
	struct buddypool_alloc a;

	need_size(pages(2 * n));
	need_pages(8 * n);
	a = block_alloc_as(fd, pages(n), pages(2 * n), 0);
	blocks_neighbour(fd, block_query(fd, a.handle).position + pages(n),
			 pages(n));
	return a;
}

TEST(resize, shrink)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_resize r;
	__u64 position;

	need_size(pages(16));
	a = block_alloc(fd, pages(16));
	position = block_query(fd, a.handle).position;
	r = block_resize(fd, a.handle, pages(4) - 5);
	EXPECT_EQ(pages(4), r.usable);
	EXPECT_EQ(0, r.moved);
	EXPECT_EQ(0, r.reserved);
	EXPECT_EQ(BUDDYPOOL_FAILURE_NONE, r.failure.reason);
	EXPECT_EQ(pages(4) - 5, block_query(fd, a.handle).size);
	EXPECT_EQ(pages(4), block_query(fd, a.handle).usable);
	EXPECT_EQ(position, block_query(fd, a.handle).position);
	EXPECT_EQ(a.offset, block_query(fd, a.handle).offset);
	EXPECT_EQ(pool.pages - 4, stat_read(fd).free_pages);
}

/* Shrinking needs nobody's leave, even where nothing may move. */
TEST(resize, shrink_no_move)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct blocks rest = {};

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	blocks_fill_small(fd, &rest, pool.page_size);
	EXPECT_ERR(0, try_resize(fd, a.handle, 1, NO_MOVE, NULL));
	EXPECT_EQ(7, stat_read(fd).free_pages);
}

TEST(resize, shrink_exact)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_resize r;
	__u64 n;

	need_size(pages(16));
	a = block_alloc(fd, pages(16));
	for (n = 15; n; n--) {
		ASSERT_ERR(0, try_resize(fd, a.handle, pages(n), EXACT, &r));
		EXPECT_EQ(pages(n), r.usable);
		EXPECT_EQ(0, r.moved);
		EXPECT_EQ(pool.pages - n, stat_read(fd).free_pages);
	}
}

TEST(resize, same)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 100);
	struct buddypool_resize r;

	ASSERT_ERR(0, try_resize(fd, a.handle, 100, NO_MOVE, &r));
	EXPECT_EQ(pages(1), r.usable);
	EXPECT_EQ(0, r.moved);
	/* Another size, but the same pages. */
	ASSERT_ERR(0, try_resize(fd, a.handle, 200, NO_MOVE, &r));
	EXPECT_EQ(pages(1), r.usable);
	EXPECT_EQ(200, block_query(fd, a.handle).size);
}

TEST(resize, grow)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_resize r;
	struct buddypool_query q;

	need_size(pages(8));
	a = block_alloc_as(fd, pages(2), pages(8), 0);
	ASSERT_ERR(0, try_resize(fd, a.handle, pages(8), NO_MOVE, &r));
	EXPECT_EQ(pages(8), r.usable);
	EXPECT_EQ(0, r.moved);
	q = block_query(fd, a.handle);
	EXPECT_EQ(pages(8), q.size);
	EXPECT_EQ(pages(8), q.align);
	EXPECT_EQ(a.offset, q.offset);
	EXPECT_EQ(pool.pages - 8, stat_read(fd).free_pages);
	block_free(fd, a.handle);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

TEST(resize, grow_exact)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_resize r;
	__u64 n;

	need_size(pages(16));
	a = block_alloc_as(fd, pages(1), pages(16), 0);
	for (n = 2; n <= 16; n++) {
		ASSERT_ERR(0, try_resize(fd, a.handle, pages(n),
					 EXACT | NO_MOVE, &r));
		EXPECT_EQ(pages(n), r.usable);
		EXPECT_EQ(0, r.moved);
		EXPECT_EQ(pool.pages - n, stat_read(fd).free_pages);
	}
}

/*
 * A move keeps every page, the handle and the offset. Threat 16: a mapping that
 * is gone is not looked for.
 */
TEST(resize, move_keeps_contents)
{
	int fd = client_open();
	__u64 n = pool.max_size >= pages(128) && pool.pages >= 512 ? 64 : 4;
	struct buddypool_alloc a = hemmed_in(fd, n);
	struct buddypool_query before = block_query(fd, a.handle), after;
	struct buddypool_resize r;
	char *p = block_map(fd, a.offset, a.usable);

	pattern_fill(p, a.usable, 1);
	unmap(p, a.usable);
	r = block_resize(fd, a.handle, pages(2 * n));
	EXPECT_EQ(1, r.moved);
	EXPECT_EQ(pages(2 * n), r.usable);
	after = block_query(fd, a.handle);
	EXPECT(before.position != after.position);
	EXPECT_EQ(before.offset, after.offset);
	EXPECT_EQ(before.align, after.align);
	EXPECT_EQ(0, after.position % pages(2 * n));
	p = block_map(fd, a.offset, r.usable);
	EXPECT(pattern_holds(p, a.usable, 1));
	EXPECT(pattern_is_zero(p + a.usable, r.usable - a.usable));
	unmap(p, r.usable);
}

/* The place next to it would do for the size, but not for the alignment. */
TEST(resize, move_keeps_alignment)
{
	int fd = client_open();
	struct buddypool_alloc a;

	need_pages(64);
	if (pool.max_align < pages(16))
		test_skip("the pool aligns to %llu bytes", pool.max_align);
	a = block_alloc_as(fd, pages(1), pages(16), 0);
	blocks_neighbour(fd, block_query(fd, a.handle).position + pages(1),
			 pages(1));
	EXPECT_EQ(1, block_resize(fd, a.handle, pages(2)).moved);
	EXPECT_EQ(0, block_query(fd, a.handle).position % pages(16));
	EXPECT_EQ(pages(16), block_query(fd, a.handle).align);
}

/* Pages that nobody ever touched read as zero after a move, too (threat 18). */
TEST(resize, move_untouched)
{
	int painter = client_open(), fd = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;
	struct buddypool_resize r;
	char *p;

	need_size(pages(16));
	need_pages(64);
	if (pages(pool.pages) > 256ULL << 20)
		test_skip("the pool is too large to be filled");
	blocks_fill(painter, &blocks, pool.max_size);
	blocks_paint(painter, &blocks, 0xaa);
	blocks_free(painter, &blocks);

	a = hemmed_in(fd, 8);
	p = block_map(fd, a.offset, a.usable);
	p[pages(3)] = 1;
	r = block_resize(fd, a.handle, pages(16));
	EXPECT_EQ(1, r.moved);
	EXPECT_EQ(1, p[pages(3)]);
	p[pages(3)] = 0;
	EXPECT(pattern_is_zero(p, a.usable));
	unmap(p, a.usable);
	p = block_map(fd, a.offset, r.usable);
	EXPECT(pattern_is_zero(p, r.usable));
	unmap(p, r.usable);
}

TEST(resize, move_refused)
{
	int fd = client_open();
	struct buddypool_alloc a = hemmed_in(fd, 2);
	struct buddypool_query before = block_query(fd, a.handle), after;
	struct buddypool_stat stat = stat_read(fd);
	struct buddypool_resize r;

	EXPECT_ERR(-ENOMEM, try_resize(fd, a.handle, pages(4), NO_MOVE, &r));
	EXPECT_EQ(BUDDYPOOL_FAILURE_NO_MOVE, r.failure.reason);
	EXPECT_EQ(pages(stat.free_pages), r.failure.free);
	EXPECT_EQ(stat.largest, r.failure.largest);
	after = block_query(fd, a.handle);
	EXPECT(!memcmp(&before, &after, sizeof(before)));
	EXPECT_EQ(stat.free_pages, stat_read(fd).free_pages);
	EXPECT_EQ(stat.alloc_failures + 1, stat_read(fd).alloc_failures);
}

/* Where even a move does not help, all stays as it is. */
static void expect_intact(int fd, const struct buddypool_alloc *a, __u64 size,
			  int want, __u32 reason)
{
	char *p = block_map(fd, a->offset, a->usable);
	struct buddypool_query before = block_query(fd, a->handle), after;
	__u64 free_pages = stat_read(fd).free_pages;
	struct buddypool_resize r;

	pattern_fill(p, a->usable, 2);
	EXPECT_ERR(want, try_resize(fd, a->handle, size, 0, &r));
	EXPECT_EQ(reason, r.failure.reason);
	EXPECT_EQ(pages(free_pages), r.failure.free);
	after = block_query(fd, a->handle);
	EXPECT(!memcmp(&before, &after, sizeof(before)));
	EXPECT_EQ(free_pages, stat_read(fd).free_pages);
	EXPECT(pattern_holds(p, a->usable, 2));
	unmap(p, a->usable);
}

TEST(resize, full)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct blocks rest = {};

	need_size(pages(8));
	a = block_alloc(fd, pages(4));
	blocks_fill(fd, &rest, pool.max_size);
	expect_intact(fd, &a, pages(8), -ENOMEM, BUDDYPOOL_FAILURE_FULL);
}

TEST(resize, too_large)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	expect_intact(fd, &a, pool.max_size + 1, -EFBIG,
		      BUDDYPOOL_FAILURE_TOO_LARGE);
}

TEST(resize, fragmented)
{
	int fd = client_open();
	struct blocks all = {};
	struct buddypool_alloc a;
	unsigned int i, left = 16;

	need_size(pages(4));
	need_pages(64);
	a = block_alloc(fd, pages(2));
	blocks_fill_small(fd, &all, pool.page_size);
	for (i = 0; i < all.n && left; i++) {
		struct buddypool_query q = block_query(fd, all.v[i].handle);

		if (q.position % pages(2) ||
		    q.position / pages(4) ==
			    block_query(fd, a.handle).position / pages(4))
			continue;
		block_free(fd, all.v[i].handle);
		left--;
	}
	expect_intact(fd, &a, pages(4), -ENOMEM, BUDDYPOOL_FAILURE_FRAGMENTED);
}

/* A block of the whole pool: up, down and up, nothing is ever lost. */
TEST(resize, ladder)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct buddypool_resize r;
	__u64 size;

	for (size = 1; size <= pool.max_size; size *= 2) {
		r = block_resize(fd, a.handle, size);
		EXPECT(r.usable >= size);
		EXPECT_EQ(pool.pages - r.usable / pool.page_size,
			  stat_read(fd).free_pages);
	}
	for (size /= 2; size; size /= 2) {
		r = block_resize(fd, a.handle, size);
		EXPECT_EQ(0, r.moved);
	}
	EXPECT_EQ(pool.pages - 1, stat_read(fd).free_pages);
	block_free(fd, a.handle);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

TEST(resize, no_such_handle)
{
	int fd = client_open();

	EXPECT_ERR(-ENOENT, try_resize(fd, 0, 1, 0, NULL));
	EXPECT_ERR(-ENOENT, try_resize(fd, 1, 1, 0, NULL));
	EXPECT_ERR(-ENOENT, try_resize(fd, 0xffffffff, 1, 0, NULL));
}
