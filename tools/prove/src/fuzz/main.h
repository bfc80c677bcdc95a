/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What libFuzzer calls, and replay.c where that is not there.
 */
#ifndef MAIN_H
#define MAIN_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif /* MAIN_H */
