/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Making the kernel fail at the n-th occasion
 *
 * See Documentation/fault-injection/fault-injection.rst, /proc/<pid>/fail-nth.
 */
#ifndef FAULTS_INJECT_H
#define FAULTS_INJECT_H

#include <stdbool.h>

bool inject_prepare(void);
void inject_pages(bool on);
void inject_arm(unsigned int n);
bool inject_disarm(void);

#endif /* FAULTS_INJECT_H */
