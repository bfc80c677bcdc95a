// SPDX-License-Identifier: GPL-2.0
/*
 * The device and its pool, with errors as sentences.
 */
#include "device.h"

#include <errno.h>
#include <stdint.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "units.h"

/* Extents asked for at once: enough that calls do not count. */
#define WALK_ROOM 4096

/**
 * device_call() - an ioctl, once more if it was interrupted
 * @fd: a descriptor of a device, or of a block
 * @cmd: the command
 * @arg: its structure
 *
 * Return: 0, or -1 with errno.
 */
int device_call(int fd, unsigned long cmd, void *arg)
{
	int ret;

	/* EINTR means that nothing has happened. */
	do {
		ret = ioctl(fd, cmd, arg);
	} while (ret < 0 && errno == EINTR);
	return ret;
}

static const char *open_hint(int err)
{
	switch (err) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return " (is the module loaded?)";
	case EACCES:
	case EPERM:
		return " (it is for root and the group buddypool: see buddypool(4))";
	default:
		return "";
	}
}

/* Refuse what later arithmetic could not cope with. */
static int get_info(struct device *device, struct error *error)
{
	struct buddypool_info *info = &device->info;

	memset(info, 0, sizeof(*info));
	if (device_call(device->fd, BUDDYPOOL_IOC_INFO, info)) {
		if (errno == ENOTTY)
			return fail(error, errno, "%s is no buddypool device",
				    device->path);
		return fail(error, errno, "cannot ask %s what its pool is: %s",
			    device->path, strerror(errno));
	}
	if (!info->page_size || (info->page_size & (info->page_size - 1)) ||
	    !info->pages || info->pages > UINT32_MAX ||
	    info->max_order >= BUDDYPOOL_NR_ORDERS) {
		fail(error, EPROTO,
		     "%s describes a pool that cannot be: %llu pages of %u bytes, orders up to %u",
		     device->path, info->pages, info->page_size,
		     info->max_order);
		return -1;
	}
	return 0;
}

static int open_path(struct device *device, int flags, struct error *error)
{
	device->fd = open(device->path, flags | O_CLOEXEC);
	if (device->fd < 0)
		return fail(error, errno, "cannot open %s: %s%s", device->path,
			    strerror(errno), open_hint(errno));
	return 0;
}

/* Use what this program was started with by "buddyctl exec". */
static int inherit(struct device *device, const char *number,
		   struct error *error)
{
	__u64 fd;

	device->path = "$" DEVICE_VARIABLE;
	if (!parse_number(number, &fd) || fd > INT_MAX)
		return fail(error, EBADF, "%s is no descriptor: %s",
			    device->path, number);
	device->fd = fd;
	return 0;
}

/**
 * device_open() - open a device and ask what it is
 * @device: filled in
 * @path: its name, or NULL for the one that was inherited, or else DEVICE_PATH
 * @flags: O_RDONLY to look, O_RDWR to allocate
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_open(struct device *device, const char *path, int flags,
		struct error *error)
{
	const char *inherited = path ? NULL : getenv(DEVICE_VARIABLE);
	int ret;

	device->path = path ? path : DEVICE_PATH;
	if (inherited)
		ret = inherit(device, inherited, error);
	else
		ret = open_path(device, flags, error);
	if (ret)
		return -1;
	if (!get_info(device, error))
		return 0;
	device_close(device);
	return -1;
}

/**
 * device_close() - close it, which frees all that was allocated through it
 * @device: the device
 */
void device_close(struct device *device)
{
	if (device->fd >= 0)
		close(device->fd);
	device->fd = -1;
}

/**
 * device_need() - see that the module has a feature
 * @device: the device
 * @feature: BUDDYPOOL_FEATURE_*
 * @what: what it is needed for, in words
 * @error: that it has not
 *
 * Return: 0, or -1.
 */
int device_need(const struct device *device, __u64 feature, const char *what,
		struct error *error)
{
	if (device->info.features & feature)
		return 0;
	return fail(error, EOPNOTSUPP,
		    "cannot %s: the module that is loaded is too old for it",
		    what);
}

/**
 * device_stat() - the state of the pool
 * @device: the device
 * @stat: filled in
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_stat(const struct device *device, struct buddypool_stat *stat,
		struct error *error)
{
	memset(stat, 0, sizeof(*stat));
	if (!device_call(device->fd, BUDDYPOOL_IOC_STAT, stat))
		return 0;
	return fail(error, errno, "cannot read the state of the pool: %s",
		    strerror(errno));
}

/**
 * device_drain() - have the CPUs give back what they keep
 * @device: the device
 * @pages: set to how many pages they kept
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_drain(const struct device *device, __u64 *pages, struct error *error)
{
	struct buddypool_drain drain = {};

	if (device_need(device, BUDDYPOOL_FEATURE_LISTS, "drain", error))
		return -1;
	if (device_call(device->fd, BUDDYPOOL_IOC_DRAIN, &drain))
		return fail(error, errno,
			    "cannot drain the lists of the CPUs: %s",
			    strerror(errno));
	*pages = drain.pages;
	return 0;
}

static void make_room(struct extents *extents)
{
	size_t room = extents->room + extents->room / 2 + WALK_ROOM;
	struct buddypool_extent *items;

	items = reallocarray(extents->items, room, sizeof(*items));
	if (!items)
		out_of_memory();
	extents->items = items;
	extents->room = room;
}

/* One call; moves @start on. */
static int walk_on(const struct device *device, struct extents *extents,
		   __u64 *start, struct error *error)
{
	struct buddypool_walk walk = { .start = *start, .count = WALK_ROOM };

	if (extents->room - extents->count < WALK_ROOM)
		make_room(extents);
	walk.extents = (uintptr_t)(extents->items + extents->count);
	if (device_call(device->fd, BUDDYPOOL_IOC_WALK, &walk))
		return fail(error, errno, "cannot list the pool's blocks: %s",
			    strerror(errno));
	if (walk.start <= *start || walk.count > WALK_ROOM) {
		fail(error, EPROTO,
		     "cannot list the pool's blocks: the list does not go on behind page %llu",
		     *start);
		return -1;
	}
	extents->count += walk.count;
	*start = walk.start;
	return 0;
}

/**
 * device_walk() - list the pool, block by block
 * @device: the device
 * @extents: empty; filled in, to be freed by the caller also after an error
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_walk(const struct device *device, struct extents *extents,
		struct error *error)
{
	__u64 start = 0;

	while (start < device->info.pages)
		if (walk_on(device, extents, &start, error))
			return -1;
	return 0;
}

static const char *check_hint(int err)
{
	switch (err) {
	case ENOENT:
		return " (is the module loaded, and debugfs mounted there?)";
	case EACCES:
	case EPERM:
		return " (only root may look)";
	default:
		return "";
	}
}

/**
 * device_check() - have the kernel check the whole pool
 * @text: set to its first line: "ok", or what is wrong
 * @size: room in @text
 * @error: why there is no answer
 *
 * Return: 0 if there is an answer, or -1.
 */
int device_check(char *text, size_t size, struct error *error)
{
	FILE *file = fopen(DEVICE_CHECK_PATH, "re");
	bool read;

	if (!file)
		return fail(error, errno, "cannot check the pool: %s: %s%s",
			    DEVICE_CHECK_PATH, strerror(errno),
			    check_hint(errno));
	read = fgets(text, size, file);
	fclose(file);
	if (!read)
		return fail(error, EIO, "cannot check the pool: %s is empty",
			    DEVICE_CHECK_PATH);
	text[strcspn(text, "\n")] = '\0';
	return 0;
}

/**
 * device_nr_orders() - how many orders the pool has
 * @device: the device
 *
 * Return: max_order + 1, which never exceeds an array of BUDDYPOOL_NR_ORDERS.
 */
unsigned int device_nr_orders(const struct device *device)
{
	return device->info.max_order + 1;
}
