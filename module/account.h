/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An account: what one client holds, and how much it may hold.
 *
 * A client is charged for a block from its allocation until its pages are the
 * pool's again, whoever else maps it, holds it or keeps it pinned; so an account
 * may outlive the open file. The idea is that of the memory controller, which
 * charges a page to whoever touched it first.
 */
#ifndef BP_ACCOUNT_H
#define BP_ACCOUNT_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "pool.h"

/* A limit: none. */
#define BP_UNLIMITED U64_MAX

/**
 * enum bp_limit - what is limited
 * @BP_LIMIT_PAGES: pages charged
 * @BP_LIMIT_HANDLES: handles charged
 * @BP_LIMIT_WAIT: ns that an allocation may wait, 0 not at all
 */
enum bp_limit {
	BP_LIMIT_PAGES,
	BP_LIMIT_HANDLES,
	BP_LIMIT_WAIT,
	/* private: */
	BP_NR_LIMITS,
};

/**
 * struct bp_limits - what the administrator allows each client
 * @client_pages: pages, 0 for any number; read and written at any time
 * @client_handles: handles, 0 for any number; read and written at any time
 * @max_wait_ms: ms that an allocation may wait, 0 for any time; read and written
 *	at any time
 */
struct bp_limits {
	unsigned long client_pages;
	unsigned int client_handles;
	unsigned int max_wait_ms;
};

/**
 * struct bp_account - an account
 * @lock: protects what is marked, and the idle records of the client; nothing else
 *	is locked under it
 * @limits: hold as long as the account has none of its own; constant
 * @own: bit mask of the limits that are its own, by enum bp_limit; protected by
 *	@lock
 * @granted: bit mask of those that hold even if they are above @limits; protected
 *	by @lock
 * @max: those; protected by @lock
 * @pages: pages charged; protected by @lock
 * @handles: handles charged; protected by @lock
 */
struct bp_account {
	spinlock_t lock; /* order: see block.h */
	const struct bp_limits *limits;
	unsigned long own;
	unsigned long granted;
	u64 max[BP_NR_LIMITS];
	u64 pages;
	u64 handles;
};

/**
 * struct bp_account_state - an account at one moment
 * @max: the limits that hold
 * @pages: pages charged
 * @handles: handles charged
 */
struct bp_account_state {
	u64 max[BP_NR_LIMITS];
	u64 pages;
	u64 handles;
};

void bp_account_init(struct bp_account *account,
		     const struct bp_limits *limits);
void bp_account_destroy(struct bp_account *account);

int bp_account_charge(struct bp_account *account, u32 pages, u32 handles,
		      struct bp_failure *failure);
void bp_account_uncharge(struct bp_account *account, u64 pages, u32 handles);

int bp_account_limit(struct bp_account *account, unsigned long which,
		     const u64 *max, bool may_raise);
/* With the account's lock held. */
int __bp_account_charge(struct bp_account *account, u32 pages, u32 handles,
			struct bp_failure *failure);
u32 __bp_account_charge_bulk(struct bp_account *account, u32 pages, u32 nr,
			     struct bp_failure *failure);
void __bp_account_uncharge(struct bp_account *account, u64 pages, u32 handles);

u64 bp_account_max_wait(struct bp_account *account);
void bp_account_read(struct bp_account *account,
		     struct bp_account_state *state);

#endif /* BP_ACCOUNT_H */
