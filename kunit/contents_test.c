// SPDX-License-Identifier: GPL-2.0
/*
 * A long random run of clients who write, read, resize and free, each page's
 * contents compared with what they should be.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "check.h"
#include "client.h"
#include "handle.h"
#include "blocklib.h"

enum {
	NR_PAGES = 100,
	NR_SLOTS = 16,
	MAX_PAGES = 24,
	STEPS = 5000,
};

/**
 * struct slot - a block, and what was written to it
 * @client: whose it is
 * @block: the block; NULL: none
 * @value: of each page, what was last written, or 0
 * @pinned: a page to which somebody refers, or NULL
 */
struct slot {
	struct bp_client *client;
	struct bp_block *block;
	u32 value[MAX_PAGES];
	struct page *pinned;
};

/**
 * struct trial - a random run
 * @test: the case
 * @registry: of the pool
 * @rnd: the random numbers
 * @slots: all blocks
 * @next_value: never written before
 */
struct trial {
	struct kunit *test;
	struct bp_registry *registry;
	struct rnd_state rnd;
	struct slot slots[NR_SLOTS];
	u32 next_value;
};

static u32 below(struct trial *trial, u32 end)
{
	return prandom_u32_state(&trial->rnd) % end;
}

static void check_contents(struct trial *trial, struct slot *slot)
{
	u32 i;

	for (i = 0; i < slot->block->nr_pages; i++)
		KUNIT_ASSERT_EQ(trial->test, bp_test_read(slot->block, i),
				slot->value[i]);
}

static void do_alloc(struct trial *trial, struct slot *slot)
{
	const struct bp_block_request request = {
		.size = (1 + below(trial, MAX_PAGES / 2)) << PAGE_SHIFT,
		.align = PAGE_SIZE << below(trial, 3),
		.exact = true,
	};
	const struct bp_pool *pool = trial->registry->pool;
	struct bp_failure failure = {};
	struct bp_block *block;

	block = bp_test_try_block(slot->client, &request, &failure);
	if (IS_ERR(block)) {
		KUNIT_ASSERT_EQ(trial->test, PTR_ERR(block), -ENOMEM);
		return;
	}
	bp_handle_publish(block);
	slot->block = block;
	/* No page that somebody still refers to is given to another. */
	KUNIT_ASSERT_EQ(trial->test,
			bp_pool_unreferenced(pool, block->pfn, block->nr_pages),
			block->nr_pages);
	memset(slot->value, 0, sizeof(slot->value));
}

static void do_write(struct trial *trial, struct slot *slot)
{
	u32 i = below(trial, slot->block->nr_pages);

	slot->value[i] = ++trial->next_value;
	bp_test_write(slot->block, i, slot->value[i]);
}

static void unpin(struct slot *slot)
{
	if (slot->pinned)
		put_page(slot->pinned);
	slot->pinned = NULL;
}

static void do_pin(struct trial *trial, struct slot *slot)
{
	if (slot->pinned) {
		unpin(slot);
		return;
	}
	slot->pinned =
		bp_test_touch(slot->block, below(trial, slot->block->nr_pages));
	get_page(slot->pinned);
}

static void do_resize(struct trial *trial, struct slot *slot)
{
	const u32 old = slot->block->nr_pages,
		  new = 1 + below(trial, MAX_PAGES);
	const bool may_move = below(trial, 2);
	struct bp_failure failure = {};
	int err;

	/* To wait for a pinned page takes ten ticks: do not always. */
	if (below(trial, 8))
		unpin(slot);
	err = bp_test_block_resize(slot->block, new, may_move, &failure);
	if (err) {
		/* A page can only be in the way where one is pinned. */
		if (err != -EBUSY || !slot->pinned)
			KUNIT_ASSERT_EQ(trial->test, err, -ENOMEM);
		KUNIT_ASSERT_EQ(trial->test, slot->block->nr_pages, old);
		return;
	}
	KUNIT_ASSERT_EQ(trial->test, slot->block->nr_pages, new);
	if (new < old)
		memset(slot->value + new, 0, (old - new) * sizeof(u32));
	check_contents(trial, slot);
}

static void do_free(struct trial *trial, struct slot *slot)
{
	check_contents(trial, slot);
	bp_test_block_free(trial->test, slot->client, slot->block);
	slot->block = NULL;
	/* The pages remain in quarantine for a time, or do not. */
	if (below(trial, 2))
		unpin(slot);
}

static void do_something(struct trial *trial)
{
	struct slot *slot = &trial->slots[below(trial, NR_SLOTS)];

	if (!slot->block) {
		unpin(slot);
		do_alloc(trial, slot);
		return;
	}
	switch (below(trial, 8)) {
	case 0:
		do_free(trial, slot);
		break;
	case 1:
	case 2:
		do_resize(trial, slot);
		break;
	case 3:
		do_pin(trial, slot);
		break;
	case 4:
		check_contents(trial, slot);
		break;
	default:
		do_write(trial, slot);
		break;
	}
}

static void unpin_all(void *context)
{
	struct trial *trial = context;
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++)
		unpin(&trial->slots[i]);
}

/* Under the pool's lock: the quarantine's work frees blocks at any time. */
static void check_pool(struct trial *trial)
{
	char msg[BP_CHECK_MSG_SIZE];

	bp_pool_check(trial->registry->pool, msg, sizeof(msg));
	KUNIT_ASSERT_STREQ(trial->test, msg, "ok");
}

static void contents_random(struct kunit *test)
{
	struct trial *trial = kunit_kzalloc(test, sizeof(*trial), GFP_KERNEL);
	const u32 seed = bp_test_seed();
	struct bp_client *clients[3];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, trial);
	kunit_info(test, "seed=%u", seed);
	prandom_seed_state(&trial->rnd, seed);
	trial->test = test;
	trial->registry = bp_test_registry(test, NR_PAGES, 6);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, unpin_all, trial));
	for (i = 0; i < ARRAY_SIZE(clients); i++)
		clients[i] = bp_test_client(test, trial->registry);
	for (i = 0; i < NR_SLOTS; i++)
		trial->slots[i].client = clients[i % ARRAY_SIZE(clients)];
	for (i = 0; i < STEPS; i++) {
		do_something(trial);
		check_pool(trial);
	}
	KUNIT_EXPECT_GT(test, atomic64_read(&trial->registry->nr_moves), 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_SLOW(contents_random),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_contents",
	.test_cases = cases,
};

kunit_test_suite(suite);
