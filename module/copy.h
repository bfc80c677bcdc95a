/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small structures, copied from and to user space.
 */
#ifndef BP_COPY_H
#define BP_COPY_H

#include <linux/types.h>

int bp_copy_from_user(void *to, const void __user *from, size_t size);
int bp_copy_to_user(void __user *to, const void *from, size_t size);

#endif /* BP_COPY_H */
