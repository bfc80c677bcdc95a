// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas of a buddy system: many blocks of a word at a time.
 */
#include "freemap.h"

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/string.h>

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
	bp_level_reindex(pages, cell, class);
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
			bp_freemap_count_split(map, order,
					       bit ? __ffs(bit) : level);
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
		cell = bp_level_first(pages, order);
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
 * @given: the pages, a bit for each, at least one; none of them is free
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
