// SPDX-License-Identifier: GPL-2.0
/*
 * Structures that are older, newer, too short, or partly not there
 */
#include "harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"

#define MAX_SIZE ((1U << _IOC_SIZEBITS) - 1)
#define SENTINEL 0xa5

/**
 * struct command - a command, and arguments with which it succeeds
 * @name: for messages
 * @nr: its number
 * @first: size of its structure in the first version of the ABI, for ever
 * @size: size of its structure as this program knows it
 * @writes: whether it has "out" members
 * @prepare: fills in the arguments
 */
struct command {
	const char *name;
	unsigned int nr;
	size_t first;
	size_t size;
	bool writes;
	void (*prepare)(int fd, void *arg);
};

static struct buddypool_extent extents[4];
static __u32 handle;

static void prepare_nothing(int fd, void *arg)
{
	(void)fd;
	(void)arg;
}

static void prepare_alloc(int fd, void *arg)
{
	(void)fd;
	*(struct buddypool_alloc *)arg = (struct buddypool_alloc){ .size = 1 };
}

static void prepare_free(int fd, void *arg)
{
	*(struct buddypool_free *)arg =
		(struct buddypool_free){ .handle = block_alloc(fd, 1).handle };
}

static void prepare_resize(int fd, void *arg)
{
	*(struct buddypool_resize *)arg =
		(struct buddypool_resize){ .handle = block_alloc(fd, 1).handle,
					   .size = 2 };
}

static void prepare_query(int fd, void *arg)
{
	*(struct buddypool_query *)arg =
		(struct buddypool_query){ .handle = block_alloc(fd, 1).handle };
}

static void prepare_walk(int fd, void *arg)
{
	(void)fd;
	*(struct buddypool_walk *)arg =
		(struct buddypool_walk){ .extents = (unsigned long)extents,
					 .count = ARRAY_SIZE(extents) };
}

static void prepare_limit(int fd, void *arg)
{
	(void)fd;
	*(struct buddypool_limit *)arg =
		(struct buddypool_limit){ .flags = BUDDYPOOL_LIMIT_BYTES,
					  .max_bytes = ~0ULL };
}

static void prepare_export(int fd, void *arg)
{
	*(struct buddypool_export *)arg =
		(struct buddypool_export){ .handle =
						   block_alloc(fd, 1).handle };
}

static void prepare_alloc_bulk(int fd, void *arg)
{
	(void)fd;
	*(struct buddypool_alloc_bulk *)arg = (struct buddypool_alloc_bulk){
		.size = 1, .count = 1, .handles = (unsigned long)&handle
	};
}

static void prepare_free_bulk(int fd, void *arg)
{
	handle = block_alloc(fd, 1).handle;
	*(struct buddypool_free_bulk *)arg =
		(struct buddypool_free_bulk){ .handles = (unsigned long)&handle,
					      .count = 1 };
}

static const struct command commands[] = {
	{ "INFO", 0, 40, sizeof(struct buddypool_info), true, prepare_nothing },
	{ "STAT", 1, 368, sizeof(struct buddypool_stat), true,
	  prepare_nothing },
	{ "ALLOC", 2, 64, sizeof(struct buddypool_alloc), true, prepare_alloc },
	{ "FREE", 3, 24, sizeof(struct buddypool_free), false, prepare_free },
	{ "RESIZE", 4, 56, sizeof(struct buddypool_resize), true,
	  prepare_resize },
	{ "QUERY", 5, 56, sizeof(struct buddypool_query), true, prepare_query },
	{ "WALK", 6, 24, sizeof(struct buddypool_walk), true, prepare_walk },
	{ "LIMIT", 7, 48, sizeof(struct buddypool_limit), true, prepare_limit },
	{ "EXPORT", 8, 16, sizeof(struct buddypool_export), true,
	  prepare_export },
	{ "DRAIN", 9, 16, sizeof(struct buddypool_drain), true,
	  prepare_nothing },
	{ "ALLOC_BULK", 10, 72, sizeof(struct buddypool_alloc_bulk), true,
	  prepare_alloc_bulk },
	{ "FREE_BULK", 11, 16, sizeof(struct buddypool_free_bulk), true,
	  prepare_free_bulk },
};

static unsigned long sized(const struct command *c, size_t size)
{
	return _IOC(_IOC_READ | _IOC_WRITE, BUDDYPOOL_IOC_TYPE, c->nr, size);
}

/* Free what was prepared: become another client with the same descriptor. */
static void start_over(int fd)
{
	int next = client_open();

	ASSERT_EQ(fd, dup2(next, fd));
	close(next);
}

/* The same after a success: a descriptor that EXPORT made would keep its block. */
static void undo(int fd, const struct command *c, const void *arg)
{
	struct buddypool_export export;

	if (c->nr == _IOC_NR(BUDDYPOOL_IOC_EXPORT)) {
		memcpy(&export, arg, sizeof(export));
		close(export.fd);
	}
	start_over(fd);
}

/* Run @body for each command, by a client of its own. */
static void each_command(void (*body)(int fd, const struct command *c))
{
	unsigned int i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		fd = client_open();
		body(fd, &commands[i]);
		close(fd);
	}
}

static void expect(const struct command *c, const char *what, int want, int got)
{
	if (want != got)
		test_fail(__FILE__, __LINE__, "expected %s from %s %s, got %s",
			  test_errno(want), c->name, what, test_errno(got));
}

/* Shorter than the first version is no version at all, and nothing happens. */
static void too_short(int fd, const struct command *c)
{
	__u64 arg[64] = {};
	unsigned char *bytes = (unsigned char *)arg;
	__u64 blocks;
	size_t size;

	c->prepare(fd, arg);
	blocks = stat_read(fd).blocks;
	for (size = 0; size < c->first; size++) {
		memset(bytes + c->size, SENTINEL, sizeof(arg) - c->size);
		expect(c, "of too few bytes", -EINVAL,
		       try_ioctl(fd, sized(c, size), arg));
	}
	for (size = c->size; size < sizeof(arg); size++)
		ASSERT_EQ(SENTINEL, bytes[size]);
	EXPECT_EQ(blocks, stat_read(fd).blocks);
}

TEST(struct, too_short)
{
	each_command(too_short);
}

/* An older caller is served, and what it does not know is not written. */
static void shorter(int fd, const struct command *c)
{
	unsigned char *bytes;
	__u64 arg[64];
	size_t size, i;

	for (size = c->first; size <= c->size; size += sizeof(__u64)) {
		bytes = memset(arg, SENTINEL, sizeof(arg));
		memset(arg, 0, c->size);
		c->prepare(fd, arg);
		memset(bytes + size, SENTINEL, sizeof(arg) - size);
		expect(c, "of an older caller", 0,
		       try_ioctl(fd, sized(c, size), arg));
		for (i = size; i < sizeof(arg); i++)
			ASSERT_EQ(SENTINEL, bytes[i]);
		undo(fd, c, arg);
	}
}

/* Threat 25 */
TEST(struct, older)
{
	each_command(shorter);
}

/*
 * A newer caller is served as long as it leaves zero what the kernel does not
 * know; what stands behind its structure is its own.
 */
static void newer(int fd, const struct command *c)
{
	const size_t sizes[] = { c->size + 1,    c->size + 3,
				 c->size + 8,    2 * c->size,
				 pool.page_size, pool.page_size + 8,
				 MAX_SIZE - 7,   MAX_SIZE };
	unsigned char *bytes = malloc(MAX_SIZE + 64);
	unsigned int i;
	size_t at;

	ASSERT(bytes);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (sizes[i] > MAX_SIZE)
			continue;
		memset(bytes, 0, sizes[i]);
		memset(bytes + sizes[i], SENTINEL, MAX_SIZE + 64 - sizes[i]);
		c->prepare(fd, bytes);
		expect(c, "with a zero tail", 0,
		       try_ioctl(fd, sized(c, sizes[i]), bytes));
		for (at = c->size; at < sizes[i]; at++)
			ASSERT_EQ(0, bytes[at]);
		for (; at < MAX_SIZE + 64; at++)
			ASSERT_EQ(SENTINEL, bytes[at]);
		undo(fd, c, bytes);
	}
	free(bytes);
}

/* Threat 25 */
TEST(struct, newer)
{
	each_command(newer);
}

static void newer_nonzero(int fd, const struct command *c)
{
	size_t size = c->size + 64, at;
	struct buddypool_stat stat;
	__u64 arg[128];
	unsigned char *bytes = (unsigned char *)arg;

	for (at = c->size; at < size; at += 7) {
		memset(arg, 0, sizeof(arg));
		c->prepare(fd, arg);
		bytes[at] = 1;
		stat = stat_read(fd);
		expect(c, "with a non-zero tail", -E2BIG,
		       try_ioctl(fd, sized(c, size), arg));
		EXPECT_EQ(stat.blocks, stat_read(fd).blocks);
		start_over(fd);
	}
}

TEST(struct, newer_nonzero)
{
	each_command(newer_nonzero);
}

/* Threat 19: no address that the kernel can reach, but the caller may not. */
static void no_address(int fd, const struct command *c)
{
	void *hole = mmap(NULL, pages(1), PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT(hole != MAP_FAILED);
	expect(c, "at NULL", -EFAULT, try_ioctl(fd, sized(c, c->size), NULL));
	expect(c, "at a hole", -EFAULT, try_ioctl(fd, sized(c, c->size), hole));
	expect(c, "in the kernel", -EFAULT,
	       try_ioctl(fd, sized(c, c->size), (void *)-4096L));
	expect(c, "at the end of the kernel", -EFAULT,
	       try_ioctl(fd, sized(c, c->size), (void *)-8L));
	unmap(hole, pages(1));
	EXPECT_EQ(0, stat_read(fd).blocks);
}

TEST(struct, no_address)
{
	each_command(no_address);
}

/* Where the kernel's code is; 0 if it does not say. */
static unsigned long kernel_text(void)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	unsigned long address = 0;
	char line[256];

	while (file && !address && fgets(line, sizeof(line), file))
		if (strstr(line, " _stext\n"))
			address = strtoul(line, NULL, 16);
	if (file)
		fclose(file);
	return address;
}

/* What the kernel itself could read: only of a command that writes nothing. */
TEST(struct, kernel_address)
{
	const unsigned long address = kernel_text();
	int fd = client_open();

	if (!address || address != (unsigned long)(void *)address)
		test_skip("no address of the kernel is known");
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_FREE, (void *)address));
}

/* No address is too odd; what is copied word by word must not need to be. */
static void anywhere(int fd, const struct command *c)
{
	unsigned char room[sizeof(struct buddypool_stat) + 16];
	__u64 arg[64];
	size_t offset;

	for (offset = 1; offset < 16; offset++) {
		memset(room, SENTINEL, sizeof(room));
		memset(arg, 0, sizeof(arg));
		c->prepare(fd, arg);
		memcpy(room + offset, arg, c->size);
		expect(c, "at an odd address", 0,
		       try_ioctl(fd, sized(c, c->size), room + offset));
		EXPECT_EQ(SENTINEL, room[offset - 1]);
		EXPECT_EQ(SENTINEL, room[offset + c->size]);
		undo(fd, c, room + offset);
	}
}

TEST(struct, anywhere)
{
	each_command(anywhere);
}

/* A structure that begins on a page and ends on one that is not there. */
static void half_there(int fd, const struct command *c)
{
	unsigned char *p =
		mmap(NULL, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct buddypool_stat stat;
	__u64 arg[64] = {};
	size_t there;

	ASSERT(p != MAP_FAILED);
	unmap(p + pages(1), pages(1));
	c->prepare(fd, arg);
	stat = stat_read(fd);
	for (there = 8; there < c->size; there += 8) {
		unsigned char *at = p + pages(1) - there;

		memcpy(at, arg, there);
		expect(c, "that is half there", -EFAULT,
		       try_ioctl(fd, sized(c, c->size), at));
	}
	EXPECT_EQ(stat.blocks, stat_read(fd).blocks);
	EXPECT_EQ(stat.exports, stat_read(fd).exports);
	EXPECT_EQ(stat.free_pages, stat_read(fd).free_pages);
	unmap(p, pages(1));
}

TEST(struct, half_there)
{
	each_command(half_there);
}

/*
 * Threat 21: the arguments can be read, the results not be written. Nobody
 * would know the handle of a block that ALLOC left behind.
 */
static void read_only(int fd, const struct command *c)
{
	void *p = mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct buddypool_stat before, after;
	int ret;

	ASSERT(p != MAP_FAILED);
	c->prepare(fd, p);
	ASSERT_EQ(0, mprotect(p, pages(1), PROT_READ));
	before = stat_read(fd);
	ret = try_ioctl(fd, sized(c, c->size), p);
	after = stat_read(fd);
	if (!c->writes && !ret) {
		/* It had nothing to write, so it may as well have worked. */
		EXPECT_EQ(before.blocks - 1, after.blocks);
	} else {
		expect(c, "that is read-only", -EFAULT, ret);
		EXPECT_EQ(before.blocks, after.blocks);
		EXPECT_EQ(before.exports, after.exports);
		EXPECT_EQ(before.free_pages, after.free_pages);
	}
	unmap(p, pages(1));
}

TEST(struct, read_only)
{
	each_command(read_only);
}

/* "On error nothing has changed" */
TEST(struct, read_only_resize)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_query before, after;
	struct buddypool_resize *r;

	need_size(pages(2));
	a = block_alloc(fd, pages(1));
	before = block_query(fd, a.handle);
	r = mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(r != MAP_FAILED);
	*r = (struct buddypool_resize){ .handle = a.handle, .size = pages(2) };
	ASSERT_EQ(0, mprotect(r, pages(1), PROT_READ));
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_RESIZE, r));
	after = block_query(fd, a.handle);
	EXPECT_EQ(before.size, after.size);
	EXPECT_EQ(before.usable, after.usable);
	EXPECT_EQ(before.position, after.position);
}

/*
 * Threat 25: an error other than ENOMEM and EFBIG leaves the structure as it
 * was.
 */
TEST(struct, untouched_on_error)
{
	int fd = client_open();
	struct buddypool_alloc a, a_was;
	struct buddypool_resize r, r_was;
	struct buddypool_query q, q_was;

	memset(&a, SENTINEL, sizeof(a));
	a_was = a;
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a));
	EXPECT(!memcmp(&a, &a_was, sizeof(a)));
	memset(&r, SENTINEL, sizeof(r));
	r.flags = 0;
	r.size = 1;
	r.reserved = 0;
	r_was = r;
	EXPECT_ERR(-ENOENT, try_ioctl(fd, BUDDYPOOL_IOC_RESIZE, &r));
	EXPECT(!memcmp(&r, &r_was, sizeof(r)));
	memset(&q, SENTINEL, sizeof(q));
	q.flags = 0;
	q.reserved = 0;
	q_was = q;
	EXPECT_ERR(-ENOENT, try_ioctl(fd, BUDDYPOOL_IOC_QUERY, &q));
	EXPECT(!memcmp(&q, &q_was, sizeof(q)));
}
