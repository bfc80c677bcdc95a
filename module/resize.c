// SPDX-License-Identifier: GPL-2.0
/*
 * Changing the size of a block, and with it perhaps its place.
 *
 * Mappings do not notice: the block's lock keeps faults out, its pages are taken
 * out of every mapping, and the next touch finds them where they then are.
 */
#include "resize.h"

#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "block.h"
#include "client.h"
#include "registry.h"

/* Another process that is just unmapping a page lets go of it within that time. */
#define WITHDRAW_TRIES 10

/*
 * Take the pages from @first on out of all mappings. Whatever still refers to
 * them then (direct I/O in flight, ...) would go on to use the old pages.
 */
static int withdraw(struct bp_block *block, u32 first)
{
	struct bp_registry *registry = block->registry;
	const pgoff_t window = bp_block_offset(block) >> PAGE_SHIFT;
	const u32 nr_pages = block->nr_pages - first;
	/* Whoever else uses an exported block is not kept waiting. */
	int tries = block->exported ? 1 : WITHDRAW_TRIES;

	if (!block->exposed)
		return 0;
	unmap_mapping_pages(registry->inode->i_mapping, window + first,
			    nr_pages, true);
	while (bp_pool_unreferenced(registry->pool, block->pfn + first,
				    nr_pages) != nr_pages) {
		if (!--tries)
			return -EBUSY;
		schedule_timeout_killable(1);
	}
	return 0;
}

/* What its owner has never seen is zero for him there, too. */
static int copy_pages(struct bp_pool *pool, u32 to, u32 from, u32 nr_pages)
{
	u32 i;

	for (i = 0; i < nr_pages; i++) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		if (bp_pool_page_is_shown(pool, from + i))
			bp_pool_copy_page(pool, to + i, from + i);
	}
	return 0;
}

static int move(struct bp_block *block, const struct bp_request *request,
		struct bp_failure *failure)
{
	struct bp_registry *registry = block->registry;
	struct bp_pool *pool = registry->pool;
	u32 pfn;
	int err;

	/* First, so that nobody holds twice as much for as long as he likes. */
	err = withdraw(block, 0);
	if (err)
		return err;
	err = bp_block_take_pages(registry, request, 0, &pfn, failure);
	if (err)
		return err;
	if (block->exposed)
		err = copy_pages(pool, pfn, block->pfn, block->nr_pages);
	if (err) {
		bp_pool_free(pool, pfn, request->nr_pages, true);
		return err;
	}

	bp_pool_free(pool, block->pfn, block->nr_pages, block->exposed);
	block->pfn = pfn;
	block->nr_pages = request->nr_pages;
	atomic64_inc(&registry->nr_moves);
	return 0;
}

static int resize_in_place(struct bp_block *block, u32 nr_pages,
			   struct bp_failure *failure)
{
	int err = bp_pool_resize(block->registry->pool, block->pfn,
				 block->nr_pages, nr_pages, block->exposed,
				 failure);

	if (!err)
		block->nr_pages = nr_pages;
	return err;
}

static int take_more(struct bp_block *block, const struct bp_request *request,
		     bool may_move, struct bp_failure *failure)
{
	int err = resize_in_place(block, request->nr_pages, NULL);

	if (!err)
		return 0;
	/* What is behind the block may only wait to be looked at. */
	if (err == -ENOMEM)
		bp_quarantine_flush(&block->registry->quarantine);
	if (err != -ENOMEM || !may_move)
		return resize_in_place(block, request->nr_pages, failure);
	err = resize_in_place(block, request->nr_pages, NULL);
	return err ? move(block, request, failure) : 0;
}

/* While it moves it uses the old pages too, and is charged for the new ones. */
static int grow(struct bp_block *block, const struct bp_request *request,
		bool may_move, struct bp_failure *failure)
{
	const u32 more = request->nr_pages - block->nr_pages;
	int err = bp_account_charge(&block->client->account, more, 0, failure);

	if (err)
		return err;
	err = take_more(block, request, may_move, failure);
	if (err)
		bp_account_uncharge(&block->client->account, more, 0);
	return err;
}

static int shrink(struct bp_block *block, u32 nr_pages)
{
	const u32 fewer = block->nr_pages - nr_pages;
	int err;

	/* Whoever it was given to counts on its size. */
	if (block->exported)
		return -EPERM;
	err = withdraw(block, nr_pages);
	if (!err)
		err = resize_in_place(block, nr_pages, NULL);
	if (!err)
		bp_account_uncharge(&block->client->account, fewer, 0);
	return err;
}

/**
 * bp_block_resize() - make a block larger or smaller
 * @block: the block; its lock is held
 * @request: the new size; its alignment is ignored, a block keeps its own
 * @may_move: move the block if it cannot grow where it is
 * @failure: filled in with -ENOMEM, -EFBIG and -EDQUOT
 *
 * The contents are kept, up to the smaller of both sizes. Whether the block has
 * moved shows in its pfn.
 *
 * Context: process context; sleeps; takes a time in proportion to the block if
 * it moves.
 * Return: 0; -EINVAL for a bad size, -EFBIG for more than the pool could ever
 * give, -ENOMEM, -EDQUOT for more than may be charged, -EBUSY if somebody refers
 * to pages that would have to go, -EPERM for fewer pages of a block that has been
 * exported, -EINTR for a fatal signal during a move. Nothing has changed on error.
 */
int bp_block_resize(struct bp_block *block,
		    const struct bp_block_request *request, bool may_move,
		    struct bp_failure *failure)
{
	struct bp_request pages = {
		.align_order = bp_block_align_order(block->align),
	};
	int err;

	lockdep_assert_held(&block->lock);

	err = bp_block_request_pages(request, &pages.nr_pages);
	if (err)
		return err;
	if (pages.nr_pages > block->nr_pages)
		err = grow(block, &pages, may_move, failure);
	else if (pages.nr_pages < block->nr_pages)
		err = shrink(block, pages.nr_pages);
	if (!err)
		block->size = request->size;
	return err;
}
