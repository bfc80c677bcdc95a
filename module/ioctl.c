// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of the device, as <linux/buddypool.h> defines them.
 */
#include "ioctl.h"

#include <linux/build_bug.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>
#include <uapi/linux/buddypool.h>

#include "client.h"
#include "registry.h"
#include "resize.h"

/* The most that a walk lists under one hold of the pool's lock. */
#define WALK_BATCH 32

static_assert(BP_NR_ORDERS <= BUDDYPOOL_NR_ORDERS);

/* What the first version of each structure had; a caller has no less. */
#define INFO_SIZE_VER0 40
#define STAT_SIZE_VER0 368
#define ALLOC_SIZE_VER0 64
#define FREE_SIZE_VER0 24
#define RESIZE_SIZE_VER0 56
#define QUERY_SIZE_VER0 56
#define WALK_SIZE_VER0 24

static_assert(sizeof(struct buddypool_info) == INFO_SIZE_VER0);
static_assert(sizeof(struct buddypool_stat) == STAT_SIZE_VER0);
static_assert(sizeof(struct buddypool_alloc) == ALLOC_SIZE_VER0);
static_assert(sizeof(struct buddypool_free) == FREE_SIZE_VER0);
static_assert(sizeof(struct buddypool_resize) == RESIZE_SIZE_VER0);
static_assert(sizeof(struct buddypool_query) == QUERY_SIZE_VER0);
static_assert(sizeof(struct buddypool_walk) == WALK_SIZE_VER0);

/**
 * struct call - a command being carried out
 * @client: who gave it
 * @user: the caller's structure
 * @user_size: its size, in bytes, as the caller knows it
 * @arg: the kernel's copy
 */
struct call {
	struct bp_client *client;
	void __user *user;
	size_t user_size;
	union {
		struct buddypool_info info;
		struct buddypool_stat stat;
		struct buddypool_alloc alloc;
		struct buddypool_free free;
		struct buddypool_resize resize;
		struct buddypool_query query;
		struct buddypool_walk walk;
	} arg;
};

/* Write the answer, as much of it as the caller knows. */
static int reply(const struct call *call, size_t size)
{
	size = min(size, call->user_size);
	return copy_to_user(call->user, &call->arg, size) ? -EFAULT : 0;
}

/*
 * Write the answer to a command that failed. The error is what counts: where the
 * answer cannot be written, the caller learns that instead.
 */
static int reply_error(const struct call *call, size_t size, int err)
{
	return reply(call, size) ?: err;
}

static void set_failure(struct buddypool_failure *to, u32 reason,
			const struct bp_failure *from)
{
	*to = (struct buddypool_failure){
		.reason = reason,
		.free = (u64)from->free_pages << PAGE_SHIFT,
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
	case BP_NO_FAILURE:
		break;
	}
	return BUDDYPOOL_FAILURE_NONE;
}

static int do_info(struct call *call)
{
	const struct bp_buddy *buddy = &call->client->registry->pool->buddy;

	call->arg.info = (struct buddypool_info){
		.features = BUDDYPOOL_FEATURE_EXACT | BUDDYPOOL_FEATURE_ALIGN |
			    BUDDYPOOL_FEATURE_RESIZE | BUDDYPOOL_FEATURE_WALK,
		.pages = buddy->nr_pages,
		.max_size = PAGE_SIZE << buddy->top_order,
		.max_align = PAGE_SIZE << buddy->top_order,
		.page_size = PAGE_SIZE,
		.max_order = buddy->max_order,
	};
	return reply(call, sizeof(call->arg.info));
}

static int do_stat(struct call *call)
{
	struct bp_registry *registry = call->client->registry;
	struct buddypool_stat *arg = &call->arg.stat;
	struct bp_pool_stat stat;
	unsigned int order;

	if (arg->reserved)
		return -EINVAL;
	bp_pool_stat(registry->pool, &stat);
	*arg = (struct buddypool_stat){
		.free_pages = stat.free_pages,
		.largest = (u64)stat.largest << PAGE_SHIFT,
		.fragmentation = stat.fragmentation,
		.freed_mapped_pages =
			atomic_long_read(&registry->freed_mapped_pages),
		.freed_pinned_pages =
			bp_quarantine_pages(&registry->quarantine),
		.blocks = atomic_long_read(&registry->nr_blocks),
		.clients = atomic_long_read(&registry->nr_clients),
		.allocs = stat.counters.allocs,
		.frees = stat.counters.frees,
		.alloc_failures = stat.counters.failures,
		.resizes = stat.counters.resizes,
		.moves = atomic64_read(&registry->nr_moves),
		.splits = stat.nr_splits,
		.merges = stat.nr_merges,
	};
	for (order = 0; order < BP_NR_ORDERS; order++)
		arg->free_blocks[order] = stat.nr_free[order];
	return reply(call, sizeof(*arg));
}

static int do_alloc(struct call *call)
{
	struct buddypool_alloc *arg = &call->arg.alloc;
	const struct bp_block_request request = {
		.size = arg->size,
		.align = arg->align,
		.exact = arg->flags & BUDDYPOOL_ALLOC_EXACT,
	};
	struct bp_failure failure = {};
	struct bp_block *block;
	int err;

	if (arg->flags & ~BUDDYPOOL_ALLOC_EXACT)
		return -EINVAL;

	arg->handle = 0;
	arg->usable = 0;
	arg->offset = 0;
	block = bp_client_alloc(call->client, &request, &failure);
	set_failure(&arg->failure, failure_reason(&failure), &failure);
	if (IS_ERR(block)) {
		err = PTR_ERR(block);
		if (err == -ENOMEM || err == -EFBIG)
			err = reply_error(call, sizeof(*arg), err);
		return err;
	}

	arg->handle = block->id;
	arg->usable = (u64)block->nr_pages << PAGE_SHIFT;
	arg->offset = bp_block_offset(block);
	err = reply(call, sizeof(*arg));
	if (err)
		bp_client_abandon(call->client, block);
	else
		bp_client_publish(call->client, block);
	return err;
}

static int do_free(struct call *call)
{
	const struct buddypool_free *arg = &call->arg.free;
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
	return bp_client_free(call->client, arg->handle, &expected);
}

/* Look a handle up and lock the block, which is held by the client then. */
static struct bp_block *get_locked(struct call *call, u32 handle)
{
	struct bp_block *block = bp_client_get(call->client, handle);
	int err;

	if (!block)
		return ERR_PTR(-ENOENT);
	err = mutex_lock_killable(&block->lock);
	if (err)
		goto put;
	if (bp_block_is_held(block))
		return block;
	err = -ENOENT;
	mutex_unlock(&block->lock);
put:
	bp_block_put(block);
	return ERR_PTR(err);
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
	return failure->reason != BP_TOO_LARGE &&
	       (u64)failure->largest << PAGE_SHIFT >= max(size, align);
}

static int do_resize(struct call *call)
{
	struct buddypool_resize *arg = &call->arg.resize;
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
	err = reply(call, sizeof(*arg));
	if (err)
		return err;

	block = get_locked(call, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	pfn = block->pfn;
	align = block->align;
	err = bp_block_resize(block, &request, may_move, &failure);
	arg->usable = (u64)block->nr_pages << PAGE_SHIFT;
	arg->moved = block->pfn != pfn;
	put_locked(block);

	reason = failure_reason(&failure);
	if (err == -ENOMEM && !may_move &&
	    move_would_help(&failure, arg->size, align))
		reason = BUDDYPOOL_FAILURE_NO_MOVE;
	set_failure(&arg->failure, reason, &failure);
	if (err && err != -ENOMEM && err != -EFBIG)
		return err;
	return reply_error(call, sizeof(*arg), err);
}

static int do_query(struct call *call)
{
	struct buddypool_query *arg = &call->arg.query;
	struct bp_block *block;

	if (arg->flags || arg->reserved)
		return -EINVAL;
	block = get_locked(call, arg->handle);
	if (IS_ERR(block))
		return PTR_ERR(block);
	arg->size = block->size;
	arg->align = block->align;
	arg->usable = (u64)block->nr_pages << PAGE_SHIFT;
	arg->offset = bp_block_offset(block);
	arg->position = (u64)block->pfn << PAGE_SHIFT;
	arg->mappings = block->nr_mappings;
	put_locked(block);
	return reply(call, sizeof(*arg));
}

static void set_extent(struct buddypool_extent *to,
		       const struct bp_extent *from)
{
	*to = (struct buddypool_extent){
		.page = from->pfn,
		.order = from->order,
		.state = from->kind == BP_EXTENT_PIECE ?
				 BUDDYPOOL_EXTENT_ALLOCATED :
				 BUDDYPOOL_EXTENT_FREE,
		.flags = from->kind == BP_EXTENT_PIECE && !from->head ?
				 BUDDYPOOL_EXTENT_CONT :
				 0,
	};
}

/* List up to WALK_BATCH blocks; returns how many, or an errno. */
static int walk_batch(struct bp_pool *pool, u32 *pfn,
		      struct buddypool_extent __user *to, u32 room)
{
	struct bp_extent extents[WALK_BATCH];
	struct buddypool_extent batch[WALK_BATCH];
	unsigned int i, nr;

	nr = bp_pool_walk(pool, pfn, extents, min_t(u32, room, WALK_BATCH));
	for (i = 0; i < nr; i++)
		set_extent(&batch[i], &extents[i]);
	if (copy_to_user(to, batch, nr * sizeof(*batch)))
		return -EFAULT;
	return nr;
}

static int do_walk(struct call *call)
{
	struct buddypool_walk *arg = &call->arg.walk;
	struct buddypool_extent __user *to = u64_to_user_ptr(arg->extents);
	struct bp_pool *pool = call->client->registry->pool;
	u32 done = 0, pfn = arg->start;
	int nr;

	if (arg->flags || !arg->count || arg->start >= pool->buddy.nr_pages)
		return -EINVAL;
	while (done < arg->count && pfn < pool->buddy.nr_pages) {
		nr = walk_batch(pool, &pfn, to + done, arg->count - done);
		if (nr < 0)
			return nr;
		done += nr;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	arg->start = pfn;
	arg->count = done;
	return reply(call, sizeof(*arg));
}

/**
 * struct command - what is known of a command
 * @cmd: its number, with the structure of this kernel
 * @min_size: the smallest structure that a caller may have, in bytes
 * @writes: it needs a descriptor that is open for writing
 * @run: carries it out
 */
struct command {
	unsigned int cmd;
	u16 min_size;
	bool writes;
	int (*run)(struct call *call);
};

static const struct command commands[] = {
	{ BUDDYPOOL_IOC_INFO, INFO_SIZE_VER0, false, do_info },
	{ BUDDYPOOL_IOC_STAT, STAT_SIZE_VER0, false, do_stat },
	{ BUDDYPOOL_IOC_ALLOC, ALLOC_SIZE_VER0, true, do_alloc },
	{ BUDDYPOOL_IOC_FREE, FREE_SIZE_VER0, true, do_free },
	{ BUDDYPOOL_IOC_RESIZE, RESIZE_SIZE_VER0, true, do_resize },
	{ BUDDYPOOL_IOC_QUERY, QUERY_SIZE_VER0, false, do_query },
	{ BUDDYPOOL_IOC_WALK, WALK_SIZE_VER0, false, do_walk },
};

static const struct command *find_command(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);
	const struct command *command;

	if (nr >= ARRAY_SIZE(commands))
		return NULL;
	command = &commands[array_index_nospec(nr, ARRAY_SIZE(commands))];
	if (_IOC_TYPE(cmd) != _IOC_TYPE(command->cmd) ||
	    _IOC_DIR(cmd) != _IOC_DIR(command->cmd))
		return NULL;
	return command;
}

/**
 * bp_ioctl() - carry out a command
 * @client: who gives it
 * @file: the file through which it is given
 * @cmd: the command; the size in it is that of the caller's structure
 * @arg: address of the caller's structure
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
long bp_ioctl(struct bp_client *client, const struct file *file,
	      unsigned int cmd, unsigned long arg)
{
	const struct command *command = find_command(cmd);
	struct call call = {
		.client = client,
		.user = (void __user *)arg,
		.user_size = _IOC_SIZE(cmd),
	};
	int err;

	if (!command)
		return -ENOTTY;
	if (call.user_size < command->min_size)
		return -EINVAL;
	if (command->writes && !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	err = copy_struct_from_user(&call.arg, _IOC_SIZE(command->cmd),
				    call.user, call.user_size);
	if (err)
		return err;
	return command->run(&call);
}
