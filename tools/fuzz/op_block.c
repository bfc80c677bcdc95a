// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on the blocks of the own file: the answers are known beforehand
 */
#include "fuzz.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board.h"
#include "op.h"
#include "wish.h"

static __u64 pick_timeout(struct rng *rng)
{
	if (!has_feature(BUDDYPOOL_FEATURE_WAIT) || !rng_one_in(rng, 8))
		return 0;
	/* Alone, nobody else would end the wait. */
	if (!options.solo && rng_one_in(rng, 20))
		return BUDDYPOOL_WAIT_FOREVER;
	return rng_skewed(rng, 5000000);
}

/**
 * op_alloc() - allocate a block
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_alloc(struct actor *actor)
{
	struct ledger *ledger = &actor->ledger;
	struct block *block = ledger_any(ledger, &actor->rng, block_is_empty);
	struct buddypool_alloc *arg = actor_place(actor, sizeof(*arg));
	int err, expected;

	if (!block)
		return op_unmap(actor);
	arg->size = wish_size(&actor->rng);
	arg->align = wish_align(&actor->rng);
	arg->timeout = pick_timeout(&actor->rng);
	if (rng_one_in(&actor->rng, 3))
		arg->flags = BUDDYPOOL_ALLOC_EXACT;
	if (rng_one_in(&actor->rng, 100))
		arg->flags ^= 1U << rng_below(&actor->rng, 32);

	err = ioctl(ledger->fd, BUDDYPOOL_IOC_ALLOC, arg) ? -errno : 0;
	expected = wish_expected(ledger, arg, err);
	if (err != expected)
		board_finding(SUBJECT_ANSWERS,
			      "size %#llx, align %#llx, flags %#x: %s",
			      arg->size, arg->align, arg->flags,
			      board_result(err));
	if (!err) {
		wish_enter(ledger, block, arg);
	} else if (err != -EINVAL) {
		wish_judge_failure(err, &arg->failure,
				   wish_usable(arg->size, arg->flags));
		if (err == -ENOMEM || err == -ETIMEDOUT)
			ledger->refused = true;
	}
	return err;
}

/**
 * op_free() - free a block
 * @actor: who does it
 *
 * What is mapped of it stays as it is.
 *
 * Return: see struct op.
 */
int op_free(struct actor *actor)
{
	struct ledger *ledger = &actor->ledger;
	struct block *block = ledger_any(ledger, &actor->rng, block_is_held);
	struct buddypool_free *arg = actor_place(actor, sizeof(*arg));
	int err, expected = 0;

	if (!block)
		return op_alloc(actor);
	arg->handle = block->handle;
	arg->flags = rng_below(&actor->rng, 4);
	if (arg->flags & BUDDYPOOL_FREE_SIZED)
		arg->size = block->size;
	if (arg->flags & BUDDYPOOL_FREE_ALIGNED)
		arg->align = block->align;
	if (rng_one_in(&actor->rng, 10)) {
		arg->size += rng_range(&actor->rng, 1, pool.page_size);
		expected = -EINVAL;
	}

	err = ioctl(ledger->fd, BUDDYPOOL_IOC_FREE, arg) ? -errno : 0;
	if (err != expected)
		board_finding(SUBJECT_ANSWERS, "expected %d, got %s", expected,
			      board_result(err));
	if (!err)
		block->held = false;
	return err;
}

static int resize_expected(const struct ledger *ledger,
			   const struct block *block,
			   const struct buddypool_resize *arg, int err)
{
	const bool exact = arg->flags & BUDDYPOOL_RESIZE_EXACT;
	const __u64 usable = wish_usable(arg->size, exact);

	if (wish_is_wrong_size(arg->size))
		return -EINVAL;
	if (!usable)
		return wish_is_over_limit(ledger, err) ? err : -EFBIG;
	if (usable < block->usable && block->exported)
		return -EPERM;
	if (usable > block->usable && wish_is_refusal(ledger, err))
		return err;
	if (usable != block->usable && err == -EBUSY &&
	    (block->pins || block->registered || !options.solo))
		return err;
	return 0;
}

static void judge_resized(const struct ledger *ledger, struct block *block,
			  const struct buddypool_resize *arg)
{
	const bool exact = arg->flags & BUDDYPOOL_RESIZE_EXACT;
	const bool grown = arg->usable > block->usable;

	if (arg->usable != wish_usable(arg->size, exact) || arg->moved > 1 ||
	    (arg->moved && arg->flags & BUDDYPOOL_RESIZE_NO_MOVE))
		board_finding(SUBJECT_ANSWERS,
			      "%llu bytes: usable %llu, moved %u", arg->size,
			      arg->usable, arg->moved);
	block->size = arg->size;
	block->usable = arg->usable;
	block_forget_beyond(block, block->usable);
	if (grown)
		wish_judge_limit(ledger);
}

/**
 * op_resize() - make a block larger or smaller
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_resize(struct actor *actor)
{
	struct ledger *ledger = &actor->ledger;
	struct block *block = ledger_any(ledger, &actor->rng, block_is_held);
	struct buddypool_resize *arg = actor_place(actor, sizeof(*arg));
	int err, expected;

	if (!block)
		return op_alloc(actor);
	arg->handle = block->handle;
	arg->flags = rng_below(&actor->rng, 4);
	arg->size = rng_one_in(&actor->rng, 3) ? block->size + pool.page_size :
						 wish_size(&actor->rng);

	err = ioctl(ledger->fd, BUDDYPOOL_IOC_RESIZE, arg) ? -errno : 0;
	expected = resize_expected(ledger, block, arg, err);
	if (err != expected)
		board_finding(SUBJECT_ANSWERS,
			      "%#llx to %#llx bytes, flags %#x, pins %u: %s",
			      block->usable, arg->size, arg->flags, block->pins,
			      board_result(err));
	if (!err)
		judge_resized(ledger, block, arg);
	else if (err == -ENOMEM || err == -EFBIG || err == -EDQUOT)
		wish_judge_failure(err, &arg->failure,
				   wish_usable(arg->size,
					       arg->flags &
						       BUDDYPOOL_RESIZE_EXACT));
	if (err == -ENOMEM)
		ledger->refused = true;
	return err;
}

/**
 * op_query() - ask what a handle is
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_query(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_held);
	struct buddypool_query *arg = actor_place(actor, sizeof(*arg));

	if (!block)
		return op_alloc(actor);
	arg->handle = block->handle;
	if (ioctl(actor->ledger.fd, BUDDYPOOL_IOC_QUERY, arg)) {
		board_finding(SUBJECT_ANSWERS, "%s", board_result(-errno));
		return -errno;
	}
	if (arg->size != block->size || arg->align != block->align ||
	    arg->usable != block->usable || arg->offset != block->offset ||
	    arg->position % pool.page_size ||
	    (block->align && arg->position % block->align) ||
	    arg->position + arg->usable > pool.pages * pool.page_size ||
	    (block_is_mapped(block) && !arg->mappings))
		board_finding(SUBJECT_ANSWERS,
			      "size %llu align %llu usable %llu offset %llu position %llu mappings %u, block of %llu usable %llu",
			      arg->size, arg->align, arg->usable, arg->offset,
			      arg->position, arg->mappings, block->size,
			      block->usable);
	return 0;
}
