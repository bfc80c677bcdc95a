/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites share: pools that are cleaned up after, steps that are checked
 * as they are made, pictures of a pool in words.
 */
#ifndef BP_TESTLIB_H
#define BP_TESTLIB_H

#include <kunit/test.h>
#include <linux/types.h>

#include "buddy.h"
#include "pool.h"

/**
 * struct bp_test_shape - the two numbers that make a pool
 * @nr_pages: its size, in pages
 * @max_order: its largest order
 */
struct bp_test_shape {
	u32 nr_pages;
	unsigned int max_order;
};

u32 bp_test_seed(void);

void bp_test_shape_desc(const struct bp_test_shape *shape, char *desc);

/**
 * struct bp_test_snapshot - everything a buddy system knows, at one moment
 * @buddy: the structure
 * @size: of @metadata, in bytes
 * @metadata: a copy of the metadata
 */
struct bp_test_snapshot {
	struct bp_buddy buddy;
	size_t size;
	void *metadata;
};

struct bp_test_snapshot *bp_test_snapshot(struct kunit *test,
					  const struct bp_buddy *buddy);
void bp_test_snapshot_free(struct kunit *test, struct bp_test_snapshot *snap);
bool bp_test_unchanged(const struct bp_test_snapshot *snap,
		       const struct bp_buddy *buddy);
void bp_test_restore(const struct bp_test_snapshot *snap,
		     struct bp_buddy *buddy);

u32 bp_test_nr_free(const struct bp_buddy *buddy, unsigned int order);

void *bp_test_vzalloc(struct kunit *test, size_t size);

/*
 * These fail the case if it ends with anything left allocated, and clean up
 * however it ends.
 */
struct bp_buddy *bp_test_buddy(struct kunit *test, u32 nr_pages,
			       unsigned int max_order);
struct bp_pool *bp_test_pool(struct kunit *test, u32 nr_pages,
			     unsigned int max_order);
struct bp_pool *bp_test_pool_lists(struct kunit *test, u32 nr_pages,
				   unsigned int max_order, u32 pages_per_cpu);

/* For suites with such pools: before and after all cases, and before each. */
int bp_test_follow_cpus(struct kunit_suite *suite);
void bp_test_follow_no_cpus(struct kunit_suite *suite);
int bp_test_bind(struct kunit *test);

u32 bp_test_give_aside(struct bp_buddy *buddy, unsigned int order,
		       const u32 *pfns, u32 nr);

/*
 * Steps that must succeed, each followed by the checker, or be refused without
 * any change. The macros give the line of the case to the message of a failure.
 */
void __bp_test_assert_ok(struct kunit *test, const struct bp_buddy *buddy,
			 int line);
void __bp_test_expect_wrong(struct kunit *test, const struct bp_buddy *buddy,
			    const char *words, int line);
void bp_test_expect_any_wrong(struct kunit *test, const struct bp_buddy *buddy,
			      unsigned int bit, const char *what, u32 where);
u32 __bp_test_alloc(struct kunit *test, struct bp_buddy *buddy, u32 nr_pages,
		    unsigned int align_order, int line);
void __bp_test_free(struct kunit *test, struct bp_buddy *buddy, u32 pfn,
		    u32 nr_pages, int line);
void __bp_test_resize(struct kunit *test, struct bp_buddy *buddy, u32 pfn,
		      u32 nr_pages, u32 new_nr_pages, int line);
void __bp_test_expect_no_run(struct kunit *test, struct bp_buddy *buddy,
			     u32 nr_pages, unsigned int align_order, int err,
			     int line);
void __bp_test_free_all(struct kunit *test, struct bp_buddy *buddy, int line);

#define bp_test_assert_ok(test, buddy) \
	__bp_test_assert_ok(test, buddy, __LINE__)
#define bp_test_expect_wrong(test, buddy, words) \
	__bp_test_expect_wrong(test, buddy, words, __LINE__)
#define bp_test_alloc(test, buddy, nr_pages, align_order) \
	__bp_test_alloc(test, buddy, nr_pages, align_order, __LINE__)
#define bp_test_free(test, buddy, pfn, nr_pages) \
	__bp_test_free(test, buddy, pfn, nr_pages, __LINE__)
#define bp_test_resize(test, buddy, pfn, nr_pages, new_nr_pages) \
	__bp_test_resize(test, buddy, pfn, nr_pages, new_nr_pages, __LINE__)
#define bp_test_expect_no_run(test, buddy, nr_pages, align_order, err)   \
	__bp_test_expect_no_run(test, buddy, nr_pages, align_order, err, \
				__LINE__)
#define bp_test_free_all(test, buddy) __bp_test_free_all(test, buddy, __LINE__)

/*
 * Pictures of a small pool, in the order of addresses: its free blocks as
 * "pfn:order", its runs as "pfn+pages", the pieces of all its runs as
 * "pfn:order".
 */
const char *bp_test_free_blocks(struct kunit *test,
				const struct bp_buddy *buddy);
const char *bp_test_runs(struct kunit *test, const struct bp_buddy *buddy);
const char *bp_test_pieces(struct kunit *test, const struct bp_buddy *buddy);

void __bp_test_expect_free(struct kunit *test, const struct bp_buddy *buddy,
			   const char *picture, int line);
void __bp_test_expect_runs(struct kunit *test, const struct bp_buddy *buddy,
			   const char *picture, int line);
void __bp_test_expect_pieces(struct kunit *test, const struct bp_buddy *buddy,
			     const char *picture, int line);

#define bp_test_expect_free(test, buddy, picture) \
	__bp_test_expect_free(test, buddy, picture, __LINE__)
#define bp_test_expect_runs(test, buddy, picture) \
	__bp_test_expect_runs(test, buddy, picture, __LINE__)
#define bp_test_expect_pieces(test, buddy, picture) \
	__bp_test_expect_pieces(test, buddy, picture, __LINE__)

/* @call must return @err and leave no byte of @buddy other than it was. */
#define bp_test_expect_refused(test, buddy, call, err)                    \
	do {                                                              \
		struct kunit *__test = (test);                            \
		const struct bp_buddy *__buddy = (buddy);                 \
		struct bp_test_snapshot *__snap =                         \
			bp_test_snapshot(__test, __buddy);                \
		KUNIT_EXPECT_EQ(__test, call, err);                       \
		KUNIT_EXPECT_TRUE_MSG(__test,                             \
				      bp_test_unchanged(__snap, __buddy), \
				      "changed by the refused " #call);   \
		bp_test_snapshot_free(__test, __snap);                    \
	} while (0)

#endif /* BP_TESTLIB_H */
