/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The free areas of a buddy system: which blocks of which order are free, and
 * which of them to take.
 *
 * The pool is divided into pageblocks of 512 pages. All free blocks of a
 * pageblock that are smaller than it have their bits in one bitmap of 1024 bits,
 * two cache lines of 64 bytes, which is an implicit binary tree: node 1 is the
 * pageblock itself, the halves of node n are 2n and 2n + 1, and nodes 512 to
 * 1023 are the pages. (Nodes 0 and 1 are not used.)
 *
 *   node   2    4    8    16   32      64     128    256      512       1024
 *   order  | 8  | 7  | 6  | 5  |   4   |  3   |  2   |   1    |    0    |
 *
 * A pageblock's class is the order of its largest free block that is smaller
 * than it. Where to look is told by an index: for each class, the pageblocks that
 * are in it. Free blocks of a pageblock's size and above have a bitmap with
 * summaries for each order.
 */
#ifndef BP_FREEMAP_H
#define BP_FREEMAP_H

#include <linux/bitmap.h>
#include <linux/types.h>

#include "bitree.h"

#define BP_PAGEBLOCK_ORDER 9
#define BP_PAGEBLOCK_PAGES BIT(BP_PAGEBLOCK_ORDER)

/* The orders from that of a pageblock to BP_MAX_ORDER. */
#define BP_NR_LARGE_ORDERS 10

/**
 * struct bp_pageblock - the free blocks of a pageblock that are smaller than it
 * @tree: see above
 */
struct bp_pageblock {
	DECLARE_BITMAP(tree, 2 * BP_PAGEBLOCK_PAGES);
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

/* The first node of an order in a pageblock's tree; also how many it has. */
static inline u32 bp_pageblock_nodes(unsigned int order)
{
	return BP_PAGEBLOCK_PAGES >> order;
}

/* The node of a block in the tree of its pageblock. */
static inline u32 bp_pageblock_node(unsigned int order, u32 pfn)
{
	return (BP_PAGEBLOCK_PAGES | (pfn % BP_PAGEBLOCK_PAGES)) >> order;
}

/* The lowest free block of an order, as a node; behind the order's if none is. */
static inline u32 bp_pageblock_first(const struct bp_pageblock *pageblock,
				     unsigned int order)
{
	const u32 nr = bp_pageblock_nodes(order);

	return find_next_bit(pageblock->tree, 2 * nr, nr);
}

static inline bool bp_pageblock_has(const struct bp_pageblock *pageblock,
				    unsigned int order)
{
	const u32 nr = bp_pageblock_nodes(order);

	/* All of them in the first word? */
	if (nr < BITS_PER_LONG)
		return pageblock->tree[0] & ((BIT(nr) - 1) << nr);
	return bp_pageblock_first(pageblock, order) < 2 * nr;
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
	if (order >= BP_PAGEBLOCK_ORDER)
		return bp_bitree_test(&map->large[order - BP_PAGEBLOCK_ORDER],
				      pfn >> order);
	return test_bit(bp_pageblock_node(order, pfn),
			map->pageblock[pfn >> BP_PAGEBLOCK_ORDER].tree);
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
	const u32 nr = pfn >> BP_PAGEBLOCK_ORDER;

	if (order >= BP_PAGEBLOCK_ORDER) {
		bp_bitree_set(&map->large[order - BP_PAGEBLOCK_ORDER],
			      pfn >> order);
		return;
	}
	__set_bit(bp_pageblock_node(order, pfn), map->pageblock[nr].tree);
	map->summary[nr].orders |= 1U << order;
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
	unsigned long *tree;
	u32 node;

	if (order >= BP_PAGEBLOCK_ORDER)
		return bp_bitree_clear(&map->large[order - BP_PAGEBLOCK_ORDER],
				       pfn >> order);
	tree = map->pageblock[nr].tree;
	node = bp_pageblock_node(order, pfn);
	if (!__test_and_clear_bit(node, tree))
		return false;
	/* Where a word is one order's alone, it mostly says that more are left. */
	if (bp_pageblock_nodes(order) >= BITS_PER_LONG && tree[BIT_WORD(node)])
		return true;
	if (!bp_pageblock_has(&map->pageblock[nr], order))
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
