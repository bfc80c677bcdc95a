/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine on which the module's core and pool run in user space: what a program
 * can do with it, besides what shim.h lends to the module.
 */
#ifndef CORE_H
#define CORE_H

#include "shim.h"

#define CORE_MAX_CPUS 64

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))
#endif

/**
 * struct core_interrupts - how CPUs have been interrupted so far
 * @running: while a thread was on them
 * @idle: while none was
 */
struct core_interrupts {
	unsigned long running;
	unsigned long idle;
};

extern void (*core_pause)(void);

void core_start(unsigned int nr_cpus);

void core_run_on(unsigned int cpu);
int core_cpu_down(unsigned int cpu);
int core_cpu_up(unsigned int cpu);
void core_interrupts(struct core_interrupts *interrupts);

unsigned long core_nr_warnings(void);

void core_memory_fail(long after);
bool core_memory_fails(void);
unsigned long core_memory_used(void);
void core_page_get(struct page *page);
void core_page_put(struct page *page);

void core_task_kill(struct task_struct *task);
bool core_task_is_asleep(struct task_struct *task);
void core_cond_init(pthread_cond_t *cond);

#endif /* CORE_H */
