// SPDX-License-Identifier: GPL-2.0
/*
 * The registry: ids, and going through all blocks.
 */
#include "registry.h"

#include <linux/limits.h>
#include <linux/mm.h>

#include "block.h"
#include "blocklib.h"

/* An id is not used again soon, so that an old handle hits nothing; but then. */
static void ids_are_cyclic(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *block;
	u32 id;

	for (id = 1; id <= 65; id++) {
		block = bp_test_block(test, client, 1);
		KUNIT_EXPECT_EQ(test, block->id, id);
		bp_test_block_free(test, client, block);
	}
	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, 1);
	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, 66);
}

/* After the last id comes the first one that is free; 0 never. */
static void ids_wrap_around(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);

	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, 1);
	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, 2);
	registry->next_id = S32_MAX - 1;
	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, S32_MAX - 1);
	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, S32_MAX);
	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, 3);
	KUNIT_EXPECT_EQ(test, bp_test_block(test, client, 1)->id, 4);
}

/* An id is a registry's, whichever client asks. */
static void ids_are_of_all_clients(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *one = bp_test_client(test, registry);
	struct bp_client *other = bp_test_client(test, registry);
	struct bp_block *block;
	u32 id;

	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_clients), 2);
	for (id = 1; id <= 10; id++) {
		block = bp_test_block(test, id % 3 ? one : other, 1);
		KUNIT_EXPECT_EQ(test, block->id, id);
	}
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 10);
	bp_test_client_destroy(test, one);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 3);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_clients), 1);
}

static void expect_next(struct kunit *test, struct bp_registry *registry,
			unsigned long from, const struct bp_block *expected)
{
	unsigned long id = from;
	struct bp_block *block = bp_registry_next(registry, &id);

	KUNIT_EXPECT_PTR_EQ(test, block, expected);
	if (!block)
		return;
	KUNIT_EXPECT_EQ(test, id, block->id);
	KUNIT_EXPECT_EQ(test, refcount_read(&block->ref), 2);
	bp_block_put(block);
}

static void next_goes_through_all(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *first, *second;

	expect_next(test, registry, 0, NULL);
	first = bp_test_block(test, client, 1);
	registry->next_id = 1000;
	second = bp_test_block(test, client, 1);
	expect_next(test, registry, 0, first);
	expect_next(test, registry, 1, first);
	expect_next(test, registry, 2, second);
	expect_next(test, registry, 1000, second);
	expect_next(test, registry, 1001, NULL);
	expect_next(test, registry, ULONG_MAX, NULL);
}

/* What nobody holds any more, but for a page, is passed over. */
static void next_passes_over_the_quarantine(struct kunit *test)
{
	struct bp_registry *registry = bp_test_registry(test, 64, 6);
	struct bp_client *client = bp_test_client(test, registry);
	struct bp_block *first = bp_test_block(test, client, 1);
	struct bp_block *second = bp_test_block(test, client, 1);
	struct page *page = bp_test_touch(first, 0);

	get_page(page);
	bp_test_block_free(test, client, first);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 2);
	expect_next(test, registry, 0, second);
	put_page(page);
	bp_quarantine_flush(&registry->quarantine);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&registry->nr_blocks), 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ids_are_cyclic),
	KUNIT_CASE(ids_wrap_around),
	KUNIT_CASE(ids_are_of_all_clients),
	KUNIT_CASE(next_goes_through_all),
	KUNIT_CASE(next_passes_over_the_quarantine),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_registry",
	.test_cases = cases,
};

kunit_test_suite(suite);
