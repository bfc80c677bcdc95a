/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The free areas of a buddy system: for each order, which blocks are free, and
 * the first of them.
 *
 * Each order has a bitmap with a bit for each block that there could be, and
 * above it summaries: a bit for each word below that is not zero, up to a single
 * word. So the free block with the lowest address is found in one step a level,
 * and a block is entered or taken out in one step, or one step a level where a
 * word ceases to be zero or becomes so.
 */
#ifndef BP_FREEMAP_H
#define BP_FREEMAP_H

#include <linux/bitops.h>
#include <linux/log2.h>
#include <linux/types.h>

/* Enough for 2^30 pages, also where a word has 32 bits. */
#define BP_FREEMAP_LEVELS 6

/* log2 of the bits of a word: of the fan-out of the tree. */
#define BP_FREEMAP_SHIFT ilog2(BITS_PER_LONG)

/**
 * struct bp_freemap_area - the free blocks of one order
 * @top: the level that is a single word; constant after init
 * @level: the words of each level, 0 being the blocks; the pointers are constant
 *	after init, the words protected by the caller's lock
 */
struct bp_freemap_area {
	u8 top;
	unsigned long *level[BP_FREEMAP_LEVELS];
};

/* The free area of order BP_MAX_ORDER is the last one. */
#define BP_FREEMAP_AREAS 19

/**
 * struct bp_freemap - the free areas of all orders
 * @area: by order
 */
struct bp_freemap {
	struct bp_freemap_area area[BP_FREEMAP_AREAS];
};

/**
 * bp_freemap_test() - is there a free block of an order at a page?
 * @map: the free areas
 * @order: the order, at most max_order
 * @pfn: a multiple of 2^@order; may be that of the buddy of a block of the pool,
 *	outside of the pool
 *
 * Return: whether there is.
 */
static inline bool bp_freemap_test(const struct bp_freemap *map,
				   unsigned int order, u32 pfn)
{
	return test_bit(pfn >> order, map->area[order].level[0]);
}

/**
 * bp_freemap_set() - enter a free block
 * @map: the free areas
 * @order: its order
 * @pfn: its first page
 */
static inline void bp_freemap_set(struct bp_freemap *map, unsigned int order,
				  u32 pfn)
{
	const struct bp_freemap_area *area = &map->area[order];
	u32 bit = pfn >> order;
	unsigned int level;

	for (level = 0; level <= area->top; level++) {
		unsigned long *word =
			&area->level[level][bit >> BP_FREEMAP_SHIFT];
		const unsigned long old = *word;

		*word = old | BIT(bit % BITS_PER_LONG);
		if (old)
			return;
		bit >>= BP_FREEMAP_SHIFT;
	}
}

/**
 * bp_freemap_clear() - take a free block out
 * @map: the free areas
 * @order: its order
 * @pfn: its first page
 */
static inline void bp_freemap_clear(struct bp_freemap *map, unsigned int order,
				    u32 pfn)
{
	const struct bp_freemap_area *area = &map->area[order];
	u32 bit = pfn >> order;
	unsigned int level;

	for (level = 0; level <= area->top; level++) {
		unsigned long *word =
			&area->level[level][bit >> BP_FREEMAP_SHIFT];

		*word &= ~BIT(bit % BITS_PER_LONG);
		if (*word)
			return;
		bit >>= BP_FREEMAP_SHIFT;
	}
}

/**
 * bp_freemap_first() - the free block with the lowest address
 * @map: the free areas
 * @order: an order that has one
 *
 * Return: its first page.
 */
static inline u32 bp_freemap_first(const struct bp_freemap *map,
				   unsigned int order)
{
	const struct bp_freemap_area *area = &map->area[order];
	int level = area->top;
	u32 bit = 0;

	for (; level >= 0; level--)
		bit = (bit << BP_FREEMAP_SHIFT) | __ffs(area->level[level][bit]);
	return bit << order;
}

size_t bp_freemap_size(u32 nr_pages, unsigned int max_order);
void *bp_freemap_init(struct bp_freemap *map, u32 nr_pages,
		      unsigned int max_order, void *memory);
u32 bp_freemap_count(const struct bp_freemap *map, unsigned int order,
		     u32 nr_pages);
bool bp_freemap_summary_ok(const struct bp_freemap *map, unsigned int order,
			   u32 nr_pages);

#endif /* BP_FREEMAP_H */
