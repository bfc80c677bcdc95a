// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on many blocks of the own file: the answers are known beforehand
 */
#include "fuzz.h"

#include <string.h>
#include <sys/ioctl.h>

#include "board.h"
#include "op.h"
#include "wish.h"

/* More than the kernel deals with at a time; and they fit on a page. */
#define MANY 150

/* The end of the page for contents, with a page behind it that is read-only. */
static __u32 *place_handles(struct actor *actor, unsigned int n)
{
	return (__u32 *)(actor->bytes + pool.page_size) - n;
}

/* An error with which the reason of there being no more blocks could come. */
static int err_of(const struct buddypool_failure *failure)
{
	switch (failure->reason) {
	case BUDDYPOOL_FAILURE_BYTES:
	case BUDDYPOOL_FAILURE_HANDLES:
		return -EDQUOT;
	default:
		return -ENOMEM;
	}
}

static void judge_count(struct ledger *ledger,
			const struct buddypool_alloc_bulk *arg, __u32 wanted,
			int err)
{
	const __u64 usable = wish_usable(arg->size, arg->flags);
	const bool all = !err && arg->count == wanted;

	if (!err == !arg->count || arg->count > wanted ||
	    all != !arg->failure.reason)
		board_finding(SUBJECT_ANSWERS,
			      "%u of %u blocks with %s, reason %u", arg->count,
			      wanted, board_result(err), arg->failure.reason);
	if (all)
		return;
	wish_judge_failure(err ?: err_of(&arg->failure), &arg->failure, usable);
	if (err != -EFBIG && err_of(&arg->failure) == -ENOMEM)
		ledger->refused = true;
}

/* Those that the ledger has no room for are freed at once. */
static void free_rest(struct ledger *ledger, const __u32 *handles, __u32 count)
{
	struct buddypool_free_bulk arg = { .handles = (unsigned long)handles,
					   .count = count };
	int err = ioctl(ledger->fd, BUDDYPOOL_IOC_FREE_BULK, &arg) ? -errno : 0;

	if (err || arg.count != count)
		board_finding(SUBJECT_ANSWERS, "%u of %u blocks freed: %s",
			      arg.count, count, board_result(err));
}

static void enter_all(struct ledger *ledger,
		      const struct buddypool_alloc_bulk *arg)
{
	const __u32 *handles = (const __u32 *)(unsigned long)arg->handles;
	struct buddypool_alloc one = { .size = arg->size,
				       .align = arg->align,
				       .flags = arg->flags,
				       .usable = arg->usable };
	unsigned int n = 0, i;

	for (i = 0; i < LEDGER_BLOCKS && n < arg->count; i++) {
		if (!block_is_empty(&ledger->blocks[i]))
			continue;
		one.handle = handles[n++];
		one.offset = one.handle * arg->stride;
		wish_enter(ledger, &ledger->blocks[i], &one);
	}
	if (n < arg->count)
		free_rest(ledger, handles + n, arg->count - n);
}

static int alloc_expected(const struct ledger *ledger,
			  const struct buddypool_alloc_bulk *arg, __u32 wanted,
			  int err)
{
	const struct buddypool_alloc one = { .size = arg->size,
					     .align = arg->align,
					     .flags = arg->flags };

	return wanted ? wish_expected(ledger, &one, err) : -EINVAL;
}

/**
 * op_alloc_bulk() - allocate some blocks, or many
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_alloc_bulk(struct actor *actor)
{
	struct ledger *ledger = &actor->ledger;
	struct buddypool_alloc_bulk *arg = actor_place(actor, sizeof(*arg));
	struct rng *rng = &actor->rng;
	int err, expected;
	__u32 wanted;

	wanted = rng_below(rng, rng_one_in(rng, 8) ? MANY : 8);
	arg->count = wanted;
	arg->size = wish_size(rng);
	arg->align = wish_align(rng);
	if (rng_one_in(rng, 3))
		arg->flags = BUDDYPOOL_ALLOC_EXACT;
	if (rng_one_in(rng, 100))
		arg->flags ^= 1U << rng_below(rng, 32);
	arg->handles = (unsigned long)place_handles(actor, wanted);

	err = ioctl(ledger->fd, BUDDYPOOL_IOC_ALLOC_BULK, arg) ? -errno : 0;
	expected = alloc_expected(ledger, arg, wanted, err);
	if (err != expected)
		board_finding(SUBJECT_ANSWERS,
			      "%u of size %#llx, align %#llx, flags %#x: %s",
			      wanted, arg->size, arg->align, arg->flags,
			      board_result(err));
	if (err == -EINVAL)
		return err;
	judge_count(ledger, arg, wanted, err);
	if (!err)
		enter_all(ledger, arg);
	return err;
}

/* Put a number where it does not belong; returns its place. */
static __u32 spoil(struct rng *rng, __u32 *handles, __u32 count)
{
	const __u32 at = rng_below(rng, count);

	if (at && rng_one_in(rng, 2))
		handles[at] = handles[rng_below(rng, at)];
	else
		handles[at] = rng_one_in(rng, 2) ? 0 : handles[at] | 1U << 31;
	return at;
}

/**
 * op_free_bulk() - free some blocks
 * @actor: who does it
 *
 * What is mapped of them stays as it is.
 *
 * Return: see struct op.
 */
int op_free_bulk(struct actor *actor)
{
	struct buddypool_free_bulk *arg = actor_place(actor, sizeof(*arg));
	struct ledger *ledger = &actor->ledger;
	__u32 *handles = place_handles(actor, LEDGER_BLOCKS);
	struct block *blocks[LEDGER_BLOCKS];
	__u32 count = 0, good, i;
	int err, expected = 0;

	for (i = 0; i < LEDGER_BLOCKS; i++) {
		struct block *block = &ledger->blocks[i];

		if (!block->held || rng_one_in(&actor->rng, 2))
			continue;
		blocks[count] = block;
		handles[count++] = block->handle;
	}
	good = count;
	if (count && rng_one_in(&actor->rng, 4)) {
		good = spoil(&actor->rng, handles, count);
		expected = -ENOENT;
	}
	arg->handles = (unsigned long)handles;
	arg->count = count;

	err = ioctl(ledger->fd, BUDDYPOOL_IOC_FREE_BULK, arg) ? -errno : 0;
	if (err != expected || arg->count != good)
		board_finding(SUBJECT_ANSWERS,
			      "%u of %u freed, expected %u: %s", arg->count,
			      count, good, board_result(err));
	for (i = 0; i < good; i++)
		blocks[i]->held = false;
	return err;
}
