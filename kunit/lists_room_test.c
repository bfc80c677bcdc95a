// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: one of them, from where it gets blocks and when it loses some.
 *
 * The cases run on one CPU, to which they are bound.
 */
#include "lists.h"

#include <linux/minmax.h>
#include <linux/string.h>

#include "testlib.h"

#define NR_PAGES 2048
#define PERCPU_PAGES 5120

KUNIT_DEFINE_ACTION_WRAPPER(destroy_action, bp_lists_destroy,
			    struct bp_lists *);

/* All of whose pages are runs of their own. */
static struct bp_buddy *new_buddy_in_use(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, NR_PAGES, 10);
	u32 i;

	for (i = 0; i < NR_PAGES; i++)
		KUNIT_ASSERT_LT(test, bp_buddy_alloc_block(buddy, 0), NR_PAGES);
	return buddy;
}

static struct bp_lists *new_lists(struct kunit *test)
{
	struct bp_lists *lists =
		kunit_kzalloc(test, sizeof(*lists), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lists);
	KUNIT_ASSERT_EQ(test, bp_lists_init(lists), 0);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action_or_reset(test, destroy_action, lists));
	bp_lists_set_size(lists, PERCPU_PAGES, 10);
	bp_lists_set_online(lists, true);
	return lists;
}

static struct bp_list *list_of_pages(struct bp_lists *lists)
{
	return &raw_cpu_ptr(lists->cpu)->list[0];
}

/* Free a block as a pool does. */
static void keep(struct kunit *test, struct bp_lists *lists,
		 struct bp_buddy *buddy, u32 pfn, unsigned int nr)
{
	const unsigned int order = bp_list_order(nr);
	const bool spare = bp_freemap_is_spare(&buddy->freemap, order, pfn);
	const bool home = bp_freemap_is_home(&buddy->freemap, 0, pfn);

	KUNIT_ASSERT_TRUE(test, bp_buddy_set_aside(buddy, pfn, order));
	if (!bp_lists_push(lists, nr, pfn, spare, home))
		bp_lists_overflow(lists, nr, buddy, pfn);
}

/* Give all back, wherever it is. */
static void give_all(struct kunit *test, struct bp_buddy *buddy)
{
	unsigned int i;
	u32 pfn;

	for (pfn = 0; pfn < NR_PAGES; pfn++)
		for (i = 0; i < BP_NR_LISTS; i++)
			bp_test_give_aside(buddy, bp_list_order(i), &pfn, 1);
	bp_test_free_all(test, buddy);
	bp_test_assert_ok(test, buddy);
}

/* As many blocks as it may have, whatever was there before. */
static void list_keeps_what_it_may_have(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_in_use(test);
	struct bp_lists *lists = new_lists(test);
	struct bp_stock *stock = &list_of_pages(lists)->ready;
	u32 pfn, before;

	bp_freemap_aim(&buddy->freemap, 0);
	for (pfn = 0; pfn < 1024; pfn++) {
		before = bp_stock_count(stock);
		keep(test, lists, buddy, pfn, 0);
		if (before < lists->high[0])
			KUNIT_ASSERT_EQ(test, bp_stock_count(stock),
					before + 1);
		else
			KUNIT_ASSERT_LE(test, bp_stock_count(stock), before);
		KUNIT_ASSERT_EQ(test, stock->pfn[stock->end - 1], pfn);
	}
	KUNIT_EXPECT_GT(test, buddy->nr_free_pages, 0);
	give_all(test, buddy);
}

/* What was taken for a list leaves room for what is freed next. */
static void list_has_room_once_it_is_filled(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, NR_PAGES, 10);
	struct bp_lists *lists = new_lists(test);
	u32 pfn;

	pfn = bp_lists_refill(lists, 0, buddy);
	KUNIT_ASSERT_NE(test, pfn, BP_NO_PAGE);
	KUNIT_EXPECT_GT(test, bp_stock_count(&list_of_pages(lists)->ready), 0);
	KUNIT_ASSERT_TRUE(test, bp_buddy_set_aside(buddy, pfn, 0));
	KUNIT_EXPECT_TRUE(test, bp_lists_push(lists, 0, pfn, false, true));
	KUNIT_EXPECT_EQ(test, bp_lists_pop(lists, 0), pfn);
	give_all(test, buddy);
}

/*
 * Nothing that is spare is used as long as the pool has something better, and then
 * before anything else.
 */
static void list_uses_spare_at_last(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_in_use(test);
	struct bp_lists *lists = new_lists(test);
	struct bp_list *list = list_of_pages(lists);

	bp_test_free(test, buddy, 3, 1);
	bp_test_free(test, buddy, 100, 1);
	bp_test_free(test, buddy, 519, 1);
	bp_freemap_aim(&buddy->freemap, 0);
	keep(test, lists, buddy, 521, 0);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&list->spare), 1);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&list->ready), 0);

	KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, 0, buddy), 3);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&list->spare), 1);
	/* What was better goes elsewhere. */
	KUNIT_EXPECT_EQ(test, bp_buddy_alloc_block(buddy, 0), 100);
	KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, 0, buddy), 521);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&list->spare), 0);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&list->ready), 0);
	KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, 0, buddy), 519);
	KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, 0, buddy), BP_NO_PAGE);
	give_all(test, buddy);
}

/* All but the first word are at home elsewhere. */
static void leave_home(struct bp_buddy *buddy)
{
	memset(buddy->freemap.home + 1, 0xff,
	       (NR_PAGES / BP_WORD_UNITS - 1) * sizeof(u16));
	buddy->freemap.next[0] = U64_MAX;
}

/* If there are some to use, what is at home elsewhere is only kept to go back. */
static void list_gives_back_what_is_others(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_in_use(test);
	struct bp_lists *lists = new_lists(test);
	struct bp_list *list = list_of_pages(lists);
	const u32 low = lists->low[0], high = lists->spare_high[0];
	u32 pfn = BP_WORD_UNITS, i;

	KUNIT_EXPECT_EQ(test, low, BP_WORD_UNITS / 2);
	leave_home(buddy);
	for (i = 0; i < low + high; i++) {
		keep(test, lists, buddy, pfn++, 0);
		KUNIT_EXPECT_EQ(test, bp_stock_count(&list->ready),
				min(i + 1, low));
		KUNIT_EXPECT_EQ(test, bp_stock_count(&list->spare),
				i < low ? 0 : i + 1 - low);
	}
	/* This is no matter to what is at home. */
	keep(test, lists, buddy, 0, 0);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&list->ready), low + 1);
	KUNIT_EXPECT_EQ(test, buddy->nr_free_pages, 0);
	keep(test, lists, buddy, pfn++, 0);
	KUNIT_EXPECT_GT(test, buddy->nr_free_pages, 0);
	KUNIT_EXPECT_EQ(test, low + 1 + high + 1,
			buddy->nr_free_pages + bp_stock_count(&list->ready) +
				bp_stock_count(&list->spare));
	give_all(test, buddy);
}

/* It is rather used than that the pool has to do without it. */
static void list_uses_others_at_last(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_in_use(test);
	struct bp_lists *lists = new_lists(test);
	struct bp_list *list = list_of_pages(lists);
	const u32 low = lists->low[0], high = lists->spare_high[0];
	u32 pfn, i;

	leave_home(buddy);
	for (i = 0; i < low + high; i++)
		keep(test, lists, buddy, BP_WORD_UNITS + i, 0);
	while (bp_lists_pop(lists, 0) != BP_NO_PAGE)
		;
	/* As long as the pool has some, these are better. */
	bp_test_free(test, buddy, 5, 1);
	KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, 0, buddy), 5);
	KUNIT_EXPECT_EQ(test, bp_stock_count(&list->spare), high);
	for (i = 0; i < high; i++) {
		pfn = bp_lists_refill(lists, 0, buddy);
		KUNIT_EXPECT_EQ(test, pfn, BP_WORD_UNITS + low + high - 1 - i);
	}
	KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, 0, buddy), BP_NO_PAGE);
	give_all(test, buddy);
}

/* What has become worse than another is known to be so after the next batch. */
static void list_looks_again_what_is_spare(struct kunit *test)
{
	struct bp_buddy *buddy = new_buddy_in_use(test);
	struct bp_lists *lists = new_lists(test);
	const struct bp_freemap *map = &buddy->freemap;

	/* Nothing is free, and so nothing spare. */
	bp_freemap_aim(&buddy->freemap, 0);
	bp_test_free(test, buddy, 100, 1);
	bp_test_free(test, buddy, 519, 1);
	KUNIT_EXPECT_FALSE(test, bp_freemap_is_spare(map, 0, 521));
	KUNIT_ASSERT_TRUE(test, bp_buddy_set_aside(buddy, 200, 0));
	bp_lists_overflow(lists, 0, buddy, 200);
	KUNIT_EXPECT_TRUE(test, bp_freemap_is_spare(map, 0, 521));
	KUNIT_EXPECT_EQ(test, bp_lists_pop(lists, 0), 200);
	/* With page 100 the better one is gone. */
	KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, 0, buddy), 100);
	KUNIT_EXPECT_FALSE(test, bp_freemap_is_spare(map, 0, 521));
	give_all(test, buddy);
}

static void give_loot(struct kunit *test, struct bp_buddy *buddy,
		      unsigned int order, const struct bp_stock *stock)
{
	KUNIT_EXPECT_EQ(test, bp_stock_count(stock),
			bp_test_give_aside(buddy, order,
					   stock->pfn + stock->begin,
					   bp_stock_count(stock)));
}

/* Two blocks on each list, and of single pages one that is spare. */
static void keep_some(struct kunit *test, struct bp_lists *lists,
		      struct bp_buddy *buddy)
{
	unsigned int i, order;
	u32 pfns[2], spare;

	spare = bp_buddy_alloc_block(buddy, 0);
	for (i = 0; i < BP_NR_LISTS; i++) {
		order = bp_list_order(i);
		pfns[0] = bp_lists_refill(lists, i, buddy);
		pfns[1] = bp_buddy_alloc_block(buddy, order);
		buddy->freemap.next[order] = U64_MAX;
		keep(test, lists, buddy, pfns[0], i);
		keep(test, lists, buddy, pfns[1], i);
	}
	buddy->freemap.next[0] = 0;
	keep(test, lists, buddy, spare, 0);
}

/* All that a CPU has is taken, and nothing of one that is not there. */
static void lists_are_stolen(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, NR_PAGES, 10);
	struct bp_lists *lists = new_lists(test);
	struct bp_lists_stat stat;
	unsigned int i;

	keep_some(test, lists, buddy);
	bp_lists_stat(lists, &stat);
	KUNIT_EXPECT_EQ(test, stat.nr_pages, NR_PAGES - buddy->nr_free_pages);
	mutex_lock(&lists->drain);
	bp_lists_steal(lists, raw_smp_processor_id());
	for (i = 0; i < BP_NR_LISTS; i++) {
		struct bp_list *loot = &lists->loot[i];

		KUNIT_EXPECT_GE(test, bp_stock_count(&loot->ready), 2);
		KUNIT_EXPECT_EQ(test, bp_stock_count(&loot->spare), !i);
		give_loot(test, buddy, bp_list_order(i), &loot->ready);
		give_loot(test, buddy, bp_list_order(i), &loot->spare);
	}
	bp_lists_stat(lists, &stat);
	KUNIT_EXPECT_EQ(test, stat.nr_pages, 0);
	bp_lists_steal(lists, nr_cpu_ids);
	for (i = 0; i < BP_NR_LISTS; i++) {
		KUNIT_EXPECT_EQ(test, bp_stock_count(&lists->loot[i].ready), 0);
		KUNIT_EXPECT_EQ(test, bp_stock_count(&lists->loot[i].spare), 0);
	}
	mutex_unlock(&lists->drain);
	bp_test_assert_ok(test, buddy);
}

/* Where none may be kept, there is no room, also once the lists are empty. */
static void lists_of_a_cpu_that_goes(struct kunit *test)
{
	struct bp_buddy *buddy = bp_test_buddy(test, NR_PAGES, 10);
	struct bp_lists *lists = new_lists(test);
	struct bp_lists_stat before, after;
	unsigned int i;

	keep_some(test, lists, buddy);
	bp_lists_stat(lists, &before);
	bp_lists_set_online(lists, false);
	bp_lists_stat(lists, &after);
	KUNIT_EXPECT_EQ(test, after.nr_pages, before.nr_pages);
	for (i = 0; i < BP_NR_LISTS; i++) {
		while (bp_lists_pop(lists, i) != BP_NO_PAGE)
			;
		KUNIT_EXPECT_FALSE(test,
				   bp_lists_push(lists, i, 0, false, true));
		KUNIT_EXPECT_FALSE(test,
				   bp_lists_push(lists, i, 0, true, true));
		KUNIT_EXPECT_EQ(test, bp_lists_refill(lists, i, buddy),
				BP_NO_PAGE);
	}
	give_all(test, buddy);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(list_keeps_what_it_may_have),
	KUNIT_CASE(list_has_room_once_it_is_filled),
	KUNIT_CASE(list_uses_spare_at_last),
	KUNIT_CASE(list_gives_back_what_is_others),
	KUNIT_CASE(list_uses_others_at_last),
	KUNIT_CASE(list_looks_again_what_is_spare),
	KUNIT_CASE(lists_are_stolen),
	KUNIT_CASE(lists_of_a_cpu_that_goes),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists_room",
	.init = bp_test_bind,
	.test_cases = cases,
};

kunit_test_suite(suite);
