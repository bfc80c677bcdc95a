/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The blocks of a session, and descriptors of blocks, by name, and their
 * mappings.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <json-c/json_object.h>

#include "device.h"

#define BLOCK_NAME_SIZE 32

/**
 * struct block - a block of the session, or a descriptor of one
 * @next: the block that came after it
 * @name: what the user calls it
 * @handle: the kernel's name for it; 0 once it is freed, which it outlives
 *	while it is mapped; 0 also if this is a descriptor
 * @fd: the descriptor, or -1
 * @readonly: the descriptor is for reading
 * @size: the size asked for, in bytes
 * @align: the alignment asked for, in bytes, or 0
 * @usable: bytes that may be used
 * @offset: what to give to mmap()
 * @position: where in the pool it lies, in bytes, when that was last asked
 * @mappings: how many there are, then
 * @address: where it is mapped, or NULL
 * @mapped: bytes that are mapped
 * @keep: the user mapped it, so only the user unmaps it
 */
struct block {
	struct block *next;
	char name[BLOCK_NAME_SIZE];
	__u32 handle;
	int fd;
	bool readonly;
	__u64 size;
	__u64 align;
	__u64 usable;
	__u64 offset;
	__u64 position;
	__u32 mappings;
	unsigned char *address;
	size_t mapped;
	bool keep;
};

/**
 * struct blocks - all of them
 * @first: the oldest
 * @tail: where the next one goes
 * @number: for names of blocks that got none
 */
struct blocks {
	struct block *first;
	struct block **tail;
	unsigned int number;
};

void blocks_init(struct blocks *blocks);
void blocks_free(struct blocks *blocks);
struct block *blocks_find(const struct blocks *blocks, const char *name);
int blocks_check_name(const struct blocks *blocks, const char *name,
		      struct error *error);
struct block *blocks_add(struct blocks *blocks, const char *name, __u32 handle,
			 int fd);
void blocks_remove(struct blocks *blocks, struct block *block);

bool block_is_held(const struct block *block);
int block_refresh(struct block *block, const struct device *device,
		  struct error *error);
int block_map(struct block *block, const struct device *device,
	      struct error *error);
void block_unmap(struct block *block);
void block_close(struct block *block);
void block_json(const struct block *block, struct json_object *object);

#endif /* BLOCKS_H */
