// SPDX-License-Identifier: GPL-2.0
/*
 * The device: every ioctl, with its errors as sentences.
 */
#include "device.h"

#include <errno.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "units.h"

/* Extents asked for at once: enough that calls do not count. */
#define WALK_ROOM 4096

static int call(const struct device *device, unsigned long cmd, void *arg)
{
	int ret;

	/* EINTR means that nothing has happened. */
	do {
		ret = ioctl(device->fd, cmd, arg);
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
	if (call(device, BUDDYPOOL_IOC_INFO, info)) {
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

/**
 * device_open() - open a device and ask what it is
 * @device: filled in
 * @path: its name
 * @flags: O_RDONLY to look, O_RDWR to allocate
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_open(struct device *device, const char *path, int flags,
		struct error *error)
{
	device->path = path;
	device->fd = open(path, flags | O_CLOEXEC);
	if (device->fd < 0)
		return fail(error, errno, "cannot open %s: %s%s", path,
			    strerror(errno), open_hint(errno));
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
	if (!call(device, BUDDYPOOL_IOC_STAT, stat))
		return 0;
	return fail(error, errno, "cannot read the state of the pool: %s",
		    strerror(errno));
}

/**
 * struct wish - what was asked for, to be explained
 * @verb: what could not be done, in words
 * @size: the size, in bytes
 * @align: the alignment, in bytes, or 0
 */
struct wish {
	const char *verb;
	__u64 size;
	__u64 align;
};

static void explain_too_large(const struct device *device,
			      const struct wish *wish, struct error *error)
{
	const struct buddypool_info *info = &device->info;

	if (wish->size <= info->max_size && wish->align > info->max_align)
		fail(error, EFBIG,
		     "%s: an alignment to %s is more than this pool could ever give (largest: %s)",
		     wish->verb, size_long(wish->align).s,
		     size_long(info->max_align).s);
	else
		fail(error, EFBIG,
		     "%s: that is more than this pool could ever give (largest: %s)",
		     wish->verb, size_long(info->max_size).s);
}

static void explain_full(const struct wish *wish, __u64 free, __u64 largest,
			 struct error *error)
{
	if (!free)
		fail(error, ENOMEM, "%s: the pool is full: 0 B free",
		     wish->verb);
	else
		fail(error, ENOMEM,
		     "%s: not enough is free: %s free, largest block %s",
		     wish->verb, size_long(free).s, size_long(largest).s);
}

static void explain_fragmented(const struct wish *wish, __u64 free,
			       __u64 largest, struct error *error)
{
	/* Large enough, so it must be the place that is wrong. */
	if (wish->align && largest >= wish->size)
		fail(error, ENOMEM,
		     "%s: the pool is fragmented: %s free, largest block %s, but none that is free is aligned to %s",
		     wish->verb, size_long(free).s, size_long(largest).s,
		     size_long(wish->align).s);
	else
		fail(error, ENOMEM,
		     "%s: the pool is fragmented: %s free, largest block %s",
		     wish->verb, size_long(free).s, size_long(largest).s);
}

/* The sentence for ENOMEM and EFBIG, from the facts that came with them. */
static int explain(const struct device *device, const struct wish *wish,
		   const struct buddypool_failure *failure, int err,
		   struct error *error)
{
	const __u64 free = failure->free, largest = failure->largest;

	switch (failure->reason) {
	case BUDDYPOOL_FAILURE_FULL:
		explain_full(wish, free, largest, error);
		break;
	case BUDDYPOOL_FAILURE_FRAGMENTED:
		explain_fragmented(wish, free, largest, error);
		break;
	case BUDDYPOOL_FAILURE_TOO_LARGE:
		explain_too_large(device, wish, error);
		break;
	case BUDDYPOOL_FAILURE_NO_MOVE:
		fail(error, err,
		     "%s in place: it would have to move (%s free, largest block %s)",
		     wish->verb, size_long(free).s, size_long(largest).s);
		break;
	case BUDDYPOOL_FAILURE_NONE:
		fail(error, err,
		     "%s: the kernel has no memory for its own records",
		     wish->verb);
		break;
	default:
		fail(error, err, "%s: %s (%s free, largest block %s)",
		     wish->verb, strerror(err), size_long(free).s,
		     size_long(largest).s);
		break;
	}
	error->failure = *failure;
	return -1;
}

/* Why a request was refused, where errno alone says it. */
static const char *refusal(int err)
{
	switch (err) {
	case ENOENT:
		return "the kernel knows no such block";
	case EBADF:
		return "the device is open for reading only";
	case EBUSY:
		return "something other than a mapping, such as direct I/O, still uses its pages";
	case ENOSPC:
		return "the kernel has no handle left";
	default:
		return strerror(err);
	}
}

static bool has_facts(int err)
{
	return err == ENOMEM || err == EFBIG;
}

static int explain_invalid(const struct wish *wish, struct error *error)
{
	if (!wish->size)
		return fail(error, EINVAL, "%s: the size must not be zero",
			    wish->verb);
	if (wish->align & (wish->align - 1))
		return fail(error, EINVAL,
			    "%s: the alignment is no power of two", wish->verb);
	return fail(error, EINVAL, "%s: %s", wish->verb, strerror(EINVAL));
}

/**
 * device_alloc() - allocate a block
 * @device: the device
 * @alloc: what is wanted, and what was got
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_alloc(const struct device *device, struct buddypool_alloc *alloc,
		 struct error *error)
{
	char verb[64];
	const struct wish wish = { verb, alloc->size, alloc->align };
	int err;

	if (!call(device, BUDDYPOOL_IOC_ALLOC, alloc))
		return 0;
	err = errno;
	snprintf(verb, sizeof(verb), "cannot allocate %s",
		 size_long(alloc->size).s);
	if (has_facts(err))
		return explain(device, &wish, &alloc->failure, err, error);
	if (err == EINVAL)
		return explain_invalid(&wish, error);
	return fail(error, err, "%s: %s", verb, refusal(err));
}

/**
 * device_free() - free a block
 * @device: the device
 * @arg: which, and what it has to be like
 * @name: what the user calls it
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_free(const struct device *device, struct buddypool_free *arg,
		const char *name, struct error *error)
{
	if (!call(device, BUDDYPOOL_IOC_FREE, arg))
		return 0;
	if (errno == EINVAL && arg->flags)
		return fail(error, errno,
			    "cannot free %s: it was asked for with another %s",
			    name,
			    arg->flags == BUDDYPOOL_FREE_SIZED ?
				    "size" :
			    arg->flags == BUDDYPOOL_FREE_ALIGNED ?
				    "alignment" :
				    "size or alignment");
	return fail(error, errno, "cannot free %s: %s", name, refusal(errno));
}

/**
 * device_resize() - make a block larger or smaller
 * @device: the device
 * @resize: which, how large, and what became of it
 * @name: what the user calls it
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_resize(const struct device *device, struct buddypool_resize *resize,
		  const char *name, struct error *error)
{
	char verb[128];
	const struct wish wish = { verb, resize->size, 0 };
	int err;

	if (!call(device, BUDDYPOOL_IOC_RESIZE, resize))
		return 0;
	err = errno;
	snprintf(verb, sizeof(verb), "cannot resize %s to %s", name,
		 size_long(resize->size).s);
	if (has_facts(err))
		return explain(device, &wish, &resize->failure, err, error);
	if (err == EINVAL)
		return explain_invalid(&wish, error);
	return fail(error, err, "%s: %s", verb, refusal(err));
}

/**
 * device_query() - what a block is
 * @device: the device
 * @query: which, and what it is
 * @name: what the user calls it
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_query(const struct device *device, struct buddypool_query *query,
		 const char *name, struct error *error)
{
	if (!call(device, BUDDYPOOL_IOC_QUERY, query))
		return 0;
	return fail(error, errno, "cannot look at %s: %s", name,
		    refusal(errno));
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
	if (call(device, BUDDYPOOL_IOC_WALK, &walk))
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
