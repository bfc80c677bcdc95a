// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas of a buddy system: blocks one at a time.
 *
 * Which of the blocks that would do is taken decides how well a pool stays
 * packed. Two rules that come to mind fail: the smallest block, wherever it is
 * (as in mm/page_alloc.c), fills every hole as soon as it appears, so that no
 * pageblock ever becomes free again; the lowest address, whatever its size, packs
 * single pages perfectly, but breaks large blocks while small ones are left.
 *
 * Here it is best fit among cells: that cell is taken whose largest free block is
 * the smallest that will do, the lowest of them; of its words, again the one whose
 * largest free block is the smallest that will do; and there the smallest block.
 * So requests gather in the pageblocks that are nearly full, those that are
 * nearly free are left alone and become free, and large blocks are not broken.
 * DESIGN.md has the figures.
 */
#include "freemap.h"

#include <linux/bitops.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/string.h>

static u32 nr_pageblocks(u32 nr_pages)
{
	return DIV_ROUND_UP(nr_pages, BP_PAGEBLOCK_PAGES);
}

static u32 nr_cells(u32 nr_units)
{
	return DIV_ROUND_UP(nr_units, BP_CELL_UNITS);
}

static unsigned int pages_top(unsigned int max_order)
{
	return min_t(unsigned int, max_order, BP_PAGEBLOCK_ORDER);
}

/**
 * bp_freemap_size() - how much memory bp_freemap_init() wants
 * @nr_pages: size of the pool, in pages
 * @max_order: the largest order
 *
 * Return: bytes.
 */
size_t bp_freemap_size(u32 nr_pages, unsigned int max_order)
{
	const u32 nr = nr_pageblocks(nr_pages);
	size_t size = bp_level_size(nr, pages_top(max_order));

	if (max_order >= BP_PAGEBLOCK_ORDER)
		size += bp_level_size(nr_cells(nr),
				      max_order - BP_PAGEBLOCK_ORDER);
	return size + nr * BP_CELL_WORDS * sizeof(u16);
}

/**
 * bp_freemap_init() - make empty free areas
 * @map: the free areas
 * @nr_pages: size of the pool, in pages
 * @max_order: the largest order
 * @memory: bp_freemap_size() bytes of zeroes, aligned to a cache line
 *
 * Return: the end of what is used of @memory.
 */
void *bp_freemap_init(struct bp_freemap *map, u32 nr_pages,
		      unsigned int max_order, void *memory)
{
	const u32 nr = nr_pageblocks(nr_pages);

	memset(map, 0, sizeof(*map));
	memory = bp_level_init(&map->pages, nr, pages_top(max_order), memory);
	if (max_order >= BP_PAGEBLOCK_ORDER)
		memory = bp_level_init(&map->pageblocks, nr_cells(nr),
				       max_order - BP_PAGEBLOCK_ORDER, memory);
	map->home = memory;
	return map->home + nr * BP_CELL_WORDS;
}

/*
 * A pageblock, which has been taken out of the upper level, is free in the lower
 * one but for the 2^@order pages at @pfn.
 */
static inline void break_pageblock(struct bp_level *pages, unsigned int order,
				   u32 pfn)
{
	const u32 nr = pfn / BP_PAGEBLOCK_PAGES;

	pages->fit[nr] = bp_cell_break(&pages->cell[nr], order,
				       pfn % BP_PAGEBLOCK_PAGES);
	bp_level_reindex(pages, nr, -1);
}

/* As bp_freemap_take(), where the lower level has a block that will do. */
static noinline int take_pages(struct bp_freemap *map, unsigned int order,
			       u32 *pfn)
{
	const int found = bp_level_take(&map->pages, order, pfn);

	bp_freemap_count_split(map, order, found);
	return found;
}

/* The same where it has none. */
static noinline int take_pageblocks(struct bp_freemap *map, unsigned int order,
				    u32 *pfn)
{
	const bool part = order < BP_PAGEBLOCK_ORDER;
	u32 nr;
	int found = bp_level_take(&map->pageblocks,
				  part ? 0 : order - BP_PAGEBLOCK_ORDER, &nr);

	if (found < 0)
		return found;
	found += BP_PAGEBLOCK_ORDER;
	*pfn = nr * BP_PAGEBLOCK_PAGES;
	if (part)
		break_pageblock(&map->pages, order, *pfn);
	bp_freemap_count_split(map, order, found);
	return found;
}

/**
 * bp_freemap_aim() - look where the next block would be taken from
 * @map: the free areas
 * @order: its order
 *
 * For bp_freemap_is_spare(), from time to time.
 */
void bp_freemap_aim(struct bp_freemap *map, unsigned int order)
{
	const struct bp_level *pages = &map->pages;
	u64 rank = U64_MAX;
	u32 nr;

	if (order >= BP_PAGEBLOCK_ORDER)
		return;
	if (pages->classes >> order) {
		nr = bp_level_first(pages, order);
		rank = bp_freemap_rank(pages->fit[nr], nr);
	}
	WRITE_ONCE(map->next[order], rank);
}

/**
 * bp_freemap_take() - choose a free block, and take out what is wanted
 * @map: the free areas
 * @order: what is wanted, at most max_order
 * @pfn: set to the first page
 *
 * Return: the order of the block that it was split off; -ENOMEM if there is none.
 */
int bp_freemap_take(struct bp_freemap *map, unsigned int order, u32 *pfn)
{
	if (order >= BP_PAGEBLOCK_ORDER || !(map->pages.classes >> order))
		return take_pageblocks(map, order, pfn);
	return take_pages(map, order, pfn);
}

/**
 * bp_freemap_claim() - take out certain pages
 * @map: the free areas
 * @order: how many: 2^@order, at most max_order
 * @pfn: the first, a multiple of 2^@order; all of them are free
 *
 * Return: the order of the block that they were split off.
 */
int bp_freemap_claim(struct bp_freemap *map, unsigned int order, u32 pfn)
{
	const u32 nr = pfn / BP_PAGEBLOCK_PAGES;
	int found;

	if (order >= BP_PAGEBLOCK_ORDER) {
		found = BP_PAGEBLOCK_ORDER +
			bp_level_claim(&map->pageblocks,
				       order - BP_PAGEBLOCK_ORDER, nr);
	} else if (bp_fit_class(map->pages.fit[nr]) >= 0) {
		found = bp_level_claim(&map->pages, order, pfn);
	} else {
		found = BP_PAGEBLOCK_ORDER +
			bp_level_claim(&map->pageblocks, 0, nr);
		break_pageblock(&map->pages, order, pfn);
	}
	bp_freemap_count_split(map, order, found);
	return found;
}

/*
 * 2^@merged pages at @pfn, whole pageblocks, have become free, 2^@order of them
 * just now.
 */
static noinline unsigned int give_pageblocks(struct bp_freemap *map,
					     unsigned int order,
					     unsigned int merged, u32 pfn)
{
	struct bp_level *level = &map->pageblocks;
	const u32 unit = pfn / BP_PAGEBLOCK_PAGES, nr = unit / BP_CELL_UNITS;
	const int class = bp_fit_class(level->fit[nr]);

	merged -= BP_PAGEBLOCK_ORDER;
	if (!bp_cell_give(&level->cell[nr], level->fit[nr], level->top, &merged,
			  unit % BP_CELL_UNITS)) {
		merged = bp_fit_grow(&level->fit[nr], level->top, merged,
				     unit % BP_CELL_UNITS / BP_WORD_UNITS);
		bp_level_reindex(level, nr, class);
	}
	merged += BP_PAGEBLOCK_ORDER;
	bp_freemap_count_merge(map, order, merged);
	return merged;
}

/* The same of 2^@merged pages that are the largest block of their word. */
static noinline unsigned int give_pages(struct bp_freemap *map,
					unsigned int order, unsigned int merged,
					u32 pfn)
{
	struct bp_level *level = &map->pages;
	const u32 nr = pfn / BP_PAGEBLOCK_PAGES;
	const int class = bp_fit_class(level->fit[nr]);

	merged = bp_fit_grow(&level->fit[nr], level->top, merged,
			     pfn % BP_PAGEBLOCK_PAGES / BP_WORD_UNITS);
	if (merged == BP_PAGEBLOCK_ORDER) {
		level->fit[nr] = bp_cell_clear(&level->cell[nr]);
		bp_level_reindex(level, nr, class);
		return give_pageblocks(map, order, merged, pfn);
	}
	bp_level_reindex(level, nr, class);
	bp_freemap_count_merge(map, order, merged);
	return merged;
}

/**
 * bp_freemap_grow() - go on with what bp_freemap_give_bits() has begun
 * @map: the free areas
 * @order: how many pages were given: 2^@order
 * @merged: what bp_freemap_give_bits() has left
 * @pfn: the first one
 *
 * A pageblock that is free as a whole goes to the upper level.
 *
 * Return: the order of the free block that they are now part of.
 */
unsigned int bp_freemap_grow(struct bp_freemap *map, unsigned int order,
			     unsigned int merged, u32 pfn)
{
	if (merged < BP_PAGEBLOCK_ORDER)
		return give_pages(map, order, merged, pfn);
	return give_pageblocks(map, order, merged, pfn);
}

/**
 * bp_freemap_block() - the free block that a page is in
 * @map: the free areas
 * @pfn: the page
 *
 * Return: its order; -1 if the page is not free.
 */
int bp_freemap_block(const struct bp_freemap *map, u32 pfn)
{
	int order = bp_level_block(&map->pages, pfn);

	if (order < 0 && map->pageblocks.nr_cells) {
		order = bp_level_block(&map->pageblocks,
				       pfn / BP_PAGEBLOCK_PAGES);
		if (order >= 0)
			order += BP_PAGEBLOCK_ORDER;
	}
	return order;
}

/**
 * bp_freemap_count() - how many blocks are free
 * @map: the free areas
 * @nr_free: set to the number of free blocks of each order
 */
void bp_freemap_count(const struct bp_freemap *map, u32 nr_free[BP_NR_ORDERS])
{
	unsigned int order, to, i;

	memset(nr_free, 0, BP_NR_ORDERS * sizeof(*nr_free));
	for (order = 0; order < BP_NR_ORDERS; order++) {
		for (to = order; to < BP_NR_ORDERS; to++) {
			const u32 nr = map->moves[order][to];

			/* So many of @to more, but of its parts fewer. */
			nr_free[to] += nr;
			for (i = order; i < to; i++)
				nr_free[i] -= nr;
		}
	}
}

/**
 * bp_freemap_largest() - the largest free block
 * @map: the free areas
 *
 * Return: its order; -1 if nothing is free.
 */
int bp_freemap_largest(const struct bp_freemap *map)
{
	if (map->pageblocks.classes)
		return BP_PAGEBLOCK_ORDER + fls(map->pageblocks.classes) - 1;
	return fls(map->pages.classes) - 1;
}

/**
 * bp_freemap_weight() - count the free pages one by one
 * @map: the free areas
 *
 * Return: how many there are.
 */
u32 bp_freemap_weight(const struct bp_freemap *map)
{
	return bp_level_weight(&map->pages) +
	       bp_level_weight(&map->pageblocks) * BP_PAGEBLOCK_PAGES;
}

/*
 * Is a pageblock that is free as a whole known to the upper level, and to that
 * level alone?
 */
static bool pageblock_ok(const struct bp_freemap *map, u32 nr)
{
	const int class = bp_fit_class(map->pages.fit[nr]);

	return class < BP_PAGEBLOCK_ORDER &&
	       (class < 0 || bp_level_block(&map->pageblocks, nr) < 0);
}

/**
 * bp_freemap_ok() - is all that is known of the free pages consistent?
 * @map: the free areas
 *
 * Return: whether it is.
 */
bool bp_freemap_ok(const struct bp_freemap *map)
{
	u32 nr;

	if (!bp_level_ok(&map->pages) || !bp_level_ok(&map->pageblocks))
		return false;
	if (!map->pageblocks.nr_cells)
		return true;
	for (nr = 0; nr < map->pages.nr_cells; nr++)
		if (!pageblock_ok(map, nr))
			return false;
	return true;
}
