// SPDX-License-Identifier: GPL-2.0
/*
 * Pools: real pages, which of them are stale, counters, the facts of a failure.
 */
#include "pool.h"

#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "testlib.h"

static void pool_create_refuses_nonsense(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(bp_pool_create(0, 10)), -EINVAL);
	KUNIT_EXPECT_EQ(test,
			PTR_ERR_OR_ZERO(bp_pool_create(BP_MAX_PAGES + 1, 10)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(bp_pool_create(U32_MAX, 10)),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(bp_pool_create(64, 19)), -EINVAL);
}

static void pool_create_larger_than_memory(struct kunit *test)
{
	const u32 nr_pages = totalram_pages() + 1;

	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(bp_pool_create(nr_pages, 10)),
			-ENOMEM);
}

/* As threats.md 18 wants it, already where the memory comes from. */
static void pool_pages_are_zero_at_first(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 67, 10);
	void *address;
	u32 pfn;

	for (pfn = 0; pfn < 67; pfn++) {
		address = kmap_local_page(bp_pool_page(pool, pfn));
		KUNIT_EXPECT_NULL(test, memchr_inv(address, 0, PAGE_SIZE));
		kunmap_local(address);
		KUNIT_EXPECT_FALSE(test, bp_stale_test(pool->stale, pfn));
	}
}

/* Each pfn is a page of its own, and not part of a larger one. */
static void pool_pages_are_distinct(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 67, 10);
	u32 pfn, other;

	for (pfn = 0; pfn < 67; pfn++) {
		struct page *page = bp_pool_page(pool, pfn);

		KUNIT_ASSERT_NOT_NULL(test, page);
		KUNIT_EXPECT_EQ(test, page_count(page), 1);
		KUNIT_EXPECT_FALSE(test, PageCompound(page));
		for (other = 0; other < pfn; other++)
			KUNIT_EXPECT_PTR_NE(test, page,
					    bp_pool_page(pool, other));
	}
}

/* Of one word of pages, and so of what one CPU keeps, all are in one cache line. */
static void pool_tags_of_a_word_are_together(struct kunit *test)
{
	static const u32 sizes[] = { 1, 64, 300, 1000, 1500 };
	unsigned int i, max_order;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (max_order = 0; max_order <= BP_MAX_ORDER; max_order += 6) {
			struct bp_pool *pool =
				bp_test_pool(test, sizes[i], max_order);

			KUNIT_EXPECT_TRUE(test,
					  IS_ALIGNED((size_t)pool->buddy.tags,
						     BP_WORD_UNITS));
		}
}

/* Whatever is written to its pages, the pool does not notice. */
static void pool_metadata_is_outside(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 67, 10);
	struct bp_test_snapshot *snap = bp_test_snapshot(test, &pool->buddy);
	void *address;
	u32 pfn;

	for (pfn = 0; pfn < 67; pfn++) {
		address = kmap_local_page(bp_pool_page(pool, pfn));
		memset(address, 0xff, PAGE_SIZE);
		kunmap_local(address);
	}
	KUNIT_EXPECT_TRUE(test, bp_test_unchanged(snap, &pool->buddy));
	bp_test_assert_ok(test, &pool->buddy);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(pool->stale, 67));
}

/* A page that somebody refers to outlives the pool. */
static void pool_destroy_leaves_referenced_pages(struct kunit *test)
{
	struct bp_pool *pool = bp_pool_create(8, 3);
	struct page *page;
	u8 *address;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pool);
	page = bp_pool_page(pool, 5);
	get_page(page);
	bp_pool_destroy(pool);

	KUNIT_EXPECT_EQ(test, page_count(page), 1);
	address = kmap_local_page(page);
	address[0] = 42;
	KUNIT_EXPECT_EQ(test, address[0], 42);
	kunmap_local(address);
	put_page(page);
}

static u32 pool_alloc(struct kunit *test, struct bp_pool *pool, u32 nr_pages)
{
	const struct bp_request request = { .nr_pages = nr_pages };
	struct bp_failure failure = {};
	u32 pfn = U32_MAX;

	KUNIT_ASSERT_EQ(test, bp_pool_alloc(pool, &request, &pfn, &failure), 0);
	KUNIT_EXPECT_EQ(test, failure.reason, BP_NO_FAILURE);
	bp_test_assert_ok(test, &pool->buddy);
	return pfn;
}

static void pool_free(struct kunit *test, struct bp_pool *pool, u32 pfn,
		      u32 nr_pages, bool stale)
{
	KUNIT_ASSERT_EQ(test, bp_pool_free(pool, pfn, nr_pages, stale), 0);
	bp_test_assert_ok(test, &pool->buddy);
}

static void show(struct bp_pool *pool, u32 first, u32 last)
{
	u32 pfn;

	for (pfn = first; pfn <= last; pfn++)
		bp_pool_show_page(pool, pfn);
}

/* Of the pages of a pool of 64, one bit each. */
static void expect_stale(struct kunit *test, struct bp_pool *pool, u64 pages)
{
	u64 found = 0;
	u32 pfn;

	for (pfn = 0; pfn < pool->buddy.nr_pages; pfn++)
		if (bp_stale_test(pool->stale, pfn))
			found |= BIT_ULL(pfn);
	KUNIT_EXPECT_EQ_MSG(test, found, pages, "found %#llx", found);
}

/* What may have been written to, all of that and nothing else, is stale. */
static void stale_is_what_was_freed(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);

	KUNIT_EXPECT_EQ(test, pool_alloc(test, pool, 8), 0);
	KUNIT_EXPECT_EQ(test, pool_alloc(test, pool, 5), 8);
	KUNIT_EXPECT_EQ(test, pool_alloc(test, pool, 16), 16);
	show(pool, 8, 12);
	show(pool, 17, 17);
	show(pool, 30, 31);
	expect_stale(test, pool, 0);
	pool_free(test, pool, 8, 5, true);
	expect_stale(test, pool, GENMASK_ULL(12, 8));
	pool_free(test, pool, 0, 8, false);
	expect_stale(test, pool, GENMASK_ULL(12, 8));
	pool_free(test, pool, 16, 16, true);
	expect_stale(test, pool,
		     GENMASK_ULL(12, 8) | BIT_ULL(17) | GENMASK_ULL(31, 30));
}

/* To whomever they are given next, until they have been shown, and cleared. */
static void stale_remains_until_shown(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);

	pool_alloc(test, pool, 8);
	show(pool, 0, 7);
	pool_free(test, pool, 0, 8, true);
	KUNIT_EXPECT_EQ(test, pool_alloc(test, pool, 16), 0);
	expect_stale(test, pool, GENMASK_ULL(7, 0));
	show(pool, 3, 3);
	expect_stale(test, pool, GENMASK_ULL(2, 0) | GENMASK_ULL(7, 4));
	/* Once is enough. */
	show(pool, 3, 3);
	expect_stale(test, pool, GENMASK_ULL(2, 0) | GENMASK_ULL(7, 4));
	KUNIT_EXPECT_TRUE(test, bp_pool_page_is_shown(pool, 3));
	KUNIT_EXPECT_FALSE(test, bp_pool_page_is_shown(pool, 4));
	/* What this owner has not seen may still be the earlier one's. */
	pool_free(test, pool, 0, 16, true);
	expect_stale(test, pool, GENMASK_ULL(7, 0));
	KUNIT_EXPECT_FALSE(test, bp_pool_page_is_shown(pool, 3));
}

/* A free page that somebody could still see is a leak, which the check finds. */
static void check_finds_free_pages_shown(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	char msg[BP_CHECK_MSG_SIZE];

	pool_alloc(test, pool, 8);
	show(pool, 5, 5);
	KUNIT_EXPECT_EQ(test, bp_pool_check(pool, msg, sizeof(msg)), 0);
	pool_free(test, pool, 0, 8, false);
	KUNIT_EXPECT_EQ(test, bp_pool_check(pool, msg, sizeof(msg)), -EUCLEAN);
	KUNIT_EXPECT_STREQ(test, msg, "the free page 5 is shown");
	bp_stale_mark(pool->stale, 5, 1);
	KUNIT_EXPECT_EQ(test, bp_pool_check(pool, msg, sizeof(msg)), 0);
}

static void stale_is_the_tail_of_a_shrink(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_failure failure = {};

	pool_alloc(test, pool, 16);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 16, 13, false, &failure),
			0);
	expect_stale(test, pool, 0);
	show(pool, 0, 12);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 13, 5, true, &failure),
			0);
	expect_stale(test, pool, GENMASK_ULL(12, 5));
	/* Grown into, they still are. */
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 5, 20, true, &failure),
			0);
	expect_stale(test, pool, GENMASK_ULL(12, 5));
	pool_free(test, pool, 0, 20, true);
	expect_stale(test, pool, GENMASK_ULL(12, 0));
}

static void stale_is_not_changed_by_what_is_refused(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_failure failure = {};

	pool_alloc(test, pool, 16);
	show(pool, 0, 15);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, 0, 15, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, 16, 16, true), -ENOENT);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, 64, 1, true), -ERANGE);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 15, 1, true, &failure),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 16, 0, true, &failure),
			-EINVAL);
	expect_stale(test, pool, 0);
	pool_free(test, pool, 0, 16, true);
}

static void expect_failure(struct kunit *test, const struct bp_failure *failure,
			   enum bp_reason reason, u32 free_pages, u32 largest)
{
	KUNIT_EXPECT_EQ(test, failure->reason, reason);
	KUNIT_EXPECT_EQ(test, failure->free_pages, free_pages);
	KUNIT_EXPECT_EQ(test, failure->largest, largest);
}

static int fail_alloc(struct bp_pool *pool, u32 nr_pages, u8 align_order,
		      struct bp_failure *failure)
{
	const struct bp_request request = {
		.nr_pages = nr_pages,
		.align_order = align_order,
	};
	u32 pfn;

	memset(failure, 0xee, sizeof(*failure));
	return bp_pool_alloc(pool, &request, &pfn, failure);
}

static void failure_says_full(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_failure failure;

	pool_alloc(test, pool, 59);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 6, 0, &failure), -ENOMEM);
	expect_failure(test, &failure, BP_FULL, 5, 4);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 64, 0, &failure), -ENOMEM);
	expect_failure(test, &failure, BP_FULL, 5, 4);
	pool_alloc(test, pool, 4);
	pool_alloc(test, pool, 1);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 1, 0, &failure), -ENOMEM);
	expect_failure(test, &failure, BP_FULL, 0, 0);
	bp_test_free_all(test, &pool->buddy);
}

static void failure_says_fragmented(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_failure failure;

	pool_alloc(test, pool, 59);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 5, 0, &failure), -ENOMEM);
	expect_failure(test, &failure, BP_FRAGMENTED, 5, 4);
	/* Large enough, but not so aligned. */
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 4, 3, &failure), -ENOMEM);
	expect_failure(test, &failure, BP_FRAGMENTED, 5, 4);
	bp_test_free_all(test, &pool->buddy);
}

static void failure_says_too_large(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 100, 10);
	struct bp_failure failure;

	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 65, 0, &failure), -EFBIG);
	expect_failure(test, &failure, BP_TOO_LARGE, 100, 64);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 1, 7, &failure), -EFBIG);
	expect_failure(test, &failure, BP_TOO_LARGE, 100, 64);
	pool_alloc(test, pool, 64);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 65, 0, &failure), -EFBIG);
	expect_failure(test, &failure, BP_TOO_LARGE, 36, 32);
	bp_test_free_all(test, &pool->buddy);
}

/* A growth wants only what it has not got. */
static void failure_of_a_resize(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_failure failure = {};

	KUNIT_EXPECT_EQ(test, pool_alloc(test, pool, 16), 0);
	KUNIT_EXPECT_EQ(test, pool_alloc(test, pool, 16), 16);
	KUNIT_EXPECT_EQ(test, pool_alloc(test, pool, 16), 32);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 16, 32, false, &failure),
			-ENOMEM);
	expect_failure(test, &failure, BP_FRAGMENTED, 16, 16);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 16, 33, false, &failure),
			-ENOMEM);
	expect_failure(test, &failure, BP_FULL, 16, 16);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 16, 65, false, &failure),
			-EFBIG);
	expect_failure(test, &failure, BP_TOO_LARGE, 16, 16);
	KUNIT_EXPECT_EQ(test, pool->counters.failures, 3);
	/* Without a place for the facts it does not count either. */
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 16, 32, false, NULL),
			-ENOMEM);
	KUNIT_EXPECT_EQ(test, pool->counters.failures, 3);
	bp_test_free_all(test, &pool->buddy);
}

/* Nonsense is no want of memory. */
static void failure_is_not_of_nonsense(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_failure failure, untouched;

	memset(&untouched, 0xee, sizeof(untouched));
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 0, 0, &failure), -EINVAL);
	KUNIT_EXPECT_MEMEQ(test, &failure, &untouched, sizeof(failure));
	pool_alloc(test, pool, 4);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 0, 4, 0, false, &failure),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 1, 4, 5, false, &failure),
			-ENOENT);
	KUNIT_EXPECT_MEMEQ(test, &failure, &untouched, sizeof(failure));
	KUNIT_EXPECT_EQ(test, pool->counters.failures, 0);
	pool_free(test, pool, 0, 4, false);
}

static void counters_count_what_succeeded(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_failure failure;
	unsigned int i;

	for (i = 0; i < 5; i++)
		pool_alloc(test, pool, 8);
	pool_free(test, pool, 0, 8, false);
	pool_free(test, pool, 16, 8, true);
	KUNIT_EXPECT_EQ(test, bp_pool_free(pool, 0, 8, false), -ENOENT);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 64, 0, &failure), -ENOMEM);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 65, 0, &failure), -EFBIG);
	KUNIT_EXPECT_EQ(test, fail_alloc(pool, 0, 0, &failure), -EINVAL);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 8, 8, 9, false, NULL), 0);
	KUNIT_EXPECT_EQ(test, bp_pool_resize(pool, 8, 9, 1, false, NULL), 0);

	KUNIT_EXPECT_EQ(test, pool->counters.allocs, 5);
	KUNIT_EXPECT_EQ(test, pool->counters.frees, 2);
	KUNIT_EXPECT_EQ(test, pool->counters.failures, 2);
	KUNIT_EXPECT_EQ(test, pool->counters.resizes, 2);
	bp_test_free_all(test, &pool->buddy);
}

static void stat_tells_all(struct kunit *test)
{
	static const u32 nr_free[BP_NR_ORDERS] = { 1, 1, 1, 1, 1, 1 };
	struct bp_pool *pool = bp_test_pool(test, 100, 10);
	struct bp_pool_stat stat;

	pool_alloc(test, pool, 32);
	pool_alloc(test, pool, 5);
	bp_test_expect_free(test, &pool->buddy, "5:0 6:1 8:3 16:4 32:5 96:2");
	bp_pool_stat(pool, &stat);
	KUNIT_EXPECT_EQ(test, stat.free_pages, 63);
	KUNIT_EXPECT_EQ(test, stat.largest, 32);
	KUNIT_EXPECT_EQ(test, stat.fragmentation, 0);
	KUNIT_EXPECT_MEMEQ(test, stat.nr_free, nr_free, sizeof(nr_free));
	KUNIT_EXPECT_EQ(test, stat.nr_splits, pool->buddy.freemap.nr_splits);
	KUNIT_EXPECT_EQ(test, stat.nr_splits, 6);
	KUNIT_EXPECT_EQ(test, stat.nr_merges, 0);
	KUNIT_EXPECT_EQ(test, stat.counters.allocs, 2);
	bp_test_free_all(test, &pool->buddy);
	bp_pool_stat(pool, &stat);
	KUNIT_EXPECT_EQ(test, stat.free_pages, 100);
	KUNIT_EXPECT_EQ(test, stat.nr_merges, 6);
}

static void unreferenced_sees_each_page(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 16, 4);
	struct page *page;
	u32 pfn, first;

	KUNIT_EXPECT_EQ(test, bp_pool_unreferenced(pool, 0, 16), 16);
	for (pfn = 0; pfn < 16; pfn++) {
		page = bp_pool_page(pool, pfn);
		get_page(page);
		for (first = 0; first < 16; first++) {
			u32 alone = bp_pool_unreferenced(pool, first, 1);
			u32 all = bp_pool_unreferenced(pool, first, 16 - first);

			KUNIT_EXPECT_EQ(test, alone, first != pfn);
			KUNIT_EXPECT_EQ(test, all,
					first <= pfn ? pfn - first :
						       16 - first);
		}
		put_page(page);
	}
	KUNIT_EXPECT_EQ(test, bp_pool_unreferenced(pool, 0, 16), 16);
}

/* In batches of every size, the walk tells each page once. */
static void walk_tiles_the_pool(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 35, 5);
	struct bp_extent extents[16];
	unsigned int count, nr, i, total;
	u32 pfn, next;

	pool_alloc(test, pool, 13);
	pool_alloc(test, pool, 1);
	pool_alloc(test, pool, 3);
	for (count = 1; count <= 16; count++) {
		total = 0;
		for (pfn = 0, next = 0; pfn < 35;) {
			nr = bp_pool_walk(pool, &pfn, extents, count);
			KUNIT_ASSERT_GT(test, nr, 0);
			KUNIT_ASSERT_LE(test, nr, count);
			for (i = 0; i < nr; i++) {
				KUNIT_EXPECT_EQ(test, extents[i].pfn, next);
				next += 1U << extents[i].order;
			}
			KUNIT_EXPECT_EQ(test, pfn, next);
			total += nr;
		}
		KUNIT_EXPECT_EQ(test, next, 35);
		KUNIT_EXPECT_EQ(test, total, 12);
	}
	bp_test_free_all(test, &pool->buddy);
}

static void walk_from_inside_a_block(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_extent extents[2];
	u32 pfn = 21;

	pool_alloc(test, pool, 8);
	bp_test_expect_free(test, &pool->buddy, "8:3 16:4 32:5");
	KUNIT_EXPECT_EQ(test, bp_pool_walk(pool, &pfn, extents, 2), 2);
	KUNIT_EXPECT_EQ(test, pfn, 64);
	KUNIT_EXPECT_EQ(test, extents[0].pfn, 16);
	KUNIT_EXPECT_EQ(test, extents[0].order, 4);
	KUNIT_EXPECT_EQ(test, extents[0].kind, BP_EXTENT_FREE);
	KUNIT_EXPECT_EQ(test, extents[1].pfn, 32);
	pfn = 7;
	KUNIT_EXPECT_EQ(test, bp_pool_walk(pool, &pfn, extents, 1), 1);
	KUNIT_EXPECT_EQ(test, pfn, 8);
	KUNIT_EXPECT_EQ(test, extents[0].pfn, 0);
	KUNIT_EXPECT_EQ(test, extents[0].kind, BP_EXTENT_PIECE);
	KUNIT_EXPECT_TRUE(test, extents[0].head);
	pool_free(test, pool, 0, 8, false);
}

static void walk_of_nothing(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	struct bp_extent extent = { .pfn = 12345 };
	u32 pfn = 64;

	KUNIT_EXPECT_EQ(test, bp_pool_walk(pool, &pfn, &extent, 1), 0);
	KUNIT_EXPECT_EQ(test, pfn, 64);
	pfn = 0;
	KUNIT_EXPECT_EQ(test, bp_pool_walk(pool, &pfn, &extent, 0), 0);
	KUNIT_EXPECT_EQ(test, pfn, 0);
	KUNIT_EXPECT_EQ(test, extent.pfn, 12345);
}

static void pool_check_passes_the_verdict_on(struct kunit *test)
{
	struct bp_pool *pool = bp_test_pool(test, 64, 6);
	char msg[BP_CHECK_MSG_SIZE];

	KUNIT_EXPECT_EQ(test, bp_pool_check(pool, msg, sizeof(msg)), 0);
	KUNIT_EXPECT_STREQ(test, msg, "ok");
	pool->buddy.nr_free_pages--;
	KUNIT_EXPECT_EQ(test, bp_pool_check(pool, msg, sizeof(msg)), -EUCLEAN);
	KUNIT_EXPECT_STREQ(test, msg,
			   "63 free pages are counted, and there are 64");
	pool->buddy.nr_free_pages++;
}

static struct kunit_case cases[] = {
	KUNIT_CASE(pool_create_refuses_nonsense),
	KUNIT_CASE(pool_create_larger_than_memory),
	KUNIT_CASE(pool_pages_are_zero_at_first),
	KUNIT_CASE(pool_pages_are_distinct),
	KUNIT_CASE(pool_tags_of_a_word_are_together),
	KUNIT_CASE(pool_metadata_is_outside),
	KUNIT_CASE(pool_destroy_leaves_referenced_pages),
	KUNIT_CASE(stale_is_what_was_freed),
	KUNIT_CASE(stale_remains_until_shown),
	KUNIT_CASE(check_finds_free_pages_shown),
	KUNIT_CASE(stale_is_the_tail_of_a_shrink),
	KUNIT_CASE(stale_is_not_changed_by_what_is_refused),
	KUNIT_CASE(failure_says_full),
	KUNIT_CASE(failure_says_fragmented),
	KUNIT_CASE(failure_says_too_large),
	KUNIT_CASE(failure_of_a_resize),
	KUNIT_CASE(failure_is_not_of_nonsense),
	KUNIT_CASE(counters_count_what_succeeded),
	KUNIT_CASE(stat_tells_all),
	KUNIT_CASE(unreferenced_sees_each_page),
	KUNIT_CASE(walk_tiles_the_pool),
	KUNIT_CASE(walk_from_inside_a_block),
	KUNIT_CASE(walk_of_nothing),
	KUNIT_CASE(pool_check_passes_the_verdict_on),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_pool",
	.test_cases = cases,
};

kunit_test_suite(suite);
