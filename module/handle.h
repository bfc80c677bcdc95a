/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Handles: the names of blocks on an open file.
 */
#ifndef BP_HANDLE_H
#define BP_HANDLE_H

#include <linux/types.h>

#include "block.h"

struct bp_client;

/**
 * struct bp_handle_expect - what a block must be to be freed
 * @sized: it must be of @size
 * @aligned: it must be of @align
 * @size: the size last asked for, in bytes
 * @align: the alignment asked for, in bytes
 */
struct bp_handle_expect {
	bool sized;
	bool aligned;
	u64 size;
	u64 align;
};

/**
 * bp_handle_publish() - make a handle valid
 * @block: from bp_handle_alloc(); perhaps freed when this returns
 *
 * Context: process context.
 */
static inline void bp_handle_publish(struct bp_block *block)
{
	WRITE_ONCE(block->named, true);
}

struct bp_block *bp_handle_alloc(struct bp_client *client,
				 const struct bp_block_request *request,
				 struct bp_failure *failure);
int bp_handle_alloc_bulk(struct bp_client *client,
			 const struct bp_block_request *request,
			 struct bp_block **blocks, u32 nr,
			 struct bp_failure *failure);
void bp_handle_abandon(struct bp_block *block);

struct bp_block *bp_handle_get(struct bp_client *client, unsigned long handle);
bool bp_handle_holds(const struct bp_block *block);
int bp_handle_free(struct bp_client *client, u32 handle,
		   const struct bp_handle_expect *expected);
u32 bp_handle_free_bulk(struct bp_client *client, const u32 *handles, u32 nr,
			int *err);
void bp_handle_free_all(struct bp_client *client);

#endif /* BP_HANDLE_H */
