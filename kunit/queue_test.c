// SPDX-License-Identifier: GPL-2.0
/*
 * The queue: threads that wait for the memory of a pool.
 */
#include "queue.h"

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>

#include "listlib.h"
#include "testlib.h"

/* Longer than any step takes, on the slowest machine. */
#define PATIENCE_MS 10000
/* And nothing takes as long as this. */
#define FOREVER_MS (10 * PATIENCE_MS)

/**
 * struct thread - a thread that waits for memory
 * @pool: the pool
 * @request: what it wants
 * @timeout_ms: how long it waits
 * @err: what became of it
 * @pfn: what it got
 * @failure: why it got nothing
 * @done: when it has come back
 * @gone: when nothing uses this any more
 */
struct thread {
	struct bp_pool *pool;
	struct bp_request request;
	unsigned int timeout_ms;
	int err;
	u32 pfn;
	struct bp_failure failure;
	struct completion done;
	struct completion gone;
};

static int wait_for_memory(void *data)
{
	struct thread *thread = data;
	ktime_t expires = ktime_add_ms(ktime_get(), thread->timeout_ms);

	thread->err = bp_pool_alloc_wait(thread->pool, &thread->request,
					 &expires, &thread->pfn,
					 &thread->failure);
	complete_all(&thread->done);
	kthread_complete_and_exit(&thread->gone, 0);
}

static u32 nr_waiters(struct bp_pool *pool)
{
	struct bp_pool_stat stat;

	bp_pool_stat(pool, &stat);
	return stat.nr_waiters;
}

/* The thread is in the queue, as number @nr, or, in time, out of it again. */
static void expect_begun(struct kunit *test, struct thread *thread, u32 nr)
{
	unsigned int ms = 0;

	while (nr_waiters(thread->pool) != nr) {
		if (completion_done(&thread->done))
			break;
		KUNIT_ASSERT_LT(test, ms++, PATIENCE_MS);
		usleep_range(1000, 2000);
	}
	if (completion_done(&thread->done))
		KUNIT_ASSERT_NE(test, thread->timeout_ms, FOREVER_MS);
}

/* Whatever becomes of the case: the pool is there as long as somebody uses it. */
static void await(void *data)
{
	struct thread *thread = data;

	wait_for_completion(&thread->gone);
}

/*
 * A thread that stands in the queue, as the last, when this returns, and for longer
 * than any step takes if @timeout_ms is 0. Else it may have left it.
 */
static struct thread *start_aligned(struct kunit *test, struct bp_pool *pool,
				    struct bp_request request,
				    unsigned int timeout_ms)
{
	struct thread *thread =
		kunit_kzalloc(test, sizeof(*thread), GFP_KERNEL);
	const u32 before = nr_waiters(pool);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, thread);
	thread->pool = pool;
	thread->request = request;
	thread->timeout_ms = timeout_ms ?: FOREVER_MS;
	init_completion(&thread->done);
	init_completion(&thread->gone);
	task = kthread_run(wait_for_memory, thread, "waiter");
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, task);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, await, thread));
	expect_begun(test, thread, before + 1);
	return thread;
}

static struct thread *start(struct kunit *test, struct bp_pool *pool,
			    u32 nr_pages, unsigned int timeout_ms)
{
	const struct bp_request request = { .nr_pages = nr_pages };

	return start_aligned(test, pool, request, timeout_ms);
}

static bool is_done(struct thread *thread)
{
	return wait_for_completion_timeout(&thread->done,
					   msecs_to_jiffies(PATIENCE_MS));
}

static void expect_served(struct kunit *test, struct thread *thread, u32 pfn)
{
	KUNIT_ASSERT_TRUE(test, is_done(thread));
	KUNIT_EXPECT_EQ(test, thread->err, 0);
	KUNIT_EXPECT_EQ(test, thread->pfn, pfn);
	KUNIT_EXPECT_EQ(test, thread->failure.reason, BP_NO_FAILURE);
}

static u32 take(struct kunit *test, struct bp_pool *pool, u32 nr_pages)
{
	const struct bp_request request = { .nr_pages = nr_pages };
	u32 pfn;

	KUNIT_ASSERT_EQ(test, bp_pool_alloc(pool, &request, &pfn, NULL), 0);
	return pfn;
}

static void give(struct kunit *test, struct bp_pool *pool, u32 pfn,
		 u32 nr_pages)
{
	char msg[BP_CHECK_MSG_SIZE];

	KUNIT_ASSERT_EQ(test, bp_pool_free(pool, pfn, nr_pages, false), 0);
	/* Under its lock: the threads are at work. */
	bp_pool_check(pool, msg, sizeof(msg));
	KUNIT_ASSERT_STREQ(test, msg, "ok");
}

static void who_can_be_served_does_not_wait(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	const struct bp_request request = { .nr_pages = 16 };
	struct bp_failure failure = {};
	u32 pfn;

	KUNIT_EXPECT_EQ(test,
			bp_pool_alloc_wait(pool, &request, NULL, &pfn,
					   &failure),
			0);
	KUNIT_EXPECT_EQ(test, pfn, 0);
	give(test, pool, pfn, 16);
	KUNIT_EXPECT_EQ(test, pool->counters.failures, 0);
	KUNIT_EXPECT_EQ(test, pool->counters.allocs, 1);
}

/* What can never be had is not waited for. */
static void what_never_fits_is_not_waited_for(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	const struct bp_request request = { .nr_pages = 17 };
	struct bp_failure failure = {};
	struct thread *thread;
	u32 pfn;

	KUNIT_EXPECT_EQ(test,
			bp_pool_alloc_wait(pool, &request, NULL, &pfn,
					   &failure),
			-EFBIG);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_TOO_LARGE);
	KUNIT_EXPECT_EQ(test, failure.nr_chances, 0);

	/* Nor while somebody waits. */
	take(test, pool, 1);
	thread = start(test, pool, 16, 0);
	KUNIT_EXPECT_EQ(test,
			bp_pool_alloc_wait(pool, &request, NULL, &pfn,
					   &failure),
			-EFBIG);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_TOO_LARGE);
	KUNIT_EXPECT_EQ(test, pool->counters.failures, 2);
	give(test, pool, 0, 1);
	expect_served(test, thread, 0);
	give(test, pool, 0, 16);
}

static void wait_ends_when_time_is_up(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	ktime_t begin = ktime_get();
	struct thread *thread;

	take(test, pool, 1);
	thread = start(test, pool, 16, 200);
	KUNIT_ASSERT_TRUE(test, is_done(thread));
	KUNIT_EXPECT_GE(test, ktime_ms_delta(ktime_get(), begin), 200);
	KUNIT_EXPECT_EQ(test, thread->err, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, thread->failure.reason, BP_FULL);
	KUNIT_EXPECT_EQ(test, thread->failure.free_pages, 15);
	KUNIT_EXPECT_EQ(test, thread->failure.largest, 8);
	KUNIT_EXPECT_EQ(test, pool->counters.failures, 1);
	KUNIT_EXPECT_EQ(test, nr_waiters(pool), 0);
	give(test, pool, 0, 1);
}

/* In order of arrival: a large one first, and no small one before it. */
static void large_one_is_not_overtaken(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	const struct bp_request small = { .nr_pages = 1 };
	struct thread *large, *one, *two;
	struct bp_failure failure = {};
	u32 pfn;

	take(test, pool, 4);
	take(test, pool, 4);
	large = start(test, pool, 16, 0);
	one = start(test, pool, 1, 0);
	two = start(test, pool, 2, 0);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &small, &pfn, &failure),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_QUEUED);
	KUNIT_EXPECT_EQ(test, failure.free_pages, 8);
	KUNIT_EXPECT_EQ(test, failure.largest, 8);

	give(test, pool, 0, 4);
	KUNIT_EXPECT_EQ(test, nr_waiters(pool), 3);
	give(test, pool, 4, 4);
	expect_served(test, large, 0);
	KUNIT_EXPECT_EQ(test, nr_waiters(pool), 2);
	give(test, pool, 0, 16);
	/* One return of memory serves both, one after the other. */
	expect_served(test, one, 0);
	expect_served(test, two, 2);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc(pool, &small, &pfn, &failure), 0);
	KUNIT_EXPECT_EQ(test, pfn, 1);
	bp_test_free_all(test, &pool->buddy);
}

/* Who gives up is no longer in the way. */
static void next_is_served_when_the_first_gives_up(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct thread *large, *small, *other;

	take(test, pool, 1);
	large = start(test, pool, 16, 200);
	small = start(test, pool, 4, 0);
	other = start(test, pool, 8, 0);
	KUNIT_ASSERT_TRUE(test, is_done(large));
	KUNIT_EXPECT_EQ(test, large->err, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, large->failure.reason, BP_FULL);
	expect_served(test, small, 4);
	expect_served(test, other, 8);
	bp_test_free_all(test, &pool->buddy);
}

/* Whose turn it was not yet is told so. */
static void behind_another_when_time_is_up(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct thread *large, *small;

	take(test, pool, 1);
	large = start(test, pool, 16, 0);
	small = start(test, pool, 1, 200);
	KUNIT_ASSERT_TRUE(test, is_done(small));
	KUNIT_EXPECT_EQ(test, small->err, -ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, small->failure.reason, BP_QUEUED);
	KUNIT_EXPECT_EQ(test, nr_waiters(pool), 1);
	give(test, pool, 0, 1);
	expect_served(test, large, 0);
	give(test, pool, 0, 16);
}

static void growth_does_not_overtake(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct bp_failure failure = {};
	struct thread *thread;

	take(test, pool, 2);
	thread = start(test, pool, 16, 0);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 2, 3, false, &failure),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_QUEUED);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 2, 17, false, &failure),
			-EFBIG);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_TOO_LARGE);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 2, 1, false, &failure),
			0);
	give(test, pool, 0, 1);
	expect_served(test, thread, 0);
	give(test, pool, 0, 16);
}

/* A shrink gives memory back as well. */
static void shrink_serves(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct bp_failure failure = {};
	struct thread *thread;

	take(test, pool, 16);
	thread = start(test, pool, 8, 0);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 16, 8, false, &failure),
			0);
	expect_served(test, thread, 8);
	bp_test_free_all(test, &pool->buddy);
}

/* More than whoever gives memory back serves himself: the served see to the rest. */
static void many_are_served_in_order(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct thread *threads[12];
	unsigned int i;

	take(test, pool, 16);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = start(test, pool, 1, 0);
	give(test, pool, 0, 16);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		expect_served(test, threads[i], i);
	bp_test_free_all(test, &pool->buddy);
}

static void bulk_does_not_overtake(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct thread *thread;
	u32 pfns[2];

	take(test, pool, 1);
	thread = start(test, pool, 16, 0);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_bulk(pool, 0, pfns, 2), 0);
	give(test, pool, 0, 1);
	expect_served(test, thread, 0);
	give(test, pool, 0, 16);
	KUNIT_EXPECT_EQ(test, bp_pool_alloc_bulk(pool, 0, pfns, 2), 2);
	bp_test_free_all(test, &pool->buddy);
}

/* What CPUs keep could be what somebody waits for. */
static void lists_stay_out_of_use(struct kunit *test)
{
	struct bp_pool *pool = bp_test_lists(test);
	const u32 largest = 1U << pool->buddy.max_order;
	struct thread *thread;
	u32 pfn, half;

	for (pfn = 0; pfn < BP_TEST_LISTS_PAGES - largest; pfn += largest)
		KUNIT_EXPECT_EQ(test, take(test, pool, largest), pfn);
	/* Of the last block a half by single pages, in any order, and the other half. */
	half = pfn + largest / 2;
	for (; pfn < half; pfn++)
		KUNIT_EXPECT_LT(test, take(test, pool, 1), half);
	KUNIT_EXPECT_EQ(test, take(test, pool, largest / 2), half);

	thread = start(test, pool, largest, 0);
	/* It may be in the queue, but not have come to this yet. */
	bp_pool_drain(pool);
	for (pfn = half - largest / 2; pfn < half; pfn++)
		bp_test_must_free(test, pool, pfn, 0);
	KUNIT_EXPECT_FALSE(test, READ_ONCE(pool->lists.on));
	KUNIT_EXPECT_EQ(test, bp_test_kept(pool), 0);
	give(test, pool, half, largest / 2);
	expect_served(test, thread, half - largest / 2);

	for (pfn = 0; pfn < BP_TEST_LISTS_PAGES; pfn += largest)
		KUNIT_EXPECT_EQ(test, bp_pool_free(pool, pfn, largest, false),
				0);
	bp_test_calm_down(test, pool);
}

/* Free memory that is not aligned so well does not do. */
static void alignment_is_waited_for(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	const struct bp_request aligned = { .nr_pages = 1, .align_order = 3 };
	struct thread *thread;
	u32 pfn;

	for (pfn = 0; pfn < 16; pfn++)
		KUNIT_EXPECT_EQ(test, take(test, pool, 1), pfn);
	thread = start_aligned(test, pool, aligned, 0);
	for (pfn = 1; pfn < 15; pfn++)
		give(test, pool, pfn, 1);
	KUNIT_EXPECT_EQ(test, nr_waiters(pool), 1);
	give(test, pool, 15, 1);
	expect_served(test, thread, 8);
	give(test, pool, 0, 1);
	give(test, pool, 8, 1);
}

/* Everything that may help those who have failed is a chance; nothing else is. */
static void chances_are_counted(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct bp_failure failure = {};
	unsigned long before = pool->nr_chances;
	struct thread *thread;

	KUNIT_EXPECT_NE(test, before, 0);
	take(test, pool, 2);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 2, 4, false, &failure),
			0);
	KUNIT_EXPECT_EQ(test, pool->nr_chances, before);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 4, 2, false, &failure),
			0);
	KUNIT_EXPECT_EQ(test, pool->nr_chances, before + 1);
	thread = start(test, pool, 16, 200);
	KUNIT_ASSERT_TRUE(test, is_done(thread));
	/* Its own departure is none for itself. */
	KUNIT_EXPECT_EQ(test, thread->failure.nr_chances, before + 2);
	KUNIT_EXPECT_EQ(test, pool->nr_chances, before + 2);
	give(test, pool, 0, 2);
	KUNIT_EXPECT_EQ(test, pool->nr_chances, before + 3);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, 0, 2, false), -ENOENT);
	KUNIT_EXPECT_EQ(test, pool->nr_chances, before + 3);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(who_can_be_served_does_not_wait),
	KUNIT_CASE(what_never_fits_is_not_waited_for),
	KUNIT_CASE(wait_ends_when_time_is_up),
	KUNIT_CASE(large_one_is_not_overtaken),
	KUNIT_CASE(next_is_served_when_the_first_gives_up),
	KUNIT_CASE(behind_another_when_time_is_up),
	KUNIT_CASE(growth_does_not_overtake),
	KUNIT_CASE(shrink_serves),
	KUNIT_CASE(many_are_served_in_order),
	KUNIT_CASE(bulk_does_not_overtake),
	KUNIT_CASE(lists_stay_out_of_use),
	KUNIT_CASE(alignment_is_waited_for),
	KUNIT_CASE(chances_are_counted),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_queue",
	.init = bp_test_bind,
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
