/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the machine knows of each thread.
 */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include <stdbool.h>

/**
 * struct core_thread - a thread
 * @cpu: the CPU that it is on, or was on last and will be again
 * @depth: how often it has preemption off; if so, it is alone on its CPU
 * @nr_spinlocks: how many it holds
 *
 * The thread's own, and of the interrupts that it is interrupted by.
 */
struct core_thread {
	unsigned int cpu;
	int depth;
	int nr_spinlocks;
};

extern __thread struct core_thread core_self;

void core_cpu_set_online(unsigned int cpu, bool online);

#endif /* CORE_THREAD_H */
