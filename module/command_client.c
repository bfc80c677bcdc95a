// SPDX-License-Identifier: GPL-2.0
/*
 * The commands on the client itself.
 */
#include "command.h"

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/mm.h>

#include "account.h"
#include "client.h"

static u64 to_pages(u64 bytes)
{
	return bytes == BUDDYPOOL_UNLIMITED ? BP_UNLIMITED :
					      bytes >> PAGE_SHIFT;
}

static u64 to_bytes(u64 pages)
{
	return pages > U64_MAX >> PAGE_SHIFT ? BUDDYPOOL_UNLIMITED :
					       pages << PAGE_SHIFT;
}

/**
 * bp_command_limit() - BUDDYPOOL_IOC_LIMIT
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_limit(struct bp_command *command)
{
	struct buddypool_limit *arg = &command->arg.limit;
	struct bp_account *account = command->client->account;
	const u64 pages = to_pages(arg->max_bytes), handles = arg->max_handles;
	const bool set_bytes = arg->flags & BUDDYPOOL_LIMIT_BYTES;
	const bool set_handles = arg->flags & BUDDYPOOL_LIMIT_HANDLES;
	struct bp_charge max, used;
	int err;

	if (arg->flags & ~(BUDDYPOOL_LIMIT_BYTES | BUDDYPOOL_LIMIT_HANDLES) ||
	    arg->reserved)
		return -EINVAL;
	if (arg->flags && !command->writable)
		return -EBADF;
	err = bp_account_limit(account, set_bytes ? &pages : NULL,
			       set_handles ? &handles : NULL, false);
	if (err == -EPERM && capable(CAP_SYS_RESOURCE))
		err = bp_account_limit(account, set_bytes ? &pages : NULL,
				       set_handles ? &handles : NULL, true);
	if (err)
		return err;
	bp_account_read(account, &max, &used);
	arg->max_bytes = to_bytes(max.pages);
	arg->max_handles = max.handles;
	arg->bytes = to_bytes(used.pages);
	arg->handles = used.handles;
	return bp_command_reply(command, sizeof(*arg));
}
