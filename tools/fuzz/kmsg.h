/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's log
 */
#ifndef FUZZ_KMSG_H
#define FUZZ_KMSG_H

#include <stdbool.h>

bool kmsg_open(void);
void kmsg_watch(void);

#endif /* FUZZ_KMSG_H */
