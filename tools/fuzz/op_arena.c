// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of shared blocks in the arena, where all threads map over, touch and
 * unmap everything
 */
#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "board.h"
#include "op.h"
#include "touch.h"

/* Where @pages lie within the arena; none, too, need a place in it. */
static char *pick_place(struct actor *actor, __u64 pages)
{
	const __u64 places = ARENA_PAGES - pages + !!pages;

	return actor->arena + rng_below(&actor->rng, places) * pool.page_size;
}

/* A place where something was mapped not long ago, more often than not. */
static char *pick_spot(struct actor *actor, __u64 pages)
{
	__u64 spot = actor->spots[rng_below(&actor->rng, SPOTS)];

	if (spot >= ARENA_PAGES || spot + pages > ARENA_PAGES ||
	    rng_one_in(&actor->rng, 8))
		return pick_place(actor, pages);
	return actor->arena + spot * pool.page_size;
}

static void note_spot(struct actor *actor, const char *at)
{
	actor->spots[rng_below(&actor->rng, SPOTS)] =
		(at - actor->arena) / pool.page_size;
}

static __u64 pick_pages(struct rng *rng)
{
	return rng_skewed(rng, 64) + 1;
}

static int result(void *at)
{
	return at == MAP_FAILED ? -errno : 0;
}

static bool may_answer(int err)
{
	return !err || err == -EINVAL || err == -EBADF || err == -EACCES ||
	       err == -EPERM || err == -EOVERFLOW || err == -ENODEV;
}

/**
 * op_wild_map() - map some window over whatever is there
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_map(struct actor *actor)
{
	static const int prots[] = { PROT_READ | PROT_WRITE,
				     PROT_READ | PROT_WRITE, PROT_READ,
				     PROT_NONE, PROT_READ | PROT_EXEC };
	struct rng *rng = &actor->rng;
	const struct name *name = actor_name(actor);
	__u64 pages = READ_ONCE(name->pages), offset = READ_ONCE(name->offset);
	int fd = READ_ONCE(name->file);
	int flags = MAP_SHARED | MAP_FIXED, err;
	char *at;

	if (rng_one_in(rng, 4)) {
		fd = EXPORTS_FIRST + rng_below(rng, EXPORTS);
		offset = 0;
		pages = rng_range(rng, 1, 4);
	}
	if (rng_one_in(rng, 8))
		pages = pick_pages(rng);
	else if (pages && !rng_one_in(rng, 3))
		pages = rng_range(rng, 1, pages);
	if (rng_one_in(rng, 8))
		offset += rng_below(rng, 8) * pool.page_size;
	if (rng_one_in(rng, 50))
		offset = rng_edge(rng) & ~(pool.page_size - 1ULL);
	if (rng_one_in(rng, 50))
		flags ^= MAP_SHARED | MAP_PRIVATE;
	if (rng_one_in(rng, 20))
		flags |= MAP_POPULATE;
	if (rng_one_in(rng, 20))
		fd = FILES_FIRST + rng_below(rng, FILES);
	if (!pages || pages > ARENA_PAGES / 4)
		pages = 1;

	at = pick_place(actor, pages);
	err = result(mmap(at, pages * pool.page_size,
			  prots[rng_below(rng, ARRAY_SIZE(prots))], flags, fd,
			  offset));
	if (!err)
		note_spot(actor, at);
	if (!may_answer(err))
		board_finding(SUBJECT_ANSWERS, "offset %#llx: %s", offset,
			      board_result(err));
	return err;
}

/**
 * op_wild_touch() - read or write a few bytes somewhere
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_touch(struct actor *actor)
{
	__u64 word = rng_next(&actor->rng);
	int i, signal = 0;
	char *at;

	for (i = 0; i < 2; i++) {
		at = pick_spot(actor, 1) +
		     rng_below(&actor->rng, pool.page_size - sizeof(word));
		signal = rng_one_in(&actor->rng, 2) ?
				 touch_write(at, &word, sizeof(word)) :
				 touch_read(&word, at, sizeof(word));
	}
	return signal;
}

/**
 * op_wild_unmap() - unmap something
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_unmap(struct actor *actor)
{
	__u64 pages = rng_skewed(&actor->rng, 32) + 1;

	return munmap(pick_place(actor, pages), pages * pool.page_size) ?
		       -errno :
		       0;
}

/**
 * op_wild_change() - change how something is mapped
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_change(struct actor *actor)
{
	/* What op_advise() has, and what touches the fork or wipes pages. */
	static const int advices[] = { MADV_DONTNEED,       MADV_DONTFORK,
				       MADV_DOFORK,         MADV_WIPEONFORK,
				       MADV_KEEPONFORK,     MADV_REMOVE,
				       MADV_COLD,           MADV_PAGEOUT,
				       MADV_POPULATE_READ,  MADV_POPULATE_WRITE,
				       MADV_DONTNEED_LOCKED };
	const __u64 pages = pick_pages(&actor->rng);
	const size_t length = pages * pool.page_size;
	char *at = pick_spot(actor, pages);
	struct rng *rng = &actor->rng;
	int ret;

	switch (rng_below(rng, 4)) {
	case 0:
		ret = mprotect(at, length, rng_below(rng, 8));
		break;
	case 1:
		ret = madvise(at, length,
			      advices[rng_below(rng, ARRAY_SIZE(advices))]);
		break;
	case 2:
		ret = rng_one_in(rng, 2) ? mlock(at, length) :
					   munlock(at, length);
		break;
	default:
		ret = msync(at, length,
			    rng_one_in(rng, 2) ? MS_SYNC :
						 MS_ASYNC | MS_INVALIDATE);
	}
	return ret ? -errno : 0;
}

/**
 * op_wild_remap() - move, shrink, grow or double something
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_remap(struct actor *actor)
{
	struct rng *rng = &actor->rng;
	__u64 from = rng_one_in(rng, 5) ? 0 : rng_range(rng, 1, 4);
	__u64 to = rng_one_in(rng, 2) ? from : pick_pages(rng);

	return result(mremap(pick_spot(actor, from), from * pool.page_size,
			     to * pool.page_size, MREMAP_MAYMOVE | MREMAP_FIXED,
			     pick_place(actor, to)));
}

/**
 * op_wild_vm() - copy within the arena as a debugger does
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_vm(struct actor *actor)
{
	const __u64 pages = rng_range(&actor->rng, 1, 2);
	struct iovec local = { pick_spot(actor, pages),
			       pages * pool.page_size };
	struct iovec remote = { pick_spot(actor, pages),
				pages * pool.page_size };
	ssize_t n;

	if (rng_one_in(&actor->rng, 2))
		n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	else
		n = process_vm_writev(getpid(), &local, 1, &remote, 1, 0);
	return n < 0 ? -errno : 0;
}
