// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas of a buddy system.
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

#include <linux/errno.h>
#include <linux/kernel.h>
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

static size_t level_size(u32 nr, unsigned int top)
{
	return nr * (sizeof(struct bp_cell) + sizeof(u64)) +
	       (top + 1) * bp_bitree_size(nr);
}

static void *level_init(struct bp_level *level, u32 nr, unsigned int top,
			void *memory)
{
	unsigned int class;

	level->top = top;
	level->nr_cells = nr;
	level->classes = 0;
	level->cell = memory;
	level->fit = memory + nr * sizeof(struct bp_cell);
	memory = level->fit + nr;
	for (class = 0; class <= top; class ++)
		memory = bp_bitree_init(&level->index[class], nr, memory);
	return memory;
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
	size_t size = level_size(nr, pages_top(max_order));

	if (max_order >= BP_PAGEBLOCK_ORDER)
		size += level_size(nr_cells(nr),
				   max_order - BP_PAGEBLOCK_ORDER);
	return size;
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
	memory = level_init(&map->pages, nr, pages_top(max_order), memory);
	if (max_order >= BP_PAGEBLOCK_ORDER)
		memory = level_init(&map->pageblocks, nr_cells(nr),
				    max_order - BP_PAGEBLOCK_ORDER, memory);
	return memory;
}

/* Cell @nr, which was in class @old, has changed: enter it where it belongs. */
static inline void reindex(struct bp_level *level, u32 nr, int old)
{
	const int class = bp_fit_class(level->fit[nr]);

	if (class == old)
		return;
	if (class >= 0) {
		bp_bitree_set(&level->index[class], nr);
		level->classes |= 1U << class;
	}
	if (old >= 0) {
		bp_bitree_clear(&level->index[old], nr);
		if (bp_bitree_empty(&level->index[old]))
			level->classes &= ~(1U << old);
	}
}

static __always_inline int take(struct bp_level *level, unsigned int order,
				u32 *unit)
{
	unsigned int class, found;
	u32 nr;

	if (!(level->classes >> order))
		return -ENOMEM;
	class = order + __ffs(level->classes >> order);
	nr = bp_bitree_first(&level->index[class]);
	found = bp_cell_take(&level->cell[nr], &level->fit[nr], level->top,
			     order, unit);
	reindex(level, nr, class);
	*unit += nr * BP_CELL_UNITS;
	return found;
}

static int claim(struct bp_level *level, unsigned int order, u32 unit)
{
	const u32 nr = unit / BP_CELL_UNITS;
	const int class = bp_fit_class(level->fit[nr]);
	int found = bp_cell_claim(&level->cell[nr], &level->fit[nr], level->top,
				  order, unit % BP_CELL_UNITS);

	reindex(level, nr, class);
	return found;
}

static int block(const struct bp_level *level, u32 unit)
{
	const u32 nr = unit / BP_CELL_UNITS;

	return bp_cell_block(&level->cell[nr], level->fit[nr], level->top,
			     unit % BP_CELL_UNITS);
}

/*
 * A block of @order is now free at @unit or, from the order of a word on, is to
 * be. A cell that is free as a whole goes out of the level if @lift says so.
 */
static noinline unsigned int grow(struct bp_level *level, unsigned int order,
				  u32 unit, bool lift)
{
	const u32 nr = unit / BP_CELL_UNITS;
	const int class = bp_fit_class(level->fit[nr]);

	order = bp_cell_grow(&level->cell[nr], &level->fit[nr], level->top,
			     order, unit % BP_CELL_UNITS / BP_WORD_UNITS);
	if (lift && order == BP_CELL_ORDER)
		level->fit[nr] = bp_cell_clear(&level->cell[nr]);
	reindex(level, nr, class);
	return order;
}

static __always_inline unsigned int
give(struct bp_level *level, unsigned int order, u32 unit, bool lift)
{
	const u32 nr = unit / BP_CELL_UNITS;

	if (bp_cell_give(&level->cell[nr], level->fit[nr], level->top, &order,
			 unit % BP_CELL_UNITS))
		return order;
	return grow(level, order, unit, lift);
}

/*
 * A pageblock, which has been taken out of the upper level, is free in the lower
 * one but for the 2^@order pages at @pfn.
 */
static void break_pageblock(struct bp_level *pages, unsigned int order, u32 pfn)
{
	const u32 nr = pfn / BP_PAGEBLOCK_PAGES;

	pages->fit[nr] = bp_cell_break(&pages->cell[nr], order,
				       pfn % BP_PAGEBLOCK_PAGES);
	reindex(pages, nr, -1);
}

static noinline int take_pageblocks(struct bp_freemap *map, unsigned int order,
				    u32 *pfn)
{
	const bool part = order < BP_PAGEBLOCK_ORDER;
	u32 nr;
	int found = take(&map->pageblocks,
			 part ? 0 : order - BP_PAGEBLOCK_ORDER, &nr);

	if (found < 0)
		return found;
	*pfn = nr * BP_PAGEBLOCK_PAGES;
	if (part)
		break_pageblock(&map->pages, order, *pfn);
	return found + BP_PAGEBLOCK_ORDER;
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
	if (map->pages.classes >> order && order < BP_PAGEBLOCK_ORDER)
		return take(&map->pages, order, pfn);
	return take_pageblocks(map, order, pfn);
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

	if (order >= BP_PAGEBLOCK_ORDER)
		return BP_PAGEBLOCK_ORDER +
		       claim(&map->pageblocks, order - BP_PAGEBLOCK_ORDER, nr);
	if (bp_fit_class(map->pages.fit[nr]) >= 0)
		return claim(&map->pages, order, pfn);
	found = claim(&map->pageblocks, 0, nr);
	break_pageblock(&map->pages, order, pfn);
	return found + BP_PAGEBLOCK_ORDER;
}

/**
 * bp_freemap_give() - enter pages as free
 * @map: the free areas
 * @order: how many: 2^@order, at most max_order
 * @pfn: the first, a multiple of 2^@order; none of them is free
 *
 * Return: the order of the free block that they are now part of.
 */
unsigned int bp_freemap_give(struct bp_freemap *map, unsigned int order,
			     u32 pfn)
{
	if (order < BP_PAGEBLOCK_ORDER)
		order = give(&map->pages, order, pfn, true);
	if (order < BP_PAGEBLOCK_ORDER)
		return order;
	return BP_PAGEBLOCK_ORDER + give(&map->pageblocks,
					 order - BP_PAGEBLOCK_ORDER,
					 pfn / BP_PAGEBLOCK_PAGES, false);
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
	int order = block(&map->pages, pfn);

	if (order < 0 && map->pageblocks.nr_cells) {
		order = block(&map->pageblocks, pfn / BP_PAGEBLOCK_PAGES);
		if (order >= 0)
			order += BP_PAGEBLOCK_ORDER;
	}
	return order;
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

static u32 level_weight(const struct bp_level *level)
{
	u32 nr, weight = 0;
	unsigned int i;

	for (nr = 0; nr < level->nr_cells; nr++)
		for (i = 0; i < BP_CELL_WORDS; i++)
			weight += hweight64(level->cell[nr].word[i]);
	return weight;
}

/**
 * bp_freemap_weight() - count the free pages one by one
 * @map: the free areas
 *
 * Return: how many there are.
 */
u32 bp_freemap_weight(const struct bp_freemap *map)
{
	return level_weight(&map->pages) +
	       level_weight(&map->pageblocks) * BP_PAGEBLOCK_PAGES;
}

/* Does the fit of a cell say what its words do? */
static bool fit_ok(const struct bp_level *level, u32 nr)
{
	const unsigned int top = min_t(unsigned int, level->top, BP_WORD_ORDER);
	const struct bp_cell *cell = &level->cell[nr];
	u64 fit = BP_FIT_EMPTY;
	unsigned int i;

	for (i = 0; i < BP_CELL_WORDS; i++)
		fit = bp_fit_set(fit, i, bp_bits_largest(cell->word[i], top));
	fit = bp_fit_mark(fit, bp_fit_largest(fit, level->top));
	return fit == level->fit[nr];
}

/* Is a cell in the class that it belongs to, and in no other? */
static bool cell_ok(const struct bp_level *level, u32 nr)
{
	const int class = bp_fit_class(level->fit[nr]);
	int other;

	if (!fit_ok(level, nr))
		return false;
	for (other = 0; other <= level->top; other++) {
		const bool expected = other == class;

		if (bp_bitree_test(&level->index[other], nr) != expected)
			return false;
	}
	return true;
}

static bool level_ok(const struct bp_level *level)
{
	const u32 nr = level->nr_cells;
	u32 i, in_use = 0, indexed = 0;
	unsigned int class;

	if (!nr)
		return !level->classes;
	for (i = 0; i < nr; i++) {
		if (!cell_ok(level, i))
			return false;
		in_use += level->fit[i] != BP_FIT_EMPTY;
	}
	for (class = 0; class <= level->top; class ++) {
		const struct bp_bitree *index = &level->index[class];

		if (!bp_bitree_summary_ok(index, nr) ||
		    bp_bitree_empty(index) == !!(level->classes & BIT(class)))
			return false;
		indexed += bp_bitree_count(index, nr);
	}
	/* There may be neither cells nor classes beyond the last one. */
	return indexed == in_use && !(level->classes >> (level->top + 1));
}

/*
 * Is a pageblock that is free as a whole known to the upper level, and to that
 * level alone?
 */
static bool pageblock_ok(const struct bp_freemap *map, u32 nr)
{
	const int class = bp_fit_class(map->pages.fit[nr]);

	return class < BP_PAGEBLOCK_ORDER &&
	       (class < 0 || block(&map->pageblocks, nr) < 0);
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

	if (!level_ok(&map->pages) || !level_ok(&map->pageblocks))
		return false;
	if (!map->pageblocks.nr_cells)
		return true;
	for (nr = 0; nr < map->pages.nr_cells; nr++)
		if (!pageblock_ok(map, nr))
			return false;
	return true;
}
