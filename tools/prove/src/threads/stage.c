// SPDX-License-Identifier: GPL-2.0
/*
 * The pool that all threads use, and who owns which of its pages.
 *
 * The stamps order nothing, so that whether the pages of one owner are ordered before
 * the next one's is the pool's affair: what is written to them is not atomic, and
 * ThreadSanitizer sees if it is not.
 */
#include "stage.h"

#include <stdarg.h>

struct stage stage;

/* Marsaglia, "Xorshift RNGs" (2003). */
u64 rng_next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/**
 * rng_below() - a random number
 * @state: of the generator
 * @below: greater than the number
 *
 * Return: the number.
 */
u32 rng_below(u64 *state, u32 below)
{
	return (rng_next(state) >> 32) * below >> 32;
}

/**
 * stage_wrong() - something is wrong: say what, the first time
 * @format: what
 */
void stage_wrong(const char *format, ...)
{
	va_list args;

	if (__atomic_exchange_n(&stage.failed, true, __ATOMIC_RELAXED))
		return;
	va_start(args, format);
	printf("# wrong: ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
	WRITE_ONCE(stage.stop, true);
}

static void restamp(const struct run *run, u32 from, u32 to)
{
	u32 pfn, was;

	if (run->pfn + run->nr > stage.pool->buddy.nr_pages)
		return stage_wrong("page %u is none of the pool", run->pfn);
	for (pfn = run->pfn; pfn < run->pfn + run->nr; pfn++) {
		was = __atomic_exchange_n(&stage.stamp[pfn], to,
					  __ATOMIC_RELAXED);
		if (was != from)
			stage_wrong("page %u: thread %u makes it %u's, but it was %u's",
				    pfn, from ?: to, to, was);
	}
}

/**
 * stage_own() - a thread has got pages
 * @run: the pages, which nobody may own
 * @thread: the thread
 */
void stage_own(const struct run *run, u32 thread)
{
	restamp(run, 0, thread);
}

/**
 * stage_disown() - a thread is about to give pages back
 * @run: the pages, which it must own
 * @thread: the thread
 */
void stage_disown(const struct run *run, u32 thread)
{
	restamp(run, thread, 0);
}

/**
 * stage_write() - look at the first and the last page of a run, and write to them
 * @run: the run
 * @thread: its owner
 *
 * What had not been written by an owner of this run must be zero.
 */
void stage_write(struct run *run, u32 thread)
{
	const u32 last = run->pfn + run->nr - 1;
	u32 pfn;

	for (pfn = run->pfn;; pfn = last) {
		u64 *bytes = bp_pool_show_page(stage.pool, pfn)->address;

		if (!run->shown && *bytes)
			stage_wrong("page %u has the bytes of thread %llu", pfn,
				    (unsigned long long)*bytes);
		*bytes = thread;
		if (pfn == last)
			break;
	}
	run->shown = true;
}

/**
 * stage_free() - give a run back
 * @run: the run
 * @thread: its owner
 */
void stage_free(struct run *run, u32 thread)
{
	int err;

	stage_disown(run, thread);
	if (!run->shown && !(run->nr & (run->nr - 1)))
		err = bp_pool_free_block(stage.pool, run->pfn, ilog2(run->nr));
	else
		err = bp_pool_free(stage.pool, run->pfn, run->nr, run->shown);
	if (err)
		stage_wrong("error %d for the run of %u pages at page %u", -err,
			    run->nr, run->pfn);
}
