// SPDX-License-Identifier: GPL-2.0
/*
 * The commands on many blocks.
 */
#include "command.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "client.h"
#include "compat.h"
#include "handle.h"
#include "registry.h"

/* Between two batches. */
static int pause(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* Their handles mean nothing before the caller can know them. */
static int tell(struct bp_block **blocks, u32 nr, u32 __user *to)
{
	u32 handles[BP_MAX_BATCH] __uninitialized;
	u32 i;

	for (i = 0; i < nr; i++)
		handles[i] = blocks[i]->id;
	if (copy_to_user(to, handles, nr * sizeof(*handles))) {
		for (i = 0; i < nr; i++)
			bp_handle_abandon(blocks[i]);
		return -EFAULT;
	}
	for (i = 0; i < nr; i++)
		bp_handle_publish(blocks[i]);
	return nr;
}

/* Return: how many, or an error. */
static int alloc_batch(struct bp_command *command,
		       const struct bp_block_request *request, u32 __user *to,
		       u32 nr, struct bp_failure *failure)
{
	struct bp_block *blocks[BP_MAX_BATCH] __uninitialized;
	int got;

	got = bp_handle_alloc_bulk(command->client, request, blocks, nr,
				   failure);
	return got < 0 ? got : tell(blocks, got, to);
}

static u64 usable(const struct bp_block_request *request)
{
	u32 nr_pages;

	return bp_block_request_pages(request, &nr_pages) ?
		       0 :
		       (u64)nr_pages << PAGE_SHIFT;
}

/**
 * bp_command_alloc_bulk() - BUDDYPOOL_IOC_ALLOC_BULK
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_alloc_bulk(struct bp_command *command)
{
	struct buddypool_alloc_bulk *arg = &command->arg.alloc_bulk;
	const struct bp_block_request request = {
		.size = arg->size,
		.align = arg->align,
		.exact = arg->flags & BUDDYPOOL_ALLOC_EXACT,
	};
	u32 __user *to = u64_to_user_ptr(arg->handles);
	struct bp_failure failure = {};
	const u32 wanted = arg->count;
	int nr, got, err;

	if (arg->flags & ~BUDDYPOOL_ALLOC_EXACT || !wanted)
		return -EINVAL;
	arg->count = 0;
	arg->usable = usable(&request);
	arg->stride = bp_registry_window(command->client->registry);
	bp_command_set_failure(&arg->failure, &failure);
	/* What has been allocated is to be known, if anything is. */
	err = bp_command_reply(command, sizeof(*arg));
	while (!err && arg->count < wanted) {
		nr = min_t(u32, wanted - arg->count, BP_MAX_BATCH);
		got = alloc_batch(command, &request, to + arg->count, nr,
				  &failure);
		if (got > 0)
			arg->count += got;
		err = got == nr ? pause() : min(got, 0) ?: -ENOMEM;
	}
	bp_command_set_failure(&arg->failure, &failure);
	if (arg->count)
		return bp_command_reply(command, sizeof(*arg));
	return bp_command_reply_error(command, sizeof(*arg), err);
}

static u32 free_batch(struct bp_command *command, const u32 __user *from,
		      u32 nr, int *err)
{
	u32 handles[BP_MAX_BATCH] __uninitialized;

	if (copy_from_user(handles, from, nr * sizeof(*handles))) {
		*err = -EFAULT;
		return 0;
	}
	return bp_handle_free_bulk(command->client, handles, nr, err);
}

/**
 * bp_command_free_bulk() - BUDDYPOOL_IOC_FREE_BULK
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_free_bulk(struct bp_command *command)
{
	struct buddypool_free_bulk *arg = &command->arg.free_bulk;
	const u32 __user *from = u64_to_user_ptr(arg->handles);
	const u32 wanted = arg->count;
	int err;
	u32 nr;

	if (arg->flags)
		return -EINVAL;
	arg->count = 0;
	/* How many have been freed is to be known, if any are. */
	err = bp_command_reply(command, sizeof(*arg));
	while (!err && arg->count < wanted) {
		nr = min_t(u32, wanted - arg->count, BP_MAX_BATCH);
		arg->count += free_batch(command, from + arg->count, nr, &err);
		if (!err && arg->count < wanted)
			err = pause();
	}
	return bp_command_reply(command, sizeof(*arg)) ?: err;
}
