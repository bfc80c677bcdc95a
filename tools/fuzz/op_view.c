// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on mappings of the own blocks: whole ones, and their contents
 */
#include "fuzz.h"

#include <signal.h>
#include <sys/mman.h>

#include "board.h"
#include "op.h"
#include "touch.h"

/* Pages that are looked at in one go. */
#define GO 4

static bool can_be_mapped(const struct block *block)
{
	unsigned int i;

	for (i = 0; i < LEDGER_VIEWS; i++)
		if (!block->views[i].pages)
			return block->held;
	return false;
}

/* Choose which part of the block to show; mostly all of it. */
static void pick_part(struct rng *rng, const struct block *block, __u64 *first,
		      __u64 *pages)
{
	__u64 all = block_pages(block);

	if (all > LEDGER_PAGES)
		all = LEDGER_PAGES;
	*first = rng_one_in(rng, 4) ? rng_below(rng, all) : 0;
	*pages = all - *first;
	if (rng_one_in(rng, 4))
		*pages = rng_range(rng, 1, *pages);
}

/**
 * op_map() - map a block
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_map(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, can_be_mapped);
	int flags = MAP_SHARED | MAP_FIXED, expected = 0, err;
	struct view *view;
	__u64 pages;

	if (!block)
		return op_alloc(actor);
	view = block->views[0].pages ? &block->views[1] : &block->views[0];
	pick_part(&actor->rng, block, &view->first, &pages);
	view->prot = rng_one_in(&actor->rng, 5) ? PROT_READ :
						  PROT_READ | PROT_WRITE;
	switch (rng_below(&actor->rng, 20)) {
	case 0:
		flags = MAP_PRIVATE | MAP_FIXED;
		expected = -EINVAL;
		break;
	case 1:
		if (block_pages(block) > LEDGER_PAGES)
			break;
		pages = block_pages(block) - view->first + 1;
		expected = -EINVAL;
		break;
	case 2:
		flags |= MAP_POPULATE;
		break;
	}

	err = 0;
	if (mmap(view_page(view, view->first), pages * pool.page_size,
		 view->prot, flags, actor->ledger.fd,
		 block->offset + view->first * pool.page_size) == MAP_FAILED)
		err = -errno;
	if (err != expected)
		board_finding(SUBJECT_ANSWERS,
			      "pages %llu + %llu of %llu, flags %#x: %s",
			      view->first, pages, block_pages(block), flags,
			      board_result(err));
	if (!err) {
		view->pages = pages;
		view->split = false;
	}
	return err;
}

/**
 * view_drop() - unmap all of a view
 * @view: the view
 */
void view_drop(struct view *view)
{
	if (munmap(view_page(view, view->first), view->pages * pool.page_size))
		board_finding(SUBJECT_ANSWERS, "munmap: %s",
			      board_result(-errno));
	view->pages = 0;
}

/* Unmap from both ends, and last a piece in the middle. */
static void drop_in_pieces(struct rng *rng, struct view *view)
{
	const __u64 size = pool.page_size;
	__u64 middle = rng_below(rng, view->pages);
	char *at = view_page(view, view->first);

	if (munmap(at + middle * size, size) || munmap(at, middle * size + 1) ||
	    munmap(at + middle * size, (view->pages - middle) * size))
		board_finding(SUBJECT_ANSWERS, "munmap in pieces: %s",
			      board_result(-errno));
	view->pages = 0;
}

/**
 * op_unmap() - unmap a view, or a part of it
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_unmap(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	struct rng *rng = &actor->rng;
	struct view *view;
	__u64 gone;

	if (!block)
		return op_map(actor);
	view = block_view(block, rng);
	gone = rng_range(rng, 1, view->pages);
	switch (rng_below(rng, 8)) {
	case 0:
		munmap(view_page(view, view->first), gone * pool.page_size);
		view->first += gone;
		view->pages -= gone;
		break;
	case 1:
		view->pages -= gone;
		munmap(view_page(view, view->first + view->pages),
		       gone * pool.page_size);
		break;
	case 2:
		drop_in_pieces(rng, view);
		break;
	default:
		view_drop(view);
	}
	return 0;
}

/* What a touch of that page raises. */
static int signal_expected(const struct block *block, const struct view *view,
			   __u64 page, int prot)
{
	if ((view->prot & prot) != prot)
		return SIGSEGV;
	return page < block_pages(block) ? 0 : SIGBUS;
}

static bool judge_signal(const struct block *block, const struct view *view,
			 __u64 page, int prot, int signal)
{
	const int expected = signal_expected(block, view, page, prot);

	if (signal != expected)
		board_finding(SUBJECT_ANSWERS,
			      "page %llu of %llu, view %llu + %llu, prot %#x for %#x: expected %s, got %d",
			      page, block_pages(block), view->first,
			      view->pages, view->prot, prot,
			      board_result(expected), signal);
	return signal == expected;
}

/**
 * op_read() - read pages of a view: they have to be what they were
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_read(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	char *bytes = actor->bytes;
	const char *difference;
	struct view *view;
	int i, signal = 0;
	__u64 page;

	if (!block)
		return op_map(actor);
	view = block_view(block, &actor->rng);
	for (i = 0; i < GO && !signal; i++) {
		page = view->first + rng_below(&actor->rng, view->pages);
		signal = touch_read(bytes, view_page(view, page),
				    pool.page_size);
		if (!judge_signal(block, view, page, PROT_READ, signal) ||
		    signal)
			break;
		difference = page_differs(bytes, block->tag, page,
					  page_is_written(block, page));
		if (difference)
			board_finding(SUBJECT_CONTENTS, "%s", difference);
	}
	return signal;
}

static int write_page(struct actor *actor, struct block *block,
		      const struct view *view, __u64 page)
{
	char *bytes = actor->bytes;
	int signal;

	page_paint(bytes, block->tag, page);
	signal = touch_write(view_page(view, page), bytes, pool.page_size);
	judge_signal(block, view, page, PROT_READ | PROT_WRITE, signal);
	if (!signal)
		page_note_written(block, page);
	return signal;
}

/**
 * op_write() - write to pages of a view
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_write(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	struct view *view;
	int i, signal = 0;

	if (!block)
		return op_map(actor);
	view = block_view(block, &actor->rng);
	for (i = 0; i < GO && !signal; i++)
		signal = write_page(actor, block, view,
				    view->first + rng_below(&actor->rng,
							    view->pages));
	return signal;
}

/**
 * op_write_all() - write to every page of a view
 * @actor: who does it
 *
 * So that much memory has old bytes when others get it.
 *
 * Return: see struct op.
 */
int op_write_all(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	struct view *view;
	int signal = 0;
	__u64 i;

	if (!block)
		return op_map(actor);
	view = block_view(block, &actor->rng);
	for (i = 0; i < view->pages && !signal; i++)
		signal = write_page(actor, block, view, view->first + i);
	return signal;
}
