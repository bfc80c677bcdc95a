// SPDX-License-Identifier: GPL-2.0
/*
 * Accounts.
 */
#include "account.h"

#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

/**
 * bp_account_init() - open an account
 * @account: the account, zeroed
 * @limits: what holds for it until it is given limits of its own
 *
 * Context: any.
 */
void bp_account_init(struct bp_account *account, const struct bp_limits *limits)
{
	spin_lock_init(&account->lock);
	account->limits = limits;
}

/**
 * bp_account_destroy() - close an account
 * @account: the account, which nothing is charged to
 *
 * Context: any.
 */
void bp_account_destroy(struct bp_account *account)
{
	WARN_ON_ONCE(account->pages || account->handles);
}

static u64 or_unlimited(u64 value)
{
	return value ?: BP_UNLIMITED;
}

static u64 default_limit(const struct bp_limits *limits, enum bp_limit which)
{
	switch (which) {
	case BP_LIMIT_PAGES:
		return or_unlimited(READ_ONCE(limits->client_pages));
	case BP_LIMIT_HANDLES:
		return or_unlimited(READ_ONCE(limits->client_handles));
	default:
		return or_unlimited(READ_ONCE(limits->max_wait_ms) *
				    (u64)NSEC_PER_MSEC);
	}
}

/* The limit that holds. */
static u64 limit(const struct bp_account *account, enum bp_limit which)
{
	const u64 general = default_limit(account->limits, which);

	lockdep_assert_held(&account->lock);

	if (!(account->own & BIT(which)))
		return general;
	/* Nobody gets out of the administrator's reach by himself. */
	if (!(account->granted & BIT(which)))
		return min(account->max[which], general);
	return account->max[which];
}

/* What a limit leaves; it may have been lowered below what is used. */
static u64 left(u64 max, u64 used)
{
	return max > used ? max - used : 0;
}

static void charge(struct bp_account *account, u64 pages, u32 handles)
{
	lockdep_assert_held(&account->lock);

	account->pages += pages;
	account->handles += handles;
}

static void explain(struct bp_failure *failure, enum bp_reason reason,
		    u64 pages_left)
{
	*failure = (struct bp_failure){
		.reason = reason,
		.free_pages = pages_left,
	};
}

/**
 * __bp_account_charge() - charge an account with more, as bp_account_charge()
 * @account: the account
 * @pages: so many pages
 * @handles: so many handles
 * @failure: filled in with -EDQUOT
 *
 * Context: the account's lock is held.
 * Return: as bp_account_charge().
 */
int __bp_account_charge(struct bp_account *account, u32 pages, u32 handles,
			struct bp_failure *failure)
{
	const u64 pages_left =
		left(limit(account, BP_LIMIT_PAGES), account->pages);
	const u64 handles_left =
		left(limit(account, BP_LIMIT_HANDLES), account->handles);

	if (pages <= pages_left && handles <= handles_left) {
		charge(account, pages, handles);
		return 0;
	}
	explain(failure,
		handles > handles_left ? BP_OVER_HANDLES : BP_OVER_PAGES,
		pages_left);
	return -EDQUOT;
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
	int err;

	spin_lock(&account->lock);
	err = __bp_account_charge(account, pages, handles, failure);
	spin_unlock(&account->lock);
	return err;
}

/**
 * __bp_account_charge_bulk() - charge an account with blocks, each with a handle
 * @account: the account
 * @pages: pages of each
 * @nr: how many
 * @failure: filled in if its limits do not leave so many
 *
 * Context: the account's lock is held.
 * Return: how many have been charged, at most @nr.
 */
u32 __bp_account_charge_bulk(struct bp_account *account, u32 pages, u32 nr,
			     struct bp_failure *failure)
{
	const u64 pages_left =
		left(limit(account, BP_LIMIT_PAGES), account->pages);
	const u64 handles_left =
		left(limit(account, BP_LIMIT_HANDLES), account->handles);
	u32 granted = min_t(u64, nr, handles_left);

	if (mul_u32_u32(granted, pages) > pages_left)
		granted = div_u64(pages_left, pages);
	charge(account, mul_u32_u32(granted, pages), granted);
	if (granted < nr)
		explain(failure,
			granted == handles_left ? BP_OVER_HANDLES :
						  BP_OVER_PAGES,
			pages_left - mul_u32_u32(granted, pages));
	return granted;
}

/**
 * __bp_account_uncharge() - take a charge back, as bp_account_uncharge()
 * @account: the account
 * @pages: so many pages, charged before
 * @handles: so many handles, charged before
 *
 * Context: the account's lock is held.
 */
void __bp_account_uncharge(struct bp_account *account, u64 pages, u32 handles)
{
	lockdep_assert_held(&account->lock);

	WARN_ON_ONCE(pages > account->pages || handles > account->handles);
	account->pages -= pages;
	account->handles -= handles;
}

/**
 * bp_account_uncharge() - take a charge back
 * @account: the account
 * @pages: so many pages, charged before
 * @handles: so many handles, charged before
 *
 * Context: process context; takes and releases the account's lock.
 */
void bp_account_uncharge(struct bp_account *account, u64 pages, u32 handles)
{
	spin_lock(&account->lock);
	__bp_account_uncharge(account, pages, handles);
	spin_unlock(&account->lock);
}

/**
 * bp_account_limit() - give an account limits of its own
 * @account: the account
 * @which: bit mask of the limits to set, by enum bp_limit
 * @max: the new limits; the others are ignored
 * @may_raise: also if it is higher than the one that holds; it holds then whatever
 *	the administrator sets for all, which otherwise can only be lower
 *
 * A limit below what is used takes nothing away; it only keeps more from being
 * charged.
 *
 * Context: process context; takes and releases the account's lock.
 * Return: 0; -EPERM if a limit would rise and must not, and nothing has changed.
 */
int bp_account_limit(struct bp_account *account, unsigned long which,
		     const u64 *max, bool may_raise)
{
	unsigned int i;
	int err = 0;

	spin_lock(&account->lock);
	for_each_set_bit(i, &which, BP_NR_LIMITS)
		if (!may_raise && max[i] > limit(account, i))
			err = -EPERM;
	if (err)
		goto unlock;
	for_each_set_bit(i, &which, BP_NR_LIMITS)
		account->max[i] = max[i];
	account->own |= which;
	account->granted &= ~which;
	if (may_raise)
		account->granted |= which;
unlock:
	spin_unlock(&account->lock);
	return err;
}

/**
 * bp_account_max_wait() - how long may an allocation wait?
 * @account: the account
 *
 * Context: process context; takes and releases the account's lock.
 * Return: ns, 0 for not at all.
 */
u64 bp_account_max_wait(struct bp_account *account)
{
	u64 max;

	spin_lock(&account->lock);
	max = limit(account, BP_LIMIT_WAIT);
	spin_unlock(&account->lock);
	return max;
}

/**
 * bp_account_read() - look at an account
 * @account: the account
 * @state: filled in
 *
 * Context: process context; takes and releases the account's lock.
 */
void bp_account_read(struct bp_account *account, struct bp_account_state *state)
{
	unsigned int i;

	spin_lock(&account->lock);
	for (i = 0; i < BP_NR_LIMITS; i++)
		state->max[i] = limit(account, i);
	state->pages = account->pages;
	state->handles = account->handles;
	spin_unlock(&account->lock);
}
