// SPDX-License-Identifier: GPL-2.0
/*
 * A machine to measure on: each thread has a CPU of its own, and is on it all the
 * time, so that to switch preemption off takes nothing, as it does in the kernel.
 * There are as many real processors as the host gives to the threads.
 *
 * Nobody interrupts a CPU while its thread uses the pool, for nothing would tell the
 * one from the other: the lists may be emptied only while all threads but one do
 * something else. Nor does a CPU go.
 */
#include <pthread.h>

#include "core.h"
#include "thread.h"

unsigned int core_nr_cpus;
__thread struct core_thread core_self;

void core_start(unsigned int nr_cpus)
{
	if (!nr_cpus || nr_cpus > CORE_MAX_CPUS)
		core_die("so many CPUs there are not");
	core_nr_cpus = nr_cpus;
}

void core_run_on(unsigned int cpu)
{
	core_self.cpu = cpu;
}

bool core_cpu_is_online(unsigned int cpu)
{
	return cpu < core_nr_cpus;
}

unsigned int core_next_online(unsigned int cpu)
{
	return cpu;
}

void core_cpu_set_online(unsigned int cpu, bool online)
{
	core_die("no CPU comes or goes here");
}

int smp_call_function_single(unsigned int cpu, void (*func)(void *info),
			     void *info, int wait)
{
	const unsigned int mine = core_self.cpu;

	core_run_on(cpu);
	func(info);
	core_run_on(mine);
	return 0;
}

void core_might_sleep(void)
{
}

void core_lock_init(struct core_lock *lock)
{
	pthread_mutex_init(&lock->mutex, NULL);
}

void core_lock_destroy(struct core_lock *lock)
{
	pthread_mutex_destroy(&lock->mutex);
}

void core_spin_lock(struct core_lock *lock)
{
	pthread_mutex_lock(&lock->mutex);
}

void core_spin_unlock(struct core_lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}

void core_mutex_lock(struct core_lock *lock)
{
	pthread_mutex_lock(&lock->mutex);
}

void core_mutex_unlock(struct core_lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}

void core_lock_must_be_held(const struct core_lock *lock)
{
}
