/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of the per-CPU lists share. Their cases run on one CPU.
 */
#ifndef BP_LISTLIB_H
#define BP_LISTLIB_H

#include <kunit/test.h>
#include <linux/types.h>

#include "pool.h"

/* Of which a list of each order is a small part. */
#define BP_TEST_LISTS_PAGES 16384

/* Frees after which lists that were emptied are in use again. */
#define BP_TEST_MANY_FREES 300

struct bp_pool *bp_test_lists(struct kunit *test);
u32 bp_test_kept(struct bp_pool *pool);
u32 bp_test_must_alloc(struct kunit *test, struct bp_pool *pool,
		       unsigned int order);
void bp_test_must_free(struct kunit *test, struct bp_pool *pool, u32 pfn,
		       unsigned int order);
void bp_test_calm_down(struct kunit *test, struct bp_pool *pool);

#endif /* BP_LISTLIB_H */
