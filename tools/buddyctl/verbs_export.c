// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about descriptors of blocks.
 */
#include <errno.h>
#include <string.h>

#include "json.h"
#include "session.h"
#include "units.h"

static int parse_export(struct session *session, int argc, char **argv,
			struct buddypool_export *export)
{
	if (argc > 3 && strcmp(argv[3], "readonly"))
		return session_unexpected(session, argv[3]);
	if (argc > 3)
		export->flags = BUDDYPOOL_EXPORT_RDONLY;
	return blocks_check_name(&session->blocks, argv[2], &session->error);
}

/**
 * verb_export() - export NAME NEW [readonly]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_export(struct session *session, int argc, char **argv)
{
	struct block *block = session_find_held(session, argv[1]);
	struct buddypool_export export = {};
	struct block *descriptor;

	if (!block || parse_export(session, argc, argv, &export))
		return -1;
	export.handle = block->handle;
	if (device_export(&session->device, &export, block->name,
			  &session->error))
		return -1;
	descriptor = blocks_add(&session->blocks, argv[2], 0, export.fd);
	descriptor->readonly = export.flags & BUDDYPOOL_EXPORT_RDONLY;
	if (session->result)
		json_set_number(session->result, "fd", export.fd);
	else
		printf("%s: descriptor %d of %s\n", descriptor->name, export.fd,
		       block->name);
	return block_refresh(descriptor, &session->device, &session->error);
}

/**
 * verb_close() - close NAME
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_close(struct session *session, int argc, char **argv)
{
	struct block *block = session_find(session, argv[1]);

	if (!block)
		return -1;
	if (block->fd < 0)
		return fail(&session->error, EBADF, "%s is no descriptor",
			    block->name);
	/* Where it lies cannot be asked any more once it is closed. */
	if (block_refresh(block, &session->device, &session->error))
		return -1;
	block_close(block);
	if (!block->keep)
		blocks_remove(&session->blocks, block);
	else if (!session->result)
		printf("%s is closed; its mapping stays until unmap\n",
		       block->name);
	return 0;
}
