// SPDX-License-Identifier: GPL-2.0
/*
 * A picture of everything that a failed operation must leave alone
 */
#include "picture.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/buddypool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver.h"
#include "knob.h"
#include "say.h"
#include "scene.h"

static const char *const names[NR_PICTURE_ITEMS] = {
	[PICTURE_DESCRIPTOR] = "lowest free descriptor",
	[PICTURE_FILE_SYSTEM] = "lowest free number of a file system",
	[PICTURE_LOADED] = "module loaded",
	[PICTURE_REFERENCES] = "references to the module",
	[PICTURE_DEVICE] = "device node",
	[PICTURE_DEBUGFS] = "debugfs",
	[PICTURE_FREE_PAGES] = "free pages",
	[PICTURE_LARGEST] = "largest free block",
	[PICTURE_FREE_BLOCKS] = "free blocks (a sum over the orders)",
	[PICTURE_FREED_MAPPED] = "freed pages that are mapped",
	[PICTURE_FREED_PINNED] = "freed pages that are pinned",
	[PICTURE_BLOCKS] = "blocks",
	[PICTURE_CLIENTS] = "clients",
	[PICTURE_WAITING] = "waiting allocations",
	[PICTURE_EXPORTS] = "exports",
	[PICTURE_MAX_BYTES] = "the client's limit of bytes",
	[PICTURE_MAX_HANDLES] = "the client's limit of handles",
	[PICTURE_MAX_WAIT] = "the client's limit of waiting",
	[PICTURE_BYTES] = "bytes charged",
	[PICTURE_HANDLES] = "handles charged",
	[PICTURE_SIZE] = "the block's size",
	[PICTURE_USABLE] = "the block's usable size",
	[PICTURE_POSITION] = "the block's position",
	[PICTURE_MAPPINGS] = "the block's mappings",
};

/* Neither open, nor reserved for a file that never came. */
static int lowest_free_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	close(fd);
	return fd;
}

/* Mounts of the kernel's own are listed nowhere, but each has a number. */
static __u64 lowest_free_file_system(void)
{
	int context = fsopen("tmpfs", FSOPEN_CLOEXEC);
	struct stat stat;
	int fd;

	if (context < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		say_bail("tmpfs: %s", say_errno(errno));
	fd = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (fd < 0 || fstat(fd, &stat))
		say_bail("tmpfs: %s", say_errno(errno));
	close(fd);
	close(context);
	return stat.st_dev;
}

static void take_system(struct picture *picture)
{
	__u64 *items = picture->items;
	char text[32];

	items[PICTURE_DESCRIPTOR] = lowest_free_descriptor();
	items[PICTURE_FILE_SYSTEM] = lowest_free_file_system();
	items[PICTURE_LOADED] = driver_is_loaded();
	items[PICTURE_DEVICE] = !access(DRIVER_DEVICE, F_OK);
	items[PICTURE_DEBUGFS] = !access(DRIVER_DEBUGFS "/check", F_OK);
	knob_text(DRIVER_DEBUGFS "/check", picture->check,
		  sizeof(picture->check));
	if (knob_text(DRIVER_SYSFS "/refcnt", text, sizeof(text)))
		sscanf(text, "%llu", &items[PICTURE_REFERENCES]);
}

static void take_pool(struct picture *picture)
{
	__u64 *items = picture->items;
	struct buddypool_stat stat = {};
	unsigned int order;
	int fd;

	if (!items[PICTURE_DEVICE])
		return;
	fd = open(DRIVER_DEVICE, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, BUDDYPOOL_IOC_STAT, &stat))
		say_bail(DRIVER_DEVICE ": %s", say_errno(errno));
	close(fd);
	items[PICTURE_FREE_PAGES] = stat.free_pages;
	items[PICTURE_LARGEST] = stat.largest;
	for (order = 0; order < BUDDYPOOL_NR_ORDERS; order++)
		items[PICTURE_FREE_BLOCKS] = items[PICTURE_FREE_BLOCKS] * 31 +
					     stat.free_blocks[order];
	items[PICTURE_FREED_MAPPED] = stat.freed_mapped_pages;
	items[PICTURE_FREED_PINNED] = stat.freed_pinned_pages;
	items[PICTURE_BLOCKS] = stat.blocks;
	items[PICTURE_CLIENTS] = stat.clients;
	items[PICTURE_WAITING] = stat.waiting;
	items[PICTURE_EXPORTS] = stat.exports;
}

static void take_client(struct picture *picture, int fd)
{
	struct buddypool_limit limit = {};

	if (fd < 0)
		return;
	if (ioctl(fd, BUDDYPOOL_IOC_LIMIT, &limit))
		say_bail("LIMIT: %s", say_errno(errno));
	picture->items[PICTURE_MAX_BYTES] = limit.max_bytes;
	picture->items[PICTURE_MAX_HANDLES] = limit.max_handles;
	picture->items[PICTURE_MAX_WAIT] = limit.max_wait;
	picture->items[PICTURE_BYTES] = limit.bytes;
	picture->items[PICTURE_HANDLES] = limit.handles;
}

static void take_block(struct picture *picture, const struct scene *scene)
{
	struct buddypool_query query = { .handle = scene->block.handle };
	int fd = query.handle ? scene->fd : scene->export_fd;

	if (fd < 0)
		return;
	if (ioctl(fd, BUDDYPOOL_IOC_QUERY, &query))
		say_bail("QUERY: %s", say_errno(errno));
	picture->items[PICTURE_SIZE] = query.size;
	picture->items[PICTURE_USABLE] = query.usable;
	picture->items[PICTURE_POSITION] = query.position;
	picture->items[PICTURE_MAPPINGS] = query.mappings;
}

/**
 * picture_take() - take a picture
 * @picture: the picture
 * @scene: whose client and block to show, besides the module and the pool
 */
void picture_take(struct picture *picture, const struct scene *scene)
{
	memset(picture, 0, sizeof(*picture));
	take_system(picture);
	take_pool(picture);
	take_client(picture, scene->fd);
	take_block(picture, scene);
}

/**
 * picture_difference() - compare two pictures
 * @want: what should be
 * @got: what is
 *
 * Return: the first difference, in words, until the next call; NULL if there is
 * none and the invariant checker is content.
 */
const char *picture_difference(const struct picture *want,
			       const struct picture *got)
{
	static char text[200];
	int i;

	if (got->check[0] && strcmp(got->check, "ok")) {
		snprintf(text, sizeof(text), "the checker says: %s",
			 got->check);
		return text;
	}
	for (i = 0; i < NR_PICTURE_ITEMS; i++) {
		if (want->items[i] == got->items[i])
			continue;
		snprintf(text, sizeof(text), "%s: %llu, should be %llu",
			 names[i], got->items[i], want->items[i]);
		return text;
	}
	return NULL;
}
