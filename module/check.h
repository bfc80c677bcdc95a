/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The invariant checker of a buddy system.
 */
#ifndef BP_CHECK_H
#define BP_CHECK_H

#include <linux/types.h>

struct bp_buddy;

/* Enough for any message. */
#define BP_CHECK_MSG_SIZE 128

int bp_buddy_check(const struct bp_buddy *buddy, char *msg, size_t size);

#endif /* BP_CHECK_H */
