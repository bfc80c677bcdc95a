// SPDX-License-Identifier: GPL-2.0
/*
 * Accounts: what is charged, until when, and what is too much.
 */
#include "account.h"

#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/mm.h>

#include "blocklib.h"

/**
 * struct setting - an account, and the limits that it follows
 * @limits: of the administrator
 * @account: the account
 * @failure: of the last charge
 */
struct setting {
	struct bp_limits limits;
	struct bp_account *account;
	struct bp_failure failure;
};

KUNIT_DEFINE_ACTION_WRAPPER(account_destroy_action, bp_account_destroy,
			    struct bp_account *);

static struct setting *new_setting(struct kunit *test)
{
	struct setting *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->account = kunit_kzalloc(test, sizeof(*s->account), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s->account);
	bp_account_init(s->account, &s->limits);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, account_destroy_action,
						  s->account));
	return s;
}

static u32 charge_bulk(struct setting *s, u32 pages, u32 nr,
		       struct bp_failure *failure)
{
	u32 granted;

	spin_lock(&s->account->lock);
	granted = __bp_account_charge_bulk(s->account, pages, nr, failure);
	spin_unlock(&s->account->lock);
	return granted;
}

/* So many blocks of so many pages, all or none; or only pages. */
static int charge(struct setting *s, u32 pages, u32 blocks)
{
	u32 granted;

	s->failure = (struct bp_failure){};
	if (blocks < 2)
		return bp_account_charge(s->account, pages, blocks,
					 &s->failure);
	granted = charge_bulk(s, pages, blocks, &s->failure);
	if (granted == blocks)
		return 0;
	bp_account_uncharge(s->account, mul_u32_u32(granted, pages), granted);
	return -EDQUOT;
}

static void expect_used(struct kunit *test, struct setting *s, u64 pages,
			u64 handles)
{
	struct bp_account_state state;

	bp_account_read(s->account, &state);
	KUNIT_EXPECT_EQ(test, state.pages, pages);
	KUNIT_EXPECT_EQ(test, state.handles, handles);
}

static void expect_max(struct kunit *test, struct setting *s, u64 pages,
		       u64 handles)
{
	struct bp_account_state state;

	bp_account_read(s->account, &state);
	KUNIT_EXPECT_EQ(test, state.max[BP_LIMIT_PAGES], pages);
	KUNIT_EXPECT_EQ(test, state.max[BP_LIMIT_HANDLES], handles);
}

static int set_pages(struct setting *s, u64 pages, bool may_raise)
{
	const u64 max[BP_NR_LIMITS] = { [BP_LIMIT_PAGES] = pages };

	return bp_account_limit(s->account, BIT(BP_LIMIT_PAGES), max,
				may_raise);
}

static int set_handles(struct setting *s, u64 handles, bool may_raise)
{
	const u64 max[BP_NR_LIMITS] = { [BP_LIMIT_HANDLES] = handles };

	return bp_account_limit(s->account, BIT(BP_LIMIT_HANDLES), max,
				may_raise);
}

static int set_both(struct setting *s, u64 pages, u64 handles, bool may_raise)
{
	const u64 max[BP_NR_LIMITS] = {
		[BP_LIMIT_PAGES] = pages,
		[BP_LIMIT_HANDLES] = handles,
	};

	return bp_account_limit(s->account,
				BIT(BP_LIMIT_PAGES) | BIT(BP_LIMIT_HANDLES),
				max, may_raise);
}

static void unlimited_at_first(struct kunit *test)
{
	struct setting *s = new_setting(test);

	expect_max(test, s, BP_UNLIMITED, BP_UNLIMITED);
	KUNIT_EXPECT_EQ(test, charge(s, 1, U32_MAX), 0);
	KUNIT_EXPECT_EQ(test, charge(s, 1, U32_MAX), 0);
	expect_used(test, s, 2ULL * U32_MAX, 2ULL * U32_MAX);
	bp_account_uncharge(s->account, U32_MAX, U32_MAX);
	bp_account_uncharge(s->account, U32_MAX, U32_MAX);
	expect_used(test, s, 0, 0);
}

static void pages_up_to_the_limit(struct kunit *test)
{
	struct setting *s = new_setting(test);

	s->limits.client_pages = 10;
	KUNIT_EXPECT_EQ(test, charge(s, 11, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_OVER_PAGES);
	KUNIT_EXPECT_EQ(test, s->failure.free_pages, 10);
	KUNIT_EXPECT_EQ(test, s->failure.largest, 0);
	/* Memory that returns to the pool would not help. */
	KUNIT_EXPECT_EQ(test, s->failure.nr_chances, 0);
	expect_used(test, s, 0, 0);

	KUNIT_EXPECT_EQ(test, charge(s, 7, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(s, 4, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, s->failure.free_pages, 3);
	expect_used(test, s, 7, 1);
	KUNIT_EXPECT_EQ(test, charge(s, 3, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 0), -EDQUOT);
	bp_account_uncharge(s->account, 1, 0);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 0), 0);
	bp_account_uncharge(s->account, 10, 2);
}

static void handles_up_to_the_limit(struct kunit *test)
{
	struct setting *s = new_setting(test);

	s->limits.client_handles = 2;
	KUNIT_EXPECT_EQ(test, charge(s, 1, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_OVER_HANDLES);
	/* What a block grows by takes no handle. */
	KUNIT_EXPECT_EQ(test, charge(s, 100, 0), 0);
	expect_used(test, s, 102, 2);
	bp_account_uncharge(s->account, 102, 2);
}

/* As many blocks as the limits leave, and which of them it was. */
static void blocks_up_to_the_limit(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_failure why = {};

	s->limits.client_pages = 10;
	s->limits.client_handles = 4;
	KUNIT_EXPECT_EQ(test, 3, charge_bulk(s, 3, 4, &why));
	KUNIT_EXPECT_EQ(test, why.reason, BP_OVER_PAGES);
	KUNIT_EXPECT_EQ(test, why.free_pages, 1);
	expect_used(test, s, 9, 3);
	why = (struct bp_failure){};
	KUNIT_EXPECT_EQ(test, 1, charge_bulk(s, 1, 2, &why));
	KUNIT_EXPECT_EQ(test, why.reason, BP_OVER_HANDLES);
	KUNIT_EXPECT_EQ(test, why.free_pages, 0);
	expect_used(test, s, 10, 4);
	bp_account_uncharge(s->account, 10, 4);
	why = (struct bp_failure){};
	KUNIT_EXPECT_EQ(test, 2, charge_bulk(s, 5, 2, &why));
	KUNIT_EXPECT_EQ(test, why.reason, BP_NO_FAILURE);
	expect_used(test, s, 10, 2);
	bp_account_uncharge(s->account, 10, 2);
}

/* A change of the administrator's holds at once, and takes nothing away. */
static void limits_follow_the_administrator(struct kunit *test)
{
	struct setting *s = new_setting(test);

	KUNIT_EXPECT_EQ(test, charge(s, 33, 3), 0);
	s->limits.client_pages = 10;
	s->limits.client_handles = 1;
	expect_max(test, s, 10, 1);
	expect_used(test, s, 99, 3);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 0), -EDQUOT);
	KUNIT_EXPECT_EQ(test, s->failure.free_pages, 0);
	s->limits.client_pages = 100;
	KUNIT_EXPECT_EQ(test, charge(s, 1, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 0), 0);
	bp_account_uncharge(s->account, 100, 3);
}

static void own_limits_hold_instead(struct kunit *test)
{
	struct setting *s = new_setting(test);

	KUNIT_EXPECT_EQ(test, set_pages(s, 5, false), 0);
	expect_max(test, s, 5, BP_UNLIMITED);
	KUNIT_EXPECT_EQ(test, set_handles(s, 6, false), 0);
	expect_max(test, s, 5, 6);
	/* Set by itself they are bound by the administrator's, granted not. */
	s->limits.client_pages = 3;
	s->limits.client_handles = 3;
	expect_max(test, s, 3, 3);
	s->limits.client_pages = 30;
	expect_max(test, s, 5, 3);
	KUNIT_EXPECT_EQ(test, set_both(s, 5, 6, true), 0);
	expect_max(test, s, 5, 6);
	s->limits.client_pages = 1;
	expect_max(test, s, 5, 6);
	KUNIT_EXPECT_EQ(test, charge(s, 5, 1), 0);
	KUNIT_EXPECT_EQ(test, charge(s, 0, 5), 0);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 0), -EDQUOT);
	KUNIT_EXPECT_EQ(test, set_both(s, 0, 0, false), 0);
	expect_max(test, s, 0, 0);
	expect_used(test, s, 5, 6);
	bp_account_uncharge(s->account, 5, 6);
	KUNIT_EXPECT_EQ(test, charge(s, 1, 0), -EDQUOT);
	KUNIT_EXPECT_EQ(test, charge(s, 0, 1), -EDQUOT);
}

/* Neither is set if one of them must not be. */
static void limits_rise_for_the_privileged_only(struct kunit *test)
{
	struct setting *s = new_setting(test);

	s->limits.client_pages = 10;
	s->limits.client_handles = 10;
	KUNIT_EXPECT_EQ(test, set_both(s, 50, 5, false), -EPERM);
	KUNIT_EXPECT_EQ(test, set_both(s, 5, 50, false), -EPERM);
	expect_max(test, s, 10, 10);
	KUNIT_EXPECT_EQ(test, set_both(s, 5, 5, false), 0);
	KUNIT_EXPECT_EQ(test, set_both(s, 5, 5, false), 0);
	KUNIT_EXPECT_EQ(test, set_pages(s, 50, false), -EPERM);
	expect_max(test, s, 5, 5);
	KUNIT_EXPECT_EQ(test, set_both(s, 50, 50, true), 0);
	expect_max(test, s, 50, 50);
}

/* The time that an allocation may wait: the administrator's, or its own. */
static void wait_is_limited(struct kunit *test)
{
	struct setting *s = new_setting(test);
	u64 max[BP_NR_LIMITS] = {};
	struct bp_account_state state;

	bp_account_read(s->account, &state);
	KUNIT_EXPECT_EQ(test, state.max[BP_LIMIT_WAIT], BP_UNLIMITED);
	s->limits.max_wait_ms = UINT_MAX;
	bp_account_read(s->account, &state);
	KUNIT_EXPECT_EQ(test, state.max[BP_LIMIT_WAIT], UINT_MAX * 1000000ULL);
	KUNIT_EXPECT_EQ(test,
			bp_account_limit(s->account, BIT(BP_LIMIT_WAIT), max,
					 false),
			0);
	bp_account_read(s->account, &state);
	KUNIT_EXPECT_EQ(test, state.max[BP_LIMIT_WAIT], 0);
	max[BP_LIMIT_WAIT] = 1;
	KUNIT_EXPECT_EQ(test,
			bp_account_limit(s->account, BIT(BP_LIMIT_WAIT), max,
					 false),
			-EPERM);
}

/* A client that may not wait is refused at once, and stands in nobody's way. */
static void client_that_may_not_wait(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	const struct bp_block_request request = {
		.size = 64 * PAGE_SIZE,
		.timeout = U64_MAX,
	};
	const u64 max[BP_NR_LIMITS] = {};
	struct bp_failure failure = {};
	struct bp_block *block;

	bp_test_block(test, client, 1);
	KUNIT_ASSERT_EQ(test,
			bp_account_limit(&client->account, BIT(BP_LIMIT_WAIT),
					 max, false),
			0);
	block = bp_test_try_block(client, &request, &failure);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(block), -ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_FULL);
}

/* The charge lasts until the pages are the pool's again (threats.md 26). */
static void block_is_charged_until_it_returns(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct setting s = { .account = &client->account };
	struct bp_block *block = bp_test_block(test, client, 6);
	struct page *page;

	expect_used(test, &s, 6, 1);
	refcount_inc(&block->ref);
	KUNIT_ASSERT_EQ(test, bp_block_map(block, 0, 1), 0);
	page = bp_test_touch(block, 2);
	get_page(page);
	bp_test_block_free(test, client, block);
	expect_used(test, &s, 6, 1);
	bp_block_unmap(block);
	expect_used(test, &s, 6, 1);
	put_page(page);
	bp_quarantine_flush(&registry->quarantine);
	expect_used(test, &s, 0, 0);
}

/* A block outlives its client, and with it the client's account. */
static void account_outlives_its_client(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct setting s = { .account = &client->account };
	struct bp_block *block = bp_test_block(test, client, 6);

	mutex_lock(&block->lock);
	bp_block_export(block);
	mutex_unlock(&block->lock);
	bp_test_client_destroy(test, client);
	expect_used(test, &s, 6, 1);
	bp_block_unexport(block);
	bp_test_expect_runs(test, &registry->pool->buddy, "");
}

static void resize_is_charged(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct setting s = { .account = &client->account };
	struct bp_block *block = bp_test_block(test, client, 4);

	bp_test_block(test, client, 2);
	KUNIT_ASSERT_EQ(test, set_pages(&s, 10, true), 0);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 9, true, &s.failure),
			-EDQUOT);
	KUNIT_EXPECT_EQ(test, s.failure.reason, BP_OVER_PAGES);
	KUNIT_EXPECT_EQ(test, s.failure.free_pages, 4);
	expect_used(test, &s, 6, 2);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 8, false, &s.failure),
			-ENOMEM);
	expect_used(test, &s, 6, 2);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 8, true, &s.failure),
			0);
	expect_used(test, &s, 10, 2);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 1, true, &s.failure),
			0);
	expect_used(test, &s, 3, 2);
}

/* What could not be allocated is not charged. */
static void failed_allocation_is_not_charged(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	const struct bp_block_request request = { .size = 64 * PAGE_SIZE };
	struct setting s = { .account = &client->account };
	struct bp_block *block;

	bp_test_block(test, client, 1);
	block = bp_test_try_block(client, &request, &s.failure);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(block), -ENOMEM);
	expect_used(test, &s, 1, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(unlimited_at_first),
	KUNIT_CASE(pages_up_to_the_limit),
	KUNIT_CASE(handles_up_to_the_limit),
	KUNIT_CASE(blocks_up_to_the_limit),
	KUNIT_CASE(limits_follow_the_administrator),
	KUNIT_CASE(own_limits_hold_instead),
	KUNIT_CASE(limits_rise_for_the_privileged_only),
	KUNIT_CASE(wait_is_limited),
	KUNIT_CASE(client_that_may_not_wait),
	KUNIT_CASE(block_is_charged_until_it_returns),
	KUNIT_CASE(account_outlives_its_client),
	KUNIT_CASE(resize_is_charged),
	KUNIT_CASE(failed_allocation_is_not_charged),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_account",
	.test_cases = cases,
};

kunit_test_suite(suite);
