// SPDX-License-Identifier: GPL-2.0
/*
 * Accounts.
 */
#include "account.h"

#include <linux/lockdep.h>
#include <linux/slab.h>

/**
 * bp_account_create() - open an account
 * @limits: what holds for it until it is given limits of its own
 *
 * Context: process context; sleeps.
 * Return: the account, with one reference; NULL if there is no memory.
 */
struct bp_account *bp_account_create(const struct bp_limits *limits)
{
	struct bp_account *account =
		kzalloc(sizeof(*account), GFP_KERNEL_ACCOUNT);

	if (!account)
		return NULL;
	kref_init(&account->ref);
	spin_lock_init(&account->lock);
	account->limits = limits;
	return account;
}

/**
 * bp_account_get() - take a reference
 * @account: the account
 *
 * Context: any.
 */
void bp_account_get(struct bp_account *account)
{
	kref_get(&account->ref);
}

static void release(struct kref *ref)
{
	struct bp_account *account = container_of(ref, struct bp_account, ref);

	WARN_ON_ONCE(account->used.pages || account->used.handles);
	kfree(account);
}

/**
 * bp_account_put() - drop a reference
 * @account: the account
 *
 * Context: process context.
 */
void bp_account_put(struct bp_account *account)
{
	kref_put(&account->ref, release);
}

/* The limits that hold. */
static struct bp_charge maximum(const struct bp_account *account)
{
	const unsigned long pages = READ_ONCE(account->limits->client_pages);
	const unsigned int handles = READ_ONCE(account->limits->client_handles);
	struct bp_charge max = {
		.pages = pages ?: BP_UNLIMITED,
		.handles = handles ?: BP_UNLIMITED,
	};

	lockdep_assert_held(&account->lock);

	if (account->has_pages)
		max.pages = account->max.pages;
	if (account->has_handles)
		max.handles = account->max.handles;
	return max;
}

/* What a limit leaves; it may have been lowered below what is used. */
static u64 left(u64 max, u64 used)
{
	return max > used ? max - used : 0;
}

/**
 * bp_account_charge() - charge an account with more
 * @account: the account
 * @pages: so many pages
 * @handles: so many handles
 * @failure: filled in with -EDQUOT
 *
 * Context: process context; takes and releases the account's lock.
 * Return: 0; -EDQUOT if that is more than its limits leave, and nothing is
 * charged.
 */
int bp_account_charge(struct bp_account *account, u32 pages, u32 handles,
		      struct bp_failure *failure)
{
	struct bp_charge max;
	u64 pages_left;
	enum bp_reason reason = BP_NO_FAILURE;

	spin_lock(&account->lock);
	max = maximum(account);
	pages_left = left(max.pages, account->used.pages);
	if (handles > left(max.handles, account->used.handles)) {
		reason = BP_OVER_HANDLES;
	} else if (pages > pages_left) {
		reason = BP_OVER_PAGES;
	} else {
		account->used.pages += pages;
		account->used.handles += handles;
	}
	spin_unlock(&account->lock);

	if (reason == BP_NO_FAILURE)
		return 0;
	*failure = (struct bp_failure){
		.reason = reason,
		.free_pages = min_t(u64, pages_left, U32_MAX),
	};
	return -EDQUOT;
}

/**
 * bp_account_uncharge() - take a charge back
 * @account: the account
 * @pages: so many pages, charged before
 * @handles: so many handles, charged before
 *
 * Context: process context; takes and releases the account's lock.
 */
void bp_account_uncharge(struct bp_account *account, u32 pages, u32 handles)
{
	spin_lock(&account->lock);
	WARN_ON_ONCE(pages > account->used.pages ||
		     handles > account->used.handles);
	account->used.pages -= pages;
	account->used.handles -= handles;
	spin_unlock(&account->lock);
}

/**
 * bp_account_limit() - give an account limits of its own
 * @account: the account
 * @pages: the new limit of pages, or NULL to leave it as it is
 * @handles: the new limit of handles, or NULL to leave it as it is
 * @may_raise: also if it is higher than the one that holds
 *
 * A limit below what is used takes nothing away; it only keeps more from being
 * charged.
 *
 * Context: process context; takes and releases the account's lock.
 * Return: 0; -EPERM if a limit would rise and must not, and nothing has changed.
 */
int bp_account_limit(struct bp_account *account, const u64 *pages,
		     const u64 *handles, bool may_raise)
{
	struct bp_charge max;
	int err = 0;

	spin_lock(&account->lock);
	max = maximum(account);
	if (!may_raise && ((pages && *pages > max.pages) ||
			   (handles && *handles > max.handles))) {
		err = -EPERM;
		goto unlock;
	}
	if (pages) {
		account->max.pages = *pages;
		account->has_pages = true;
	}
	if (handles) {
		account->max.handles = *handles;
		account->has_handles = true;
	}
unlock:
	spin_unlock(&account->lock);
	return err;
}

/**
 * bp_account_read() - look at an account
 * @account: the account
 * @max: set to the limits that hold
 * @used: set to what is charged
 *
 * Context: process context; takes and releases the account's lock.
 */
void bp_account_read(struct bp_account *account, struct bp_charge *max,
		     struct bp_charge *used)
{
	spin_lock(&account->lock);
	*max = maximum(account);
	*used = account->used;
	spin_unlock(&account->lock);
}
