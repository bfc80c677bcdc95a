/* SPDX-License-Identifier: GPL-2.0 */
/*
 * CPUs that come and go.
 */
#ifndef BP_HOTPLUG_H
#define BP_HOTPLUG_H

struct hlist_node;

int bp_hotplug_register(void);
void bp_hotplug_unregister(void);
int bp_hotplug_add(struct hlist_node *pool_node);
void bp_hotplug_remove(struct hlist_node *pool_node);

#endif /* BP_HOTPLUG_H */
