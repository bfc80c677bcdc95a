/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The line that says how far it is
 */
#ifndef FUZZ_PROGRESS_H
#define FUZZ_PROGRESS_H

#include "fuzz.h"

__u64 progress_ms(void);
void progress_start(void);
void progress_show(void);
void progress_end(void);

#endif /* FUZZ_PROGRESS_H */
