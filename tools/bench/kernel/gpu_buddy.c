// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's buddy allocator of graphics drivers, as a module for a kernel that
 * is configured without it.
 */
#include <drivers/gpu/buddy.c>
