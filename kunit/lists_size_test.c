// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: how much may be on them.
 */
#include "lists.h"

#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "testlib.h"

KUNIT_DEFINE_ACTION_WRAPPER(destroy_action, bp_lists_destroy,
			    struct bp_lists *);

static struct bp_lists *new_lists(struct kunit *test, u32 pages_per_cpu,
				  unsigned int max_order)
{
	struct bp_lists *lists =
		kunit_kzalloc(test, sizeof(*lists), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lists);
	/* It may have been anything before. */
	memset(lists, 0xff, sizeof(*lists));
	KUNIT_ASSERT_EQ(test, bp_lists_init(lists), 0);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_action, lists));
	bp_lists_set_size(lists, pages_per_cpu, max_order);
	return lists;
}

static u32 high_pages(const struct bp_lists *lists, unsigned int nr)
{
	return (lists->high[nr] + lists->spare_high[nr]) << bp_list_order(nr);
}

static const u32 sizes[] = { 0,   4,    5,    9,    10,   39,    40,
			     200, 1000, 2559, 2560, 5120, 100000 };

static void size_desc(const u32 *size, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%u pages", *size);
}

KUNIT_ARRAY_PARAM(size, sizes, size_desc);

/* Each has a list that can have a block, and none more than its share. */
static void lists_have_equal_shares(struct kunit *test)
{
	const u32 size = *(const u32 *)test->param_value;
	const u32 share = size / BP_NR_LISTS;
	unsigned int max_order, i;

	for (max_order = 0; max_order <= 10; max_order++) {
		struct bp_lists *lists = new_lists(test, size, max_order);
		u32 total = 0;

		for (i = 0; i < BP_NR_LISTS; i++) {
			const unsigned int order = bp_list_order(i);

			KUNIT_EXPECT_EQ(test, lists->high[i] > 0,
					order <= max_order &&
						share >= 1U << order);
			KUNIT_EXPECT_LE(test, high_pages(lists, i), share);
			KUNIT_EXPECT_LE(test, lists->high[i], BP_STOCK_SIZE);
			total += high_pages(lists, i);
		}
		KUNIT_EXPECT_EQ(test, lists->max_pages,
				num_possible_cpus() * total);
		KUNIT_EXPECT_EQ(test, lists->on, total > 0);
	}
}

/* What moves at a time is half of what a list may have, but no more than a word. */
static void lists_have_small_batches(struct kunit *test)
{
	const u32 size = *(const u32 *)test->param_value;
	struct bp_lists *lists = new_lists(test, size, 10);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++) {
		if (!lists->high[i])
			continue;
		KUNIT_EXPECT_EQ(test, lists->batch[i],
				max(min(lists->high[i] / 2,
					BP_MAX_BATCH >> bp_list_order(i)),
				    1U));
		/* Of words that are divided, it does not matter whose they are. */
		KUNIT_EXPECT_EQ(test, lists->low[i],
				lists->batch[i] << bp_list_order(i) == 64 ?
					lists->batch[i] / 2 :
					U32_MAX);
	}
}

/* Whatever they may have, nobody keeps anything before its CPU is online. */
static void lists_begin_with_nothing(struct kunit *test)
{
	struct bp_lists *lists = new_lists(test, 5120, 10);
	struct bp_lists_stat stat;
	unsigned int i;
	u32 pfn = 0;

	for (i = 0; i < BP_NR_LISTS; i++) {
		KUNIT_EXPECT_EQ(test, bp_lists_pop(lists, i), BP_NO_PAGE);
		KUNIT_EXPECT_FALSE(test,
				   bp_lists_push(lists, i, 0, false, true));
		KUNIT_EXPECT_FALSE(test,
				   bp_lists_push(lists, i, 0, true, true));
		KUNIT_EXPECT_EQ(test, bp_lists_pop_many(lists, i, &pfn, 1), 0);
		KUNIT_EXPECT_EQ(test, bp_lists_push_many(lists, i, &pfn, 1, 1),
				0);
	}
	bp_lists_stat(lists, &stat);
	KUNIT_EXPECT_EQ(test, stat.nr_pages, 0);
	KUNIT_EXPECT_EQ(test, stat.nr_allocs, 0);
	KUNIT_EXPECT_EQ(test, stat.nr_frees, 0);
	mutex_lock(&lists->drain);
	bp_lists_steal(lists, 0);
	mutex_unlock(&lists->drain);
	for (i = 0; i < BP_NR_LISTS; i++) {
		KUNIT_EXPECT_EQ(test, bp_stock_count(&lists->loot[i].ready), 0);
		KUNIT_EXPECT_EQ(test, bp_stock_count(&lists->loot[i].spare), 0);
	}
	KUNIT_EXPECT_EQ(test, lists->nr_calm, 0);
	KUNIT_EXPECT_EQ(test, lists->nr_holds, 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(lists_have_equal_shares, size_gen_params),
	KUNIT_CASE_PARAM(lists_have_small_batches, size_gen_params),
	KUNIT_CASE(lists_begin_with_nothing),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists_size",
	.test_cases = cases,
};

kunit_test_suite(suite);
