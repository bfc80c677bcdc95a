// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of blocks
 */
#include "harness.h"

#include "exports.h"
#include "pool.h"

/**
 * try_export() - EXPORT
 * @fd: the client
 * @handle: the block
 * @flags: BUDDYPOOL_EXPORT_*
 * @export: set to the descriptor, or what the kernel left there
 *
 * Return: 0 or a negative errno.
 */
int try_export(int fd, __u32 handle, __u32 flags, int *export)
{
	struct buddypool_export e = { .handle = handle,
				      .flags = flags,
				      .fd = -1 };
	int ret = try_ioctl(fd, BUDDYPOOL_IOC_EXPORT, &e);

	*export = e.fd;
	return ret;
}

/**
 * block_export() - make a descriptor of a block, for reading and writing
 * @fd: the client
 * @handle: the block
 *
 * Return: the descriptor.
 */
int block_export(int fd, __u32 handle)
{
	return block_export_as(fd, handle, 0);
}

/**
 * block_export_as() - make a descriptor of a block
 * @fd: the client
 * @handle: the block
 * @flags: BUDDYPOOL_EXPORT_*
 *
 * Return: the descriptor.
 */
int block_export_as(int fd, __u32 handle, __u32 flags)
{
	int export;

	ASSERT_ERR(0, try_export(fd, handle, flags, &export));
	ASSERT(export >= 0);
	return export;
}
