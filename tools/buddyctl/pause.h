/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting.
 */
#ifndef PAUSE_H
#define PAUSE_H

void pause_for(double seconds);

#endif /* PAUSE_H */
