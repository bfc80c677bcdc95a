// SPDX-License-Identifier: GPL-2.0
/*
 * The blocks of a session, and descriptors of blocks, by name, and their
 * mappings.
 */
#include "blocks.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "json.h"
#include "units.h"

/**
 * blocks_init() - begin without any
 * @blocks: the blocks
 */
void blocks_init(struct blocks *blocks)
{
	blocks->first = NULL;
	blocks->tail = &blocks->first;
	blocks->number = 1;
}

/**
 * blocks_free() - forget them all; the kernel frees them with the file
 * @blocks: the blocks
 */
void blocks_free(struct blocks *blocks)
{
	while (blocks->first)
		blocks_remove(blocks, blocks->first);
}

/**
 * blocks_find() - look a block up
 * @blocks: the blocks
 * @name: its name
 *
 * Return: the block, or NULL.
 */
struct block *blocks_find(const struct blocks *blocks, const char *name)
{
	struct block *block;

	for (block = blocks->first; block; block = block->next)
		if (!strcmp(block->name, name))
			return block;
	return NULL;
}

static bool is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool is_name(const char *text)
{
	size_t len;

	if (!is_letter(*text))
		return false;
	for (len = 0; text[len]; len++)
		if (!is_letter(text[len]) && !strchr("0123456789-.", text[len]))
			return false;
	return len < BLOCK_NAME_SIZE;
}

/**
 * blocks_check_name() - can a new block have this name?
 * @blocks: the blocks
 * @name: the name
 * @error: why not
 *
 * Return: 0, or -1.
 */
int blocks_check_name(const struct blocks *blocks, const char *name,
		      struct error *error)
{
	if (!is_name(name)) {
		misuse(error,
		       "a name has to start with a letter and to have at most %d letters, digits, _, - and .",
		       BLOCK_NAME_SIZE - 1);
		return -1;
	}
	if (blocks_find(blocks, name))
		return fail(error, EEXIST, "there is a block %s already", name);
	return 0;
}

static void find_free_name(struct blocks *blocks, char *name)
{
	do {
		snprintf(name, BLOCK_NAME_SIZE, "b%u", blocks->number++);
	} while (blocks_find(blocks, name));
}

/**
 * blocks_add() - there is a new block, or a descriptor of one
 * @blocks: the blocks
 * @name: its name, or NULL to find one
 * @handle: its handle, or 0
 * @fd: its descriptor, closed with it, or -1
 *
 * Return: the block; what else there is to know, block_refresh() finds out.
 */
struct block *blocks_add(struct blocks *blocks, const char *name, __u32 handle,
			 int fd)
{
	struct block *block = calloc(1, sizeof(*block));

	if (!block)
		out_of_memory();
	if (name)
		memcpy(block->name, name, strlen(name) + 1);
	else
		find_free_name(blocks, block->name);
	block->handle = handle;
	block->fd = fd;
	*blocks->tail = block;
	blocks->tail = &block->next;
	return block;
}

/**
 * blocks_remove() - a block is gone
 * @blocks: the blocks
 * @block: the block; unmapped, closed, and not valid any more
 */
void blocks_remove(struct blocks *blocks, struct block *block)
{
	struct block **link = &blocks->first;

	while (*link != block)
		link = &(*link)->next;
	*link = block->next;
	if (blocks->tail == &block->next)
		blocks->tail = link;
	block_unmap(block);
	block_close(block);
	free(block);
}

/**
 * block_is_held() - is there a handle or a descriptor, or only a mapping left?
 * @block: the block
 *
 * Return: whether it can be asked about, and mapped.
 */
bool block_is_held(const struct block *block)
{
	return block->handle || block->fd >= 0;
}

/* The descriptor that stands for the block. */
static int block_fd(const struct block *block, const struct device *device)
{
	return block->fd >= 0 ? block->fd : device->fd;
}

/**
 * block_refresh() - ask the kernel what a block is now
 * @block: the block; one that is only mapped stays as it was, for nobody moves it
 * @device: the device
 * @error: why there is no answer
 *
 * Return: 0, or -1.
 */
int block_refresh(struct block *block, const struct device *device,
		  struct error *error)
{
	struct buddypool_query query = { .handle = block->handle };

	if (!block_is_held(block))
		return 0;
	if (device_query(block_fd(block, device), &query, block->name, error))
		return -1;
	block->size = query.size;
	block->align = query.align;
	block->usable = query.usable;
	block->offset = query.offset;
	block->position = query.position;
	block->mappings = query.mappings;
	return 0;
}

/**
 * block_map() - map all of a block, if it is not
 * @block: the block; one that has grown since is mapped anew
 * @device: the device
 * @error: why not
 *
 * Return: 0, or -1.
 */
int block_map(struct block *block, const struct device *device,
	      struct error *error)
{
	const int prot = block->readonly ? PROT_READ : PROT_READ | PROT_WRITE;
	const bool keep = block->keep;
	void *address;

	if (block->address &&
	    (!block_is_held(block) || block->mapped >= block->usable))
		return 0;
	if (block->usable > SIZE_MAX) {
		fail(error, ENOMEM,
		     "cannot map %s: it is larger than the address space",
		     block->name);
		return -1;
	}
	/* A descriptor of a block has it at offset 0. */
	address = mmap(NULL, block->usable, prot, MAP_SHARED,
		       block_fd(block, device),
		       block->fd >= 0 ? 0 : block->offset);
	if (address == MAP_FAILED)
		return fail(error, errno, "cannot map %s: %s", block->name,
			    strerror(errno));
	block_unmap(block);
	block->address = address;
	block->mapped = block->usable;
	block->keep = keep;
	return 0;
}

/**
 * block_unmap() - unmap a block, if it is mapped
 * @block: the block
 */
void block_unmap(struct block *block)
{
	if (block->address)
		munmap(block->address, block->mapped);
	block->address = NULL;
	block->mapped = 0;
	block->keep = false;
}

/**
 * block_close() - close a descriptor of a block, if it is one
 * @block: the block
 */
void block_close(struct block *block)
{
	if (block->fd >= 0)
		close(block->fd);
	block->fd = -1;
}

/**
 * block_json() - what a block is, as JSON
 * @block: the block
 * @object: gets it
 */
void block_json(const struct block *block, struct json_object *object)
{
	json_set_text(object, "name", block->name);
	json_set_number(object, "handle", block->handle);
	json_set_number(object, "size", block->size);
	json_set_number(object, "usable", block->usable);
	json_set_number(object, "align", block->align);
	json_set_number(object, "offset", block->offset);
	json_set_number(object, "position", block->position);
	json_set_number(object, "mappings", block->mappings);
	json_set_bool(object, "freed", !block_is_held(block));
	json_set_bool(object, "descriptor", block->fd >= 0);
}
