/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many blocks in one call
 */
#ifndef SELFTEST_BULK_H
#define SELFTEST_BULK_H

#include <linux/types.h>

int try_alloc_bulk(int fd, __u64 size, __u32 *count, __u32 *handles);
int try_free_bulk(int fd, __u32 *count, const __u32 *handles);
__u64 bulk_alloc(int fd, __u64 size, __u32 count, __u32 *handles);
void bulk_free(int fd, __u32 count, const __u32 *handles);

#endif /* SELFTEST_BULK_H */
