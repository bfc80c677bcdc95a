// SPDX-License-Identifier: GPL-2.0
/*
 * Pages that something other than a mapping holds on to (threat 31)
 */
#include "harness.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "blocks.h"
#include "pattern.h"
#include "pool.h"
#include "ticks.h"

static struct buddypool_alloc a;
static char *mapped;

/* Allocate and map @n pages with a pattern, and put page @which into a pipe. */
static int pin(int fd, __u64 n, __u64 which)
{
	struct iovec iov;
	int fds[2];

	need_size(pages(2 * n));
	need_pages(16 * n);
	a = block_alloc_as(fd, pages(n), pages(2 * n), 0);
	mapped = block_map(fd, a.offset, a.usable);
	pattern_fill(mapped, a.usable, 1);
	ASSERT_EQ(0, pipe(fds));
	iov = (struct iovec){ mapped + pages(which), pages(1) };
	if (vmsplice(fds[1], &iov, 1, SPLICE_F_NONBLOCK) < 0)
		test_skip("vmsplice: %s", strerror(errno));
	close(fds[1]);
	return fds[0];
}

/* Read the page back out of the pipe: is it still what it was? */
static void drain(int pipe, __u64 which)
{
	char *copy = malloc(pages(1)), *whole = malloc(a.usable);

	ASSERT(copy && whole);
	ASSERT_EQ(pages(1), read(pipe, copy, pages(1)));
	pattern_fill(whole, a.usable, 1);
	EXPECT(!memcmp(copy, whole + pages(which), pages(1)));
	close(pipe);
	free(copy);
	free(whole);
}

/* Another client takes all it can get, and writes to all of it. */
static __u64 others_take_all(void)
{
	struct blocks blocks = {};
	int other = client_open();
	__u64 got;

	got = blocks_fill(other, &blocks, pool.max_size);
	blocks_paint(other, &blocks, 0x77);
	blocks_free(other, &blocks);
	close(other);
	return got;
}

TEST(pin, outlives_free)
{
	struct patience patience = {};
	int fd = client_open();
	int pipe = pin(fd, 4, 2);

	if (pages(pool.pages) > 256ULL << 20)
		test_skip("the pool is too large to be filled");
	block_free(fd, a.handle);
	unmap(mapped, a.usable);
	EXPECT(stat_read(fd).freed_pinned_pages >= 1);
	EXPECT(stat_read(fd).free_pages < pool.pages);
	EXPECT(others_take_all() < pages(pool.pages));
	drain(pipe, 2);
	stat_wait_free(fd, pool.pages);
	/* That they wait no more is counted a moment later, and last. */
	while (stat_read(fd).freed_pinned_pages)
		ASSERT(patience_left(&patience));
	EXPECT_EQ(0, stat_read(fd).blocks);
}

/* The client is gone altogether, the page in the pipe is not. */
TEST(pin, outlives_client)
{
	int fd = client_open(), other = client_open();
	int pipe = pin(fd, 2, 0);

	unmap(mapped, a.usable);
	close(fd);
	EXPECT(stat_read(other).free_pages < pool.pages);
	EXPECT_EQ(1, stat_read(other).clients);
	drain(pipe, 0);
	stat_wait_free(other, pool.pages);
}

/* Memory that somebody waits for is had as soon as it can be. */
TEST(pin, wanted)
{
	int fd = client_open(), other = client_open();
	int pipe = pin(fd, 4, 0);
	struct blocks blocks = {};

	block_free(fd, a.handle);
	unmap(mapped, a.usable);
	blocks_fill(other, &blocks, pool.max_size);
	EXPECT_ERR(-ENOMEM, try_alloc(other, pages(4), 0, 0, NULL));
	drain(pipe, 0);
	usleep(300 * 1000);
	EXPECT_ERR(0, try_alloc(other, pages(4), 0, 0, NULL));
}

/* A pinned page cannot be moved, and cannot be taken away. */
TEST(pin, resize_busy)
{
	int fd = client_open();
	int pipe = pin(fd, 4, 3);
	struct buddypool_query before, after;

	blocks_neighbour(fd, block_query(fd, a.handle).position + pages(4),
			 pages(4));
	before = block_query(fd, a.handle);
	EXPECT_ERR(-EBUSY, try_resize(fd, a.handle, pages(8), 0, NULL));
	EXPECT_ERR(-EBUSY, try_resize(fd, a.handle, pages(2), 0, NULL));
	EXPECT_ERR(-EFBIG,
		   try_resize(fd, a.handle, pool.max_size + 1, 0, NULL));
	after = block_query(fd, a.handle);
	EXPECT(!memcmp(&before, &after, sizeof(before)));
	EXPECT(pattern_holds(mapped, a.usable, 1));
	drain(pipe, 3);
	EXPECT_ERR(0, try_resize(fd, a.handle, pages(8), 0, NULL));
	EXPECT(pattern_holds(mapped, a.usable, 1));
}

/* Where the pinned page neither moves nor goes, there is nothing to refuse. */
TEST(pin, resize_elsewhere)
{
	int fd = client_open();
	int pipe = pin(fd, 4, 0);

	EXPECT_ERR(0, try_resize(fd, a.handle, pages(8), 0, NULL));
	EXPECT_ERR(0, try_resize(fd, a.handle, pages(2), 0, NULL));
	EXPECT(pattern_holds(mapped, pages(2), 1));
	drain(pipe, 0);
}

/* A buffer that is registered with io_uring is held until the ring is closed. */
TEST(pin, io_uring)
{
	int fd = client_open(), ring;
	struct io_uring_params params = {};
	struct iovec iov;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	mapped = block_map(fd, a.offset, a.usable);
	pattern_fill(mapped, a.usable, 1);
	ring = syscall(__NR_io_uring_setup, 1, &params);
	if (ring < 0)
		test_skip("io_uring_setup: %s", strerror(errno));
	iov = (struct iovec){ mapped, a.usable };
	if (syscall(__NR_io_uring_register, ring, IORING_REGISTER_BUFFERS, &iov,
		    1) < 0)
		test_skip("io_uring registers no such buffer: %s",
			  strerror(errno));
	block_free(fd, a.handle);
	unmap(mapped, a.usable);
	EXPECT_EQ(pool.pages - 4, stat_read(fd).free_pages);
	EXPECT_EQ(4, stat_read(fd).freed_pinned_pages);
	close(ring);
	stat_wait_free(fd, pool.pages);
}
