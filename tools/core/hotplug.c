// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that come and go.
 */
#include "core.h"
#include "thread.h"

/* There is one state, whose callbacks these are, and its instances. */
static core_hotplug_t when_online, when_offline;
static struct hlist_node instances;
static pthread_mutex_t hotplug = PTHREAD_MUTEX_INITIALIZER;

/* The callback runs on the CPU itself. */
static void call_on(unsigned int cpu, core_hotplug_t func,
		    struct hlist_node *node)
{
	const unsigned int mine = core_self.cpu;

	core_run_on(cpu);
	if (func(cpu, node))
		core_die("a CPU's callback has failed");
	core_run_on(mine);
}

int cpuhp_setup_state_multi(enum cpuhp_state state, const char *name,
			    core_hotplug_t online, core_hotplug_t offline)
{
	if (core_memory_fails())
		return -ENOMEM;
	when_online = online;
	when_offline = offline;
	return state;
}

void cpuhp_remove_multi_state(enum cpuhp_state state)
{
	if (instances.next)
		core_die("a hotplug state is removed that has instances");
	when_online = NULL;
	when_offline = NULL;
}

int cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node)
{
	unsigned int cpu;

	/* The module has not registered, or the test wants it to fail. */
	if (!when_online)
		return -EINVAL;
	pthread_mutex_lock(&hotplug);
	node->next = instances.next;
	instances.next = node;
	for_each_online_cpu(cpu)
		call_on(cpu, when_online, node);
	pthread_mutex_unlock(&hotplug);
	return 0;
}

void cpuhp_state_remove_instance(enum cpuhp_state state,
				 struct hlist_node *node)
{
	struct hlist_node *before = &instances;
	unsigned int cpu;

	pthread_mutex_lock(&hotplug);
	for_each_online_cpu(cpu)
		call_on(cpu, when_offline, node);
	while (before->next != node)
		before = before->next;
	before->next = node->next;
	pthread_mutex_unlock(&hotplug);
}

/**
 * core_cpu_down() - take a CPU offline
 * @cpu: the CPU
 *
 * Those who were on it go on elsewhere.
 *
 * Return: 0; -EBUSY if it is the last one, -EINVAL if it is offline already.
 */
int core_cpu_down(unsigned int cpu)
{
	struct hlist_node *node;
	unsigned int other, nr = 0;
	int err = 0;

	pthread_mutex_lock(&hotplug);
	for_each_online_cpu(other)
		nr++;
	if (!core_cpu_is_online(cpu))
		err = -EINVAL;
	else if (nr == 1)
		err = -EBUSY;
	if (!err) {
		for (node = instances.next; node; node = node->next)
			call_on(cpu, when_offline, node);
		core_cpu_set_online(cpu, false);
	}
	pthread_mutex_unlock(&hotplug);
	return err;
}

/**
 * core_cpu_up() - bring a CPU online
 * @cpu: the CPU
 *
 * Return: 0; -EINVAL if it is online already.
 */
int core_cpu_up(unsigned int cpu)
{
	struct hlist_node *node;
	int err = 0;

	pthread_mutex_lock(&hotplug);
	if (core_cpu_is_online(cpu)) {
		err = -EINVAL;
	} else {
		core_cpu_set_online(cpu, true);
		for (node = instances.next; node; node = node->next)
			call_on(cpu, when_online, node);
	}
	pthread_mutex_unlock(&hotplug);
	return err;
}
