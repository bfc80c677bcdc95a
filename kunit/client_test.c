// SPDX-License-Identifier: GPL-2.0
/*
 * Clients, and the records of blocks that they keep.
 */
#include "client.h"

#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "block.h"
#include "handle.h"
#include "blocklib.h"

/* What frees a block before its handle may mean something again. */
#define OTHERS 64

/**
 * struct setting - what each case begins with: a client of a pool of 256 pages
 * @registry: of the pool
 * @client: the client
 */
struct setting {
	struct bp_registry *registry;
	struct bp_client *client;
};

static struct setting *new_setting(struct kunit *test)
{
	struct setting *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->registry = bp_test_registry(test, 256, 8);
	s->client = bp_test_client(test, s->registry);
	return s;
}

/* Allocate @nr blocks of a page, and free them all; the ids of these. */
static void use(struct kunit *test, struct setting *s, u32 nr, u32 *ids)
{
	struct bp_block *blocks[200];
	u32 i;

	KUNIT_ASSERT_LE(test, nr, ARRAY_SIZE(blocks));
	for (i = 0; i < nr; i++) {
		blocks[i] = bp_test_block(test, s->client, 1);
		if (ids)
			ids[i] = blocks[i]->id;
	}
	for (i = 0; i < nr; i++)
		bp_test_block_free(test, s->client, blocks[i]);
}

static u32 nr_records(struct bp_registry *registry)
{
	struct bp_block *block;
	unsigned long id;
	u32 nr = 0;

	xa_for_each(&registry->blocks, id, block)
		nr++;
	return nr;
}

static void record_waits_for_others(struct kunit *test)
{
	struct setting *s = new_setting(test);
	u32 first, ids[OTHERS];
	unsigned int i;

	use(test, s, 1, &first);
	use(test, s, OTHERS, ids);
	for (i = 0; i < OTHERS; i++)
		KUNIT_EXPECT_NE(test, ids[i], first);
	KUNIT_EXPECT_EQ(test, nr_records(s->registry), OTHERS + 1);
	KUNIT_EXPECT_EQ(test, bp_test_block(test, s->client, 1)->id, first);
	KUNIT_EXPECT_EQ(test, nr_records(s->registry), OTHERS + 1);
}

/* Of what was there before, nothing is left in it. */
static void record_is_a_new_block(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block = bp_test_block(test, s->client, 3);
	struct bp_block *again;

	bp_test_write(block, 2, 4711);
	block->exported = true;
	block->next_fault = 2;
	block->fault_batch = 64;
	bp_test_block_free(test, s->client, block);
	use(test, s, OTHERS, NULL);

	again = bp_test_block(test, s->client, 2);
	KUNIT_ASSERT_PTR_EQ(test, again, block);
	KUNIT_EXPECT_EQ(test, refcount_read(&again->ref), 1);
	KUNIT_EXPECT_EQ(test, again->state, BP_BLOCK_ALLOCATED);
	KUNIT_EXPECT_EQ(test, again->nr_holders, 1);
	KUNIT_EXPECT_EQ(test, again->nr_mappings, 0);
	KUNIT_EXPECT_EQ(test, again->nr_pages, 2);
	KUNIT_EXPECT_EQ(test, again->size, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, again->align, 0);
	KUNIT_EXPECT_EQ(test, again->nr_settled, 0);
	KUNIT_EXPECT_EQ(test, again->next_fault, 0);
	KUNIT_EXPECT_EQ(test, again->fault_batch, 0);
	KUNIT_EXPECT_FALSE(test, again->exported);
	KUNIT_EXPECT_FALSE(test, again->exposed);
}

/* Nobody gets hold of a record that is no block. */
static void idle_records_are_no_blocks(struct kunit *test)
{
	const struct bp_handle_expect any = {};
	struct setting *s = new_setting(test);
	unsigned long id = 0;
	u32 handle;

	use(test, s, 1, &handle);
	KUNIT_EXPECT_NULL(test, bp_handle_get(s->client, handle));
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, handle, &any), -ENOENT);
	KUNIT_EXPECT_NULL(test, bp_registry_next(s->registry, &id));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 0);
}

static void idle_records_have_a_limit(struct kunit *test)
{
	struct setting *s = new_setting(test);

	s->client->max_idle = 70;
	use(test, s, 100, NULL);
	KUNIT_EXPECT_EQ(test, s->client->nr_idle, 70);
	KUNIT_EXPECT_EQ(test, nr_records(s->registry), 70);
	use(test, s, 100, NULL);
	KUNIT_EXPECT_EQ(test, nr_records(s->registry), 70);
}

/* However few ids there are: they are used again, not only kept. */
static void idle_records_where_ids_are_few(struct kunit *test)
{
	static const u32 max_ids[] = { 254, 1022, 2000, 16382, S32_MAX };
	static const u32 max_idle[] = { 128, 128, 128, 1023, 1024 };
	struct setting *s = new_setting(test);
	unsigned int i;
	u32 n, id;

	for (i = 0; i < ARRAY_SIZE(max_ids); i++) {
		s->registry->max_compat_id = max_ids[i];
		s->registry->next_id = 1;
		bp_test_client_destroy(test, s->client);
		s->client = bp_test_client(test, s->registry);
		KUNIT_EXPECT_EQ(test, s->client->max_idle, max_idle[i]);
		for (n = 0; n < 2 * OTHERS; n++) {
			use(test, s, 1, &id);
			KUNIT_EXPECT_LE(test, id, OTHERS + 1);
		}
	}
}

static void idle_records_go_with_the_client(struct kunit *test)
{
	struct setting *s = new_setting(test);

	use(test, s, 100, NULL);
	bp_test_block(test, s->client, 1);
	bp_test_client_destroy(test, s->client);
	KUNIT_EXPECT_TRUE(test, xa_empty(&s->registry->blocks));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_clients), 0);
}

/* A record outlives the client with its block, and no longer. */
static void record_of_a_pinned_page_outlives_the_client(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block = bp_test_block(test, s->client, 2);
	struct page *page = bp_test_touch(block, 1);

	get_page(page);
	use(test, s, 10, NULL);
	bp_test_client_destroy(test, s->client);
	KUNIT_EXPECT_EQ(test, nr_records(s->registry), 1);
	KUNIT_EXPECT_EQ(test, block->client->account.pages, 2);
	put_page(page);
	bp_quarantine_flush(&s->registry->quarantine);
	KUNIT_EXPECT_TRUE(test, xa_empty(&s->registry->blocks));
}

/* Many are taken as one by one, the one that waits for longest first. */
static void records_in_bulk(struct kunit *test)
{
	struct bp_block *blocks[BP_MAX_BATCH];
	struct setting *s = new_setting(test);
	struct bp_failure failure;
	unsigned int i;

	use(test, s, OTHERS + 10, NULL);
	KUNIT_ASSERT_EQ(test, 20,
			bp_client_take_records(s->client, blocks, 20, 3,
					       &failure));
	KUNIT_EXPECT_EQ(test, s->client->account.pages, 60);
	KUNIT_EXPECT_EQ(test, s->client->account.handles, 20);
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, blocks[i]->id, i + 1);
	for (; i < 20; i++)
		KUNIT_EXPECT_EQ(test, blocks[i]->id, OTHERS + i + 1);
	KUNIT_EXPECT_EQ(test, s->client->nr_idle, OTHERS);
	bp_client_give_records(s->client, blocks, 20, 60);
	KUNIT_EXPECT_EQ(test, s->client->account.pages, 0);
	KUNIT_EXPECT_EQ(test, s->client->account.handles, 0);
	KUNIT_EXPECT_EQ(test, s->client->nr_idle, OTHERS + 20);
	use(test, s, OTHERS + 20, NULL);
	KUNIT_EXPECT_EQ(test, nr_records(s->registry), 2 * OTHERS + 20);
}

/* What cannot be had is not charged; the last resort is what waits for others. */
static void no_ids_are_left(struct kunit *test)
{
	struct bp_block *blocks[BP_MAX_BATCH];
	struct setting *s = new_setting(test);
	struct bp_failure failure;
	struct bp_block *last;

	s->registry->max_id = 10;
	s->registry->max_compat_id = 10;
	KUNIT_ASSERT_EQ(test, 10,
			bp_client_take_records(s->client, blocks, 12, 2,
					       &failure));
	KUNIT_EXPECT_EQ(test, s->client->account.pages, 20);
	KUNIT_EXPECT_EQ(test, s->client->account.handles, 10);
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			bp_client_take_records(s->client, blocks + 10, 2, 2,
					       &failure));
	last = bp_client_take_record(s->client, 2, &failure);
	KUNIT_EXPECT_EQ(test, PTR_ERR(last), -ENOSPC);
	KUNIT_EXPECT_EQ(test, s->client->account.pages, 20);
	KUNIT_EXPECT_EQ(test, s->client->account.handles, 10);
	bp_client_give_records(s->client, blocks, 10, 20);

	last = bp_client_take_record(s->client, 2, &failure);
	KUNIT_ASSERT_PTR_EQ(test, last, blocks[0]);
	KUNIT_EXPECT_EQ(test, s->client->account.pages, 2);
	bp_client_give_record(s->client, last, 2);
	KUNIT_EXPECT_EQ(test, s->client->account.pages, 0);
	KUNIT_EXPECT_EQ(test, s->client->account.handles, 0);
}

/* What a program can use may wait behind what only others on the file can. */
static void no_ids_are_left_for_some(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *last, *blocks[3];
	struct bp_failure failure;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blocks); i++)
		blocks[i] = bp_test_block(test, s->client, 1);
	for (; i; i--)
		bp_test_block_free(test, s->client, blocks[i - 1]);
	s->registry->max_id = 2;
	s->registry->max_compat_id = 2;
	last = bp_client_take_record(s->client, 1, &failure);
	KUNIT_ASSERT_PTR_EQ(test, last, blocks[1]);
	KUNIT_EXPECT_EQ(test, s->client->nr_idle, 2);
	bp_client_give_record(s->client, last, 1);
}

/* Where less is allowed than was wanted, and there is even less than that. */
static void limit_is_not_why_ids_are_missing(struct kunit *test)
{
	const u64 max[BP_NR_LIMITS] = { [BP_LIMIT_HANDLES] = 15 };
	struct bp_block *blocks[BP_MAX_BATCH];
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};

	KUNIT_ASSERT_EQ(test, 0,
			bp_account_limit(&s->client->account,
					 BIT(BP_LIMIT_HANDLES), max, true));
	s->registry->max_id = 10;
	s->registry->max_compat_id = 10;
	KUNIT_ASSERT_EQ(test, 10,
			bp_client_take_records(s->client, blocks, 20, 1,
					       &failure));
	KUNIT_EXPECT_EQ(test, failure.reason, BP_NO_FAILURE);
	KUNIT_EXPECT_EQ(test, -ENOSPC,
			bp_client_take_records(s->client, blocks + 10, 20, 1,
					       &failure));
	KUNIT_EXPECT_EQ(test, failure.reason, BP_NO_FAILURE);
	bp_client_give_records(s->client, blocks, 10, 10);

	/* But it is why there are fewer of what is left. */
	s->registry->max_id = 100;
	KUNIT_ASSERT_EQ(test, 15,
			bp_client_take_records(s->client, blocks, 20, 1,
					       &failure));
	KUNIT_EXPECT_EQ(test, failure.reason, BP_OVER_HANDLES);
	bp_client_give_records(s->client, blocks, 15, 15);
}

/**
 * struct holder - a thread that holds a block for a while
 * @block: the block, with a reference
 * @done: it has let go
 */
struct holder {
	struct bp_block *block;
	struct completion done;
};

static int hold(void *context)
{
	struct holder *holder = context;

	msleep(100);
	bp_block_put(holder->block);
	kthread_complete_and_exit(&holder->done, 0);
}

/* What nobody keeps any more is not looked at, whenever it goes. */
static void record_goes_while_the_file_is_closed(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct holder *holder =
		kunit_kzalloc(test, sizeof(*holder), GFP_KERNEL);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, holder);
	init_completion(&holder->done);
	s->client->max_idle = 0;
	holder->block = bp_test_block(test, s->client, 1);
	refcount_inc(&holder->block->ref);
	bp_test_block_free(test, s->client, holder->block);
	task = kthread_run(hold, holder, "holder");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	bp_test_client_destroy(test, s->client);
	wait_for_completion(&holder->done);
	KUNIT_EXPECT_TRUE(test, xa_empty(&s->registry->blocks));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_clients), 0);
}

/**
 * struct watcher - a thread that looks up what may just be going
 * @client: whose handles
 * @newest: the one to look up
 * @stop: it shall end
 * @done: it has
 */
struct watcher {
	struct bp_client *client;
	u32 newest;
	bool stop;
	struct completion done;
};

static int watch(void *context)
{
	struct watcher *watcher = context;
	struct bp_block *block;

	while (!READ_ONCE(watcher->stop)) {
		block = bp_handle_get(watcher->client,
				      READ_ONCE(watcher->newest));
		if (block)
			bp_block_put(block);
		cond_resched();
	}
	kthread_complete_and_exit(&watcher->done, 0);
}

static void stop_watching(void *context)
{
	struct watcher *watcher = context;

	WRITE_ONCE(watcher->stop, true);
	wait_for_completion(&watcher->done);
}

/* Who looks up one that is just going finds no block there, nor anything else. */
static void records_go_during_look_ups(struct kunit *test)
{
	const unsigned long end = jiffies + msecs_to_jiffies(300);
	struct setting *s = new_setting(test);
	struct watcher *watcher =
		kunit_kzalloc(test, sizeof(*watcher), GFP_KERNEL);
	struct task_struct *task;
	struct bp_block *block;

	KUNIT_ASSERT_NOT_NULL(test, watcher);
	s->client->max_idle = 0;
	watcher->client = s->client;
	init_completion(&watcher->done);
	task = kthread_run(watch, watcher, "watcher");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, stop_watching,
						  watcher));
	while (time_before(jiffies, end)) {
		block = bp_test_block(test, s->client, 1);
		WRITE_ONCE(watcher->newest, block->id);
		bp_test_block_free(test, s->client, block);
		cond_resched();
	}
	kunit_release_action(test, stop_watching, watcher);
	KUNIT_EXPECT_EQ(test, s->client->account.pages, 0);
	KUNIT_EXPECT_TRUE(test, xa_empty(&s->registry->blocks));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(record_waits_for_others),
	KUNIT_CASE(record_is_a_new_block),
	KUNIT_CASE(idle_records_are_no_blocks),
	KUNIT_CASE(idle_records_have_a_limit),
	KUNIT_CASE(idle_records_where_ids_are_few),
	KUNIT_CASE(idle_records_go_with_the_client),
	KUNIT_CASE(record_of_a_pinned_page_outlives_the_client),
	KUNIT_CASE(records_in_bulk),
	KUNIT_CASE(no_ids_are_left),
	KUNIT_CASE(no_ids_are_left_for_some),
	KUNIT_CASE(limit_is_not_why_ids_are_missing),
	KUNIT_CASE(record_goes_while_the_file_is_closed),
	KUNIT_CASE(records_go_during_look_ups),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_client",
	.test_cases = cases,
};

kunit_test_suite(suite);
