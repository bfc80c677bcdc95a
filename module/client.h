/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client: an open file, what is charged for its blocks, and the records of
 * these.
 *
 * A record, a struct bp_block, has its handle for good. When its block has gone
 * it waits, in the tables as it was, to become another block, so that allocating
 * and freeing neither take memory nor change a table. A client keeps as many as
 * it had blocks, up to a limit, and uses the one again that waits for longest.
 *
 * Whoever takes a record is charged for its block, and until it is given back:
 * that is one hold of the account's lock each.
 */
#ifndef BP_CLIENT_H
#define BP_CLIENT_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "account.h"

struct bp_block;
struct bp_registry;

/**
 * struct bp_client - an open file, as long as it is open or a block of it is left
 * @ref: one reference for the file, one for each record
 * @registry: of the pool that was opened; constant
 * @account: what is charged for its blocks
 * @blocks: all records, by handle; protected by its xa_lock, read under RCU
 * @idle: records of no block, the one that waits for longest first; protected by
 *	the account's lock
 * @nr_idle: how many these are; protected by the account's lock
 * @max_idle: how many these may be; 0 when the file is closed; protected by the
 *	account's lock
 * @failed_at: the pool's nr_chances when an allocation or a resize last failed for
 *	want of memory; 0 if none has
 */
struct bp_client {
	struct kref ref;
	struct bp_registry *registry;
	struct bp_account account;
	struct xarray blocks;
	struct list_head idle;
	u32 nr_idle;
	u32 max_idle;
	unsigned long failed_at;
};

struct bp_client *bp_client_create(struct bp_registry *registry);
void bp_client_destroy(struct bp_client *client);

struct bp_block *bp_client_take_record(struct bp_client *client, u32 nr_pages,
				       struct bp_failure *failure);
void bp_client_give_record(struct bp_client *client, struct bp_block *block,
			   u32 nr_pages);
int bp_client_take_records(struct bp_client *client, struct bp_block **blocks,
			   u32 nr, u32 nr_pages, struct bp_failure *failure);
void bp_client_give_records(struct bp_client *client, struct bp_block **blocks,
			    u32 nr, u64 nr_pages);

void bp_client_note_failure(struct bp_client *client,
			    const struct bp_failure *failure);
bool bp_client_has_chance(const struct bp_client *client);

#endif /* BP_CLIENT_H */
