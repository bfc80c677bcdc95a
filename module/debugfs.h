/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the administrator can see of a pool: /sys/kernel/debug/buddypool/
 */
#ifndef BP_DEBUGFS_H
#define BP_DEBUGFS_H

struct bp_registry;
struct dentry;

struct dentry *bp_debugfs_create(const char *name,
				 struct bp_registry *registry);
void bp_debugfs_remove(struct dentry *dir);

#endif /* BP_DEBUGFS_H */
