// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks of one order, many at a time.
 */
#include "buddy.h"

#include <linux/bitops.h>
#include <linux/string.h>

/* So many pages of a word are quicker given back together. */
#define WORTH_A_WORD 16

/* So many save the time for another change of what is summed up. */
#define WORTH_A_CHANGE 20

/* They are in ascending order, so single pages may be all that lie between. */
static void tag_blocks(struct bp_buddy *buddy, u8 tag, const u32 *pfns, u32 nr)
{
	u32 i;

	if (pfns[nr - 1] - pfns[0] == nr - 1) {
		memset(&buddy->tags[pfns[0]], tag, nr);
		return;
	}
	for (i = 0; i < nr; i++)
		buddy->tags[pfns[i]] = tag;
}

/**
 * bp_buddy_take_many() - take out many blocks of an order
 * @buddy: the buddy system
 * @order: the order, at most max_order
 * @tag: bp_tag_block() to allocate them, bp_tag_aside() to keep them aside
 * @user: whose home they are from now on: the number of a CPU
 * @pfns: set to their first pages
 * @nr: how many are wanted, at least one
 *
 * Context: caller's lock held. Takes little longer than bp_buddy_alloc_block().
 * Return: how many there are; fewer than @nr if no more lie together, 0 only if
 * there is none.
 */
u32 bp_buddy_take_many(struct bp_buddy *buddy, unsigned int order, u8 tag,
		       u16 user, u32 *pfns, u32 nr)
{
	const u32 got =
		bp_freemap_take_many(&buddy->freemap, order, user, pfns, nr);

	if (got)
		tag_blocks(buddy, tag, pfns, got);
	buddy->nr_free_pages -= got << order;
	return got;
}

/*
 * As bp_buddy_give_some(), of blocks that need not be neighbours, up to so many
 * that change more than some bits.
 */
static __always_inline u32 give_scattered(struct bp_buddy *buddy,
					  unsigned int order, const u32 *pfns,
					  u32 *nr, unsigned int changes)
{
	const u32 *next = pfns, *const end = pfns + *nr;
	unsigned int merged;
	u32 given = 0;

	while (next < end && changes) {
		const u32 pfn = *next++;

		if (unlikely(buddy->tags[pfn] != bp_tag_aside(order)))
			continue;
		buddy->tags[pfn] = 0;
		given++;
		if (!bp_freemap_give_bits(&buddy->freemap, order, &merged,
					  pfn)) {
			bp_freemap_grow(&buddy->freemap, order, merged, pfn);
			changes--;
		}
	}
	buddy->nr_free_pages += given << order;
	*nr = next - pfns;
	return given;
}

/* The first pages are neighbours, it seems. */
static bool is_run(const u32 *pfns, u32 nr)
{
	return nr >= WORTH_A_WORD && pfns[WORTH_A_WORD - 1] / BP_WORD_UNITS ==
					     pfns[0] / BP_WORD_UNITS;
}

/* As bp_buddy_give_some(), of the pages that are of the same word as the first one. */
static u32 give_word(struct bp_buddy *buddy, const u32 *pfns, u32 *nr)
{
	const u32 word = pfns[0] / BP_WORD_UNITS;
	u32 i, given;
	u64 bits = 0;

	for (i = 0; i < *nr; i++) {
		const u32 pfn = pfns[i];

		if (pfn / BP_WORD_UNITS != word)
			break;
		if (unlikely(buddy->tags[pfn] != bp_tag_aside(0)))
			continue;
		buddy->tags[pfn] = 0;
		bits |= bp_word_block(0, pfn);
	}
	given = hweight64(bits);
	/* None, if all have been freed twice at the same time. */
	if (given)
		bp_freemap_give_word(&buddy->freemap, word, bits);
	buddy->nr_free_pages += given;
	*nr = i;
	return given;
}

/* As bp_buddy_give_some(), of single pages. */
static u32 give_some_pages(struct bp_buddy *buddy, const u32 *pfns, u32 *nr)
{
	u32 given = 0, done = 0, some, got;
	unsigned int changes = 1;

	while (changes && is_run(pfns + done, *nr - done)) {
		some = *nr - done;
		got = give_word(buddy, pfns + done, &some);
		changes += got / WORTH_A_CHANGE;
		changes--;
		given += got;
		done += some;
	}
	some = *nr - done;
	given += give_scattered(buddy, 0, pfns + done, &some, changes);
	*nr = done + some;
	return given;
}

/**
 * bp_buddy_give_some() - give some blocks back that were kept aside
 * @buddy: the buddy system
 * @order: their order
 * @pfns: their first pages; quickest if neighbours are together
 * @nr: in: how many there are, at least one; out: how many of these, from the
 *	first one on, have been seen to
 *
 * Single pages that are neighbours are given back together. Of the others, the
 * first one that changes more than some bits is the last, for it may take longer
 * than all of them; but some more if neighbours have saved the time for it.
 *
 * Context: caller's lock held. Takes little longer than bp_buddy_free_block().
 * Return: how many were there to be given back; the others are passed over.
 */
u32 bp_buddy_give_some(struct bp_buddy *buddy, unsigned int order,
		       const u32 *pfns, u32 *nr)
{
	if (!order)
		return give_some_pages(buddy, pfns, nr);
	return give_scattered(buddy, order, pfns, nr, 1);
}
