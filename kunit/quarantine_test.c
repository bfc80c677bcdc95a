// SPDX-License-Identifier: GPL-2.0
/*
 * The quarantine: freed pages that somebody still refers to (threats.md 31).
 */
#include "quarantine.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>

#include "blocklib.h"

/**
 * struct setting - what each case begins with: a pool of 16 pages, four of which
 *	are in quarantine for the sake of the second of them
 * @registry: of the pool
 * @quarantine: its quarantine
 * @client: a client
 * @buddy: of the pool
 * @page: the page, with a reference that the case has to put
 */
struct setting {
	struct bp_registry *registry;
	struct bp_quarantine *quarantine;
	struct bp_client *client;
	struct bp_buddy *buddy;
	struct page *page;
};

static struct setting *new_setting(struct kunit *test)
{
	struct setting *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct bp_block *block;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->registry = bp_test_registry(test, 16, 4);
	s->quarantine = &s->registry->quarantine;
	s->client = bp_test_client(test, s->registry);
	s->buddy = &s->registry->pool->buddy;
	block = bp_test_block(test, s->client, 4);
	bp_test_write(block, 0, 4711);
	s->page = bp_test_touch(block, 1);
	get_page(s->page);
	bp_test_block_free(test, s->client, block);
	return s;
}

/* It is the case that looks at the page next, and not the quarantine's own work. */
static void let_go(struct setting *s, struct page *page)
{
	cancel_delayed_work_sync(&s->quarantine->work);
	put_page(page);
}

static void pinned_pages_wait(struct kunit *test)
{
	struct setting *s = new_setting(test);

	bp_test_expect_runs(test, s->buddy, "0+4");
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 4);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 1);
	KUNIT_EXPECT_EQ(test, s->registry->pool->counters.frees, 0);
	KUNIT_EXPECT_FALSE(test, bp_quarantine_flush(s->quarantine));
	bp_test_expect_runs(test, s->buddy, "0+4");
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 4);

	let_go(s, s->page);
	KUNIT_EXPECT_TRUE(test, bp_quarantine_flush(s->quarantine));
	bp_test_expect_runs(test, s->buddy, "");
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 0);
	KUNIT_EXPECT_EQ(test, s->registry->pool->counters.frees, 1);
	KUNIT_EXPECT_FALSE(test, bp_quarantine_flush(s->quarantine));
}

/* Others may have everything else, but not a page of these. */
static void pinned_pages_are_not_given_out(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block;
	unsigned int i, j;

	for (i = 0; i < 12; i++) {
		block = bp_test_block(test, s->client, 1);
		for (j = 0; j < block->nr_pages; j++)
			KUNIT_EXPECT_PTR_NE(test, bp_test_touch(block, j),
					    s->page);
	}
	KUNIT_EXPECT_EQ(test, s->buddy->nr_free_pages, 0);
	put_page(s->page);
}

/* When they come back, they are stale. */
static void pinned_pages_come_back_stale(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block;

	put_page(s->page);
	bp_quarantine_flush(s->quarantine);
	block = bp_test_block(test, s->client, 4);
	KUNIT_EXPECT_EQ(test, block->pfn, 0);
	KUNIT_EXPECT_TRUE(test, bp_stale_test(s->registry->pool->stale, 0));
	KUNIT_EXPECT_TRUE(test, bp_stale_test(s->registry->pool->stale, 1));
	KUNIT_EXPECT_FALSE(test, bp_stale_test(s->registry->pool->stale, 3));
	KUNIT_EXPECT_EQ(test, bp_test_read(block, 0), 0);
}

static struct bp_block *try_alloc(struct setting *s, u32 nr_pages,
				  struct bp_failure *failure)
{
	const struct bp_block_request request = {
		.size = (u64)nr_pages << PAGE_SHIFT,
	};
	struct bp_block *block =
		bp_test_try_block(s->client, &request, failure);

	if (!IS_ERR(block))
		bp_handle_publish(block);
	return block;
}

/* An allocation does not fail for what has only been looked at too early. */
static void alloc_looks_again(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};
	struct bp_block *block = try_alloc(s, 16, &failure);

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(block), -ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_FULL);
	KUNIT_EXPECT_EQ(test, failure.free_pages, 12);
	KUNIT_EXPECT_EQ(test, failure.largest, 8);

	let_go(s, s->page);
	block = try_alloc(s, 16, &failure);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(block), 0);
	bp_test_expect_runs(test, s->buddy, "0+16");
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 0);
}

/* Having looked again, it has not failed, and does not say that it has. */
static void alloc_that_looked_again_did_not_fail(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};
	struct bp_block *block;

	let_go(s, s->page);
	block = try_alloc(s, 16, &failure);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(block), 0);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_NO_FAILURE);
	KUNIT_EXPECT_EQ(test, failure.free_pages, 0);
	KUNIT_EXPECT_EQ(test, failure.largest, 0);
	KUNIT_EXPECT_EQ(test, s->registry->pool->counters.failures, 0);
}

/* And one that fails all the same has failed once. */
static void alloc_that_looked_again_failed_once(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};
	struct bp_block *block;

	bp_test_block(test, s->client, 8);
	let_go(s, s->page);
	block = try_alloc(s, 16, &failure);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(block), -ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.free_pages, 8);
	KUNIT_EXPECT_EQ(test, s->registry->pool->counters.failures, 1);
}

/* Each waits for its own page only. */
static void blocks_wait_for_themselves(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block = bp_test_block(test, s->client, 2);
	struct page *page = bp_test_touch(block, 0);

	get_page(page);
	bp_test_block_free(test, s->client, block);
	bp_test_expect_runs(test, s->buddy, "0+4 4+2");
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 6);
	let_go(s, s->page);
	KUNIT_EXPECT_TRUE(test, bp_quarantine_flush(s->quarantine));
	bp_test_expect_runs(test, s->buddy, "4+2");
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 2);
	let_go(s, page);
	KUNIT_EXPECT_TRUE(test, bp_quarantine_flush(s->quarantine));
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 0);
}

/* Pages that no mapping ever showed to anyone cannot be in use by anyone. */
static void unexposed_blocks_do_not_wait(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block = bp_test_block(test, s->client, 2);
	struct page *page = bp_pool_page(s->registry->pool, block->pfn);

	/* A reference that cannot have come from a mapping. */
	get_page(page);
	bp_test_block_free(test, s->client, block);
	bp_test_expect_runs(test, s->buddy, "0+4");
	put_page(page);
	put_page(s->page);
}

/* Freed while mapped, they are looked at when the last mapping goes. */
static void mapped_blocks_wait_after_the_mapping(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block = bp_test_block(test, s->client, 2);
	struct page *page = bp_test_touch(block, 0);

	refcount_inc(&block->ref);
	KUNIT_ASSERT_EQ(test, bp_block_map(block, 0, 2), 0);
	get_page(page);
	bp_test_block_free(test, s->client, block);
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 4);
	bp_block_unmap(block);
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 6);
	put_page(page);
	put_page(s->page);
}

/* Without anybody asking, they are back after a while. */
static void work_looks_again(struct kunit *test)
{
	struct setting *s = new_setting(test);
	unsigned int i;

	/* Long enough for it to have looked once in vain. */
	msleep(150);
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 4);
	put_page(s->page);
	for (i = 0; i < 100 && bp_quarantine_pages(s->quarantine); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, bp_quarantine_pages(s->quarantine), 0);
	bp_test_expect_runs(test, s->buddy, "");
}

/* The end of everything does not wait, and leaves the page to its user. */
static void destroy_does_not_wait(struct kunit *test)
{
	struct setting *s = new_setting(test);

	bp_quarantine_destroy(s->quarantine);
	bp_quarantine_init(s->quarantine);
	bp_test_expect_runs(test, s->buddy, "");
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks), 0);
	KUNIT_EXPECT_EQ(test, page_count(s->page), 2);
	put_page(s->page);
}

/* A move that needs the room finds it. */
static void move_looks_again(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_block *block = bp_test_block(test, s->client, 2);
	struct bp_failure failure = {};

	bp_test_block(test, s->client, 2);
	bp_test_block(test, s->client, 8);
	bp_test_expect_runs(test, s->buddy, "0+4 4+2 6+2 8+8");
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 4, true, &failure),
			-ENOMEM);
	let_go(s, s->page);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 4, true, &failure),
			0);
	bp_test_expect_runs(test, s->buddy, "0+4 6+2 8+8");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pinned_pages_wait),
	KUNIT_CASE(pinned_pages_are_not_given_out),
	KUNIT_CASE(pinned_pages_come_back_stale),
	KUNIT_CASE(alloc_looks_again),
	KUNIT_CASE(alloc_that_looked_again_did_not_fail),
	KUNIT_CASE(alloc_that_looked_again_failed_once),
	KUNIT_CASE(blocks_wait_for_themselves),
	KUNIT_CASE(unexposed_blocks_do_not_wait),
	KUNIT_CASE(mapped_blocks_wait_after_the_mapping),
	KUNIT_CASE(work_looks_again),
	KUNIT_CASE(destroy_does_not_wait),
	KUNIT_CASE(move_looks_again),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_quarantine",
	.test_cases = cases,
};

kunit_test_suite(suite);
