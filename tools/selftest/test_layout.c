// SPDX-License-Identifier: GPL-2.0
/*
 * Where the fields of the structures are, and callers older than some of them
 */
#include "harness.h"

#include <assert.h>
#include <string.h>
#include <sys/ioctl.h>

#include "blocks.h"
#include "pool.h"

/*
 * Threat 25: no padding, and every field in the same place for 32-bit and 64-bit
 * callers.
 */
#define AT(offset, type, member) \
	static_assert(offsetof(struct type, member) == (offset), #member)
#define ENDS(size, type) static_assert(sizeof(struct type) == (size), #type)

AT(32, buddypool_info, page_size);
ENDS(40, buddypool_info);
AT(24, buddypool_stat, freed_mapped_pages);
AT(112, buddypool_stat, free_blocks);
AT(368, buddypool_stat, waiting);
AT(384, buddypool_stat, kept_pages);
ENDS(392, buddypool_stat);
ENDS(24, buddypool_failure);
AT(16, buddypool_alloc, flags);
AT(24, buddypool_alloc, usable);
AT(40, buddypool_alloc, failure);
AT(64, buddypool_alloc, timeout);
ENDS(72, buddypool_alloc);
AT(8, buddypool_free, size);
ENDS(24, buddypool_free);
AT(8, buddypool_resize, size);
AT(32, buddypool_resize, failure);
ENDS(56, buddypool_resize);
AT(8, buddypool_query, size);
AT(48, buddypool_query, mappings);
ENDS(56, buddypool_query);
AT(6, buddypool_extent, flags);
ENDS(8, buddypool_extent);
AT(16, buddypool_walk, count);
ENDS(24, buddypool_walk);
AT(8, buddypool_limit, max_bytes);
AT(24, buddypool_limit, max_wait);
AT(40, buddypool_limit, handles);
ENDS(48, buddypool_limit);
AT(8, buddypool_export, fd);
ENDS(16, buddypool_export);
AT(8, buddypool_drain, pages);
ENDS(16, buddypool_drain);

static unsigned long command(unsigned int nr, size_t size)
{
	return _IOC(_IOC_READ | _IOC_WRITE, BUDDYPOOL_IOC_TYPE, nr, size);
}

/* Before there was a timeout nobody waited, whatever stands behind. */
TEST(layout, alloc_without_timeout)
{
	int fd = client_open(), keeper = client_open();
	const size_t size = offsetof(struct buddypool_alloc, timeout);
	struct blocks rest = {};
	struct buddypool_alloc a;

	blocks_fill(keeper, &rest, pool.max_size);
	memset(&a, 0xff, sizeof(a));
	a.size = 1;
	a.align = 0;
	a.flags = 0;
	EXPECT_ERR(-ENOMEM, try_ioctl(fd, command(2, size), &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, a.failure.reason);
	EXPECT_EQ(0, a.failure.reserved);
	EXPECT_EQ(0, a.failure.free);
	EXPECT_EQ(0, a.failure.largest);
	EXPECT_EQ(0, a.handle);
	EXPECT_EQ(~0ULL, a.timeout);
	blocks_free(keeper, &rest);
	EXPECT_ERR(0, try_ioctl(fd, command(2, size), &a));
	EXPECT_EQ(1, block_query(fd, a.handle).size);
	EXPECT_EQ(~0ULL, a.timeout);
}

/* Threat 25: what an older caller is told is the same. */
TEST(layout, stat_without_waiting)
{
	const size_t size = offsetof(struct buddypool_stat, waiting);
	struct buddypool_stat old, now;
	int fd = client_open();

	block_alloc(fd, 1);
	memset(&old, 0, sizeof(old));
	memset(&old.waiting, 0xff, sizeof(old) - size);
	ASSERT_ERR(0, try_ioctl(fd, command(1, size), &old));
	now = stat_read(fd);
	EXPECT(!memcmp(&old, &now, size));
	EXPECT_EQ(~0ULL, old.waiting);
	EXPECT_EQ(~0ULL, old.exports);
}
