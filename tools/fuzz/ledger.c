// SPDX-License-Identifier: GPL-2.0
/*
 * What a thread knows of the blocks on the file that is its own
 */
#include "fuzz.h"

#include <stdio.h>

#include "ledger.h"

/**
 * ledger_any() - one of the blocks that fit
 * @ledger: the ledger
 * @rng: chooses
 * @fits: says which fit
 *
 * Return: a block, or NULL if none fits.
 */
struct block *ledger_any(struct ledger *ledger, struct rng *rng,
			 bool (*fits)(const struct block *block))
{
	unsigned int i, first = rng_below(rng, LEDGER_BLOCKS);
	struct block *block;

	for (i = 0; i < LEDGER_BLOCKS; i++) {
		block = &ledger->blocks[(first + i) % LEDGER_BLOCKS];
		if (fits(block))
			return block;
	}
	return NULL;
}

/**
 * block_is_mapped() - does it have a view?
 * @block: the block
 *
 * Return: whether it has.
 */
bool block_is_mapped(const struct block *block)
{
	unsigned int i;

	for (i = 0; i < LEDGER_VIEWS; i++)
		if (block->views[i].pages)
			return true;
	return false;
}

/**
 * block_is_held() - does it have a handle?
 * @block: the block
 *
 * Return: whether it has.
 */
bool block_is_held(const struct block *block)
{
	return block->held;
}

/**
 * block_is_empty() - is there none?
 * @block: a place for a block
 *
 * Return: whether the place is empty.
 */
bool block_is_empty(const struct block *block)
{
	return !block->held && !block_is_mapped(block);
}

/**
 * block_is_held_and_mapped() - does it have a handle and a view?
 * @block: the block
 *
 * Return: whether it has.
 */
bool block_is_held_and_mapped(const struct block *block)
{
	return block->held && block_is_mapped(block);
}

/**
 * block_view() - one of the views of a block
 * @block: the block, mapped
 * @rng: chooses
 *
 * Return: the view.
 */
struct view *block_view(struct block *block, struct rng *rng)
{
	struct view *view = &block->views[rng_below(rng, LEDGER_VIEWS)];

	while (!view->pages)
		view = view == block->views ? view + 1 : block->views;
	return view;
}

/**
 * view_page() - where a page of the block is to be seen
 * @view: the view
 * @page: number of the page in the block
 *
 * Return: its address.
 */
char *view_page(const struct view *view, __u64 page)
{
	return view->base + page * pool.page_size;
}

/**
 * block_pages() - how large it is
 * @block: the block
 *
 * Return: usable pages.
 */
__u64 block_pages(const struct block *block)
{
	return block->usable / pool.page_size;
}

/**
 * ledger_bytes() - what is held
 * @ledger: the ledger
 *
 * Return: usable bytes of all blocks that have a handle.
 */
__u64 ledger_bytes(const struct ledger *ledger)
{
	__u64 bytes = 0;
	unsigned int i;

	for (i = 0; i < LEDGER_BLOCKS; i++)
		if (ledger->blocks[i].held)
			bytes += ledger->blocks[i].usable;
	return bytes;
}

/**
 * page_is_written() - does a page carry the pattern?
 * @block: the block
 * @page: number of the page in it, less than LEDGER_PAGES
 *
 * Return: false if it has to be zero.
 */
bool page_is_written(const struct block *block, __u64 page)
{
	return block->written[page / 64] >> page % 64 & 1;
}

/**
 * page_note_written() - a page carries the pattern now
 * @block: the block
 * @page: number of the page in it, less than LEDGER_PAGES
 */
void page_note_written(struct block *block, __u64 page)
{
	block->written[page / 64] |= 1ULL << page % 64;
}

/**
 * block_forget_beyond() - what is beyond is zero if it ever comes again
 * @block: the block
 * @bytes: its size
 */
void block_forget_beyond(struct block *block, __u64 bytes)
{
	__u64 page;

	for (page = bytes / pool.page_size; page < LEDGER_PAGES; page++)
		block->written[page / 64] &= ~(1ULL << page % 64);
}

static __u64 word(__u64 tag, __u64 page, size_t i)
{
	return (tag ^ page << 16 ^ i) * 0x9e3779b97f4a7c15ULL | 1;
}

/**
 * page_paint() - write the pattern
 * @to: where to, a page
 * @tag: of the block
 * @page: number of the page in the block
 */
void page_paint(void *to, __u64 tag, __u64 page)
{
	__u64 *at = to;
	size_t i;

	for (i = 0; i < pool.page_size / sizeof(*at); i++)
		at[i] = word(tag, page, i);
}

/**
 * page_differs() - compare a page with what it has to be
 * @bytes: the page
 * @tag: of the block
 * @page: number of the page in the block
 * @written: the pattern, else zeros
 *
 * Return: NULL if it is so, or a text that says what is not.
 */
const char *page_differs(const void *bytes, __u64 tag, __u64 page, bool written)
{
	static __thread char text[160];
	const __u64 *at = bytes;
	__u64 expected = 0;
	size_t i;

	for (i = 0; i < pool.page_size / sizeof(*at); i++) {
		if (written)
			expected = word(tag, page, i);
		if (at[i] == expected)
			continue;
		snprintf(text, sizeof(text),
			 "page %llu, byte %zu: expected %#llx, got %#llx", page,
			 i * sizeof(*at), expected, at[i]);
		return text;
	}
	return NULL;
}
