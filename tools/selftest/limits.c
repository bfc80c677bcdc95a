// SPDX-License-Identifier: GPL-2.0
/*
 * What a client may do, and the module's parameters, which say so for all
 */
#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "limits.h"
#include "pool.h"

#define DIRECTORY "/sys/module/buddypool/parameters/"

static struct {
	const char *name;
	char value[32];
} parameters[] = { { "client_bytes", "" },
		   { "client_handles", "" },
		   { "max_wait", "" } };

/**
 * try_limit() - LIMIT
 * @fd: the client
 * @flags: BUDDYPOOL_LIMIT_*
 * @bytes: the limit of what is held
 * @handles: the same, in handles
 * @wait: the limit of the time, in ns
 *
 * Return: 0 or a negative errno.
 */
int try_limit(int fd, __u32 flags, __u64 bytes, __u64 handles, __u64 wait)
{
	struct buddypool_limit l = { .flags = flags,
				     .max_bytes = bytes,
				     .max_handles = handles,
				     .max_wait = wait };

	return try_ioctl(fd, BUDDYPOOL_IOC_LIMIT, &l);
}

/**
 * limit_bytes() - set the limit of bytes
 * @fd: the client
 * @bytes: the limit
 */
void limit_bytes(int fd, __u64 bytes)
{
	ASSERT_ERR(0, try_limit(fd, BUDDYPOOL_LIMIT_BYTES, bytes, 0, 0));
}

/**
 * limit_handles() - set the limit of handles
 * @fd: the client
 * @handles: the limit
 */
void limit_handles(int fd, __u64 handles)
{
	ASSERT_ERR(0, try_limit(fd, BUDDYPOOL_LIMIT_HANDLES, 0, handles, 0));
}

/**
 * limit_wait() - set the limit of the time that an allocation may wait
 * @fd: the client
 * @ns: the limit, in ns
 */
void limit_wait(int fd, __u64 ns)
{
	ASSERT_ERR(0, try_limit(fd, BUDDYPOOL_LIMIT_WAIT, 0, 0, ns));
}

/**
 * limit_read() - the limits of a client, and what is charged to it
 * @fd: the client
 *
 * Return: what LIMIT filled in.
 */
struct buddypool_limit limit_read(int fd)
{
	struct buddypool_limit l;

	memset(&l, 0, sizeof(l));
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_LIMIT, &l));
	return l;
}

/**
 * limit_expect() - check which limits hold
 * @fd: the client
 * @bytes: the limit of what is held
 * @handles: the same, in handles
 * @wait: the limit of the time, in ns
 */
void limit_expect(int fd, __u64 bytes, __u64 handles, __u64 wait)
{
	struct buddypool_limit l = limit_read(fd);

	EXPECT_EQ(bytes, l.max_bytes);
	EXPECT_EQ(handles, l.max_handles);
	EXPECT_EQ(wait, l.max_wait);
}

/**
 * limit_expect_held() - check what is charged
 * @fd: the client
 * @bytes: so many bytes
 * @handles: so many handles
 */
void limit_expect_held(int fd, __u64 bytes, __u64 handles)
{
	struct buddypool_limit l = limit_read(fd);

	EXPECT_EQ(bytes, l.bytes);
	EXPECT_EQ(handles, l.handles);
}

static int open_parameter(const char *name, int flags)
{
	char path[80];

	snprintf(path, sizeof(path), DIRECTORY "%s", name);
	return open(path, flags | O_CLOEXEC);
}

/**
 * try_parameter() - set a parameter of the module
 * @name: its name
 * @value: what to write into its file
 *
 * Whatever a test sets is put back after it. Skips the test where there is no
 * such file, or it cannot be written.
 *
 * Return: 0 or a negative errno.
 */
int try_parameter(const char *name, const char *value)
{
	int fd = open_parameter(name, O_WRONLY), ret = 0;

	if (fd < 0)
		test_skip(DIRECTORY "%s: %s", name, strerror(errno));
	if (write(fd, value, strlen(value)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/**
 * parameter_set() - set a parameter of the module to a number
 * @name: its name
 * @value: the number
 */
void parameter_set(const char *name, __u64 value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", value);
	ASSERT_ERR(0, try_parameter(name, text));
}

/**
 * parameters_save() - remember the parameters of the module, if there are any
 */
void parameters_save(void)
{
	unsigned int i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(parameters); i++) {
		fd = open_parameter(parameters[i].name, O_RDONLY);
		if (fd < 0)
			continue;
		if (read(fd, parameters[i].value,
			 sizeof(parameters[i].value) - 1) < 0)
			parameters[i].value[0] = '\0';
		close(fd);
	}
}

/**
 * parameters_restore() - make the parameters of the module what they were
 */
void parameters_restore(void)
{
	unsigned int i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(parameters); i++) {
		fd = open_parameter(parameters[i].name, O_WRONLY);
		if (fd < 0)
			continue;
		if (write(fd, parameters[i].value,
			  strlen(parameters[i].value)) < 0)
			test_fail(__FILE__, __LINE__,
				  "cannot put back the parameter %s: %s",
				  parameters[i].name, strerror(errno));
		close(fd);
	}
}
