// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks: what a request means, their states, mappings and references.
 */
#include "block.h"

#include <linux/err.h>
#include <linux/limits.h>
#include <linux/sizes.h>

#include "account.h"
#include "blocklib.h"

/**
 * struct transition - what an event makes of a state
 * @state: the state
 * @event: the event
 * @next: the next state, or an errno
 */
struct transition {
	enum bp_block_state state;
	enum bp_block_event event;
	int next;
};

/* Every pair there is (threats.md 13). */
static const struct transition transitions[] = {
	{ BP_BLOCK_ALLOCATED, BP_BLOCK_MAP, BP_BLOCK_MAPPED },
	{ BP_BLOCK_ALLOCATED, BP_BLOCK_UNMAP, -EINVAL },
	{ BP_BLOCK_ALLOCATED, BP_BLOCK_UNHOLD, BP_BLOCK_FREED },
	{ BP_BLOCK_ALLOCATED, BP_BLOCK_RETURN, -EINVAL },
	{ BP_BLOCK_MAPPED, BP_BLOCK_MAP, BP_BLOCK_MAPPED },
	{ BP_BLOCK_MAPPED, BP_BLOCK_UNMAP, BP_BLOCK_ALLOCATED },
	{ BP_BLOCK_MAPPED, BP_BLOCK_UNHOLD, BP_BLOCK_FREED_MAPPED },
	{ BP_BLOCK_MAPPED, BP_BLOCK_RETURN, -EINVAL },
	{ BP_BLOCK_FREED_MAPPED, BP_BLOCK_MAP, BP_BLOCK_FREED_MAPPED },
	{ BP_BLOCK_FREED_MAPPED, BP_BLOCK_UNMAP, BP_BLOCK_FREED },
	{ BP_BLOCK_FREED_MAPPED, BP_BLOCK_UNHOLD, -EINVAL },
	{ BP_BLOCK_FREED_MAPPED, BP_BLOCK_RETURN, -EINVAL },
	{ BP_BLOCK_FREED, BP_BLOCK_MAP, -EINVAL },
	{ BP_BLOCK_FREED, BP_BLOCK_UNMAP, -EINVAL },
	{ BP_BLOCK_FREED, BP_BLOCK_UNHOLD, -EINVAL },
	{ BP_BLOCK_FREED, BP_BLOCK_RETURN, BP_BLOCK_FREE },
	{ BP_BLOCK_FREE, BP_BLOCK_MAP, -EINVAL },
	{ BP_BLOCK_FREE, BP_BLOCK_UNMAP, -EINVAL },
	{ BP_BLOCK_FREE, BP_BLOCK_UNHOLD, -EINVAL },
	{ BP_BLOCK_FREE, BP_BLOCK_RETURN, -EINVAL },
};

static void state_after_each_event(struct kunit *test)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(transitions),
			BP_NR_BLOCK_STATES * BP_NR_BLOCK_EVENTS);
	for (i = 0; i < ARRAY_SIZE(transitions); i++) {
		const struct transition *t = &transitions[i];

		KUNIT_EXPECT_EQ_MSG(test,
				    bp_block_next_state(t->state, t->event),
				    t->next, "state %d, event %d", t->state,
				    t->event);
	}
}

/* What has been given back can be reached by no event at all. */
static void state_free_is_final(struct kunit *test)
{
	int event;

	for (event = 0; event < BP_NR_BLOCK_EVENTS; event++)
		KUNIT_EXPECT_LT(test, bp_block_next_state(BP_BLOCK_FREE, event),
				0);
}

/**
 * struct meaning - what a request means
 * @request: the request
 * @err: what it must be answered with
 * @nr_pages: the pages it means
 */
struct meaning {
	struct bp_block_request request;
	int err;
	u32 nr_pages;
};

static const struct meaning meanings[] = {
	/* size, align, exact */
	{ { 1, 0, true }, 0, 1 },
	{ { PAGE_SIZE, 0, true }, 0, 1 },
	{ { PAGE_SIZE + 1, 0, true }, 0, 2 },
	{ { 5 * PAGE_SIZE - 1, 0, true }, 0, 5 },
	{ { 5 * PAGE_SIZE - 1, 0, false }, 0, 8 },
	{ { 8 * PAGE_SIZE, 0, false }, 0, 8 },
	{ { 8 * PAGE_SIZE + 1, 0, false }, 0, 16 },
	{ { 1, 1, false }, 0, 1 },
	{ { 1, 1ULL << 63, false }, 0, 1 },
	/* Nothing, and nonsense (threats.md 20). */
	{ { 0, 0, false }, -EINVAL },
	{ { 0, 0, true }, -EINVAL },
	{ { 0, PAGE_SIZE, true }, -EINVAL },
	{ { 1, 3, true }, -EINVAL },
	{ { 1, PAGE_SIZE + 1, false }, -EINVAL },
	{ { 1, U64_MAX, false }, -EINVAL },
	/* Sums that overflow, and the last that do not (threats.md 3). */
	{ { U64_MAX, 0, true }, -EINVAL },
	{ { U64_MAX - PAGE_SIZE + 2, 0, true }, -EINVAL },
	{ { U64_MAX - PAGE_SIZE + 1, 0, true }, 0, BP_MAX_PAGES },
	{ { 1ULL << 63, 0, false }, 0, BP_MAX_PAGES },
	/* 2^32 and more pages do not become few. */
	{ { 1ULL << 44, 0, true }, 0, BP_MAX_PAGES },
	{ { (1ULL << 44) + 1, 0, false }, 0, BP_MAX_PAGES },
};

static void request_means_pages(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct meaning *m = &meanings[i];
		u32 nr_pages = 12345;
		int err = bp_block_request_pages(&m->request, &nr_pages);

		KUNIT_EXPECT_EQ_MSG(test, err, m->err, "request %u", i);
		KUNIT_EXPECT_EQ_MSG(test, nr_pages,
				    m->err ? 12345 : m->nr_pages, "request %u",
				    i);
	}
}

static void align_order_of_bytes(struct kunit *test)
{
	unsigned int shift;

	KUNIT_EXPECT_EQ(test, bp_block_align_order(0), 0);
	for (shift = 0; shift < 64; shift++)
		KUNIT_EXPECT_EQ(test, bp_block_align_order(1ULL << shift),
				shift > PAGE_SHIFT ? shift - PAGE_SHIFT : 0);
}

static int try_create(struct bp_client *client, u64 size, u64 align,
		      struct bp_failure *failure)
{
	const struct bp_block_request request = {
		.size = size,
		.align = align,
	};

	return PTR_ERR_OR_ZERO(bp_block_create(client, &request, failure));
}

static void create_refuses(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	const struct bp_buddy *buddy = &registry->pool->buddy;
	struct bp_failure why = {};

	bp_test_expect_refused(test, buddy, try_create(client, 0, 0, &why),
			       -EINVAL);
	bp_test_expect_refused(test, buddy, try_create(client, 1, 3, &why),
			       -EINVAL);
	KUNIT_EXPECT_EQ(test, why.reason, BP_NO_FAILURE);
	bp_test_expect_refused(test, buddy,
			       try_create(client, 65 * PAGE_SIZE, 0, &why),
			       -EFBIG);
	KUNIT_EXPECT_EQ(test, why.reason, BP_TOO_LARGE);
	bp_test_expect_refused(test, buddy,
			       try_create(client, 1, 128 * PAGE_SIZE, &why),
			       -EFBIG);
	bp_test_expect_refused(test, buddy,
			       try_create(client, U64_MAX / 2, 0, &why),
			       -EFBIG);
	KUNIT_EXPECT_EQ(test, client->account.pages, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 0);
}

static void create_says_why_not(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_failure failure = {};

	bp_test_block(test, client, 59);
	KUNIT_EXPECT_EQ(test, try_create(client, 8 * PAGE_SIZE, 0, &failure),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_FULL);
	KUNIT_EXPECT_EQ(test, failure.free_pages, 5);
	KUNIT_EXPECT_EQ(test, failure.largest, 4);
	KUNIT_EXPECT_EQ(test, registry->pool->counters.failures, 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 1);
}

static void create_fills_the_block_in(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	const struct bp_block_request request = {
		.size = 5 * PAGE_SIZE - 7,
		.align = 16 * PAGE_SIZE,
	};
	struct bp_failure failure = {};
	struct bp_block *block;

	bp_test_block(test, client, 1);
	block = bp_test_try_block(client, &request, &failure);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	bp_handle_publish(block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_ALLOCATED);
	KUNIT_EXPECT_TRUE(test, bp_block_is_held(block));
	KUNIT_EXPECT_EQ(test, block->pfn, 16);
	KUNIT_EXPECT_EQ(test, block->nr_pages, 8);
	KUNIT_EXPECT_EQ(test, block->size, request.size);
	KUNIT_EXPECT_EQ(test, block->align, request.align);
	KUNIT_EXPECT_EQ(test, block->nr_mappings, 0);
	KUNIT_EXPECT_FALSE(test, block->exposed);
	KUNIT_EXPECT_EQ(test, block->owner, task_tgid_nr(current));
	KUNIT_EXPECT_STREQ(test, block->comm, current->comm);
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 1);
	bp_test_expect_runs(test, &registry->pool->buddy, "0+1 16+8");
}

/* The window of each block is as large as the largest block. */
static void offset_is_the_window_of_the_id(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 100, 10);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *block;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, bp_registry_window_shift(registry), 6);
	for (i = 1; i <= 5; i++) {
		block = bp_test_block(test, client, 1);
		KUNIT_EXPECT_EQ(test, block->id, i);
		KUNIT_EXPECT_EQ(test, bp_block_offset(block),
				(u64)i * 64 * PAGE_SIZE);
	}
	registry->next_id = S32_MAX;
	block = bp_test_block(test, client, 1);
	KUNIT_EXPECT_EQ(test, bp_block_offset(block),
			(u64)S32_MAX * 64 * PAGE_SIZE);
}

/* Any part of the block and nothing beyond it (threats.md 1, 4, 5). */
static void map_of_each_range(struct kunit *test)
{
	static const u64 huge[] = { U32_MAX, 1ULL << 32, S64_MAX, U64_MAX - 1,
				    U64_MAX };
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *block = bp_test_block(test, client, 5);
	u64 first, nr;
	unsigned int i;

	for (first = 0; first < 8; first++) {
		for (nr = 1; nr < 8; nr++) {
			int err = bp_block_map(block, first, nr);

			KUNIT_EXPECT_EQ_MSG(test, err,
					    first + nr <= 5 ? 0 : -EINVAL,
					    "%llu+%llu", first, nr);
			if (err)
				continue;
			refcount_inc(&block->ref);
			bp_block_unmap(block);
		}
		for (i = 0; i < ARRAY_SIZE(huge); i++) {
			KUNIT_EXPECT_EQ(test,
					bp_block_map(block, first, huge[i]),
					-EINVAL);
			KUNIT_EXPECT_EQ(test, bp_block_map(block, huge[i], 1),
					-EINVAL);
		}
	}
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_ALLOCATED);
	KUNIT_EXPECT_EQ(test, block->nr_mappings, 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 1);
}

/* A reference for the mapping, as bp_mmap() has one from the look-up. */
static void map_block(struct kunit *test, struct bp_block *block)
{
	refcount_inc(&block->ref);
	KUNIT_ASSERT_EQ(test, bp_block_map(block, 0, 1), 0);
}

static void map_and_unmap(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *block = bp_test_block(test, client, 4);

	map_block(test, block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_MAPPED);
	KUNIT_EXPECT_TRUE(test, bp_block_is_held(block));
	map_block(test, block);
	bp_block_map_again(block);
	KUNIT_EXPECT_EQ(test, block->nr_mappings, 3);
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 4);
	bp_block_unmap(block);
	bp_block_unmap(block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_MAPPED);
	bp_block_unmap(block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_ALLOCATED);
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->freed_mapped_pages),
			0);
}

/* Freed while mapped, it stays until the last mapping goes (threats.md 6). */
static void free_while_mapped(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *block = bp_test_block(test, client, 4);
	struct bp_buddy *buddy = &registry->pool->buddy;

	map_block(test, block);
	map_block(test, block);
	bp_test_block_free(test, client, block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_FREED_MAPPED);
	KUNIT_EXPECT_FALSE(test, bp_block_is_held(block));
	bp_test_expect_runs(test, buddy, "0+4");
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->freed_mapped_pages),
			4);
	/* No new look-up, no new mapping; but a fork copies the old ones. */
	KUNIT_EXPECT_NULL(test, bp_handle_get(client, block->id));
	bp_block_map_again(block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_FREED_MAPPED);

	bp_block_unmap(block);
	bp_block_unmap(block);
	bp_test_expect_runs(test, buddy, "0+4");
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 1);
	bp_block_unmap(block);
	bp_test_expect_runs(test, buddy, "");
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->freed_mapped_pages),
			0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 0);
}

/* Looked up before it was freed, it can no longer be mapped (threats.md 10). */
static void map_after_free(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *block = bp_test_block(test, client, 4);

	refcount_inc(&block->ref);
	bp_test_block_free(test, client, block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_FREED);
	bp_test_expect_runs(test, &registry->pool->buddy, "0+4");
	KUNIT_EXPECT_EQ(test, bp_block_map(block, 0, 4), -EINVAL);
	KUNIT_EXPECT_EQ(test, block->nr_mappings, 0);
	bp_block_put(block);
	bp_test_expect_runs(test, &registry->pool->buddy, "");
}

static void export_block(struct bp_block *block)
{
	mutex_lock(&block->lock);
	bp_block_export(block);
	mutex_unlock(&block->lock);
}

/* Its handle and its descriptors hold a block alike, in whatever order they go. */
static void holders_are_equal(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_buddy *buddy = &registry->pool->buddy;
	struct bp_block *block = bp_test_block(test, client, 4);

	export_block(block);
	export_block(block);
	KUNIT_EXPECT_EQ(test, block->nr_holders, 3);
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 3);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_exports), 2);
	bp_block_unexport(block);
	bp_test_block_free(test, client, block);
	KUNIT_EXPECT_TRUE(test, bp_block_is_held(block));
	KUNIT_EXPECT_NULL(test, bp_handle_get(client, block->id));
	/* Held by a descriptor alone, it can be mapped anew. */
	map_block(test, block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_MAPPED);
	bp_test_expect_runs(test, buddy, "0+4");
	bp_block_unexport(block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_FREED_MAPPED);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_exports), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->freed_mapped_pages),
			4);
	bp_block_unmap(block);
	bp_test_expect_runs(test, buddy, "");

	block = bp_test_block(test, client, 4);
	export_block(block);
	bp_block_unexport(block);
	KUNIT_EXPECT_EQ(test, block->state, BP_BLOCK_ALLOCATED);
	bp_test_block_free(test, client, block);
	bp_test_expect_runs(test, buddy, "");
}

/* Whom it was given to counts on its size, even when the descriptor is closed. */
static void exported_block_does_not_shrink(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *block = bp_test_block(test, client, 4);
	struct bp_failure failure = {};

	export_block(block);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 3, true, &failure),
			-EPERM);
	bp_block_unexport(block);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 3, true, &failure),
			-EPERM);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 4, true, &failure),
			0);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 8, true, &failure),
			0);
	KUNIT_EXPECT_EQ(test, bp_test_block_resize(block, 7, true, &failure),
			-EPERM);
	bp_test_expect_runs(test, &registry->pool->buddy, "0+8");
}

/* The pages that were mapped, and only these, are stale for whoever comes next. */
static void return_makes_stale_what_was_exposed(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *mapped = bp_test_block(test, client, 4);
	struct bp_block *unmapped = bp_test_block(test, client, 4);
	u32 pfn;

	bp_test_write(mapped, 2, 4711);
	bp_test_block_free(test, client, mapped);
	bp_test_block_free(test, client, unmapped);
	for (pfn = 0; pfn < 8; pfn++)
		KUNIT_EXPECT_EQ(test, bp_stale_test(registry->pool->stale, pfn),
				pfn == 2);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(state_after_each_event),
	KUNIT_CASE(state_free_is_final),
	KUNIT_CASE(request_means_pages),
	KUNIT_CASE(align_order_of_bytes),
	KUNIT_CASE(create_refuses),
	KUNIT_CASE(create_says_why_not),
	KUNIT_CASE(create_fills_the_block_in),
	KUNIT_CASE(offset_is_the_window_of_the_id),
	KUNIT_CASE(map_of_each_range),
	KUNIT_CASE(map_and_unmap),
	KUNIT_CASE(free_while_mapped),
	KUNIT_CASE(map_after_free),
	KUNIT_CASE(holders_are_equal),
	KUNIT_CASE(exported_block_does_not_shrink),
	KUNIT_CASE(return_makes_stale_what_was_exposed),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_block",
	.test_cases = cases,
};

kunit_test_suite(suite);
