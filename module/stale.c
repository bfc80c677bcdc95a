// SPDX-License-Identifier: GPL-2.0
/*
 * What the pages hold.
 */
#include "stale.h"

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/compiler.h>

/**
 * bp_stale_size() - how much memory the bits take
 * @nr_pages: size of the pool, in pages
 *
 * Return: bytes.
 */
size_t bp_stale_size(u32 nr_pages)
{
	return 2 * BITS_TO_LONGS(nr_pages) * sizeof(long);
}

/* What was shown of the pages of @mask is stale from now on. */
static void mark(unsigned long *pair, unsigned long mask)
{
	const unsigned long shown = READ_ONCE(pair[1]) & mask;

	if (!shown)
		return;
	if (mask == ~0UL) {
		WRITE_ONCE(pair[0], pair[0] | shown);
		WRITE_ONCE(pair[1], 0);
		return;
	}
	atomic_long_or(shown, (atomic_long_t *)&pair[0]);
	atomic_long_andnot(shown, (atomic_long_t *)&pair[1]);
}

/**
 * bp_stale_mark() - the pages of a run are to get another owner
 * @stale: the bits
 * @pfn: first page
 * @nr_pages: how many, at least one
 *
 * Context: the caller owns the run, and is about to give it back.
 */
void bp_stale_mark(unsigned long *stale, u32 pfn, u32 nr_pages)
{
	const u32 last = pfn + nr_pages - 1;
	unsigned long mask = BITMAP_FIRST_WORD_MASK(pfn);
	u32 word;

	for (word = BIT_WORD(pfn); word < BIT_WORD(last); word++) {
		mark(&stale[2 * word], mask);
		mask = ~0UL;
	}
	mark(&stale[2 * word], mask & BITMAP_LAST_WORD_MASK(last + 1));
}
