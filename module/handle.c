// SPDX-License-Identifier: GPL-2.0
/*
 * Handles.
 */
#include "handle.h"

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "client.h"
#include "compat.h"

/* The handle's hold ends; the block's lock is held. */
static void take_name(struct bp_block *block)
{
	lockdep_assert_held(&block->lock);

	WRITE_ONCE(block->named, false);
	bp_block_unhold(block);
}

/**
 * bp_handle_alloc() - allocate a block for a client
 * @client: the client
 * @request: what it shall be
 * @failure: as for bp_block_create()
 *
 * Its handle means nothing until bp_handle_publish(), so that nobody can guess it
 * and free a block that is still being made. One of bp_handle_publish() and
 * bp_handle_abandon() must follow.
 *
 * Context: process context; sleeps.
 * Return: as bp_block_create().
 */
struct bp_block *bp_handle_alloc(struct bp_client *client,
				 const struct bp_block_request *request,
				 struct bp_failure *failure)
{
	struct bp_block *block = bp_block_create(client, request, failure);

	if (IS_ERR(block))
		bp_client_note_failure(client, failure);
	return block;
}

/**
 * bp_handle_alloc_bulk() - allocate blocks of a size for a client
 * @client: the client
 * @request: what each shall be
 * @blocks: set to the blocks
 * @nr: how many are wanted, from one to %BP_MAX_BATCH
 * @failure: as for bp_block_create_bulk()
 *
 * Each of them is as one of bp_handle_alloc().
 *
 * Context: process context; sleeps.
 * Return: as bp_block_create_bulk().
 */
int bp_handle_alloc_bulk(struct bp_client *client,
			 const struct bp_block_request *request,
			 struct bp_block **blocks, u32 nr,
			 struct bp_failure *failure)
{
	int got = bp_block_create_bulk(client, request, blocks, nr, failure);

	bp_client_note_failure(client, failure);
	return got;
}

/**
 * bp_handle_abandon() - give up a block that was not published
 * @block: from bp_handle_alloc()
 *
 * Context: process context; sleeps.
 */
void bp_handle_abandon(struct bp_block *block)
{
	mutex_lock(&block->lock);
	take_name(block);
	mutex_unlock(&block->lock);
	bp_block_put(block);
}

/* Records by handle; NULL for what is no block. */
static void find(struct bp_client *client, const u32 *handles, u32 nr,
		 struct bp_block **blocks)
{
	XA_STATE(xas, &client->blocks, 0);
	struct bp_block *block;
	u32 i;

	rcu_read_lock();
	for (i = 0; i < nr; i++) {
		if (i && handles[i] == handles[i - 1] + 1) {
			block = xas_next(&xas);
		} else {
			xas_set(&xas, handles[i]);
			block = xas_load(&xas);
		}
		while (xas_retry(&xas, block))
			block = xas_load(&xas);
		blocks[i] = block && bp_block_try_get(block) ? block : NULL;
	}
	rcu_read_unlock();
}

/**
 * bp_handle_get() - look a handle up
 * @client: the client
 * @handle: any number
 *
 * Context: process context.
 * Return: the block, with a reference; NULL if there is none. It may be freed at
 * any time, which bp_handle_holds() tells.
 */
struct bp_block *bp_handle_get(struct bp_client *client, unsigned long handle)
{
	struct bp_block *block;

	rcu_read_lock();
	block = xa_load(&client->blocks, handle);
	if (block && !bp_block_try_get(block))
		block = NULL;
	rcu_read_unlock();
	if (!block || READ_ONCE(block->named))
		return block;
	bp_block_put(block);
	return NULL;
}

/**
 * bp_handle_holds() - has a block still its handle?
 * @block: from bp_handle_get(); its lock is held, without which its handle does
 *	not go
 *
 * Context: process context.
 * Return: false if it has been freed since it was looked up, though others may
 * hold it.
 */
bool bp_handle_holds(const struct bp_block *block)
{
	lockdep_assert_held(&block->lock);

	return READ_ONCE(block->named);
}

static bool as_expected(const struct bp_block *block,
			const struct bp_handle_expect *expected)
{
	return (!expected->sized || expected->size == block->size) &&
	       (!expected->aligned || expected->align == block->align);
}

/* Only one of those who free a handle at the same time finds it valid. */
static int take_valid_name(struct bp_block *block,
			   const struct bp_handle_expect *expected)
{
	int err = mutex_lock_killable(&block->lock);

	if (err)
		return err;
	if (!bp_handle_holds(block))
		err = -ENOENT;
	else if (!as_expected(block, expected))
		err = -EINVAL;
	else
		take_name(block);
	mutex_unlock(&block->lock);
	return err;
}

/**
 * bp_handle_free() - free a block by its handle
 * @client: the client
 * @handle: any number
 * @expected: what the block must be
 *
 * Context: process context; sleeps.
 * Return: 0; -ENOENT if there is no such handle, -EINVAL if the block is not as
 * expected, -EINTR for a fatal signal. Nothing has changed on error.
 */
int bp_handle_free(struct bp_client *client, u32 handle,
		   const struct bp_handle_expect *expected)
{
	struct bp_block *block = bp_handle_get(client, handle);
	int err;

	if (!block)
		return -ENOENT;
	err = take_valid_name(block, expected);
	/* The handle's goes with that of the look-up. */
	bp_block_put_refs(block, err ? 1 : 2);
	return err;
}

/**
 * bp_handle_free_bulk() - free blocks by their handles
 * @client: the client
 * @handles: any numbers; quickest if one follows the other
 * @nr: how many, at most %BP_MAX_BATCH
 * @err: set to 0, or to why the first of them that was not freed was not, as
 *	bp_handle_free()
 *
 * Context: process context; sleeps.
 * Return: how many of them were freed, from the first one on.
 */
u32 bp_handle_free_bulk(struct bp_client *client, const u32 *handles, u32 nr,
			int *err)
{
	static const struct bp_handle_expect any;
	struct bp_block *blocks[BP_MAX_BATCH] __uninitialized;
	u32 freed, i;

	find(client, handles, nr, blocks);
	*err = 0;
	for (freed = 0; freed < nr; freed++) {
		struct bp_block *block = blocks[freed];

		*err = block ? take_valid_name(block, &any) : -ENOENT;
		if (*err)
			break;
	}
	for (i = freed; i < nr; i++)
		if (blocks[i])
			bp_block_put(blocks[i]);
	bp_block_put_bulk(blocks, freed, 2);
	return freed;
}

/*
 * Look at the first record from @handle on; @named is it, if it has a name, else
 * NULL. A record without one may go at any time, with what else holds its block, so
 * it is looked at under RCU and then no more; one with a name has its handle's
 * reference, which only the caller takes away.
 */
static bool look_at_next(struct bp_client *client, unsigned long *handle,
			 struct bp_block **named)
{
	struct bp_block *block;

	rcu_read_lock();
	block = xa_find(&client->blocks, handle, ULONG_MAX, XA_PRESENT);
	*named = block && READ_ONCE(block->named) ? block : NULL;
	rcu_read_unlock();
	return block;
}

/**
 * bp_handle_free_all() - free all blocks of a client
 * @client: the client, whose file is being closed: nobody else looks handles up, or
 *	makes some
 *
 * Context: process context; sleeps.
 */
void bp_handle_free_all(struct bp_client *client)
{
	struct bp_block *block;
	unsigned long handle;

	for (handle = 0; look_at_next(client, &handle, &block); handle++) {
		if (block)
			bp_handle_abandon(block);
		cond_resched();
	}
}
