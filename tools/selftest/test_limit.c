// SPDX-License-Identifier: GPL-2.0
/*
 * LIMIT: what a client may hold
 */
#include "harness.h"

#include <string.h>
#include <sys/mman.h>

#include "blocks.h"
#include "limits.h"
#include "pool.h"

#define BYTES BUDDYPOOL_LIMIT_BYTES
#define HANDLES BUDDYPOOL_LIMIT_HANDLES
#define EXACT BUDDYPOOL_ALLOC_EXACT

static void expect_refused(int fd, __u64 size, __u32 reason, __u64 free)
{
	struct buddypool_alloc a;

	EXPECT_ERR(-EDQUOT, try_alloc(fd, size, 0, 0, &a));
	EXPECT_EQ(reason, a.failure.reason);
	EXPECT_EQ(0, a.failure.reserved);
	EXPECT_EQ(free, a.failure.free);
	EXPECT_EQ(0, a.failure.largest);
	EXPECT_EQ(0, a.handle);
}

TEST(limit, none_at_first)
{
	int fd = client_open();
	struct buddypool_limit l = limit_read(fd);

	EXPECT_EQ(NO_LIMIT, l.max_bytes);
	EXPECT_EQ(NO_LIMIT, l.max_handles);
	EXPECT_EQ(NO_LIMIT, l.max_wait);
	EXPECT_EQ(0, l.bytes);
	EXPECT_EQ(0, l.handles);
	EXPECT_EQ(0, l.flags);
	EXPECT_EQ(0, l.reserved);
}

TEST(limit, of_bytes)
{
	int fd = client_open();
	const __u64 failures = stat_read(fd).alloc_failures;
	struct buddypool_alloc a;

	need_size(pages(4));
	need_pages(6);
	limit_bytes(fd, pages(6));
	a = block_alloc(fd, pages(4));
	limit_expect_held(fd, pages(4), 1);
	expect_refused(fd, pages(4), BUDDYPOOL_FAILURE_BYTES, pages(2));
	/* Three pages are four, if it has not to be exact. */
	expect_refused(fd, pages(3), BUDDYPOOL_FAILURE_BYTES, pages(2));
	block_alloc(fd, pages(2));
	limit_expect_held(fd, pages(6), 2);
	expect_refused(fd, 1, BUDDYPOOL_FAILURE_BYTES, 0);
	block_free(fd, a.handle);
	limit_expect_held(fd, pages(2), 1);
	block_alloc(fd, pages(4));
	limit_expect_held(fd, pages(6), 2);
	/* It was not the pool's memory that was wanting. */
	EXPECT_EQ(failures, stat_read(fd).alloc_failures);
}

/* What is charged is what may be used. */
TEST(limit, exact)
{
	int fd = client_open();

	need_size(pages(8));
	limit_bytes(fd, pages(5));
	EXPECT_ERR(-EDQUOT, try_alloc(fd, pages(5), 0, 0, NULL));
	EXPECT_ERR(0, try_alloc(fd, pages(4) + 1, 0, EXACT, NULL));
	limit_expect_held(fd, pages(5), 1);
}

TEST(limit, of_handles)
{
	int fd = client_open();
	struct buddypool_alloc first, a;

	need_pages(8);
	limit_handles(fd, 2);
	first = block_alloc(fd, 1);
	block_alloc(fd, 1);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_HANDLES, a.failure.reason);
	EXPECT_EQ(0, a.failure.largest);
	limit_expect_held(fd, pages(2), 2);
	block_free(fd, first.handle);
	block_alloc(fd, 1);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
}

/* With a limit of bytes too, the failure tells how many those leave. */
TEST(limit, handles_and_bytes)
{
	int fd = client_open();
	struct buddypool_alloc a;

	need_pages(8);
	ASSERT_ERR(0, try_limit(fd, BYTES | HANDLES, pages(4), 1, 0));
	block_alloc(fd, 1);
	expect_refused(fd, 1, BUDDYPOOL_FAILURE_HANDLES, pages(3));
	ASSERT_ERR(0, try_limit(fd, HANDLES, 0, 9, 0));
	EXPECT_EQ(pages(4), limit_read(fd).max_bytes);
	a = block_alloc(fd, 1);
	ASSERT_ERR(0, try_limit(fd, BYTES, pages(2), 0, 0));
	EXPECT_EQ(9, limit_read(fd).max_handles);
	EXPECT_EQ(NO_LIMIT, limit_read(fd).max_wait);
	expect_refused(fd, 1, BUDDYPOOL_FAILURE_BYTES, 0);
	block_free(fd, a.handle);
}

/* Threat 20 */
TEST(limit, nothing_at_all)
{
	int fd = client_open();

	limit_bytes(fd, 0);
	expect_refused(fd, 1, BUDDYPOOL_FAILURE_BYTES, 0);
	EXPECT_EQ(0, limit_read(fd).max_bytes);
	limit_bytes(fd, NO_LIMIT);
	limit_handles(fd, 0);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	EXPECT_EQ(0, limit_read(fd).max_handles);
}

/* Threats 3 and 17: bytes are rounded down to pages, and never wrap round. */
TEST(limit, bytes_are_whole_pages)
{
	static const __u64 huge[] = { ~0ULL - 1, ~0ULL / 2, 1ULL << 63,
				      1ULL << 44, (1ULL << 32) + 1 };
	int fd = client_open();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(huge); i++) {
		limit_bytes(fd, huge[i]);
		EXPECT_EQ(huge[i] & ~(pages(1) - 1), limit_read(fd).max_bytes);
		EXPECT_ERR(0, try_free(fd, block_alloc(fd, 1).handle));
	}
	limit_bytes(fd, pages(2) + 1);
	EXPECT_EQ(pages(2), limit_read(fd).max_bytes);
	limit_bytes(fd, pages(2) - 1);
	EXPECT_EQ(pages(1), limit_read(fd).max_bytes);
	limit_bytes(fd, pages(1) - 1);
	EXPECT_EQ(0, limit_read(fd).max_bytes);
	expect_refused(fd, 1, BUDDYPOOL_FAILURE_BYTES, 0);
}

TEST(limit, resize)
{
	int fd = client_open();
	struct buddypool_query before, after;
	struct buddypool_resize r;
	struct buddypool_alloc a;

	need_size(pages(8));
	need_pages(32);
	limit_bytes(fd, pages(4));
	a = block_alloc(fd, pages(2));
	before = block_query(fd, a.handle);
	EXPECT_ERR(-EDQUOT, try_resize(fd, a.handle, pages(8), 0, &r));
	EXPECT_EQ(BUDDYPOOL_FAILURE_BYTES, r.failure.reason);
	EXPECT_EQ(0, r.failure.reserved);
	EXPECT_EQ(pages(2), r.failure.free);
	EXPECT_EQ(0, r.failure.largest);
	after = block_query(fd, a.handle);
	EXPECT(!memcmp(&before, &after, sizeof(before)));
	limit_expect_held(fd, pages(2), 1);
	block_resize(fd, a.handle, pages(4));
	limit_expect_held(fd, pages(4), 1);
	block_resize(fd, a.handle, pages(1));
	limit_expect_held(fd, pages(1), 1);
	block_alloc(fd, pages(2));
	EXPECT_ERR(-EDQUOT, try_resize(fd, a.handle, pages(4), 0, NULL));
	EXPECT_ERR(-EDQUOT, try_resize(fd, a.handle, pages(4),
				       BUDDYPOOL_RESIZE_NO_MOVE, &r));
	EXPECT_EQ(BUDDYPOOL_FAILURE_BYTES, r.failure.reason);
	/* The handles are no matter of a resize. */
	limit_handles(fd, 0);
	block_resize(fd, a.handle, pages(2));
	limit_expect_held(fd, pages(4), 2);
}

/* A block that moves is charged once, though it is in two places meanwhile. */
TEST(limit, move)
{
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a;

	need_size(pages(8));
	need_pages(32);
	a = block_alloc_as(fd, pages(4), pages(8), 0);
	blocks_neighbour(other, block_query(fd, a.handle).position + pages(4),
			 pages(4));
	limit_bytes(fd, pages(8));
	EXPECT_EQ(1, block_resize(fd, a.handle, pages(8)).moved);
	limit_expect_held(fd, pages(8), 1);
}

TEST(limit, lowered)
{
	int fd = client_open();
	struct buddypool_alloc a, b;

	need_size(pages(4));
	need_pages(8);
	a = block_alloc(fd, pages(4));
	b = block_alloc(fd, pages(4));
	ASSERT_ERR(0, try_limit(fd, BYTES | HANDLES, pages(2), 1, 0));
	limit_expect_held(fd, pages(8), 2);
	EXPECT_ERR(0, try_query(fd, a.handle, NULL));
	*(char *)block_map(fd, b.offset, pages(4)) = 1;
	expect_refused(fd, 1, BUDDYPOOL_FAILURE_HANDLES, 0);
	EXPECT_ERR(-EDQUOT, try_resize(fd, a.handle, pages(8), 0, NULL));
	/* Less is always possible, even if it is still too much. */
	block_resize(fd, a.handle, pages(2));
	limit_expect_held(fd, pages(6), 2);
	EXPECT_ERR(-EDQUOT, try_resize(fd, a.handle, pages(4), 0, NULL));
	block_free(fd, a.handle);
	expect_refused(fd, 1, BUDDYPOOL_FAILURE_HANDLES, 0);
}

/* An allocation that fails, for whatever reason, is not charged. */
TEST(limit, failures_are_free)
{
	int fd = client_open(), keeper = client_open();
	struct blocks rest = {};
	struct buddypool_alloc *arg;

	arg = mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(arg != MAP_FAILED);
	arg->size = 1;
	ASSERT_EQ(0, mprotect(arg, pages(1), PROT_READ));
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, arg));
	EXPECT_ERR(-EFBIG, try_alloc(fd, pool.max_size + 1, 0, 0, NULL));
	EXPECT_ERR(-EINVAL, try_alloc(fd, 1, 3, 0, NULL));
	blocks_fill(keeper, &rest, pool.max_size);
	EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, NULL));
	limit_expect_held(fd, 0, 0);
	blocks_free(keeper, &rest);
}

TEST(limit, failed_resizes_are_free)
{
	int fd = client_open(), keeper = client_open();
	struct buddypool_alloc a;
	struct blocks rest = {};

	need_size(pages(2));
	a = block_alloc(fd, 1);
	blocks_fill(keeper, &rest, pool.max_size);
	EXPECT_ERR(-ENOMEM, try_resize(fd, a.handle, pages(2), 0, NULL));
	EXPECT_ERR(-ENOMEM, try_resize(fd, a.handle, pages(2),
				       BUDDYPOOL_RESIZE_NO_MOVE, NULL));
	EXPECT_ERR(-EFBIG,
		   try_resize(fd, a.handle, pool.max_size + 1, 0, NULL));
	EXPECT_ERR(-EINVAL, try_resize(fd, a.handle, 0, 0, NULL));
	limit_expect_held(fd, pages(1), 1);
}
