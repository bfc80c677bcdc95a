/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An account: what one client holds, and how much it may hold.
 *
 * A client is charged for a block from its allocation until its pages are the
 * pool's again, whoever else maps it, holds it or keeps it pinned; so an account
 * may outlive its client. The idea is that of the memory controller, which
 * charges a page to whoever touched it first.
 */
#ifndef BP_ACCOUNT_H
#define BP_ACCOUNT_H

#include <linux/kref.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "pool.h"

/* A limit: none. */
#define BP_UNLIMITED U64_MAX

/**
 * struct bp_limits - what the administrator allows each client
 * @client_pages: pages, 0 for any number; read and written at any time
 * @client_handles: handles, 0 for any number; read and written at any time
 * @max_wait_ms: how long an allocation may wait, 0 for any time; read and
 *	written at any time
 */
struct bp_limits {
	unsigned long client_pages;
	unsigned int client_handles;
	unsigned int max_wait_ms;
};

/**
 * struct bp_charge - pages and handles
 * @pages: pages
 * @handles: handles
 */
struct bp_charge {
	u64 pages;
	u64 handles;
};

/**
 * struct bp_account - an account
 * @ref: one reference for the client, one for each block that is charged
 * @lock: protects what is marked; nothing else is locked under it
 * @limits: hold as long as the account has none of its own; constant
 * @has_pages: the account has a limit of pages of its own; protected by @lock
 * @has_handles: the same for handles; protected by @lock
 * @max: the limits of its own; protected by @lock
 * @used: what is charged; protected by @lock
 */
struct bp_account {
	struct kref ref;
	spinlock_t lock; /* order: see block.h */
	const struct bp_limits *limits;
	bool has_pages;
	bool has_handles;
	struct bp_charge max;
	struct bp_charge used;
};

struct bp_account *bp_account_create(const struct bp_limits *limits);
void bp_account_get(struct bp_account *account);
void bp_account_put(struct bp_account *account);

int bp_account_charge(struct bp_account *account, u32 pages, u32 handles,
		      struct bp_failure *failure);
void bp_account_uncharge(struct bp_account *account, u32 pages, u32 handles);

int bp_account_limit(struct bp_account *account, const u64 *pages,
		     const u64 *handles, bool may_raise);
void bp_account_read(struct bp_account *account, struct bp_charge *max,
		     struct bp_charge *used);

#endif /* BP_ACCOUNT_H */
