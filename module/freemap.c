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
 * Here it is best fit among pageblocks: that pageblock is taken whose largest
 * free block is the smallest that will do, the lowest of them; and within it the
 * smallest block, again the lowest. So requests gather in the pageblocks that are
 * nearly full, those that are nearly free are left alone and become free, and
 * large blocks are not broken. DESIGN.md has the figures.
 */
#include "freemap.h"

#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

static u32 nr_pageblocks(u32 nr_pages)
{
	return DIV_ROUND_UP(nr_pages, BP_PAGEBLOCK_PAGES);
}

static u32 nr_blocks(u32 nr_pages, unsigned int order)
{
	return DIV_ROUND_UP(nr_pages, 1U << order);
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
	size_t size = nr * sizeof(struct bp_pageblock);
	unsigned int order;

	size += BP_PAGEBLOCK_ORDER * bp_bitree_size(nr);
	for (order = BP_PAGEBLOCK_ORDER; order <= max_order; order++)
		size += bp_bitree_size(nr_blocks(nr_pages, order));
	return size + nr * sizeof(struct bp_pageblock_summary);
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
	unsigned int order;

	map->pageblock = memory;
	memory = map->pageblock + nr;
	for (order = 0; order < BP_PAGEBLOCK_ORDER; order++)
		memory = bp_bitree_init(&map->index[order], nr, memory);
	for (; order <= max_order; order++)
		memory = bp_bitree_init(&map->large[order - BP_PAGEBLOCK_ORDER],
					nr_blocks(nr_pages, order), memory);
	map->classes = 0;
	map->summary = memory;
	return map->summary + nr;
}

/**
 * bp_freemap_reindex() - enter a pageblock into the class that it now belongs to
 * @map: the free areas
 * @nr: the pageblock
 */
void bp_freemap_reindex(struct bp_freemap *map, u32 nr)
{
	struct bp_pageblock_summary *summary = &map->summary[nr];
	const int class = fls(summary->orders) - 1;
	const int old = fls(summary->indexed) - 1;

	summary->indexed = summary->orders;
	if (class == old)
		return;
	if (class >= 0) {
		bp_bitree_set(&map->index[class], nr);
		map->classes |= 1U << class;
	}
	if (old >= 0) {
		bp_bitree_clear(&map->index[old], nr);
		if (bp_bitree_empty(&map->index[old]))
			map->classes &= ~(1U << old);
	}
}

static int find_small(const struct bp_freemap *map, unsigned int order,
		      u32 *pfn)
{
	const unsigned int class = order + __ffs(map->classes >> order);
	const u32 nr = bp_bitree_first(&map->index[class]);

	u32 node;

	order += __ffs(map->summary[nr].orders >> order);
	node = bp_pageblock_first(&map->pageblock[nr], order);
	*pfn = (nr << BP_PAGEBLOCK_ORDER) +
	       ((node - bp_pageblock_nodes(order)) << order);
	return order;
}

/**
 * bp_freemap_find() - choose a free block to allocate from
 * @map: the free areas
 * @order: what is wanted
 * @nonempty: mask of the orders that have a free block; only those from
 *	%BP_PAGEBLOCK_ORDER on matter
 * @pfn: set to the first page of the block
 *
 * Return: the order of the block, at least @order; -ENOMEM if there is none.
 */
int bp_freemap_find(const struct bp_freemap *map, unsigned int order,
		    u32 nonempty, u32 *pfn)
{
	if (map->classes >> order)
		return find_small(map, order, pfn);

	order = max_t(unsigned int, order, BP_PAGEBLOCK_ORDER);
	if (!(nonempty >> order))
		return -ENOMEM;
	order += __ffs(nonempty >> order);
	*pfn = bp_bitree_first(&map->large[order - BP_PAGEBLOCK_ORDER])
	       << order;
	return order;
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
	const u32 nr = nr_pageblocks(nr_pages) << BP_PAGEBLOCK_ORDER;
	u32 pfn, count = 0;

	if (order >= BP_PAGEBLOCK_ORDER)
		return bp_bitree_count(&map->large[order - BP_PAGEBLOCK_ORDER],
				       nr_blocks(nr_pages, order));
	for (pfn = 0; pfn < nr; pfn += 1U << order)
		count += bp_freemap_test(map, order, pfn);
	return count;
}

/* Is a pageblock in the class that it belongs to, and in no other? */
static bool pageblock_ok(const struct bp_freemap *map, u32 nr)
{
	const struct bp_pageblock_summary *summary = &map->summary[nr];
	const int class = fls(summary->orders) - 1;
	int order;

	if (summary->indexed != summary->orders)
		return false;
	for (order = 0; order < BP_PAGEBLOCK_ORDER; order++) {
		bool has = bp_pageblock_has(&map->pageblock[nr], order);
		bool indexed = bp_bitree_test(&map->index[order], nr);
		bool expected = order == class;

		if (has != !!(summary->orders & (1U << order)) ||
		    indexed != expected)
			return false;
	}
	return true;
}

/**
 * bp_freemap_index_ok() - do index and summaries agree with the free blocks?
 * @map: the free areas
 * @nr_pages: size of the pool, in pages
 * @max_order: the largest order
 *
 * Return: whether they do.
 */
bool bp_freemap_index_ok(const struct bp_freemap *map, u32 nr_pages,
			 unsigned int max_order)
{
	const u32 nr = nr_pageblocks(nr_pages);
	unsigned int order;
	u32 i;

	for (i = 0; i < nr; i++)
		if (!pageblock_ok(map, i))
			return false;
	for (order = 0; order < BP_PAGEBLOCK_ORDER; order++) {
		const struct bp_bitree *index = &map->index[order];

		if (!bp_bitree_summary_ok(index, nr) ||
		    bp_bitree_empty(index) == !!(map->classes & (1U << order)))
			return false;
	}
	for (; order <= max_order; order++) {
		const struct bp_bitree *large =
			&map->large[order - BP_PAGEBLOCK_ORDER];

		if (!bp_bitree_summary_ok(large, nr_blocks(nr_pages, order)))
			return false;
	}
	return true;
}
