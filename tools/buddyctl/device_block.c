// SPDX-License-Identifier: GPL-2.0
/*
 * The blocks of a client: every ioctl about one, with its errors as sentences.
 */
#include "device.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "failure.h"
#include "units.h"

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

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
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
	struct wish wish = { .verb = verb,
			     .size = alloc->size,
			     .align = alloc->align,
			     .timeout = alloc->timeout / 1e9 };
	const double start = now();
	int err;

	if (alloc->timeout && device_need(device, BUDDYPOOL_FEATURE_WAIT,
					  "wait for memory", error))
		return -1;
	if (!device_call(device->fd, BUDDYPOOL_IOC_ALLOC, alloc))
		return 0;
	err = errno;
	wish.waited = now() - start;
	snprintf(verb, sizeof(verb), "cannot allocate %s",
		 size_long(alloc->size).s);
	if (failure_has_facts(err))
		return failure_explain(device, &wish, &alloc->failure, err,
				       error);
	if (err == EINVAL)
		return explain_invalid(&wish, error);
	return fail(error, err, "%s: %s", verb, refusal(err));
}

/* Why there are not more, as errno would say it of the next one. */
static int shortage(const struct buddypool_failure *failure)
{
	return failure->reason == BUDDYPOOL_FAILURE_BYTES ||
			       failure->reason == BUDDYPOOL_FAILURE_HANDLES ?
		       EDQUOT :
		       ENOMEM;
}

/**
 * device_alloc_bulk() - allocate many blocks
 * @device: the device
 * @arg: what is wanted, and what was got; some blocks also where that is too few
 * @error: why not as many
 *
 * Return: 0, or -1.
 */
int device_alloc_bulk(const struct device *device,
		      struct buddypool_alloc_bulk *arg, struct error *error)
{
	char verb[96], few[32] = "";
	const struct wish wish = { .verb = verb,
				   .size = arg->size,
				   .align = arg->align };
	const __u32 wanted = arg->count;
	int err = 0;

	if (device_need(device, BUDDYPOOL_FEATURE_BULK,
			"allocate many blocks at once", error))
		return -1;
	if (device_call(device->fd, BUDDYPOOL_IOC_ALLOC_BULK, arg)) {
		err = errno;
		arg->count = 0;
	}
	if (arg->count == wanted)
		return 0;
	if (arg->count)
		snprintf(few, sizeof(few), ", only %u", arg->count);
	snprintf(verb, sizeof(verb), "cannot allocate %u blocks of %s%s",
		 wanted, size_long(arg->size).s, few);
	if (!err || failure_has_facts(err))
		return failure_explain(device, &wish, &arg->failure,
				       err ?: shortage(&arg->failure), error);
	if (err == EINVAL)
		return explain_invalid(&wish, error);
	return fail(error, err, "%s: %s", verb, refusal(err));
}

/**
 * device_free_bulk() - free many blocks
 * @device: the device
 * @arg: which, and how many were freed
 * @error: why not the one after these
 *
 * Return: 0, or -1.
 */
int device_free_bulk(const struct device *device,
		     struct buddypool_free_bulk *arg, struct error *error)
{
	const __u32 wanted = arg->count;
	int err;

	if (device_need(device, BUDDYPOOL_FEATURE_BULK,
			"free many blocks at once", error)) {
		arg->count = 0;
		return -1;
	}
	if (!device_call(device->fd, BUDDYPOOL_IOC_FREE_BULK, arg))
		return 0;
	err = errno;
	if (err != ENOENT)
		arg->count = 0;
	return fail(error, err, "cannot free block %u of %u: %s",
		    arg->count + 1, wanted, refusal(err));
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
	if (!device_call(device->fd, BUDDYPOOL_IOC_FREE, arg))
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
	const struct wish wish = { .verb = verb, .size = resize->size };
	int err;

	if (!device_call(device->fd, BUDDYPOOL_IOC_RESIZE, resize))
		return 0;
	err = errno;
	snprintf(verb, sizeof(verb), "cannot resize %s to %s", name,
		 size_long(resize->size).s);
	if (failure_has_facts(err))
		return failure_explain(device, &wish, &resize->failure, err,
				       error);
	if (err == EINVAL)
		return explain_invalid(&wish, error);
	if (err == EPERM)
		return fail(error, err,
			    "%s: a descriptor of it has been given out, so it must not become smaller",
			    verb);
	return fail(error, err, "%s: %s", verb, refusal(err));
}

/**
 * device_query() - what a block is
 * @fd: the device; or a descriptor of the block, then with the handle 0
 * @query: which, and what it is
 * @name: what the user calls it
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_query(int fd, struct buddypool_query *query, const char *name,
		 struct error *error)
{
	if (!device_call(fd, BUDDYPOOL_IOC_QUERY, query))
		return 0;
	return fail(error, errno, "cannot look at %s: %s", name,
		    refusal(errno));
}

/**
 * device_export() - open a descriptor of a block
 * @device: the device
 * @export: which, and the descriptor
 * @name: what the user calls the block
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_export(const struct device *device, struct buddypool_export *export,
		  const char *name, struct error *error)
{
	if (device_need(device, BUDDYPOOL_FEATURE_EXPORT,
			"open a descriptor of a block", error))
		return -1;
	if (!device_call(device->fd, BUDDYPOOL_IOC_EXPORT, export))
		return 0;
	return fail(error, errno, "cannot open a descriptor of %s: %s", name,
		    refusal(errno));
}
