// SPDX-License-Identifier: GPL-2.0
/*
 * Many blocks in one call
 */
#include "harness.h"

#include "bulk.h"
#include "pool.h"

/**
 * try_alloc_bulk() - allocate many blocks
 * @fd: the client
 * @size: of each, in bytes
 * @count: how many are wanted; how many there are
 * @handles: set to their handles
 *
 * Return: 0 or a negative errno.
 */
int try_alloc_bulk(int fd, __u64 size, __u32 *count, __u32 *handles)
{
	struct buddypool_alloc_bulk arg = {
		.size = size,
		.count = *count,
		.handles = (unsigned long)handles,
	};
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg);

	*count = arg.count;
	return ret;
}

/**
 * try_free_bulk() - free many blocks
 * @fd: the client
 * @count: how many; how many were freed
 * @handles: their handles
 *
 * Return: 0 or a negative errno.
 */
int try_free_bulk(int fd, __u32 *count, const __u32 *handles)
{
	struct buddypool_free_bulk arg = {
		.handles = (unsigned long)handles,
		.count = *count,
	};
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_FREE_BULK, &arg);

	*count = arg.count;
	return ret;
}

/**
 * bulk_alloc() - allocate just so many blocks
 * @fd: the client
 * @size: of each, in bytes
 * @count: how many
 * @handles: set to their handles
 *
 * Return: what a handle is to be multiplied with to give the offset of its block.
 */
__u64 bulk_alloc(int fd, __u64 size, __u32 count, __u32 *handles)
{
	struct buddypool_alloc_bulk arg = {
		.size = size,
		.count = count,
		.handles = (unsigned long)handles,
	};

	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg));
	ASSERT_EQ(count, arg.count);
	return arg.stride;
}

/**
 * bulk_free() - free just so many blocks
 * @fd: the client
 * @count: how many
 * @handles: their handles
 */
void bulk_free(int fd, __u32 count, const __u32 *handles)
{
	__u32 freed = count;

	ASSERT_ERR(0, try_free_bulk(fd, &freed, handles));
	ASSERT_EQ(count, freed);
}
