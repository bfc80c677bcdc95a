/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of blocks
 */
#ifndef SELFTEST_EXPORTS_H
#define SELFTEST_EXPORTS_H

#include <linux/buddypool.h>

int try_export(int fd, __u32 handle, __u32 flags, int *export);
int block_export(int fd, __u32 handle);
int block_export_as(int fd, __u32 handle, __u32 flags);

#endif /* SELFTEST_EXPORTS_H */
