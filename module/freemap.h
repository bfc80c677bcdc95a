/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The free areas of a buddy system: which pages are free, the blocks that they
 * form, and which of these to take.
 *
 * There are two levels (see level.h). In the lower one a unit is a page and a cell
 * a pageblock; in the upper one a unit is a pageblock that is free as a whole, and
 * which the lower one does not know of then. So the lower level has the free blocks
 * below the order of a pageblock, the upper one all others.
 *
 * What others know of the pages of a word may lie in one cache line, as the tags of
 * buddy.h do. So a word is the home of a user, that is of a CPU: of the one which was
 * the last to take many pages out of it. Others had better not use these pages again
 * when they are freed: else all would soon have pages of all words, and fetch these
 * lines from each other all the time.
 */
#ifndef BP_FREEMAP_H
#define BP_FREEMAP_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "cell.h"
#include "level.h"

#define BP_PAGEBLOCK_ORDER BP_CELL_ORDER
#define BP_PAGEBLOCK_PAGES BP_CELL_UNITS

/* The largest max_order: 2^18 pages, 1 GiB where a page is 4 KiB. */
#define BP_MAX_ORDER (2 * BP_CELL_ORDER)
#define BP_NR_ORDERS (BP_MAX_ORDER + 1)

/**
 * struct bp_freemap - the free areas of all orders
 * @pages: the level whose units are pages
 * @pageblocks: the level whose units are pageblocks
 * @moves: how often, so far, a block of order i has become part of a free block of
 *	order j, minus how often one was split off: [i][j]; what the numbers of free
 *	blocks follow from, and quicker to count than these
 * @next: for each order below that of a pageblock, the rank of the pageblock that
 *	was the next to be chosen when bp_freemap_aim() looked; the greatest number
 *	if one that is free as a whole was
 * @home: of each word, whose home it is: at first that of user 0, later of the last
 *	one for bp_freemap_take_many(); bp_freemap_take() does not change it
 * @nr_splits: blocks split into their halves so far
 * @nr_merges: pairs of buddies merged so far
 *
 * Protected by the caller's lock.
 */
struct bp_freemap {
	struct bp_level pages;
	struct bp_level pageblocks;
	u32 moves[BP_NR_ORDERS][BP_NR_ORDERS];
	u64 next[BP_PAGEBLOCK_ORDER + 1];
	u16 *home;
	u64 nr_splits;
	u64 nr_merges;
};

unsigned int bp_freemap_grow(struct bp_freemap *map, unsigned int order,
			     unsigned int merged, u32 pfn);

/* A block of @order has been split off one of @from, and the rest is free. */
static inline void bp_freemap_count_split(struct bp_freemap *map,
					  unsigned int order, unsigned int from)
{
	map->nr_splits += from - order;
	map->moves[order][from]--;
}

/* A block of @order has become free, and with its buddies one of @to. */
static inline void bp_freemap_count_merge(struct bp_freemap *map,
					  unsigned int order, unsigned int to)
{
	map->nr_merges += to - order;
	map->moves[order][to]++;
}

/**
 * bp_freemap_give_bits() - enter pages as free, if that changes nothing else
 * @map: the free areas
 * @order: how many: 2^@order, at most max_order
 * @merged: set to the order of the free block that they are now part of, as far as
 *	that is known
 * @pfn: the first, a multiple of 2^@order; none of them is free
 *
 * Return: whether that is all, as it mostly is; else bp_freemap_grow() must follow.
 */
static __always_inline bool bp_freemap_give_bits(struct bp_freemap *map,
						 unsigned int order,
						 unsigned int *merged, u32 pfn)
{
	struct bp_level *pages = &map->pages;
	const u32 nr = pfn / BP_PAGEBLOCK_PAGES;

	*merged = order;
	if (order >= BP_PAGEBLOCK_ORDER ||
	    !bp_cell_give(&pages->cell[nr], pages->fit[nr], pages->top, merged,
			  pfn % BP_PAGEBLOCK_PAGES))
		return false;
	bp_freemap_count_merge(map, order, *merged);
	return true;
}

/**
 * bp_freemap_give() - enter pages as free
 * @map: the free areas
 * @order: how many: 2^@order, at most max_order
 * @pfn: the first, a multiple of 2^@order; none of them is free
 *
 * Return: the order of the free block that they are now part of.
 */
static __always_inline unsigned int bp_freemap_give(struct bp_freemap *map,
						    unsigned int order, u32 pfn)
{
	unsigned int merged;

	if (bp_freemap_give_bits(map, order, &merged, pfn))
		return merged;
	return bp_freemap_grow(map, order, merged, pfn);
}

size_t bp_freemap_size(u32 nr_pages, unsigned int max_order);
void *bp_freemap_init(struct bp_freemap *map, u32 nr_pages,
		      unsigned int max_order, void *memory);

int bp_freemap_take(struct bp_freemap *map, unsigned int order, u32 *pfn);
int bp_freemap_claim(struct bp_freemap *map, unsigned int order, u32 pfn);

void bp_freemap_aim(struct bp_freemap *map, unsigned int order);
u32 bp_freemap_take_many(struct bp_freemap *map, unsigned int order, u16 user,
			 u32 *pfns, u32 nr);
u32 bp_freemap_part_home(const struct bp_freemap *map, u16 user, u32 *pfns,
			 u32 nr);
void bp_freemap_give_word(struct bp_freemap *map, u32 word, u64 given);

/* The lower, the sooner it is chosen: by its class, which it has, and its number. */
static inline u64 bp_freemap_rank(u64 fit, u32 nr)
{
	return fit >> BP_FIT_CLASS_SHIFT << 32 | nr;
}

/**
 * bp_freemap_is_home() - is a page at home with a user?
 * @map: the free areas
 * @user: the user
 * @pfn: the page
 *
 * Context: any; without the caller's lock it is a guess.
 * Return: whether it is.
 */
static __always_inline bool bp_freemap_is_home(const struct bp_freemap *map,
					       u16 user, u32 pfn)
{
	/* A guess, where what others change may be missed. */
	const u16 home = data_race(map->home[pfn / BP_WORD_UNITS]);

	return likely(home == user);
}

/**
 * bp_freemap_is_spare() - should a block rather lie in another pageblock?
 * @map: the free areas
 * @order: the order of an allocated block, at most that of a pageblock
 * @pfn: a page of it
 *
 * It should if it keeps its pageblock from becoming free while there is another
 * that bp_freemap_take() would choose before: a more nearly full one that has such
 * a block to give, or one at a lower address.
 *
 * Context: any; without the caller's lock it is a guess.
 * Return: whether it should.
 */
static __always_inline bool bp_freemap_is_spare(const struct bp_freemap *map,
						unsigned int order, u32 pfn)
{
	const u32 nr = pfn >> BP_CELL_ORDER;
	/* A guess, where what others change may be missed. */
	const u64 fit = data_race(map->pages.fit[nr]);
	/* It too is only renewed from time to time. */
	const u64 next = data_race(map->next[order]);

	/* In one that is full there is nothing to be gained. */
	return fit && bp_freemap_rank(fit, nr) > next;
}

int bp_freemap_block(const struct bp_freemap *map, u32 pfn);
void bp_freemap_count(const struct bp_freemap *map, u32 nr_free[BP_NR_ORDERS]);
int bp_freemap_largest(const struct bp_freemap *map);
u32 bp_freemap_weight(const struct bp_freemap *map);
bool bp_freemap_ok(const struct bp_freemap *map);

#endif /* BP_FREEMAP_H */
