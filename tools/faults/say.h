/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the program has to say
 */
#ifndef FAULTS_SAY_H
#define FAULTS_SAY_H

#include <stdnoreturn.h>

/* checkpatch would have this very macro used in its own definition. */
#undef __printf
/* clang-format off */
#define __printf(a, b) \
	__attribute__( \
		(__format__(printf, a, b)))
/* clang-format on */

__printf(1, 2) void say(const char *format, ...);
__printf(1, 2) noreturn void say_bail(const char *format, ...);
const char *say_errno(int err);

#endif /* FAULTS_SAY_H */
