// SPDX-License-Identifier: GPL-2.0
/*
 * Handles, many at a time.
 */
#include "handle.h"

#include <linux/mm.h>

#include "client.h"
#include "blocklib.h"

/**
 * struct setting - what each case begins with: a client of a pool of 256 pages
 * @registry: of the pool
 * @client: the client
 * @blocks: what was allocated last
 * @handles: of these
 * @failure: why there were no more
 */
struct setting {
	struct bp_registry *registry;
	struct bp_client *client;
	struct bp_block *blocks[BP_MAX_BATCH];
	u32 handles[BP_MAX_BATCH];
	struct bp_failure failure;
};

static struct setting *new_setting(struct kunit *test)
{
	struct setting *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->registry = bp_test_registry(test, 256, 8);
	s->client = bp_test_client(test, s->registry);
	return s;
}

static int alloc(struct setting *s, u32 nr_pages, u64 align, u32 nr)
{
	const struct bp_block_request request = {
		.size = (u64)nr_pages << PAGE_SHIFT,
		.align = align,
		.exact = true,
		/* Bulk does not wait. */
		.timeout = U64_MAX,
	};
	int got, i;

	s->failure = (struct bp_failure){};
	got = bp_handle_alloc_bulk(s->client, &request, s->blocks, nr,
				   &s->failure);
	for (i = 0; i < got; i++) {
		s->handles[i] = s->blocks[i]->id;
		bp_handle_publish(s->blocks[i]);
	}
	return got;
}

static void expect_freed(struct kunit *test, struct setting *s, u32 nr,
			 u32 expected, int expected_err)
{
	int err = 1;

	KUNIT_EXPECT_EQ(test, expected,
			bp_handle_free_bulk(s->client, s->handles, nr, &err));
	KUNIT_EXPECT_EQ(test, err, expected_err);
}

static void expect_used(struct kunit *test, struct setting *s, u32 nr_pages,
			u32 nr_blocks)
{
	bp_pool_drain(s->registry->pool);
	KUNIT_EXPECT_EQ(test, s->registry->pool->buddy.nr_free_pages,
			256 - nr_pages);
	KUNIT_EXPECT_EQ(test, s->client->account.pages, nr_pages);
	KUNIT_EXPECT_EQ(test, s->client->account.handles, nr_blocks);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&s->registry->nr_blocks),
			nr_blocks);
	bp_test_assert_ok(test, &s->registry->pool->buddy);
}

static void bulk_of_each_size(struct kunit *test)
{
	struct setting *s = new_setting(test);
	u32 nr_pages, i, j;

	for (nr_pages = 1; nr_pages <= 8; nr_pages++) {
		KUNIT_ASSERT_EQ(test, alloc(s, nr_pages, 0, 20), 20);
		KUNIT_EXPECT_EQ(test, s->failure.reason, BP_NO_FAILURE);
		for (i = 0; i < 20; i++) {
			KUNIT_EXPECT_EQ(test, s->blocks[i]->nr_pages, nr_pages);
			for (j = 0; j < i; j++)
				KUNIT_EXPECT_NE(test, s->blocks[i]->pfn,
						s->blocks[j]->pfn);
		}
		expect_used(test, s, 20 * nr_pages, 20);
		expect_freed(test, s, 20, 20, 0);
		expect_used(test, s, 0, 0);
	}
}

static void bulk_is_aligned(struct kunit *test)
{
	struct setting *s = new_setting(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, alloc(s, 1, 8 * PAGE_SIZE, 30), 30);
	for (i = 0; i < 30; i++)
		KUNIT_EXPECT_EQ(test, s->blocks[i]->pfn % 8, 0);
	expect_freed(test, s, 30, 30, 0);
	expect_used(test, s, 0, 0);
}

/* As many as there are; and then none. */
static void bulk_until_full(struct kunit *test)
{
	struct setting *s = new_setting(test);

	bp_test_block(test, s->client, 156);
	KUNIT_EXPECT_EQ(test, alloc(s, 4, 0, 30), 25);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_FULL);
	KUNIT_EXPECT_EQ(test, s->registry->pool->counters.failures, 1);
	expect_used(test, s, 256, 26);
	KUNIT_EXPECT_EQ(test, alloc(s, 1, 0, 5), -ENOMEM);
	expect_used(test, s, 256, 26);
}

/* Bulk and single blocks are refused for the same reasons. */
static void bulk_refuses(struct kunit *test)
{
	struct setting *s = new_setting(test);

	KUNIT_EXPECT_EQ(test, alloc(s, 0, 0, 5), -EINVAL);
	KUNIT_EXPECT_EQ(test, alloc(s, 1, 3, 5), -EINVAL);
	KUNIT_EXPECT_EQ(test, alloc(s, 257, 0, 5), -EFBIG);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_TOO_LARGE);
	expect_used(test, s, 0, 0);
}

static void bulk_up_to_the_limits(struct kunit *test)
{
	const u64 max[BP_NR_LIMITS] = {
		[BP_LIMIT_PAGES] = 21,
		[BP_LIMIT_HANDLES] = 12,
	};
	struct setting *s = new_setting(test);

	bp_account_limit(&s->client->account,
			 BIT(BP_LIMIT_PAGES) | BIT(BP_LIMIT_HANDLES), max,
			 true);
	KUNIT_EXPECT_EQ(test, alloc(s, 2, 0, 12), 10);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_OVER_PAGES);
	expect_used(test, s, 20, 10);
	expect_freed(test, s, 10, 10, 0);
	KUNIT_EXPECT_EQ(test, alloc(s, 1, 0, 13), 12);
	KUNIT_EXPECT_EQ(test, s->failure.reason, BP_OVER_HANDLES);
	KUNIT_EXPECT_EQ(test, alloc(s, 1, 0, 1), -EDQUOT);
}

/* The first one that is none ends it. */
static void free_stops_where_it_fails(struct kunit *test)
{
	struct setting *s = new_setting(test);
	u32 second;

	KUNIT_ASSERT_EQ(test, alloc(s, 1, 0, 10), 10);
	second = s->handles[1];
	s->handles[4] = second;
	expect_freed(test, s, 10, 4, -ENOENT);
	expect_used(test, s, 6, 6);
	s->handles[0] = s->handles[5];
	expect_freed(test, s, 1, 1, 0);
	s->handles[0] = 0;
	expect_freed(test, s, 10, 0, -ENOENT);
	s->handles[0] = U32_MAX;
	expect_freed(test, s, 10, 0, -ENOENT);
	expect_used(test, s, 5, 5);
	expect_freed(test, s, 0, 0, 0);
}

static void free_of_anothers(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_client *other = bp_test_client(test, s->registry);

	KUNIT_ASSERT_EQ(test, alloc(s, 1, 0, 2), 2);
	s->handles[1] = bp_test_block(test, other, 1)->id;
	expect_freed(test, s, 2, 1, -ENOENT);
	KUNIT_EXPECT_EQ(test, other->account.pages, 1);
	bp_test_client_destroy(test, other);
}

/* Each as it would be alone: of other sizes, shown, mapped, pinned. */
static void free_of_all_kinds(struct kunit *test)
{
	struct setting *s = new_setting(test);
	static const u32 sizes[] = { 1, 1, 4, 4, 4, 3, 3, 1, 8, 1 };
	const u32 nr = ARRAY_SIZE(sizes);
	struct bp_block *blocks[ARRAY_SIZE(sizes)];
	struct page *page;
	u32 i;

	for (i = 0; i < nr; i++) {
		blocks[i] = bp_test_block(test, s->client, sizes[i]);
		s->handles[i] = blocks[i]->id;
	}
	bp_test_write(blocks[3], 1, 4711);
	page = bp_test_touch(blocks[8], 0);
	get_page(page);
	KUNIT_ASSERT_EQ(test, bp_block_map(blocks[9], 0, 1), 0);
	refcount_inc(&blocks[9]->ref);

	expect_freed(test, s, nr, nr, 0);
	expect_used(test, s, 8 + 1, 2);
	KUNIT_EXPECT_EQ(test, blocks[8]->state, BP_BLOCK_FREED);
	KUNIT_EXPECT_EQ(test, blocks[9]->state, BP_BLOCK_FREED_MAPPED);
	bp_block_unmap(blocks[9]);
	put_page(page);
	bp_quarantine_flush(&s->registry->quarantine);
	expect_used(test, s, 0, 0);
}

/* A power of two of pages, but not one block of the pool's. */
static void free_of_what_has_grown(struct kunit *test)
{
	struct setting *s = new_setting(test);
	struct bp_failure failure = {};
	struct bp_block *grown[2];
	u32 i;

	for (i = 0; i < 2; i++) {
		struct bp_block *before = bp_test_block(test, s->client, 1);

		grown[i] = bp_test_block(test, s->client, 1);
		bp_test_block_free(test, s->client,
				   bp_test_block(test, s->client, 2));
		KUNIT_ASSERT_EQ(test, grown[i]->pfn, before->pfn + 1);
		KUNIT_ASSERT_EQ(test, 0,
				bp_test_block_resize(grown[i], 2, false,
						     &failure));
		s->handles[i] = grown[i]->id;
		/* So that the next begins elsewhere. */
		bp_test_block(test, s->client, 1);
	}
	expect_freed(test, s, 2, 2, 0);
	expect_used(test, s, 4, 4);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(bulk_of_each_size),
	KUNIT_CASE(bulk_is_aligned),
	KUNIT_CASE(bulk_until_full),
	KUNIT_CASE(bulk_refuses),
	KUNIT_CASE(bulk_up_to_the_limits),
	KUNIT_CASE(free_stops_where_it_fails),
	KUNIT_CASE(free_of_anothers),
	KUNIT_CASE(free_of_all_kinds),
	KUNIT_CASE(free_of_what_has_grown),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_handle_bulk",
	.test_cases = cases,
};

kunit_test_suite(suite);
