// SPDX-License-Identifier: GPL-2.0
/*
 * Everything else that a process can do to its address space
 */
#include "harness.h"

#include <linux/mempolicy.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exports.h"
#include "pattern.h"
#include "pool.h"
#include "task.h"

/**
 * struct advice - what madvise() may be asked
 * @advice: MADV_*
 * @refused: it must be refused
 */
struct advice {
	int advice;
	bool refused;
};

/* What is not marked may succeed or not, as the kernel likes. */
static const struct advice advices[] = {
	{ MADV_NORMAL, false },        { MADV_RANDOM, false },
	{ MADV_SEQUENTIAL, false },    { MADV_WILLNEED, false },
	{ MADV_DONTNEED, false },      { MADV_FREE, true },
	{ MADV_REMOVE, true },         { MADV_COLD, false },
	{ MADV_PAGEOUT, false },       { MADV_MERGEABLE, false },
	{ MADV_UNMERGEABLE, false },   { MADV_HUGEPAGE, false },
	{ MADV_NOHUGEPAGE, false },    { 25 /* COLLAPSE */, true },
	{ MADV_DONTDUMP, false },      { MADV_DODUMP, false },
	{ MADV_POPULATE_READ, false }, { MADV_POPULATE_WRITE, false },
	{ MADV_DONTFORK, false },      { MADV_DOFORK, false },
	{ MADV_WIPEONFORK, true },     { MADV_KEEPONFORK, false },
};

static void advise(char *p, __u64 length)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(advices); i++) {
		pattern_fill(p, length, i);
		ret = madvise(p, length, advices[i].advice);
		if (advices[i].refused && !ret)
			test_fail(__FILE__, __LINE__,
				  "expected advice %d to be refused",
				  advices[i].advice);
		if (!pattern_holds(p, length, i))
			test_fail(__FILE__, __LINE__,
				  "expected the contents after advice %d",
				  advices[i].advice);
		/* In part, so that the mapping is split in three. */
		madvise(p + pages(1), pages(2), advices[i].advice);
		ASSERT(pattern_holds(p, length, i));
	}
}

/* No advice loses the contents, or the way to them. */
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

/* The pages stay where they are, though somebody asks for another node. */
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
	msync(p, pages(1), MS_SYNC);
	msync(p, pages(1), MS_ASYNC);
	EXPECT_EQ(-1, msync(p, pages(1), MS_SYNC | MS_ASYNC));
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

#ifdef MREMAP_DONTUNMAP
/* Both places show the block, or the kernel refuses; nothing is lost. */
TEST(vma, mremap_dontunmap)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	char *p = block_map(fd, a.offset, pages(1)), *q;

	pattern_fill(p, pages(1), 1);
	q = mremap(p, pages(1), pages(1), MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	if (q != MAP_FAILED) {
		EXPECT(pattern_holds(q, pages(1), 1));
		EXPECT_EQ(2, block_query(fd, a.handle).mappings);
		unmap(q, pages(1));
	}
	EXPECT(pattern_holds(p, pages(1), 1));
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
}
#endif
