// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's general purpose allocator, as a module for a kernel that is
 * configured without it.
 */
#include <lib/genalloc.c>

#include <linux/module.h>

MODULE_DESCRIPTION("The general purpose allocator, to be compared with");
MODULE_LICENSE("GPL");
