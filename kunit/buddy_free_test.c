// SPDX-License-Identifier: GPL-2.0
/*
 * Frees that must be refused, and leave everything as it was.
 */
#include "buddy.h"

#include "testlib.h"

/* A pool of 32 pages with the runs 0+13, 16+4 and 13+1. */
static struct bp_buddy *new_pool_in_use(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 32, 5);

	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 13, 0), 0);
	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 4, 4), 16);
	KUNIT_ASSERT_EQ(test, bp_test_alloc(test, buddy, 1, 0), 13);
	bp_test_expect_runs(test, buddy, "0+13 13+1 16+4");
	return buddy;
}

static void free_twice(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);

	bp_test_free(test, buddy, 0, 13);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 0, 13),
			       -ENOENT);
	bp_test_free(test, buddy, 13, 1);
	bp_test_free(test, buddy, 16, 4);
	/* Now merged into one block, whose first page 0 is. */
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 0, 13),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 16, 4),
			       -ENOENT);
}

/* The page may be somebody else's by then, which only its size can show. */
static void free_twice_with_a_new_owner(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);

	bp_test_free(test, buddy, 0, 13);
	KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 8, 0), 0);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 0, 13),
			       -EINVAL);
	bp_test_free_all(test, buddy);
}

static void free_inside_a_run(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);

	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 1, 1),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 4, 4),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 17, 3),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 18, 2),
			       -ENOENT);
	bp_test_free_all(test, buddy);
}

static void free_at_a_later_piece(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);

	bp_test_expect_pieces(test, buddy, "0:3 8:2 12:0 13:0 16:2");
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 8, 4),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 8, 5),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 12, 1),
			       -ENOENT);
	bp_test_free_all(test, buddy);
}

static void free_never_allocated(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);

	bp_test_expect_free(test, buddy, "14:1 20:2 24:3");
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 14, 2),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 15, 1),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 24, 8),
			       -ENOENT);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 31, 1),
			       -ENOENT);
	bp_test_free_all(test, buddy);
}

static void free_with_the_wrong_size(struct kunit *test)
{
	static const u32 sizes[] = { 0, 1, 12, 14, 16, 26, 32, U32_MAX };
	struct bp_buddy *buddy = new_pool_in_use(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		bp_test_expect_refused(test, buddy,
				       bp_buddy_free(buddy, 0, sizes[i]),
				       -EINVAL);
	/* Where a piece ends. */
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 0, 8),
			       -EINVAL);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 16, 2),
			       -EINVAL);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 16, 8),
			       -EINVAL);
	bp_test_free_all(test, buddy);
}

static void free_out_of_range(struct kunit *test)
{
	static const u32 pfns[] = { 32,       33,          64,     1U << 18,
				    1U << 30, U32_MAX - 1, U32_MAX };
	struct bp_buddy *buddy = new_pool_in_use(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pfns); i++) {
		const u32 pfn = pfns[i];

		bp_test_expect_refused(test, buddy,
				       bp_buddy_free(buddy, pfn, 1), -ERANGE);
		bp_test_expect_refused(test, buddy,
				       bp_buddy_resize(buddy, pfn, 1, 1),
				       -ERANGE);
		KUNIT_EXPECT_EQ(test, bp_buddy_run(buddy, pfn), 0);
	}
	bp_test_free_all(test, buddy);
}

static int expected_of(u32 pfn)
{
	if (pfn >= 32)
		return -ERANGE;
	return pfn == 0 || pfn == 13 || pfn == 16 ? -EINVAL : -ENOENT;
}

/* All that can be said wrongly about a small pool. */
static void free_of_everything_wrong(struct kunit *test)
{
	struct bp_buddy *buddy = new_pool_in_use(test);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, buddy);
	u32 pfn, nr;

	for (pfn = 0; pfn < 40; pfn++) {
		for (nr = 0; nr < 40; nr++) {
			if (nr && bp_buddy_run(buddy, pfn) == nr)
				continue;
			KUNIT_EXPECT_EQ_MSG(test, bp_buddy_free(buddy, pfn, nr),
					    expected_of(pfn), "%u+%u", pfn, nr);
			KUNIT_ASSERT_TRUE_MSG(test,
					      bp_test_unchanged(snap, buddy),
					      "%u+%u", pfn, nr);
		}
	}
	bp_test_free_all(test, buddy);
}

/* Each run is one run to the pool, however it lies to its neighbours. */
static void free_is_of_one_run(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, 16, 4);
	u32 pfn;

	for (pfn = 0; pfn < 16; pfn += 4)
		KUNIT_EXPECT_EQ(test, bp_test_alloc(test, buddy, 4, 0), pfn);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 0, 8),
			       -EINVAL);
	bp_test_expect_refused(test, buddy, bp_buddy_free(buddy, 0, 16),
			       -EINVAL);
	for (pfn = 0; pfn < 16; pfn += 4)
		KUNIT_EXPECT_EQ(test, bp_buddy_run(buddy, pfn), 4);
	bp_test_free_all(test, buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(free_twice),
	KUNIT_CASE(free_twice_with_a_new_owner),
	KUNIT_CASE(free_inside_a_run),
	KUNIT_CASE(free_at_a_later_piece),
	KUNIT_CASE(free_never_allocated),
	KUNIT_CASE(free_with_the_wrong_size),
	KUNIT_CASE(free_out_of_range),
	KUNIT_CASE(free_of_everything_wrong),
	KUNIT_CASE(free_is_of_one_run),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_buddy_free",
	.test_cases = cases,
};

kunit_test_suite(suite);
