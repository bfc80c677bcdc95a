// SPDX-License-Identifier: GPL-2.0
/*
 * The commands on blocks.
 */
#include "command.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>

#include "client.h"
#include "export.h"
#include "registry.h"
#include "resize.h"

/* Does a struct buddypool_failure come with this error? */
static bool explains_itself(int err)
{
	return err == -ENOMEM || err == -ETIMEDOUT || err == -EFBIG ||
	       err == -EDQUOT;
}

/*
 * Write the answer to a command that failed. The error is what counts: where the
 * answer cannot be written, the caller learns that instead.
 */
static int reply_error(const struct bp_command *command, size_t size, int err)
{
	return bp_command_reply(command, size) ?: err;
}

static void set_failure(struct buddypool_failure *to, u32 reason,
			const struct bp_failure *from)
{
	*to = (struct buddypool_failure){
		.reason = reason,
		.free = min(from->free_pages, U64_MAX >> PAGE_SHIFT)
			<< PAGE_SHIFT,
		.largest = (u64)from->largest << PAGE_SHIFT,
	};
}

static u32 failure_reason(const struct bp_failure *failure)
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
 * bp_command_alloc() - BUDDYPOOL_IOC_ALLOC
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_alloc(struct bp_command *command)
{
	struct buddypool_alloc *arg = &command->arg.alloc;
	const struct bp_block_request request = {
		.size = arg->size,
		.align = arg->align,
		.exact = arg->flags & BUDDYPOOL_ALLOC_EXACT,
		.timeout = arg->timeout,
	};
	struct bp_failure failure = {};
	struct bp_block *block;
	int err;

	if (arg->flags & ~BUDDYPOOL_ALLOC_EXACT)
		return -EINVAL;

	arg->handle = 0;
	arg->usable = 0;
	arg->offset = 0;
	block = bp_client_alloc(command->client, &request, &failure);
	set_failure(&arg->failure, failure_reason(&failure), &failure);
	if (IS_ERR(block)) {
		err = PTR_ERR(block);
		if (explains_itself(err))
			err = reply_error(command, sizeof(*arg), err);
		return err;
	}

	arg->handle = block->id;
	arg->usable = (u64)block->nr_pages << PAGE_SHIFT;
	arg->offset = bp_block_offset(block);
	err = bp_command_reply(command, sizeof(*arg));
	if (err)
		bp_client_abandon(command->client, block);
	else
		bp_client_publish(command->client, block);
	return err;
}

/**
 * bp_command_free() - BUDDYPOOL_IOC_FREE
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_free(struct bp_command *command)
{
	const struct buddypool_free *arg = &command->arg.free;
	const struct bp_client_free expected = {
		.sized = arg->flags & BUDDYPOOL_FREE_SIZED,
		.aligned = arg->flags & BUDDYPOOL_FREE_ALIGNED,
		.size = arg->size,
		.align = arg->align,
	};

	if (arg->flags & ~(BUDDYPOOL_FREE_SIZED | BUDDYPOOL_FREE_ALIGNED))
		return -EINVAL;
	if ((arg->size && !expected.sized) || (arg->align && !expected.aligned))
		return -EINVAL;
	return bp_client_free(command->client, arg->handle, &expected);
}

/* Look a handle up and lock the block, which is held by the client then. */
static struct bp_block *get_locked(struct bp_command *command, u32 handle)
{
	struct bp_block *block = bp_client_get(command->client, handle);
	int err;

	if (!block)
		return ERR_PTR(-ENOENT);
	err = mutex_lock_killable(&block->lock);
	if (err)
		goto put;
	if (bp_client_holds(command->client, block))
		return block;
	err = -ENOENT;
	mutex_unlock(&block->lock);
put:
	bp_block_put(block);
	return ERR_PTR(err);
}

/* The block whose descriptor it is, locked; it has no handle there. */
static struct bp_block *get_own(struct bp_block *block, u32 handle)
{
	int err;

	if (handle)
		return ERR_PTR(-EINVAL);
	err = mutex_lock_killable(&block->lock);
	if (err)
		return ERR_PTR(err);
	kref_get(&block->ref);
	return block;
}

static void put_locked(struct bp_block *block)
{
	mutex_unlock(&block->lock);
	bp_block_put(block);
}

/* A block for that would have been there, if it had been allowed to move. */
static bool move_would_help(const struct bp_failure *failure, u64 size,
			    u64 align)
{
	return failure->reason != BP_QUEUED &&
	       (u64)failure->largest << PAGE_SHIFT >= max(size, align);
}

/**
 * bp_command_resize() - BUDDYPOOL_IOC_RESIZE
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_resize(struct bp_command *command)
{
	struct buddypool_resize *arg = &command->arg.resize;
	const struct bp_block_request request = {
		.size = arg->size,
		.exact = arg->flags & BUDDYPOOL_RESIZE_EXACT,
	};
	const bool may_move = !(arg->flags & BUDDYPOOL_RESIZE_NO_MOVE);
	struct bp_failure failure = {};
	struct bp_block *block;
	u32 pfn, reason;
	u64 align;
	int err;

	if (arg->flags & ~(BUDDYPOOL_RESIZE_EXACT | BUDDYPOOL_RESIZE_NO_MOVE) ||
	    arg->reserved)
		return -EINVAL;
	/* It cannot be taken back if the answer turns out not to be writable. */
	err = bp_command_reply(command, sizeof(*arg));
	if (err)
		return err;

	block = get_locked(command, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	pfn = block->pfn;
	align = block->align;
	err = bp_block_resize(block, &request, may_move, &failure);
	arg->usable = (u64)block->nr_pages << PAGE_SHIFT;
	arg->moved = block->pfn != pfn;
	put_locked(block);
	bp_client_note_failure(command->client, &failure);

	reason = failure_reason(&failure);
	if (err == -ENOMEM && !may_move &&
	    move_would_help(&failure, arg->size, align))
		reason = BUDDYPOOL_FAILURE_NO_MOVE;
	set_failure(&arg->failure, reason, &failure);
	if (err && !explains_itself(err))
		return err;
	return reply_error(command, sizeof(*arg), err);
}

/**
 * bp_command_query() - BUDDYPOOL_IOC_QUERY
 * @command: the command
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_query(struct bp_command *command)
{
	struct buddypool_query *arg = &command->arg.query;
	struct bp_block *block;

	if (arg->flags || arg->reserved)
		return -EINVAL;
	block = command->block ? get_own(command->block, arg->handle) :
				 get_locked(command, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	arg->size = block->size;
	arg->align = block->align;
	arg->usable = (u64)block->nr_pages << PAGE_SHIFT;
	/* A descriptor of the block itself maps it from its beginning. */
	arg->offset = command->block ? 0 : bp_block_offset(block);
	arg->position = (u64)block->pfn << PAGE_SHIFT;
	arg->mappings = block->nr_mappings;
	put_locked(block);
	return bp_command_reply(command, sizeof(*arg));
}

static struct file *export(struct bp_command *command, u32 handle,
			   bool writable)
{
	struct bp_block *block = get_locked(command, handle);
	struct file *file;

	if (IS_ERR(block))
		return ERR_CAST(block);
	file = bp_export_create(block, writable);
	put_locked(block);
	return file;
}

/**
 * bp_command_export() - BUDDYPOOL_IOC_EXPORT
 * @command: the command
 *
 * The descriptor is installed last, for then it is the caller's, who may have
 * closed it before this returns.
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
int bp_command_export(struct bp_command *command)
{
	struct buddypool_export *arg = &command->arg.export;
	struct file *file;
	int err, fd;

	if (arg->flags & ~BUDDYPOOL_EXPORT_RDONLY || arg->reserved)
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	/* Before the block is one that has been exported. */
	arg->fd = fd;
	err = bp_command_reply(command, sizeof(*arg));
	if (err)
		goto put_fd;
	file = export(command, arg->handle,
		      !(arg->flags & BUDDYPOOL_EXPORT_RDONLY));
	if (IS_ERR(file)) {
		err = PTR_ERR(file);
		goto put_fd;
	}
	fd_install(fd, file);
	return 0;

put_fd:
	put_unused_fd(fd);
	return err;
}
