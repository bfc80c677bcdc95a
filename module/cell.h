/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cell: 512 units, which of them are free, and the buddy blocks that they form.
 *
 * A bit for each unit is all there is. A free block of order k is 2^k free units
 * at a multiple of 2^k whose buddy is not free as a whole: since buddies are
 * always merged, the blocks follow from the bits, and to split or to merge takes
 * no more than to clear or to set some. Blocks below order 6 lie within a word of
 * 64 bits, larger ones are words that are full:
 *
 *   word   |  0  |  1  |  2  |  3  |  4  |  5  |  6  |  7  |
 *   order  |         8             |     7     |  6  | 0-5 |
 *
 * What would have to be searched for is summed up in another word, the cell's
 * fit: byte k, from 0 to 6, has bit w set if word w has a free block of order k or
 * above. So the words whose largest block is of order k are those in byte k that
 * are not in byte k + 1, and of all words the one whose largest block is the
 * smallest that will do is found by counting trailing zeros. Byte 7 is the cell's
 * class, the order of its largest free block, plus 1; or 0 if none is free.
 *
 * No block is larger than the cell's top order, whatever lies beside it.
 */
#ifndef BP_CELL_H
#define BP_CELL_H

#include <linux/bitops.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

#define BP_CELL_ORDER 9
#define BP_CELL_UNITS BIT(BP_CELL_ORDER)
#define BP_CELL_WORDS 8

/* The order of a block that is a word. */
#define BP_WORD_ORDER 6
#define BP_WORD_UNITS BIT(BP_WORD_ORDER)

#define BP_FIT_EMPTY 0ULL
#define BP_FIT_CLASS_SHIFT 56

/**
 * struct bp_cell - which units are free
 * @word: a bit for each
 */
struct bp_cell {
	u64 word[BP_CELL_WORDS];
};

/* As many units, or words, as a block of an order below 6 has; as bits. */
static inline u64 bp_ones(unsigned int order)
{
	return (1ULL << (1U << order)) - 1;
}

/* Bit 0 of each byte from 0 to @order: what a word with such a block has in fit. */
static inline u64 bp_fit_column(unsigned int order)
{
	return 0x01010101010101ULL & ((1ULL << (8 * order + 1)) - 1);
}

/* The same of 2^@order words that are full, from @nr on. */
static inline u64 bp_fit_columns(unsigned int nr, unsigned int order)
{
	return bp_fit_column(BP_WORD_ORDER) * (bp_ones(order) << nr);
}

/* The words that are full. */
static inline u64 bp_fit_full(u64 fit)
{
	return (fit >> (8 * BP_WORD_ORDER)) & 0xff;
}

/* The class that a fit is marked with; -1 if nothing is free. */
static inline int bp_fit_class(u64 fit)
{
	return (int)(fit >> BP_FIT_CLASS_SHIFT) - 1;
}

static inline u64 bp_fit_mark(u64 fit, int class)
{
	return (fit & ~(0xffULL << BP_FIT_CLASS_SHIFT)) |
	       ((u64)(class + 1) << BP_FIT_CLASS_SHIFT);
}

/*
 * The firsts of the free blocks of @order + 1, of @blocks, those of @order, which
 * are of 2^@order = @width bits.
 */
static __always_inline u64 bp_pairs(u64 blocks, unsigned int order,
				    unsigned int width)
{
	static const u64 firsts[BP_WORD_ORDER] = {
		0x5555555555555555ULL, 0x1111111111111111ULL,
		0x0101010101010101ULL, 0x0001000100010001ULL,
		0x0000000100000001ULL, 0x0000000000000001ULL,
	};

	return blocks & (blocks >> width) & firsts[order];
}

/**
 * bp_bits_largest() - the order of the largest block
 * @bits: free units or, in the lower 8 bits, full words
 * @top: no block is larger than this order, at most 6
 *
 * Return: the order; -1 if nothing is free.
 */
static inline int bp_bits_largest(u64 bits, unsigned int top)
{
	unsigned int order, width = 1;

	if (!bits)
		return -1;
	for (order = 0; order < top; order++, width *= 2) {
		bits = bp_pairs(bits, order, width);
		if (!bits)
			break;
	}
	return order;
}

/**
 * bp_bits_find() - the smallest blocks that will do
 * @bits: as for bp_bits_largest(); has a block of at least @order
 * @top: as for bp_bits_largest()
 * @order: in: what is wanted; out: what was found
 *
 * Return: their first bits.
 */
static inline u64 bp_bits_find(u64 bits, unsigned int top, unsigned int *order)
{
	unsigned int level, width = 1;

	for (level = 0; level < *order; level++, width *= 2)
		bits = bp_pairs(bits, level, width);
	for (; level < top; level++, width *= 2) {
		u64 pairs = bp_pairs(bits, level, width);
		u64 alone = bits & ~(pairs | (pairs << width));

		if (alone) {
			bits = alone;
			break;
		}
		bits = pairs;
	}
	*order = level;
	return bits;
}

/* Is there more than one block? */
static inline bool bp_bits_several(u64 blocks)
{
	return blocks & (blocks - 1);
}

/**
 * bp_bits_merged() - the order of the free block that a unit is in
 * @bits: as for bp_bits_largest()
 * @top: as for bp_bits_largest()
 * @bit: the unit, or full word, which is free
 *
 * The block ends before the first place that is not free, to either side: it is
 * the largest one that contains the bit and neither of these places. Two numbers
 * are in the same block of order k if they differ in the lowest k bits only.
 * Without a branch, for which way it would go cannot be predicted.
 *
 * Return: the order.
 */
static __always_inline unsigned int bp_bits_merged(u64 bits, unsigned int top,
						   unsigned int bit)
{
	/* If there is none above, one beyond the end; if none below, -1. */
	const u64 above = (~bits >> bit) | (1ULL << 63);
	const u64 below = ~bits & ((1ULL << bit) - 1);
	const unsigned int distance =
		min((bit + (unsigned int)__ffs64(above)) ^ bit,
		    (unsigned int)(fls64(below) - 1) ^ bit);

	/* Beyond the end of bit 0 is only what is no word any more. */
	if (unlikely(!~bits))
		return top;
	return min_t(unsigned int, top, __fls(distance));
}

/* The order of the largest free block of a cell; -1 if nothing is free. */
static inline int bp_fit_largest(u64 fit, unsigned int top)
{
	const u64 full = bp_fit_full(fit);

	fit &= ~(0xffULL << BP_FIT_CLASS_SHIFT);
	if (!full)
		return (fls64(fit) + 7) / 8 - 1;
	return BP_WORD_ORDER + bp_bits_largest(full, top - BP_WORD_ORDER);
}

/*
 * The word whose largest block is the smallest that will do, the lowest of them;
 * @largest is set to the order of that block. There is one.
 */
static inline unsigned int bp_fit_find(u64 fit, unsigned int order,
				       unsigned int *largest)
{
	unsigned int bit;

	fit &= ~(0xffULL << BP_FIT_CLASS_SHIFT);
	bit = __ffs64((fit & ~(fit >> 8)) >> (8 * order));
	*largest = order + bit / 8;
	return bit % 8;
}

/* Of word @nr, the largest free block is now of order @largest; -1 if none. */
static inline u64 bp_fit_set(u64 fit, unsigned int nr, int largest)
{
	fit &= ~(bp_fit_column(BP_WORD_ORDER) << nr);
	return largest < 0 ? fit : fit | (bp_fit_column(largest) << nr);
}

/* The order up to which blocks are looked for within a word. */
static inline unsigned int bp_word_top(unsigned int top)
{
	return min_t(unsigned int, top, BP_WORD_ORDER);
}

/* The bits of a block below order 6 in its word. */
static inline u64 bp_word_block(unsigned int order, u32 unit)
{
	return bp_ones(order) << (unit % BP_WORD_UNITS);
}

/* A block of whole words has been given or taken. */
static inline u64 bp_cell_set_words(struct bp_cell *cell, u64 fit,
				    unsigned int nr, unsigned int order,
				    bool full)
{
	const u64 columns = bp_fit_columns(nr, order);

	memset64(&cell->word[nr], full ? ~0ULL : 0, 1U << order);
	return full ? fit | columns : fit & ~columns;
}

/* As bp_cell_take(), out of words that are full. */
static inline unsigned int bp_cell_take_of_words(struct bp_cell *cell, u64 *fit,
						 unsigned int top,
						 unsigned int order, u32 *unit)
{
	const unsigned int wanted = max_t(unsigned int, order, BP_WORD_ORDER);
	unsigned int found = wanted - BP_WORD_ORDER;
	const u64 blocks =
		bp_bits_find(bp_fit_full(*fit), top - BP_WORD_ORDER, &found);
	const unsigned int nr = __ffs64(blocks);
	u64 now;

	found += BP_WORD_ORDER;
	*unit = nr * BP_WORD_UNITS;
	now = bp_cell_set_words(cell, *fit, nr, wanted - BP_WORD_ORDER, false);
	if (order < BP_WORD_ORDER) {
		/* Half of the word or more remains. */
		cell->word[nr] = ~bp_ones(order);
		now |= bp_fit_column(BP_WORD_ORDER - 1) << nr;
	}
	if (found == bp_fit_class(now) && !bp_bits_several(blocks))
		now = bp_fit_mark(now, order < found ?
					       found - 1 :
					       bp_fit_largest(now, top));
	*fit = now;
	return found;
}

/**
 * bp_cell_take() - take out a block
 * @cell: the cell
 * @fit: its fit, with a class of at least @order
 * @top: its top order
 * @order: what is wanted
 * @unit: set to the first unit of the block
 *
 * It is split off the smallest block that will do, of the word with the smallest
 * largest block.
 *
 * Return: the order of the block that it was split off.
 */
static inline unsigned int bp_cell_take(struct bp_cell *cell, u64 *fit,
					unsigned int top, unsigned int order,
					u32 *unit)
{
	unsigned int nr, bit, largest = BP_WORD_ORDER, found = order;
	u64 blocks, now;

	if (order < BP_WORD_ORDER)
		nr = bp_fit_find(*fit, order, &largest);
	if (largest == BP_WORD_ORDER)
		return bp_cell_take_of_words(cell, fit, top, order, unit);

	blocks = bp_bits_find(cell->word[nr], largest, &found);
	bit = __ffs64(blocks);
	cell->word[nr] &= ~bp_word_block(order, bit);
	*unit = nr * BP_WORD_UNITS + bit;
	if (found < largest || bp_bits_several(blocks))
		return found;
	now = bp_fit_set(*fit, nr,
			 order < found ?
				 (int)found - 1 :
				 bp_bits_largest(cell->word[nr], found));
	*fit = found < bp_fit_class(now) ?
		       now :
		       bp_fit_mark(now, bp_fit_largest(now, top));
	return found;
}

/**
 * bp_cell_give() - give a block back
 * @cell: the cell
 * @fit: its fit
 * @top: its top order
 * @order: in: the order of the block; out: of the free block that it is now part
 *	of, if that is known
 * @unit: its first unit; none of its units is free
 *
 * Return: whether that is all; else the fit has to be brought up to date, by
 * bp_fit_grow() with the order that this function has left.
 */
static __always_inline bool bp_cell_give(struct bp_cell *cell, u64 fit,
					 unsigned int top, unsigned int *order,
					 u32 unit)
{
	u64 *word = &cell->word[unit / BP_WORD_UNITS];

	if (*order >= BP_WORD_ORDER) {
		memset64(word, ~0ULL, 1U << (*order - BP_WORD_ORDER));
		return false;
	}
	*word |= bp_word_block(*order, unit);
	*order = bp_bits_merged(*word, bp_word_top(top), unit % BP_WORD_UNITS);
	return fit & (1ULL << (8 * *order + unit / BP_WORD_UNITS));
}

/**
 * bp_fit_grow() - bring a fit up to date after bp_cell_give()
 * @fit: the fit of the cell
 * @top: its top order
 * @order: what bp_cell_give() has left
 * @nr: the first word of the block
 *
 * Return: the order of the free block that the block is now part of.
 */
static inline unsigned int bp_fit_grow(u64 *fit, unsigned int top,
				       unsigned int order, unsigned int nr)
{
	u64 now;

	if (order < BP_WORD_ORDER) {
		now = *fit | (bp_fit_column(order) << nr);
	} else {
		now = *fit | bp_fit_columns(nr, order - BP_WORD_ORDER);
		if (bp_fit_full(now) == bp_ones(BP_CELL_ORDER - BP_WORD_ORDER))
			order = top;
		else
			order = BP_WORD_ORDER +
				bp_bits_merged(bp_fit_full(now),
					       top - BP_WORD_ORDER, nr);
	}
	if ((int)order > bp_fit_class(now))
		now = bp_fit_mark(now, order);
	*fit = now;
	return order;
}

/**
 * bp_cell_block() - the free block that a unit is in
 * @cell: the cell
 * @fit: its fit
 * @top: its top order
 * @unit: the unit
 *
 * Return: its order; -1 if the unit is not free.
 */
static inline int bp_cell_block(const struct bp_cell *cell, u64 fit,
				unsigned int top, u32 unit)
{
	const unsigned int nr = unit / BP_WORD_UNITS;
	const u64 word = cell->word[nr];
	unsigned int order;

	if (!(word & bp_word_block(0, unit)))
		return -1;
	order = bp_bits_merged(word, bp_word_top(top), unit % BP_WORD_UNITS);
	if (order < BP_WORD_ORDER)
		return order;
	/* The checker asks before it knows whether the fit agrees. */
	return BP_WORD_ORDER + bp_bits_merged(bp_fit_full(fit) | (1ULL << nr),
					      top - BP_WORD_ORDER, nr);
}

/**
 * bp_cell_claim() - take out a certain block
 * @cell: the cell
 * @fit: its fit
 * @top: its top order
 * @order: the order of the block
 * @unit: its first unit; all of its units are free
 *
 * Return: the order of the block that it was split off.
 */
static inline unsigned int bp_cell_claim(struct bp_cell *cell, u64 *fit,
					 unsigned int top, unsigned int order,
					 u32 unit)
{
	const unsigned int nr = unit / BP_WORD_UNITS;
	const int found = bp_cell_block(cell, *fit, top, unit);
	u64 now;

	if (order < BP_WORD_ORDER) {
		cell->word[nr] &= ~bp_word_block(order, unit);
		now = bp_fit_set(*fit, nr,
				 bp_bits_largest(cell->word[nr],
						 bp_word_top(top)));
	} else {
		now = bp_cell_set_words(cell, *fit, nr, order - BP_WORD_ORDER,
					false);
	}
	*fit = bp_fit_mark(now, bp_fit_largest(now, top));
	return found;
}

/* Make nothing of a cell free; returns its fit. */
static inline u64 bp_cell_clear(struct bp_cell *cell)
{
	return bp_cell_set_words(cell, BP_FIT_EMPTY, 0,
				 BP_CELL_ORDER - BP_WORD_ORDER, false);
}

/**
 * bp_cell_break() - make a cell free as a whole but for a block
 * @cell: the cell, of which nothing is free
 * @order: the order of the block, less than that of a cell, which is the top order
 * @unit: its first unit
 *
 * Return: the fit of the cell.
 */
static inline u64 bp_cell_break(struct bp_cell *cell, unsigned int order,
				u32 unit)
{
	const unsigned int nr = unit / BP_WORD_UNITS;
	u64 fit = bp_cell_set_words(cell, BP_FIT_EMPTY, 0,
				    BP_CELL_ORDER - BP_WORD_ORDER, true);

	/* Of the word and of the cell, half or more remains. */
	if (order < BP_WORD_ORDER) {
		cell->word[nr] = ~bp_word_block(order, unit);
		fit &= ~(1ULL << (8 * BP_WORD_ORDER + nr));
	} else {
		fit = bp_cell_set_words(cell, fit, nr, order - BP_WORD_ORDER,
					false);
	}
	return bp_fit_mark(fit, BP_CELL_ORDER - 1);
}

#endif /* BP_CELL_H */
