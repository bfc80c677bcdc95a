// SPDX-License-Identifier: GPL-2.0
/*
 * ALLOC_BULK where there are fewer blocks than wanted, or none
 */
#include "harness.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>

#include "blocks.h"
#include "bulk.h"
#include "limits.h"
#include "pool.h"
#include "waiter.h"

#define MANY 200

static __u32 handles[MANY];

static struct buddypool_alloc_bulk ask(__u64 size)
{
	return (struct buddypool_alloc_bulk){
		.size = size,
		.count = MANY,
		.handles = (unsigned long)handles,
	};
}

static void expect_failure(const struct buddypool_alloc_bulk *arg, __u32 reason,
			   __u64 free, __u64 largest)
{
	EXPECT_EQ(reason, arg->failure.reason);
	EXPECT_EQ(0, arg->failure.reserved);
	EXPECT_EQ(free, arg->failure.free);
	EXPECT_EQ(largest, arg->failure.largest);
}

/* As many as there are, and why there are not more. */
TEST(bulk, full)
{
	int fd = client_open();
	__u32 n = pool.pages + 1, *all = malloc(n * sizeof(*all));
	struct buddypool_alloc_bulk arg = {
		.size = 1,
		.count = n,
		.handles = (unsigned long)all,
	};

	ASSERT(all);
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(pool.pages, arg.count);
	EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, arg.failure.reason);
	EXPECT_EQ(0, arg.failure.free);
	EXPECT_EQ(0, stat_read(fd).free_pages);
	arg.count = 1;
	EXPECT_ERR(-ENOMEM, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(0, arg.count);
	EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, arg.failure.reason);
	bulk_free(fd, pool.pages, all);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
	free(all);
}

/* Enough is free, but no block of it is large enough for one more. */
TEST(bulk, fragmented)
{
	struct buddypool_alloc_bulk arg = ask(pages(2));
	int fd = client_open(), keeper = client_open();
	struct blocks blocks = {};
	__u64 free_pages;
	size_t i;

	need_size(pages(2));
	need_pages(16);
	blocks_fill_small(keeper, &blocks, pages(1));
	for (i = 0; i < blocks.n; i++)
		if (block_query(keeper, blocks.v[i].handle).position % pages(2))
			block_free(keeper, blocks.v[i].handle);
	free_pages = stat_read(fd).free_pages;
	ASSERT(free_pages >= 2);
	EXPECT_ERR(-ENOMEM, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(0, arg.count);
	expect_failure(&arg, BUDDYPOOL_FAILURE_FRAGMENTED, pages(free_pages),
		       pages(1));
	EXPECT_EQ(free_pages, stat_read(fd).free_pages);
}

/* Those that ask for many do not get ahead of one who waits. */
TEST(bulk, queued)
{
	struct buddypool_alloc_bulk arg = ask(1);
	int fd = client_open(), keeper = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;
	struct waiter waiter;

	need_size(pages(4));
	a = block_alloc(keeper, pages(4));
	blocks_fill(keeper, &blocks, pool.max_size);
	block_resize(keeper, a.handle, pages(2));
	waiter = waiter_start(client_open(), pages(4), FOREVER);
	EXPECT_ERR(-ENOMEM, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(0, arg.count);
	expect_failure(&arg, BUDDYPOOL_FAILURE_QUEUED, pages(2), pages(2));
	block_free(keeper, a.handle);
	EXPECT_ERR(0, waiter_result(&waiter));
}

static short poll_now(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	ASSERT(poll(&p, 1, 0) >= 0);
	return p.revents;
}

/* Whoever got fewer than he wanted can wait for the others by poll(). */
TEST(bulk, poll)
{
	struct buddypool_alloc_bulk arg = ask(1);
	int fd = client_open(), keeper = client_open();
	struct blocks blocks = {};
	struct buddypool_alloc a;

	need_pages(16);
	block_alloc(fd, 1);
	a = block_alloc(keeper, 1);
	block_alloc(keeper, 1);
	blocks_fill(keeper, &blocks, pool.max_size);
	block_free(keeper, a.handle);
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(1, arg.count);
	EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, arg.failure.reason);
	EXPECT_EQ(0, poll_now(fd));
	block_free(keeper, blocks.v[0].handle);
	EXPECT_EQ(POLLOUT, poll_now(fd));
}

/* Threat 26: no more than the limit allows, and that is told. */
TEST(bulk, limits)
{
	int fd = client_open();
	struct buddypool_alloc_bulk arg = {
		.size = pages(2),
		.count = 100,
		.handles = (unsigned long)handles,
	};

	need_size(pages(2));
	need_pages(2 * MANY);
	ASSERT_ERR(0, try_limit(fd, BUDDYPOOL_LIMIT_BYTES, pages(141), 0, 0));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(70, arg.count);
	EXPECT_EQ(BUDDYPOOL_FAILURE_BYTES, arg.failure.reason);
	EXPECT_EQ(pages(1), arg.failure.free);
	bulk_free(fd, 70, handles);
	ASSERT_ERR(0, try_limit(fd, BUDDYPOOL_LIMIT_HANDLES, 0, 66, 0));
	arg.size = 1;
	arg.count = 100;
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(66, arg.count);
	EXPECT_EQ(BUDDYPOOL_FAILURE_HANDLES, arg.failure.reason);
	EXPECT_ERR(-EDQUOT, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(BUDDYPOOL_FAILURE_HANDLES, arg.failure.reason);
	bulk_free(fd, 66, handles);
}

/* Threat 26: with both limits, the one that is reached first. */
TEST(bulk, both_limits)
{
	const __u32 both = BUDDYPOOL_LIMIT_BYTES | BUDDYPOOL_LIMIT_HANDLES;
	struct buddypool_alloc_bulk arg = ask(pages(2));
	int fd = client_open();

	need_size(pages(8));
	need_pages(2 * MANY);
	ASSERT_ERR(0, try_limit(fd, both, pages(150), 70, 0));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(70, arg.count);
	expect_failure(&arg, BUDDYPOOL_FAILURE_HANDLES, pages(10), 0);
	limit_expect_held(fd, pages(140), 70);
	bulk_free(fd, 4, handles);
	arg = ask(pages(8));
	arg.flags = BUDDYPOOL_ALLOC_EXACT;
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(2, arg.count);
	expect_failure(&arg, BUDDYPOOL_FAILURE_BYTES, pages(2), 0);
	limit_expect_held(fd, pages(148), 68);
}

/* What cannot be had now or ever leaves the state of the pool alone. */
TEST(bulk, too_large)
{
	const __u64 sizes[] = { pool.max_size + 1, 1ULL << 62, LLONG_MAX,
				-2 * (__u64)pool.page_size };
	struct buddypool_alloc_bulk arg;
	int fd = client_open();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		arg = ask(sizes[i]);
		arg.flags = BUDDYPOOL_ALLOC_EXACT;
		EXPECT_ERR(-EFBIG,
			   try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
		EXPECT_EQ(0, arg.count);
		EXPECT_EQ(BUDDYPOOL_FAILURE_TOO_LARGE, arg.failure.reason);
	}
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}
