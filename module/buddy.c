// SPDX-License-Identifier: GPL-2.0
/*
 * Split and merge.
 *
 * The algorithm is the one of mm/page_alloc.c (__rmqueue(), expand(),
 * __free_one_page()) and goes back to Knowlton, "A fast storage allocator"
 * (1965). Unlike there, an allocation is a run of any number of pages, which is
 * stored as the pieces that bp_piece_order() cuts it into.
 *
 * DESIGN.md says what is stored where and why.
 */
#include "buddy.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

static inline u32 pages_of(unsigned int order)
{
	return 1U << order;
}

/* Give back the pages [@pfn, @end), which are neither free nor in a run. */
static void give_back(struct bp_buddy *buddy, u32 pfn, u32 end)
{
	while (pfn < end) {
		unsigned int order = bp_piece_order(pfn, end, buddy->max_order);

		bp_freemap_give(&buddy->freemap, order, pfn);
		pfn += pages_of(order);
	}
}

static void tag_run(struct bp_buddy *buddy, u32 pfn, u32 nr_pages)
{
	const u32 end = pfn + nr_pages;
	u8 head = BP_TAG_HEAD;

	while (pfn < end) {
		unsigned int order = bp_piece_order(pfn, end, buddy->max_order);
		u32 next = pfn + pages_of(order);

		buddy->tags[pfn] = BP_TAG_PIECE | head | order |
				   (next < end ? BP_TAG_MORE : 0);
		head = 0;
		pfn = next;
	}
}

static void untag_run(struct bp_buddy *buddy, u32 pfn)
{
	u8 tag;

	do {
		tag = buddy->tags[pfn];
		buddy->tags[pfn] = 0;
		pfn += pages_of(tag & BP_TAG_ORDER);
	} while (tag & BP_TAG_MORE);
}

/*
 * Make the first @nr_pages of a block that has just been taken out a run, and
 * give the rest back. If the block was halved again and again, the upper half
 * given back or the lower one kept, it would come to as many splits.
 */
static void trim(struct bp_buddy *buddy, u32 pfn, unsigned int order,
		 u32 nr_pages)
{
	buddy->freemap.nr_splits += order - __ffs(nr_pages);
	tag_run(buddy, pfn, nr_pages);
	give_back(buddy, pfn + nr_pages, pfn + pages_of(order));
}

/**
 * bp_buddy_run() - how long the run is that starts at a page
 * @buddy: the buddy system
 * @pfn: the page, any number
 *
 * Context: caller's lock held.
 * Return: pages of the run; 0 if no run starts there.
 */
u32 bp_buddy_run(const struct bp_buddy *buddy, u32 pfn)
{
	const u32 start = pfn;
	u8 tag;

	if (pfn >= buddy->nr_pages)
		return 0;
	tag = READ_ONCE(buddy->tags[pfn]);
	if (!(tag & BP_TAG_PIECE) || !(tag & BP_TAG_HEAD))
		return 0;
	pfn += pages_of(tag & BP_TAG_ORDER);
	while (tag & BP_TAG_MORE) {
		tag = buddy->tags[pfn];
		pfn += pages_of(tag & BP_TAG_ORDER);
	}
	return pfn - start;
}

/* Is there a run of just @nr_pages at @pfn? */
static int verify_run(const struct bp_buddy *buddy, u32 pfn, u32 nr_pages)
{
	u32 run;

	if (pfn >= buddy->nr_pages)
		return -ERANGE;
	run = bp_buddy_run(buddy, pfn);
	if (!run)
		return -ENOENT;
	return run == nr_pages ? 0 : -EINVAL;
}

/*
 * Where the tags begin. Those of a word of pages are a cache line: what CPUs keep is
 * of words of their own (see freemap.h), and so they are not in each other's way.
 */
static size_t tags_offset(u32 nr_pages, unsigned int max_order)
{
	return round_up(bp_freemap_size(nr_pages, max_order), BP_WORD_UNITS);
}

/**
 * bp_buddy_metadata_size() - how much memory bp_buddy_init() wants
 * @nr_pages: size of the pool, in pages
 * @max_order: largest order of a block
 *
 * Return: bytes.
 */
size_t bp_buddy_metadata_size(u32 nr_pages, unsigned int max_order)
{
	return tags_offset(nr_pages, max_order) + nr_pages;
}

/**
 * bp_buddy_init() - set up a buddy system with all pages free
 * @buddy: the buddy system
 * @nr_pages: size of the pool, in pages, from 1 to %BP_MAX_PAGES
 * @max_order: largest order of a block, from 0 to %BP_MAX_ORDER
 * @metadata: bp_buddy_metadata_size() bytes of zeroes, aligned to a cache line;
 *	remains the caller's, and in use as long as @buddy is
 */
void bp_buddy_init(struct bp_buddy *buddy, u32 nr_pages, unsigned int max_order,
		   void *metadata)
{
	memset(buddy, 0, sizeof(*buddy));
	buddy->nr_pages = nr_pages;
	buddy->max_order = max_order;
	buddy->top_order = min_t(unsigned int, max_order, ilog2(nr_pages));
	bp_freemap_init(&buddy->freemap, nr_pages, max_order, metadata);
	buddy->tags = metadata + tags_offset(nr_pages, max_order);
	give_back(buddy, 0, nr_pages);
	buddy->nr_free_pages = nr_pages;
}

/**
 * bp_buddy_fits() - could a run ever be had?
 * @buddy: the buddy system
 * @nr_pages: as for bp_buddy_alloc()
 * @align_order: as for bp_buddy_alloc()
 *
 * Return: 0 if it could be, were all pages free; -EINVAL for no pages, -EFBIG if
 * not.
 */
int bp_buddy_fits(const struct bp_buddy *buddy, u32 nr_pages,
		  unsigned int align_order)
{
	if (!nr_pages)
		return -EINVAL;
	if (nr_pages > pages_of(buddy->top_order) ||
	    align_order > buddy->top_order)
		return -EFBIG;
	return 0;
}

/**
 * bp_buddy_alloc() - take out a run of pages
 * @buddy: the buddy system
 * @nr_pages: pages wanted
 * @align_order: the run shall start at a multiple of 2^@align_order pages
 * @pfn: set to the first page of the run
 *
 * A block of the smallest order that can hold both the pages and the alignment
 * is split off; what it has beyond @nr_pages is given back at once (as
 * alloc_pages_exact() does).
 *
 * Context: caller's lock held. At most max_order splits, and at most max_order
 * pieces given back.
 * Return: 0; as bp_buddy_fits(), -ENOMEM if no block of that order is free.
 */
int bp_buddy_alloc(struct bp_buddy *buddy, u32 nr_pages,
		   unsigned int align_order, u32 *pfn)
{
	int err = bp_buddy_fits(buddy, nr_pages, align_order);
	unsigned int order;
	u32 start;

	if (err)
		return err;

	order = max(bp_order_of(nr_pages), align_order);
	err = bp_freemap_take(&buddy->freemap, order, &start);
	if (err < 0)
		return err;
	if (nr_pages == pages_of(order))
		buddy->tags[start] = bp_tag_block(order);
	else
		trim(buddy, start, order, nr_pages);
	buddy->nr_free_pages -= nr_pages;
	*pfn = start;
	return 0;
}

/**
 * bp_buddy_alloc_block() - take out a run that is a single block
 * @buddy: the buddy system
 * @order: its order, at most max_order
 *
 * Context: as bp_buddy_alloc().
 * Return: its first page; %BP_NO_PAGE if no block of that order is free.
 */
u32 bp_buddy_alloc_block(struct bp_buddy *buddy, unsigned int order)
{
	u32 pfn;

	if (bp_freemap_take(&buddy->freemap, order, &pfn) < 0)
		return BP_NO_PAGE;
	buddy->tags[pfn] = bp_tag_block(order);
	buddy->nr_free_pages -= pages_of(order);
	return pfn;
}

/**
 * bp_buddy_free() - give a run back
 * @buddy: the buddy system
 * @pfn: its first page, any number
 * @nr_pages: how many pages it has
 *
 * Context: caller's lock held. At most max_order merges for each piece.
 * Return: 0; -ERANGE if there is no such page, -ENOENT if no run starts there
 * (it is free, or inside of a run), -EINVAL if the run has not @nr_pages. The
 * buddy system is unchanged then.
 */
int bp_buddy_free(struct bp_buddy *buddy, u32 pfn, u32 nr_pages)
{
	int err = verify_run(buddy, pfn, nr_pages);
	u8 tag;

	if (err)
		return err;

	do {
		tag = buddy->tags[pfn];
		buddy->tags[pfn] = 0;
		bp_freemap_give(&buddy->freemap, tag & BP_TAG_ORDER, pfn);
		pfn += pages_of(tag & BP_TAG_ORDER);
	} while (tag & BP_TAG_MORE);
	buddy->nr_free_pages += nr_pages;
	return 0;
}

/**
 * bp_buddy_free_block() - give a run back that is a single block
 * @buddy: the buddy system
 * @pfn: its first page, less than nr_pages
 * @order: its order, at most max_order
 *
 * Context: as bp_buddy_free().
 * Return: as bp_buddy_free() of 2^@order pages.
 */
int bp_buddy_free_block(struct bp_buddy *buddy, u32 pfn, unsigned int order)
{
	u8 *tag = &buddy->tags[pfn];

	/* As many pages may also be of several pieces. */
	if (unlikely(*tag != bp_tag_block(order)))
		return bp_buddy_free(buddy, pfn, pages_of(order));
	*tag = 0;
	bp_freemap_give(&buddy->freemap, order, pfn);
	buddy->nr_free_pages += pages_of(order);
	return 0;
}

/* The page behind the free block that @pfn is in. */
static u32 end_of_free(u32 pfn, unsigned int order)
{
	return (pfn | (pages_of(order) - 1)) + 1;
}

/* Are the pages [@pfn, @end) free? */
static bool range_is_free(const struct bp_buddy *buddy, u32 pfn, u32 end)
{
	if (end > buddy->nr_pages)
		return false;
	while (pfn < end) {
		int order = bp_freemap_block(&buddy->freemap, pfn);

		if (order < 0)
			return false;
		pfn = end_of_free(pfn, order);
	}
	return true;
}

/* Take those pages out of their blocks. */
static void take_range(struct bp_buddy *buddy, u32 pfn, u32 end)
{
	while (pfn < end) {
		unsigned int order = bp_piece_order(pfn, end, buddy->max_order);

		bp_freemap_claim(&buddy->freemap, order, pfn);
		pfn += pages_of(order);
	}
}

/**
 * bp_buddy_resize() - make a run longer or shorter where it is
 * @buddy: the buddy system
 * @pfn: its first page, any number
 * @nr_pages: how many pages it has
 * @new_nr_pages: how many it shall have
 *
 * A shrink gives the tail back. A growth takes the pages behind the run, if all
 * of them are free.
 *
 * Context: caller's lock held. At most max_order steps for each piece of the
 * tail.
 * Return: 0; -EINVAL for no pages, -EFBIG for more than this pool could ever
 * give, -ENOMEM if the pages behind the run are not all free; else as
 * bp_buddy_free(). The buddy system is unchanged on error.
 */
int bp_buddy_resize(struct bp_buddy *buddy, u32 pfn, u32 nr_pages,
		    u32 new_nr_pages)
{
	const u32 end = pfn + nr_pages, new_end = pfn + new_nr_pages;
	int err = verify_run(buddy, pfn, nr_pages);

	if (err)
		return err;
	if (!new_nr_pages)
		return -EINVAL;
	if (new_nr_pages > pages_of(buddy->top_order))
		return -EFBIG;
	if (!range_is_free(buddy, end, new_end))
		return -ENOMEM;

	take_range(buddy, end, new_end);
	untag_run(buddy, pfn);
	tag_run(buddy, pfn, new_nr_pages);
	give_back(buddy, new_end, end);
	buddy->nr_free_pages += nr_pages;
	buddy->nr_free_pages -= new_nr_pages;
	return 0;
}

/**
 * bp_buddy_extent() - the block that a page is in
 * @buddy: the buddy system
 * @pfn: the page, less than nr_pages
 * @extent: filled in
 *
 * Context: caller's lock held. At most max_order steps.
 */
void bp_buddy_extent(const struct bp_buddy *buddy, u32 pfn,
		     struct bp_extent *extent)
{
	const int free = bp_freemap_block(&buddy->freemap, pfn);
	unsigned int order;

	if (free >= 0) {
		*extent = (struct bp_extent){
			.pfn = round_down(pfn, pages_of(free)),
			.order = free,
			.kind = BP_EXTENT_FREE,
		};
		return;
	}
	for (order = 0; order <= buddy->max_order; order++) {
		u32 start = round_down(pfn, pages_of(order));
		u8 tag = READ_ONCE(buddy->tags[start]);

		if (!tag || (tag & BP_TAG_ORDER) != order)
			continue;
		*extent = (struct bp_extent){
			.pfn = start,
			.order = order,
			.kind = tag & BP_TAG_PIECE ? BP_EXTENT_PIECE :
						     BP_EXTENT_ASIDE,
			.head = (tag & BP_TAG_PIECE) && (tag & BP_TAG_HEAD),
		};
		return;
	}
	/* Not a state that there is; but whoever looks is to get an answer. */
	*extent = (struct bp_extent){ .pfn = pfn, .kind = BP_EXTENT_PIECE };
}

/**
 * bp_buddy_largest() - the largest free block
 * @buddy: the buddy system
 *
 * Context: caller's lock held.
 * Return: its pages; 0 if nothing is free.
 */
u32 bp_buddy_largest(const struct bp_buddy *buddy)
{
	const int order = bp_freemap_largest(&buddy->freemap);

	return order < 0 ? 0 : pages_of(order);
}

/**
 * bp_buddy_fragmentation() - how far the free pages are from lying together
 * @buddy: the buddy system
 *
 * The unusable free space index of Gorman and Whitcroft ("The what, the why and
 * the where to of anti-fragmentation", 2006; mm/vmstat.c unusable_free_index()),
 * taken for the largest order that as many free pages could form in this pool,
 * and counted in blocks of it.
 *
 * Context: caller's lock held.
 * Return: 0 (none; also for a full pool) to 1000.
 */
unsigned int bp_buddy_fragmentation(const struct bp_buddy *buddy)
{
	u32 nr_free[BP_NR_ORDERS], possible;
	unsigned int order;

	if (!buddy->nr_free_pages)
		return 0;
	order = min_t(unsigned int, buddy->top_order,
		      ilog2(buddy->nr_free_pages));
	possible = buddy->nr_free_pages >> order;
	bp_freemap_count(&buddy->freemap, nr_free);
	/* There cannot be a free block of a higher order. */
	return 1000 - div_u64(1000ULL * nr_free[order], possible);
}
