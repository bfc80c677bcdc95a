// SPDX-License-Identifier: GPL-2.0
/*
 * The pages are ordinary ones: the kernel reads and writes them for a caller
 */
#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pattern.h"
#include "pool.h"
#include "task.h"

TEST(pages, pipe)
{
	int fd = client_open(), fds[2];
	struct buddypool_alloc a;
	char *p;

	need_size(pages(2));
	a = block_alloc(fd, pages(2));
	p = block_map(fd, a.offset, a.usable);
	ASSERT_EQ(0, pipe(fds));
	pattern_fill(p, pages(1), 1);
	/* The second page has not been touched: the kernel faults it in. */
	ASSERT_EQ(pages(1), write(fds[1], p, pages(1)));
	ASSERT_EQ(pages(1), read(fds[0], p + pages(1), pages(1)));
	EXPECT(pattern_holds(p + pages(1), pages(1), 1));
}

TEST(pages, process_vm)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct iovec near, far;
	char *p, *copy;
	pid_t pid;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	copy = malloc(a.usable);
	ASSERT(copy);
	near = (struct iovec){ copy, a.usable };
	far = (struct iovec){ p, a.usable };
	if (process_vm_readv(getpid(), &near, 1, &near, 1, 0) < 0)
		test_skip("process_vm_readv: %s", strerror(errno));
	pattern_fill(p, a.usable, 1);
	madvise(p, a.usable, MADV_DONTNEED);
	pid = task_fork();
	if (!pid) {
		/* As a debugger would, at our parent. */
		EXPECT_EQ(a.usable,
			  process_vm_readv(getppid(), &near, 1, &far, 1, 0));
		EXPECT(pattern_holds(copy, a.usable, 1));
		pattern_fill(copy, a.usable, 2);
		EXPECT_EQ(a.usable,
			  process_vm_writev(getppid(), &near, 1, &far, 1, 0));
		_exit(0);
	}
	task_wait(pid);
	EXPECT(pattern_holds(p, a.usable, 2));
	free(copy);
}

TEST(pages, proc_mem)
{
	int fd = client_open(), mem = open("/proc/self/mem", O_RDWR);
	struct buddypool_alloc a = block_alloc(fd, 1);
	char *p = block_map(fd, a.offset, pages(1));
	char *copy = malloc(pages(1));

	if (mem < 0)
		test_skip("/proc/self/mem: %s", strerror(errno));
	ASSERT(copy);
	pattern_fill(p, pages(1), 1);
	ASSERT_EQ(pages(1), pread(mem, copy, pages(1), (unsigned long)p));
	EXPECT(pattern_holds(copy, pages(1), 1));
	pattern_fill(copy, pages(1), 2);
	ASSERT_EQ(pages(1), pwrite(mem, copy, pages(1), (unsigned long)p));
	EXPECT(pattern_holds(p, pages(1), 2));
	free(copy);
}

/* A new, nameless file that can be read and written past the page cache. */
static int open_direct(void)
{
	static const char *const dirs[] = { ".", "/tmp", "/var/tmp", "/root" };
	unsigned int i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(dirs); i++) {
		fd = open(dirs[i], O_TMPFILE | O_RDWR | O_DIRECT | O_CLOEXEC,
			  0600);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

TEST(pages, direct_io)
{
	int fd = client_open(), file = open_direct();
	struct buddypool_alloc a;
	char *p;

	if (file < 0)
		test_skip("no file system here does O_DIRECT");
	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, pages(4), 1);
	ASSERT_EQ(pages(4), pwrite(file, p, pages(4), 0));
	ASSERT_EQ(pages(4), pread(file, p + pages(4), pages(4), 0));
	EXPECT(pattern_holds(p + pages(4), pages(4), 1));
	EXPECT(pattern_holds(p, pages(4), 1));
}

/* The device takes part in other things that go by pages, or refuses them. */
TEST(pages, splice)
{
	int fd = client_open(), fds[2];

	ASSERT_EQ(0, pipe(fds));
	EXPECT_EQ(-1,
		  splice(fd, NULL, fds[1], NULL, pages(1), SPLICE_F_NONBLOCK));
	EXPECT_EQ(-1, ftruncate(fd, pages(1)));
	EXPECT_EQ(-1, fallocate(fd, 0, 0, pages(1)));
}

/* O_APPEND, O_NONBLOCK and the like make no difference to what ioctl() does. */
TEST(pages, open_flags)
{
	static const int flags[] = { O_APPEND, O_NONBLOCK, O_SYNC, O_TRUNC,
				     O_NOCTTY };
	struct buddypool_alloc a;
	unsigned int i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		fd = client_open_as(O_RDWR | flags[i]);
		a = block_alloc(fd, 1);
		block_free(fd, a.handle);
		close(fd);
	}
}
