/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mapping blocks into user space.
 */
#ifndef BP_MMAP_H
#define BP_MMAP_H

struct bp_block;
struct bp_client;
struct vm_area_struct;

int bp_mmap(struct bp_client *client, struct vm_area_struct *vma);
int bp_mmap_block(struct bp_block *block, struct vm_area_struct *vma);

#endif /* BP_MMAP_H */
