/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stale pages: those that may hold bytes of an earlier owner, a bit for each.
 *
 * No lock protects the bits. Those of a run are its owner's, who gets them with
 * its pages and gives them away with these; what makes pages change hands, the
 * pool's lock or the lists of a CPU, orders the accesses too. Only words that
 * runs share are changed atomically.
 */
#ifndef BP_STALE_H
#define BP_STALE_H

#include <linux/bitops.h>
#include <linux/types.h>

size_t bp_stale_size(u32 nr_pages);
void bp_stale_mark(unsigned long *stale, u32 pfn, u32 nr_pages);

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
	return test_bit(pfn, stale);
}

/**
 * bp_stale_clear() - a page has been overwritten
 * @stale: the bits
 * @pfn: the page
 *
 * Context: the caller owns the page.
 */
static inline void bp_stale_clear(unsigned long *stale, u32 pfn)
{
	clear_bit(pfn, stale);
}

#endif /* BP_STALE_H */
