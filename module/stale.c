// SPDX-License-Identifier: GPL-2.0
/*
 * Stale pages.
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
	return BITS_TO_LONGS(nr_pages) * sizeof(long);
}

static void set_bits(unsigned long *word, unsigned long mask)
{
	if (mask == ~0UL)
		WRITE_ONCE(*word, mask);
	else
		atomic_long_or(mask, (atomic_long_t *)word);
}

/**
 * bp_stale_mark() - somebody may have written to the pages of a run
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
		set_bits(&stale[word], mask);
		mask = ~0UL;
	}
	set_bits(&stale[word], mask & BITMAP_LAST_WORD_MASK(last + 1));
}
