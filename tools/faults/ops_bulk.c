// SPDX-License-Identifier: GPL-2.0
/*
 * The commands on many blocks
 *
 * What they have done in part is made whole, or undone, before it is looked at.
 */
#include "operation.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "say.h"

/* More than are dealt with at a time, and fewer. */
#define N 100U
#define FEW 50U

static __u32 handles[N];

/* Not all of them are there. */
static bool incomplete;

/* How many FREE_BULK says that it has freed, and whether that is right. */
static unsigned int counted;
static bool miscounted;
static bool all_freed;

static bool is_held(const struct scene *scene, __u32 handle)
{
	struct buddypool_query arg = { .handle = handle };

	return !ioctl(scene->fd, BUDDYPOOL_IOC_QUERY, &arg);
}

/* Free those that are there. */
static void free_each(const struct scene *scene)
{
	struct buddypool_free arg = {};
	unsigned int i;

	for (i = 0; i < N; i++) {
		arg.handle = handles[i];
		if (ioctl(scene->fd, BUDDYPOOL_IOC_FREE, &arg) &&
		    errno != ENOENT)
			say_bail("FREE: %s", say_errno(errno));
	}
}

/* Fewer than wanted are none here, whatever the reason. */
static int alloc(struct scene *scene, __u64 pages, __u32 flags, __u32 count)
{
	struct buddypool_alloc_bulk arg = {
		.size = pages * PAGE,
		.flags = flags,
		.count = count,
		.handles = (uintptr_t)handles,
	};
	int result;

	memset(handles, 0, sizeof(handles));
	result = ioctl(scene->fd, BUDDYPOOL_IOC_ALLOC_BULK, &arg) ? -errno : 0;
	incomplete = result || arg.count < count;
	if (!incomplete)
		return 0;
	if (arg.failure.reason)
		return -ENOSPC;
	return result ?: -ENOMEM;
}

static void undo_alloc(struct scene *scene)
{
	if (incomplete)
		free_each(scene);
}

static int run_alloc(struct scene *scene)
{
	return alloc(scene, 1, 0, N);
}

static int run_alloc_exact(struct scene *scene)
{
	return alloc(scene, 2, BUDDYPOOL_ALLOC_EXACT, N);
}

static int run_alloc_few(struct scene *scene)
{
	return alloc(scene, 1, 0, FEW);
}

/* There are not so many of these. */
static int run_alloc_refused(struct scene *scene)
{
	int result = alloc(scene, 4, 0, N);

	return result == -ENOSPC ? 0 : result ?: -EPROTO;
}

static void have_blocks(struct scene *scene)
{
	scene_open(scene);
	all_freed = false;
	if (alloc(scene, 1, 0, N))
		say_bail("ALLOC_BULK: %s", say_errno(errno));
}

/* Twice as many, so that what a client keeps for later is enough. */
static void have_had_blocks(struct scene *scene)
{
	__u32 first[N];

	have_blocks(scene);
	memcpy(first, handles, sizeof(first));
	if (alloc(scene, 1, 0, N))
		say_bail("ALLOC_BULK: %s", say_errno(errno));
	free_each(scene);
	memcpy(handles, first, sizeof(first));
	free_each(scene);
}

static unsigned int nr_freed(const struct scene *scene)
{
	unsigned int n = 0;

	while (n < N && !is_held(scene, handles[n]))
		n++;
	return n;
}

/* The attempt before this one may have come to its end, but for the answer. */
static int run_free(struct scene *scene)
{
	struct buddypool_free_bulk arg = {
		.handles = (uintptr_t)handles,
		.count = all_freed ? 0 : N,
	};
	int result = ioctl(scene->fd, BUDDYPOOL_IOC_FREE_BULK, &arg) ? -errno :
								       0;

	counted = result == -EFAULT && arg.count == N ? 0 : arg.count;
	return result;
}

/*
 * Free the rest of what was freed in part. With the last answer missing, the
 * count is the first one's, zero.
 */
static void complete_free(struct scene *scene)
{
	const unsigned int freed = nr_freed(scene);

	if (all_freed)
		return;
	miscounted = counted != freed && !(freed == N && !counted);
	if (freed)
		free_each(scene);
	all_freed = freed;
}

static const char *free_fault(int result)
{
	return miscounted ? "the count is not that of the blocks freed" : NULL;
}

const struct operation bulk_operations[] = {
	{
		.name = "alloc_bulk",
		.errors = { ENOMEM, EFAULT },
		.prepare = scene_open,
		.run = run_alloc,
		.settle = undo_alloc,
	},
	{
		.name = "alloc_bulk_nodes",
		.inject = &inject_nodes,
		.errors = { ENOMEM },
		.prepare = scene_open,
		.run = run_alloc,
		.settle = undo_alloc,
	},
	{
		.name = "alloc_bulk_exact",
		.errors = { ENOMEM, EFAULT },
		.prepare = scene_open,
		.run = run_alloc_exact,
		.settle = undo_alloc,
	},
	{
		.name = "alloc_bulk_refused",
		.errors = { ENOMEM, EFAULT },
		.prepare = scene_open,
		.run = run_alloc_refused,
		.settle = undo_alloc,
	},
	/* To use records again needs no memory. */
	{
		.name = "alloc_bulk_again",
		.errors = { EFAULT },
		.prepare = have_had_blocks,
		.run = run_alloc_few,
		.settle = undo_alloc,
	},
	{
		.name = "free_bulk",
		.flags = LATE_EFAULT,
		.errors = { EFAULT },
		.prepare = have_blocks,
		.run = run_free,
		.settle = complete_free,
		.fault = free_fault,
	},
	{}
};
