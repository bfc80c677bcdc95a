// SPDX-License-Identifier: GPL-2.0
/*
 * What an allocation asks for, and what may come of it
 */
#include "fuzz.h"

#include <string.h>

#include "board.h"
#include "wish.h"

/**
 * wish_size() - a size to ask for
 * @rng: chooses
 *
 * Return: bytes; now and then what no pool could ever give.
 */
__u64 wish_size(struct rng *rng)
{
	if (rng_one_in(rng, 50))
		return rng_edge(rng);
	if (rng_one_in(rng, 30))
		return rng_range(rng, 1, pool.max_size);
	return rng_skewed(rng, 32 * pool.page_size) + 1;
}

/**
 * wish_align() - an alignment to ask for
 * @rng: chooses
 *
 * Return: bytes; mostly 0, for none, and seldom a wrong one.
 */
__u64 wish_align(struct rng *rng)
{
	if (!rng_one_in(rng, 4))
		return 0;
	if (rng_one_in(rng, 20))
		return rng_edge(rng);
	return 1ULL << rng_below(rng, 18);
}

/**
 * wish_usable() - bytes that a block has to have
 * @size: asked for, in bytes
 * @exact: whether with BUDDYPOOL_ALLOC_EXACT
 *
 * Return: the bytes; 0 if there is no such block.
 */
__u64 wish_usable(__u64 size, bool exact)
{
	__u64 bytes = (size + pool.page_size - 1) & ~(pool.page_size - 1ULL);
	__u64 usable = pool.page_size;

	if (!size || bytes < size || bytes > pool.max_size)
		return 0;
	if (exact)
		return bytes;
	while (usable < bytes)
		usable *= 2;
	return usable;
}

static bool is_wrong_align(__u64 align)
{
	return align & (align - 1);
}

/**
 * wish_is_wrong_size() - can no number of pages express a size?
 * @size: the size, in bytes
 *
 * Return: whether it is so.
 */
bool wish_is_wrong_size(__u64 size)
{
	return !size || size + pool.page_size - 1 < size;
}

/**
 * wish_judge_failure() - is the reason that came with a refusal a possible one?
 * @err: the refusal
 * @failure: what came with it
 * @wanted: bytes that the block would have had
 */
void wish_judge_failure(int err, const struct buddypool_failure *failure,
			__u64 wanted)
{
	bool ok = false;

	switch (failure->reason) {
	case BUDDYPOOL_FAILURE_FULL:
		ok = err == -ENOMEM || err == -ETIMEDOUT;
		ok = ok && failure->free < wanted;
		break;
	case BUDDYPOOL_FAILURE_FRAGMENTED:
		ok = err == -ENOMEM || err == -ETIMEDOUT;
		ok = ok && failure->free >= failure->largest;
		break;
	case BUDDYPOOL_FAILURE_NO_MOVE:
		ok = err == -ENOMEM;
		break;
	case BUDDYPOOL_FAILURE_QUEUED:
		ok = (err == -ENOMEM || err == -ETIMEDOUT) && !options.solo;
		break;
	case BUDDYPOOL_FAILURE_TOO_LARGE:
		ok = err == -EFBIG;
		break;
	case BUDDYPOOL_FAILURE_BYTES:
	case BUDDYPOOL_FAILURE_HANDLES:
		ok = err == -EDQUOT && !failure->largest;
		break;
	}
	if (!ok)
		board_finding(SUBJECT_ANSWERS,
			      "%s of %llu bytes: reason %u, free %llu, largest %llu",
			      board_result(err), wanted, failure->reason,
			      failure->free, failure->largest);
}

/**
 * wish_is_over_limit() - may the own limit be the reason of a refusal?
 * @ledger: the ledger
 * @err: the refusal
 *
 * Return: whether it may.
 */
bool wish_is_over_limit(const struct ledger *ledger, int err)
{
	return err == -EDQUOT && ledger->limited;
}

/**
 * wish_is_refusal() - does an error depend on what others hold, or on a limit?
 * @ledger: the ledger
 * @err: the error
 *
 * Return: whether it does.
 */
bool wish_is_refusal(const struct ledger *ledger, int err)
{
	return err == -ENOMEM || wish_is_over_limit(ledger, err);
}

/**
 * wish_expected() - what has to come of an allocation
 * @ledger: the ledger
 * @arg: what was asked for
 * @err: what came of it
 *
 * Return: @err where it may be so, else what it should have been.
 */
int wish_expected(const struct ledger *ledger,
		  const struct buddypool_alloc *arg, int err)
{
	const bool exact = arg->flags & BUDDYPOOL_ALLOC_EXACT;

	if (arg->flags & ~BUDDYPOOL_ALLOC_EXACT || is_wrong_align(arg->align) ||
	    wish_is_wrong_size(arg->size))
		return -EINVAL;
	if (!wish_usable(arg->size, exact) || arg->align > pool.max_align)
		return wish_is_over_limit(ledger, err) ? err : -EFBIG;
	if (wish_is_refusal(ledger, err) || (err == -ETIMEDOUT && arg->timeout))
		return err;
	return 0;
}

static void judge_new(const struct ledger *ledger,
		      const struct buddypool_alloc *arg)
{
	const bool exact = arg->flags & BUDDYPOOL_ALLOC_EXACT;
	unsigned int i;

	if (!arg->handle || arg->usable != wish_usable(arg->size, exact) ||
	    arg->failure.reason)
		board_finding(SUBJECT_ANSWERS,
			      "%llu bytes: handle %u, usable %llu, reason %u",
			      arg->size, arg->handle, arg->usable,
			      arg->failure.reason);
	for (i = 0; i < LEDGER_BLOCKS; i++)
		if (ledger->blocks[i].held &&
		    ledger->blocks[i].handle == arg->handle)
			board_finding(SUBJECT_ANSWERS, "handle %u twice",
				      arg->handle);
}

/**
 * wish_judge_limit() - what is allowed by a limit is all that is held then
 * @ledger: the ledger
 */
void wish_judge_limit(const struct ledger *ledger)
{
	if (ledger->limited && ledger_bytes(ledger) > ledger->max_bytes)
		board_finding(SUBJECT_ANSWERS,
			      "%llu bytes held, the limit is %llu",
			      ledger_bytes(ledger), ledger->max_bytes);
}

/**
 * wish_enter() - what has been allocated is in the ledger from now on
 * @ledger: the ledger
 * @block: its place there
 * @arg: what was asked for, and what was got
 */
void wish_enter(struct ledger *ledger, struct block *block,
		const struct buddypool_alloc *arg)
{
	judge_new(ledger, arg);
	block->held = true;
	block->handle = arg->handle;
	block->exported = false;
	block->registered = false;
	block->pins = 0;
	block->size = arg->size;
	block->align = arg->align;
	block->usable = arg->usable;
	block->offset = arg->offset;
	block->tag =
		rng_split(&(struct rng){ arg->offset }, ++ledger->tags).state;
	memset(block->written, 0, sizeof(block->written));
	wish_judge_limit(ledger);
}
