/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites use of the kernel, beyond what the module does.
 */
#ifndef SUITES_H
#define SUITES_H

#include "core.h"
#include "kthread.h"
#include "thread.h"

#define BIT_ULL(nr) (1ULL << (nr))
#define GENMASK_ULL(high, low) (~0ULL << (low) & ~0ULL >> (63 - (high)))
#define IS_ALIGNED(x, a) ((x) % (a) == 0)
#define clamp(x, low, high) min(max(x, low), high)
#define rounddown_pow_of_two(n) (1UL << __fls(n))
#define swap(a, b)                       \
	do {                             \
		__typeof__(a) __a = (a); \
		(a) = (b);               \
		(b) = __a;               \
	} while (0)

#define __set_bit(nr, bits) set_bit(nr, bits)

static inline void __change_bit(u32 nr, unsigned long *bits)
{
	if (test_bit(nr, bits))
		clear_bit(nr, bits);
	else
		set_bit(nr, bits);
}

static inline bool __test_and_set_bit(u32 nr, unsigned long *bits)
{
	const bool old = test_bit(nr, bits);

	set_bit(nr, bits);
	return old;
}

static inline bool __test_and_clear_bit(u32 nr, unsigned long *bits)
{
	const bool old = test_bit(nr, bits);

	clear_bit(nr, bits);
	return old;
}

static inline void bitmap_set(unsigned long *bits, u32 start, u32 nr)
{
	while (nr--)
		set_bit(start++, bits);
}

static inline void bitmap_clear(unsigned long *bits, u32 start, u32 nr)
{
	while (nr--)
		clear_bit(start++, bits);
}

static inline void bitmap_fill(unsigned long *bits, u32 nr)
{
	bitmap_set(bits, 0, nr);
}

static inline bool bitmap_empty(const unsigned long *bits, u32 nr)
{
	return !bitmap_weight(bits, nr);
}

/* More than there is. */
#define totalram_pages() (1UL << 24)
#define PTR_ERR_OR_ZERO(pointer) (IS_ERR(pointer) ? PTR_ERR(pointer) : 0)
#define PageCompound(page) ((void)(page), false)
#define kmap_local_page(page) ((page)->address)
#define kunmap_local(address) ((void)(address))
#define get_page(page) core_page_get(page)
#define put_page(page) core_page_put(page)

#define nr_cpu_ids core_nr_cpus
#define cpu_online(cpu) core_cpu_is_online(cpu)
#define raw_cpu_ptr(variable) per_cpu_ptr(variable, raw_smp_processor_id())
#define cpumask_of(cpu) (cpu)
#define set_cpus_allowed_ptr(task, mask) ((void)(task), core_run_on(mask), 0)

#define MODULE_AUTHOR(...)
#define MODULE_DESCRIPTION(...)
#define MODULE_LICENSE(...)

#define vzalloc(bytes) core_vmalloc(bytes)

#define MODULE_PARM_DESC(...)
#define module_param(...)

__printf(3, 4) int scnprintf(char *text, size_t size, const char *format, ...);

/**
 * struct rnd_state - a stream of random numbers
 * @word: the last
 */
struct rnd_state {
	u64 word;
};

void prandom_seed_state(struct rnd_state *state, u64 seed);
u32 prandom_u32_state(struct rnd_state *state);
/* Random, unless suites_seed is not 0; then it is that. */
extern u32 suites_seed;
u32 get_random_u32(void);

#endif /* SUITES_H */
