/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device: every ioctl and poll(), with errors as sentences.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stddef.h>
#include <linux/buddypool.h>

#include "error.h"

#define DEVICE_PATH "/dev/buddypool"
/* Names the descriptor that a program of "buddyctl exec" inherits. */
#define DEVICE_VARIABLE "BUDDYPOOL_FD"
#define DEVICE_CHECK_PATH "/sys/kernel/debug/buddypool/check"

/**
 * struct device - an open buddypool device
 * @fd: its descriptor
 * @path: its name
 * @info: what it said of its pool
 */
struct device {
	int fd;
	const char *path;
	struct buddypool_info info;
};

/**
 * struct extents - what a walk found, from the first page to the last
 * @items: the extents
 * @count: how many
 * @room: how many there is room for
 */
struct extents {
	struct buddypool_extent *items;
	size_t count;
	size_t room;
};

int device_open(struct device *device, const char *path, int flags,
		struct error *error);
void device_close(struct device *device);
int device_call(int fd, unsigned long cmd, void *arg);
int device_need(const struct device *device, __u64 feature, const char *what,
		struct error *error);

/* The pool: device.c */
int device_stat(const struct device *device, struct buddypool_stat *stat,
		struct error *error);
int device_drain(const struct device *device, __u64 *pages,
		 struct error *error);
int device_walk(const struct device *device, struct extents *extents,
		struct error *error);
int device_check(char *text, size_t size, struct error *error);
unsigned int device_nr_orders(const struct device *device);

/* The client: device_client.c */
int device_limit(const struct device *device, struct buddypool_limit *limit,
		 struct error *error);
int device_await(const struct device *device, double seconds,
		 struct error *error);

/* Its blocks: device_block.c */
int device_alloc(const struct device *device, struct buddypool_alloc *alloc,
		 struct error *error);
int device_free(const struct device *device, struct buddypool_free *arg,
		const char *name, struct error *error);
int device_alloc_bulk(const struct device *device,
		      struct buddypool_alloc_bulk *arg, struct error *error);
int device_free_bulk(const struct device *device,
		     struct buddypool_free_bulk *arg, struct error *error);
int device_resize(const struct device *device, struct buddypool_resize *resize,
		  const char *name, struct error *error);
int device_query(int fd, struct buddypool_query *query, const char *name,
		 struct error *error);
int device_export(const struct device *device, struct buddypool_export *export,
		  const char *name, struct error *error);

#endif /* DEVICE_H */
