/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The character device of a pool.
 */
#ifndef BP_DEVICE_H
#define BP_DEVICE_H

#include <linux/types.h>

struct bp_device;
struct bp_limits;

struct bp_device *bp_device_create(const char *name, u32 nr_pages,
				   unsigned int max_order, u32 percpu_pages,
				   const struct bp_limits *limits);
void bp_device_destroy(struct bp_device *device);

#endif /* BP_DEVICE_H */
