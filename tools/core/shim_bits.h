/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of shim.h: numbers, bits, strings and lists. All that the core itself needs,
 * whose instructions are counted, so each does what the kernel's does.
 */
#ifndef CORE_SHIM_BITS_H
#define CORE_SHIM_BITS_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define U32_MAX UINT32_MAX
#define U64_MAX UINT64_MAX

#ifndef EUCLEAN
#define EUCLEAN 117
#endif

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define noinline __attribute_noinline__

#define container_of(pointer, type, member)                 \
	({                                                  \
		char *_member = (char *)(pointer);          \
		(type *)(_member - offsetof(type, member)); \
	})

#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)

/* Each operand once. */
#define min(a, b)                                      \
	({                                             \
		const __typeof__(a) __min_a = (a);     \
		const __typeof__(b) __min_b = (b);     \
		__min_a < __min_b ? __min_a : __min_b; \
	})
#define max(a, b)                                      \
	({                                             \
		const __typeof__(a) __max_a = (a);     \
		const __typeof__(b) __max_b = (b);     \
		__max_a > __max_b ? __max_a : __max_b; \
	})
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))
#define clamp_t(type, x, low, high) min_t(type, max_t(type, x, low), high)
#define check_shl_overflow(x, shift, result)                       \
	({                                                         \
		*(result) = (__typeof__(*(result)))(x) << (shift); \
		*(result) >> (shift) != (x);                       \
	})

/* clang-format off */
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define round_down(x, y) ((x) & ~((__typeof__(x))(y) - 1))
#define round_up(x, y) round_down((x) + (__typeof__(x))(y) - 1, y)
/* clang-format on */

#define BITS_PER_LONG ((int)(8 * sizeof(long)))
#define BITS_TO_LONGS(nr) DIV_ROUND_UP(nr, BITS_PER_LONG)
#define BIT(nr) (1UL << (nr))
#define BIT_WORD(nr) ((nr) / BITS_PER_LONG)
#define BITMAP_FIRST_WORD_MASK(start) (~0UL << ((start) % BITS_PER_LONG))
#define BITMAP_LAST_WORD_MASK(nr) (~0UL >> (-(nr) % BITS_PER_LONG))

static inline unsigned int __ffs(unsigned long word)
{
	return __builtin_ctzl(word);
}

static inline unsigned int __ffs64(u64 word)
{
	return __builtin_ctzll(word);
}

static inline unsigned int __fls(unsigned long word)
{
	return BITS_PER_LONG - 1 - __builtin_clzl(word);
}

static inline int fls(unsigned int word)
{
	return word ? 32 - __builtin_clz(word) : 0;
}

static inline int fls64(u64 word)
{
	return word ? 64 - __builtin_clzll(word) : 0;
}

/* Of a constant it is one itself, as in the kernel. */
#define ilog2(n) (63 - __builtin_clzll(n))

static inline unsigned int hweight64(u64 word)
{
	return __builtin_popcountll(word);
}

static inline bool test_bit(u32 nr, const unsigned long *bits)
{
	return READ_ONCE(bits[nr / BITS_PER_LONG]) >> (nr % BITS_PER_LONG) & 1;
}

static inline void set_bit(u32 nr, unsigned long *bits)
{
	__atomic_fetch_or(&bits[BIT_WORD(nr)], BIT(nr % BITS_PER_LONG),
			  __ATOMIC_RELAXED);
}

static inline void clear_bit(u32 nr, unsigned long *bits)
{
	__atomic_fetch_and(&bits[BIT_WORD(nr)], ~BIT(nr % BITS_PER_LONG),
			   __ATOMIC_RELAXED);
}

struct atomic_long {
	long counter;
};

#define atomic_long_t struct atomic_long

static inline void atomic_long_or(long bits, atomic_long_t *to)
{
	__atomic_fetch_or(&to->counter, bits, __ATOMIC_RELAXED);
}

static inline void atomic_long_andnot(long bits, atomic_long_t *to)
{
	__atomic_fetch_and(&to->counter, ~bits, __ATOMIC_RELAXED);
}

static inline u64 ror64(u64 word, unsigned int shift)
{
	return (word >> (shift & 63)) | (word << (-shift & 63));
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline unsigned int bitmap_weight(const unsigned long *bits, u32 nr)
{
	unsigned int weight = 0;
	u32 i;

	for (i = 0; i < nr; i++)
		weight += test_bit(i, bits);
	return weight;
}

static inline void memset64(u64 *to, u64 value, size_t nr)
{
#if defined(__x86_64__) && !defined(CORE_WATCHED)
	/* As the kernel does it. */
	__asm__ volatile("rep stosq"
			 : "+D"(to), "+c"(nr)
			 : "a"(value)
			 : "memory");
#else
	/* What assembler writes no sanitizer sees. */
	while (nr--)
		*to++ = value;
#endif
}

static inline void *memchr_inv(const void *start, int c, size_t bytes)
{
	const u8 *p = start;

	for (; bytes; p++, bytes--)
		if (*p != c)
			return (void *)p;
	return NULL;
}

static inline void strscpy(char *to, const char *from, size_t size)
{
	snprintf(to, size, "%s", from);
}

struct list_head {
	struct list_head *next, *prev;
};

struct hlist_node {
	struct hlist_node *next;
};

#define hlist_entry(node, type, member) container_of(node, type, member)
#define list_first_entry_or_null(list, type, member) \
	(list_empty(list) ? NULL : container_of((list)->next, type, member))

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_add_tail(struct list_head *node, struct list_head *list)
{
	node->next = list;
	node->prev = list->prev;
	list->prev->next = node;
	list->prev = node;
}

static inline void list_del(struct list_head *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
}

#endif /* CORE_SHIM_BITS_H */
