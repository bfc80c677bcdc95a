// SPDX-License-Identifier: GPL-2.0
/*
 * EXPORT: a descriptor of a block, and what it is good for
 */
#include "harness.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "blocks.h"
#include "exports.h"
#include "limits.h"
#include "pattern.h"
#include "pool.h"
#include "waiter.h"

#define RDONLY BUDDYPOOL_EXPORT_RDONLY

static struct buddypool_query query_export(int export)
{
	struct buddypool_query q;

	ASSERT_ERR(0, try_query(export, 0, &q));
	return q;
}

TEST(export, maps)
{
	int fd = client_open(), export;
	struct buddypool_alloc a;
	char *p, *q;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	export = block_export(fd, a.handle);
	EXPECT_EQ(1, stat_read(fd).exports);
	EXPECT_EQ(1, stat_read(fd).clients);
	EXPECT_EQ(1, stat_read(fd).blocks);
	q = block_map(export, 0, a.usable);
	EXPECT(pattern_holds(q, a.usable, 1));
	pattern_fill(q, a.usable, 2);
	EXPECT(pattern_holds(p, a.usable, 2));
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
	close(export);
	EXPECT(pattern_holds(q, a.usable, 2));
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
}

/* Not touched before: what it shows is zero, and there for the other. */
TEST(export, first_touch)
{
	int fd = client_open(), export;
	struct buddypool_alloc a = block_alloc(fd, 1);
	void *p, *q;

	export = block_export(fd, a.handle);
	p = block_map(export, 0, pages(1));
	EXPECT(pattern_is_zero(p, pages(1)));
	pattern_fill(p, pages(1), 1);
	q = block_map(fd, a.offset, pages(1));
	EXPECT(pattern_holds(q, pages(1), 1));
}

TEST(export, query)
{
	int fd = client_open(), export;
	struct buddypool_alloc a;
	struct buddypool_query mine, theirs;

	need_size(pages(4));
	a = block_alloc_as(fd, pages(3), pages(2), 0);
	export = block_export(fd, a.handle);
	block_map(export, 0, pages(1));
	mine = block_query(fd, a.handle);
	theirs = query_export(export);
	EXPECT_EQ(1, theirs.mappings);
	/* The same but for how it is called, and mapped, here. */
	EXPECT_EQ(0, theirs.offset);
	theirs.offset = mine.offset;
	theirs.handle = mine.handle;
	EXPECT(!memcmp(&mine, &theirs, sizeof(mine)));
	/* Handles mean nothing here, not even its own. */
	EXPECT_ERR(-EINVAL, try_query(export, a.handle, NULL));
	EXPECT_ERR(-EINVAL, try_query(export, ~0U, NULL));
	theirs = (struct buddypool_query){ .flags = 1 };
	EXPECT_ERR(-EINVAL, try_ioctl(export, BUDDYPOOL_IOC_QUERY, &theirs));
	theirs = (struct buddypool_query){ .reserved = 1 };
	EXPECT_ERR(-EINVAL, try_ioctl(export, BUDDYPOOL_IOC_QUERY, &theirs));
}

/* Whoever has the descriptor reaches this block, and nothing else. */
TEST(export, no_other_command)
{
	static __u64 arg[64];
	int fd = client_open(), export;
	struct buddypool_alloc a = block_alloc(fd, 1);
	unsigned int nr;
	char c = 0;
	int other;

	export = block_export(fd, a.handle);
	for (nr = 0; nr < 256; nr++)
		if (nr != _IOC_NR(BUDDYPOOL_IOC_QUERY))
			EXPECT_ERR(-ENOTTY,
				   try_ioctl(export,
					     _IOC(_IOC_READ | _IOC_WRITE,
						  BUDDYPOOL_IOC_TYPE, nr, 64),
					     arg));
	EXPECT_ERR(-ENOTTY, try_alloc(export, 1, 0, 0, NULL));
	EXPECT_ERR(-ENOTTY, try_free(export, a.handle));
	EXPECT_ERR(-ENOTTY, try_resize(export, a.handle, 1, 0, NULL));
	EXPECT_ERR(-ENOTTY, try_export(export, a.handle, 0, &other));
	EXPECT_ERR(-ENOTTY, try_limit(export, 0, 0, 0, 0));
	EXPECT_EQ(-1, read(export, &c, 1));
	EXPECT_EQ(-1, write(export, &c, 1));
	EXPECT_EQ(-1, ftruncate(export, 0));
	EXPECT_EQ(1, block_query(fd, a.handle).size);
	EXPECT_EQ(1, stat_read(fd).blocks);
}

/* Threats 3, 4 and 5: within the block, from its start on. */
TEST(export, offsets)
{
	int fd = client_open(), export, ret;
	struct buddypool_alloc a;
	unsigned int bit;
	__u64 first, n;

	need_size(pages(8));
	need_pages(24);
	block_alloc(fd, pages(8));
	a = block_alloc_as(fd, pages(5), 0, BUDDYPOOL_ALLOC_EXACT);
	block_alloc(fd, pages(8));
	export = block_export(fd, a.handle);
	for (first = 0; first < 8; first++)
		for (n = 1; n < 9; n++)
			EXPECT_ERR(first + n <= 5 ? 0 : -EINVAL,
				   try_map(export, pages(first), pages(n), RW,
					   MAP_SHARED, NULL));
	for (bit = 15; bit < 64; bit++) {
		ret = try_map(export, 1ULL << bit, pages(1), RW, MAP_SHARED,
			      NULL);
		EXPECT(ret == -EINVAL || ret == -EOVERFLOW);
		ret = try_map(export, -(1ULL << bit), pages(1), RW, MAP_SHARED,
			      NULL);
		EXPECT(ret == -EINVAL || ret == -EOVERFLOW);
	}
	EXPECT_ERR(-EINVAL, try_map(export, 1, pages(1), RW, MAP_SHARED, NULL));
	/* The offset of the device is none of this file. */
	EXPECT_ERR(-EINVAL,
		   try_map(export, a.offset, pages(1), RW, MAP_SHARED, NULL));
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
}

/*
 * Threat 5: each part of the mapping shows the part of the block that was asked
 * for.
 */
TEST(export, parts)
{
	int fd = client_open(), export;
	struct buddypool_alloc a;
	unsigned char *p;
	__u64 i;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, pages(4));
	for (i = 0; i < 4; i++)
		p[pages(i)] = 10 + i;
	export = block_export(fd, a.handle);
	for (i = 0; i < 4; i++) {
		p = block_map(export, pages(i), pages(4 - i));
		EXPECT_EQ(10 + i, p[0]);
		EXPECT_EQ(13, p[pages(3 - i)]);
		unmap(p, pages(4 - i));
	}
}

/* Threat 30 */
TEST(export, private)
{
	int fd = client_open();
	int export = block_export(fd, block_alloc(fd, 1).handle);

	EXPECT_ERR(-EINVAL,
		   try_map(export, 0, pages(1), RW, MAP_PRIVATE, NULL));
	EXPECT_ERR(-EINVAL,
		   try_map(export, 0, pages(1), PROT_READ, MAP_PRIVATE, NULL));
}

/* Threat 14: to be read, for good, by whatever way one comes to it. */
TEST(export, read_only)
{
	int fd = client_open(), export, mem;
	struct buddypool_alloc a = block_alloc(fd, 1);
	char *mine = block_map(fd, a.offset, pages(1));
	char path[40], byte = 9;
	void *p = NULL;

	*mine = 7;
	export = block_export_as(fd, a.handle, RDONLY);
	EXPECT_EQ(O_RDONLY, fcntl(export, F_GETFL) & O_ACCMODE);
	EXPECT_ERR(-EACCES, try_map(export, 0, pages(1), RW, MAP_SHARED, NULL));
	EXPECT_ERR(-EACCES,
		   try_map(export, 0, pages(1), PROT_WRITE, MAP_SHARED, NULL));
	ASSERT_ERR(0, try_map(export, 0, pages(1), PROT_READ, MAP_SHARED, &p));
	EXPECT_EQ(7, *(char *)p);
	EXPECT_EQ(SIGSEGV, touch_write(p, 1));
	EXPECT_EQ(-1, mprotect(p, pages(1), RW));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect(p, pages(1), PROT_WRITE));
	EXPECT_EQ(0, mprotect(p, pages(1), PROT_NONE));
	EXPECT_EQ(-1, mprotect(p, pages(1), RW));
	EXPECT_EQ(0, mprotect(p, pages(1), PROT_READ));

	snprintf(path, sizeof(path), "/proc/self/fd/%d", export);
	EXPECT_EQ(-1, open(path, O_RDWR));
	EXPECT_EQ(-1, open(path, O_WRONLY));
	EXPECT_EQ(0, fcntl(export, F_SETFL, O_RDWR));
	EXPECT_ERR(-EACCES, try_map(export, 0, pages(1), RW, MAP_SHARED, NULL));
	/* A debugger may write to private mappings of what it cannot write. */
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (mem >= 0)
		EXPECT_EQ(-1, pwrite(mem, &byte, 1, (unsigned long)p));
	/* Nor may the kernel write there for us. */
	EXPECT_EQ(-1, pread(open("/dev/zero", O_RDONLY), p, 1, 0));
	EXPECT_EQ(7, *mine);
	*mine = 8;
	EXPECT_EQ(8, *(char *)p);
}

/* A descriptor for reading takes nothing away from the others. */
TEST(export, read_only_and_writable)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	int ro = block_export_as(fd, a.handle, RDONLY);
	int rw = block_export(fd, a.handle);
	void *p = NULL;
	char *q;

	EXPECT_EQ(O_RDWR, fcntl(rw, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(2, stat_read(fd).exports);
	ASSERT_ERR(0, try_map(ro, 0, pages(1), PROT_READ, MAP_SHARED, &p));
	q = block_map(rw, 0, pages(1));
	*q = 5;
	EXPECT_EQ(5, *(char *)p);
	EXPECT_EQ(1, query_export(ro).size);
	EXPECT_EQ(2, query_export(rw).mappings);
}

TEST(export, arguments)
{
	int fd = client_open(), other = client_open(), export;
	int ro = client_open_as(O_RDONLY);
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct buddypool_export e;
	unsigned int bit;

	for (bit = 1; bit < 32; bit++)
		EXPECT_ERR(-EINVAL,
			   try_export(fd, a.handle, 1U << bit, &export));
	for (bit = 0; bit < 32; bit++) {
		e = (struct buddypool_export){ .handle = a.handle,
					       .reserved = 1U << bit };
		EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_EXPORT, &e));
	}
	EXPECT_ERR(-ENOENT, try_export(fd, 0, 0, &export));
	EXPECT_ERR(-ENOENT, try_export(fd, a.handle + 1, 0, &export));
	EXPECT_ERR(-ENOENT, try_export(fd, ~0U, 0, &export));
	EXPECT_ERR(-ENOENT, try_export(other, a.handle, 0, &export));
	/* Threat 15 */
	EXPECT_ERR(-EBADF, try_export(ro, a.handle, 0, &export));
	EXPECT_ERR(-EBADF, try_export(ro, a.handle, RDONLY, &export));
	block_free(fd, a.handle);
	EXPECT_ERR(-ENOENT, try_export(fd, a.handle, 0, &export));
	EXPECT_EQ(0, stat_read(fd).exports);
	EXPECT_EQ(0, stat_read(fd).blocks);
}

/* Threat 13: freed, but mapped: there is no way back to it. */
TEST(export, freed_but_mapped)
{
	int fd = client_open(), export;
	struct buddypool_alloc a = block_alloc(fd, 1);

	block_map(fd, a.offset, pages(1));
	block_free(fd, a.handle);
	EXPECT_ERR(-ENOENT, try_export(fd, a.handle, 0, &export));
	EXPECT_EQ(0, stat_read(fd).exports);
}

TEST(export, close_on_exec)
{
	int fd = client_open();
	int export = block_export(fd, block_alloc(fd, 1).handle);

	EXPECT_EQ(FD_CLOEXEC, fcntl(export, F_GETFD));
}

/* Threat 21: without a descriptor there is nothing to hand out. */
TEST(export, no_descriptor)
{
	int fd = client_open(), export, i;
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct rlimit none = {};

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &none));
	for (i = 0; i < 100; i++)
		ASSERT_ERR(-EMFILE, try_export(fd, a.handle, 0, &export));
	EXPECT_EQ(0, stat_read(fd).exports);
	/* It was not exported either, so it may become smaller. */
	EXPECT_ERR(0, try_free(fd, a.handle));
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

/* Threat 21: made, but nowhere to say so. No descriptor stays behind. */
TEST(export, unwritable)
{
	int fd = client_open(), before, after;
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct buddypool_export *e;

	e = mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(e != MAP_FAILED);
	e->handle = a.handle;
	ASSERT_EQ(0, mprotect(e, pages(1), PROT_READ));
	before = dup(fd);
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_EXPORT, e));
	after = dup(fd);
	EXPECT_EQ(before + 1, after);
	EXPECT_EQ(0, stat_read(fd).exports);
	block_free(fd, a.handle);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}
