// SPDX-License-Identifier: GPL-2.0
/*
 * The free areas of a buddy system: what is not on the hot path.
 */
#include "freemap.h"

#include <linux/bitmap.h>
#include <linux/kernel.h>

/* Words of the bitmap of an order, and of each level above it in turn. */
static u32 words_of_area(u32 nr_pages, unsigned int order)
{
	return BITS_TO_LONGS(DIV_ROUND_UP(nr_pages, 1U << order));
}

static u32 words_above(u32 words)
{
	return BITS_TO_LONGS(words);
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
	unsigned int order;
	size_t total = 0;
	u32 words;

	for (order = 0; order <= max_order; order++) {
		words = words_of_area(nr_pages, order);
		total += words;
		while (words > 1) {
			words = words_above(words);
			total += words;
		}
	}
	return total * sizeof(long);
}

/**
 * bp_freemap_init() - make empty free areas
 * @map: the free areas
 * @nr_pages: size of the pool, in pages
 * @max_order: the largest order
 * @memory: bp_freemap_size() bytes of zeroes
 *
 * Return: the end of what is used of @memory.
 */
void *bp_freemap_init(struct bp_freemap *map, u32 nr_pages,
		      unsigned int max_order, void *memory)
{
	unsigned long *next = memory;
	unsigned int order, level;
	u32 words;

	for (order = 0; order <= max_order; order++) {
		struct bp_freemap_area *area = &map->area[order];

		words = words_of_area(nr_pages, order);
		area->level[0] = next;
		next += words;
		for (level = 0; words > 1; next += words) {
			words = words_above(words);
			area->level[++level] = next;
		}
		area->top = level;
	}
	return next;
}

/**
 * bp_freemap_count() - count the free blocks of an order, bit by bit
 * @map: the free areas
 * @order: the order
 * @nr_pages: size of the pool, in pages
 *
 * Return: how many there are.
 */
u32 bp_freemap_count(const struct bp_freemap *map, unsigned int order,
		     u32 nr_pages)
{
	return bitmap_weight(map->area[order].level[0],
			     words_of_area(nr_pages, order) * BITS_PER_LONG);
}

/* Is each bit of @level set just where the word below is not zero? */
static bool level_ok(const struct bp_freemap_area *area, unsigned int level,
		     u32 words_below)
{
	const u32 bits = words_above(words_below) * BITS_PER_LONG;
	u32 bit;

	for (bit = 0; bit < bits; bit++) {
		bool expected = bit < words_below && area->level[level - 1][bit];

		if (test_bit(bit, area->level[level]) != expected)
			return false;
	}
	return true;
}

/**
 * bp_freemap_summary_ok() - do the summaries of an order agree with its bits?
 * @map: the free areas
 * @order: the order
 * @nr_pages: size of the pool, in pages
 *
 * Return: whether they do.
 */
bool bp_freemap_summary_ok(const struct bp_freemap *map, unsigned int order,
			   u32 nr_pages)
{
	const struct bp_freemap_area *area = &map->area[order];
	u32 words = words_of_area(nr_pages, order);
	unsigned int level;

	for (level = 1; level <= area->top; level++) {
		if (!level_ok(area, level, words))
			return false;
		words = words_above(words);
	}
	return true;
}
