// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists.
 */
#include "lists.h"

#include <linux/bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/smp.h>
#include <linux/string.h>

/* What a list may have at most. */
static const u32 nominal_high[BP_NR_LISTS] = { BP_STOCK_SIZE, 64, 32, 32, 2 };

/* For so many blocks to use, a list may have one that is spare. */
#define SPARE_SHARE 4

/**
 * bp_lists_init() - make lists that never have anything
 * @lists: the lists
 *
 * Context: process context; sleeps.
 * Return: 0, or -ENOMEM.
 */
int bp_lists_init(struct bp_lists *lists)
{
	memset(lists, 0, sizeof(*lists));
	mutex_init(&lists->drain);
	lists->cpu = alloc_percpu(struct bp_cpu_lists);
	return lists->cpu ? 0 : -ENOMEM;
}

/* How much a list may have, of its share of pages. */
static void set_list_size(struct bp_lists *lists, unsigned int nr, u32 share)
{
	const unsigned int order = bp_list_order(nr);
	const u32 word = max_t(u32, BP_WORD_UNITS >> order, 1);

	/* Together with the spare ones. */
	lists->high[nr] = min(nominal_high[nr], (4 * (share >> order) + 3) / 5);
	lists->spare_high[nr] = lists->high[nr] / SPARE_SHARE;
	lists->batch[nr] = clamp_t(u32, lists->high[nr] / 2, 1, word);
	/* Where batches divide words, whose home they are is not heeded. */
	lists->low[nr] = U32_MAX;
	if (lists->batch[nr] << order == BP_WORD_UNITS)
		lists->low[nr] = lists->batch[nr] / 2;
}

/**
 * bp_lists_set_size() - how much may be on them
 * @lists: the lists, which nobody uses yet
 * @pages_per_cpu: how many pages a CPU may keep, in equal parts on its lists
 * @max_order: no block is larger than this order
 *
 * No CPU keeps anything before bp_lists_set_online().
 */
void bp_lists_set_size(struct bp_lists *lists, u32 pages_per_cpu,
		       unsigned int max_order)
{
	const u32 share = pages_per_cpu / BP_NR_LISTS;
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS && bp_list_order(i) <= max_order; i++) {
		set_list_size(lists, i, share);
		lists->max_pages += num_possible_cpus() * (lists->high[i] +
							   lists->spare_high[i])
				    << bp_list_order(i);
	}
	lists->on = lists->max_pages;
}

/**
 * bp_lists_destroy() - the end of the lists
 * @lists: the lists; what is on them goes with the pool
 *
 * Context: process context; sleeps.
 */
void bp_lists_destroy(struct bp_lists *lists)
{
	free_percpu(lists->cpu);
	mutex_destroy(&lists->drain);
}

/**
 * bp_lists_pop_many() - take blocks off a list of this CPU
 * @lists: the lists
 * @nr: the list
 * @pfns: set to their first pages
 * @count: how many are wanted
 *
 * Context: task context.
 * Return: how many there were.
 */
u32 bp_lists_pop_many(struct bp_lists *lists, unsigned int nr, u32 *pfns,
		      u32 count)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	struct bp_stock *stock = &cpu->list[nr].ready;

	count = min(count, bp_stock_count(stock));
	bp_stock_take_many(stock, pfns, count);
	/* A statistic that others only read. */
	data_race(cpu->nr_allocs += count);
	bp_lists_leave(cpu);
	return count;
}

/**
 * bp_lists_push_many() - put blocks on a list of this CPU
 * @lists: the lists
 * @nr: the list
 * @pfns: their first pages
 * @nr_home: how many of them, from the first one on, are at home here
 * @count: how many there are
 *
 * Of the others, none are kept but those that it takes to have some to use.
 *
 * Context: task context.
 * Return: how many of them, from the first one on, are on the list now.
 */
u32 bp_lists_push_many(struct bp_lists *lists, unsigned int nr, const u32 *pfns,
		       u32 nr_home, u32 count)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	struct bp_stock *stock = &cpu->list[nr].ready;
	const u32 have = bp_stock_count(stock), low = lists->low[nr];

	if (have < low)
		nr_home = max(nr_home, low - have);
	count = min(min(count, nr_home), bp_stock_room(stock));
	bp_stock_put_many(stock, pfns, count);
	/* A statistic that others only read. */
	data_race(cpu->nr_frees += count);
	bp_lists_leave(cpu);
	return count;
}

/* Is what is spare no longer so, for the pool has nothing better? */
static bool spare_will_do(const struct bp_stock *spare, struct bp_buddy *buddy,
			  unsigned int order)
{
	u32 last;

	if (!bp_stock_count(spare))
		return false;
	bp_freemap_aim(&buddy->freemap, order);
	last = spare->pfn[spare->end - 1];
	return !bp_freemap_is_spare(&buddy->freemap, order, last) &&
	       bp_freemap_is_home(&buddy->freemap, smp_processor_id(), last);
}

/* Some for a list that has run out, and may have some: spare ones rather than none. */
static void fill(struct bp_lists *lists, unsigned int nr, struct bp_list *list,
		 struct bp_buddy *buddy)
{
	const unsigned int order = bp_list_order(nr);
	u32 got = 0;

	if (!spare_will_do(&list->spare, buddy, order))
		got = bp_buddy_take_many(buddy, order, bp_tag_aside(order),
					 smp_processor_id(), list->ready.pfn,
					 lists->batch[nr]);
	if (got)
		bp_stock_begin_anew(&list->ready, got);
	else
		bp_stock_move(&list->ready, &list->spare);
	bp_freemap_aim(&buddy->freemap, order);
	bp_stock_allow(&list->ready, lists->high[nr]);
}

/* May this CPU keep blocks? The pool's lock is held. */
static bool may_keep(const struct bp_lists *lists,
		     const struct bp_cpu_lists *cpu)
{
	return lists->on && cpu->online;
}

/**
 * bp_lists_allow() - let this CPU keep blocks on a list, if it may keep any
 * @lists: the lists
 * @nr: the list
 *
 * As bp_lists_overflow() does, for those who put many on it at a time.
 *
 * Context: task context; the pool's lock is held.
 */
void bp_lists_allow(struct bp_lists *lists, unsigned int nr)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);

	if (may_keep(lists, cpu))
		bp_stock_allow(&cpu->list[nr].ready, lists->high[nr]);
	bp_lists_leave(cpu);
}

/**
 * bp_lists_refill() - take a block off a list of this CPU that has run out
 * @lists: the lists
 * @nr: the list
 * @buddy: where to take a batch for it
 *
 * Context: task context; the pool's lock is held.
 * Return: the first page of the block, a run now; %BP_NO_PAGE if nothing may be
 * kept, or there is none.
 */
u32 bp_lists_refill(struct bp_lists *lists, unsigned int nr,
		    struct bp_buddy *buddy)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	const unsigned int order = bp_list_order(nr);
	struct bp_list *list = &cpu->list[nr];
	u32 pfn = BP_NO_PAGE;

	if (!bp_stock_count(&list->ready) && may_keep(lists, cpu))
		fill(lists, nr, list, buddy);
	if (bp_stock_count(&list->ready))
		pfn = bp_stock_take(&list->ready);
	/* As in bp_pool_pop(). */
	if (pfn != BP_NO_PAGE &&
	    WARN_ON_ONCE(!bp_buddy_use_again(buddy, pfn, order)))
		pfn = BP_NO_PAGE;
	bp_lists_leave(cpu);
	return pfn;
}

/* As many blocks, of @nr, as take little time; how many these are. */
static u32 give_some(struct bp_buddy *buddy, unsigned int order,
		     const u32 *pfns, u32 nr)
{
	const u32 given = bp_buddy_give_some(buddy, order, pfns, &nr);

	/* What is not there any more has been freed twice at the same time. */
	WARN_ON_ONCE(given != nr);
	return nr;
}

/* Give some of a batch back. */
static void relieve(struct bp_stock *stock, struct bp_buddy *buddy,
		    unsigned int order, u32 batch)
{
	const u32 nr = min(bp_stock_count(stock), batch);

	if (nr)
		bp_stock_lose(stock, give_some(buddy, order,
					       stock->pfn + stock->begin, nr));
}

/* Let a stock have @high blocks, and room for one of them. */
static void make_room(struct bp_stock *stock, u32 high, struct bp_buddy *buddy,
		      unsigned int order, u32 batch)
{
	if (bp_stock_count(stock) >= high)
		relieve(stock, buddy, order, batch);
	bp_stock_allow(stock, high);
}

/**
 * bp_lists_overflow() - put a block on a list of this CPU that may be full
 * @lists: the lists
 * @nr: the list
 * @buddy: where to give some of the list's blocks back
 * @pfn: the first page of the block, which is kept aside; goes back itself if
 *	none may be
 *
 * Those go that have been there for longest.
 *
 * Context: task context; the pool's lock is held.
 */
void bp_lists_overflow(struct bp_lists *lists, unsigned int nr,
		       struct bp_buddy *buddy, u32 pfn)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	const unsigned int order = bp_list_order(nr);
	struct bp_list *list = &cpu->list[nr];
	const bool spare =
		bp_lists_is_spare(lists, list, nr,
				  bp_freemap_is_spare(&buddy->freemap, order,
						      pfn),
				  bp_freemap_is_home(&buddy->freemap,
						     smp_processor_id(), pfn));
	struct bp_stock *stock = bp_list_stock(list, spare);

	if (may_keep(lists, cpu))
		make_room(stock,
			  spare ? lists->spare_high[nr] : lists->high[nr],
			  buddy, order, lists->batch[nr]);
	if (bp_stock_has_room(stock))
		bp_stock_put(stock, pfn);
	else
		give_some(buddy, order, &pfn, 1);
	bp_freemap_aim(&buddy->freemap, order);
	bp_lists_leave(cpu);
}

static void loot(void *info)
{
	struct bp_lists *lists = info;
	struct bp_cpu_lists *cpu = this_cpu_ptr(lists->cpu);
	unsigned int i;

	if (READ_ONCE(cpu->busy))
		return;
	for (i = 0; i < BP_NR_LISTS; i++) {
		bp_stock_move(&lists->loot[i].ready, &cpu->list[i].ready);
		bp_stock_move(&lists->loot[i].spare, &cpu->list[i].spare);
	}
	lists->looted = true;
}

/**
 * bp_lists_steal() - take all that a CPU has, into @lists->loot
 * @lists: the lists
 * @cpu: the CPU; one that is not online has nothing
 *
 * It keeps nothing more until bp_lists_refill() or bp_lists_overflow() allows it.
 *
 * Context: task context; @lists->drain is held. Waits for another CPU for as long
 * as it has interrupts off, and interrupts it again if it is at work on its lists.
 */
void bp_lists_steal(struct bp_lists *lists, unsigned int cpu)
{
	unsigned int i;

	lockdep_assert_held(&lists->drain);

	for (i = 0; i < BP_NR_LISTS; i++) {
		bp_stock_begin_anew(&lists->loot[i].ready, 0);
		bp_stock_begin_anew(&lists->loot[i].spare, 0);
	}
	lists->looted = false;
	do {
		if (smp_call_function_single(cpu, loot, lists, true))
			return;
	} while (!lists->looted);
}

/**
 * bp_lists_set_online() - may this CPU keep blocks?
 * @lists: the lists
 * @online: whether it may; if not, it keeps no more than it has
 *
 * Context: task context, bound to the CPU.
 */
void bp_lists_set_online(struct bp_lists *lists, bool online)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	unsigned int i;

	cpu->online = online;
	for (i = 0; i < BP_NR_LISTS; i++) {
		cpu->list[i].ready.limit = 0;
		cpu->list[i].spare.limit = 0;
	}
	bp_lists_leave(cpu);
}

/**
 * bp_lists_stat() - sum the lists up
 * @lists: the lists
 * @stat: filled in; what happens meanwhile may be in it or not
 *
 * Context: any.
 */
void bp_lists_stat(const struct bp_lists *lists, struct bp_lists_stat *stat)
{
	unsigned int nr, i;

	memset(stat, 0, sizeof(*stat));
	for_each_possible_cpu(nr) {
		const struct bp_cpu_lists *cpu = per_cpu_ptr(lists->cpu, nr);

		stat->nr_allocs += READ_ONCE(cpu->nr_allocs);
		stat->nr_frees += READ_ONCE(cpu->nr_frees);
		for (i = 0; i < BP_NR_LISTS; i++)
			stat->nr_pages += (bp_stock_look(&cpu->list[i].ready) +
					   bp_stock_look(&cpu->list[i].spare))
					  << bp_list_order(i);
	}
}
