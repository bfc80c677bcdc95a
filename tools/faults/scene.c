// SPDX-License-Identifier: GPL-2.0
/*
 * What an operation is done with
 */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver.h"
#include "say.h"

/* A page table of the second level covers as much, at least. */
#define ALONE 0x40000000UL

static int device_open(void)
{
	int fd = open(DRIVER_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		say_bail(DRIVER_DEVICE ": %s", say_errno(errno));
	return fd;
}

static void must(int result, const char *what)
{
	if (result)
		say_bail("%s fails without a fault: %s", what,
			 say_errno(errno));
}

static char pattern(size_t at)
{
	return 1 + at % 251;
}

/**
 * scene_begin() - nothing is set up
 * @scene: the scene
 */
void scene_begin(struct scene *scene)
{
	memset(scene, 0, sizeof(*scene));
	scene->fd = -1;
	scene->other_fd = -1;
	scene->export_fd = -1;
}

static void end_child(pid_t child)
{
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0)
		must(errno != EINTR, "waitpid");
	/* Its stack is about to be kept for the next one, see main(). */
	usleep(1000);
}

/**
 * scene_end() - clear away what is set up
 * @scene: the scene
 */
void scene_end(struct scene *scene)
{
	if (scene->child)
		end_child(scene->child);
	if (scene->helped)
		pthread_join(scene->helper, NULL);
	if (scene->map)
		munmap(scene->map, scene->length);
	if (scene->export_fd >= 0)
		close(scene->export_fd);
	if (scene->other_fd >= 0)
		close(scene->other_fd);
	if (scene->fd >= 0)
		close(scene->fd);
	scene_begin(scene);
}

/**
 * scene_open() - have a client
 * @scene: the scene
 */
void scene_open(struct scene *scene)
{
	scene->fd = device_open();
}

/**
 * scene_alloc() - have a client with a block
 * @scene: the scene
 * @pages: size of the block, in pages
 */
void scene_alloc(struct scene *scene, __u64 pages)
{
	scene_open(scene);
	scene->block.size = pages * PAGE;
	must(ioctl(scene->fd, BUDDYPOOL_IOC_ALLOC, &scene->block), "ALLOC");
}

/**
 * scene_free() - free the block; what else holds it goes on to
 * @scene: the scene
 */
void scene_free(struct scene *scene)
{
	struct buddypool_free arg = { .handle = scene->block.handle };

	must(ioctl(scene->fd, BUDDYPOOL_IOC_FREE, &arg), "FREE");
	scene->block.handle = 0;
}

/**
 * scene_export() - have a descriptor of the block
 * @scene: the scene, with a block
 */
void scene_export(struct scene *scene)
{
	struct buddypool_export arg = { .handle = scene->block.handle };

	must(ioctl(scene->fd, BUDDYPOOL_IOC_EXPORT, &arg), "EXPORT");
	scene->export_fd = arg.fd;
}

/**
 * scene_place() - addresses that have no page tables yet, to need them
 * @number: 0 or 1: of two places
 *
 * Return: the address.
 */
void *scene_place(unsigned int number)
{
	static char *base;

	if (!base) {
		base = mmap(NULL, 3 * ALONE, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		must(base == MAP_FAILED, "mmap");
		munmap(base, 3 * ALONE);
		base += ALONE - (uintptr_t)base % ALONE;
	}
	return base + number * ALONE;
}

/**
 * scene_map() - have the block mapped
 * @scene: the scene, with a block
 */
void scene_map(struct scene *scene)
{
	scene->length = scene->block.usable;
	scene->map = mmap(scene_place(0), scene->length, RW,
			  MAP_SHARED | MAP_FIXED_NOREPLACE, scene->fd,
			  scene->block.offset);
	must(scene->map == MAP_FAILED, "mmap");
}

/**
 * scene_write() - write a pattern to the first pages of the mapping
 * @scene: the scene, mapped
 * @pages: how many will remain as they are, whatever happens; all are written
 */
void scene_write(struct scene *scene, __u64 pages)
{
	size_t i;

	scene->kept = pages * PAGE;
	for (i = 0; i < scene->length; i++)
		scene->map[i] = pattern(i);
}

/**
 * scene_fill_pool() - let another client take all that is left
 * @scene: the scene
 */
void scene_fill_pool(struct scene *scene)
{
	struct buddypool_alloc arg;
	struct buddypool_info info = {};
	__u64 size;

	scene->other_fd = device_open();
	must(ioctl(scene->other_fd, BUDDYPOOL_IOC_INFO, &info), "INFO");
	for (size = info.max_size; size >= PAGE; size /= 2) {
		do {
			arg = (struct buddypool_alloc){ .size = size };
		} while (!ioctl(scene->other_fd, BUDDYPOOL_IOC_ALLOC, &arg));
	}
}

/**
 * scene_fault() - are the contents of the mapping what they must be?
 * @scene: the scene
 *
 * Return: what is wrong, or NULL.
 */
const char *scene_fault(const struct scene *scene)
{
	size_t i;

	for (i = 0; scene->map && i < scene->kept; i++)
		if (scene->map[i] != pattern(i))
			return "the contents of the block have changed";
	return NULL;
}
