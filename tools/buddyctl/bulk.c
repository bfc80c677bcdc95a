// SPDX-License-Identifier: GPL-2.0
/*
 * Many blocks of a session in one call: all of them, or none.
 */
#include "bulk.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "units.h"

static void *room_for(size_t count, size_t size)
{
	void *room = calloc(count, size);

	if (!room)
		out_of_memory();
	return room;
}

static void number_name(char *to, const char *name, __u64 number)
{
	snprintf(to, BLOCK_NAME_SIZE, "%s%llu", name, number);
}

/* Before anything is allocated, all the names have to be good. */
static int check_names(struct session *session, const char *name, __u64 count)
{
	char full[BLOCK_NAME_SIZE];
	__u64 i;

	/* With the digits of the count. */
	if (name && strlen(name) + 10 >= BLOCK_NAME_SIZE)
		return misuse(&session->error,
			      "a name before a number has to be shorter: %s",
			      name);
	for (i = 1; name && i <= count; i++) {
		number_name(full, name, i);
		if (blocks_check_name(&session->blocks, full, &session->error))
			return -1;
	}
	return 0;
}

static int check(struct session *session, const struct buddypool_alloc *wish,
		 const char *name, __u64 count)
{
	const __u64 pages = session->device.info.pages;

	if (wish->timeout)
		return misuse(&session->error,
			      "many blocks at once are not waited for");
	if (count > pages || count > UINT32_MAX)
		return fail(&session->error, EFBIG,
			    "cannot allocate %llu blocks: the pool has no more than %llu pages",
			    count, pages);
	return check_names(session, name, count);
}

static void say(const struct block *first, const struct block *last,
		__u32 count)
{
	if (count == 1)
		printf("%s: a block of %s\n", first->name,
		       size_long(first->usable).s);
	else
		printf("%s to %s: %u blocks of %s\n", first->name, last->name,
		       count, size_long(first->usable).s);
}

static void list(struct session *session, const struct block *first)
{
	struct json_object *array = json_new_array(), *object;
	const struct block *block;

	for (block = first; block; block = block->next) {
		object = json_new();
		block_json(block, object);
		json_append(array, object);
	}
	json_set(session->result, "blocks", array);
}

static int enter(struct session *session, const char *name,
		 const __u32 *handles, __u32 count)
{
	struct block *first = NULL, *block = NULL;
	char full[BLOCK_NAME_SIZE];
	__u32 i;

	for (i = 0; i < count; i++) {
		if (name)
			number_name(full, name, i + 1);
		block = blocks_add(&session->blocks, name ? full : NULL,
				   handles[i], -1);
		if (block_refresh(block, &session->device, &session->error))
			return -1;
		if (!first)
			first = block;
	}
	if (session->result)
		list(session, first);
	else
		say(first, block, count);
	return 0;
}

/* Too few are as good as none. */
static void give_back(struct session *session,
		      const struct buddypool_alloc_bulk *got)
{
	struct buddypool_free_bulk arg = { .handles = got->handles,
					   .count = got->count };
	struct error ignored;

	device_free_bulk(&session->device, &arg, &ignored);
}

/**
 * bulk_alloc() - allocate many blocks
 * @session: the session
 * @wish: what each of them shall be
 * @name: what to call them, before a number; or NULL to find names
 * @count: how many
 *
 * Return: 0, or -1 if there are not as many; then there are none.
 */
int bulk_alloc(struct session *session, const struct buddypool_alloc *wish,
	       const char *name, __u64 count)
{
	struct buddypool_alloc_bulk arg = {
		.size = wish->size,
		.align = wish->align,
		.flags = wish->flags,
		.count = count,
	};
	__u32 *handles;
	int ret;

	if (check(session, wish, name, count))
		return -1;
	handles = room_for(count, sizeof(*handles));
	arg.handles = (uintptr_t)handles;
	ret = device_alloc_bulk(&session->device, &arg, &session->error);
	if (!ret)
		ret = enter(session, name, handles, count);
	else if (arg.count)
		give_back(session, &arg);
	free(handles);
	return ret;
}

/* What is not there, or is there twice, is found before anything is freed. */
static int find_all(struct session *session, int count, char **names,
		    struct block **blocks, __u32 *handles)
{
	int i, j;

	for (i = 0; i < count; i++) {
		blocks[i] = session_find_held(session, names[i]);
		if (!blocks[i] ||
		    block_refresh(blocks[i], &session->device, &session->error))
			return -1;
		for (j = 0; j < i; j++)
			if (blocks[j] == blocks[i])
				return misuse(&session->error,
					      "%s is named twice", names[i]);
		handles[i] = blocks[i]->handle;
	}
	return 0;
}

/**
 * bulk_free() - free many blocks
 * @session: the session
 * @count: how many
 * @names: their names
 *
 * Return: 0, or -1.
 */
int bulk_free(struct session *session, int count, char **names)
{
	struct block **blocks = room_for(count, sizeof(*blocks));
	__u32 *handles = room_for(count, sizeof(*handles));
	struct buddypool_free_bulk arg = { .handles = (uintptr_t)handles,
					   .count = count };
	int ret = find_all(session, count, names, blocks, handles);
	__u32 i;

	if (!ret) {
		ret = device_free_bulk(&session->device, &arg, &session->error);
		for (i = 0; i < arg.count; i++)
			session_forget(session, blocks[i]);
	}
	free(handles);
	free(blocks);
	return ret;
}
