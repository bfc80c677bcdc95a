// SPDX-License-Identifier: GPL-2.0
/*
 * The commands on blocks
 */
#include "operation.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "say.h"

/* How long after the beginning of a wait there is memory. */
#define HELP_US 10000

/*
 * A refusal for want of the pool's memory says so in the answer; what the kernel
 * has no memory for leaves that zero.
 */
static int alloc(struct scene *scene, struct buddypool_alloc *arg)
{
	int result = ioctl(scene->fd, BUDDYPOOL_IOC_ALLOC, arg) ? -errno : 0;

	if (!result)
		scene->block = *arg;
	if (result == -ENOMEM && arg->failure.reason)
		return -ENOSPC;
	return result;
}

static int run_alloc(struct scene *scene)
{
	struct buddypool_alloc arg = { .size = PAGE };

	return alloc(scene, &arg);
}

static int run_alloc_exact(struct scene *scene)
{
	struct buddypool_alloc arg = { .size = 5 * PAGE,
				       .align = 2 * PAGE,
				       .flags = BUDDYPOOL_ALLOC_EXACT };

	return alloc(scene, &arg);
}

static void have_full_pool(struct scene *scene)
{
	scene_open(scene);
	scene_fill_pool(scene);
}

static int run_alloc_refused(struct scene *scene)
{
	struct buddypool_alloc arg = { .size = PAGE };
	int result = alloc(scene, &arg);

	return result == -ENOSPC ? 0 : result;
}

static int run_alloc_timeout(struct scene *scene)
{
	struct buddypool_alloc arg = { .size = PAGE, .timeout = 1000000 };
	int result = alloc(scene, &arg);

	return result == -ETIMEDOUT ? 0 : result;
}

static void *help(void *arg)
{
	struct scene *scene = arg;

	usleep(HELP_US);
	close(scene->other_fd);
	scene->other_fd = -1;
	return NULL;
}

/* The pool is full, but will not be for long. */
static void call_help(struct scene *scene)
{
	scene_fill_pool(scene);
	if (pthread_create(&scene->helper, NULL, help, scene))
		say_bail("no thread");
	scene->helped = 1;
}

static void await_help(struct scene *scene)
{
	pthread_join(scene->helper, NULL);
	scene->helped = 0;
}

static int run_alloc_wait(struct scene *scene)
{
	struct buddypool_alloc arg = { .size = PAGE,
				       .timeout = BUDDYPOOL_WAIT_FOREVER };

	return alloc(scene, &arg);
}

static void have_block(struct scene *scene)
{
	scene_alloc(scene, 2);
}

static int run_free(struct scene *scene)
{
	struct buddypool_free arg = { .handle = scene->block.handle };

	if (ioctl(scene->fd, BUDDYPOOL_IOC_FREE, &arg))
		return -errno;
	scene->block.handle = 0;
	return 0;
}

static int run_query(struct scene *scene)
{
	struct buddypool_query arg = { .handle = scene->block.handle };

	return ioctl(scene->fd, BUDDYPOOL_IOC_QUERY, &arg) ? -errno : 0;
}

static int resize(struct scene *scene, __u64 pages)
{
	struct buddypool_resize arg = { .handle = scene->block.handle,
					.size = pages * PAGE };

	return ioctl(scene->fd, BUDDYPOOL_IOC_RESIZE, &arg) ? -errno : 0;
}

static void have_mapping(struct scene *scene)
{
	scene_alloc(scene, 4);
	scene_map(scene);
	scene_write(scene, 4);
}

static int run_grow(struct scene *scene)
{
	return resize(scene, 8);
}

/* Half of its mapping is going to be beyond its end. */
static void have_long_mapping(struct scene *scene)
{
	scene_alloc(scene, 4);
	scene_map(scene);
	scene_write(scene, 2);
}

static int run_shrink(struct scene *scene)
{
	return resize(scene, 2);
}

static void have_larger_block(struct scene *scene)
{
	scene_alloc(scene, 4);
}

/* What lies behind the block keeps it from growing in place. */
static void get_neighbour(struct scene *scene)
{
	struct buddypool_alloc arg = { .size = 4 * PAGE };
	struct buddypool_query first = {}, second = {};

	if (ioctl(scene->fd, BUDDYPOOL_IOC_ALLOC, &arg))
		say_bail("ALLOC: %s", say_errno(errno));
	first.handle = scene->block.handle;
	second.handle = arg.handle;
	if (ioctl(scene->fd, BUDDYPOOL_IOC_QUERY, &first) ||
	    ioctl(scene->fd, BUDDYPOOL_IOC_QUERY, &second))
		say_bail("QUERY: %s", say_errno(errno));
	if (second.position != first.position + 4 * PAGE)
		say_bail("the blocks are no neighbours");
}

static void have_neighbour(struct scene *scene)
{
	have_larger_block(scene);
	get_neighbour(scene);
}

static void have_mapping_and_neighbour(struct scene *scene)
{
	have_mapping(scene);
	get_neighbour(scene);
}

static void have_neighbour_and_full_pool(struct scene *scene)
{
	have_neighbour(scene);
	scene_fill_pool(scene);
}

static int run_resize_refused(struct scene *scene)
{
	int result = resize(scene, 8);

	return result == -ENOMEM ? 0 : result ?: -EPROTO;
}

const struct operation block_operations[] = {
	{
		.name = "alloc",
		.errors = { ENOMEM, EFAULT },
		.prepare = scene_open,
		.run = run_alloc,
	},
	{
		.name = "alloc_nodes",
		.inject = &inject_nodes,
		.errors = { ENOMEM },
		.prepare = scene_open,
		.run = run_alloc,
	},
	{
		.name = "alloc_exact",
		.errors = { ENOMEM, EFAULT },
		.prepare = scene_open,
		.run = run_alloc_exact,
	},
	{
		.name = "alloc_refused",
		.errors = { ENOMEM, EFAULT },
		.prepare = have_full_pool,
		.run = run_alloc_refused,
	},
	{
		.name = "alloc_timeout",
		.errors = { ENOMEM, EFAULT },
		.prepare = have_full_pool,
		.run = run_alloc_timeout,
	},
	{
		.name = "alloc_wait",
		.errors = { ENOMEM, EFAULT },
		.prepare = scene_open,
		.arm = call_help,
		.run = run_alloc_wait,
		.settle = await_help,
	},
	{
		.name = "alloc_wait_nodes",
		.inject = &inject_nodes,
		.errors = { ENOMEM },
		.prepare = scene_open,
		.arm = call_help,
		.run = run_alloc_wait,
		.settle = await_help,
	},
	{
		.name = "free",
		.errors = { EFAULT },
		.prepare = have_block,
		.run = run_free,
	},
	{
		.name = "free_mapped",
		.errors = { EFAULT },
		.prepare = have_mapping,
		.run = run_free,
	},
	{
		.name = "query",
		.errors = { EFAULT },
		.prepare = have_block,
		.run = run_query,
	},
	{
		.name = "resize_grow",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = have_larger_block,
		.run = run_grow,
	},
	{
		.name = "resize_grow_mapped",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = have_mapping,
		.run = run_grow,
	},
	{
		.name = "resize_shrink",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = have_larger_block,
		.run = run_shrink,
	},
	{
		.name = "resize_shrink_mapped",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = have_long_mapping,
		.run = run_shrink,
	},
	{
		.name = "resize_move",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = have_neighbour,
		.run = run_grow,
	},
	{
		.name = "resize_move_mapped",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = have_mapping_and_neighbour,
		.run = run_grow,
	},
	{
		.name = "resize_refused",
		.errors = { EFAULT },
		.prepare = have_neighbour_and_full_pool,
		.run = run_resize_refused,
	},
	{}
};
