/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What libFuzzer calls, and replay.c where that is not there.
 */
#ifndef MAIN_H
#define MAIN_H

#include <stddef.h>
#include <stdint.h>

int fuzz_start(int *argc, char ***argv) __asm__("LLVMFuzzerInitialize");
int fuzz_input(const uint8_t *data,
	       size_t size) __asm__("LLVMFuzzerTestOneInput");

#endif /* MAIN_H */
