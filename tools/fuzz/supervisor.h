/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The supervisor: starts workers, kills them, and looks at what is left
 */
#ifndef FUZZ_SUPERVISOR_H
#define FUZZ_SUPERVISOR_H

void supervisor_init(void);
void supervisor_fuzz(void);
void supervisor_kill(void);

#endif /* FUZZ_SUPERVISOR_H */
