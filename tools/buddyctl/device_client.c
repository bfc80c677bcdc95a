// SPDX-License-Identifier: GPL-2.0
/*
 * What the device does for a client as a whole: its limits, and waiting for
 * memory.
 */
#include "device.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "units.h"

/**
 * device_limit() - what the client may hold, and what it holds
 * @device: the device
 * @limit: which limits to set, and to what; filled in
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_limit(const struct device *device, struct buddypool_limit *limit,
		 struct error *error)
{
	const char *verb = limit->flags ? "set" : "read";
	const char *reason;

	if (device_need(device, BUDDYPOOL_FEATURE_LIMIT,
			"limit what a client may hold", error))
		return -1;
	if (!device_call(device->fd, BUDDYPOOL_IOC_LIMIT, limit))
		return 0;
	reason = strerror(errno);
	if (errno == EPERM)
		reason = "to raise one takes the capability CAP_SYS_RESOURCE";
	else if (errno == EBADF)
		reason = "the device is open for reading only";
	return fail(error, errno, "cannot %s the limits: %s", verb, reason);
}

/**
 * device_await() - wait until an allocation may succeed that has failed before
 * @device: the device
 * @seconds: how long at most, or less than 0: for ever
 * @error: why not
 *
 * Return: 0, or -1.
 */
int device_await(const struct device *device, double seconds,
		 struct error *error)
{
	struct pollfd wanted = { .fd = device->fd, .events = POLLOUT };
	const int ms = seconds < 0 ? -1 : (int)(seconds * 1000);
	int ret;

	if (device_need(device, BUDDYPOOL_FEATURE_WAIT, "wait for memory",
			error))
		return -1;
	ret = poll(&wanted, 1, ms);
	if (ret < 0)
		return fail(error, errno, "cannot wait for memory: %s",
			    strerror(errno));
	if (!ret)
		return fail(error, ETIMEDOUT,
			    "timed out after %s: no memory has returned to the pool since it was refused",
			    seconds_long(seconds).s);
	return 0;
}
