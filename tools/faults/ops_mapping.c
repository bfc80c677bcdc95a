// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of blocks, and what programs do to them
 */
#include "operation.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Pages of the block that is mapped here. */
#define PAGES 4

static void have_block(struct scene *scene)
{
	scene_alloc(scene, PAGES);
}

static int run_mmap(struct scene *scene)
{
	void *map = mmap(scene_place(0), scene->block.usable, RW,
			 MAP_SHARED | MAP_FIXED_NOREPLACE, scene->fd,
			 scene->block.offset);

	if (map == MAP_FAILED)
		return -errno;
	scene->map = map;
	scene->length = scene->block.usable;
	return 0;
}

static void have_untouched(struct scene *scene)
{
	scene_alloc(scene, PAGES);
	scene_map(scene);
}

static void have_mapping(struct scene *scene)
{
	have_untouched(scene);
	scene_write(scene, PAGES);
}

static int run_populate_read(struct scene *scene)
{
	return madvise(scene->map, scene->length, MADV_POPULATE_READ) ? -errno :
									0;
}

static int run_populate_write(struct scene *scene)
{
	return madvise(scene->map, scene->length, MADV_POPULATE_WRITE) ?
		       -errno :
		       0;
}

/*
 * A touch that the kernel has no memory for is tried again, not answered by
 * SIGBUS: this ends the program if it is.
 */
static int run_touch(struct scene *scene)
{
	__atomic_store_n(scene->map, 1, __ATOMIC_RELAXED);
	return 0;
}

/* The child holds its copy of the mapping until it is killed. */
static int run_fork(struct scene *scene)
{
	pid_t child = fork();

	if (child < 0)
		return -errno;
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	scene->child = child;
	return 0;
}

static int run_mremap(struct scene *scene)
{
	void *map = mremap(scene->map, scene->length, scene->length,
			   MREMAP_MAYMOVE | MREMAP_FIXED, scene_place(1));

	if (map == MAP_FAILED)
		return -errno;
	scene->map = map;
	return 0;
}

static int run_munmap(struct scene *scene)
{
	if (munmap(scene->map, scene->length))
		return -errno;
	scene->map = NULL;
	return 0;
}

/* The mapping is all that holds the block. */
static void have_last_mapping(struct scene *scene)
{
	have_mapping(scene);
	scene_free(scene);
}

/* Of what remains, only the first page is looked at. */
static void have_mapping_to_split(struct scene *scene)
{
	have_untouched(scene);
	scene_write(scene, 1);
}

static int run_munmap_middle(struct scene *scene)
{
	return munmap(scene->map + PAGE, PAGE) ? -errno : 0;
}

static int run_mprotect_middle(struct scene *scene)
{
	return mprotect(scene->map + PAGE, PAGE, PROT_READ) ? -errno : 0;
}

const struct operation mapping_operations[] = {
	{
		.name = "mmap",
		.errors = { ENOMEM },
		.prepare = have_block,
		.run = run_mmap,
	},
	{
		.name = "populate_read",
		.inject = &inject_page,
		.errors = { ENOMEM },
		.prepare = have_untouched,
		.run = run_populate_read,
	},
	{
		.name = "populate_write",
		.inject = &inject_page,
		.errors = { ENOMEM },
		.prepare = have_untouched,
		.run = run_populate_write,
	},
	{
		.name = "populate_pages",
		.inject = &inject_pages,
		.errors = { ENOMEM },
		.prepare = have_untouched,
		.run = run_populate_write,
	},
	{
		.name = "touch",
		.inject = &inject_page,
		.prepare = have_untouched,
		.run = run_touch,
	},
	/*
	 * UML's flush_tlb_mm() takes what dup_mmap() marks for a VMA. Without
	 * pages, what the kernel writes to the stack for itself (rseq) would be
	 * what fails.
	 */
	{
		.name = "fork",
		.flags = NOT_ON_UML,
		.errors = { ENOMEM, EAGAIN },
		.prepare = have_mapping,
		.run = run_fork,
	},
	{
		.name = "mremap",
		.errors = { ENOMEM },
		.prepare = have_mapping,
		.run = run_mremap,
	},
	{
		.name = "mremap_page",
		.inject = &inject_page,
		.errors = { ENOMEM },
		.prepare = have_mapping,
		.run = run_mremap,
	},
	{
		.name = "munmap",
		.flags = MAY_HAVE_NONE,
		.errors = { ENOMEM },
		.prepare = have_mapping,
		.run = run_munmap,
	},
	{
		.name = "munmap_last",
		.flags = MAY_HAVE_NONE,
		.errors = { ENOMEM },
		.prepare = have_last_mapping,
		.run = run_munmap,
	},
	{
		.name = "munmap_middle",
		.flags = MAY_SPLIT,
		.errors = { ENOMEM },
		.prepare = have_mapping_to_split,
		.run = run_munmap_middle,
	},
	{
		.name = "mprotect_middle",
		.flags = MAY_SPLIT,
		.errors = { ENOMEM },
		.prepare = have_mapping_to_split,
		.run = run_mprotect_middle,
	},
	{}
};
