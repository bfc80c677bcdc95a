// SPDX-License-Identifier: GPL-2.0
/*
 * Why there was no memory, in the words of the ABI.
 */
#include "command.h"

#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "pool.h"

static u32 reason_of(const struct bp_failure *failure)
{
	switch (failure->reason) {
	case BP_FULL:
		return BUDDYPOOL_FAILURE_FULL;
	case BP_FRAGMENTED:
		return BUDDYPOOL_FAILURE_FRAGMENTED;
	case BP_TOO_LARGE:
		return BUDDYPOOL_FAILURE_TOO_LARGE;
	case BP_QUEUED:
		return BUDDYPOOL_FAILURE_QUEUED;
	case BP_OVER_PAGES:
		return BUDDYPOOL_FAILURE_BYTES;
	case BP_OVER_HANDLES:
		return BUDDYPOOL_FAILURE_HANDLES;
	case BP_NO_FAILURE:
		break;
	}
	return BUDDYPOOL_FAILURE_NONE;
}

/**
 * bp_command_set_failure() - say why there was no memory
 * @to: where to say it
 * @from: what is known; all zero if nothing failed
 *
 * Context: any.
 */
void bp_command_set_failure(struct buddypool_failure *to,
			    const struct bp_failure *from)
{
	*to = (struct buddypool_failure){
		.reason = reason_of(from),
		.free = min(from->free_pages, U64_MAX >> PAGE_SHIFT)
			<< PAGE_SHIFT,
		.largest = (u64)from->largest << PAGE_SHIFT,
	};
}

/* Does a struct buddypool_failure come with this error? */
static bool explains_itself(int err)
{
	return err == -ENOMEM || err == -ETIMEDOUT || err == -EFBIG ||
	       err == -EDQUOT;
}

/**
 * bp_command_reply_error() - the end of a command that has failed
 * @command: the command, its answer in @arg
 * @size: of the answer, in bytes
 * @err: the error
 *
 * The answer is written if it explains the error, which is what counts; where it
 * cannot be written, the caller learns that instead.
 *
 * Context: as bp_command_reply().
 * Return: what the command returns.
 */
int bp_command_reply_error(const struct bp_command *command, size_t size,
			   int err)
{
	if (!explains_itself(err))
		return err;
	return bp_command_reply(command, size) ?: err;
}
