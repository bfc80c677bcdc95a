// SPDX-License-Identifier: GPL-2.0
/*
 * The module under test
 */
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "say.h"

/* What the module says if it cannot start for want of anything. */
#define COMPLAINT DRIVER_NAME ": cannot make a pool"

static char *image, options[512];
static size_t image_size;
static int log_fd;

static void image_read(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat))
		say_bail("%s: %s", path, say_errno(errno));
	image_size = stat.st_size;
	image = malloc(image_size);
	if (!image || read(fd, image, image_size) != (ssize_t)image_size)
		say_bail("%s cannot be read", path);
	close(fd);
}

/**
 * driver_init() - read the module
 * @path: its file
 * @parameters: to give to it, ending with NULL
 */
void driver_init(const char *path, char **parameters)
{
	size_t used = 0;

	image_read(path);
	for (; *parameters && used < sizeof(options); parameters++)
		used += snprintf(options + used, sizeof(options) - used, "%s ",
				 *parameters);
	if (used >= sizeof(options))
		say_bail("too many parameters");
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0)
		say_bail("/dev/kmsg: %s", say_errno(errno));
}

/**
 * driver_load() - load the module
 *
 * Not by finit_module(), which reads the file into memory that the kernel
 * misses with a page of text in its log.
 *
 * Return: 0, or a negative errno.
 */
int driver_load(void)
{
	return syscall(SYS_init_module, image, image_size, options) ? -errno :
								      0;
}

/**
 * driver_unload() - unload the module
 *
 * Return: 0, or a negative errno.
 */
int driver_unload(void)
{
	return syscall(SYS_delete_module, DRIVER_NAME, O_NONBLOCK) ? -errno : 0;
}

/**
 * driver_is_loaded() - is it?
 *
 * Return: whether it is.
 */
bool driver_is_loaded(void)
{
	return !access(DRIVER_SYSFS "/refcnt", F_OK);
}

/**
 * driver_log_begin() - the kernel's log is of interest from now on
 */
void driver_log_begin(void)
{
	if (lseek(log_fd, 0, SEEK_END) < 0)
		say_bail("/dev/kmsg: %s", say_errno(errno));
}

/**
 * driver_log_fault() - look at what the log says since driver_log_begin()
 * @result: of loading the module
 *
 * Where it is the module that has refused, there must be its one line, and no
 * report of the kernel's about the memory that it did not get.
 *
 * Return: what is wrong, or NULL.
 */
const char *driver_log_fault(int result)
{
	unsigned int complaints = 0, reports = 0;
	char line[2048];
	ssize_t length;

	while ((length = read(log_fd, line, sizeof(line) - 1)) > 0) {
		line[length] = '\0';
		if (strstr(line, COMPLAINT))
			complaints++;
		if (strstr(line, "vmalloc error") ||
		    strstr(line, "page allocation failure"))
			reports++;
	}
	if (complaints > (result ? 1 : 0))
		return "the module complains too often";
	if (complaints && reports)
		return "the kernel reports an allocation of the module's";
	return NULL;
}
