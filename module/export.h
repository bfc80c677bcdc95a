/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptors of blocks: what a client gives to others.
 */
#ifndef BP_EXPORT_H
#define BP_EXPORT_H

#include <linux/types.h>

struct bp_block;
struct file;

struct file *bp_export_create(struct bp_block *block, bool writable);

#endif /* BP_EXPORT_H */
