// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about blocks.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bulk.h"
#include "json.h"
#include "session.h"
#include "units.h"
#include "words.h"

/* Returns 1 if the word is something else. */
static int parse_wait(struct session *session, const char *word, __u64 *timeout)
{
	const char *value = word_value(word, "wait");

	if (!value)
		return 1;
	*timeout = BUDDYPOOL_WAIT_FOREVER;
	if (!strcmp(value, "forever"))
		return 0;
	return session_time(session, value, timeout);
}

/* The same for this one. */
static int parse_count(struct session *session, const char *word, __u64 *count)
{
	const char *value = word_value(word, "count");

	if (!value)
		return 1;
	if (session_number(session, value, count))
		return -1;
	if (!*count)
		return misuse(&session->error, "none at all is no count");
	return 0;
}

static int parse_alloc(struct session *session, int argc, char **argv,
		       struct buddypool_alloc *alloc, const char **name,
		       __u64 *count)
{
	int i, ret;

	if (session_size(session, argv[1], &alloc->size))
		return -1;
	for (i = 2; i < argc; i++) {
		ret = session_option(session, argv[i], "align", &alloc->align);
		if (ret > 0)
			ret = parse_wait(session, argv[i], &alloc->timeout);
		if (ret > 0)
			ret = parse_count(session, argv[i], count);
		if (ret < 0)
			return -1;
		if (!ret)
			continue;
		if (!strcmp(argv[i], "exact"))
			alloc->flags |= BUDDYPOOL_ALLOC_EXACT;
		else if (i == 2)
			*name = argv[i];
		else
			return session_unexpected(session, argv[i]);
	}
	if (!*name || *count)
		return 0;
	return blocks_check_name(&session->blocks, *name, &session->error);
}

/**
 * verb_alloc() - alloc SIZE [NAME] [align=SIZE] [exact] [wait=SECONDS|forever],
 *	or [count=N]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_alloc(struct session *session, int argc, char **argv)
{
	struct buddypool_alloc alloc = {};
	const char *name = NULL;
	struct block *block;
	__u64 count = 0;

	if (parse_alloc(session, argc, argv, &alloc, &name, &count))
		return -1;
	if (count)
		return bulk_alloc(session, &alloc, name, count);
	if (device_alloc(&session->device, &alloc, &session->error))
		return -1;
	block = blocks_add(&session->blocks, name, alloc.handle, -1);
	if (block_refresh(block, &session->device, &session->error))
		return -1;
	if (session->result)
		block_json(block, session->result);
	else
		printf("%s: %s at %s\n", block->name,
		       size_long(block->usable).s,
		       size_long(block->position).s);
	return 0;
}

static int parse_free(struct session *session, int argc, char **argv,
		      struct buddypool_free *arg)
{
	int i, ret;

	for (i = 2; i < argc; i++) {
		ret = session_option(session, argv[i], "size", &arg->size);
		if (!ret)
			arg->flags |= BUDDYPOOL_FREE_SIZED;
		if (ret > 0) {
			ret = session_option(session, argv[i], "align",
					     &arg->align);
			if (!ret)
				arg->flags |= BUDDYPOOL_FREE_ALIGNED;
		}
		if (ret > 0)
			return session_unexpected(session, argv[i]);
		if (ret < 0)
			return -1;
	}
	return 0;
}

/**
 * verb_free() - free NAME [size=SIZE] [align=SIZE], or NAME...
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_free(struct session *session, int argc, char **argv)
{
	struct buddypool_free arg = {};
	struct block *block;

	if (argc > 2 && !strchr(argv[2], '='))
		return bulk_free(session, argc - 1, argv + 1);
	block = session_find_held(session, argv[1]);
	if (!block || parse_free(session, argc, argv, &arg))
		return -1;
	/* Where it lies cannot be asked any more once it is freed. */
	if (block_refresh(block, &session->device, &session->error))
		return -1;
	arg.handle = block->handle;
	if (device_free(&session->device, &arg, block->name, &session->error))
		return -1;
	session_forget(session, block);
	return 0;
}

static int parse_resize(struct session *session, int argc, char **argv,
			struct buddypool_resize *resize)
{
	int i;

	if (session_size(session, argv[2], &resize->size))
		return -1;
	for (i = 3; i < argc; i++) {
		if (!strcmp(argv[i], "exact"))
			resize->flags |= BUDDYPOOL_RESIZE_EXACT;
		else if (!strcmp(argv[i], "nomove"))
			resize->flags |= BUDDYPOOL_RESIZE_NO_MOVE;
		else
			return session_unexpected(session, argv[i]);
	}
	return 0;
}

static void print_resize(const struct block *block, __u64 old_position,
			 bool moved)
{
	if (moved)
		printf("%s: %s, moved from %s to %s\n", block->name,
		       size_long(block->usable).s, size_long(old_position).s,
		       size_long(block->position).s);
	else
		printf("%s: %s, still at %s\n", block->name,
		       size_long(block->usable).s,
		       size_long(block->position).s);
}

/**
 * verb_resize() - resize NAME SIZE [exact] [nomove]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_resize(struct session *session, int argc, char **argv)
{
	struct block *block = session_find_held(session, argv[1]);
	struct buddypool_resize resize = {};
	__u64 old_position;

	if (!block || parse_resize(session, argc, argv, &resize) ||
	    block_refresh(block, &session->device, &session->error))
		return -1;
	old_position = block->position;
	resize.handle = block->handle;
	if (device_resize(&session->device, &resize, block->name,
			  &session->error) ||
	    block_refresh(block, &session->device, &session->error))
		return -1;
	if (!session->result) {
		print_resize(block, old_position, resize.moved);
		return 0;
	}
	block_json(block, session->result);
	json_set_bool(session->result, "moved", resize.moved);
	return 0;
}

static void print_title(void)
{
	printf("%-12s %10s %10s %8s %10s  %s\n", "NAME", "SIZE", "USABLE",
	       "ALIGN", "POSITION", "STATE");
}

static void print_block(const struct block *block)
{
	const char *state = "";

	if (!block_is_held(block))
		state = "freed, mapped";
	else if (block->fd >= 0)
		state = block->readonly ? "descriptor, read-only" :
					  "descriptor";
	else if (block->mappings)
		state = "mapped";
	printf("%-12s %10s %10s %8s %10s  %s\n", block->name,
	       size_even(block->size).s, size_short(block->usable).s,
	       block->align ? size_short(block->align).s : "-",
	       size_short(block->position).s, state);
}

static int list_block(struct session *session, struct block *block,
		      struct json_object *list)
{
	struct json_object *object;

	if (block_refresh(block, &session->device, &session->error))
		return -1;
	if (!list) {
		print_block(block);
		return 0;
	}
	object = json_new();
	block_json(block, object);
	json_append(list, object);
	return 0;
}

static int list_blocks(struct session *session, const char *name,
		       struct json_object *list)
{
	struct block *block;

	if (name) {
		block = session_find(session, name);
		return block ? list_block(session, block, list) : -1;
	}
	for (block = session->blocks.first; block; block = block->next)
		if (list_block(session, block, list))
			return -1;
	return 0;
}

/**
 * verb_list() - list, query [NAME]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_list(struct session *session, int argc, char **argv)
{
	struct json_object *list = NULL;
	const char *name = argc > 1 ? argv[1] : NULL;

	if (name && !session_find(session, name))
		return -1;
	if (session->result) {
		list = json_new_array();
		json_set(session->result, "blocks", list);
	} else {
		print_title();
	}
	return list_blocks(session, name, list);
}
