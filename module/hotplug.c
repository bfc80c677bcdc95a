// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that come and go: only those that are online keep blocks of a pool.
 */
#include "hotplug.h"

#include <linux/cpuhotplug.h>

#include "pool.h"

/* What the kernel calls our callbacks; constant while it is registered. */
static enum cpuhp_state state;

static int online(unsigned int cpu, struct hlist_node *node)
{
	struct bp_pool *pool = hlist_entry(node, struct bp_pool, hotplug_node);

	bp_lists_set_online(&pool->lists, true);
	return 0;
}

/* The CPU still runs tasks, which find no list to use from now on. */
static int offline(unsigned int cpu, struct hlist_node *node)
{
	struct bp_pool *pool = hlist_entry(node, struct bp_pool, hotplug_node);

	bp_lists_set_online(&pool->lists, false);
	bp_pool_drain_cpu(pool, cpu);
	return 0;
}

/**
 * bp_hotplug_register() - begin to follow the CPUs
 *
 * Context: process context; sleeps.
 * Return: 0, or an error of cpuhp_setup_state_multi().
 */
int bp_hotplug_register(void)
{
	int err = cpuhp_setup_state_multi(CPUHP_AP_ONLINE_DYN,
					  "buddypool:online", online, offline);

	if (err < 0)
		return err;
	state = err;
	return 0;
}

/**
 * bp_hotplug_unregister() - stop following the CPUs
 *
 * Context: process context; sleeps. No pool is left.
 */
void bp_hotplug_unregister(void)
{
	cpuhp_remove_multi_state(state);
}

/**
 * bp_hotplug_add() - the CPUs that are online may keep blocks of a pool
 * @pool_node: hotplug_node of the pool
 *
 * Context: process context; sleeps.
 * Return: 0, or an error of cpuhp_state_add_instance().
 */
int bp_hotplug_add(struct hlist_node *pool_node)
{
	return cpuhp_state_add_instance(state, pool_node);
}

/**
 * bp_hotplug_remove() - no CPU keeps blocks of a pool any more
 * @pool_node: of a pool that has been added
 *
 * Context: process context; sleeps.
 */
void bp_hotplug_remove(struct hlist_node *pool_node)
{
	cpuhp_state_remove_instance(state, pool_node);
}
