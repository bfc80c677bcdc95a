// SPDX-License-Identifier: GPL-2.0
/*
 * Clients, and the records of their blocks.
 */
#include "client.h"

#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "block.h"
#include "registry.h"

/*
 * So many blocks are freed before a handle means something again: whoever uses
 * one that he has freed shall rather learn so than hit another block.
 */
#define MIN_IDLE 64U

/* No client keeps more records than this that it has no use for. */
#define MAX_IDLE 1024U

/*
 * Records keep their ids, of which 32-bit programs can use few. Idle ones shall
 * not be in the way of others; but no more than have to wait would be kept for
 * nothing, so a batch can be used beside these.
 */
static u32 max_idle(const struct bp_registry *registry)
{
	return clamp(registry->max_compat_id / 16, MIN_IDLE + BP_MAX_BATCH,
		     MAX_IDLE);
}

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
	kref_init(&client->ref);
	client->registry = registry;
	bp_account_init(&client->account, registry->limits);
	xa_init_flags(&client->blocks, XA_FLAGS_ACCOUNT);
	INIT_LIST_HEAD(&client->idle);
	client->max_idle = max_idle(registry);
	atomic_long_inc(&registry->nr_clients);
	return client;
}

static void release(struct kref *ref)
{
	struct bp_client *client = container_of(ref, struct bp_client, ref);

	WARN_ON_ONCE(!xa_empty(&client->blocks));
	xa_destroy(&client->blocks);
	bp_account_destroy(&client->account);
	kfree(client);
}

static void free_record(struct bp_block *block)
{
	mutex_destroy(&block->lock);
	/* Somebody may just be finding out that there is no such block. */
	kfree_rcu(block, rcu);
}

static struct bp_block *new_record(struct bp_client *client)
{
	struct bp_block *block = kzalloc(sizeof(*block), GFP_KERNEL_ACCOUNT);
	int err;

	if (!block)
		return ERR_PTR(-ENOMEM);
	mutex_init(&block->lock);
	block->state = BP_BLOCK_FREE;
	block->client = client;
	block->registry = client->registry;
	err = bp_registry_add(client->registry, block);
	if (err)
		goto free_record;
	err = xa_err(xa_store(&client->blocks, block->id, block,
			      GFP_KERNEL_ACCOUNT));
	if (err)
		goto remove;
	kref_get(&client->ref);
	return block;

remove:
	bp_registry_remove(client->registry, block);
free_record:
	free_record(block);
	return ERR_PTR(err);
}

static void drop_record(struct bp_client *client, struct bp_block *block)
{
	xa_erase(&client->blocks, block->id);
	bp_registry_remove(client->registry, block);
	free_record(block);
	kref_put(&client->ref, release);
}

/**
 * bp_client_destroy() - the file has been closed
 * @client: the client; none of its blocks has a handle any more
 *
 * Blocks that are still held, mapped or referred to live on.
 *
 * Context: process context; sleeps.
 */
void bp_client_destroy(struct bp_client *client)
{
	struct bp_block *block, *next;
	LIST_HEAD(idle);

	spin_lock(&client->account.lock);
	client->max_idle = 0;
	list_splice_init(&client->idle, &idle);
	spin_unlock(&client->account.lock);

	list_for_each_entry_safe(block, next, &idle, node) {
		drop_record(client, block);
		cond_resched();
	}
	atomic_long_dec(&client->registry->nr_clients);
	kref_put(&client->ref, release);
}

/* Take the record that is idle for longest, if that can be used and enough are. */
static struct bp_block *pop_idle(struct bp_client *client)
{
	struct bp_block *block;

	lockdep_assert_held(&client->account.lock);

	if (client->nr_idle <= MIN_IDLE)
		return NULL;
	block = list_first_entry(&client->idle, struct bp_block, node);
	if (block->id > bp_registry_max_id(client->registry))
		return NULL;
	list_del(&block->node);
	client->nr_idle--;
	return block;
}

/* As pop_idle(), many in one cut. */
static u32 pop_many_idle(struct bp_client *client, struct bp_block **blocks,
			 u32 nr)
{
	const u32 max_id = bp_registry_max_id(client->registry);
	struct list_head *last = &client->idle;
	LIST_HEAD(taken);
	u32 got = 0;

	lockdep_assert_held(&client->account.lock);

	while (got < nr && client->nr_idle - got > MIN_IDLE) {
		struct bp_block *block =
			list_entry(last->next, struct bp_block, node);

		if (block->id > max_id)
			break;
		blocks[got++] = block;
		last = last->next;
	}
	client->nr_idle -= got;
	list_cut_position(&taken, &client->idle, last);
	return got;
}

/*
 * Take any record that the caller can use. Where 32-bit and 64-bit programs share a
 * file, what the former can use may wait behind what they cannot.
 */
static struct bp_block *pop_usable(struct bp_client *client)
{
	const u32 max_id = bp_registry_max_id(client->registry);
	struct bp_block *block;

	lockdep_assert_held(&client->account.lock);

	list_for_each_entry(block, &client->idle, node) {
		if (block->id > max_id)
			continue;
		list_del(&block->node);
		client->nr_idle--;
		return block;
	}
	return NULL;
}

/* Make a record; only if that fails, take one that waits for others. */
static struct bp_block *make_record(struct bp_client *client)
{
	struct bp_block *block = new_record(client);
	struct bp_block *idle;

	if (!IS_ERR(block))
		return block;
	spin_lock(&client->account.lock);
	idle = pop_usable(client);
	spin_unlock(&client->account.lock);
	return idle ?: block;
}

/**
 * bp_client_take_record() - take a record to make a block of, and pay for that
 * @client: the client
 * @nr_pages: so many pages are charged
 * @failure: filled in with -EDQUOT
 *
 * Context: process context; sleeps.
 * Return: the record, complete but for what makes it a block; an ERR_PTR: -EDQUOT
 * for more than the client may be charged, -ENOMEM, -ENOSPC if no id is left.
 */
struct bp_block *bp_client_take_record(struct bp_client *client, u32 nr_pages,
				       struct bp_failure *failure)
{
	struct bp_account *account = &client->account;
	struct bp_block *block = NULL;
	int err;

	spin_lock(&account->lock);
	err = __bp_account_charge(account, nr_pages, 1, failure);
	if (!err)
		block = pop_idle(client);
	spin_unlock(&account->lock);
	if (block)
		return block;
	if (err)
		return ERR_PTR(err);

	block = make_record(client);
	if (IS_ERR(block))
		bp_account_uncharge(account, nr_pages, 1);
	return block;
}

/**
 * bp_client_take_records() - take records to make blocks of, and pay for that
 * @client: the client
 * @blocks: set to the records
 * @nr: how many are wanted, at least one
 * @nr_pages: so many pages are charged for each
 * @failure: filled in if there are fewer because the client may not be charged for
 *	so many; else left alone, or cleared
 *
 * Context: process context; sleeps.
 * Return: how many there are, at least one; else as bp_client_take_record().
 */
int bp_client_take_records(struct bp_client *client, struct bp_block **blocks,
			   u32 nr, u32 nr_pages, struct bp_failure *failure)
{
	struct bp_account *account = &client->account;
	u32 granted, got, missing;
	int err = -EDQUOT;

	spin_lock(&account->lock);
	granted = __bp_account_charge_bulk(account, nr_pages, nr, failure);
	got = pop_many_idle(client, blocks, granted);
	spin_unlock(&account->lock);

	while (got < granted) {
		struct bp_block *block = make_record(client);

		if (IS_ERR(block)) {
			err = PTR_ERR(block);
			/* No limit is the reason any more, if one was. */
			*failure = (struct bp_failure){};
			break;
		}
		blocks[got++] = block;
	}
	missing = granted - got;
	if (missing)
		bp_account_uncharge(account, mul_u32_u32(missing, nr_pages),
				    missing);
	if (!got)
		return err;
	return got;
}

static bool push_idle(struct bp_client *client, struct bp_block *block)
{
	lockdep_assert_held(&client->account.lock);

	if (client->nr_idle >= client->max_idle)
		return false;
	list_add_tail(&block->node, &client->idle);
	client->nr_idle++;
	return true;
}

/**
 * bp_client_give_record() - give a record back, and what was paid for its block
 * @client: the client; perhaps gone when this returns
 * @block: the record, in use for no block
 * @nr_pages: so many pages are charged for it
 *
 * Context: process context.
 */
void bp_client_give_record(struct bp_client *client, struct bp_block *block,
			   u32 nr_pages)
{
	bool kept;

	spin_lock(&client->account.lock);
	__bp_account_uncharge(&client->account, nr_pages, 1);
	kept = push_idle(client, block);
	spin_unlock(&client->account.lock);
	if (!kept)
		drop_record(client, block);
}

/**
 * bp_client_give_records() - give records back, and what was paid for their blocks
 * @client: the client; perhaps gone when this returns
 * @blocks: the records, in use for no block
 * @nr: how many
 * @nr_pages: so many pages are charged for all of them
 *
 * Context: process context.
 */
void bp_client_give_records(struct bp_client *client, struct bp_block **blocks,
			    u32 nr, u64 nr_pages)
{
	u32 i = 0;

	spin_lock(&client->account.lock);
	__bp_account_uncharge(&client->account, nr_pages, nr);
	while (i < nr && push_idle(client, blocks[i]))
		i++;
	spin_unlock(&client->account.lock);
	for (; i < nr; i++)
		drop_record(client, blocks[i]);
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
