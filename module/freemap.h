/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The free areas of a buddy system: which blocks of which order are free, and
 * which of them to take.
 *
 * The pool is divided into pageblocks of 512 pages. All free blocks of a
 * pageblock that are smaller than it have their bits in one struct of two cache
 * lines:
 *
 *   word  0       8    12 13 14   15
 *         |order 0| 1  |  2  | 3 | 4 to 8 |
 *
 * Words 0 to 14 have a bit for each block of their order, from the lowest
 * address on. Word 15 has the block of order k at offset i (in blocks of its
 * order) at bit (512 >> k) + i: an implicit binary tree, the root of which, the
 * pageblock itself, is not used.
 *
 * A pageblock's class is the order of its largest free block that is smaller
 * than it. Where to look is told by an index: for each class, the pageblocks that
 * are in it. Free blocks of a pageblock's size and above have a bitmap with
 * summaries for each order.
 */
#ifndef BP_FREEMAP_H
#define BP_FREEMAP_H

#include <linux/types.h>

#include "bitree.h"

#define BP_PAGEBLOCK_ORDER 9
#define BP_PAGEBLOCK_WORDS 16

/* The orders from that of a pageblock to BP_MAX_ORDER. */
#define BP_NR_LARGE_ORDERS 10

/**
 * struct bp_pageblock - the free blocks of a pageblock that are smaller than it
 * @word: see above
 */
struct bp_pageblock {
	u64 word[BP_PAGEBLOCK_WORDS];
};

/**
 * struct bp_pageblock_summary - what a pageblock has
 * @orders: mask of the orders below its own of which it has a free block
 * @indexed: the @orders that the index knows of
 */
struct bp_pageblock_summary {
	u16 orders;
	u16 indexed;
};

/**
 * struct bp_freemap - the free areas of all orders
 * @pageblock: by number, pfn >> %BP_PAGEBLOCK_ORDER
 * @summary: likewise
 * @index: for each class, its pageblocks
 * @classes: mask of the classes that have a pageblock
 * @large: for each order from %BP_PAGEBLOCK_ORDER on, the free blocks
 *
 * The pointers are constant after init; what they point to is protected by the
 * caller's lock.
 */
struct bp_freemap {
	struct bp_pageblock *pageblock;
	struct bp_pageblock_summary *summary;
	struct bp_bitree index[BP_PAGEBLOCK_ORDER];
	u16 classes;
	struct bp_bitree large[BP_NR_LARGE_ORDERS];
};

void bp_freemap_reindex(struct bp_freemap *map, u32 nr);

/* Where the bit of a small block is. */
static inline u64 *bp_pageblock_word(const struct bp_freemap *map,
				     unsigned int order, u32 pfn, u64 *bit)
{
	static const u8 first_word[BP_PAGEBLOCK_ORDER] = { 0,  8,  12, 14, 15,
							   15, 15, 15, 15 };
	u32 index = (pfn % (1U << BP_PAGEBLOCK_ORDER)) >> order;

	if (order > 3)
		index += (1U << BP_PAGEBLOCK_ORDER) >> order;
	*bit = 1ULL << (index % 64);
	return &map->pageblock[pfn >> BP_PAGEBLOCK_ORDER]
			.word[first_word[order] + index / 64];
}

/* Has a pageblock no free block of an order below its own? */
static inline bool bp_pageblock_has_none(const struct bp_pageblock *pageblock,
					 unsigned int order)
{
	const u64 *word = pageblock->word;
	const unsigned int nr = (1U << BP_PAGEBLOCK_ORDER) >> order;

	switch (order) {
	case 0:
		return !(word[0] | word[1] | word[2] | word[3] | word[4] |
			 word[5] | word[6] | word[7]);
	case 1:
		return !(word[8] | word[9] | word[10] | word[11]);
	case 2:
		return !(word[12] | word[13]);
	case 3:
		return !word[14];
	default:
		return !(word[15] & (((1ULL << nr) - 1) << nr));
	}
}

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
	u64 bit;

	if (order >= BP_PAGEBLOCK_ORDER)
		return bp_bitree_test(&map->large[order - BP_PAGEBLOCK_ORDER],
				      pfn >> order);
	return *bp_pageblock_word(map, order, pfn, &bit) & bit;
}

/**
 * bp_freemap_set() - enter a free block
 * @map: the free areas
 * @order: its order
 * @pfn: its first page
 *
 * bp_freemap_settle() must follow.
 */
static inline void bp_freemap_set(struct bp_freemap *map, unsigned int order,
				  u32 pfn)
{
	u64 bit;

	if (order >= BP_PAGEBLOCK_ORDER) {
		bp_bitree_set(&map->large[order - BP_PAGEBLOCK_ORDER],
			      pfn >> order);
		return;
	}
	*bp_pageblock_word(map, order, pfn, &bit) |= bit;
	map->summary[pfn >> BP_PAGEBLOCK_ORDER].orders |= 1U << order;
}

/**
 * bp_freemap_clear() - take a free block out, if it is there
 * @map: the free areas
 * @order: its order
 * @pfn: its first page; as for bp_freemap_test()
 *
 * bp_freemap_settle() must follow.
 *
 * Return: whether it was there.
 */
static inline bool bp_freemap_clear(struct bp_freemap *map, unsigned int order,
				    u32 pfn)
{
	const u32 nr = pfn >> BP_PAGEBLOCK_ORDER;
	u64 *word, bit;

	if (order >= BP_PAGEBLOCK_ORDER)
		return bp_bitree_clear(&map->large[order - BP_PAGEBLOCK_ORDER],
				       pfn >> order);
	word = bp_pageblock_word(map, order, pfn, &bit);
	if (!(*word & bit))
		return false;
	*word ^= bit;
	if (order <= 3 && *word)
		return true;
	if (bp_pageblock_has_none(&map->pageblock[nr], order))
		map->summary[nr].orders &= ~(1U << order);
	return true;
}

/**
 * bp_freemap_settle() - bring the index up to date for a pageblock
 * @map: the free areas
 * @pfn: a page of the pageblock, in which blocks have been entered or taken out
 *
 * Apart from these two so that a split or a merge, which does a series of both,
 * pays for it once, if at all.
 */
static inline void bp_freemap_settle(struct bp_freemap *map, u32 pfn)
{
	const u32 nr = pfn >> BP_PAGEBLOCK_ORDER;
	const struct bp_pageblock_summary *summary = &map->summary[nr];

	if (summary->orders != summary->indexed)
		bp_freemap_reindex(map, nr);
}

size_t bp_freemap_size(u32 nr_pages, unsigned int max_order);
void *bp_freemap_init(struct bp_freemap *map, u32 nr_pages,
		      unsigned int max_order, void *memory);
int bp_freemap_find(const struct bp_freemap *map, unsigned int order,
		    u32 large_orders, u32 *pfn);
u32 bp_freemap_count(const struct bp_freemap *map, unsigned int order,
		     u32 nr_pages);
bool bp_freemap_index_ok(const struct bp_freemap *map, u32 nr_pages,
			 unsigned int max_order);

#endif /* BP_FREEMAP_H */
