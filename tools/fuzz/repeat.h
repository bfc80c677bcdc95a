/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run that its seed repeats
 */
#ifndef FUZZ_REPEAT_H
#define FUZZ_REPEAT_H

void repeat_init(char **argv);

#endif /* FUZZ_REPEAT_H */
