// SPDX-License-Identifier: GPL-2.0
/*
 * ALLOC_BULK and FREE_BULK
 */
#include "harness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bulk.h"
#include "exports.h"
#include "limits.h"
#include "pool.h"

#define MANY 300

static __u32 handles[MANY];

static void need_many(void)
{
	need_pages(2 * MANY);
}

TEST(bulk, alloc_and_free)
{
	static const __u32 counts[] = { 1, 2, 63, 64, 65, 128, MANY };
	int fd = client_open();
	unsigned int i;

	need_many();
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		bulk_alloc(fd, 1, counts[i], handles);
		EXPECT_EQ(counts[i], stat_read(fd).blocks);
		EXPECT_EQ(pool.pages - counts[i], stat_read(fd).free_pages);
		bulk_free(fd, counts[i], handles);
		EXPECT_EQ(0, stat_read(fd).blocks);
		EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
	}
}

static int compare(const void *a, const void *b)
{
	const __u32 *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* Each is a block like any other, in a place of its own. */
TEST(bulk, blocks)
{
	int fd = client_open();
	struct buddypool_query q;
	unsigned int i;
	__u64 stride;
	char *p;

	need_many();
	stride = bulk_alloc(fd, 1, MANY, handles);
	for (i = 0; i < MANY; i++) {
		q = block_query(fd, handles[i]);
		ASSERT_EQ(1, q.size);
		ASSERT_EQ(pool.page_size, q.usable);
		ASSERT_EQ(handles[i] * stride, q.offset);
		p = block_map(fd, q.offset, q.usable);
		ASSERT_EQ(0, *p);
		*p = i;
		unmap(p, q.usable);
	}
	for (i = 0; i < MANY; i++) {
		p = block_map(fd, handles[i] * stride, pool.page_size);
		ASSERT_EQ((char)i, *p);
		unmap(p, pool.page_size);
	}
	bulk_free(fd, MANY, handles);
	qsort(handles, MANY, sizeof(*handles), compare);
	EXPECT(handles[0]);
	for (i = 1; i < MANY; i++)
		ASSERT_EQ(1, handles[i - 1] != handles[i]);
}

TEST(bulk, exact_and_aligned)
{
	int fd = client_open();
	struct buddypool_alloc_bulk arg = {
		.size = pages(3),
		.align = pages(8),
		.flags = BUDDYPOOL_ALLOC_EXACT,
		.count = 5,
		.handles = (unsigned long)handles,
	};
	unsigned int i;

	need_pages(64);
	need_size(pages(8));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(5, arg.count);
	EXPECT_EQ(pages(3), arg.usable);
	EXPECT_EQ(BUDDYPOOL_FAILURE_NONE, arg.failure.reason);
	for (i = 0; i < 5; i++)
		EXPECT_EQ(0, block_query(fd, handles[i]).position % pages(8));
	bulk_free(fd, 5, handles);
}

TEST(bulk, refused)
{
	int fd = client_open();
	struct buddypool_alloc_bulk arg = {
		.count = 2,
		.handles = (unsigned long)handles,
	};
	struct buddypool_free_bulk bad = { .flags = 1 };
	__u32 none = 0, bit;

	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	arg.size = ~0ULL;
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	arg.size = 1;
	arg.align = 3;
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	arg.align = 2 * pool.max_align;
	arg.count = 2;
	EXPECT_ERR(-EFBIG, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	EXPECT_EQ(BUDDYPOOL_FAILURE_TOO_LARGE, arg.failure.reason);
	arg.align = 0;
	for (bit = 1; bit < 32; bit++) {
		arg.count = 2;
		arg.flags = 1U << bit;
		EXPECT_ERR(-EINVAL,
			   try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	}
	EXPECT_ERR(-EINVAL, try_alloc_bulk(fd, 1, &none, handles));
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_FREE_BULK, &bad));
	EXPECT_ERR(0, try_free_bulk(fd, &none, NULL));
	EXPECT_EQ(0, stat_read(fd).blocks);
}

/* Threat 21: what could not be told is not there. */
TEST(bulk, array_not_writable)
{
	__u32 *read_only =
		mmap(NULL, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const __u32 fit = pages(1) / sizeof(__u32);
	int fd = client_open();
	__u32 count;

	need_many();
	ASSERT(read_only != MAP_FAILED);
	ASSERT_EQ(0, mprotect(read_only + fit, pages(1), PROT_READ));
	count = 10;
	EXPECT_ERR(-EFAULT, try_alloc_bulk(fd, 1, &count, NULL));
	EXPECT_EQ(0, count);
	count = 10;
	EXPECT_ERR(-EFAULT, try_alloc_bulk(fd, 1, &count, read_only + fit));
	/* A part of a batch. */
	count = 64;
	EXPECT_ERR(-EFAULT,
		   try_alloc_bulk(fd, 1, &count, read_only + fit - 10));
	EXPECT_EQ(0, count);
	EXPECT_EQ(0, stat_read(fd).blocks);
	/* The second batch of three. */
	count = 192;
	EXPECT_ERR(0, try_alloc_bulk(fd, 1, &count, read_only + fit - 64));
	EXPECT_EQ(64, count);
	EXPECT_EQ(64, stat_read(fd).blocks);
	bulk_free(fd, 64, read_only + fit - 64);
	unmap(read_only, pages(2));
}

TEST(bulk, array_not_readable)
{
	__u32 *p = mmap(NULL, pages(2), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const __u32 fit = pages(1) / sizeof(__u32);
	int fd = client_open();
	__u32 count = 128;

	need_many();
	ASSERT(p != MAP_FAILED);
	bulk_alloc(fd, 1, 128, p + fit - 64);
	memcpy(handles, p + fit, 64 * sizeof(*handles));
	unmap(p + fit, pages(1));
	EXPECT_ERR(-EFAULT, try_free_bulk(fd, &count, p + fit - 64));
	EXPECT_EQ(64, count);
	EXPECT_EQ(64, stat_read(fd).blocks);
	bulk_free(fd, 64, handles);
	unmap(p, pages(1));
}

TEST(bulk, argument_not_writable)
{
	struct buddypool_alloc_bulk *alloc =
		mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct buddypool_free_bulk *release = (void *)(alloc + 1);
	int fd = client_open();

	need_pages(2);
	ASSERT(alloc != MAP_FAILED);
	bulk_alloc(fd, 1, 2, handles);
	*alloc = (struct buddypool_alloc_bulk){
		.size = 1,
		.count = 2,
		.handles = (unsigned long)(handles + 2),
	};
	*release = (struct buddypool_free_bulk){
		.count = 2,
		.handles = (unsigned long)handles,
	};
	ASSERT_EQ(0, mprotect(alloc, pages(1), PROT_READ));
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, alloc));
	EXPECT_ERR(-EFAULT, try_ioctl(fd, BUDDYPOOL_IOC_FREE_BULK, release));
	EXPECT_EQ(2, stat_read(fd).blocks);
	bulk_free(fd, 2, handles);
	unmap(alloc, pages(1));
}

/* The first that is none ends it, and the count says which one it is. */
TEST(bulk, free_stops_where_it_fails)
{
	int fd = client_open(), other = client_open();
	__u32 count = 200, kept;

	need_many();
	bulk_alloc(fd, 1, 200, handles);
	kept = handles[100];
	handles[100] = handles[99];
	EXPECT_ERR(-ENOENT, try_free_bulk(fd, &count, handles));
	EXPECT_EQ(100, count);
	EXPECT_EQ(100, stat_read(fd).blocks);
	handles[100] = block_alloc(other, 1).handle;
	count = 100;
	EXPECT_ERR(-ENOENT, try_free_bulk(fd, &count, handles + 100));
	EXPECT_EQ(0, count);
	handles[100] = kept;
	bulk_free(fd, 100, handles + 100);
	EXPECT_EQ(1, stat_read(fd).blocks);
}

/* A mapped one remains, and so does one of which there is a descriptor. */
TEST(bulk, free_of_what_is_used)
{
	int fd = client_open(), export;
	__u64 stride;
	char *p;

	need_many();
	need_size(pages(2));
	stride = bulk_alloc(fd, pages(2), 70, handles);
	p = block_map(fd, handles[66] * stride, pages(2));
	p[0] = 'x';
	ASSERT_ERR(0, try_export(fd, handles[3], 0, &export));
	bulk_free(fd, 70, handles);
	EXPECT_EQ(2, stat_read(fd).blocks);
	EXPECT_EQ(pool.pages - 4, stat_read(fd).free_pages);
	EXPECT_EQ('x', p[0]);
	unmap(p, pages(2));
	close(export);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

/* One that has grown where it was is no block of the buddy system's any more. */
TEST(bulk, free_of_what_has_grown)
{
	int fd = client_open();
	__u32 n;

	need_pages(64);
	bulk_alloc(fd, 1, 8, handles);
	for (n = 1; n < 8; n += 2) {
		block_free(fd, handles[(n + 1) % 8]);
		handles[(n + 1) % 8] = 0;
	}
	for (n = 1; n < 8; n += 2)
		try_resize(fd, handles[n], pages(2),
			   BUDDYPOOL_RESIZE_NO_MOVE | BUDDYPOOL_RESIZE_EXACT,
			   NULL);
	handles[0] = handles[1];
	handles[1] = handles[3];
	handles[2] = handles[5];
	handles[3] = handles[7];
	bulk_free(fd, 4, handles);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

/* Threat 9: a handle that has been freed does not soon mean another block. */
TEST(bulk, old_handles)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	unsigned int i;

	block_free(fd, a.handle);
	for (i = 0; i < 64; i++) {
		block_free(fd, block_alloc(fd, 1).handle);
		ASSERT_ERR(-ENOENT, try_free(fd, a.handle));
	}
}

static bool is_among(const __u32 *all, unsigned int n, __u32 handle)
{
	while (n--)
		if (all[n] == handle)
			return true;
	return false;
}

/* Threat 9: however many are freed, and allocated, at once. */
TEST(bulk, old_handles_of_many)
{
	__u32 *old = handles, *new = handles + MANY / 2;
	int fd = client_open();
	__u32 one = 1;
	unsigned int i;

	need_many();
	bulk_alloc(fd, 1, MANY / 2, old);
	bulk_free(fd, MANY / 2, old);
	bulk_alloc(fd, 1, MANY / 2, new);
	for (i = MANY / 2 - 64; i < MANY / 2; i++) {
		ASSERT(!is_among(new, MANY / 2, old[i]));
		one = 1;
		ASSERT_ERR(-ENOENT, try_free_bulk(fd, &one, &old[i]));
		ASSERT_EQ(0, one);
	}
	bulk_free(fd, MANY / 2, new);
}

/* Numbers that are no handles at all, by themselves and in a row. */
TEST(bulk, free_of_nothing)
{
	static const __u32 none[] = { 0,          1U << 31,   (1U << 31) + 1,
				      0xfffffffe, 0xffffffff, 0 };
	int fd = client_open();
	unsigned int i;
	__u32 count;

	block_alloc(fd, 1);
	for (i = 0; i < ARRAY_SIZE(none); i++) {
		count = ARRAY_SIZE(none) - i;
		EXPECT_ERR(-ENOENT, try_free_bulk(fd, &count, none + i));
		EXPECT_EQ(0, count);
	}
	count = 1;
	EXPECT_ERR(-EFAULT, try_free_bulk(fd, &count, NULL));
	EXPECT_EQ(0, count);
	EXPECT_EQ(1, stat_read(fd).blocks);
}

/* Threat 19: addresses that the kernel can reach, but the caller may not. */
TEST(bulk, array_nowhere)
{
	const __u64 nowhere[] = { 8, -4096ULL, -8ULL, -1ULL, 1ULL << 63 };
	int fd = client_open();
	unsigned int i;

	need_many();
	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		struct buddypool_alloc_bulk alloc = { .size = 1,
						      .count = 200,
						      .handles = nowhere[i] };
		struct buddypool_free_bulk release = { .count = 200,
						       .handles = nowhere[i] };

		EXPECT_ERR(-EFAULT,
			   try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &alloc));
		EXPECT_EQ(0, alloc.count);
		EXPECT_ERR(-EFAULT,
			   try_ioctl(fd, BUDDYPOOL_IOC_FREE_BULK, &release));
		EXPECT_EQ(0, release.count);
	}
	EXPECT_EQ(0, stat_read(fd).blocks);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

TEST(bulk, read_only)
{
	int fd = client_open_as(O_RDONLY);
	__u32 count = 1;

	EXPECT_ERR(-EBADF, try_alloc_bulk(fd, 1, &count, handles));
	EXPECT_ERR(-EBADF, try_free_bulk(fd, &count, handles));
	EXPECT_EQ(1, count);
}
