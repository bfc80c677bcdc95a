// SPDX-License-Identifier: GPL-2.0
/*
 * What else can be done to a mapping: mremap(), madvise(), mlock(), smaps
 */
#include "harness.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "exports.h"
#include "pattern.h"
#include "pool.h"

/* Threat 2: a mapping cannot be made to grow beyond what was checked. */
static void expect_no_growth(int fd, __u64 offset)
{
	char *p = block_map(fd, offset, pages(4));

	EXPECT(mremap(p, pages(4), pages(5), MREMAP_MAYMOVE) == MAP_FAILED);
	EXPECT(mremap(p, pages(4), pages(8), 0) == MAP_FAILED);
	EXPECT(mremap(p + pages(3), pages(1), pages(2), MREMAP_MAYMOVE) ==
	       MAP_FAILED);
	unmap(p, pages(4));
	/* Not within the block either. */
	p = block_map(fd, offset, pages(2));
	EXPECT(mremap(p, pages(2), pages(3), MREMAP_MAYMOVE) == MAP_FAILED);
	EXPECT(mremap(p, 0, pages(4), MREMAP_MAYMOVE) == MAP_FAILED);
	unmap(p, pages(2));
}

TEST(vma, mremap_growth)
{
	int fd = client_open();
	struct buddypool_alloc a;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	expect_no_growth(fd, a.offset);
	expect_no_growth(block_export(fd, a.handle), 0);
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
}

TEST(vma, mremap_shrink_and_move)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p, *q, *room;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	ASSERT(mremap(p, pages(4), pages(2), 0) == p);
	EXPECT_EQ(SIGSEGV, touch_read(p + pages(2), NULL));

	room = mmap(NULL, pages(2), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	ASSERT(room != MAP_FAILED);
	q = mremap(p, pages(2), pages(2), MREMAP_MAYMOVE | MREMAP_FIXED, room);
	ASSERT(q == room);
	EXPECT_EQ(SIGSEGV, touch_read(p, NULL));
	EXPECT(pattern_holds(q, pages(2), 1));
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
	unmap(q, pages(2));
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
}

/* The contents are the block's, not the mapping's. */
TEST(vma, madvise_dontneed)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	ASSERT_EQ(0, madvise(p, a.usable, MADV_DONTNEED));
	EXPECT(pattern_holds(p, a.usable, 1));
	/* Punching a hole is not for this device. */
	EXPECT_EQ(-1, madvise(p, a.usable, MADV_REMOVE));
	EXPECT(pattern_holds(p, a.usable, 1));
}

TEST(vma, populate)
{
	int fd = client_open();
	struct buddypool_alloc a;
	void *p = NULL;

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	ASSERT_ERR(0, try_map(fd, a.offset, a.usable, RW,
			      MAP_SHARED | MAP_POPULATE, &p));
	EXPECT(pattern_is_zero(p, a.usable));
	pattern_fill(p, a.usable, 1);
	unmap(p, a.usable);
	ASSERT_ERR(0, try_map(fd, a.offset, a.usable, RW,
			      MAP_SHARED | MAP_POPULATE, &p));
	EXPECT(pattern_holds(p, a.usable, 1));
}

TEST(vma, mlock)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	EXPECT_EQ(0, mlock(p, a.usable));
	EXPECT(pattern_holds(p, a.usable, 1));
	EXPECT_EQ(0, munlock(p, a.usable));
	block_free(fd, a.handle);
	EXPECT(pattern_holds(p, a.usable, 1));
	unmap(p, a.usable);
}

/* These pages are never swapped: a limit of locked memory is no obstacle. */
TEST(vma, mlockall)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct rlimit none = {};
	char *p;

	need_size(pages(4));
	ASSERT_EQ(0, setrlimit(RLIMIT_MEMLOCK, &none));
	a = block_alloc(fd, pages(4));
	if (mlockall(MCL_FUTURE | MCL_ONFAULT))
		test_skip("mlockall: %s", strerror(errno));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	EXPECT(pattern_holds(p, a.usable, 1));
	munlockall();
	unmap(p, a.usable);
}

/* The flags of the mapping at @p, as /proc/self/smaps has them. */
static void read_flags(const void *p, char *flags, size_t size)
{
	FILE *file = fopen("/proc/self/smaps", "re");
	unsigned long start, end;
	bool ours = false;
	char line[400];

	*flags = '\0';
	if (!file)
		test_skip("/proc/self/smaps: %s", strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			ours = start == (unsigned long)p;
		if (ours && !strncmp(line, "VmFlags:", 8))
			snprintf(flags, size, "%s", line + 8);
	}
	fclose(file);
	if (!*flags)
		test_skip("/proc/self/smaps has no VmFlags");
}

/*
 * Threat 27: ordinary pages (no VM_IO, no VM_PFNMAP) that cannot be expanded,
 * by whichever order of protections the mapping came about.
 */
static void expect_flags(int fd, __u64 offset)
{
	static const int prots[] = { RW, PROT_READ, PROT_NONE };
	char flags[400];
	unsigned int i;
	void *p;

	for (i = 0; i < ARRAY_SIZE(prots); i++) {
		p = NULL;
		ASSERT_ERR(0, try_map(fd, offset, pages(1), prots[i],
				      MAP_SHARED, &p));
		read_flags(p, flags, sizeof(flags));
		EXPECT(strstr(flags, " sh"));
		EXPECT(strstr(flags, " de"));
		EXPECT(!strstr(flags, " io"));
		EXPECT(!strstr(flags, " pf"));
		EXPECT_EQ(0, mprotect(p, pages(1), RW));
		EXPECT_EQ(0, touch_write(p, 1));
		unmap(p, pages(1));
	}
}

TEST(vma, flags)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	expect_flags(fd, a.offset);
	/* The same by way of the block's own descriptor. */
	expect_flags(block_export(fd, a.handle), 0);
}

/* Threat 19: what /proc shows of a mapping is its offset, no kernel address. */
TEST(vma, maps_line)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	void *p = block_map(fd, a.offset, pages(1));
	unsigned long long offset = 0;
	unsigned long start;
	bool seen = false;
	char line[400];
	FILE *file;

	file = fopen("/proc/self/maps", "re");
	if (!file)
		test_skip("/proc/self/maps: %s", strerror(errno));
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%lx-%*x %*s %llx", &start, &offset) == 2 &&
		    start == (unsigned long)p) {
			seen = true;
			EXPECT_EQ(a.offset, offset);
			EXPECT(strstr(line, "buddypool"));
		}
	fclose(file);
	EXPECT(seen);
}
