// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is had, used and given back: a byte is written to each page
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

#define RW (PROT_READ | PROT_WRITE)

/* Of the page tables; what a fault gives at most. */
#define HUGE_SIZE (2UL << 20)

static char *map(void *addr, const struct bench_case *test, int flags, int fd,
		 off_t offset)
{
	char *p = mmap(addr, test->size, RW, flags | test->flags, fd, offset);

	if (p == MAP_FAILED)
		err(1, "%s %s: mmap", test->workload, test->allocator);
	return p;
}

static void touch(char *p, size_t size)
{
	size_t i;

	for (i = 0; i < size; i += bench.info.page_size)
		__atomic_store_n(p + i, 1, __ATOMIC_RELAXED);
}

static void unmap(char *p, size_t size)
{
	if (munmap(p, size))
		err(1, "munmap");
}

/**
 * bench_use_block() - a block of the pool
 * @test: the case
 */
void bench_use_block(const struct bench_case *test)
{
	struct buddypool_alloc a = { .size = test->size };
	struct buddypool_free f = {};
	char *p;

	if (ioctl(bench.fd, BUDDYPOOL_IOC_ALLOC, &a))
		err(1, "ALLOC");
	p = map(NULL, test, MAP_SHARED, bench.fd, a.offset);
	touch(p, test->size);
	unmap(p, test->size);
	f.handle = a.handle;
	if (ioctl(bench.fd, BUDDYPOOL_IOC_FREE, &f))
		err(1, "FREE");
}

/**
 * bench_use_anonymous() - what malloc() uses for large sizes
 * @test: the case
 */
void bench_use_anonymous(const struct bench_case *test)
{
	char *p = map(NULL, test, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	touch(p, test->size);
	unmap(p, test->size);
}

/**
 * bench_use_memfd() - memory that can be shared by its descriptor, as blocks can
 * @test: the case
 */
void bench_use_memfd(const struct bench_case *test)
{
	int fd = memfd_create("bench", MFD_CLOEXEC);
	char *p;

	if (fd < 0)
		err(1, "memfd_create");
	if (ftruncate(fd, test->size))
		err(1, "ftruncate");
	p = map(NULL, test, MAP_SHARED, fd, 0);
	touch(p, test->size);
	unmap(p, test->size);
	close(fd);
}

/* Where a huge page can be, and nothing is. */
static void *aligned_address(void)
{
	static void *at;
	char *p;

	if (at)
		return at;
	p = mmap(NULL, 2 * HUGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		 -1, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	unmap(p, 2 * HUGE_SIZE);
	at = (void *)(((uintptr_t)p + HUGE_SIZE - 1) & -HUGE_SIZE);
	return at;
}

/**
 * bench_use_huge() - anonymous memory where it can be a huge page
 * @test: the case
 */
void bench_use_huge(const struct bench_case *test)
{
	char *p = map(aligned_address(), test,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	touch(p, test->size);
	unmap(p, test->size);
}

static long nr_faults(void)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		err(1, "getrusage");
	return usage.ru_minflt;
}

/**
 * bench_no_huge() - look whether the kernel gives huge pages unasked
 * @test: the case
 *
 * Return: why it cannot be measured, or NULL.
 */
const char *bench_no_huge(const struct bench_case *test)
{
	struct bench_case probe = *test;
	long before;

	/* Else no fault would tell. */
	probe.flags &= ~MAP_POPULATE;
	bench_use_huge(&probe);
	before = nr_faults();
	bench_use_huge(&probe);
	if (nr_faults() - before < 8)
		return NULL;
	return "the kernel gave no huge page";
}
