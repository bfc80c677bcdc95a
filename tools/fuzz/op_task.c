// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on processes: fork, exec, kill, signals
 */
#include "fuzz.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board.h"
#include "op.h"
#include "touch.h"

/* Operations of a child on what is shared. */
#define CHILD_OPS 8

/* All that a child inherits of the contents has to be what it was. */
static void judge_inherited(struct actor *actor)
{
	unsigned int i, v;
	const struct block *block;
	const struct view *view;
	const char *difference;
	__u64 page;

	for (i = 0; i < LEDGER_BLOCKS * LEDGER_VIEWS; i++) {
		block = &actor->ledger.blocks[i / LEDGER_VIEWS];
		v = i % LEDGER_VIEWS;
		view = &block->views[v];
		if (!view->pages || view->split || view->prot == PROT_NONE)
			continue;
		page = view->first + rng_below(&actor->rng, view->pages);
		if (page >= block_pages(block))
			continue;
		if (touch_read(actor->bytes, view_page(view, page),
			       pool.page_size)) {
			board_finding(SUBJECT_ANSWERS,
				      "a child cannot read page %llu", page);
			continue;
		}
		difference = page_differs(actor->bytes, block->tag, page,
					  page_is_written(block, page));
		if (difference)
			board_finding(SUBJECT_CONTENTS, "in a child: %s",
				      difference);
	}
}

static void drop_some(struct actor *actor)
{
	struct block *block;
	int i;

	for (i = 0; i < 4; i++) {
		block = ledger_any(&actor->ledger, &actor->rng,
				   block_is_mapped);
		if (block)
			view_drop(block_view(block, &actor->rng));
	}
}

static noreturn void be_child(struct actor *actor)
{
	unsigned int i, n = rng_below(&actor->rng, CHILD_OPS);
	bool deadly = rng_one_in(&actor->rng, 2);

	judge_inherited(actor);
	if (rng_one_in(&actor->rng, 2))
		drop_some(actor);
	for (i = 0; i < n; i++)
		op_wild_ioctl(actor);
	if (deadly)
		raise(SIGKILL);
	_exit(0);
}

/* Wait for a child that may exit or be killed, but nothing else. */
static void reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		ADD_ONCE(board->kills, 1);
	else if (status)
		board_finding(SUBJECT_WORKERS, "a child ended with status %#x",
			      status);
}

/**
 * op_fork() - a child looks at what it inherits, lets go of some, and ends
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_fork(struct actor *actor)
{
	struct rng rng = rng_split(&actor->rng, 0);
	const bool hurry = !options.solo && rng_one_in(&actor->rng, 3);
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		actor->rng = rng;
		be_child(actor);
	}
	if (hurry)
		kill(pid, SIGKILL);
	reap(pid);
	return 0;
}

/**
 * op_linger() - a child lives on with all that it inherits; or ends, if there is
 * one
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_linger(struct actor *actor)
{
	if (actor->child) {
		op_reap(actor);
		return 0;
	}
	actor->child = fork();
	if (actor->child < 0) {
		actor->child = 0;
		return -errno;
	}
	if (!actor->child)
		for (;;)
			pause();
	return 0;
}

/**
 * op_reap() - the end of the child that lives on
 * @actor: whose child
 */
void op_reap(struct actor *actor)
{
	if (!actor->child)
		return;
	kill(actor->child, SIGKILL);
	reap(actor->child);
	actor->child = 0;
}

/**
 * op_exec() - a child becomes another program, with some shared descriptors
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_exec(struct actor *actor)
{
	static char *const arguments[] = { "fuzz", "--exit", NULL };
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		execv("/proc/self/exe", arguments);
		_exit(1);
	}
	reap(pid);
	return 0;
}

/**
 * op_signal() - a signal to whichever thread of the worker takes it
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_signal(struct actor *actor)
{
	return kill(getpid(), SIGUSR1) ? -errno : 0;
}
