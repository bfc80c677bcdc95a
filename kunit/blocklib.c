// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites of blocks and clients share.
 */
#include "blocklib.h"

#include <linux/err.h>
#include <linux/highmem.h>

#include "account.h"
#include "block.h"
#include "resize.h"

KUNIT_DEFINE_ACTION_WRAPPER(registry_destroy_action, bp_registry_destroy,
			    struct bp_registry *);

/**
 * bp_test_registry() - a new registry of a new pool
 * @test: the case
 * @nr_pages: size of the pool, in pages
 * @max_order: its largest order
 *
 * Return: the registry; a failure ends the case.
 */
struct bp_registry *bp_test_registry(struct kunit *test, u32 nr_pages,
				     unsigned int max_order)
{
	static const struct bp_limits no_limits;
	struct bp_pool *pool = bp_test_pool(test, nr_pages, max_order);
	struct bp_registry *registry =
		kunit_kzalloc(test, sizeof(*registry), GFP_KERNEL);
	struct inode *inode = kunit_kzalloc(test, sizeof(*inode), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, registry);
	KUNIT_ASSERT_NOT_NULL(test, inode);
	/* As much of an inode as unmap_mapping_range() looks at. */
	inode_init_once(inode);
	inode->i_mapping = &inode->i_data;
	bp_registry_init(registry, pool, inode, &no_limits);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, registry_destroy_action,
						  registry));
	return registry;
}

static void client_destroy_action(void *client)
{
	bp_handle_free_all(client);
	bp_client_destroy(client);
}

/**
 * bp_test_client() - a new client
 * @test: the case
 * @registry: of whose pool
 *
 * Return: the client, destroyed when the case ends or by
 * bp_test_client_destroy(); a failure ends the case.
 */
struct bp_client *bp_test_client(struct kunit *test,
				 struct bp_registry *registry)
{
	struct bp_client *client = bp_client_create(registry);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, client);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, client_destroy_action,
						  client));
	return client;
}

/**
 * bp_test_client_destroy() - destroy a client before the case ends
 * @test: the case
 * @client: from bp_test_client()
 */
void bp_test_client_destroy(struct kunit *test, struct bp_client *client)
{
	kunit_release_action(test, client_destroy_action, client);
}

/**
 * bp_test_try_block() - allocate a block that has no valid handle yet
 * @client: the client
 * @request: as for bp_handle_alloc()
 * @failure: as for bp_handle_alloc()
 *
 * Return: the block, or an ERR_PTR.
 */
struct bp_block *bp_test_try_block(struct bp_client *client,
				   const struct bp_block_request *request,
				   struct bp_failure *failure)
{
	return bp_handle_alloc(client, request, failure);
}

/**
 * bp_test_block() - a new block of a client
 * @test: the case
 * @client: the client
 * @nr_pages: its pages, which need not be a power of two
 *
 * Return: the block; a failure ends the case.
 */
struct bp_block *bp_test_block(struct kunit *test, struct bp_client *client,
			       u32 nr_pages)
{
	const struct bp_block_request request = {
		.size = (u64)nr_pages << PAGE_SHIFT,
		.exact = true,
	};
	struct bp_failure failure = {};
	struct bp_block *block = bp_test_try_block(client, &request, &failure);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, block);
	bp_handle_publish(block);
	return block;
}

/**
 * bp_test_block_free() - free a block by its handle
 * @test: the case
 * @client: whose block it is
 * @block: the block
 */
void bp_test_block_free(struct kunit *test, struct bp_client *client,
			struct bp_block *block)
{
	const struct bp_handle_expect expected = {};

	KUNIT_ASSERT_EQ(test, bp_handle_free(client, block->id, &expected), 0);
}

/**
 * bp_test_block_resize() - bp_block_resize() to a number of pages
 * @block: the block
 * @nr_pages: the pages it shall have
 * @may_move: as for bp_block_resize()
 * @failure: as for bp_block_resize()
 *
 * Return: as bp_block_resize().
 */
int bp_test_block_resize(struct bp_block *block, u32 nr_pages, bool may_move,
			 struct bp_failure *failure)
{
	const struct bp_block_request request = {
		.size = (u64)nr_pages << PAGE_SHIFT,
		.exact = true,
	};
	int err;

	mutex_lock(&block->lock);
	err = bp_block_resize(block, &request, may_move, failure);
	mutex_unlock(&block->lock);
	return err;
}

/**
 * bp_test_touch() - what the fault handler does, but for the page table
 * @block: the block
 * @index: a page of it
 *
 * Return: the page.
 */
struct page *bp_test_touch(struct bp_block *block, u32 index)
{
	block->exposed = true;
	return bp_pool_show_page(block->registry->pool, block->pfn + index);
}

/**
 * bp_test_write() - write to both ends of a page
 * @block: the block
 * @index: a page of it
 * @value: what to write
 */
void bp_test_write(struct bp_block *block, u32 index, u32 value)
{
	u32 *words = kmap_local_page(bp_test_touch(block, index));

	words[0] = value;
	words[PAGE_SIZE / sizeof(*words) - 1] = value;
	kunmap_local(words);
}

/**
 * bp_test_read() - read both ends of a page
 * @block: the block
 * @index: a page of it
 *
 * Return: what they hold; U32_MAX if that is not the same.
 */
u32 bp_test_read(struct bp_block *block, u32 index)
{
	u32 *words = kmap_local_page(bp_test_touch(block, index));
	u32 first = words[0], last = words[PAGE_SIZE / sizeof(*words) - 1];

	kunmap_local(words);
	return first == last ? first : U32_MAX;
}
