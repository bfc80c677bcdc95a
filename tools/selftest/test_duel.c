// SPDX-License-Identifier: GPL-2.0
/*
 * Races of two threads for one block
 */
#include "harness.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "duel.h"
#include "exports.h"
#include "pattern.h"
#include "pool.h"

static int query(struct duel *duel)
{
	struct buddypool_query q;
	int ret = try_query(duel->fd, duel->block.handle, &q);

	/* Threat 24: what was looked up is whole, or is not there at all. */
	if (!ret)
		EXPECT_EQ(duel->block.offset, q.offset);
	return ret;
}

static int grow(struct duel *duel)
{
	return try_resize(duel->fd, duel->block.handle, pages(2 * duel->n), 0,
			  NULL);
}

static int shrink(struct duel *duel)
{
	return try_resize(duel->fd, duel->block.handle, 1, 0, NULL);
}

static int drop_mapping(struct duel *duel)
{
	return munmap(duel->p, duel->block.usable);
}

static int touch(struct duel *duel)
{
	__u64 page;
	int signal = 0;

	for (page = 0; page < duel->n; page++)
		signal |= touch_write(duel->p + pages(page), 1);
	return signal;
}

static int map_and_touch(struct duel *duel)
{
	void *p = NULL;
	int ret = try_map(duel->fd, duel->block.offset, duel->block.usable, RW,
			  MAP_SHARED, &p);

	if (ret)
		return ret;
	/* Once there is a mapping, it is good whatever happens to the handle. */
	duel->p = p;
	EXPECT_EQ(0, touch(duel));
	munmap(p, duel->block.usable);
	return 0;
}

/* Nothing of the block is left, whoever came first. */
static void all_gone(struct duel *duel)
{
	ASSERT_ERR(-ENOENT, try_free(duel->fd, duel->block.handle));
	stat_wait_free(duel->fd, pool.pages);
}

static void exactly_one(struct duel *duel)
{
	int left = duel->left_ret, right = duel->right_ret;

	if (!(left == 0 && right == -ENOENT) &&
	    !(left == -ENOENT && right == 0))
		test_fail(__FILE__, __LINE__,
			  "expected one 0 and one -ENOENT, got %s and %s",
			  test_errno(left), test_errno(right));
	all_gone(duel);
}

static void free_won(struct duel *duel)
{
	ASSERT_ERR(0, duel->left_ret);
	if (duel->right_ret && duel->right_ret != -EINVAL)
		ASSERT_ERR(-ENOENT, duel->right_ret);
	all_gone(duel);
}

/* Threat 9: of two that free one handle, one does, and the other is told. */
TEST(duel, free_free)
{
	struct duel duel = { .what = "two frees of one handle",
			     .n = 1,
			     .left = duel_free,
			     .right = duel_free,
			     .judge = exactly_one };

	duel_run(&duel, 100000, 2500);
}

static void exactly_one_mapped(struct duel *duel)
{
	EXPECT_EQ(0, touch(duel));
	munmap(duel->p, duel->block.usable);
	exactly_one(duel);
}

/*
 * Threat 9: the same with a mapping, whose end is what brings the pages back.
 */
TEST(duel, free_free_mapped)
{
	struct duel duel = { .what = "two frees of one mapped handle",
			     .n = 2,
			     .map = true,
			     .left = duel_free,
			     .right = duel_free,
			     .judge = exactly_one_mapped };

	duel_run(&duel, 2000, 250);
}

/* Threats 10 and 24: a look-up against the free. */
TEST(duel, free_query)
{
	struct duel duel = { .what = "free against query",
			     .n = 1,
			     .left = duel_free,
			     .right = query,
			     .judge = free_won };

	duel_run(&duel, 5000, 250);
}

/* Threat 10: mmap() against the free. */
TEST(duel, free_map)
{
	struct duel duel = { .what = "free against mmap",
			     .n = 2,
			     .left = duel_free,
			     .right = map_and_touch,
			     .judge = free_won };

	duel_run(&duel, 5000, 300);
}

static int export_and_map(struct duel *duel)
{
	int export, ret = try_export(duel->fd, duel->block.handle, 0, &export);
	char *p;

	if (ret)
		return ret;
	/* Once there is a descriptor, it is good whatever became of the handle. */
	p = block_map(export, 0, duel->block.usable);
	close(export);
	EXPECT_EQ(0, touch_write(p, 1));
	unmap(p, duel->block.usable);
	return 0;
}

/* Threat 10: EXPORT against the free. */
TEST(duel, free_export)
{
	struct duel duel = { .what = "free against export",
			     .n = 2,
			     .left = duel_free,
			     .right = export_and_map,
			     .judge = free_won };

	duel_run(&duel, 5000, 300);
}

static void both_fine(struct duel *duel)
{
	ASSERT_ERR(0, duel->left_ret);
	ASSERT_EQ(0, duel->right_ret);
	munmap(duel->p, duel->block.usable);
	all_gone(duel);
}

/* Threat 16: munmap() against the free, which of them returns the pages? */
TEST(duel, free_munmap)
{
	struct duel duel = { .what = "free against munmap",
			     .n = 2,
			     .map = true,
			     .left = duel_free,
			     .right = drop_mapping,
			     .judge = both_fine };

	duel_run(&duel, 5000, 300);
}

/* Threat 24: the first touch of a page against the free of its block. */
TEST(duel, free_fault)
{
	struct duel duel = { .what = "free against first touch",
			     .n = 4,
			     .map = true,
			     .left = duel_free,
			     .right = touch,
			     .judge = both_fine };

	duel_run(&duel, 5000, 300);
}

TEST(duel, free_grow)
{
	struct duel duel = { .what = "free against growth",
			     .n = 2,
			     .left = duel_free,
			     .right = grow,
			     .judge = free_won };

	need_size(pages(4));
	need_pages(16);
	duel_run(&duel, 5000, 250);
}

TEST(duel, free_shrink)
{
	struct duel duel = { .what = "free against shrink",
			     .n = 4,
			     .left = duel_free,
			     .right = shrink,
			     .judge = free_won };

	duel_run(&duel, 5000, 250);
}

/* Whichever comes last decides the size; there is no size in between. */
static void one_of_both(struct duel *duel)
{
	__u64 usable = block_query(duel->fd, duel->block.handle).usable;

	ASSERT_ERR(0, duel->left_ret);
	ASSERT_ERR(0, duel->right_ret);
	ASSERT(usable == pages(1) || usable == pages(2 * duel->n));
	ASSERT_EQ(pool.pages - usable / pool.page_size,
		  stat_read(duel->fd).free_pages);
	block_free(duel->fd, duel->block.handle);
	all_gone(duel);
}

TEST(duel, grow_shrink)
{
	struct duel duel = { .what = "growth against shrink",
			     .n = 2,
			     .left = grow,
			     .right = shrink,
			     .judge = one_of_both };

	need_size(pages(4));
	need_pages(16);
	duel_run(&duel, 5000, 250);
}

static int shrink_unless_exported(struct duel *duel)
{
	int ret = shrink(duel);

	return ret == -EPERM ? 0 : ret;
}

/* Either it is small, or it was given away as it is; never both wrongly. */
static int export_and_look(struct duel *duel)
{
	int export, ret = try_export(duel->fd, duel->block.handle, 0, &export);
	struct buddypool_query first, second;

	if (ret)
		return ret;
	ASSERT_ERR(0, try_query(export, 0, &first));
	sched_yield();
	ASSERT_ERR(0, try_query(export, 0, &second));
	EXPECT_EQ(first.usable, second.usable);
	close(export);
	return 0;
}

static void free_both_fine(struct duel *duel)
{
	ASSERT_ERR(0, duel->left_ret);
	ASSERT_ERR(0, duel->right_ret);
	block_free(duel->fd, duel->block.handle);
	all_gone(duel);
}

/* Threat 24: whoever has a descriptor has seen the block shrink for the last time. */
TEST(duel, export_shrink)
{
	struct duel duel = { .what = "export against shrink",
			     .n = 4,
			     .left = shrink_unless_exported,
			     .right = export_and_look,
			     .judge = free_both_fine };

	duel_run(&duel, 5000, 300);
}

static int touch_and_move_mapping(struct duel *duel)
{
	char *room = mmap(NULL, duel->block.usable, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *p;

	ASSERT(room != MAP_FAILED);
	touch(duel);
	p = mremap(duel->p, duel->block.usable, duel->block.usable,
		   MREMAP_MAYMOVE | MREMAP_FIXED, room);
	ASSERT(p == room);
	duel->p = p;
	return 0;
}

/* Threat 16: the mapping moves in the address space, its end out of the block. */
static void moved_and_cut(struct duel *duel)
{
	ASSERT_ERR(0, duel->left_ret);
	ASSERT_ERR(0, duel->right_ret);
	EXPECT_EQ(0, touch_write(duel->p, 1));
	EXPECT_EQ(SIGBUS, touch_write(duel->p + pages(1), 1));
	EXPECT_EQ(SIGBUS, touch_write(duel->p + pages(3), 1));
	munmap(duel->p, duel->block.usable);
	block_free(duel->fd, duel->block.handle);
	all_gone(duel);
}

TEST(duel, shrink_mremap)
{
	struct duel duel = { .what = "shrink against mremap",
			     .n = 4,
			     .map = true,
			     .left = shrink,
			     .right = touch_and_move_mapping,
			     .judge = moved_and_cut };

	duel_run(&duel, 5000, 300);
}

static void unmapped_and_free(struct duel *duel)
{
	ASSERT_ERR(0, duel->left_ret);
	ASSERT_EQ(0, duel->right_ret);
	ASSERT_EQ(0, block_query(duel->fd, duel->block.handle).mappings);
	block_free(duel->fd, duel->block.handle);
	all_gone(duel);
}

/* Threat 16: a resize takes mappings out while munmap() does so, too. */
TEST(duel, shrink_munmap)
{
	struct duel duel = { .what = "shrink against munmap",
			     .n = 4,
			     .map = true,
			     .left = shrink,
			     .right = drop_mapping,
			     .judge = unmapped_and_free };

	duel_run(&duel, 5000, 250);
}
