// SPDX-License-Identifier: GPL-2.0
/*
 * Commands and arguments that have to be refused
 */
#include "harness.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pool.h"

#define TYPE BUDDYPOOL_IOC_TYPE
#define COMMANDS 12

static const size_t size_of[COMMANDS] = {
	sizeof(struct buddypool_info),       sizeof(struct buddypool_stat),
	sizeof(struct buddypool_alloc),      sizeof(struct buddypool_free),
	sizeof(struct buddypool_resize),     sizeof(struct buddypool_query),
	sizeof(struct buddypool_walk),       sizeof(struct buddypool_limit),
	sizeof(struct buddypool_export),     sizeof(struct buddypool_drain),
	sizeof(struct buddypool_alloc_bulk), sizeof(struct buddypool_free_bulk),
};

/* Room for any argument of an ioctl. */
static __u64 arg[(1 << _IOC_SIZEBITS) / sizeof(__u64)];

static int call(int fd, unsigned int dir, unsigned int type, unsigned int nr,
		size_t size)
{
	memset(arg, 0, sizeof(arg));
	return try_ioctl(fd, _IOC(dir, type, nr, size), arg);
}

/* Threat 22 */
TEST(command, unknown_number)
{
	int fd = client_open();
	unsigned int nr;

	for (nr = COMMANDS; nr < 256; nr++)
		EXPECT_ERR(-ENOTTY,
			   call(fd, _IOC_READ | _IOC_WRITE, TYPE, nr, 24));
}

TEST(command, unknown_type)
{
	int fd = client_open();
	unsigned int nr;

	for (nr = 0; nr < COMMANDS; nr++) {
		EXPECT_ERR(-ENOTTY, call(fd, _IOC_READ | _IOC_WRITE, TYPE + 1,
					 nr, size_of[nr]));
		EXPECT_ERR(-ENOTTY, call(fd, _IOC_READ | _IOC_WRITE, 0, nr,
					 size_of[nr]));
	}
}

TEST(command, unknown_direction)
{
	static const unsigned int dirs[] = { _IOC_NONE, _IOC_READ, _IOC_WRITE };
	int fd = client_open();
	unsigned int nr, i;

	for (nr = 0; nr < COMMANDS; nr++)
		for (i = 0; i < ARRAY_SIZE(dirs); i++)
			EXPECT_ERR(-ENOTTY,
				   call(fd, dirs[i], TYPE, nr, size_of[nr]));
}

TEST(command, foreign)
{
	int fd = client_open();
	char c = 0;

	EXPECT_ERR(-ENOTTY, try_ioctl(fd, 0, arg));
	EXPECT_ERR(-ENOTTY, try_ioctl(fd, TIOCGWINSZ, arg));
	EXPECT_ERR(-ENOTTY, try_ioctl(fd, 0xffffffff, arg));
	/* Neither is the device a file to be read or written. */
	EXPECT_EQ(-1, read(fd, &c, 1));
	EXPECT_EQ(-1, write(fd, &c, 1));
}

/* Threat 15: what changes something needs a descriptor open for writing. */
TEST(command, read_only)
{
	int fd = client_open_as(O_RDONLY);
	struct buddypool_extent extents[8];
	struct buddypool_walk walk = {
		.extents = (unsigned long)extents,
		.count = ARRAY_SIZE(extents),
	};

	EXPECT_ERR(0, call(fd, _IOC_READ | _IOC_WRITE, TYPE, 0, size_of[0]));
	EXPECT_ERR(0, call(fd, _IOC_READ | _IOC_WRITE, TYPE, 1, size_of[1]));
	EXPECT_ERR(-EBADF, try_alloc(fd, 1, 0, 0, NULL));
	EXPECT_ERR(-EBADF, try_free(fd, 1));
	EXPECT_ERR(-EBADF, try_resize(fd, 1, 1, 0, NULL));
	EXPECT_ERR(-ENOENT, try_query(fd, 1, NULL));
	EXPECT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &walk));
	EXPECT(walk.count > 0);
	EXPECT_EQ(0, stat_read(fd).blocks);
}

TEST(command, write_only)
{
	int fd = client_open_as(O_WRONLY);
	struct buddypool_alloc a;

	ASSERT_ERR(0, try_alloc(fd, 1, 0, 0, &a));
	EXPECT_ERR(0, try_query(fd, a.handle, NULL));
	/* The kernel itself wants a descriptor that can be read. */
	EXPECT_ERR(-EACCES, try_map(fd, a.offset, a.usable, PROT_WRITE,
				    MAP_SHARED, NULL));
	EXPECT_ERR(0, try_free(fd, a.handle));
}

/* An O_PATH descriptor is no client. */
TEST(command, path_only)
{
	int fd = client_open_as(O_PATH);

	EXPECT_ERR(-EBADF, try_alloc(fd, 1, 0, 0, NULL));
}

/* Every unknown flag of every command, one by one; nothing happens. */
TEST(command, unknown_flags)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct buddypool_extent extent;
	struct buddypool_query q;
	struct buddypool_walk w;
	unsigned int bit;

	for (bit = 0; bit < 32; bit++) {
		__u32 flag = 1U << bit;

		if (!(flag & BUDDYPOOL_ALLOC_EXACT))
			EXPECT_ERR(-EINVAL, try_alloc(fd, 1, 0, flag, NULL));
		if (!(flag & (BUDDYPOOL_FREE_SIZED | BUDDYPOOL_FREE_ALIGNED)))
			EXPECT_ERR(-EINVAL,
				   try_free_as(fd, a.handle, flag, 0, 0));
		if (!(flag &
		      (BUDDYPOOL_RESIZE_EXACT | BUDDYPOOL_RESIZE_NO_MOVE)))
			EXPECT_ERR(-EINVAL,
				   try_resize(fd, a.handle, 1, flag, NULL));
		q = (struct buddypool_query){ .handle = a.handle,
					      .flags = flag };
		EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_QUERY, &q));
		w = (struct buddypool_walk){ .extents = (unsigned long)&extent,
					     .count = 1,
					     .flags = flag };
		EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
	}
	EXPECT_EQ(1, stat_read(fd).blocks);
	EXPECT_EQ(1, block_query(fd, a.handle).size);
}

TEST(command, reserved_fields)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct buddypool_resize r = { .handle = a.handle,
				      .size = 2,
				      .reserved = 1 };
	struct buddypool_query q = { .handle = a.handle, .reserved = 1 };

	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_RESIZE, &r));
	EXPECT_EQ(1, block_query(fd, a.handle).size);
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_QUERY, &q));
	r.reserved = 1U << 31;
	q.reserved = 1U << 31;
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_RESIZE, &r));
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_QUERY, &q));
}

TEST(command, stat_reserved)
{
	int fd = client_open();
	struct buddypool_stat stat = { .reserved = 1 };

	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_STAT, &stat));
}

/* What is "out" may hold anything beforehand, the failure within included. */
TEST(command, out_fields_ignored)
{
	int fd = client_open();
	struct buddypool_alloc a;
	struct buddypool_resize r;
	struct buddypool_query q;
	const struct buddypool_failure none = {};

	memset(&a, 0xff, sizeof(a));
	a.size = 1;
	a.align = 0;
	a.flags = 0;
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a));
	EXPECT_EQ(pool.page_size, a.usable);
	EXPECT(!memcmp(&a.failure, &none, sizeof(none)));

	memset(&q, 0xff, sizeof(q));
	q.handle = a.handle;
	q.flags = 0;
	q.reserved = 0;
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_QUERY, &q));
	EXPECT_EQ(1, q.size);
	EXPECT_EQ(0, q.align);
	EXPECT_EQ(a.usable, q.usable);
	EXPECT_EQ(a.offset, q.offset);
	EXPECT_EQ(0, q.mappings);

	memset(&r, 0xff, sizeof(r));
	r.handle = a.handle;
	r.flags = 0;
	r.size = 2;
	r.reserved = 0;
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_RESIZE, &r));
	EXPECT_EQ(pool.page_size, r.usable);
	EXPECT_EQ(0, r.moved);
	EXPECT(!memcmp(&r.failure, &none, sizeof(none)));
}

/* Threat 20 */
TEST(command, zero_size)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);

	EXPECT_ERR(-EINVAL, try_alloc(fd, 0, 0, 0, NULL));
	EXPECT_ERR(-EINVAL, try_alloc(fd, 0, 0, BUDDYPOOL_ALLOC_EXACT, NULL));
	EXPECT_ERR(-EINVAL, try_alloc(fd, 0, pool.page_size, 0, NULL));
	EXPECT_ERR(-EINVAL, try_resize(fd, a.handle, 0, 0, NULL));
	EXPECT_ERR(-EINVAL,
		   try_resize(fd, a.handle, 0, BUDDYPOOL_RESIZE_EXACT, NULL));
	EXPECT_EQ(1, stat_read(fd).blocks);
}

static void expect_huge(int fd, __u32 handle, __u64 size)
{
	struct buddypool_alloc a;
	struct buddypool_resize r;
	__u32 exact;
	int ret;

	for (exact = 0; exact <= 1; exact++) {
		ret = try_alloc(fd, size, 0, exact, &a);
		if (ret != -EFBIG && !(ret == -EINVAL && pages(1) > -size))
			EXPECT_ERR(-EFBIG, ret);
		if (ret == -EFBIG)
			EXPECT_EQ(BUDDYPOOL_FAILURE_TOO_LARGE,
				  a.failure.reason);
		ret = try_resize(fd, handle, size, exact, &r);
		if (ret != -EFBIG && !(ret == -EINVAL && pages(1) > -size))
			EXPECT_ERR(-EFBIG, ret);
		if (ret == -EFBIG)
			EXPECT_EQ(BUDDYPOOL_FAILURE_TOO_LARGE,
				  r.failure.reason);
	}
}

/*
 * Threats 3 and 17: sizes around every limit that a sum, a shift or a narrower
 * type could trip over. Where a size cannot even be rounded up to pages, EINVAL
 * is as good as EFBIG.
 */
TEST(command, huge_sizes)
{
	const __u64 points[] = {
		pool.max_size + 2,
		pages(pool.pages) + 2,
		pages(1ULL << pool.max_order) + 2,
		pages(1ULL << 31),
		pages(1ULL << 32),
		pages(1ULL << 33),
		1ULL << 62,
		LONG_MAX,
		LLONG_MAX,
		1ULL << 63,
		-(__u64)pool.page_size,
		-2 * (__u64)pool.page_size,
		ULLONG_MAX - 2,
	};
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	unsigned int i;
	int d;

	for (i = 0; i < ARRAY_SIZE(points); i++)
		for (d = -2; d <= 2; d++)
			if (points[i] + d > pool.max_size)
				expect_huge(fd, a.handle, points[i] + d);
	EXPECT_EQ(1, stat_read(fd).blocks);
	EXPECT_EQ(1, block_query(fd, a.handle).size);
}

TEST(command, bad_alignment)
{
	static const __u64 bad[] = {
		3,
		5,
		6,
		7,
		12,
		100,
		4095,
		4097,
		6144,
		12288,
		(1ULL << 32) + 1,
		(1ULL << 63) + 1,
		3ULL << 62,
		ULLONG_MAX,
	};
	int fd = client_open();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_ERR(-EINVAL, try_alloc(fd, 1, bad[i], 0, NULL));
	EXPECT_EQ(0, stat_read(fd).blocks);
}

TEST(command, huge_alignment)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 align;

	for (align = 2 * pool.max_align; align; align *= 2) {
		EXPECT_ERR(-EFBIG, try_alloc(fd, 1, align, 0, &a));
		EXPECT_EQ(BUDDYPOOL_FAILURE_TOO_LARGE, a.failure.reason);
		EXPECT_EQ(pages(pool.pages), a.failure.free);
	}
	EXPECT_EQ(0, stat_read(fd).blocks);
}

TEST(command, walk_arguments)
{
	int fd = client_open();
	struct buddypool_extent extent;
	const __u64 beyond[] = { pool.pages + 1, 1ULL << 32, (1ULL << 32) + 1,
				 1ULL << 63, ULLONG_MAX };
	struct buddypool_walk w;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(beyond); i++) {
		w = (struct buddypool_walk){ .start = beyond[i],
					     .count = 1,
					     .extents =
						     (unsigned long)&extent };
		EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
	}
	w = (struct buddypool_walk){ .extents = (unsigned long)&extent };
	EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_WALK, &w));
}
