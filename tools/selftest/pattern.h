/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contents that can be recognised, and memory that may not be touched
 */
#ifndef SELFTEST_PATTERN_H
#define SELFTEST_PATTERN_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

void pattern_fill(void *p, size_t length, __u64 tag);
bool pattern_holds(const void *p, size_t length, __u64 tag);
bool pattern_is_zero(const void *p, size_t length);
bool pattern_has(const void *p, size_t length, __u64 tag);

int touch_read(const void *p, unsigned char *value);
int touch_write(void *p, unsigned char value);

#endif /* SELFTEST_PATTERN_H */
