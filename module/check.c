// SPDX-License-Identifier: GPL-2.0
/*
 * The invariant checker: walks a whole pool and names the first thing wrong.
 *
 * What must hold:
 *
 * 1. The pool is a sequence of blocks without gap or overlap, each of them
 *    aligned to its size, within the pool and at most of max_order, and each
 *    either free or tagged as a piece of a run or as kept aside. (That two buddies are never both
 *    free below max_order need not be looked at: the bits of two such are one
 *    block.)
 * 2. Nothing is recorded inside a block: no tag; no free page in an allocated one.
 * 3. The pieces of a run follow one another: the first one and only it has HEAD,
 *    all but the last one have MORE, and they are the ones that bp_piece_order()
 *    cuts the run into.
 * 4. The counts of free blocks and of free pages are those of the blocks found.
 * 5. What the freemap sums up agrees with its bits.
 */
#include "check.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "buddy.h"

/**
 * struct walk - what the checker has seen so far
 * @buddy: the buddy system
 * @msg: where to say what is wrong
 * @size: its room, in bytes
 * @pfn: the page that the next block must start at
 * @run_start: the run that the last piece belongs to
 * @run_goes_on: the last piece had MORE
 * @nr_free: free blocks found, by order
 * @nr_free_pages: pages in them
 */
struct walk {
	const struct bp_buddy *buddy;
	char *msg;
	size_t size;
	u32 pfn;
	u32 run_start;
	bool run_goes_on;
	u32 nr_free[BP_NR_ORDERS];
	u32 nr_free_pages;
};

static __printf(2, 3) int wrong(struct walk *walk, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(walk->msg, walk->size, fmt, args);
	va_end(args);
	return -EUCLEAN;
}

/* Nothing may be recorded for the pages of a block but for its first one. */
static int check_inside(struct walk *walk, u32 pfn, unsigned int order)
{
	const u32 nr_inside = (1U << order) - 1;
	const u8 *tag = memchr_inv(walk->buddy->tags + pfn + 1, 0, nr_inside);

	if (!tag)
		return 0;
	return wrong(walk,
		     "page %u has tag %#x inside the block of order %u at page %u",
		     (u32)(tag - walk->buddy->tags), *tag, order, pfn);
}

static int check_free_block(struct walk *walk, unsigned int order)
{
	const u8 tag = walk->buddy->tags[walk->pfn];

	if (tag)
		return wrong(walk,
			     "page %u is free, at order %u, and has tag %#x",
			     walk->pfn, order, tag);
	if (walk->run_goes_on)
		return wrong(walk,
			     "the run at page %u goes on at page %u, which is free",
			     walk->run_start, walk->pfn);
	if (walk->pfn & ((1U << order) - 1))
		return wrong(walk,
			     "the free block of order %u at page %u begins before page %u",
			     order, round_down(walk->pfn, 1U << order),
			     walk->pfn);
	walk->nr_free[order]++;
	walk->nr_free_pages += 1U << order;
	return 0;
}

/*
 * The end of the run whose piece is at @pfn; where its tags are wrong, some page
 * behind @pfn.
 */
static u32 run_end(const struct bp_buddy *buddy, u32 pfn)
{
	u8 tag;

	do {
		tag = READ_ONCE(buddy->tags[pfn]);
		pfn += 1U << min(tag & BP_TAG_ORDER, BP_MAX_ORDER);
	} while ((tag & BP_TAG_MORE) && pfn < buddy->nr_pages);
	return pfn;
}

/* A piece of a run, or a block that is kept aside, as which it has a HEAD too. */
static int check_piece(struct walk *walk, u8 tag)
{
	const struct bp_buddy *buddy = walk->buddy;
	unsigned int order = tag & BP_TAG_ORDER;
	unsigned int expected;

	if (!tag)
		return wrong(walk, "page %u is neither free nor allocated",
			     walk->pfn);
	if (!(tag & BP_TAG_PIECE) && (tag & ~BP_TAG_ORDER) != BP_TAG_ASIDE)
		return wrong(walk, "page %u has the unknown tag %#x", walk->pfn,
			     tag);
	if ((tag & BP_TAG_HEAD) && walk->run_goes_on)
		return wrong(walk,
			     "the run at page %u goes on at page %u, where another starts",
			     walk->run_start, walk->pfn);
	if (!(tag & BP_TAG_HEAD) && !walk->run_goes_on)
		return wrong(walk, "the piece at page %u belongs to no run",
			     walk->pfn);
	if (order > buddy->max_order)
		return wrong(walk,
			     "the piece at page %u has order %u, above max_order",
			     walk->pfn, order);
	expected = bp_piece_order(walk->pfn, run_end(buddy, walk->pfn),
				  buddy->max_order);
	if (order != expected)
		return wrong(walk,
			     "the piece at page %u has order %u instead of %u",
			     walk->pfn, order, expected);
	if (tag & BP_TAG_HEAD)
		walk->run_start = walk->pfn;
	walk->run_goes_on = tag & BP_TAG_MORE;
	return 0;
}

/* The block at walk->pfn; moves on to the next one. */
static int check_block(struct walk *walk)
{
	const struct bp_buddy *buddy = walk->buddy;
	const int free = bp_freemap_block(&buddy->freemap, walk->pfn);
	const u8 tag = READ_ONCE(buddy->tags[walk->pfn]);
	const unsigned int order = free < 0 ? tag & BP_TAG_ORDER : free;
	int err;

	err = free < 0 ? check_piece(walk, tag) : check_free_block(walk, free);
	if (err)
		return err;
	if (buddy->nr_pages - walk->pfn < 1U << order)
		return wrong(walk,
			     "the block of order %u at page %u ends beyond the pool",
			     order, walk->pfn);
	err = check_inside(walk, walk->pfn, order);
	walk->pfn += 1U << order;
	return err;
}

static int check_counts(struct walk *walk)
{
	const struct bp_buddy *buddy = walk->buddy;
	u32 nr_free[BP_NR_ORDERS];
	unsigned int order;

	bp_freemap_count(&buddy->freemap, nr_free);
	for (order = 0; order < BP_NR_ORDERS; order++) {
		u32 nr = nr_free[order];

		if (nr != walk->nr_free[order])
			return wrong(walk,
				     "order %u counts %u free blocks and has %u",
				     order, nr, walk->nr_free[order]);
	}
	if (buddy->nr_free_pages != walk->nr_free_pages)
		return wrong(walk,
			     "%u free pages are counted, and there are %u",
			     buddy->nr_free_pages, walk->nr_free_pages);
	return 0;
}

/* Free pages that the walk did not come upon lie inside of other blocks. */
static int check_freemap(struct walk *walk)
{
	const struct bp_freemap *map = &walk->buddy->freemap;
	const u32 nr = bp_freemap_weight(map);

	if (nr != walk->nr_free_pages)
		return wrong(walk,
			     "%u pages are marked free, but %u lie in free blocks",
			     nr, walk->nr_free_pages);
	if (!bp_freemap_ok(map))
		return wrong(walk, "the freemap's summary is wrong");
	return 0;
}

/**
 * bp_buddy_check() - verify everything that must hold for a buddy system
 * @buddy: the buddy system
 * @msg: set to what is wrong, in words; to "ok" if nothing is
 * @size: room of @msg, in bytes; %BP_CHECK_MSG_SIZE is enough
 *
 * Context: caller's lock held, for a time in proportion to the pool.
 * Return: 0, or -EUCLEAN if something is wrong.
 */
int bp_buddy_check(const struct bp_buddy *buddy, char *msg, size_t size)
{
	struct walk walk = { .buddy = buddy, .msg = msg, .size = size };
	int err;

	while (walk.pfn < buddy->nr_pages) {
		err = check_block(&walk);
		if (err)
			return err;
	}
	if (walk.run_goes_on)
		return wrong(&walk,
			     "the run at page %u goes on beyond the pool",
			     walk.run_start);
	err = check_counts(&walk);
	if (!err)
		err = check_freemap(&walk);
	if (!err)
		strscpy(msg, "ok", size);
	return err;
}
