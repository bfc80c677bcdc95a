/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ledger: what a thread knows of the blocks on the file that is its own
 *
 * Nobody else uses this file, so all answers can be foretold, and what a page
 * has to contain: zeros until it is written, then a pattern that depends on the
 * block and on the page.
 */
#ifndef FUZZ_LEDGER_H
#define FUZZ_LEDGER_H

#include "fuzz.h"
#include "rng.h"

#define LEDGER_BLOCKS 20
#define LEDGER_VIEWS 2
#define LEDGER_PINS 4

/* Pages of a block that are looked at; those beyond are left alone. */
#define LEDGER_PAGES 1024
/* Room for a view of that, and for one that is too long. */
#define WINDOW_PAGES (LEDGER_PAGES + 1)

/**
 * struct view - a mapping of a block
 * @base: where it would begin if it showed the block from the start
 * @first: first page of the block that it shows
 * @pages: how many it shows; 0 where there is no mapping
 * @prot: how they may be touched
 * @split: the kernel has several mappings for it
 */
struct view {
	char *base;
	__u64 first;
	__u64 pages;
	int prot;
	bool split;
};

/**
 * struct block - a block
 * @held: it has a handle
 * @handle: the handle
 * @exported: a descriptor of it has existed
 * @registered: it has been in a ring, which may outlive what closes it
 * @pins: pages of it that are in pipes
 * @size: asked for, in bytes
 * @align: asked for, in bytes
 * @usable: bytes that may be used
 * @offset: where to map it
 * @tag: makes its pattern another than that of other blocks
 * @written: bitmap of the pages that carry the pattern
 * @views: mappings
 */
struct block {
	bool held;
	__u32 handle;
	bool exported;
	bool registered;
	unsigned int pins;
	__u64 size;
	__u64 align;
	__u64 usable;
	__u64 offset;
	__u64 tag;
	__u64 written[LEDGER_PAGES / 64];
	struct view views[LEDGER_VIEWS];
};

/**
 * struct pin - a page in a pipe
 * @fd: the end to read from, -1 where there is no pipe
 * @block: which block it was of
 * @tag: of that block
 * @page: which page of it
 */
struct pin {
	int fd;
	struct block *block;
	__u64 tag;
	__u64 page;
};

/**
 * struct ledger - what a thread knows
 * @fd: its file
 * @refused: an allocation or a resize has failed for want of memory
 * @limited: a limit has been set
 * @max_bytes: the limit, if one has been set
 * @tags: how many blocks there have been
 * @blocks: the blocks
 * @pins: pages in pipes
 */
struct ledger {
	int fd;
	bool refused;
	bool limited;
	__u64 max_bytes;
	__u64 tags;
	struct block blocks[LEDGER_BLOCKS];
	struct pin pins[LEDGER_PINS];
};

struct block *ledger_any(struct ledger *ledger, struct rng *rng,
			 bool (*fits)(const struct block *block));
bool block_is_empty(const struct block *block);
bool block_is_held(const struct block *block);
bool block_is_mapped(const struct block *block);
bool block_is_held_and_mapped(const struct block *block);
struct view *block_view(struct block *block, struct rng *rng);
__u64 block_pages(const struct block *block);
__u64 ledger_bytes(const struct ledger *ledger);

bool page_is_written(const struct block *block, __u64 page);
void page_note_written(struct block *block, __u64 page);
void block_forget_beyond(struct block *block, __u64 bytes);
void page_paint(void *to, __u64 tag, __u64 page);
char *view_page(const struct view *view, __u64 page);
const char *page_differs(const void *bytes, __u64 tag, __u64 page,
			 bool written);

#endif /* FUZZ_LEDGER_H */
