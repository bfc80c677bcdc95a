// SPDX-License-Identifier: GPL-2.0
/*
 * Two threads that do two things to one block at the same moment, many times
 */
#include "harness.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "duel.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"

/* How often to look before going to sleep. */
#define SPINS 300

static unsigned int begun, ended;
static bool over;

/* Wait for a counter to go on; awake at first, so as to be there in time. */
static void wait_for(unsigned int *counter, unsigned int value)
{
	unsigned int spins = 0, seen;

	while ((seen = READ_ONCE(*counter)) != value && !READ_ONCE(over))
		if (++spins > SPINS)
			syscall(SYS_futex, counter, FUTEX_WAIT_PRIVATE, seen,
				NULL, NULL, 0);
}

static void advance(unsigned int *counter)
{
	__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, counter, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Come late by a random moment, now the one, now the other. */
static void dawdle(struct rng *rng)
{
	__u64 n = rng_below(rng, 2) * rng_below(rng, 3000);

	while (n--)
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static void *rival(void *arg)
{
	struct rng rng = rng_start(1);
	struct duel *duel = arg;
	unsigned int round;

	for (round = 1;; round++) {
		wait_for(&begun, round);
		if (READ_ONCE(over))
			return NULL;
		dawdle(&rng);
		duel->right_ret = duel->right(duel);
		advance(&ended);
	}
}

/**
 * duel_run() - let them do it
 * @duel: the rivals
 * @rounds: how often, at most
 * @ms: for how long, at most
 */
void duel_run(struct duel *duel, unsigned int rounds, unsigned int ms)
{
	struct budget budget = budget_start(rounds, ms);
	struct rng rng = rng_start(0);
	pthread_t thread;

	need_size(pages(duel->n));
	duel->fd = client_open();
	thread = task_thread(rival, duel);
	while (budget_next(&budget)) {
		duel->block = block_alloc(duel->fd, pages(duel->n));
		if (duel->map)
			duel->p = block_map(duel->fd, duel->block.offset,
					    duel->block.usable);
		advance(&begun);
		dawdle(&rng);
		duel->left_ret = duel->left(duel);
		wait_for(&ended, begun);
		duel->judge(duel);
	}
	WRITE_ONCE(over, true);
	advance(&begun);
	task_join(thread);
	budget_note(&budget, duel->what);
}

/**
 * duel_free() - what many rivals do: free the block
 * @duel: the rivals
 *
 * Return: 0 or a negative errno.
 */
int duel_free(struct duel *duel)
{
	return try_free(duel->fd, duel->block.handle);
}
