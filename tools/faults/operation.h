/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations that are made to fail
 */
#ifndef FAULTS_OPERATION_H
#define FAULTS_OPERATION_H

#include <linux/buddypool.h>
#include <stddef.h>

/* Errors that the kernel may give where something is made to fail. */
#define NOMEM 0x1
#define FAULT 0x2

/* What an operation needs: a mapping of the block, and contents in it. */
#define MAPPING 0x1
#define CONTENTS 0x2
/* It needs a client without blocks. */
#define NO_BLOCKS 0x4
/* When its answer cannot be written, it has been done all the same. */
#define ONE_WAY 0x8
/* User Mode Linux does not survive it. */
#define NOT_UML 0x10

/**
 * struct context - what an operation works on
 * @fd: a client of the device, that holds nothing but what is below
 * @alloc: a block of it, of four pages
 * @other: another one behind it, so that the first has to move to grow
 * @map: its mapping, or MAP_FAILED
 * @size: the mapping's size, in bytes
 * @opened: a descriptor that the operation made, or -1
 * @handle: a block that the operation made, or 0
 * @module: the module, as it is in its file
 * @length: of the module, in bytes
 * @parameters: of the module
 */
struct context {
	int fd;
	struct buddypool_alloc alloc;
	struct buddypool_alloc other;
	void *map;
	size_t size;
	int opened;
	__u32 handle;
	const void *module;
	size_t length;
	const char *parameters;
};

/**
 * struct operation - something that may be made to fail
 * @name: of the test
 * @act: do it; returns 0 or a negative errno
 * @undo: undo what @act did, if it returned 0; may be NULL
 * @errors: mask of what it may fail with
 * @needs: mask of what it needs, and is like
 */
struct operation {
	const char *name;
	int (*act)(struct context *c);
	void (*undo)(struct context *c);
	unsigned int errors;
	unsigned int needs;
};

extern const struct operation device_operations[];
extern const size_t nr_device_operations;

/* Without a client, and in this order. */
extern const struct operation load_operation;
extern const struct operation unload_operation;

#endif /* FAULTS_OPERATION_H */
