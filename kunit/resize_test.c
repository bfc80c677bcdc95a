// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks that change their size, and perhaps their place.
 */
#include "resize.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/timer.h>

#include "blocklib.h"

/**
 * struct setting - what each case begins with: a pool of 64 pages
 * @registry: of the pool
 * @client: has the blocks
 * @buddy: of the pool
 * @block: four pages at 0
 * @next: four pages at 4, in the way of a growth of @block
 * @failure: zeroed
 */
struct setting {
	struct bp_registry *registry;
	struct bp_client *client;
	struct bp_buddy *buddy;
	struct bp_block *block;
	struct bp_block *next;
	struct bp_failure failure;
};

static struct setting *new_setting(struct kunit *test)
{
	struct setting *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->registry = bp_test_registry(test, 64, 6);
	s->client = bp_test_client(test, s->registry);
	s->buddy = &s->registry->pool->buddy;
	s->block = bp_test_block(test, s->client, 4);
	s->next = bp_test_block(test, s->client, 4);
	bp_test_expect_runs(test, s->buddy, "0+4 4+4");
	return s;
}

static int resize(struct setting *s, u32 nr_pages, bool may_move)
{
	return bp_test_block_resize(s->block, nr_pages, may_move, &s->failure);
}

/* The block, its pages and its contents are as they were. */
static void expect_refused(struct kunit *test, struct setting *s, u32 nr_pages,
			   bool may_move, int err)
{
	const struct bp_block before = *s->block;

	bp_test_expect_refused(test, s->buddy, resize(s, nr_pages, may_move),
			       err);
	KUNIT_EXPECT_EQ(test, s->block->pfn, before.pfn);
	KUNIT_EXPECT_EQ(test, s->block->nr_pages, before.nr_pages);
	KUNIT_EXPECT_EQ(test, s->block->size, before.size);
	KUNIT_EXPECT_EQ(test, s->block->state, before.state);
	KUNIT_EXPECT_EQ(test, atomic64_read(&s->registry->nr_moves), 0);
}

static void shrink_in_place(struct kunit *test)
{
	struct setting *s = new_setting(test);

	bp_test_write(s->block, 2, 22);
	KUNIT_EXPECT_EQ(test, resize(s, 3, true), 0);
	KUNIT_EXPECT_EQ(test, s->block->pfn, 0);
	KUNIT_EXPECT_EQ(test, s->block->nr_pages, 3);
	KUNIT_EXPECT_EQ(test, s->block->size, 3 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 2), 22);
	bp_test_expect_runs(test, s->buddy, "0+3 4+4");
	KUNIT_EXPECT_EQ(test, atomic64_read(&s->registry->nr_moves), 0);
}

/* Grown again, it does not show what it had before. */
static void shrink_and_grow_shows_zeroes(struct kunit *test)
{
	struct setting *s = new_setting(test);
	u32 i;

	for (i = 0; i < 4; i++)
		bp_test_write(s->block, i, 10 + i);
	KUNIT_EXPECT_EQ(test, resize(s, 2, true), 0);
	KUNIT_EXPECT_TRUE(test, bp_stale_test(s->registry->pool->stale, 2));
	KUNIT_EXPECT_TRUE(test, bp_stale_test(s->registry->pool->stale, 3));
	KUNIT_EXPECT_EQ(test, resize(s, 4, true), 0);
	bp_test_expect_runs(test, s->buddy, "0+4 4+4");
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 1), 11);
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 2), 0);
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 3), 0);
}

static void grow_in_place(struct kunit *test)
{
	struct setting *s = new_setting(test);

	bp_test_write(s->block, 3, 33);
	bp_test_write(s->next, 0, 44);
	bp_test_block_free(test, s->client, s->next);
	KUNIT_EXPECT_EQ(test, resize(s, 13, false), 0);
	KUNIT_EXPECT_EQ(test, s->block->pfn, 0);
	KUNIT_EXPECT_EQ(test, s->block->nr_pages, 13);
	bp_test_expect_runs(test, s->buddy, "0+13");
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 3), 33);
	/* Not what the neighbour had there (threats.md 18). */
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 4), 0);
}

static void move_keeps_contents(struct kunit *test)
{
	struct setting *s = new_setting(test);
	const u32 id = s->block->id;
	u32 i;

	for (i = 0; i < 4; i++)
		bp_test_write(s->block, i, 100 + i);
	KUNIT_EXPECT_EQ(test, resize(s, 8, true), 0);
	bp_test_expect_runs(test, s->buddy, "4+4 8+8");
	KUNIT_EXPECT_EQ(test, s->block->pfn, 8);
	KUNIT_EXPECT_EQ(test, s->block->nr_pages, 8);
	KUNIT_EXPECT_EQ(test, s->block->size, 8 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, s->block->id, id);
	KUNIT_EXPECT_EQ(test, atomic64_read(&s->registry->nr_moves), 1);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, bp_test_read(s->block, i), 100 + i);
	for (; i < 8; i++)
		KUNIT_EXPECT_EQ(test, bp_test_read(s->block, i), 0);
	/* What it has left behind is nobody's to see. */
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test,
				  bp_stale_test(s->registry->pool->stale, i));
}

/* What its owner has never seen is not copied, and stays unseen. */
static void move_does_not_copy_stale_pages(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *old;
	u32 i;

	bp_test_block_free(test, s->client, s->block);
	old = bp_test_block(test, s->client, 4);
	for (i = 0; i < 4; i++)
		bp_test_write(old, i, 77);
	bp_test_block_free(test, s->client, old);

	s->block = bp_test_block(test, s->client, 4);
	KUNIT_EXPECT_EQ(test, s->block->pfn, 0);
	bp_test_write(s->block, 1, 11);
	KUNIT_EXPECT_EQ(test, resize(s, 8, true), 0);
	KUNIT_EXPECT_EQ(test, s->block->pfn, 8);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, bp_test_read(s->block, i),
				i == 1 ? 11 : 0);
}

/* The same, where the pages that it moves to are stale, too. */
static void move_to_stale_pages(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *old = bp_test_block(test, s->client, 8);
	u32 i;

	KUNIT_EXPECT_EQ(test, old->pfn, 8);
	for (i = 0; i < 8; i++)
		bp_test_write(old, i, 77);
	bp_test_block_free(test, s->client, old);
	bp_test_write(s->block, 1, 11);
	KUNIT_EXPECT_EQ(test, resize(s, 8, true), 0);
	KUNIT_EXPECT_EQ(test, s->block->pfn, 8);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, bp_test_read(s->block, i),
				i == 1 ? 11 : 0);
}

/* There is nothing in a block that was never mapped. */
static void move_of_an_unexposed_block(struct kunit *test)
{
	struct setting *s = new_setting(test);
	u32 i;

	KUNIT_EXPECT_EQ(test, resize(s, 8, true), 0);
	KUNIT_EXPECT_EQ(test, s->block->pfn, 8);
	KUNIT_EXPECT_FALSE(test, s->block->exposed);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_FALSE(test,
				   bp_stale_test(s->registry->pool->stale, i));
}

static void move_keeps_the_alignment(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	const struct bp_block_request request = {
		.size = PAGE_SIZE,
		.align = 16 * PAGE_SIZE,
	};
	struct bp_failure failure = {};
	struct bp_block *block = bp_test_try_block(client, &request, &failure);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	bp_handle_publish(block);
	bp_test_block(test, client, 1);
	bp_test_expect_runs(test, &registry->pool->buddy, "0+1 1+1");
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 2, true, &failure),
			0);
	KUNIT_EXPECT_EQ(test, block->pfn, 16);
	KUNIT_EXPECT_EQ(test, block->align, request.align);
}

static void move_forbidden(struct kunit *test)
{
	struct setting *s = new_setting(test);

	expect_refused(test, s, 8, false, -ENOMEM);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_FRAGMENTED);
	KUNIT_EXPECT_EQ(test, s->failure.free_pages, 56);
	KUNIT_EXPECT_EQ(test, s->failure.largest, 32);
	/* In place nothing is forbidden. */
	KUNIT_EXPECT_EQ(test, resize(s, 2, false), 0);
	KUNIT_EXPECT_EQ(test, resize(s, 4, false), 0);
}

static void move_without_room(struct kunit *test)
{
	struct setting *s = new_setting(test);

	bp_test_block(test, s->client, 8);
	bp_test_block(test, s->client, 16);
	expect_refused(test, s, 33, true, -ENOMEM);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_FULL);
	KUNIT_EXPECT_EQ(test, s->failure.free_pages, 32);
	expect_refused(test, s, 65, true, -EFBIG);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_TOO_LARGE);
	bp_test_block(test, s->client, 1);
	expect_refused(test, s, 17, true, -ENOMEM);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_FRAGMENTED);
	KUNIT_EXPECT_EQ(test, s->failure.free_pages, 31);
	KUNIT_EXPECT_EQ(test, s->failure.largest, 16);
}

/* Direct I/O in flight would go on to use the old pages (threats.md 31). */
static void move_with_a_pinned_page(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct page *page = bp_test_touch(s->block, 3);
	struct bp_test_snapshot *snap;
	u32 i;

	for (i = 0; i < 4; i++)
		bp_test_write(s->block, i, 100 + i);
	get_page(page);
	snap = bp_test_snapshot(test, s->buddy);
	KUNIT_EXPECT_EQ(test, resize(s, 8, true), -EBUSY);
	/* But for the counts of splits and merges. */
	s->buddy->freemap.nr_splits = snap->buddy.freemap.nr_splits;
	s->buddy->freemap.nr_merges = snap->buddy.freemap.nr_merges;
	KUNIT_EXPECT_TRUE(test, bp_test_unchanged(snap, s->buddy));
	KUNIT_EXPECT_EQ(test, s->block->pfn, 0);
	KUNIT_EXPECT_EQ(test, s->block->nr_pages, 4);
	KUNIT_EXPECT_EQ(test, s->block->size, 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, atomic64_read(&s->registry->nr_moves), 0);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, bp_test_read(s->block, i), 100 + i);
	put_page(page);
	KUNIT_EXPECT_EQ(test, resize(s, 8, true), 0);
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 3), 103);
}

/* Only the pages that would go matter. */
static void shrink_with_a_pinned_page(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct page *page = bp_test_touch(s->block, 1);

	get_page(page);
	expect_refused(test, s, 1, true, -EBUSY);
	KUNIT_EXPECT_EQ(test, resize(s, 2, true), 0);
	bp_test_expect_runs(test, s->buddy, "0+2 4+4");
	expect_refused(test, s, 1, true, -EBUSY);
	put_page(page);
	KUNIT_EXPECT_EQ(test, resize(s, 1, true), 0);
}

/**
 * struct visit - a use of a page that ends by itself
 * @page: the page
 * @timer: when it is time
 */
struct visit {
	struct page *page;
	struct timer_list timer;
};

static void let_go(struct timer_list *timer)
{
	put_page(container_of(timer, struct visit, timer)->page);
}

/* Whoever is just unmapping a page is waited for. */
static void shrink_with_a_page_in_use_for_a_moment(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct visit *visit = kunit_kzalloc(test, sizeof(*visit), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, visit);
	visit->page = bp_test_touch(s->block, 3);
	get_page(visit->page);
	timer_setup(&visit->timer, let_go, 0);
	mod_timer(&visit->timer, jiffies + 2);
	KUNIT_EXPECT_EQ(test, resize(s, 3, true), 0);
	KUNIT_EXPECT_FALSE(test, timer_delete_sync(&visit->timer));
	bp_test_expect_runs(test, s->buddy, "0+3 4+4");
}

/* In place, a pinned page is in nobody's way. */
static void grow_with_a_pinned_page(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct page *page = bp_test_touch(s->block, 1);

	get_page(page);
	bp_test_block_free(test, s->client, s->next);
	KUNIT_EXPECT_EQ(test, resize(s, 16, true), 0);
	KUNIT_EXPECT_EQ(test, s->block->pfn, 0);
	put_page(page);
}

/* As a fatal signal would be, had it come to this thread. */
static void set_fatal_signal(bool pending)
{
	if (pending) {
		sigaddset(&current->pending.signal, SIGKILL);
		set_thread_flag(TIF_SIGPENDING);
	} else {
		sigdelset(&current->pending.signal, SIGKILL);
		clear_thread_flag(TIF_SIGPENDING);
	}
}

static void move_interrupted(struct kunit *test)
{
	struct setting *s = new_setting(test);
	int err;

	bp_test_write(s->block, 0, 100);
	set_fatal_signal(true);
	err = resize(s, 8, true);
	set_fatal_signal(false);
	KUNIT_EXPECT_EQ(test, err, -EINTR);
	bp_test_expect_runs(test, s->buddy, "0+4 4+4");
	KUNIT_EXPECT_EQ(test, s->block->pfn, 0);
	KUNIT_EXPECT_EQ(test, s->block->nr_pages, 4);
	KUNIT_EXPECT_EQ(test, bp_test_read(s->block, 0), 100);
	KUNIT_EXPECT_EQ(test, atomic64_read(&s->registry->nr_moves), 0);
	/* Nothing had been copied there yet. */
	KUNIT_EXPECT_FALSE(test, bp_stale_test(s->registry->pool->stale, 8));
}

/* Within the same pages only the size in bytes changes. */
static void resize_to_the_same_pages(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, s->buddy);
	const struct bp_block_request request = { .size = 3 * PAGE_SIZE + 1 };
	int err;

	mutex_lock(&s->block->lock);
	err = bp_block_resize(s->block, &request, true, &s->failure);
	mutex_unlock(&s->block->lock);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, s->block->size, request.size);
	KUNIT_EXPECT_EQ(test, s->block->nr_pages, 4);
	KUNIT_EXPECT_TRUE(test, bp_test_unchanged(snap, s->buddy));
}

static void resize_to_nothing(struct kunit *test)
{
	struct setting *s = new_setting(test);

	expect_refused(test, s, 0, true, -EINVAL);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_NO_FAILURE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(shrink_in_place),
	KUNIT_CASE(shrink_and_grow_shows_zeroes),
	KUNIT_CASE(grow_in_place),
	KUNIT_CASE(move_keeps_contents),
	KUNIT_CASE(move_does_not_copy_stale_pages),
	KUNIT_CASE(move_to_stale_pages),
	KUNIT_CASE(move_of_an_unexposed_block),
	KUNIT_CASE(move_keeps_the_alignment),
	KUNIT_CASE(move_forbidden),
	KUNIT_CASE(move_without_room),
	KUNIT_CASE(move_with_a_pinned_page),
	KUNIT_CASE(shrink_with_a_pinned_page),
	KUNIT_CASE(shrink_with_a_page_in_use_for_a_moment),
	KUNIT_CASE(grow_with_a_pinned_page),
	KUNIT_CASE(move_interrupted),
	KUNIT_CASE(resize_to_the_same_pages),
	KUNIT_CASE(resize_to_nothing),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_resize",
	.init = bp_test_bind,
	.test_cases = cases,
};

kunit_test_suite(suite);
