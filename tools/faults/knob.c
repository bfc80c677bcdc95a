// SPDX-License-Identifier: GPL-2.0
/*
 * Small files of the kernel
 */
#include "knob.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int knob_open(const char *dir, const char *name, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", dir, name);
	fd = open(path, flags | O_CLOEXEC);
	if (fd < 0)
		say_bail("%s: %s", path, say_errno(errno));
	return fd;
}

/**
 * knob_write() - write to a file that must be there
 * @dir: its directory, ending in a slash
 * @name: its name
 * @format: what to write, as for printf()
 */
void knob_write(const char *dir, const char *name, const char *format, ...)
{
	int fd = knob_open(dir, name, O_WRONLY);
	char text[32];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (write(fd, text, length) != length)
		say_bail("%s%s: %s: %s", dir, name, text, say_errno(errno));
	close(fd);
}

/**
 * knob_text() - read the first line of a file
 * @path: the file
 * @text: set to the line
 * @size: room of @text, in bytes
 *
 * Return: false if there is none.
 */
bool knob_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	text[0] = '\0';
	if (fd < 0)
		return false;
	length = read(fd, text, size - 1);
	close(fd);
	text[length > 0 ? length : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return length > 0;
}

/**
 * knob_read() - read the number in a file that must be there
 * @dir: its directory, ending in a slash
 * @name: its name
 *
 * Return: the number.
 */
unsigned long knob_read(const char *dir, const char *name)
{
	char path[PATH_MAX], text[32];

	snprintf(path, sizeof(path), "%s%s", dir, name);
	if (!knob_text(path, text, sizeof(text)))
		say_bail("%s cannot be read", path);
	return strtoul(text, NULL, 0);
}
