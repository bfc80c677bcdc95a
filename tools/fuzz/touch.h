/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that may not be there
 */
#ifndef FUZZ_TOUCH_H
#define FUZZ_TOUCH_H

#include <stddef.h>

void touch_init(void);
int touch_read(void *to, const void *from, size_t n);
int touch_write(void *to, const void *from, size_t n);

#endif /* FUZZ_TOUCH_H */
