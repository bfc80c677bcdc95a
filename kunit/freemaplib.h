/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of the free areas share.
 */
#ifndef BP_FREEMAPLIB_H
#define BP_FREEMAPLIB_H

#include <kunit/test.h>
#include <linux/types.h>

#include "freemap.h"

struct bp_freemap *bp_test_freemap(struct kunit *test, u32 nr_pages,
				   unsigned int max_order);

/*
 * What must be there to be taken; the map is left as it was. The macros give the
 * line of the case to the message of a failure.
 */
void __bp_test_expect_take(struct kunit *test, struct bp_freemap *map,
			   unsigned int order, unsigned int from, u32 pfn,
			   int line);
void __bp_test_expect_no_block(struct kunit *test, struct bp_freemap *map,
			       unsigned int order, int line);
void __bp_test_expect_nothing(struct kunit *test, struct bp_freemap *map,
			      u32 nr_pages, int line);

#define bp_test_expect_take(test, map, order, from, pfn) \
	__bp_test_expect_take(test, map, order, from, pfn, __LINE__)
#define bp_test_expect_no_block(test, map, order) \
	__bp_test_expect_no_block(test, map, order, __LINE__)
#define bp_test_expect_nothing(test, map, nr_pages) \
	__bp_test_expect_nothing(test, map, nr_pages, __LINE__)

#endif /* BP_FREEMAPLIB_H */
