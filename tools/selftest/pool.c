// SPDX-License-Identifier: GPL-2.0
/*
 * The device as the tests use it
 */
#include "harness.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"
#include "report.h"
#include "ticks.h"

struct buddypool_info pool;

/**
 * pool_probe() - look whether there is a device, and what its pool is
 *
 * Return: false if there is none that can be used, which has been said then.
 */
bool pool_probe(void)
{
	int fd = open(options.device, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		report_line("1..0 # SKIP %s cannot be opened: %s",
			    options.device, strerror(errno));
		return false;
	}
	if (ioctl(fd, BUDDYPOOL_IOC_INFO, &pool) || !pool.page_size) {
		report_line("1..0 # SKIP %s is no buddypool: %s",
			    options.device, strerror(errno));
		close(fd);
		return false;
	}
	close(fd);
	return true;
}

/**
 * pages() - pages in bytes
 * @n: number of pages
 *
 * Return: their size, in bytes.
 */
__u64 pages(__u64 n)
{
	return n * pool.page_size;
}

/**
 * need_size() - skip the test where no block is as large
 * @bytes: the size that is needed, in bytes
 */
void need_size(__u64 bytes)
{
	if (pool.max_size < bytes)
		test_skip("needs a block of %llu bytes, the largest has %llu",
			  bytes, pool.max_size);
}

/**
 * need_pages() - skip the test in a pool that is too small
 * @n: the size that is needed, in pages
 */
void need_pages(__u64 n)
{
	if (pool.pages < n)
		test_skip("needs a pool of %llu pages, it has %llu", n,
			  pool.pages);
}

/**
 * client_open() - become a client of the pool
 *
 * Return: a descriptor for reading and writing.
 */
int client_open(void)
{
	return client_open_as(O_RDWR);
}

/**
 * client_open_as() - become a client of the pool
 * @flags: as for open(); O_CLOEXEC is added
 *
 * Return: a descriptor.
 */
int client_open_as(int flags)
{
	int fd = open(options.device, flags | O_CLOEXEC);

	ASSERT(fd >= 0);
	return fd;
}

/**
 * try_ioctl() - call ioctl()
 * @fd: the descriptor
 * @command: the command
 * @arg: its argument
 *
 * Return: what ioctl() returned, -1 replaced by the negative errno.
 */
int try_ioctl(int fd, unsigned long command, void *arg)
{
	int ret = ioctl(fd, command, arg);

	return ret == -1 ? -errno : ret;
}

/**
 * try_alloc() - ALLOC
 * @fd: the client
 * @size: in bytes
 * @align: in bytes
 * @flags: BUDDYPOOL_ALLOC_*
 * @alloc: filled in; may be NULL
 *
 * Return: 0 or a negative errno.
 */
int try_alloc(int fd, __u64 size, __u64 align, __u32 flags,
	      struct buddypool_alloc *alloc)
{
	struct buddypool_alloc a = { .size = size,
				     .align = align,
				     .flags = flags };
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a);

	if (alloc)
		*alloc = a;
	return ret;
}

/**
 * try_free_as() - FREE, with every field
 * @fd: the client
 * @handle: the block
 * @flags: BUDDYPOOL_FREE_*
 * @size: in bytes
 * @align: in bytes
 *
 * Return: 0 or a negative errno.
 */
int try_free_as(int fd, __u32 handle, __u32 flags, __u64 size, __u64 align)
{
	struct buddypool_free f = {
		.handle = handle, .flags = flags, .size = size, .align = align
	};

	return try_ioctl(fd, BUDDYPOOL_IOC_FREE, &f);
}

/**
 * try_free() - FREE
 * @fd: the client
 * @handle: the block
 *
 * Return: 0 or a negative errno.
 */
int try_free(int fd, __u32 handle)
{
	return try_free_as(fd, handle, 0, 0, 0);
}

/**
 * try_resize() - RESIZE
 * @fd: the client
 * @handle: the block
 * @size: the new size, in bytes
 * @flags: BUDDYPOOL_RESIZE_*
 * @resize: filled in; may be NULL
 *
 * Return: 0 or a negative errno.
 */
int try_resize(int fd, __u32 handle, __u64 size, __u32 flags,
	       struct buddypool_resize *resize)
{
	struct buddypool_resize r = { .handle = handle,
				      .flags = flags,
				      .size = size };
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_RESIZE, &r);

	if (resize)
		*resize = r;
	return ret;
}

/**
 * try_query() - QUERY
 * @fd: the client
 * @handle: the block
 * @query: filled in; may be NULL
 *
 * Return: 0 or a negative errno.
 */
int try_query(int fd, __u32 handle, struct buddypool_query *query)
{
	struct buddypool_query q = { .handle = handle };
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_QUERY, &q);

	if (query)
		*query = q;
	return ret;
}

/**
 * try_map() - mmap()
 * @fd: the client
 * @offset: in bytes
 * @length: in bytes
 * @prot: PROT_*
 * @flags: MAP_*; with MAP_FIXED, *@addr says where
 * @addr: where it is mapped; may be NULL, then it is unmapped again
 *
 * Return: 0 or a negative errno.
 */
int try_map(int fd, __u64 offset, __u64 length, int prot, int flags,
	    void **addr)
{
	void *at = flags & MAP_FIXED ? *addr : NULL;
	void *p;

	if (length != (size_t)length)
		return -ENOMEM;
	p = mmap(at, length, prot, flags, fd, offset);
	if (p == MAP_FAILED)
		return -errno;
	if (addr)
		*addr = p;
	else
		munmap(p, length);
	return 0;
}

/**
 * block_alloc() - allocate a block
 * @fd: the client
 * @size: in bytes
 *
 * Return: what ALLOC filled in.
 */
struct buddypool_alloc block_alloc(int fd, __u64 size)
{
	return block_alloc_as(fd, size, 0, 0);
}

/**
 * block_alloc_as() - allocate a block
 * @fd: the client
 * @size: in bytes
 * @align: in bytes
 * @flags: BUDDYPOOL_ALLOC_*
 *
 * Return: what ALLOC filled in.
 */
struct buddypool_alloc block_alloc_as(int fd, __u64 size, __u64 align,
				      __u32 flags)
{
	struct buddypool_alloc alloc;

	ASSERT_ERR(0, try_alloc(fd, size, align, flags, &alloc));
	return alloc;
}

/**
 * block_free() - free a block
 * @fd: the client
 * @handle: the block
 */
void block_free(int fd, __u32 handle)
{
	ASSERT_ERR(0, try_free(fd, handle));
}

/**
 * block_query() - ask what a block is
 * @fd: the client
 * @handle: the block
 *
 * Return: what QUERY filled in.
 */
struct buddypool_query block_query(int fd, __u32 handle)
{
	struct buddypool_query query;

	ASSERT_ERR(0, try_query(fd, handle, &query));
	return query;
}

/**
 * block_resize() - resize a block, moving it if need be
 * @fd: the client
 * @handle: the block
 * @size: the new size, in bytes
 *
 * Return: what RESIZE filled in.
 */
struct buddypool_resize block_resize(int fd, __u32 handle, __u64 size)
{
	struct buddypool_resize resize;

	ASSERT_ERR(0, try_resize(fd, handle, size, 0, &resize));
	return resize;
}

/**
 * block_map() - map a block, or a part of it, for reading and writing
 * @fd: the client
 * @offset: in bytes
 * @length: in bytes
 *
 * Return: where.
 */
void *block_map(int fd, __u64 offset, __u64 length)
{
	void *addr = NULL;

	ASSERT_ERR(0, try_map(fd, offset, length, RW, MAP_SHARED, &addr));
	return addr;
}

/**
 * block_map_now() - map a block, or a part of it, with all its pages
 * @fd: the client
 * @offset: in bytes
 * @length: in bytes
 *
 * For tests that go through much memory: a fault for each page takes its time on
 * User Mode Linux.
 *
 * Return: where.
 */
void *block_map_now(int fd, __u64 offset, __u64 length)
{
	void *addr = NULL;

	ASSERT_ERR(0, try_map(fd, offset, length, RW, MAP_SHARED | MAP_POPULATE,
			      &addr));
	return addr;
}

/**
 * unmap() - munmap()
 * @addr: where
 * @length: in bytes
 */
void unmap(void *addr, __u64 length)
{
	ASSERT_EQ(0, munmap(addr, length));
}

/**
 * stat_read() - the state of the pool
 * @fd: the client
 *
 * Return: what STAT filled in.
 */
struct buddypool_stat stat_read(int fd)
{
	struct buddypool_stat stat;

	memset(&stat, 0, sizeof(stat));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_STAT, &stat));
	return stat;
}

/**
 * pool_drain() - have the CPUs give back what they keep
 * @fd: the client
 *
 * What a CPU keeps is free, but cannot be told from what is beside it.
 */
void pool_drain(int fd)
{
	struct buddypool_drain drain = {};

	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_DRAIN, &drain));
}

/**
 * stat_wait_free() - check that as many pages get free, and soon
 * @fd: the client
 * @free_pages: how many
 */
void stat_wait_free(int fd, __u64 free_pages)
{
	struct patience patience = {};

	while (stat_read(fd).free_pages != free_pages &&
	       patience_left(&patience))
		;
	EXPECT_EQ(free_pages, stat_read(fd).free_pages);
}
