// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about maps: the picture of the pool, and mappings of blocks.
 */
#include <errno.h>
#include <stdlib.h>

#include "map.h"
#include "session.h"

static int by_position(const void *a, const void *b)
{
	const struct owned *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static bool is_marked(const struct map *map, __u64 first)
{
	size_t i;

	for (i = 0; i < map->nr_owned; i++)
		if (map->owned[i].first == first)
			return true;
	return false;
}

static void mark(struct map *map, const struct block *block)
{
	const __u64 page_size = map->info->page_size;
	const struct owned owned = {
		.first = block->position / page_size,
		.end = (block->position + block->usable) / page_size,
		.name = block->name,
	};

	/* A descriptor comes after its block, the name of which is to be seen. */
	if (block->handle || !is_marked(map, owned.first))
		map->owned[map->nr_owned++] = owned;
}

/* Tell the map which blocks are ours, and what we call them. */
static int mark_owned(struct session *session, struct map *map)
{
	struct block *block;
	size_t count = 0;

	for (block = session->blocks.first; block; block = block->next)
		count++;
	map->owned = calloc(count + 1, sizeof(*map->owned));
	if (!map->owned)
		out_of_memory();
	for (block = session->blocks.first; block; block = block->next) {
		if (block_refresh(block, &session->device, &session->error))
			return -1;
		mark(map, block);
	}
	qsort(map->owned, map->nr_owned, sizeof(*map->owned), by_position);
	return 0;
}

static int draw_map(struct session *session)
{
	struct map map;
	int ret;

	ret = map_load(&map, &session->device, &session->error);
	if (!ret)
		ret = mark_owned(session, &map);
	if (!ret && session->result)
		map_json(&map, session->result);
	else if (!ret)
		map_draw(&map, &session->options->screen);
	map_free(&map);
	return ret;
}

static int check_held(struct session *session, const struct block *block)
{
	if (block_is_held(block))
		return 0;
	return fail(&session->error, ENOENT,
		    "%s is mapped only, and can be neither asked about nor mapped anew",
		    block->name);
}

/**
 * verb_map() - map [NAME]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_map(struct session *session, int argc, char **argv)
{
	struct block *block;

	if (argc == 1)
		return draw_map(session);
	block = session_find(session, argv[1]);
	if (!block || check_held(session, block) ||
	    block_refresh(block, &session->device, &session->error) ||
	    block_map(block, &session->device, &session->error))
		return -1;
	block->keep = true;
	return 0;
}

/**
 * verb_unmap() - unmap NAME
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_unmap(struct session *session, int argc, char **argv)
{
	struct block *block = session_find(session, argv[1]);

	if (!block)
		return -1;
	if (!block->address)
		return fail(&session->error, EINVAL, "%s is not mapped",
			    block->name);
	block_unmap(block);
	if (!block_is_held(block))
		blocks_remove(&session->blocks, block);
	return 0;
}
