// SPDX-License-Identifier: GPL-2.0
/*
 * Clients: open, close, and the commands that are not about one block
 */
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "driver.h"

static int run_open(struct scene *scene)
{
	int fd = open(DRIVER_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	scene->fd = fd;
	return 0;
}

static void have_blocks(struct scene *scene)
{
	struct buddypool_alloc arg = { .size = 3 * PAGE,
				       .flags = BUDDYPOOL_ALLOC_EXACT };

	scene_alloc(scene, 1);
	while (arg.size && !ioctl(scene->fd, BUDDYPOOL_IOC_ALLOC, &arg))
		arg.size -= PAGE;
}

static void have_mapping(struct scene *scene)
{
	scene_alloc(scene, 4);
	scene_map(scene);
	scene_write(scene, 4);
}

/* It closes the descriptor whatever it returns. */
static int run_close(struct scene *scene)
{
	int fd = scene->fd;

	scene->fd = -1;
	return close(fd) ? -errno : 0;
}

static int run_info(struct scene *scene)
{
	struct buddypool_info arg = {};

	return ioctl(scene->fd, BUDDYPOOL_IOC_INFO, &arg) ? -errno : 0;
}

static int run_stat(struct scene *scene)
{
	struct buddypool_stat arg = {};

	return ioctl(scene->fd, BUDDYPOOL_IOC_STAT, &arg) ? -errno : 0;
}

/* More extents than are listed at once. */
static int run_walk(struct scene *scene)
{
	static struct buddypool_extent extents[100];
	struct buddypool_walk arg = { .extents = (uintptr_t)extents,
				      .count = 100 };

	return ioctl(scene->fd, BUDDYPOOL_IOC_WALK, &arg) ? -errno : 0;
}

static int run_limit_look(struct scene *scene)
{
	struct buddypool_limit arg = {};

	return ioctl(scene->fd, BUDDYPOOL_IOC_LIMIT, &arg) ? -errno : 0;
}

static int run_limit_set(struct scene *scene)
{
	struct buddypool_limit arg = {
		.flags = BUDDYPOOL_LIMIT_BYTES | BUDDYPOOL_LIMIT_HANDLES,
		.max_bytes = 4 * PAGE,
		.max_handles = 4,
	};

	return ioctl(scene->fd, BUDDYPOOL_IOC_LIMIT, &arg) ? -errno : 0;
}

static int run_poll(struct scene *scene)
{
	struct pollfd fd = { .fd = scene->fd, .events = POLLOUT };

	return poll(&fd, 1, 0) == 1 ? 0 : -errno;
}

/* Open, read and close are one operation here; none leaves anything behind. */
static int read_file(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result;

	if (fd < 0)
		return -errno;
	result = read(fd, text, sizeof(text)) < 0 ? -errno : 0;
	close(fd);
	return result;
}

static int run_read_check(struct scene *scene)
{
	return read_file(DRIVER_DEBUGFS "/check");
}

static int run_read_buddyinfo(struct scene *scene)
{
	return read_file(DRIVER_DEBUGFS "/buddyinfo");
}

static int run_read_blocks(struct scene *scene)
{
	return read_file(DRIVER_DEBUGFS "/blocks");
}

const struct operation client_operations[] = {
	{
		.name = "open",
		.errors = { ENOMEM, EFAULT },
		.run = run_open,
	},
	{
		.name = "info",
		.errors = { EFAULT },
		.prepare = scene_open,
		.run = run_info,
	},
	{
		.name = "stat",
		.errors = { EFAULT },
		.prepare = scene_open,
		.run = run_stat,
	},
	{
		.name = "walk",
		.errors = { EFAULT },
		.prepare = have_blocks,
		.run = run_walk,
	},
	{
		.name = "limit_look",
		.errors = { EFAULT },
		.prepare = scene_open,
		.run = run_limit_look,
	},
	{
		.name = "limit_set",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = scene_open,
		.run = run_limit_set,
	},
	{
		.name = "poll",
		.errors = { EFAULT },
		.prepare = scene_open,
		.run = run_poll,
	},
	{
		.name = "read_check",
		.errors = { ENOMEM, EFAULT },
		.run = run_read_check,
	},
	{
		.name = "read_buddyinfo",
		.errors = { ENOMEM, EFAULT },
		.run = run_read_buddyinfo,
	},
	{
		.name = "read_blocks",
		.errors = { ENOMEM, EFAULT },
		.prepare = have_blocks,
		.run = run_read_blocks,
	},
	/* To give things back needs no memory. */
	{
		.name = "close",
		.flags = MAY_HAVE_NONE,
		.prepare = have_blocks,
		.run = run_close,
	},
	{
		.name = "close_mapped",
		.flags = MAY_HAVE_NONE,
		.prepare = have_mapping,
		.run = run_close,
	},
	{}
};
