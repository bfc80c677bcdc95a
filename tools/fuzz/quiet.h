/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool when nobody uses it
 */
#ifndef FUZZ_QUIET_H
#define FUZZ_QUIET_H

#include <stdbool.h>

int quiet_drain(int fd);
bool quiet_init(void);
void quiet_check(void);

#endif /* FUZZ_QUIET_H */
