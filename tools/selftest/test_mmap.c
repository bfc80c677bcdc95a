// SPDX-License-Identifier: GPL-2.0
/*
 * mmap(): what can be mapped, and what that shows
 */
#include "harness.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "pattern.h"
#include "pool.h"
#include "rng.h"
#include "ticks.h"

TEST(mmap, whole)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, pool.max_size);
	__u64 length = a.usable < pages(4096) ? a.usable : pages(4096);
	char *p = block_map(fd, a.offset, length);

	EXPECT(pattern_is_zero(p, length));
	pattern_fill(p, length, 1);
	EXPECT(pattern_holds(p, length, 1));
	unmap(p, length);
	p = block_map(fd, a.offset, length);
	EXPECT(pattern_holds(p, length, 1));
}

TEST(mmap, parts)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned char *whole, *p;
	__u64 first, n;

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	whole = block_map(fd, a.offset, a.usable);
	for (first = 0; first < 8; first++)
		whole[pages(first)] = 100 + first;
	for (first = 0; first < 8; first++) {
		for (n = 1; first + n <= 8; n++) {
			p = block_map(fd, a.offset + pages(first), pages(n));
			EXPECT_EQ(100 + first, p[0]);
			EXPECT_EQ(100 + first + n - 1, p[pages(n - 1)]);
			p[pages(n) - 1] = n;
			EXPECT_EQ(n, whole[pages(first + n) - 1]);
			unmap(p, pages(n));
		}
	}
}

/* Threat 4: one page too long, from every page; and far too long. */
TEST(mmap, too_long)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 first;

	need_size(pages(8));
	need_pages(16);
	a = block_alloc(fd, pages(8));
	block_alloc(fd, pages(8));
	for (first = 0; first < 8; first++) {
		EXPECT_ERR(-EINVAL,
			   try_map(fd, a.offset + pages(first),
				   pages(9 - first), RW, MAP_SHARED, NULL));
		EXPECT_ERR(-EINVAL,
			   try_map(fd, a.offset + pages(first),
				   pages(8 - first) + 1, RW, MAP_SHARED, NULL));
	}
	EXPECT_ERR(-EINVAL,
		   try_map(fd, a.offset, pages(16), RW, MAP_SHARED, NULL));
	EXPECT_ERR(-EINVAL,
		   try_map(fd, a.offset, pages(1000), RW, MAP_SHARED, NULL));
}

TEST(mmap, beyond)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 n;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	for (n = 4; n < 10000; n += 1 + n / 3)
		EXPECT_ERR(-EINVAL, try_map(fd, a.offset + pages(n), pages(1),
					    RW, MAP_SHARED, NULL));
	for (n = 1; n < 10 && pages(n) <= a.offset; n++)
		EXPECT_ERR(-EINVAL, try_map(fd, a.offset - pages(n), pages(1),
					    RW, MAP_SHARED, NULL));
	EXPECT_ERR(-EINVAL, try_map(fd, 0, pages(1), RW, MAP_SHARED, NULL));
}

/* Threat 3: offsets at which a sum wraps round. The kernel may refuse first. */
TEST(mmap, huge_offsets)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	unsigned int bit;
	int ret;

	for (bit = 12; bit < 64; bit++) {
		__u64 offset = a.offset ^ (1ULL << bit);

		ret = try_map(fd, offset, pages(1), RW, MAP_SHARED, NULL);
		EXPECT(ret == -EINVAL || ret == -EOVERFLOW);
		ret = try_map(fd, -(1ULL << bit), pages(1), RW, MAP_SHARED,
			      NULL);
		EXPECT(ret == -EINVAL || ret == -EOVERFLOW);
	}
}

TEST(mmap, unaligned)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, pages(1));

	EXPECT_ERR(-EINVAL, try_map(fd, a.offset + 1, 1, RW, MAP_SHARED, NULL));
	EXPECT_ERR(-EINVAL, try_map(fd, a.offset + pages(1) / 2, 1, RW,
				    MAP_SHARED, NULL));
	EXPECT_ERR(-EINVAL, try_map(fd, a.offset, 0, RW, MAP_SHARED, NULL));
	/* A length is rounded up to pages by the kernel. */
	EXPECT_ERR(0, try_map(fd, a.offset, 1, RW, MAP_SHARED, NULL));
}

/* Threat 5: random offsets and lengths, against the one rule. */
TEST(mmap, random)
{
	int fd = client_open();
	struct budget budget = budget_start(3000, 300);
	struct rng rng = rng_start(0);
	struct buddypool_alloc a;
	__u64 n, first, count;
	bool fits;

	need_size(pages(2));
	n = pool.max_size / pool.page_size;
	if (n > 100)
		n = 100;
	a = block_alloc_as(fd, pages(n), 0, BUDDYPOOL_ALLOC_EXACT);
	while (budget_next(&budget)) {
		first = rng_below(&rng, n + 3);
		count = 1 + rng_below(&rng, n + 3);
		fits = first + count <= n;
		ASSERT_ERR(fits ? 0 : -EINVAL,
			   try_map(fd, a.offset + pages(first), pages(count),
				   RW, MAP_SHARED, NULL));
	}
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
	budget_note(&budget, "random mappings");
}

TEST(mmap, other_client)
{
	int fd = client_open(), other = client_open();
	struct buddypool_alloc a = block_alloc(fd, pages(1));

	EXPECT_ERR(-EINVAL,
		   try_map(other, a.offset, pages(1), RW, MAP_SHARED, NULL));
	EXPECT_ERR(-EINVAL, try_map(other, a.offset, pages(1), PROT_READ,
				    MAP_SHARED, NULL));
}

TEST(mmap, freed)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, pages(1));
	char *p = block_map(fd, a.offset, pages(1));

	block_free(fd, a.handle);
	EXPECT_ERR(-EINVAL,
		   try_map(fd, a.offset, pages(1), RW, MAP_SHARED, NULL));
	*p = 1;
}

/* Threat 30 */
TEST(mmap, private)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, pages(1));

	EXPECT_ERR(-EINVAL,
		   try_map(fd, a.offset, pages(1), RW, MAP_PRIVATE, NULL));
	EXPECT_ERR(-EINVAL, try_map(fd, a.offset, pages(1), PROT_READ,
				    MAP_PRIVATE, NULL));
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
}

/* Whether a mapping can be executed is the kernel's affair; it must not leak. */
TEST(mmap, exec)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, pages(1));
	int ret = try_map(fd, a.offset, pages(1), PROT_READ | PROT_EXEC,
			  MAP_SHARED, NULL);

	EXPECT(ret <= 0);
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
}

TEST(mmap, read_only_part)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, pages(1));
	void *p = NULL;

	ASSERT_ERR(0,
		   try_map(fd, a.offset, pages(1), PROT_READ, MAP_SHARED, &p));
	EXPECT_EQ(0, touch_read(p, NULL));
	EXPECT_EQ(SIGSEGV, touch_write(p, 1));
	/* The descriptor can write, so the mapping may be made to. */
	EXPECT_EQ(0, mprotect(p, pages(1), RW));
	EXPECT_EQ(0, touch_write(p, 1));
	EXPECT_EQ(0, mprotect(p, pages(1), PROT_NONE));
	EXPECT_EQ(SIGSEGV, touch_read(p, NULL));
}

/* Threat 14: such a descriptor has no blocks, and no way to those of others. */
TEST(mmap, read_only_descriptor)
{
	int fd = client_open(), ro = client_open_as(O_RDONLY), again;
	struct buddypool_alloc a = block_alloc(fd, pages(1));
	char path[40];

	EXPECT_ERR(-EACCES,
		   try_map(ro, a.offset, pages(1), RW, MAP_SHARED, NULL));
	EXPECT_ERR(-EINVAL, try_map(ro, a.offset, pages(1), PROT_READ,
				    MAP_SHARED, NULL));
	/* Opening a descriptor again makes another client. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT(again >= 0);
	EXPECT_ERR(-EINVAL, try_map(again, a.offset, pages(1), PROT_READ,
				    MAP_SHARED, NULL));
	EXPECT_ERR(-ENOENT, try_query(again, a.handle, NULL));
}

TEST(mmap, coherent)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p, *q;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	q = block_map(fd, a.offset, a.usable);
	EXPECT(p != q);
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
	pattern_fill(p, a.usable, 1);
	EXPECT(pattern_holds(q, a.usable, 1));
	pattern_fill(q, a.usable, 2);
	EXPECT(pattern_holds(p, a.usable, 2));
	unmap(p, a.usable);
	EXPECT(pattern_holds(q, a.usable, 2));
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
}

/* Two blocks of one client are two memories. */
TEST(mmap, distinct)
{
	int fd = client_open();
	struct buddypool_alloc a, b;
	char *p, *q;

	need_pages(4);
	need_size(pages(2));
	a = block_alloc(fd, pages(2));
	b = block_alloc(fd, pages(2));
	p = block_map(fd, a.offset, a.usable);
	q = block_map(fd, b.offset, b.usable);
	pattern_fill(p, a.usable, 1);
	EXPECT(pattern_is_zero(q, b.usable));
	pattern_fill(q, b.usable, 2);
	EXPECT(pattern_holds(p, a.usable, 1));
}

TEST(mmap, unmap_middle)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned char *p;

	need_size(pages(8));
	a = block_alloc(fd, pages(8));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	unmap(p + pages(2), pages(3));
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
	EXPECT_EQ(SIGSEGV, touch_read(p + pages(2), NULL));
	EXPECT_EQ(SIGSEGV, touch_read(p + pages(5) - 1, NULL));
	EXPECT(pattern_holds(p, pages(2), 1));
	unmap(p, pages(2));
	EXPECT_EQ(1, block_query(fd, a.handle).mappings);
	EXPECT_EQ(0, touch_write(p + pages(5), 1));
	unmap(p + pages(5), pages(3));
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
}

/* mprotect() of the middle makes three mappings of one, and back. */
TEST(mmap, split)
{
	int fd = client_open();
	struct buddypool_alloc a;
	unsigned char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	ASSERT_EQ(0, mprotect(p + pages(1), pages(2), PROT_READ));
	EXPECT(block_query(fd, a.handle).mappings >= 1);
	EXPECT(pattern_holds(p, a.usable, 1));
	EXPECT_EQ(SIGSEGV, touch_write(p + pages(1), 1));
	EXPECT_EQ(0, touch_write(p + pages(3), 1));
	ASSERT_EQ(0, mprotect(p, a.usable, RW));
	EXPECT_EQ(0, touch_write(p + pages(1), 1));
	unmap(p, a.usable);
	EXPECT_EQ(0, block_query(fd, a.handle).mappings);
}
