/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Changing the size of a block, and with it perhaps its place.
 */
#ifndef BP_RESIZE_H
#define BP_RESIZE_H

#include <linux/types.h>

struct bp_block;
struct bp_block_request;
struct bp_failure;

int bp_block_resize(struct bp_block *block,
		    const struct bp_block_request *request, bool may_move,
		    struct bp_failure *failure);

#endif /* BP_RESIZE_H */
