// SPDX-License-Identifier: GPL-2.0
/*
 * The pages are ordinary ones: the kernel reads and writes them for a caller
 */
#include "harness.h"

#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include "exports.h"
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

/* A number of 8 bytes at @index of a file; skips the test if there is none. */
static __u64 read_entry(const char *path, __u64 index)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;

	if (file < 0)
		test_skip("%s: %s", path, strerror(errno));
	if (pread(file, &entry, sizeof(entry), index * sizeof(entry)) !=
	    sizeof(entry))
		test_skip("%s has no entry %llu", path, index);
	close(file);
	return entry;
}

/* In an entry of /proc/self/pagemap. */
#define PRESENT_SHIFT 63
#define FRAME_MASK 0x7fffffffffffffULL

/* No page that nobody uses may have any of these flags, and ours never have. */
static bool page_is_busy(__u64 frame)
{
	static const unsigned int bits[] = {
		KPF_LOCKED, KPF_LRU,           KPF_WRITEBACK,    KPF_ANON,
		KPF_SLAB,   KPF_COMPOUND_HEAD, KPF_COMPOUND_TAIL
	};
	__u64 flags = read_entry("/proc/kpageflags", frame);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bits); i++)
		if (flags >> bits[i] & 1)
			return true;
	return false;
}

/* The number of the page that is mapped at @p. */
static __u64 frame_of(const char *p)
{
	__u64 entry = read_entry("/proc/self/pagemap",
				 (unsigned long)p / pool.page_size);

	if (!(entry >> PRESENT_SHIFT) || !(entry & FRAME_MASK))
		test_skip("/proc/self/pagemap shows no frames");
	return entry & FRAME_MASK;
}

/* Threat 8: a page is counted as mapped for as long as it is, and no longer. */
TEST(pages, state)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 frame[4];
	char *p, *q;
	int i;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, pages(4));
	q = block_map(block_export(fd, a.handle), 0, pages(4));
	pattern_fill(p, pages(4), 1);
	ASSERT(pattern_holds(q, pages(4), 1));
	mlock(p, pages(4));
	for (i = 0; i < 4; i++) {
		frame[i] = frame_of(p + pages(i));
		EXPECT_EQ(2, read_entry("/proc/kpagecount", frame[i]));
		EXPECT(!page_is_busy(frame[i]));
	}
	unmap(p, pages(4));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(1, read_entry("/proc/kpagecount", frame[i]));
	unmap(q, pages(4));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(0, read_entry("/proc/kpagecount", frame[i]));
		EXPECT(!page_is_busy(frame[i]));
	}
}

/* Where the kernel writes core files; skips the test if it is not here. */
static void need_core_here(void)
{
	int file = open("/proc/sys/kernel/core_pattern", O_RDONLY | O_CLOEXEC);
	char pattern[128] = "";

	if (file < 0 || read(file, pattern, sizeof(pattern) - 1) <= 0)
		test_skip("/proc/sys/kernel/core_pattern cannot be read");
	close(file);
	if (strcmp(pattern, "core\n"))
		test_skip("core files go elsewhere");
}

static void die_with_core(const char *bits)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	int filter = open("/proc/self/coredump_filter", O_WRONLY);

	if (filter < 0 || write(filter, bits, strlen(bits)) < 0)
		test_skip("/proc/self/coredump_filter: %s", strerror(errno));
	ASSERT_EQ(0, setrlimit(RLIMIT_CORE, &unlimited));
	abort();
}

/* Whether a file has a page with that pattern. */
static bool file_has(int file, __u64 tag)
{
	char *wanted = malloc(pages(1)), *page = malloc(pages(1));
	bool found = false;

	ASSERT(wanted && page);
	pattern_fill(wanted, pages(1), tag);
	while (!found && read(file, page, pages(1)) == (ssize_t)pages(1))
		found = !memcmp(page, wanted, pages(1));
	free(wanted);
	free(page);
	return found;
}

/* Whether a core dump of ours, with such a filter, has that pattern. */
static bool core_has(const char *bits, __u64 tag)
{
	char dir[] = "/tmp/selftest-XXXXXX";
	bool found;
	pid_t pid;
	int file;

	ASSERT(mkdtemp(dir));
	pid = task_fork();
	if (!pid) {
		ASSERT_EQ(0, chdir(dir));
		die_with_core(bits);
	}
	ASSERT_EQ(SIGABRT, task_signal(pid));
	ASSERT_EQ(0, chdir(dir));
	file = open("core", O_RDONLY | O_CLOEXEC);
	if (file < 0)
		test_skip("no core file: %s", strerror(errno));
	found = file_has(file, tag);
	close(file);
	unlink("core");
	rmdir(dir);
	return found;
}

/* As any shared mapping of a file: in the dump if bit 3 says so. */
TEST(pages, core_dump)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	need_core_here();
	test_announce("potentially unexpected fatal signal");
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, pages(4));
	pattern_fill(p + pages(1), pages(1), 77);
	EXPECT(core_has("0xff", 77));
	EXPECT(!core_has("0xf7", 77));
	block_free(fd, a.handle);
	unmap(p, pages(4));
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
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
