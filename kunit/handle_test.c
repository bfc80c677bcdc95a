// SPDX-License-Identifier: GPL-2.0
/*
 * Handles.
 */
#include "client.h"
#include "handle.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "blocklib.h"

/**
 * struct setting - what each case begins with: two clients of a pool of 64 pages
 * @registry: of the pool
 * @client: has @block
 * @other: has nothing
 * @block: three pages at 0
 */
struct setting {
	struct bp_registry *registry;
	struct bp_client *client;
	struct bp_client *other;
	struct bp_block *block;
};

static struct setting *new_setting(struct kunit *test)
{
	struct setting *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->registry = bp_test_registry(test, 64, 6);
	s->client = bp_test_client(test, s->registry);
	s->other = bp_test_client(test, s->registry);
	s->block = bp_test_block(test, s->client, 3);
	return s;
}

static const char *runs(struct kunit *test, const struct setting *s)
{
	return bp_test_runs(test, &s->registry->pool->buddy);
}

static void handle_is_its_clients(struct kunit *test)
{
	struct setting *s = new_setting(test);
	const struct bp_handle_expect any = {};
	const u32 handle = s->block->id;
	struct bp_block *block = bp_handle_get(s->client, handle);

	KUNIT_EXPECT_PTR_EQ(test, block, s->block);
	KUNIT_EXPECT_EQ(test, refcount_read(&s->block->ref), 2);
	bp_block_put(block);
	KUNIT_EXPECT_NULL(test, bp_handle_get(s->other, handle));
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->other, handle, &any), -ENOENT);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
	KUNIT_EXPECT_EQ(test, s->block->state, BP_BLOCK_ALLOCATED);
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, handle, &any), 0);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "");
}

static void handle_that_never_was(struct kunit *test)
{
	static const unsigned long handles[] = { 0,        2,       1000,
						 S32_MAX,  U32_MAX, LONG_MAX,
						 ULONG_MAX };
	struct setting *s = new_setting(test);
	const struct bp_handle_expect any = {};
	unsigned int i;

	KUNIT_ASSERT_EQ(test, s->block->id, 1);
	for (i = 0; i < ARRAY_SIZE(handles); i++) {
		KUNIT_EXPECT_NULL(test, bp_handle_get(s->client, handles[i]));
		KUNIT_EXPECT_EQ(test,
				bp_handle_free(s->client, handles[i], &any),
				-ENOENT);
	}
	KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
}

/* Gone at once, and only once (threats.md 9). */
static void free_twice(struct kunit *test)
{
	struct setting *s = new_setting(test);
	const struct bp_handle_expect any = {};
	const u32 handle = s->block->id;

	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, handle, &any), 0);
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, handle, &any), -ENOENT);
	KUNIT_EXPECT_NULL(test, bp_handle_get(s->client, handle));
	/* Nor does it hit what comes next. */
	bp_test_block(test, s->client, 3);
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, handle, &any), -ENOENT);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
}

/**
 * struct racer - a thread that frees a handle
 * @client: whose handle it is
 * @handle: the handle
 * @started: it is about to free it
 * @done: it has
 * @err: what it got for it
 */
struct racer {
	struct bp_client *client;
	u32 handle;
	struct completion started;
	struct completion done;
	int err;
};

static int race(void *context)
{
	const struct bp_handle_expect any = {};
	struct racer *racer = context;

	complete(&racer->started);
	racer->err = bp_handle_free(racer->client, racer->handle, &any);
	kthread_complete_and_exit(&racer->done, 0);
}

static void start_race(struct kunit *test, struct racer *racer,
		       const struct setting *s)
{
	struct task_struct *task;

	racer->client = s->client;
	racer->handle = s->block->id;
	init_completion(&racer->started);
	init_completion(&racer->done);
	task = kthread_run(race, racer, "racer");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	wait_for_completion(&racer->started);
}

/* Both have found it in the table before either takes it out (threats.md 9). */
static void free_by_two_at_once(struct kunit *test)
{
	struct racer *racers =
		kunit_kcalloc(test, 2, sizeof(*racers), GFP_KERNEL);
	struct setting *s = new_setting(test);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, racers);
	mutex_lock(&s->block->lock);
	for (i = 0; i < 2; i++)
		start_race(test, &racers[i], s);
	for (i = 0; i < 100 && refcount_read(&s->block->ref) < 3; i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, refcount_read(&s->block->ref), 3);
	mutex_unlock(&s->block->lock);
	for (i = 0; i < 2; i++)
		wait_for_completion(&racers[i].done);
	KUNIT_EXPECT_EQ(test, min(racers[0].err, racers[1].err), -ENOENT);
	KUNIT_EXPECT_EQ(test, max(racers[0].err, racers[1].err), 0);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "");
}

/* The handle is gone while a look-up still has the block. */
static void free_during_a_look_up(struct kunit *test)
{
	struct setting *s = new_setting(test);
	const struct bp_handle_expect any = {};
	const u32 handle = s->block->id;
	struct bp_block *block = bp_handle_get(s->client, handle);

	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, handle, &any), 0);
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, handle, &any), -ENOENT);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
	KUNIT_EXPECT_FALSE(test, bp_block_is_held(block));
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 1);
	bp_block_put(block);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "");
}

/**
 * struct expectation - what a free may expect, of 5 pages less 7 bytes, aligned
 *	to 16 pages
 * @expected: the expectation
 * @err: what it must be answered with
 */
struct expectation {
	struct bp_handle_expect expected;
	int err;
};

static const struct expectation expectations[] = {
	/* sized, aligned, size, align */
	{ { true, false, 5 * PAGE_SIZE, 0 }, -EINVAL },
	{ { true, false, 5 * PAGE_SIZE - 8, 0 }, -EINVAL },
	{ { true, false, 8 * PAGE_SIZE, 0 }, -EINVAL },
	{ { true, false, 0, 0 }, -EINVAL },
	{ { false, true, 0, 0 }, -EINVAL },
	{ { false, true, 0, 8 * PAGE_SIZE }, -EINVAL },
	{ { false, true, 0, 32 * PAGE_SIZE }, -EINVAL },
	{ { true, true, 5 * PAGE_SIZE - 7, 8 * PAGE_SIZE }, -EINVAL },
	{ { true, true, 5 * PAGE_SIZE, 16 * PAGE_SIZE }, -EINVAL },
	{ { true, false, 5 * PAGE_SIZE - 7, 0 }, 0 },
	{ { false, true, 0, 16 * PAGE_SIZE }, 0 },
	{ { true, true, 5 * PAGE_SIZE - 7, 16 * PAGE_SIZE }, 0 },
	/* What is not asked for does not matter. */
	{ { false, false, 1, 3 }, 0 },
};

static void free_of_what_is_expected(struct kunit *test)
{
	const struct bp_block_request request = {
		.size = 5 * PAGE_SIZE - 7,
		.align = 16 * PAGE_SIZE,
	};
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};
	struct bp_block *block = NULL;
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(expectations); i++) {
		if (!err) {
			block = bp_test_try_block(s->client, &request,
						  &failure);
			KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
			bp_handle_publish(block);
		}
		err = bp_handle_free(s->client, block->id,
				     &expectations[i].expected);
		KUNIT_ASSERT_EQ_MSG(test, err, expectations[i].err,
				    "expectation %u", i);
		KUNIT_EXPECT_STREQ(test, runs(test, s),
				   err ? "0+3 16+8" : "0+3");
	}
}

/* The size that counts is the one last asked for. */
static void free_sized_after_a_resize(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_handle_expect expected = { .sized = true };
	struct bp_failure failure = {};

	KUNIT_ASSERT_EQ(test, bp_test_block_resize(s->block, 7, true, &failure),
			0);
	expected.size = 3 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test,
			bp_handle_free(s->client, s->block->id, &expected),
			-EINVAL);
	expected.size = 7 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test,
			bp_handle_free(s->client, s->block->id, &expected), 0);
}

/* Nothing can be done to a block before its handle is out (threats.md 12). */
static void alloc_is_nothing_until_published(struct kunit *test)
{
	const struct bp_block_request request = { .size = 1 };
	struct setting *s = new_setting(test);
	const struct bp_handle_expect any = {};
	struct bp_failure failure = {};
	struct bp_block *block =
		bp_test_try_block(s->client, &request, &failure);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	KUNIT_EXPECT_NULL(test, bp_handle_get(s->client, block->id));
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, block->id, &any),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 1);
	bp_handle_publish(block);
	KUNIT_EXPECT_EQ(test, bp_handle_free(s->client, block->id, &any), 0);
}

static void abandon_leaves_nothing(struct kunit *test)
{
	const struct bp_block_request request = { .size = 1 };
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};
	struct bp_block *block =
		bp_test_try_block(s->client, &request, &failure);
	u32 handle;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	handle = block->id;
	bp_handle_abandon(block);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
	KUNIT_EXPECT_NULL(test, bp_handle_get(s->client, handle));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 1);
	bp_test_block_free(test, s->client, s->block);
	KUNIT_EXPECT_EQ(test, s->client->account.handles, 0);
	KUNIT_EXPECT_EQ(test, s->client->nr_idle, 2);
}

static void alloc_that_fails_leaves_nothing(struct kunit *test)
{
	const struct bp_block_request request = { .size = 64 * PAGE_SIZE };
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};
	struct bp_block *block =
		bp_test_try_block(s->client, &request, &failure);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(block), -ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_FULL);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 1);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
}

static void destroy_frees_all(struct kunit *test)
{
	struct setting *s = new_setting(test);
	unsigned int i;

	for (i = 0; i < 5; i++)
		bp_test_block(test, s->client, 1);
	bp_test_block(test, s->other, 2);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 7);
	bp_test_client_destroy(test, s->client);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_clients), 1);
	bp_test_client_destroy(test, s->other);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "");
	KUNIT_EXPECT_TRUE(test, xa_empty(&s->registry->blocks));
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_clients), 0);
}

/* What is mapped elsewhere (by a child of fork()) lives on without it. */
static void destroy_leaves_what_is_mapped(struct kunit *test)
{
	struct setting *s = new_setting(test);

	refcount_inc(&s->block->ref);
	KUNIT_ASSERT_EQ(test, bp_block_map(s->block, 0, 3), 0);
	bp_test_block(test, s->client, 2);
	bp_test_client_destroy(test, s->client);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
	KUNIT_EXPECT_EQ(test, s->block->state, BP_BLOCK_FREED_MAPPED);
	bp_block_unmap(s->block);
	KUNIT_EXPECT_STREQ(test, runs(test, s), "");
}

/* One client's bytes never show up at another's (threats.md 18). */
static void bytes_do_not_pass_to_another(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block = bp_test_block(test, s->client, 32);
	u32 i;

	for (i = 0; i < 32; i++)
		bp_test_write(block, i, 4711);
	bp_test_client_destroy(test, s->client);
	block = bp_test_block(test, s->other, 64);
	for (i = 0; i < 64; i++)
		KUNIT_EXPECT_EQ(test, bp_test_read(block, i), 0);
}

#ifdef CONFIG_FAULT_INJECTION
static void set_fail_nth(unsigned int n)
{
	current->fail_nth = n;
}

static unsigned int get_fail_nth(void)
{
	return current->fail_nth;
}
#else
static void set_fail_nth(unsigned int n)
{
}

static unsigned int get_fail_nth(void)
{
	return 1;
}
#endif

/*
 * Let the first memory allocation of the kernel's fail, then the second, and so
 * on until none is left (threats.md 21). Works where failslab is told not to
 * spare allocations that may wait (ignore-gfp-wait).
 */
static void alloc_with_the_kernels_failing(struct kunit *test)
{
	const struct bp_block_request request = { .size = 1 };
	struct setting *s = new_setting(test);
	unsigned int n, failed = 0, left = 0;
	struct bp_failure failure = {};
	struct bp_block *block;

	for (n = 1; !left; n++) {
		/* So far from the other ids that the tables have to grow. */
		s->registry->next_id = n << 24;
		set_fail_nth(n);
		block = bp_test_try_block(s->client, &request, &failure);
		left = get_fail_nth();
		set_fail_nth(0);
		KUNIT_EXPECT_EQ(test, failure.reason, BP_NO_FAILURE);
		if (!IS_ERR(block)) {
			bp_handle_abandon(block);
			continue;
		}
		failed++;
		KUNIT_EXPECT_EQ(test, PTR_ERR(block), -ENOMEM);
		KUNIT_EXPECT_STREQ(test, runs(test, s), "0+3");
		KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks),
				1);
	}
	bp_test_assert_ok(test, &s->registry->pool->buddy);
	if (!failed)
		kunit_skip(test,
			   "the kernel's allocations cannot be made to fail");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(handle_is_its_clients),
	KUNIT_CASE(handle_that_never_was),
	KUNIT_CASE(free_twice),
	KUNIT_CASE(free_by_two_at_once),
	KUNIT_CASE(free_during_a_look_up),
	KUNIT_CASE(free_of_what_is_expected),
	KUNIT_CASE(free_sized_after_a_resize),
	KUNIT_CASE(alloc_is_nothing_until_published),
	KUNIT_CASE(abandon_leaves_nothing),
	KUNIT_CASE(alloc_that_fails_leaves_nothing),
	KUNIT_CASE(destroy_frees_all),
	KUNIT_CASE(destroy_leaves_what_is_mapped),
	KUNIT_CASE(bytes_do_not_pass_to_another),
	KUNIT_CASE(alloc_with_the_kernels_failing),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_handle",
	.test_cases = cases,
};

kunit_test_suite(suite);
