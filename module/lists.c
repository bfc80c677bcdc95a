// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists.
 */
#include "lists.h"

#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/smp.h>
#include <linux/string.h>

/* What a list may have at most, and how many blocks to move at a time. */
static const struct {
	u32 high;
	u32 batch;
} nominal[BP_NR_LISTS] = {
	{ BP_LIST_SIZE, BP_MAX_BATCH },
	{ 64, 4 },
	{ 32, 4 },
	{ 32, 4 },
	{ 2, 1 },
};

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

	for (i = 0; i < BP_NR_LISTS; i++) {
		const unsigned int order = bp_list_order(i);

		if (order > max_order)
			continue;
		lists->high[i] = min(nominal[i].high, share >> order);
		lists->batch[i] =
			clamp_t(u32, lists->high[i] / 2, 1, nominal[i].batch);
		lists->max_pages += num_possible_cpus() * lists->high[i]
				    << order;
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
	struct bp_list *list = &cpu->list[nr];

	count = min(count, list->count);
	WRITE_ONCE(list->count, list->count - count);
	memcpy(pfns, list->pfn + list->count, count * sizeof(*pfns));
	/* A statistic that others only read. */
	data_race(cpu->nr_allocs += count);
	bp_lists_leave(cpu);
	return count;
}

/* Blocks may be kept again, if the pool says so; the pool's lock is held. */
static void allow(const struct bp_lists *lists, struct bp_cpu_lists *cpu)
{
	unsigned int i;

	if (lists->on && cpu->online)
		for (i = 0; i < BP_NR_LISTS; i++)
			cpu->list[i].high = lists->high[i];
}

static u32 push_many(struct bp_list *list, const u32 *pfns, u32 count)
{
	count = min(count, bp_list_room(list));
	memcpy(list->pfn + list->count, pfns, count * sizeof(*pfns));
	WRITE_ONCE(list->count, list->count + count);
	return count;
}

/**
 * bp_lists_push_aside() - put a block that has been set aside on a list of this CPU
 * @lists: the lists
 * @nr: the list
 * @buddy: of which the block is
 * @pfn: its first page
 *
 * Context: task context.
 * Return: false if there is no room.
 */
bool bp_lists_push_aside(struct bp_lists *lists, unsigned int nr,
			 const struct bp_buddy *buddy, u32 pfn)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	struct bp_list *list = &cpu->list[nr];
	const bool done = bp_list_room(list);

	if (done) {
		bp_list_put(list, pfn,
			    bp_freemap_is_spare(&buddy->freemap,
						bp_list_order(nr), pfn));
		/* A statistic that others only read. */
		data_race(cpu->nr_frees++);
	}
	bp_lists_leave(cpu);
	return done;
}

/**
 * bp_lists_push_many() - put blocks on a list of this CPU
 * @lists: the lists
 * @nr: the list
 * @pfns: their first pages
 * @count: how many there are
 *
 * Context: task context.
 * Return: for how many of them, from the first one on, there was room.
 */
u32 bp_lists_push_many(struct bp_lists *lists, unsigned int nr, const u32 *pfns,
		       u32 count)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);

	count = push_many(&cpu->list[nr], pfns, count);
	/* A statistic that others only read. */
	data_race(cpu->nr_frees += count);
	bp_lists_leave(cpu);
	return count;
}

/**
 * bp_lists_fill() - put blocks of the pool's on a list of this CPU
 * @lists: the lists
 * @nr: the list
 * @pfns: their first pages
 * @count: how many there are
 *
 * Context: task context; the pool's lock is held.
 * Return: as bp_lists_push_many().
 */
u32 bp_lists_fill(struct bp_lists *lists, unsigned int nr, const u32 *pfns,
		  u32 count)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);

	allow(lists, cpu);
	count = push_many(&cpu->list[nr], pfns, count);
	bp_lists_leave(cpu);
	return count;
}

/* Take blocks off that are to be given back, up to @nr. */
static u32 take_spare(struct bp_list *list, u32 *pfns, u32 nr)
{
	const u32 count = min(nr, list->nr_spare);

	memcpy(pfns, list->pfn + BP_LIST_SIZE - list->nr_spare,
	       count * sizeof(*pfns));
	WRITE_ONCE(list->nr_spare, list->nr_spare - count);
	return count;
}

/* Take off those that have been there for longest, up to @nr. */
static u32 take_oldest(struct bp_list *list, u32 *pfns, u32 nr)
{
	const u32 count = min(nr, list->count);

	WRITE_ONCE(list->count, list->count - count);
	memcpy(pfns, list->pfn, count * sizeof(*pfns));
	memmove(list->pfn, list->pfn + count, list->count * sizeof(*pfns));
	return count;
}

/**
 * bp_lists_make_room() - take a batch of blocks off a list that is full
 * @lists: the lists
 * @nr: the list of this CPU
 * @pfns: set to the first pages of those that can best be done without, room for
 *	%BP_MAX_BATCH
 *
 * Context: task context; the pool's lock is held.
 * Return: how many there are; 0 if the list is not full, or nothing may be kept.
 */
u32 bp_lists_make_room(struct bp_lists *lists, unsigned int nr, u32 *pfns)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	struct bp_list *list = &cpu->list[nr];
	const u32 batch = lists->batch[nr];
	u32 count = 0;

	allow(lists, cpu);
	if (!bp_list_room(list)) {
		count = take_spare(list, pfns, batch);
		count += take_oldest(list, pfns + count, batch - count);
	}
	bp_lists_leave(cpu);
	return count;
}

/**
 * bp_lists_take_spare() - take the blocks off a list that are to be given back
 * @lists: the lists
 * @nr: the list of this CPU
 * @pfns: set to their first pages, room for %BP_MAX_BATCH
 *
 * Context: task context; the pool's lock is held.
 * Return: how many there are.
 */
u32 bp_lists_take_spare(struct bp_lists *lists, unsigned int nr, u32 *pfns)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	const u32 count = take_spare(&cpu->list[nr], pfns, lists->batch[nr]);

	bp_lists_leave(cpu);
	return count;
}

static void loot(void *info)
{
	struct bp_lists *lists = info;
	struct bp_cpu_lists *cpu = this_cpu_ptr(lists->cpu);
	unsigned int i;

	if (READ_ONCE(cpu->busy))
		return;
	for (i = 0; i < BP_NR_LISTS; i++) {
		struct bp_list *list = &cpu->list[i], *loot = &lists->loot[i];

		loot->count = take_oldest(list, loot->pfn, list->count);
		loot->count += take_spare(list, loot->pfn + loot->count,
					  list->nr_spare);
		list->high = 0;
	}
	lists->looted = true;
}

/**
 * bp_lists_steal() - take all that a CPU has, into @lists->loot
 * @lists: the lists
 * @cpu: the CPU; one that is not online has nothing
 *
 * It keeps nothing more until bp_lists_fill() or bp_lists_make_room() allows it.
 *
 * Context: task context; @lists->drain is held. Waits for another CPU for as long
 * as it has interrupts off, and interrupts it again if it is at work on its lists.
 */
void bp_lists_steal(struct bp_lists *lists, unsigned int cpu)
{
	unsigned int i;

	lockdep_assert_held(&lists->drain);

	for (i = 0; i < BP_NR_LISTS; i++)
		lists->loot[i].count = 0;
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
	for (i = 0; i < BP_NR_LISTS; i++)
		cpu->list[i].high = 0;
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
			stat->nr_pages += (READ_ONCE(cpu->list[i].count) +
					   READ_ONCE(cpu->list[i].nr_spare))
					  << bp_list_order(i);
	}
}
