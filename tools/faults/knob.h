/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small files of the kernel
 */
#ifndef FAULTS_KNOB_H
#define FAULTS_KNOB_H

#include <stdbool.h>
#include <stddef.h>

#include "say.h"

__printf(3, 4) void knob_write(const char *dir, const char *name,
			       const char *format, ...);
bool knob_text(const char *path, char *text, size_t size);
unsigned long knob_read(const char *dir, const char *name);

#endif /* FAULTS_KNOB_H */
