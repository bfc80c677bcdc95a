// SPDX-License-Identifier: GPL-2.0
/*
 * From the number of an ioctl to the command that it stands for.
 */
#include "ioctl.h"

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/kernel.h>
#include <linux/nospec.h>
#include <linux/uaccess.h>

#include "command.h"
#include "compat.h"
#include "copy.h"

/* What the first version of each structure had; a caller has no less. */
#define INFO_SIZE_VER0 40
#define STAT_SIZE_VER0 368
#define ALLOC_SIZE_VER0 64
#define FREE_SIZE_VER0 24
#define RESIZE_SIZE_VER0 56
#define QUERY_SIZE_VER0 56
#define WALK_SIZE_VER0 24
#define LIMIT_SIZE_VER0 48
#define EXPORT_SIZE_VER0 16
#define DRAIN_SIZE_VER0 16
#define ALLOC_BULK_SIZE_VER0 72
#define FREE_BULK_SIZE_VER0 16

/* What it has now: no compiler pads it, and no version is shorter than another. */
static_assert(sizeof(struct buddypool_info) == INFO_SIZE_VER0);
static_assert(sizeof(struct buddypool_stat) == STAT_SIZE_VER0 + 24);
static_assert(sizeof(struct buddypool_alloc) == ALLOC_SIZE_VER0 + 8);
static_assert(sizeof(struct buddypool_free) == FREE_SIZE_VER0);
static_assert(sizeof(struct buddypool_resize) == RESIZE_SIZE_VER0);
static_assert(sizeof(struct buddypool_query) == QUERY_SIZE_VER0);
static_assert(sizeof(struct buddypool_walk) == WALK_SIZE_VER0);
static_assert(sizeof(struct buddypool_limit) == LIMIT_SIZE_VER0);
static_assert(sizeof(struct buddypool_export) == EXPORT_SIZE_VER0);
static_assert(sizeof(struct buddypool_drain) == DRAIN_SIZE_VER0);
static_assert(sizeof(struct buddypool_alloc_bulk) == ALLOC_BULK_SIZE_VER0);
static_assert(sizeof(struct buddypool_free_bulk) == FREE_BULK_SIZE_VER0);

/* The descriptor must be open for writing. */
#define WRITES 0x1
/* The descriptor may be a block's. */
#define OF_BLOCK 0x2

/**
 * struct entry - what is known of a command
 * @cmd: its number, with the structure of this kernel
 * @min_size: the smallest structure that a caller may have, in bytes
 * @flags: WRITES, OF_BLOCK
 * @run: carries it out
 */
struct entry {
	unsigned int cmd;
	u16 min_size;
	u16 flags;
	int (*run)(struct bp_command *command);
};

static const struct entry entries[] = {
	{ BUDDYPOOL_IOC_INFO, INFO_SIZE_VER0, 0, bp_command_info },
	{ BUDDYPOOL_IOC_STAT, STAT_SIZE_VER0, 0, bp_command_stat },
	{ BUDDYPOOL_IOC_ALLOC, ALLOC_SIZE_VER0, WRITES, bp_command_alloc },
	{ BUDDYPOOL_IOC_FREE, FREE_SIZE_VER0, WRITES, bp_command_free },
	{ BUDDYPOOL_IOC_RESIZE, RESIZE_SIZE_VER0, WRITES, bp_command_resize },
	{ BUDDYPOOL_IOC_QUERY, QUERY_SIZE_VER0, OF_BLOCK, bp_command_query },
	{ BUDDYPOOL_IOC_WALK, WALK_SIZE_VER0, 0, bp_command_walk },
	{ BUDDYPOOL_IOC_LIMIT, LIMIT_SIZE_VER0, 0, bp_command_limit },
	{ BUDDYPOOL_IOC_EXPORT, EXPORT_SIZE_VER0, WRITES, bp_command_export },
	{ BUDDYPOOL_IOC_DRAIN, DRAIN_SIZE_VER0, WRITES, bp_command_drain },
	{ BUDDYPOOL_IOC_ALLOC_BULK, ALLOC_BULK_SIZE_VER0, WRITES,
	  bp_command_alloc_bulk },
	{ BUDDYPOOL_IOC_FREE_BULK, FREE_BULK_SIZE_VER0, WRITES,
	  bp_command_free_bulk },
};

static const struct entry *find_entry(unsigned int cmd)
{
	unsigned int nr = _IOC_NR(cmd);
	const struct entry *entry;

	if (nr >= ARRAY_SIZE(entries))
		return NULL;
	entry = &entries[array_index_nospec(nr, ARRAY_SIZE(entries))];
	/* Only in size may they differ. */
	if ((cmd ^ entry->cmd) & ~IOCSIZE_MASK)
		return NULL;
	return entry;
}

/* All of the structure is written, whatever the caller knows of it. */
static int get_arg(struct bp_command *command, size_t size)
{
	if (likely(command->user_size == size))
		return bp_copy_from_user(&command->arg, command->user, size);
	return copy_struct_from_user(&command->arg, size, command->user,
				     command->user_size);
}

static int run(struct bp_command *command, unsigned int cmd, unsigned long arg)
{
	const struct entry *entry = find_entry(cmd);
	int err;

	if (!entry || (command->block && !(entry->flags & OF_BLOCK)))
		return -ENOTTY;
	command->user = (void __user *)arg;
	command->user_size = _IOC_SIZE(cmd);
	if (command->user_size < entry->min_size)
		return -EINVAL;
	if (entry->flags & WRITES && !command->writable)
		return -EBADF;
	err = get_arg(command, _IOC_SIZE(entry->cmd));
	if (err)
		return err;
	return entry->run(command);
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
	struct bp_command command __uninitialized;

	command.client = client;
	command.block = NULL;
	command.writable = file->f_mode & FMODE_WRITE;
	return run(&command, cmd, arg);
}

/**
 * bp_ioctl_block() - carry out a command that came by a block's descriptor
 * @block: the block
 * @cmd: as for bp_ioctl()
 * @arg: as for bp_ioctl()
 *
 * Context: process context; sleeps.
 * Return: 0, or what <linux/buddypool.h> says.
 */
long bp_ioctl_block(struct bp_block *block, unsigned int cmd, unsigned long arg)
{
	struct bp_command command __uninitialized;

	command.client = NULL;
	command.block = block;
	command.writable = false;
	return run(&command, cmd, arg);
}
