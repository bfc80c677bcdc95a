// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites share.
 */
#include "testlib.h"

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "check.h"
#include "hotplug.h"

/* Pools up to this size, in pages, are checked after every step. */
#define SMALL_POOL 4096

static unsigned int seed;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "seed of each random run (default 0: random ones)");

/**
 * bp_test_seed() - where a random run begins
 *
 * Return: the module's parameter "seed", or if there is none a random number;
 * for the caller to print.
 */
u32 bp_test_seed(void)
{
	return seed ?: get_random_u32();
}

/**
 * bp_test_shape_desc() - for KUNIT_ARRAY_PARAM()
 * @shape: the parameter
 * @desc: set to its name
 */
void bp_test_shape_desc(const struct bp_test_shape *shape, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u pages, max_order %u",
		 shape->nr_pages, shape->max_order);
}

KUNIT_DEFINE_ACTION_WRAPPER(vfree_action, vfree, const void *);

/**
 * bp_test_vzalloc() - zeroed memory for the time of a case
 * @test: the case
 * @size: bytes
 *
 * Return: the memory; a failure ends the case.
 */
void *bp_test_vzalloc(struct kunit *test, size_t size)
{
	void *memory = vzalloc(size);

	KUNIT_ASSERT_NOT_NULL(test, memory);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, vfree_action, memory));
	return memory;
}

/* The metadata begins with the free areas, and these with the cells of pages. */
static void *metadata_of(const struct bp_buddy *buddy)
{
	return buddy->freemap.pages.cell;
}

/**
 * bp_test_nr_free() - how many blocks are free
 * @buddy: the buddy system
 * @order: of this order
 *
 * Return: the number that the buddy system knows.
 */
u32 bp_test_nr_free(const struct bp_buddy *buddy, unsigned int order)
{
	u32 nr_free[BP_NR_ORDERS];

	bp_freemap_count(&buddy->freemap, nr_free);
	return nr_free[order];
}

/**
 * bp_test_snapshot() - remember what a buddy system knows
 * @test: the case
 * @buddy: the buddy system
 *
 * Return: the snapshot, which lasts until the case ends or
 * bp_test_snapshot_free().
 */
struct bp_test_snapshot *bp_test_snapshot(struct kunit *test,
					  const struct bp_buddy *buddy)
{
	size_t size = bp_buddy_metadata_size(buddy->nr_pages, buddy->max_order);
	struct bp_test_snapshot *snap =
		bp_test_vzalloc(test, sizeof(*snap) + size);

	snap->buddy = *buddy;
	snap->size = size;
	snap->metadata = snap + 1;
	memcpy(snap->metadata, metadata_of(buddy), size);
	return snap;
}

/**
 * bp_test_snapshot_free() - forget a snapshot before the case ends
 * @test: the case
 * @snap: the snapshot
 */
void bp_test_snapshot_free(struct kunit *test, struct bp_test_snapshot *snap)
{
	kunit_release_action(test, vfree_action, snap);
}

/**
 * bp_test_unchanged() - is everything as it was?
 * @snap: as it was
 * @buddy: as it is
 *
 * Return: whether it is, to the byte.
 */
bool bp_test_unchanged(const struct bp_test_snapshot *snap,
		       const struct bp_buddy *buddy)
{
	return !memcmp(&snap->buddy, buddy, sizeof(*buddy)) &&
	       !memcmp(snap->metadata, metadata_of(buddy), snap->size);
}

/**
 * bp_test_restore() - make everything as it was
 * @snap: as it was
 * @buddy: the buddy system
 */
void bp_test_restore(const struct bp_test_snapshot *snap,
		     struct bp_buddy *buddy)
{
	*buddy = snap->buddy;
	memcpy(metadata_of(buddy), snap->metadata, snap->size);
}

/**
 * struct guard - what a buddy system must be like again when its case ends
 * @test: the case
 * @buddy: the buddy system
 * @initial: what it was like when it was new
 */
struct guard {
	struct kunit *test;
	const struct bp_buddy *buddy;
	const struct bp_test_snapshot *initial;
};

static void expect_nothing_left(void *context)
{
	const struct guard *guard = context;
	const struct bp_buddy *buddy = guard->buddy;
	const struct bp_test_snapshot *initial = guard->initial;
	u32 nr_free[BP_NR_ORDERS], initial_nr_free[BP_NR_ORDERS];
	struct kunit *test = guard->test;

	/* A case that was given up could not tidy up. */
	if (READ_ONCE(test->status) == KUNIT_FAILURE)
		return;
	KUNIT_EXPECT_EQ_MSG(test, buddy->nr_free_pages, buddy->nr_pages,
			    "the case left pages allocated");
	bp_freemap_count(&buddy->freemap, nr_free);
	bp_freemap_count(&initial->buddy.freemap, initial_nr_free);
	KUNIT_EXPECT_MEMEQ(test, nr_free, initial_nr_free, sizeof(nr_free));
	/* Who came last is still at home. */
	memset(buddy->freemap.home, 0,
	       DIV_ROUND_UP(buddy->nr_pages, BP_PAGEBLOCK_PAGES) *
		       BP_CELL_WORDS * sizeof(*buddy->freemap.home));
	KUNIT_EXPECT_TRUE_MSG(test,
			      !memcmp(metadata_of(buddy), initial->metadata,
				      initial->size),
			      "all is free, but not as it was at first");
}

static void guard_buddy(struct kunit *test, const struct bp_buddy *buddy)
{
	struct guard *guard = kunit_kzalloc(test, sizeof(*guard), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, guard);
	guard->test = test;
	guard->buddy = buddy;
	guard->initial = bp_test_snapshot(test, buddy);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, expect_nothing_left,
						  guard));
}

/**
 * bp_test_buddy() - a new buddy system
 * @test: the case
 * @nr_pages: its size, in pages
 * @max_order: its largest order
 *
 * Return: the buddy system; a failure ends the case.
 */
struct bp_buddy *bp_test_buddy(struct kunit *test, u32 nr_pages,
			       unsigned int max_order)
{
	struct bp_buddy *buddy =
		kunit_kzalloc(test, sizeof(*buddy), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buddy);
	/* It may have been anything before. */
	memset(buddy, 0xff, sizeof(*buddy));
	bp_buddy_init(buddy, nr_pages, max_order,
		      bp_test_vzalloc(test, bp_buddy_metadata_size(nr_pages,
								   max_order)));
	bp_test_assert_ok(test, buddy);
	guard_buddy(test, buddy);
	return buddy;
}

KUNIT_DEFINE_ACTION_WRAPPER(pool_destroy_action, bp_pool_destroy,
			    struct bp_pool *);

/**
 * bp_test_pool() - a new pool
 * @test: the case
 * @nr_pages: its size, in pages
 * @max_order: its largest order
 *
 * Return: the pool; a failure ends the case.
 */
struct bp_pool *bp_test_pool(struct kunit *test, u32 nr_pages,
			     unsigned int max_order)
{
	struct bp_pool *pool = bp_pool_create(nr_pages, max_order);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pool);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, pool_destroy_action,
						  pool));
	guard_buddy(test, &pool->buddy);
	return pool;
}

/**
 * bp_test_follow_cpus() - pools may have lists from now on
 * @suite: the suite
 *
 * Return: as bp_hotplug_register().
 */
int bp_test_follow_cpus(struct kunit_suite *suite)
{
	return bp_hotplug_register();
}

/**
 * bp_test_follow_no_cpus() - the end of what bp_test_follow_cpus() has begun
 * @suite: the suite
 */
void bp_test_follow_no_cpus(struct kunit_suite *suite)
{
	bp_hotplug_unregister();
}

/**
 * bp_test_bind() - let a case stay on CPU 0, where pages are at home at first
 * @test: the case, which has a thread of its own
 *
 * Return: 0, or why it cannot.
 */
int bp_test_bind(struct kunit *test)
{
	return set_cpus_allowed_ptr(current, cpumask_of(0));
}

static void drain_action(void *pool)
{
	bp_pool_drain(pool);
}

/**
 * bp_test_pool_lists() - a new pool of which CPUs keep blocks
 * @test: the case
 * @nr_pages: its size, in pages
 * @max_order: its largest order
 * @pages_per_cpu: how many pages each CPU may keep
 *
 * Return: the pool; a failure ends the case.
 */
struct bp_pool *bp_test_pool_lists(struct kunit *test, u32 nr_pages,
				   unsigned int max_order, u32 pages_per_cpu)
{
	struct bp_pool *pool = bp_test_pool(test, nr_pages, max_order);

	KUNIT_ASSERT_EQ(test, 0, bp_pool_use_lists(pool, pages_per_cpu));
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, drain_action, pool));
	return pool;
}

/**
 * __bp_test_assert_ok() - the checker must be content
 * @test: the case
 * @buddy: the buddy system
 * @line: of the case
 */
void __bp_test_assert_ok(struct kunit *test, const struct bp_buddy *buddy,
			 int line)
{
	char msg[BP_CHECK_MSG_SIZE];
	int err = bp_buddy_check(buddy, msg, sizeof(msg));

	KUNIT_ASSERT_STREQ_MSG(test, msg, "ok", "at line %d", line);
	KUNIT_ASSERT_EQ_MSG(test, err, 0, "at line %d", line);
}

/**
 * __bp_test_expect_wrong() - the checker must find something
 * @test: the case
 * @buddy: the buddy system
 * @words: what it must say
 * @line: of the case
 */
void __bp_test_expect_wrong(struct kunit *test, const struct bp_buddy *buddy,
			    const char *words, int line)
{
	char msg[BP_CHECK_MSG_SIZE] = "";
	int err = bp_buddy_check(buddy, msg, sizeof(msg));

	KUNIT_EXPECT_EQ_MSG(test, err, -EUCLEAN, "at line %d", line);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(msg, words),
				  "\"%s\" says nothing of \"%s\", at line %d",
				  msg, words, line);
}

/**
 * bp_test_expect_any_wrong() - the checker must find a wrong bit
 * @test: the case
 * @buddy: the buddy system
 * @bit: which bit it is
 * @what: of what
 * @where: of which one
 */
void bp_test_expect_any_wrong(struct kunit *test, const struct bp_buddy *buddy,
			      unsigned int bit, const char *what, u32 where)
{
	char msg[BP_CHECK_MSG_SIZE] = "";
	int err = bp_buddy_check(buddy, msg, sizeof(msg));

	KUNIT_EXPECT_EQ_MSG(test, err, -EUCLEAN, "bit %u of %s %u: %s", bit,
			    what, where, msg);
}

static void check_step(struct kunit *test, const struct bp_buddy *buddy,
		       int line)
{
	if (buddy->nr_pages <= SMALL_POOL)
		__bp_test_assert_ok(test, buddy, line);
}

/**
 * __bp_test_alloc() - an allocation that must succeed
 * @test: the case
 * @buddy: the buddy system
 * @nr_pages: pages wanted
 * @align_order: alignment wanted
 * @line: of the case
 *
 * Return: the first page.
 */
u32 __bp_test_alloc(struct kunit *test, struct bp_buddy *buddy, u32 nr_pages,
		    unsigned int align_order, int line)
{
	u32 pfn = U32_MAX;
	int err = bp_buddy_alloc(buddy, nr_pages, align_order, &pfn);

	KUNIT_ASSERT_EQ_MSG(test, err, 0,
			    "%u pages aligned to order %u, at line %d",
			    nr_pages, align_order, line);
	KUNIT_ASSERT_LT_MSG(test, pfn, buddy->nr_pages, "at line %d", line);
	check_step(test, buddy, line);
	return pfn;
}

/**
 * __bp_test_expect_no_run() - an allocation that must be refused
 * @test: the case
 * @buddy: the buddy system
 * @nr_pages: pages wanted
 * @align_order: alignment wanted
 * @err: why
 * @line: of the case
 */
void __bp_test_expect_no_run(struct kunit *test, struct bp_buddy *buddy,
			     u32 nr_pages, unsigned int align_order, int err,
			     int line)
{
	struct bp_test_snapshot *snap = bp_test_snapshot(test, buddy);
	u32 pfn = U32_MAX;

	KUNIT_EXPECT_EQ_MSG(test,
			    bp_buddy_alloc(buddy, nr_pages, align_order, &pfn),
			    err, "%u pages aligned to order %u, at line %d",
			    nr_pages, align_order, line);
	KUNIT_EXPECT_EQ_MSG(test, pfn, U32_MAX, "at line %d", line);
	KUNIT_EXPECT_TRUE_MSG(test, bp_test_unchanged(snap, buddy),
			      "changed by what was refused at line %d", line);
	bp_test_snapshot_free(test, snap);
}

/**
 * __bp_test_free() - a free that must succeed
 * @test: the case
 * @buddy: the buddy system
 * @pfn: the run
 * @nr_pages: its pages
 * @line: of the case
 */
void __bp_test_free(struct kunit *test, struct bp_buddy *buddy, u32 pfn,
		    u32 nr_pages, int line)
{
	int err = bp_buddy_free(buddy, pfn, nr_pages);

	KUNIT_ASSERT_EQ_MSG(test, err, 0, "%u pages at %u, at line %d",
			    nr_pages, pfn, line);
	check_step(test, buddy, line);
}

/**
 * __bp_test_resize() - a resize that must succeed
 * @test: the case
 * @buddy: the buddy system
 * @pfn: the run
 * @nr_pages: its pages
 * @new_nr_pages: the pages it shall have
 * @line: of the case
 */
void __bp_test_resize(struct kunit *test, struct bp_buddy *buddy, u32 pfn,
		      u32 nr_pages, u32 new_nr_pages, int line)
{
	int err = bp_buddy_resize(buddy, pfn, nr_pages, new_nr_pages);

	KUNIT_ASSERT_EQ_MSG(test, err, 0, "%u pages at %u to %u, at line %d",
			    nr_pages, pfn, new_nr_pages, line);
	check_step(test, buddy, line);
}

/**
 * bp_test_give_aside() - give all of many blocks back that were kept aside
 * @buddy: the buddy system
 * @order: their order
 * @pfns: their first pages
 * @nr: how many there are
 *
 * Return: how many were there to be given back.
 */
u32 bp_test_give_aside(struct bp_buddy *buddy, unsigned int order,
		       const u32 *pfns, u32 nr)
{
	u32 given = 0, some;

	for (; nr; nr -= some, pfns += some) {
		some = nr;
		given += bp_buddy_give_some(buddy, order, pfns, &some);
	}
	return given;
}

/**
 * __bp_test_free_all() - give back every run there is
 * @test: the case
 * @buddy: the buddy system
 * @line: of the case
 */
void __bp_test_free_all(struct kunit *test, struct bp_buddy *buddy, int line)
{
	u32 pfn, nr_pages;

	for (pfn = 0; pfn < buddy->nr_pages; pfn++) {
		nr_pages = bp_buddy_run(buddy, pfn);
		if (nr_pages)
			__bp_test_free(test, buddy, pfn, nr_pages, line);
	}
}
