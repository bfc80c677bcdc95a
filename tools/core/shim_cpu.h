/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of shim.h: CPUs, what each has for itself, interrupts, and warnings.
 */
#ifndef CORE_SHIM_CPU_H
#define CORE_SHIM_CPU_H

#include "shim_bits.h"

#define __percpu

/* Not in user space: nobody else sees our functions. */
#define EXPORT_SYMBOL_GPL(function)

extern unsigned int core_nr_cpus;
extern void (*core_pause)(void);

void core_die(const char *what) __attribute__((noreturn));
bool core_warn_on(bool wrong, const char *file, int line);
void core_preempt_disable(void);
void core_preempt_enable(void);
unsigned int core_this_cpu(void);
bool core_cpu_is_online(unsigned int cpu);

#define WARN_ON_ONCE(condition) core_warn_on(condition, __FILE__, __LINE__)

#define preempt_disable() core_preempt_disable()
#define preempt_enable() core_preempt_enable()

/* Hides from the compiler what it could know of a variable. */
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "=r"(var) : "0"(var))

/* Where a task orders what an interrupt may see, it may be interrupted. */
static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
	if (core_pause)
		core_pause();
	__asm__ volatile("" ::: "memory");
}

#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)

/* As KCSAN, ThreadSanitizer does not look at what is in there. */
#ifdef __SANITIZE_THREAD__
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);

#define data_race(expr)                                        \
	({                                                     \
		AnnotateIgnoreReadsBegin(__FILE__, __LINE__);  \
		AnnotateIgnoreWritesBegin(__FILE__, __LINE__); \
		__auto_type _value = (expr);                   \
		AnnotateIgnoreWritesEnd(__FILE__, __LINE__);   \
		AnnotateIgnoreReadsEnd(__FILE__, __LINE__);    \
		_value;                                        \
	})
#else
#define data_race(expr) (expr)
#endif

#define num_possible_cpus() core_nr_cpus
#define for_each_possible_cpu(cpu) \
	for ((cpu) = 0; (cpu) < core_nr_cpus; (cpu)++)
#define for_each_online_cpu(cpu)   \
	for_each_possible_cpu(cpu) \
		if (core_cpu_is_online(cpu))

#define alloc_percpu(type) ((type *)core_alloc_percpu(sizeof(type)))
#define free_percpu(pointer) kvfree(pointer)
#define per_cpu_ptr(pointer, cpu) (&(pointer)[cpu])
#define this_cpu_ptr(pointer) per_cpu_ptr(pointer, core_this_cpu())

void *core_alloc_percpu(size_t size);

int smp_call_function_single(unsigned int cpu, void (*func)(void *info),
			     void *info, int wait);

enum cpuhp_state {
	CPUHP_AP_ONLINE_DYN,
};

typedef int (*core_hotplug_t)(unsigned int cpu, struct hlist_node *node);

int cpuhp_setup_state_multi(enum cpuhp_state state, const char *name,
			    core_hotplug_t online, core_hotplug_t offline);
void cpuhp_remove_multi_state(enum cpuhp_state state);
int cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node);
void cpuhp_state_remove_instance(enum cpuhp_state state,
				 struct hlist_node *node);

#endif /* CORE_SHIM_CPU_H */
