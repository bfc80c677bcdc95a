/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU lists: blocks of small orders, and of the pageblock's, that each CPU
 * keeps aside so as not to go to the pool for every one of them (as in
 * mm/page_alloc.c).
 *
 * A list is used by the tasks on its CPU, with preemption off and nothing else:
 * interrupts stay on, and there is neither lock nor atomic operation. Only one
 * thing can come between, the inter-processor interrupt of who wants all lists
 * emptied. If it finds the lists marked busy, which they are for some
 * instructions, or while a batch is moved, it leaves them alone, and comes again.
 *
 * Blocks move between lists and pool under the pool's lock. So whoever has had
 * all lists emptied and then takes that lock misses none.
 */
#ifndef BP_LISTS_H
#define BP_LISTS_H

#include <linux/compiler.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/types.h>

#include "buddy.h"
#include "stock.h"

/* The orders from 0 on that have a list; and that of a pageblock has one. */
#define BP_NR_SMALL_LISTS 4
#define BP_NR_LISTS (BP_NR_SMALL_LISTS + 1)

/* No more blocks than this move at a time. */
#define BP_MAX_BATCH 64

/**
 * struct bp_list - blocks of an order
 * @ready: those to use again
 * @spare: those only to give back to the pool, where these should not be used: see
 *	bp_freemap_is_spare(), or by others: see bp_freemap_is_home()
 *
 * Who frees blocks and allocates others gets what is best packed that way, and yet
 * does not go to the pool for each.
 */
struct bp_list {
	struct bp_stock ready;
	struct bp_stock spare;
};

/*
 * Where to put a block. What is not known yet of its pageblock shall be foretold,
 * not waited for: else the next who wants a block waits, too.
 */
static __always_inline struct bp_stock *bp_list_stock(struct bp_list *list,
						      bool spare)
{
	struct bp_stock *stock = &list->ready;

	if (unlikely(spare)) {
		stock = &list->spare;
		/* So the compiler makes it a branch. */
		OPTIMIZER_HIDE_VAR(stock);
	}
	return stock;
}

/**
 * struct bp_cpu_lists - the lists of a CPU
 * @busy: a task on this CPU is at work on them
 * @online: the CPU may keep blocks
 * @nr_allocs: blocks taken off the lists to be used
 * @nr_frees: blocks put on them when they were no longer used
 * @list: by bp_list_of()
 *
 * Used on the CPU itself, with preemption off; others only read the counts.
 */
struct bp_cpu_lists {
	bool busy;
	bool online;
	unsigned long nr_allocs;
	unsigned long nr_frees;
	struct bp_list list[BP_NR_LISTS];
};

/**
 * struct bp_lists - the lists of all CPUs
 * @cpu: of each one; constant
 * @on: blocks may be kept; protected by the pool's lock
 * @nr_calm: frees since they last might not; protected by the pool's lock
 * @nr_holds: who wants them empty for a moment; protected by the pool's lock
 * @high: for each list, how many blocks it may have to use; constant in use
 * @spare_high: the same of spare ones
 * @low: for each list, with so many to use it gives others back that are not at home
 *	here; constant in use
 * @batch: for each list, how many blocks to move at a time; constant in use
 * @max_pages: all lists together have no more pages than this; 0 if there are no
 *	lists; constant in use
 * @drain: serialises those who empty the lists; order: see block.h
 * @loot: the lists of a CPU, for whoever empties them; protected by @drain, but
 *	written by that CPU
 * @looted: it has been written
 */
struct bp_lists {
	struct bp_cpu_lists __percpu *cpu;
	bool on;
	unsigned int nr_calm;
	unsigned int nr_holds;
	u32 high[BP_NR_LISTS];
	u32 spare_high[BP_NR_LISTS];
	u32 low[BP_NR_LISTS];
	u32 batch[BP_NR_LISTS];
	u32 max_pages;
	struct mutex drain; /* see above */
	struct bp_list loot[BP_NR_LISTS];
	bool looted;
};

/**
 * struct bp_lists_stat - the lists of all CPUs, summed up
 * @nr_pages: pages on them
 * @nr_allocs: blocks taken off the lists to be used
 * @nr_frees: blocks put on them when they were no longer used
 */
struct bp_lists_stat {
	u32 nr_pages;
	unsigned long nr_allocs;
	unsigned long nr_frees;
};

/**
 * bp_list_of() - the list of an order
 * @order: the order
 *
 * Return: its number; -1 if there is none.
 */
static inline int bp_list_of(unsigned int order)
{
	if (order < BP_NR_SMALL_LISTS)
		return order;
	return order == BP_PAGEBLOCK_ORDER ? BP_NR_SMALL_LISTS : -1;
}

/* The order of a list's blocks. */
static inline unsigned int bp_list_order(unsigned int list)
{
	return list < BP_NR_SMALL_LISTS ? list : BP_PAGEBLOCK_ORDER;
}

/* Begin to work on this CPU's lists; what happens until bp_lists_leave() is short. */
static __always_inline struct bp_cpu_lists *
bp_lists_enter(struct bp_lists *lists)
{
	struct bp_cpu_lists *cpu;

	preempt_disable();
	cpu = this_cpu_ptr(lists->cpu);
	WRITE_ONCE(cpu->busy, true);
	barrier();
	return cpu;
}

static __always_inline void bp_lists_leave(struct bp_cpu_lists *cpu)
{
	barrier();
	WRITE_ONCE(cpu->busy, false);
	preempt_enable();
}

/* The compiler would rather compute where it is for each access. */
static __always_inline struct bp_list *bp_lists_list(struct bp_cpu_lists *cpu,
						     unsigned int nr)
{
	struct bp_list *list = &cpu->list[nr];

	OPTIMIZER_HIDE_VAR(list);
	return list;
}

/*
 * Should a block go back rather than be used again? If it is not at home here, it
 * should, but not so that there is none to use: who has to go to the pool instead,
 * for each of them, is slower than who shares a line.
 */
static __always_inline bool bp_lists_is_spare(const struct bp_lists *lists,
					      const struct bp_list *list,
					      unsigned int nr, bool spare,
					      bool home)
{
	if (unlikely(!home))
		spare |= bp_stock_count(&list->ready) >= lists->low[nr];
	return spare;
}

/**
 * bp_lists_pop() - take a block off a list of this CPU
 * @lists: the lists
 * @nr: the list
 *
 * Context: task context.
 * Return: the first page of the block; %BP_NO_PAGE if there was none.
 */
static __always_inline u32 bp_lists_pop(struct bp_lists *lists, unsigned int nr)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	struct bp_stock *stock = &bp_lists_list(cpu, nr)->ready;
	u32 pfn;

	if (unlikely(!bp_stock_count(stock))) {
		bp_lists_leave(cpu);
		return BP_NO_PAGE;
	}
	pfn = bp_stock_take(stock);
	/* A statistic that others only read. */
	data_race(cpu->nr_allocs++);
	bp_lists_leave(cpu);
	return pfn;
}

/**
 * bp_lists_push() - put a block on a list of this CPU
 * @lists: the lists
 * @nr: the list
 * @pfn: the first page of the block, which is kept aside
 * @spare: only to give it back: see bp_freemap_is_spare()
 * @home: it is at home here: see bp_freemap_is_home()
 *
 * Context: task context.
 * Return: false if there is no room.
 */
static __always_inline bool bp_lists_push(struct bp_lists *lists,
					  unsigned int nr, u32 pfn, bool spare,
					  bool home)
{
	struct bp_cpu_lists *cpu = bp_lists_enter(lists);
	struct bp_list *list = bp_lists_list(cpu, nr);
	struct bp_stock *stock =
		bp_list_stock(list,
			      bp_lists_is_spare(lists, list, nr, spare, home));

	if (unlikely(!bp_stock_has_room(stock))) {
		bp_lists_leave(cpu);
		return false;
	}
	bp_stock_put(stock, pfn);
	/* A statistic that others only read. */
	data_race(cpu->nr_frees++);
	bp_lists_leave(cpu);
	return true;
}

int bp_lists_init(struct bp_lists *lists);
void bp_lists_set_size(struct bp_lists *lists, u32 pages_per_cpu,
		       unsigned int max_order);
void bp_lists_destroy(struct bp_lists *lists);

u32 bp_lists_pop_many(struct bp_lists *lists, unsigned int nr, u32 *pfns,
		      u32 count);
u32 bp_lists_push_many(struct bp_lists *lists, unsigned int nr, const u32 *pfns,
		       u32 nr_home, u32 count);
void bp_lists_allow(struct bp_lists *lists, unsigned int nr);
u32 bp_lists_refill(struct bp_lists *lists, unsigned int nr,
		    struct bp_buddy *buddy);
void bp_lists_overflow(struct bp_lists *lists, unsigned int nr,
		       struct bp_buddy *buddy, u32 pfn);
void bp_lists_steal(struct bp_lists *lists, unsigned int cpu);
void bp_lists_set_online(struct bp_lists *lists, bool online);
void bp_lists_stat(const struct bp_lists *lists, struct bp_lists_stat *stat);

#endif /* BP_LISTS_H */
