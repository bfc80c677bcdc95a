// SPDX-License-Identifier: GPL-2.0
/*
 * Making the kernel fail at the n-th occasion
 */
#include "inject.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What has to be set so that each allocation and each copy is an occasion. */
static const struct {
	const char *file;
	const char *value;
} settings[] = {
	{ "/sys/kernel/debug/failslab/ignore-gfp-wait", "N" },
	{ "/sys/kernel/debug/failslab/verbose", "0" },
	{ "/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N" },
	{ "/sys/kernel/debug/fail_page_alloc/min-order", "0" },
	{ "/sys/kernel/debug/fail_page_alloc/verbose", "0" },
	{ "/sys/kernel/debug/fail_usercopy/verbose", "0" },
};

/* Pages are for those that may sleep too. */
static const char no_pages[] =
	"/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait";

static int fail_nth = -1;

static bool set(const char *file, const char *value)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	if (write(fd, value, 1) != 1)
		err(1, "%s", file);
	close(fd);
	return true;
}

/**
 * inject_prepare() - get ready, for the calling thread
 *
 * Return: false if this kernel cannot be made to fail.
 */
bool inject_prepare(void)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (!set(settings[i].file, settings[i].value))
			return false;
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return fail_nth >= 0;
}

/**
 * inject_pages() - let also the page allocator fail, or only what is above it
 * @on: which
 *
 * When the page allocator fails beneath vmalloc(), as it is used to load modules,
 * the kernel logs all it knows about its memory.
 */
void inject_pages(bool on)
{
	if (!set(no_pages, on ? "N" : "Y"))
		err(1, "%s", no_pages);
}

/**
 * inject_arm() - let an occasion that this thread gives to fail be taken
 * @n: the how manieth from now on
 */
void inject_arm(unsigned int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	if (pwrite(fail_nth, text, strlen(text), 0) < 0)
		err(1, "fail-nth");
}

/**
 * inject_disarm() - let nothing fail any more
 *
 * To read the number back, and to write it, are occasions too.
 *
 * Return: whether something has failed since inject_arm().
 */
bool inject_disarm(void)
{
	char text[16] = "";
	ssize_t n = pread(fail_nth, text, sizeof(text) - 1, 0);

	while (pwrite(fail_nth, "0", 1, 0) < 0)
		if (errno != EFAULT)
			err(1, "fail-nth");
	return n > 0 && !atoi(text);
}
