// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks: their states, references and mappings.
 */
#include "block.h"

#include <linux/err.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>

#include "client.h"
#include "registry.h"

/*
 * The life of a block. What is not listed cannot happen.
 *
 * FREED is left at once unless a page of the block is still referred to, by
 * direct I/O in flight for instance; then the block waits in quarantine. A move
 * is no state: it begins and ends under one hold of the block's lock.
 */
static const struct {
	bool possible;
	enum bp_block_state next;
} transitions[BP_NR_BLOCK_STATES][BP_NR_BLOCK_EVENTS] = {
	[BP_BLOCK_ALLOCATED] = {
		[BP_BLOCK_MAP] = { true, BP_BLOCK_MAPPED },
		[BP_BLOCK_UNHOLD] = { true, BP_BLOCK_FREED },
	},
	[BP_BLOCK_MAPPED] = {
		[BP_BLOCK_MAP] = { true, BP_BLOCK_MAPPED },
		[BP_BLOCK_UNMAP] = { true, BP_BLOCK_ALLOCATED },
		[BP_BLOCK_UNHOLD] = { true, BP_BLOCK_FREED_MAPPED },
	},
	[BP_BLOCK_FREED_MAPPED] = {
		/* fork(), or a mapping that is split in two */
		[BP_BLOCK_MAP] = { true, BP_BLOCK_FREED_MAPPED },
		[BP_BLOCK_UNMAP] = { true, BP_BLOCK_FREED },
	},
	[BP_BLOCK_FREED] = {
		[BP_BLOCK_RETURN] = { true, BP_BLOCK_FREE },
	},
};

/**
 * bp_block_next_state() - what an event makes of a block
 * @state: its state
 * @event: the event
 *
 * Return: the new enum bp_block_state; -EINVAL if that cannot happen.
 */
int bp_block_next_state(enum bp_block_state state, enum bp_block_event event)
{
	if (!transitions[state][event].possible)
		return -EINVAL;
	return transitions[state][event].next;
}

static int apply(struct bp_block *block, enum bp_block_event event)
{
	int next = bp_block_next_state(block->state, event);

	if (next < 0)
		return next;
	block->state = next;
	return 0;
}

/**
 * bp_block_request_pages() - how many pages a request means
 * @request: the request
 * @nr_pages: set to the pages; more than any pool has if it is too large
 *
 * Return: 0; -EINVAL if the size is zero or does not fit in 64 bits as whole
 * pages, or the alignment is no power of two.
 */
int bp_block_request_pages(const struct bp_block_request *request,
			   u32 *nr_pages)
{
	u64 bytes;

	if (!request->size ||
	    check_add_overflow(request->size, (u64)PAGE_SIZE - 1, &bytes))
		return -EINVAL;
	/* Not is_power_of_2(), which may be of 32 bits only. */
	if (request->align & (request->align - 1))
		return -EINVAL;
	*nr_pages = min_t(u64, bytes >> PAGE_SHIFT, BP_MAX_PAGES);
	if (!request->exact)
		*nr_pages = roundup_pow_of_two(*nr_pages);
	return 0;
}

/**
 * bp_block_align_order() - an alignment, in pages
 * @align: the alignment, in bytes: a power of two, or 0
 *
 * Return: its order.
 */
unsigned int bp_block_align_order(u64 align)
{
	return align > PAGE_SIZE ? ilog2(align) - PAGE_SHIFT : 0;
}

static int wait_for_pages(struct bp_registry *registry,
			  const struct bp_request *request, u64 timeout,
			  u32 *pfn, struct bp_failure *failure)
{
	ktime_t expires;

	if (timeout > KTIME_MAX)
		return bp_pool_alloc_wait(registry->pool, request, NULL, pfn,
					  failure);
	expires = ktime_add_safe(ktime_get(), timeout);
	return bp_pool_alloc_wait(registry->pool, request, &expires, pfn,
				  failure);
}

/**
 * bp_block_insist() - take a run out of the pool of a registry, after all
 * @registry: the registry
 * @request: what is wanted
 * @timeout: how long to wait for it, in ns; 0 not to wait, U64_MAX for ever
 * @pfn: set to its first page
 * @failure: filled in with -ENOMEM, -ETIMEDOUT and -EFBIG
 * @err: why the pool has not given it
 *
 * Context: process context; sleeps.
 * Return: as bp_block_take_pages().
 */
int bp_block_insist(struct bp_registry *registry,
		    const struct bp_request *request, u64 timeout, u32 *pfn,
		    struct bp_failure *failure, int err)
{
	/* What has only been looked at too early must not make it fail. */
	if (err == -ENOMEM)
		bp_quarantine_flush(&registry->quarantine);
	if (timeout)
		return wait_for_pages(registry, request, timeout, pfn, failure);
	return bp_pool_alloc(registry->pool, request, pfn, failure);
}

/* As long as the client asks for, and may wait. */
static u64 allowed_wait(struct bp_account *account, u64 timeout)
{
	return timeout ? min(timeout, bp_account_max_wait(account)) : 0;
}

/*
 * One who waits keeps others from the whole free block that he needs, so that is
 * what he must be allowed to have meanwhile; a great alignment is not for free.
 */
static u32 keeps_from_others(const struct bp_request *request)
{
	if (request->align_order >= BP_NR_ORDERS)
		return request->nr_pages;
	return 1U << max_t(unsigned int, bp_order_of(request->nr_pages),
			   request->align_order);
}

/**
 * bp_block_pages() - what a request means to the pool
 * @request: the request
 * @pages: set to it
 *
 * Context: any.
 * Return: as bp_block_request_pages().
 */
int bp_block_pages(const struct bp_block_request *request,
		   struct bp_request *pages)
{
	pages->align_order = bp_block_align_order(request->align);
	return bp_block_request_pages(request, &pages->nr_pages);
}

/**
 * bp_block_create() - allocate a block
 * @client: who shall be charged for it
 * @request: what it shall be
 * @failure: filled in with -ENOMEM, -ETIMEDOUT, -EFBIG and -EDQUOT, if it is the
 *	pool's memory or the account's limit that is wanting; else left alone
 *
 * Context: process context; sleeps.
 * Return: the block, with one reference, the handle's; an ERR_PTR: -EINVAL for a
 * bad request, -EFBIG for more than the pool could ever give, -EDQUOT for more
 * than the account may be charged, -ENOMEM, -ETIMEDOUT, -EINTR for a fatal signal
 * while it waited, -ENOSPC if no id is left.
 */
struct bp_block *bp_block_create(struct bp_client *client,
				 const struct bp_block_request *request,
				 struct bp_failure *failure)
{
	struct bp_account *account = &client->account;
	struct bp_request pages;
	struct bp_block *block;
	u32 charge, pfn;
	u64 timeout;
	int err;

	err = bp_block_pages(request, &pages);
	if (err)
		return ERR_PTR(err);
	timeout = allowed_wait(account, request->timeout);
	charge = timeout ? keeps_from_others(&pages) : pages.nr_pages;
	block = bp_client_take_record(client, charge, failure);
	if (IS_ERR(block))
		return block;
	err = bp_block_take_pages(client->registry, &pages, timeout, &pfn,
				  failure);
	if (err) {
		bp_client_give_record(client, block, charge);
		return ERR_PTR(err);
	}
	if (charge > pages.nr_pages)
		bp_account_uncharge(account, charge - pages.nr_pages, 0);
	bp_block_begin(block, request, pfn, pages.nr_pages);
	atomic_long_inc(&client->registry->nr_blocks);
	return block;
}

/**
 * bp_block_is_referenced() - does anybody refer to the pages of a block?
 * @block: a block in state %BP_BLOCK_FREED, to which nobody has a reference
 *
 * Nobody can get hold of a page that nobody uses any more; so each page is looked
 * at until that is found, and not again, and the first that is used will do.
 *
 * Context: process context; sleeps.
 * Return: whether somebody does.
 */
bool bp_block_is_referenced(struct bp_block *block)
{
	block->nr_settled +=
		bp_pool_unreferenced(block->registry->pool,
				     block->pfn + block->nr_settled,
				     block->nr_pages - block->nr_settled);
	return block->nr_settled < block->nr_pages;
}

/**
 * bp_block_return() - give the pages back to the pool: the end of a block
 * @block: a block in state %BP_BLOCK_FREED, to which nobody has a reference
 *
 * Context: process context.
 */
void bp_block_return(struct bp_block *block)
{
	struct bp_client *client = block->client;
	const u32 nr_pages = block->nr_pages;

	WARN_ON_ONCE(apply(block, BP_BLOCK_RETURN));
	WARN_ON_ONCE(bp_pool_free(client->registry->pool, block->pfn, nr_pages,
				  block->exposed));
	atomic_long_dec(&client->registry->nr_blocks);
	bp_client_give_record(client, block, nr_pages);
}

/**
 * bp_block_detain() - put a block in quarantine if anybody refers to its pages
 * @block: a block in state %BP_BLOCK_FREED, to which nobody has a reference
 *
 * Context: process context; sleeps.
 * Return: whether it is there.
 */
bool bp_block_detain(struct bp_block *block)
{
	if (!bp_block_is_referenced(block))
		return false;
	bp_quarantine_add(&block->registry->quarantine, block);
	return true;
}

/**
 * bp_block_put_refs() - drop references
 * @block: the block
 * @nr: how many, at least one
 *
 * Context: process context; sleeps.
 */
void bp_block_put_refs(struct bp_block *block, unsigned int nr)
{
	if (refcount_sub_and_test(nr, &block->ref) &&
	    bp_block_may_return(block))
		bp_block_return(block);
}

/**
 * bp_block_map() - a mapping of a block is about to come into being
 * @block: the block; a reference passes to the mapping if 0 is returned
 * @first: first page of the block that is mapped
 * @nr_pages: how many are
 *
 * Context: process context; takes the block's lock.
 * Return: 0; -EINVAL if the block has no such pages, or if it has been freed
 * since it was looked up and is mapped nowhere.
 */
int bp_block_map(struct bp_block *block, u64 first, u64 nr_pages)
{
	int err = -EINVAL;

	mutex_lock(&block->lock);
	if (first < block->nr_pages && nr_pages <= block->nr_pages - first)
		err = apply(block, BP_BLOCK_MAP);
	if (!err)
		block->nr_mappings++;
	mutex_unlock(&block->lock);
	return err;
}

/**
 * bp_block_map_again() - a mapping has been copied, or split in two
 * @block: the block, mapped
 *
 * Context: process context; takes the block's lock.
 */
void bp_block_map_again(struct bp_block *block)
{
	refcount_inc(&block->ref);
	mutex_lock(&block->lock);
	WARN_ON_ONCE(apply(block, BP_BLOCK_MAP));
	block->nr_mappings++;
	mutex_unlock(&block->lock);
}

/**
 * bp_block_unmap() - a mapping has gone
 * @block: the block; the mapping's reference is dropped
 *
 * Context: process context; takes the block's lock; sleeps.
 */
void bp_block_unmap(struct bp_block *block)
{
	mutex_lock(&block->lock);
	if (!--block->nr_mappings) {
		WARN_ON_ONCE(apply(block, BP_BLOCK_UNMAP));
		if (block->state == BP_BLOCK_FREED)
			atomic_long_sub(block->nr_pages,
					&block->registry->freed_mapped_pages);
	}
	mutex_unlock(&block->lock);
	bp_block_put(block);
}

/**
 * bp_block_export() - a descriptor of the block is about to be made
 * @block: the block, held; its lock is held by the caller; a reference passes to
 *	the descriptor
 *
 * Context: process context.
 */
void bp_block_export(struct bp_block *block)
{
	lockdep_assert_held(&block->lock);

	refcount_inc(&block->ref);
	block->nr_holders++;
	block->exported = true;
	atomic_long_inc(&block->registry->nr_exports);
}

/**
 * bp_block_unhold() - a holder less
 * @block: the block; its lock is held by the caller, who drops the holder's
 *	reference after releasing it; a handle is in no client's table any more
 *
 * Context: process context.
 */
void bp_block_unhold(struct bp_block *block)
{
	lockdep_assert_held(&block->lock);

	if (--block->nr_holders)
		return;
	WARN_ON_ONCE(apply(block, BP_BLOCK_UNHOLD));
	if (block->state == BP_BLOCK_FREED_MAPPED)
		atomic_long_add(block->nr_pages,
				&block->registry->freed_mapped_pages);
}

/**
 * bp_block_unexport() - a descriptor has gone
 * @block: the block; the descriptor's reference is dropped
 *
 * Context: process context; takes the block's lock; sleeps.
 */
void bp_block_unexport(struct bp_block *block)
{
	atomic_long_dec(&block->registry->nr_exports);
	mutex_lock(&block->lock);
	bp_block_unhold(block);
	mutex_unlock(&block->lock);
	bp_block_put(block);
}

/**
 * bp_block_offset() - where in the device's offset space a block lies
 * @block: the block
 *
 * Context: any.
 * Return: the offset, in bytes; it never changes.
 */
u64 bp_block_offset(const struct bp_block *block)
{
	return block->id * bp_registry_window(block->registry);
}
