// SPDX-License-Identifier: GPL-2.0
/*
 * Everything else that a process can do to its address space
 */
#include "harness.h"

#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "exports.h"
#include "pattern.h"
#include "pool.h"

/* Depends on what the kernel was built for. */
#define ANY -1

/**
 * struct advice - what madvise() may be asked
 * @advice: MADV_*
 * @error: the answer: 0, an errno or ANY
 */
struct advice {
	int advice;
	int error;
};

static const struct advice advices[] = {
	{ MADV_NORMAL, 0 },         { MADV_RANDOM, 0 },
	{ MADV_SEQUENTIAL, 0 },     { MADV_WILLNEED, ANY },
	{ MADV_DONTNEED, 0 },       { MADV_FREE, EINVAL },
	{ MADV_REMOVE, ENODEV },    { MADV_COLD, ANY },
	{ MADV_PAGEOUT, ANY },      { MADV_MERGEABLE, ANY },
	{ MADV_UNMERGEABLE, ANY },  { MADV_HUGEPAGE, ANY },
	{ MADV_NOHUGEPAGE, ANY },   { MADV_POPULATE_READ, 0 },
	{ MADV_POPULATE_WRITE, 0 }, { MADV_DONTFORK, 0 },
	{ MADV_DOFORK, 0 },         { MADV_WIPEONFORK, EINVAL },
	{ MADV_KEEPONFORK, ANY },   { MADV_DODUMP, EINVAL },
	{ MADV_DONTDUMP, 0 },
};

static void advise(char *p, __u64 length)
{
	unsigned int i;
	int error;

	for (i = 0; i < ARRAY_SIZE(advices); i++) {
		const struct advice *a = &advices[i];

		pattern_fill(p, length, i);
		error = madvise(p, length, a->advice) ? errno : 0;
		if (a->error != ANY && a->error != error)
			test_fail(__FILE__, __LINE__,
				  "expected %s from advice %d, got %s",
				  test_errno(-a->error), a->advice,
				  test_errno(-error));
		if (!pattern_holds(p, length, i))
			test_fail(__FILE__, __LINE__,
				  "expected the contents after advice %d",
				  a->advice);
		/* In part, so that the mapping is split in three. */
		madvise(p + pages(1), pages(2), a->advice);
		ASSERT(pattern_holds(p, length, i));
	}
}

/* Threat 8: no advice loses the contents, or the way to them. */
TEST(vma, madvise)
{
	int fd = client_open(), export;
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	advise(p, a.usable);
	unmap(p, a.usable);
	export = block_export(fd, a.handle);
	p = block_map(export, 0, a.usable);
	advise(p, a.usable);
	unmap(p, a.usable);
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
	block_free(fd, a.handle);
}

/*
 * Threat 8: the pages stay where they are, though somebody asks for another
 * node.
 */
TEST(vma, migration)
{
	int fd = client_open(), node = 0, status = 0;
	struct buddypool_alloc a = block_alloc(fd, 1);
	void *p = block_map(fd, a.offset, pages(1));
	unsigned long nodes = 1;

	pattern_fill(p, pages(1), 1);
	syscall(SYS_move_pages, 0, 1UL, &p, &node, &status, MPOL_MF_MOVE_ALL);
	syscall(SYS_mbind, p, pages(1), MPOL_BIND, &nodes, 8 * sizeof(nodes),
		MPOL_MF_MOVE_ALL | MPOL_MF_STRICT);
	EXPECT(pattern_holds(p, pages(1), 1));
	block_free(fd, a.handle);
	EXPECT(pattern_holds(p, pages(1), 1));
	unmap(p, pages(1));
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

TEST(vma, msync_and_mincore)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	void *p = block_map(fd, a.offset, pages(1));
	unsigned char there;

	pattern_fill(p, pages(1), 1);
	EXPECT_EQ(-1, msync(p, pages(1), MS_SYNC));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, msync(p, pages(1), MS_ASYNC));
	mincore(p, pages(1), &there);
	EXPECT(pattern_holds(p, pages(1), 1));
}

/* Something else is put in the middle, then the block itself again. */
TEST(vma, map_fixed)
{
	int fd = client_open();
	struct buddypool_alloc a, b;
	char *p, *q;
	void *at;

	need_size(pages(4));
	need_pages(16);
	a = block_alloc(fd, pages(4));
	b = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, pages(4));
	pattern_fill(p, pages(4), 1);
	q = block_map(fd, b.offset, pages(4));
	pattern_fill(q, pages(4), 2);

	at = p + pages(1);
	ASSERT_ERR(0, try_map(fd, b.offset, pages(2), RW,
			      MAP_SHARED | MAP_FIXED, &at));
	EXPECT(pattern_holds(p, pages(1), 1));
	EXPECT(pattern_holds(p + pages(1), pages(2), 2));
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
	EXPECT_EQ(2, block_query(fd, b.handle).mappings);

	at = p;
	ASSERT_ERR(0, try_map(fd, a.offset, pages(4), RW,
			      MAP_SHARED | MAP_FIXED, &at));
	EXPECT(pattern_holds(p, pages(4), 1));
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
	EXPECT_EQ(1, block_query(fd, b.handle).mappings);

	/* One that fails leaves nothing of the device's behind. */
	at = p;
	EXPECT_ERR(-EINVAL, try_map(fd, a.offset + pages(1), pages(4), RW,
				    MAP_SHARED | MAP_FIXED, &at));
	EXPECT(block_query(fd, a.handle).mappings <= 1);
	ASSERT(mmap(p, pages(4), PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p);
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
	EXPECT(pattern_holds(q, pages(4), 2));
}

/*
 * Threat 5: remap_file_pages() gives an offset, as mmap() does, and is checked
 * as that is.
 */
TEST(vma, remap_file_pages)
{
	int fd = client_open(), other = client_open(), export;
	struct buddypool_alloc a, b;
	char *p;

	need_size(pages(4));
	need_pages(16);
	test_announce("uses deprecated remap_file_pages");
	a = block_alloc(fd, pages(4));
	b = block_alloc(other, pages(4));
	p = block_map(fd, a.offset, pages(4));
	p[0] = 1;
	p[pages(3)] = 3;
	ASSERT_EQ(0, remap_file_pages(p, pages(1), 0,
				      a.offset / pool.page_size + 3, 0));
	EXPECT_EQ(3, p[0]);
	EXPECT_EQ(-1, remap_file_pages(p, pages(1), 0,
				       a.offset / pool.page_size + 4, 0));
	unmap(p, pages(4));
	p = block_map(fd, a.offset, pages(4));
	EXPECT_EQ(-1, remap_file_pages(p, pages(1), 0,
				       b.offset / pool.page_size, 0));
	unmap(p, pages(4));

	export = block_export(fd, a.handle);
	p = block_map(export, 0, pages(4));
	ASSERT_EQ(0, remap_file_pages(p, pages(1), 0, 3, 0));
	EXPECT_EQ(3, p[0]);
	EXPECT_EQ(-1, remap_file_pages(p, pages(1), 0, 4, 0));
	unmap(p, pages(4));
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
	EXPECT_EQ(0, block_query(other, b.handle).mappings);
}

/* Moved onto another mapping, which ends thereby. */
TEST(vma, mremap_onto)
{
	int fd = client_open();
	struct buddypool_alloc a, b;
	char *p, *q;

	need_size(pages(2));
	need_pages(8);
	a = block_alloc(fd, pages(2));
	b = block_alloc(fd, pages(2));
	p = block_map(fd, a.offset, pages(2));
	q = block_map(fd, b.offset, pages(2));
	pattern_fill(p, pages(2), 1);
	pattern_fill(q, pages(2), 2);
	ASSERT(mremap(p, pages(2), pages(2), MREMAP_MAYMOVE | MREMAP_FIXED,
		      q) == q);
	EXPECT(pattern_holds(q, pages(2), 1));
	EXPECT_EQ(SIGSEGV, touch_read(p, NULL));
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
	EXPECT_EQ(0, block_query(fd, b.handle).mappings);
	/* A part of it, and the block may still move beneath both. */
	p = mmap(NULL, pages(1), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(p != MAP_FAILED);
	ASSERT(mremap(q + pages(1), pages(1), pages(1),
		      MREMAP_MAYMOVE | MREMAP_FIXED, p) == p);
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
	block_resize(fd, a.handle, pages(1));
	EXPECT_EQ(SIGBUS, touch_read(p, NULL));
	EXPECT(pattern_holds(q, pages(1), 1));
	block_free(fd, a.handle);
	EXPECT(pattern_holds(q, pages(1), 1));
}

/* Threat 2: one mapping cannot become two; both ways of that are refused. */
TEST(vma, mremap_twofold)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	char *p = block_map(fd, a.offset, pages(1));

	pattern_fill(p, pages(1), 1);
	EXPECT(mremap(p, pages(1), pages(1),
		      MREMAP_MAYMOVE | MREMAP_DONTUNMAP) == MAP_FAILED);
	EXPECT_EQ(EINVAL, errno);
	EXPECT(mremap(p, 0, pages(1), MREMAP_MAYMOVE) == MAP_FAILED);
	EXPECT_EQ(EFAULT, errno);
	EXPECT(pattern_holds(p, pages(1), 1));
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
}

/*
 * Threat 1: what the kernel is asked to touch beyond the end of a block is as
 * little there as what the program touches.
 */
TEST(vma, beyond_the_end)
{
	int fd = client_open(), mem, fds[2];
	struct buddypool_alloc a;
	struct iovec near, far;
	char *p, byte = 0;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, pages(4));
	pattern_fill(p, pages(4), 1);
	block_resize(fd, a.handle, pages(2));
	EXPECT_EQ(-1, madvise(p, pages(4), MADV_POPULATE_READ));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, madvise(p, pages(4), MADV_POPULATE_WRITE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(0, madvise(p, pages(2), MADV_POPULATE_WRITE));
	EXPECT_EQ(-1, mlock(p, pages(4)));
	EXPECT_EQ(ENOMEM, errno);
	munlock(p, pages(4));

	near = (struct iovec){ &byte, 1 };
	far = (struct iovec){ p + pages(2), 1 };
	EXPECT_EQ(-1, process_vm_readv(getpid(), &near, 1, &far, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, process_vm_writev(getpid(), &near, 1, &far, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	ASSERT_EQ(0, pipe(fds));
	EXPECT_EQ(-1, write(fds[1], p + pages(2), 1));
	EXPECT_EQ(EFAULT, errno);
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (mem < 0)
		test_skip("/proc/self/mem: %s", strerror(errno));
	EXPECT_EQ(-1, pread(mem, &byte, 1, (unsigned long)p + pages(2)));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(-1, pwrite(mem, &byte, 1, (unsigned long)p + pages(2)));
	EXPECT_EQ(EIO, errno);
	EXPECT(pattern_holds(p, pages(2), 1));
}

/* Threat 14: the kernel writes no more to what is for reading than we can. */
TEST(vma, protections)
{
	int fd = client_open(), export, mem;
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct iovec near, far;
	void *p = NULL;
	char byte = 9;

	export = block_export_as(fd, a.handle, BUDDYPOOL_EXPORT_RDONLY);
	ASSERT_ERR(0, try_map(export, 0, pages(1), PROT_READ, MAP_SHARED, &p));
	near = (struct iovec){ &byte, 1 };
	far = (struct iovec){ p, 1 };
	EXPECT_EQ(-1, process_vm_writev(getpid(), &near, 1, &far, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, madvise(p, pages(1), MADV_POPULATE_WRITE));
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	if (mem < 0)
		test_skip("/proc/self/mem: %s", strerror(errno));
	EXPECT_EQ(-1, pwrite(mem, &byte, 1, (unsigned long)p));
	EXPECT_EQ(EIO, errno);
	EXPECT_EQ(1, pread(mem, &byte, 1, (unsigned long)p));
	EXPECT_EQ(0, byte);
}

/* Neither the device nor a block is a file to be read or written. */
TEST(vma, no_file)
{
	int fd = client_open(), i;
	struct buddypool_alloc a = block_alloc(fd, 1);
	int files[] = { fd, block_export(fd, a.handle) };
	char byte = 1;

	for (i = 0; i < 2; i++) {
		EXPECT_EQ(-1, read(files[i], &byte, 1));
		EXPECT_EQ(-1, write(files[i], &byte, 1));
		EXPECT_EQ(-1, pread(files[i], &byte, 1, 0));
		EXPECT_EQ(-1, pwrite(files[i], &byte, 1, 0));
		EXPECT_EQ(-1, lseek(files[i], 1, SEEK_SET));
		EXPECT_EQ(-1, fsync(files[i]));
		EXPECT_EQ(-1, ftruncate(files[i], 1));
		EXPECT_EQ(-1, fallocate(files[i], 0, 0, 1));
	}
}
