/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client: an open file, and the handles that are valid on it.
 */
#ifndef BP_CLIENT_H
#define BP_CLIENT_H

#include <linux/types.h>
#include <linux/xarray.h>

#include "block.h"

struct bp_registry;

/**
 * struct bp_client - an open file
 * @registry: of the pool that was opened; constant
 * @account: what is charged for its blocks, with a reference; constant
 * @blocks: the blocks held, by handle, which is the block's id; protected by its
 *	xa_lock
 * @failed_at: the pool's nr_chances when an allocation or a resize last failed for
 *	want of memory; 0 if none has
 */
struct bp_client {
	struct bp_registry *registry;
	struct bp_account *account;
	struct xarray blocks;
	unsigned long failed_at;
};

/**
 * struct bp_client_free - what a block must be to be freed
 * @sized: it must be of @size
 * @aligned: it must be of @align
 * @size: the size last asked for, in bytes
 * @align: the alignment asked for, in bytes
 */
struct bp_client_free {
	bool sized;
	bool aligned;
	u64 size;
	u64 align;
};

struct bp_client *bp_client_create(struct bp_registry *registry);
void bp_client_destroy(struct bp_client *client);

struct bp_block *bp_client_alloc(struct bp_client *client,
				 const struct bp_block_request *request,
				 struct bp_failure *failure);
void bp_client_publish(struct bp_client *client, struct bp_block *block);
void bp_client_abandon(struct bp_client *client, struct bp_block *block);

struct bp_block *bp_client_get(struct bp_client *client, unsigned long handle);
void bp_client_note_failure(struct bp_client *client,
			    const struct bp_failure *failure);
bool bp_client_has_chance(const struct bp_client *client);
bool bp_client_holds(struct bp_client *client, const struct bp_block *block);
int bp_client_free(struct bp_client *client, u32 handle,
		   const struct bp_client_free *expected);

#endif /* BP_CLIENT_H */
