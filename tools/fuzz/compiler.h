/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Short names, as in the kernel, for what a compiler can be told
 */
#ifndef FUZZ_COMPILER_H
#define FUZZ_COMPILER_H

#include <stdnoreturn.h>

/* checkpatch would have this very macro used in its own definition. */
#undef __printf
/* clang-format off */
#define __printf(a, b) \
	__attribute__( \
		(__format__(printf, a, b)))
/* clang-format on */

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define READ_ONCE(x) __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), value, __ATOMIC_RELAXED)
#define ADD_ONCE(x, n) __atomic_add_fetch(&(x), n, __ATOMIC_RELAXED)

#endif /* FUZZ_COMPILER_H */
