// SPDX-License-Identifier: GPL-2.0
/*
 * The commands on the client itself.
 */
#include "command.h"

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/mm.h>

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

/* The bits of the two are the same. */
static_assert(BUDDYPOOL_LIMIT_BYTES == BIT(BP_LIMIT_PAGES));
static_assert(BUDDYPOOL_LIMIT_HANDLES == BIT(BP_LIMIT_HANDLES));
static_assert(BUDDYPOOL_LIMIT_WAIT == BIT(BP_LIMIT_WAIT));
#define ALL_LIMITS (BIT(BP_NR_LIMITS) - 1)

static int set_limits(struct bp_account *account,
		      const struct buddypool_limit *arg)
{
	const u64 max[BP_NR_LIMITS] = {
		[BP_LIMIT_PAGES] = to_pages(arg->max_bytes),
		[BP_LIMIT_HANDLES] = arg->max_handles,
		[BP_LIMIT_WAIT] = arg->max_wait,
	};
	int err = bp_account_limit(account, arg->flags, max, false);

	/* Asked for only by those who need it: it leaves traces in audits. */
	if (err == -EPERM && capable(CAP_SYS_RESOURCE))
		err = bp_account_limit(account, arg->flags, max, true);
	return err;
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
	struct bp_account *account = &command->client->account;
	struct bp_account_state state;
	int err;

	if (arg->flags & ~ALL_LIMITS || arg->reserved)
		return -EINVAL;
	if (arg->flags && !command->writable)
		return -EBADF;
	err = set_limits(account, arg);
	if (err)
		return err;
	bp_account_read(account, &state);
	arg->max_bytes = to_bytes(state.max[BP_LIMIT_PAGES]);
	arg->max_handles = state.max[BP_LIMIT_HANDLES];
	arg->max_wait = state.max[BP_LIMIT_WAIT];
	arg->bytes = to_bytes(state.pages);
	arg->handles = state.handles;
	return bp_command_reply(command, sizeof(*arg));
}
