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
	unsigned int order;

	level->top = top;
	level->nr_cells = nr;
	level->classes = 0;
	level->cell = memory;
	level->fit = memory + nr * sizeof(struct bp_cell);
	memory = level->fit + nr;
	for (order = 0; order <= top; order++)
		memory = bp_bitree_init(&level->index[order], nr, memory);
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
	memory = level_init(&map->pages, nr, pages_top(max_order), memory);
	if (max_order >= BP_PAGEBLOCK_ORDER)
		memory = level_init(&map->pageblocks, nr_cells(nr),
				    max_order - BP_PAGEBLOCK_ORDER, memory);
	map->home = memory;
	return map->home + nr * BP_CELL_WORDS;
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
		if (bp_bitree_clear(&level->index[old], nr))
			level->classes &= ~(1U << old);
	}
}

/* Of the cells whose largest block is the smallest that will do, the first one. */
static __always_inline u32 first_cell(const struct bp_level *level,
				      unsigned int order)
{
	const unsigned int class = order + __ffs(level->classes >> order);

	return bp_bitree_first(&level->index[class]);
}

static __always_inline int take(struct bp_level *level, unsigned int order,
				u32 *unit)
{
	unsigned int found;
	int class;
	u32 nr;

	if (!(level->classes >> order))
		return -ENOMEM;
	nr = first_cell(level, order);
	class = bp_fit_class(level->fit[nr]);
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

/* A block of @order has been split off one of @from, and the rest is free. */
static inline void count_split(struct bp_freemap *map, unsigned int from,
			       unsigned int order)
{
	map->nr_splits += from - order;
	map->moves[order][from]--;
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
	reindex(pages, nr, -1);
}

/* As bp_freemap_take(), where the lower level has a block that will do. */
static noinline int take_pages(struct bp_freemap *map, unsigned int order,
			       u32 *pfn)
{
	const int found = take(&map->pages, order, pfn);

	count_split(map, found, order);
	return found;
}

/* The same where it has none. */
static noinline int take_pageblocks(struct bp_freemap *map, unsigned int order,
				    u32 *pfn)
{
	const bool part = order < BP_PAGEBLOCK_ORDER;
	u32 nr;
	int found = take(&map->pageblocks,
			 part ? 0 : order - BP_PAGEBLOCK_ORDER, &nr);

	if (found < 0)
		return found;
	found += BP_PAGEBLOCK_ORDER;
	*pfn = nr * BP_PAGEBLOCK_PAGES;
	if (part)
		break_pageblock(&map->pages, order, *pfn);
	count_split(map, found, order);
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
		nr = first_cell(pages, order);
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
			claim(&map->pageblocks, order - BP_PAGEBLOCK_ORDER, nr);
	} else if (bp_fit_class(map->pages.fit[nr]) >= 0) {
		found = claim(&map->pages, order, pfn);
	} else {
		found = BP_PAGEBLOCK_ORDER + claim(&map->pageblocks, 0, nr);
		break_pageblock(&map->pages, order, pfn);
	}
	count_split(map, found, order);
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
		reindex(level, nr, class);
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
		reindex(level, nr, class);
		return give_pageblocks(map, order, merged, pfn);
	}
	reindex(level, nr, class);
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

static unsigned int word_top(const struct bp_freemap *map)
{
	return bp_word_top(map->pages.top);
}

/*
 * Count the blocks of a word that is not one block itself, into @map or, with
 * @sign -1, out of it. Returns how many there are.
 */
static u32 count_word(struct bp_freemap *map, u64 bits, int sign)
{
	const unsigned int top = word_top(map);
	unsigned int order, width = 1;
	u32 nr, total = 0;

	for (order = 0; bits; order++, width *= 2) {
		u64 pairs = order < top ? bp_pairs(bits, order, width) : 0;

		nr = hweight64(bits & ~(pairs | (pairs << width)));
		map->moves[order][order] += sign * nr;
		total += nr;
		bits = pairs;
	}
	return total;
}

/* Word @nr of the pages, which is not one block, has changed to @bits. */
static void set_word(struct bp_freemap *map, u32 nr, u64 bits)
{
	struct bp_level *pages = &map->pages;
	const u32 cell = nr / BP_CELL_WORDS;
	const int class = bp_fit_class(pages->fit[cell]);
	u64 fit = bp_fit_set(pages->fit[cell], nr % BP_CELL_WORDS,
			     bp_bits_largest(bits, word_top(map)));

	pages->cell[cell].word[nr % BP_CELL_WORDS] = bits;
	pages->fit[cell] = bp_fit_mark(fit, bp_fit_largest(fit, pages->top));
	reindex(pages, cell, class);
}

/*
 * The firsts of up to @nr blocks of @order, of the smallest that will do of @bits,
 * so that the large ones remain. They are counted as taken one after the other:
 * the second one of a block is what remained beside the first, the third one is
 * split off the next larger remainder, and so on. All pages of a word are counted
 * together.
 */
static u64 choose_blocks(struct bp_freemap *map, u64 bits, unsigned int order,
			 u32 nr)
{
	unsigned int level, width = 1, bit, i;
	const unsigned int top = word_top(map);
	u64 chosen = 0;

	if (!order && hweight64(bits) <= nr) {
		map->nr_splits += hweight64(bits) - count_word(map, bits, -1);
		return bits;
	}
	for (level = 0; level < order; level++, width *= 2)
		bits = bp_pairs(bits, level, width);
	for (; bits && nr; level++, width *= 2) {
		u64 pairs = level < top ? bp_pairs(bits, level, width) : 0;
		u64 blocks = bits & ~(pairs | (pairs << width));

		for (i = order; i < level; i++)
			blocks |= blocks << (1U << i);
		for (; blocks && nr; nr--) {
			bit = __ffs64(blocks);
			blocks &= blocks - 1;
			chosen |= 1ULL << bit;
			bit %= width;
			count_split(map, bit ? __ffs(bit) : level, order);
		}
		bits = pairs;
	}
	return chosen;
}

/* What those words of a pageblock have to give that are a user's home. */
static u64 fit_at_home(const struct bp_freemap *map, u32 cell, u16 user)
{
	const u16 *home = map->home + cell * BP_CELL_WORDS;
	unsigned int word;
	u64 fit = 0;

	for (word = 0; word < BP_CELL_WORDS; word++)
		if (home[word] == user)
			fit |= bp_fit_column(BP_WORD_ORDER) << word;
	return fit & map->pages.fit[cell];
}

/*
 * The word of a pageblock to take many blocks of: that which bp_freemap_take() would
 * take one of. But if it is in use, and somebody else's home, rather one that is the
 * user's own, and else that with the largest block. @largest is set to the order of
 * its largest block.
 */
static unsigned int choose_word(const struct bp_freemap *map, u32 cell,
				unsigned int order, u16 user,
				unsigned int *largest)
{
	u64 fit = map->pages.fit[cell], own;
	const unsigned int word = bp_fit_find(fit, order, largest);

	if (*largest == BP_WORD_ORDER ||
	    map->home[cell * BP_CELL_WORDS + word] == user)
		return word;
	own = fit_at_home(map, cell, user);
	if (own >> (8 * order))
		return bp_fit_find(own, order, largest);
	order = min_t(unsigned int, bp_fit_class(fit), BP_WORD_ORDER);
	return bp_fit_find(fit, order, largest);
}

/* Up to @nr blocks out of a word that has one, but is not one itself. */
static u32 take_of_word(struct bp_freemap *map, u32 word, unsigned int order,
			u32 *pfns, u32 nr)
{
	const u64 bits =
		map->pages.cell[word / BP_CELL_WORDS].word[word % BP_CELL_WORDS];
	u64 firsts = choose_blocks(map, bits, order, nr);
	u32 got = 0;

	set_word(map, word, bits & ~(firsts * bp_ones(order)));
	for (; firsts; firsts &= firsts - 1)
		pfns[got++] = word * BP_WORD_UNITS + __ffs64(firsts);
	return got;
}

/* Up to @nr blocks out of one that is a word, or out of a larger one. */
static u32 take_of_block(struct bp_freemap *map, int word, unsigned int order,
			 u32 *pfns, u32 nr)
{
	unsigned int shift = 0;
	u32 i, pfn;

	if (order < BP_WORD_ORDER)
		shift = min_t(unsigned int, ilog2(nr), BP_WORD_ORDER - order);
	if (word >= 0) {
		pfn = word * BP_WORD_UNITS;
		bp_freemap_claim(map, order + shift, pfn);
	} else if (bp_freemap_take(map, order + shift, &pfn) < 0) {
		return 0;
	}
	nr = 1U << shift;
	map->nr_splits += nr - 1;
	for (i = 0; i < nr; i++, pfn += 1U << order)
		pfns[i] = pfn;
	return nr;
}

/**
 * bp_freemap_take_many() - take out many blocks
 * @map: the free areas
 * @order: what is wanted, at most max_order
 * @user: who wants them
 * @pfns: set to their first pages, in ascending order
 * @nr: how many are wanted, at least one
 *
 * By the same rule as bp_freemap_take(), but all out of the word that this takes
 * one of, or of another one of the pageblock if that one is somebody else's home. It
 * is the user's then. This takes hardly longer than one block.
 *
 * Return: how many there are; less than @nr also if the word has no more, 0 only
 * if there is none.
 */
u32 bp_freemap_take_many(struct bp_freemap *map, unsigned int order, u16 user,
			 u32 *pfns, u32 nr)
{
	struct bp_level *pages = &map->pages;
	unsigned int largest = BP_WORD_ORDER;
	int word = -1;
	u32 cell, got;

	if (order < BP_WORD_ORDER && pages->classes >> order) {
		cell = first_cell(pages, order);
		word = cell * BP_CELL_WORDS +
		       choose_word(map, cell, order, user, &largest);
	}
	if (largest < BP_WORD_ORDER)
		got = take_of_word(map, word, order, pfns, nr);
	else
		got = take_of_block(map, word, order, pfns, nr);
	if (got)
		WRITE_ONCE(map->home[pfns[0] / BP_WORD_UNITS], user);
	return got;
}

/**
 * bp_freemap_part_home() - part the pages that are at home from the others
 * @map: the free areas
 * @user: where they are
 * @pfns: the pages; those at home are the first ones then; among themselves, both
 *	are in the order in which they were
 * @nr: how many there are, at most 64
 *
 * Context: any; without the caller's lock it is a guess.
 * Return: how many are at home.
 */
u32 bp_freemap_part_home(const struct bp_freemap *map, u16 user, u32 *pfns,
			 u32 nr)
{
	u32 others[BP_WORD_UNITS];
	u32 nr_home = 0, nr_others = 0, i;

	for (i = 0; i < nr; i++) {
		const u32 pfn = pfns[i];

		if (bp_freemap_is_home(map, user, pfn))
			pfns[nr_home++] = pfn;
		else
			others[nr_others++] = pfn;
	}
	memcpy(pfns + nr_home, others, nr_others * sizeof(*pfns));
	return nr_home;
}

/**
 * bp_freemap_give_word() - enter pages of a word as free
 * @map: the free areas
 * @word: which word: the number of its first page, divided by those of a word
 * @given: the pages, a bit for each; none of them is free
 */
void bp_freemap_give_word(struct bp_freemap *map, u32 word, u64 given)
{
	const u64 bits =
		map->pages.cell[word / BP_CELL_WORDS].word[word % BP_CELL_WORDS];

	map->nr_merges += hweight64(given) + count_word(map, bits, -1);
	if (~(bits | given) || word_top(map) < BP_WORD_ORDER) {
		map->nr_merges -= count_word(map, bits | given, 1);
		set_word(map, word, bits | given);
	} else {
		map->nr_merges--;
		bp_freemap_give(map, BP_WORD_ORDER, word * BP_WORD_UNITS);
	}
}

/**
 * bp_freemap_give_pages() - enter single pages as free, many at a time
 * @map: the free areas
 * @pfns: the pages, none of them free; quickest if neighbours are together
 * @nr: how many
 */
void bp_freemap_give_pages(struct bp_freemap *map, const u32 *pfns, u32 nr)
{
	const u32 *end = pfns + nr;

	while (pfns < end) {
		const u32 pfn = *pfns++, word = pfn / BP_WORD_UNITS;
		u64 given;

		if (pfns == end || *pfns / BP_WORD_UNITS != word) {
			bp_freemap_give(map, 0, pfn);
			continue;
		}
		given = bp_word_block(0, pfn);
		do
			given |= bp_word_block(0, *pfns++);
		while (pfns < end && *pfns / BP_WORD_UNITS == word);
		bp_freemap_give_word(map, word, given);
	}
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
	unsigned int order;

	if (!nr)
		return !level->classes;
	for (i = 0; i < nr; i++) {
		if (!cell_ok(level, i))
			return false;
		in_use += level->fit[i] != BP_FIT_EMPTY;
	}
	for (order = 0; order <= level->top; order++) {
		const struct bp_bitree *index = &level->index[order];

		if (!bp_bitree_summary_ok(index, nr) ||
		    bp_bitree_empty(index) == !!(level->classes & BIT(order)))
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
