// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on mappings of the own blocks: what else can be done to a mapping
 */
#include "fuzz.h"

#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "board.h"
#include "op.h"
#include "touch.h"

/* None that takes memory away from the kernel for good, or from the reader. */
static const int advices[] = {
	MADV_NORMAL,     MADV_RANDOM,        MADV_SEQUENTIAL,
	MADV_WILLNEED,   MADV_DONTNEED,      MADV_FREE,
	MADV_REMOVE,     MADV_MERGEABLE,     MADV_HUGEPAGE,
	MADV_NOHUGEPAGE, MADV_DONTDUMP,      MADV_COLD,
	MADV_PAGEOUT,    MADV_POPULATE_READ, MADV_POPULATE_WRITE,
	MADV_DODUMP,     MADV_UNMERGEABLE
};

static struct view *any_view(struct actor *actor, struct block **block)
{
	*block = ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	return *block ? block_view(*block, &actor->rng) : NULL;
}

/**
 * op_protect() - change how a view may be touched, perhaps in parts
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_protect(struct actor *actor)
{
	static const int prots[] = { PROT_NONE, PROT_READ,
				     PROT_READ | PROT_WRITE };
	struct block *block;
	struct view *view = any_view(actor, &block);
	__u64 page;
	char *at;

	if (!view)
		return op_map(actor);
	at = view_page(view, view->first);
	if (rng_one_in(&actor->rng, 3)) {
		page = rng_below(&actor->rng, view->pages);
		mprotect(at + page * pool.page_size, pool.page_size, PROT_NONE);
		view->split = true;
	}
	view->prot = prots[rng_skewed(&actor->rng, 4) % 3];
	if (!mprotect(at, view->pages * pool.page_size, view->prot))
		return 0;
	board_finding(SUBJECT_ANSWERS, "%s", board_result(-errno));
	return -errno;
}

/**
 * op_advise() - madvise() a view: it has to look the same
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_advise(struct actor *actor)
{
	struct block *block;
	struct view *view = any_view(actor, &block);

	if (!view)
		return op_map(actor);
	return madvise(view_page(view, view->first),
		       view->pages * pool.page_size,
		       advices[rng_below(&actor->rng, ARRAY_SIZE(advices))]) ?
		       -errno :
		       0;
}

/**
 * op_lock() - mlock() a view, and let it go
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_lock(struct actor *actor)
{
	struct block *block;
	struct view *view = any_view(actor, &block);
	size_t length;
	int err;

	if (!view)
		return op_map(actor);
	length = view->pages * pool.page_size;
	err = mlock(view_page(view, view->first), length) ? -errno : 0;
	munlock(view_page(view, view->first), length);
	return err;
}

/* There and back again. */
static int move_view(struct actor *actor, const struct view *view)
{
	const size_t length = view->pages * pool.page_size;
	char *at = view_page(view, view->first);

	if (mremap(at, length, length, MREMAP_MAYMOVE | MREMAP_FIXED,
		   actor->window) == MAP_FAILED ||
	    mremap(actor->window, length, length, MREMAP_MAYMOVE | MREMAP_FIXED,
		   at) == MAP_FAILED) {
		board_finding(SUBJECT_ANSWERS, "to move a view: %s",
			      board_result(-errno));
		return -errno;
	}
	return 0;
}

/**
 * op_remap() - move a view, make it smaller, try to make it larger
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_remap(struct actor *actor)
{
	struct block *block;
	struct view *view = any_view(actor, &block);
	size_t length;
	__u64 pages;
	char *at;

	if (!view || view->split)
		return op_map(actor);
	at = view_page(view, view->first);
	length = view->pages * pool.page_size;
	switch (rng_below(&actor->rng, 3)) {
	case 0:
		return move_view(actor, view);
	case 1:
		pages = rng_range(&actor->rng, 1, view->pages);
		if (mremap(at, length, pages * pool.page_size, 0) == MAP_FAILED)
			break;
		view->pages = pages;
		return 0;
	default:
		if (mremap(at, length, length + pool.page_size,
			   MREMAP_MAYMOVE | MREMAP_FIXED,
			   actor->window) != MAP_FAILED)
			board_finding(SUBJECT_ANSWERS, "a view has grown");
		/* What it was to move to has been unmapped before. */
		return -errno;
	}
	board_finding(SUBJECT_ANSWERS, "to shrink a view: %s",
		      board_result(-errno));
	return -errno;
}

/* What has become of a block, if the answer may have got lost. */
static void look_again(struct actor *actor, struct block *block)
{
	struct buddypool_query query = { .handle = block->handle };

	if (ioctl(actor->ledger.fd, BUDDYPOOL_IOC_QUERY, &query)) {
		board_finding(SUBJECT_ANSWERS, "QUERY: %s",
			      board_result(-errno));
		return;
	}
	block->size = query.size;
	block->usable = query.usable;
}

/**
 * op_answer_inside() - resize a block by a structure that lies in the block
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_answer_inside(struct actor *actor)
{
	struct block *block = ledger_any(&actor->ledger, &actor->rng,
					 block_is_held_and_mapped);
	struct buddypool_resize arg = {};
	char *bytes = actor->bytes, *at;
	struct view *view;
	int err;

	if (!block)
		return op_map(actor);
	view = block_view(block, &actor->rng);
	if (view->prot != (PROT_READ | PROT_WRITE) ||
	    view->first >= block_pages(block))
		return op_query(actor);
	arg.handle = block->handle;
	arg.flags = BUDDYPOOL_RESIZE_EXACT;
	arg.size = block->usable + rng_below(&actor->rng, 4) * pool.page_size;
	at = view_page(view, view->first);
	if (touch_write(at + pool.page_size - sizeof(arg), &arg, sizeof(arg)))
		board_finding(SUBJECT_ANSWERS, "the page is not there");
	err = ioctl(actor->ledger.fd, BUDDYPOOL_IOC_RESIZE,
		    at + pool.page_size - sizeof(arg)) ?
		      -errno :
		      0;
	if (err == -EFAULT || err == -EINVAL || err == -ENOENT)
		board_finding(SUBJECT_ANSWERS, "%s", board_result(err));
	if (err == -ENOMEM)
		actor->ledger.refused = true;
	look_again(actor, block);
	page_paint(bytes, block->tag, view->first);
	if (touch_write(at, bytes, pool.page_size))
		board_finding(SUBJECT_ANSWERS, "the page has gone");
	page_note_written(block, view->first);
	return err;
}
