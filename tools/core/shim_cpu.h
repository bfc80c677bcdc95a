/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of shim.h: CPUs, what each has for itself, interrupts, and warnings.
 */
#ifndef CORE_SHIM_CPU_H
#define CORE_SHIM_CPU_H

#include <assert.h>

#include "shim_bits.h"
#include "thread.h"

#define __percpu

/* Everybody sees them. */
#define EXPORT_SYMBOL_GPL(function) \
	static_assert(sizeof(__typeof__(function) *), "")

extern unsigned int core_nr_cpus;

#define raw_smp_processor_id() (core_self.cpu)
#define smp_processor_id() core_this_cpu()

void core_die(const char *what);
bool core_warn_on(bool wrong, const char *file, int line);
#ifdef CORE_BARE
/* Nothing comes between: see bare.c. */
static inline void core_point(void)
{
}

static inline void core_preempt_disable(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline void core_preempt_enable(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline unsigned int core_this_cpu(void)
{
	return core_self.cpu;
}
#else
void core_point(void);
void core_preempt_disable(void);
void core_preempt_enable(void);
unsigned int core_this_cpu(void);
#endif
bool core_cpu_is_online(unsigned int cpu);
unsigned int core_next_online(unsigned int cpu);

#define WARN_ON_ONCE(condition) core_warn_on(condition, __FILE__, __LINE__)

#define preempt_disable() core_preempt_disable()
#define preempt_enable() core_preempt_enable()

/* Hides from the compiler what it could know of a variable. */
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "=r"(var) : "0"(var))

/* Where a task orders what an interrupt may see, it may be interrupted. */
static inline void barrier(void)
{
	__asm__ volatile("" ::: "memory");
	core_point();
	__asm__ volatile("" ::: "memory");
}

#ifdef CORE_WATCHED
/* So it may between what it has read and what it makes of it. */
#define WRITE_ONCE(x, value)                                      \
	({                                                        \
		const __typeof__(x) _value = (value);             \
		core_point();                                     \
		__atomic_store_n(&(x), _value, __ATOMIC_RELAXED); \
	})
#else
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#endif

/* As in the kernel, but that no CPU is weaker than the program's own. */
#define smp_rmb() __atomic_thread_fence(__ATOMIC_ACQUIRE)
/* What has been stored before a release is seen after an acquire. */
#define smp_load_acquire(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
/* The same. */
#define smp_store_release(p, value) __atomic_store_n(p, value, __ATOMIC_RELEASE)

#ifdef __SANITIZE_THREAD__
/* ThreadSanitizer's. */
void core_ignore_reads(const char *file,
		       int line) __asm__("AnnotateIgnoreReadsBegin");
void core_see_reads(const char *file,
		    int line) __asm__("AnnotateIgnoreReadsEnd");
void core_ignore_writes(const char *file,
			int line) __asm__("AnnotateIgnoreWritesBegin");
void core_see_writes(const char *file,
		     int line) __asm__("AnnotateIgnoreWritesEnd");

/* As KCSAN, it does not look at what is in there. */
#define data_race(expr)                                 \
	({                                              \
		core_ignore_reads(__FILE__, __LINE__);  \
		core_ignore_writes(__FILE__, __LINE__); \
		__auto_type _value = (expr);            \
		core_see_writes(__FILE__, __LINE__);    \
		core_see_reads(__FILE__, __LINE__);     \
		_value;                                 \
	})
#else
/* There is nobody to tell. */
#define data_race(expr) (expr)
#endif

#define num_possible_cpus() core_nr_cpus
#define for_each_possible_cpu(cpu) \
	for ((cpu) = 0; (cpu) < core_nr_cpus; (cpu)++)
#define for_each_online_cpu(cpu)                                \
	for ((cpu) = core_next_online(0); (cpu) < core_nr_cpus; \
	     (cpu) = core_next_online((cpu) + 1))

#define alloc_percpu(type) core_alloc_percpu(sizeof(type))
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
