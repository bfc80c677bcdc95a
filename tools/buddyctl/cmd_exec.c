// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl exec: give a program a client of the device, within limits.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buddyctl.h"
#include "device.h"

/* Leave the descriptor open, and say which it is. */
static int hand_over(const struct device *device, struct error *error)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", device->fd);
	if (fcntl(device->fd, F_SETFD, 0) || setenv(DEVICE_VARIABLE, number, 1))
		return fail(error, errno, "cannot hand the device over: %s",
			    strerror(errno));
	return 0;
}

static int prepare(const struct options *options, struct device *device,
		   struct error *error)
{
	struct buddypool_limit limit = options->limit;

	if (device_open(device, options->device, O_RDWR, error) ||
	    (limit.flags && device_limit(device, &limit, error)))
		return -1;
	return hand_over(device, error);
}

/**
 * cmd_exec() - buddyctl exec PROGRAM [ARG]...
 * @options: what the command line says
 * @arg: the program
 *
 * Return: exit code, if there is no such program.
 */
int cmd_exec(const struct options *options, const char *arg)
{
	struct device device;
	struct error error;

	if (!prepare(options, &device, &error)) {
		execvp(arg, options->program);
		fail(&error, errno, "cannot run %s: %s", arg, strerror(errno));
	}
	error_print(&error);
	return EXIT_FAILED;
}
