// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of blocks
 */
#include "operation.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static void have_block(struct scene *scene)
{
	scene_alloc(scene, 2);
}

static int run_export(struct scene *scene)
{
	struct buddypool_export arg = { .handle = scene->block.handle };

	if (ioctl(scene->fd, BUDDYPOOL_IOC_EXPORT, &arg))
		return -errno;
	scene->export_fd = arg.fd;
	return 0;
}

static void have_export(struct scene *scene)
{
	scene_alloc(scene, 2);
	scene_export(scene);
}

static int run_export_mmap(struct scene *scene)
{
	void *map = mmap(NULL, PAGE, RW, MAP_SHARED, scene->export_fd, PAGE);

	if (map == MAP_FAILED)
		return -errno;
	scene->map = map;
	scene->length = PAGE;
	return 0;
}

static int run_export_query(struct scene *scene)
{
	struct buddypool_query arg = {};

	return ioctl(scene->export_fd, BUDDYPOOL_IOC_QUERY, &arg) ? -errno : 0;
}

/* The descriptor is all that holds the block. */
static void have_last_export(struct scene *scene)
{
	have_export(scene);
	scene_free(scene);
}

static int run_export_close(struct scene *scene)
{
	int fd = scene->export_fd;

	scene->export_fd = -1;
	return close(fd) ? -errno : 0;
}

const struct operation export_operations[] = {
	{
		.name = "export",
		.errors = { ENOMEM, EFAULT },
		.prepare = have_block,
		.run = run_export,
	},
	{
		.name = "export_mmap",
		.errors = { ENOMEM },
		.prepare = have_export,
		.run = run_export_mmap,
	},
	{
		.name = "export_query",
		.errors = { EFAULT },
		.prepare = have_last_export,
		.run = run_export_query,
	},
	{
		.name = "export_close",
		.flags = MAY_HAVE_NONE,
		.prepare = have_last_export,
		.run = run_export_close,
	},
	{}
};
