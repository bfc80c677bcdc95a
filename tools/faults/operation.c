// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that are made to fail
 */
#include "operation.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

static int result(long returned)
{
	return returned < 0 ? -errno : 0;
}

static int command(const struct context *c, unsigned long nr, void *arg)
{
	return result(ioctl(c->fd, nr, arg));
}

static int do_info(struct context *c)
{
	struct buddypool_info arg;

	return command(c, BUDDYPOOL_IOC_INFO, &arg);
}

static int do_stat(struct context *c)
{
	struct buddypool_stat arg = {};

	return command(c, BUDDYPOOL_IOC_STAT, &arg);
}

static int do_query(struct context *c)
{
	struct buddypool_query arg = { .handle = c->alloc.handle };

	return command(c, BUDDYPOOL_IOC_QUERY, &arg);
}

static int do_walk(struct context *c)
{
	struct buddypool_extent extents[64];
	struct buddypool_walk arg = {
		.extents = (unsigned long)extents,
		.count = 64,
	};

	return command(c, BUDDYPOOL_IOC_WALK, &arg);
}

static int do_limit(struct context *c)
{
	struct buddypool_limit arg = {
		.flags = BUDDYPOOL_LIMIT_BYTES,
		.max_bytes = BUDDYPOOL_UNLIMITED,
	};

	return command(c, BUDDYPOOL_IOC_LIMIT, &arg);
}

static int do_alloc(struct context *c)
{
	struct buddypool_alloc arg = { .size = 3 << 12,
				       .flags = BUDDYPOOL_ALLOC_EXACT };
	int ret = command(c, BUDDYPOOL_IOC_ALLOC, &arg);

	c->handle = ret ? 0 : arg.handle;
	return ret;
}

static int do_alloc_wait(struct context *c)
{
	struct buddypool_alloc arg = { .size = 1, .timeout = 1000000 };
	int ret = command(c, BUDDYPOOL_IOC_ALLOC, &arg);

	c->handle = ret ? 0 : arg.handle;
	return ret;
}

static void undo_alloc(struct context *c)
{
	struct buddypool_free arg = { .handle = c->handle };

	ioctl(c->fd, BUDDYPOOL_IOC_FREE, &arg);
}

static int do_free(struct context *c)
{
	struct buddypool_free arg = { .handle = c->other.handle };

	return command(c, BUDDYPOOL_IOC_FREE, &arg);
}

static int resize(struct context *c, __u32 handle, __u64 size)
{
	struct buddypool_resize arg = { .handle = handle, .size = size };

	return command(c, BUDDYPOOL_IOC_RESIZE, &arg);
}

static int do_shrink(struct context *c)
{
	return resize(c, c->alloc.handle, 1);
}

static int do_grow(struct context *c)
{
	return resize(c, c->other.handle, 2 * c->other.usable);
}

static int do_move(struct context *c)
{
	return resize(c, c->alloc.handle, 2 * c->alloc.usable);
}

static int do_export(struct context *c)
{
	struct buddypool_export arg = { .handle = c->alloc.handle };
	int ret = command(c, BUDDYPOOL_IOC_EXPORT, &arg);

	c->opened = ret ? -1 : arg.fd;
	return ret;
}

static int do_open(struct context *c)
{
	c->opened = open("/dev/buddypool", O_RDWR | O_CLOEXEC);
	return result(c->opened);
}

static void undo_open(struct context *c)
{
	close(c->opened);
}

/* A client that holds a block, so that there is something to give back. */
static int do_close(struct context *c)
{
	int ret = result(close(c->fd));

	c->fd = -1;
	return ret;
}

static int do_poll(struct context *c)
{
	struct pollfd fd = { .fd = c->fd, .events = POLLOUT };

	return result(poll(&fd, 1, 0));
}

static int do_mmap(struct context *c)
{
	c->map = mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd,
		      c->alloc.offset);
	return c->map == MAP_FAILED ? -errno : 0;
}

static void undo_mmap(struct context *c)
{
	munmap(c->map, c->size);
	c->map = MAP_FAILED;
}

/* As a fault, but told instead of tried again. */
static int do_touch(struct context *c)
{
	return result(madvise(c->map, c->size, MADV_POPULATE_WRITE));
}

static int do_munmap(struct context *c)
{
	int ret = result(munmap(c->map, c->size));

	if (!ret)
		c->map = MAP_FAILED;
	return ret;
}

/* Two mappings are left. */
static int do_munmap_middle(struct context *c)
{
	return result(munmap((char *)c->map + c->size / 4, c->size / 4));
}

static int do_mremap(struct context *c)
{
	void *to = mremap(c->map, c->size, c->size,
			  MREMAP_MAYMOVE | MREMAP_FIXED, c->map + 16 * c->size);

	if (to == MAP_FAILED)
		return -errno;
	c->map = to;
	return 0;
}

static int do_fork(struct context *c)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	if (child < 0)
		return -errno;
	waitpid(child, NULL, 0);
	return 0;
}

const struct operation device_operations[] = {
	{ "info", do_info, NULL, FAULT, 0 },
	{ "stat", do_stat, NULL, FAULT, 0 },
	{ "query", do_query, NULL, FAULT, 0 },
	{ "walk", do_walk, NULL, FAULT, 0 },
	{ "limit", do_limit, NULL, FAULT, 0 },
	{ "poll", do_poll, NULL, FAULT | NOMEM, 0 },
	{ "alloc", do_alloc, undo_alloc, FAULT | NOMEM, 0 },
	{ "first_alloc", do_alloc, undo_alloc, FAULT | NOMEM, NO_BLOCKS },
	{ "alloc_wait", do_alloc_wait, undo_alloc, FAULT | NOMEM, 0 },
	{ "free", do_free, NULL, FAULT, 0 },
	{ "shrink", do_shrink, NULL, FAULT, ONE_WAY },
	{ "shrink_mapped", do_shrink, NULL, FAULT,
	  MAPPING | CONTENTS | ONE_WAY },
	{ "grow", do_grow, NULL, FAULT, ONE_WAY },
	{ "move", do_move, NULL, FAULT, ONE_WAY },
	{ "move_mapped", do_move, NULL, FAULT, MAPPING | CONTENTS | ONE_WAY },
	{ "export", do_export, undo_open, FAULT | NOMEM, 0 },
	{ "open", do_open, undo_open, FAULT | NOMEM, 0 },
	{ "mmap", do_mmap, undo_mmap, NOMEM, 0 },
	{ "touch", do_touch, NULL, NOMEM, MAPPING },
	{ "munmap", do_munmap, NULL, NOMEM, MAPPING | CONTENTS },
	{ "munmap_middle", do_munmap_middle, NULL, NOMEM, MAPPING | CONTENTS },
	{ "mremap", do_mremap, NULL, NOMEM, MAPPING | CONTENTS },
	{ "fork", do_fork, NULL, NOMEM, MAPPING | CONTENTS | NOT_UML },
	{ "close", do_close, NULL, 0, 0 },
	{ "close_mapped", do_close, NULL, 0, MAPPING | CONTENTS },
};

const size_t nr_device_operations =
	sizeof(device_operations) / sizeof(*device_operations);

static int do_load(struct context *c)
{
	long ret =
		syscall(SYS_init_module, c->module, c->length, c->parameters);

	return result(ret);
}

static void undo_load(struct context *c)
{
	syscall(SYS_delete_module, "buddypool", O_NONBLOCK);
}

static int do_unload(struct context *c)
{
	return result(syscall(SYS_delete_module, "buddypool", O_NONBLOCK));
}

static void undo_unload(struct context *c)
{
	do_load(c);
}

const struct operation load_operation = { "load", do_load, undo_load,
					  FAULT | NOMEM, 0 };
const struct operation unload_operation = { "unload", do_unload, undo_unload,
					    FAULT | NOMEM, 0 };
