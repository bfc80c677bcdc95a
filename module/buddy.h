/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The buddy system of a pool: which pages are free, and how runs of pages are
 * taken out and given back.
 *
 * It deals in page frame numbers (pfn) of the pool, counted from 0, and never
 * touches a page. The caller serialises every call (struct bp_pool does so with
 * its lock), but for bp_buddy_set_aside() and bp_buddy_use_again(), and provides
 * the metadata's memory.
 */
#ifndef BP_BUDDY_H
#define BP_BUDDY_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/types.h>

#include "freemap.h"

/* More pages than this, and sums of pfns would not fit in 32 bits. */
#define BP_MAX_PAGES 0x40000000U /* 2^30 */

/* Not a page's number. */
#define BP_NO_PAGE U32_MAX

/*
 * The tag of a page: 0, or for the first page of each piece of an allocated run
 * the piece's order and these; for the first page of a block that is kept aside,
 * and so in neither the free areas nor a run, its order and BP_TAG_ASIDE.
 */
#define BP_TAG_ORDER 0x1f
#define BP_TAG_PIECE 0x20 /* an allocated piece starts here */
#define BP_TAG_MORE 0x40 /* its run goes on behind it */
#define BP_TAG_HEAD 0x80 /* its run starts here */
#define BP_TAG_ASIDE 0x80 /* without BP_TAG_PIECE */

/**
 * struct bp_buddy - a buddy system over the pages [0, nr_pages)
 * @nr_pages: size of the pool, in pages; constant after init
 * @max_order: no block is larger than this order; constant after init
 * @top_order: order of the largest block that the pool can form at all, at most
 *	@max_order; constant after init
 * @nr_free_pages: pages in free blocks
 * @freemap: the free blocks of each order
 * @tags: BP_TAG_* of each page
 *
 * Everything that changes is protected by the caller's lock.
 */
struct bp_buddy {
	u32 nr_pages;
	u8 max_order;
	u8 top_order;
	u32 nr_free_pages;
	struct bp_freemap freemap;
	u8 *tags;
};

/**
 * enum bp_extent_kind - what a block of the buddy system is
 * @BP_EXTENT_FREE: a free block
 * @BP_EXTENT_PIECE: a piece of an allocated run
 * @BP_EXTENT_ASIDE: a block kept aside, free to whoever keeps it
 */
enum bp_extent_kind {
	BP_EXTENT_FREE,
	BP_EXTENT_PIECE,
	BP_EXTENT_ASIDE,
};

/**
 * struct bp_extent - one block of the buddy system, as a walk reports it
 * @pfn: its first page
 * @order: its order
 * @kind: free or allocated
 * @head: a piece: the first one of its run
 */
struct bp_extent {
	u32 pfn;
	u8 order;
	u8 kind;
	bool head;
};

/**
 * bp_order_of() - the order of the smallest block that holds @nr_pages
 * @nr_pages: number of pages, at least 1 and at most %BP_MAX_PAGES
 *
 * Return: the order.
 */
static inline unsigned int bp_order_of(u32 nr_pages)
{
	return nr_pages > 1 ? ilog2(nr_pages - 1) + 1 : 0;
}

/**
 * bp_piece_order() - the order of the first piece of a range of pages
 * @pfn: first page of the range
 * @end: the page behind it, greater than @pfn
 * @max_order: the largest order allowed
 *
 * The largest aligned block that starts at @pfn and fits: the way in which
 * memblock hands ranges to the page allocator (__free_pages_memory()).
 *
 * Return: the order.
 */
static inline unsigned int bp_piece_order(u32 pfn, u32 end,
					  unsigned int max_order)
{
	unsigned int order = min_t(unsigned int, ilog2(end - pfn), max_order);

	return pfn ? min_t(unsigned int, order, __ffs(pfn)) : order;
}

/* The tag of a run that is a single block. */
static inline u8 bp_tag_block(unsigned int order)
{
	return BP_TAG_PIECE | BP_TAG_HEAD | order;
}

/* The tag of a block that is kept aside. */
static inline u8 bp_tag_aside(unsigned int order)
{
	return BP_TAG_ASIDE | order;
}

/**
 * bp_buddy_set_aside() - keep a run aside instead of giving it back
 * @buddy: the buddy system
 * @pfn: its first page, or any other page of the pool
 * @order: the run is a single block of this order
 *
 * Context: the caller owns the run; no lock is needed. Of those who free the same
 * run at the very same moment more than one may be told that it is.
 * Return: whether it is; if not, nothing has changed.
 */
static __always_inline bool bp_buddy_set_aside(struct bp_buddy *buddy, u32 pfn,
					       unsigned int order)
{
	u8 *tag = &buddy->tags[pfn];

	if (READ_ONCE(*tag) != bp_tag_block(order))
		return false;
	WRITE_ONCE(*tag, bp_tag_aside(order));
	return true;
}

/**
 * bp_buddy_use_again() - make a block that was kept aside a run
 * @buddy: the buddy system
 * @pfn: its first page
 * @order: its order
 *
 * Context: the caller keeps the block; no lock is needed.
 * Return: false if it was not kept aside: then it is on two lists, for it has been
 * freed twice at the same moment.
 */
static __always_inline bool bp_buddy_use_again(struct bp_buddy *buddy, u32 pfn,
					       unsigned int order)
{
	u8 *tag = &buddy->tags[pfn];

	if (unlikely(READ_ONCE(*tag) != bp_tag_aside(order)))
		return false;
	WRITE_ONCE(*tag, bp_tag_block(order));
	return true;
}

size_t bp_buddy_metadata_size(u32 nr_pages, unsigned int max_order);
void bp_buddy_init(struct bp_buddy *buddy, u32 nr_pages, unsigned int max_order,
		   void *metadata);
int bp_buddy_fits(const struct bp_buddy *buddy, u32 nr_pages,
		  unsigned int align_order);
int bp_buddy_alloc(struct bp_buddy *buddy, u32 nr_pages,
		   unsigned int align_order, u32 *pfn);
u32 bp_buddy_alloc_block(struct bp_buddy *buddy, unsigned int order);
int bp_buddy_free(struct bp_buddy *buddy, u32 pfn, u32 nr_pages);
int bp_buddy_free_block(struct bp_buddy *buddy, u32 pfn, unsigned int order);
u32 bp_buddy_take_many(struct bp_buddy *buddy, unsigned int order, u8 tag,
		       u16 user, u32 *pfns, u32 nr);
u32 bp_buddy_give_some(struct bp_buddy *buddy, unsigned int order,
		       const u32 *pfns, u32 *nr);
int bp_buddy_resize(struct bp_buddy *buddy, u32 pfn, u32 nr_pages,
		    u32 new_nr_pages);
u32 bp_buddy_run(const struct bp_buddy *buddy, u32 pfn);
void bp_buddy_extent(const struct bp_buddy *buddy, u32 pfn,
		     struct bp_extent *extent);
u32 bp_buddy_largest(const struct bp_buddy *buddy);
unsigned int bp_buddy_fragmentation(const struct bp_buddy *buddy);

#endif /* BP_BUDDY_H */
