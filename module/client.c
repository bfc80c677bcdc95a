// SPDX-License-Identifier: GPL-2.0
/*
 * Clients and their handles.
 */
#include "client.h"

#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/slab.h>

#include "account.h"
#include "registry.h"

/**
 * bp_client_create() - a file has been opened
 * @registry: of the pool
 *
 * Context: process context; sleeps.
 * Return: the client, or ERR_PTR(-ENOMEM).
 */
struct bp_client *bp_client_create(struct bp_registry *registry)
{
	struct bp_client *client = kzalloc(sizeof(*client), GFP_KERNEL_ACCOUNT);

	if (!client)
		return ERR_PTR(-ENOMEM);
	client->account = bp_account_create(registry->limits);
	if (!client->account) {
		kfree(client);
		return ERR_PTR(-ENOMEM);
	}
	client->registry = registry;
	xa_init_flags(&client->blocks, XA_FLAGS_ACCOUNT);
	atomic_long_inc(&registry->nr_clients);
	return client;
}

static void drop(struct bp_block *block)
{
	mutex_lock(&block->lock);
	bp_block_unhold(block);
	mutex_unlock(&block->lock);
	bp_block_put(block);
}

/**
 * bp_client_destroy() - the file has been closed, and nothing of it is mapped
 * @client: the client
 *
 * Frees all that the client holds.
 *
 * Context: process context; sleeps.
 */
void bp_client_destroy(struct bp_client *client)
{
	struct bp_block *block;
	unsigned long handle;

	xa_for_each(&client->blocks, handle, block) {
		xa_erase(&client->blocks, handle);
		drop(block);
		cond_resched();
	}
	xa_destroy(&client->blocks);
	atomic_long_dec(&client->registry->nr_clients);
	bp_account_put(client->account);
	kfree(client);
}

/**
 * bp_client_alloc() - allocate a block for a client
 * @client: the client
 * @request: what is wanted
 * @failure: as for bp_block_create()
 *
 * The handle is reserved, and means nothing until bp_client_publish(), so that
 * nobody can guess it and free a block that is still being made. One of
 * bp_client_publish() and bp_client_abandon() must follow.
 *
 * Context: process context; sleeps.
 * Return: as bp_block_create().
 */
struct bp_block *bp_client_alloc(struct bp_client *client,
				 const struct bp_block_request *request,
				 struct bp_failure *failure)
{
	struct bp_block *block = bp_block_create(client->registry,
						 client->account, request,
						 failure);
	int err;

	bp_client_note_failure(client, failure);
	if (IS_ERR(block))
		return block;
	err = xa_reserve(&client->blocks, block->id, GFP_KERNEL_ACCOUNT);
	if (err) {
		drop(block);
		return ERR_PTR(err);
	}
	return block;
}

/**
 * bp_client_publish() - make a handle valid
 * @client: the client
 * @block: from bp_client_alloc(); the client's from now on, and perhaps freed
 *	when this returns
 *
 * Context: process context.
 */
void bp_client_publish(struct bp_client *client, struct bp_block *block)
{
	/* Needs no memory: the place is reserved. */
	void *old = xa_store(&client->blocks, block->id, block, GFP_NOWAIT);

	WARN_ON_ONCE(xa_is_err(old));
}

/**
 * bp_client_abandon() - give up a block that was not published
 * @client: the client
 * @block: from bp_client_alloc()
 *
 * Context: process context; sleeps.
 */
void bp_client_abandon(struct bp_client *client, struct bp_block *block)
{
	xa_release(&client->blocks, block->id);
	drop(block);
}

/**
 * bp_client_note_failure() - an allocation or a resize may have failed
 * @client: the client
 * @failure: what is known of it; all zero if it has not
 *
 * Context: any.
 */
void bp_client_note_failure(struct bp_client *client,
			    const struct bp_failure *failure)
{
	if (failure->nr_chances)
		WRITE_ONCE(client->failed_at, failure->nr_chances);
}

/**
 * bp_client_has_chance() - may an allocation succeed?
 * @client: the client
 *
 * Context: any.
 * Return: false if one, or a resize, has failed, and no memory has been given back since.
 */
bool bp_client_has_chance(const struct bp_client *client)
{
	return READ_ONCE(client->failed_at) !=
	       READ_ONCE(client->registry->pool->nr_chances);
}

/**
 * bp_client_get() - look a handle up
 * @client: the client
 * @handle: any number
 *
 * Context: process context.
 * Return: the block, with a reference; NULL if there is none. It may be freed at
 * any time, which shows in its state.
 */
struct bp_block *bp_client_get(struct bp_client *client, unsigned long handle)
{
	struct bp_block *block;

	xa_lock(&client->blocks);
	block = xa_load(&client->blocks, handle);
	if (block)
		kref_get(&block->ref);
	xa_unlock(&client->blocks);
	return block;
}

/**
 * bp_client_holds() - has a block still its handle?
 * @client: the client
 * @block: from bp_client_get(); its lock is held, without which its handle does
 *	not go
 *
 * Context: process context.
 * Return: false if it has been freed since it was looked up, though others may
 * hold it.
 */
bool bp_client_holds(struct bp_client *client, const struct bp_block *block)
{
	lockdep_assert_held(&block->lock);

	return xa_load(&client->blocks, block->id) == block;
}

static bool as_expected(const struct bp_block *block,
			const struct bp_client_free *expected)
{
	return (!expected->sized || expected->size == block->size) &&
	       (!expected->aligned || expected->align == block->align);
}

/* Only one of those who free a handle at the same time finds it in the table. */
static int take_out(struct bp_client *client, struct bp_block *block,
		    const struct bp_client_free *expected)
{
	if (!as_expected(block, expected))
		return -EINVAL;
	if (xa_cmpxchg(&client->blocks, block->id, block, NULL, 0) != block)
		return -ENOENT;
	bp_block_unhold(block);
	return 0;
}

/**
 * bp_client_free() - free a block by its handle
 * @client: the client
 * @handle: any number
 * @expected: what the block must be
 *
 * Context: process context; sleeps.
 * Return: 0; -ENOENT if there is no such handle, -EINVAL if the block is not as
 * expected, -EINTR for a fatal signal. Nothing has changed on error.
 */
int bp_client_free(struct bp_client *client, u32 handle,
		   const struct bp_client_free *expected)
{
	struct bp_block *block = bp_client_get(client, handle);
	int err;

	if (!block)
		return -ENOENT;
	err = mutex_lock_killable(&block->lock);
	if (!err) {
		err = take_out(client, block, expected);
		mutex_unlock(&block->lock);
	}
	if (!err)
		bp_block_put(block); /* the handle's reference */
	bp_block_put(block);
	return err;
}
