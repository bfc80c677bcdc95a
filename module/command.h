/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A command of the device while it is carried out, and those there are.
 */
#ifndef BP_COMMAND_H
#define BP_COMMAND_H

#include <linux/minmax.h>
#include <linux/types.h>
#include <uapi/linux/buddypool.h>

#include "copy.h"

struct bp_block;
struct bp_client;
struct bp_failure;

/**
 * struct bp_command - a command being carried out
 * @client: who gave it; NULL if it was given by way of a block's descriptor
 * @block: that block; else NULL
 * @writable: the descriptor is open for writing
 * @user: the caller's structure
 * @user_size: its size, in bytes, as the caller knows it
 * @arg: the kernel's copy
 */
struct bp_command {
	struct bp_client *client;
	struct bp_block *block;
	bool writable;
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
		struct buddypool_limit limit;
		struct buddypool_export export;
		struct buddypool_drain drain;
		struct buddypool_alloc_bulk alloc_bulk;
		struct buddypool_free_bulk free_bulk;
	} arg;
};

/**
 * bp_command_reply() - write the answer, as much of it as the caller knows
 * @command: the command, its answer in @arg
 * @size: of the answer, in bytes
 *
 * Context: process context; sleeps; no lock of a block is held.
 * Return: 0, or -EFAULT.
 */
static inline int bp_command_reply(const struct bp_command *command,
				   size_t size)
{
	size = min(size, command->user_size);
	return bp_copy_to_user(command->user, &command->arg, size);
}

void bp_command_set_failure(struct buddypool_failure *to,
			    const struct bp_failure *from);
int bp_command_reply_error(const struct bp_command *command, size_t size,
			   int err);

/* Each returns 0, or what <linux/buddypool.h> says. */
int bp_command_info(struct bp_command *command);
int bp_command_stat(struct bp_command *command);
int bp_command_walk(struct bp_command *command);
int bp_command_alloc(struct bp_command *command);
int bp_command_free(struct bp_command *command);
int bp_command_resize(struct bp_command *command);
int bp_command_query(struct bp_command *command);
int bp_command_limit(struct bp_command *command);
int bp_command_export(struct bp_command *command);
int bp_command_drain(struct bp_command *command);
int bp_command_alloc_bulk(struct bp_command *command);
int bp_command_free_bulk(struct bp_command *command);

#endif /* BP_COMMAND_H */
