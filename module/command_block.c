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
#include "handle.h"
#include "registry.h"
#include "resize.h"

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
	arg->failure = (struct buddypool_failure){};
	block = bp_handle_alloc(command->client, &request, &failure);
	if (IS_ERR(block)) {
		bp_command_set_failure(&arg->failure, &failure);
		return bp_command_reply_error(command, sizeof(*arg),
					      PTR_ERR(block));
	}

	arg->handle = block->id;
	arg->usable = (u64)block->nr_pages << PAGE_SHIFT;
	arg->offset = bp_block_offset(block);
	err = bp_command_reply(command, sizeof(*arg));
	if (err)
		bp_handle_abandon(block);
	else
		bp_handle_publish(block);
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
	const struct bp_handle_expect expected = {
		.sized = arg->flags & BUDDYPOOL_FREE_SIZED,
		.aligned = arg->flags & BUDDYPOOL_FREE_ALIGNED,
		.size = arg->size,
		.align = arg->align,
	};

	if (arg->flags & ~(BUDDYPOOL_FREE_SIZED | BUDDYPOOL_FREE_ALIGNED))
		return -EINVAL;
	if ((arg->size && !expected.sized) || (arg->align && !expected.aligned))
		return -EINVAL;
	return bp_handle_free(command->client, arg->handle, &expected);
}

/* Look a handle up and lock the block, which is held by the client then. */
static struct bp_block *get_locked(struct bp_command *command, u32 handle)
{
	struct bp_block *block = bp_handle_get(command->client, handle);
	int err;

	if (!block)
		return ERR_PTR(-ENOENT);
	err = mutex_lock_killable(&block->lock);
	if (err)
		goto put;
	if (bp_handle_holds(block))
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
	refcount_inc(&block->ref);
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
	u32 pfn;
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

	bp_command_set_failure(&arg->failure, &failure);
	if (err == -ENOMEM && !may_move &&
	    move_would_help(&failure, arg->size, align))
		arg->failure.reason = BUDDYPOOL_FAILURE_NO_MOVE;
	if (err)
		return bp_command_reply_error(command, sizeof(*arg), err);
	return bp_command_reply(command, sizeof(*arg));
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
