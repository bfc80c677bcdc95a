/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pages hold: two bits for each.
 *
 * A page is "shown" once its present owner has been given a look at it; until
 * then it may be "stale": it may hold bytes of an earlier owner, and has to be
 * cleared first. One that is neither is still as the pool began, all zero. So
 * pages are cleared when somebody wants to see them, and only those that others
 * could write to.
 *
 * No lock protects the bits. Those of a run are its owner's, who gets them with
 * its pages and gives them away with these; what makes pages change hands, the
 * pool's lock or the lists of a CPU, orders the accesses too. As runs may share a
 * word, words are changed atomically, but for those that lie within the run that is
 * marked.
 */
#ifndef BP_STALE_H
#define BP_STALE_H

#include <linux/bitops.h>
#include <linux/types.h>

size_t bp_stale_size(u32 nr_pages);
void bp_stale_mark(unsigned long *stale, u32 pfn, u32 nr_pages);

/* The two bits of a page are in neighbouring words: those of stale pages first. */
static inline unsigned long bp_stale_bit(u32 pfn)
{
	return 2 * BITS_PER_LONG * (pfn / BITS_PER_LONG) + pfn % BITS_PER_LONG;
}

static inline unsigned long bp_stale_shown_bit(u32 pfn)
{
	return bp_stale_bit(pfn) + BITS_PER_LONG;
}

/**
 * bp_stale_test() - may a page hold bytes of an earlier owner?
 * @stale: the bits
 * @pfn: the page
 *
 * Context: the caller owns the page.
 * Return: whether it may.
 */
static inline bool bp_stale_test(const unsigned long *stale, u32 pfn)
{
	return test_bit(bp_stale_bit(pfn), stale);
}

/**
 * bp_stale_is_shown() - has its owner been given a look at a page?
 * @stale: the bits
 * @pfn: the page
 *
 * Context: the caller owns the page.
 * Return: whether he has.
 */
static inline bool bp_stale_is_shown(const unsigned long *stale, u32 pfn)
{
	return test_bit(bp_stale_shown_bit(pfn), stale);
}

/**
 * bp_stale_show() - the owner of a page is given a look at it
 * @stale: the bits
 * @pfn: the page, which holds no bytes of an earlier owner any more
 *
 * Context: the caller owns the page.
 */
static inline void bp_stale_show(unsigned long *stale, u32 pfn)
{
	if (bp_stale_test(stale, pfn))
		clear_bit(bp_stale_bit(pfn), stale);
	set_bit(bp_stale_shown_bit(pfn), stale);
}

#endif /* BP_STALE_H */
