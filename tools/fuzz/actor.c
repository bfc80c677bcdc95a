// SPDX-License-Identifier: GPL-2.0
/*
 * A thread of a worker
 */
#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actor.h"
#include "board.h"
#include "op.h"

/* Pages that an actor has beside those of its views: see actor_init(). */
#define PAGES_OWN 4

/* The most and the least operations of a life. */
#define LIFE_MIN 100
#define LIFE_MAX 10000

/**
 * actor_room() - the address range that an actor needs
 *
 * Return: bytes.
 */
size_t actor_room(void)
{
	return (WINDOW_PAGES * (LEDGER_BLOCKS * LEDGER_VIEWS + 1) + PAGES_OWN) *
	       pool.page_size;
}

static char *take_page(char **room, int prot, int fd)
{
	char *page = *room;

	if (mmap(page, pool.page_size, prot, MAP_SHARED | MAP_FIXED, fd, 0) !=
	    page)
		abort();
	*room += pool.page_size;
	return page;
}

/* Two pages for arguments are the same one, once as it can only be read. */
static void take_pages(struct actor *actor, char **room)
{
	int fd = memfd_create("arguments", MFD_CLOEXEC);
	int other = memfd_create("contents", MFD_CLOEXEC);

	if (ftruncate(fd, pool.page_size) || ftruncate(other, pool.page_size))
		abort();
	actor->bytes = take_page(room, PROT_READ | PROT_WRITE, other);
	actor->rdonly = take_page(room, PROT_READ, fd);
	take_page(room, PROT_READ | PROT_WRITE, fd);
	actor->guard = take_page(room, PROT_NONE, fd);
	close(fd);
	close(other);
}

static void open_own(struct actor *actor)
{
	int fd = open(options.device, O_RDWR | O_CLOEXEC);

	actor->ledger.fd = OWN_FIRST + actor->number;
	if (fd < 0 || dup3(fd, actor->ledger.fd, O_CLOEXEC) < 0)
		board_finding(SUBJECT_ANSWERS, "%s: %s", options.device,
			      board_result(-errno));
	close(fd);
}

/**
 * actor_init() - before the thread begins
 * @actor: the thread
 * @rng: the random numbers of the worker
 * @number: of the thread
 * @room: address range for it, of actor_room() bytes, that cannot be touched
 * @arena: address range of all threads
 */
void actor_init(struct actor *actor, const struct rng *rng, unsigned int number,
		char *room, char *arena)
{
	const size_t window = WINDOW_PAGES * pool.page_size;
	unsigned int i;

	memset(actor, 0, sizeof(*actor));
	actor->rng = rng_split(rng, number);
	actor->number = number;
	actor->passing = PASSING_FIRST + number;
	actor->arena = arena;
	actor->ring = -1;
	for (i = 0; i < SPOTS; i++)
		actor->spots[i] = ARENA_PAGES;
	actor->lives = rng_range(&actor->rng, LIFE_MIN, LIFE_MAX);
	actor->deadly = rng_one_in(&actor->rng, 4);
	take_pages(actor, &room);
	actor->window = room;
	for (i = 0; i < LEDGER_BLOCKS * LEDGER_VIEWS; i++) {
		room += window;
		actor->ledger.blocks[i / LEDGER_VIEWS]
			.views[i % LEDGER_VIEWS]
			.base = room;
	}
	for (i = 0; i < LEDGER_PINS; i++)
		actor->ledger.pins[i].fd = -1;
	open_own(actor);
}

/**
 * actor_place() - where an argument of a command is put
 * @actor: the thread
 * @size: of the argument, in bytes
 *
 * Return: zeroed room, with nothing behind it.
 */
void *actor_place(struct actor *actor, size_t size)
{
	return memset(actor->guard - size, 0, size);
}

/**
 * actor_name() - choose a name, rather one that stands for something
 * @actor: the thread
 *
 * Return: the name.
 */
struct name *actor_name(struct actor *actor)
{
	struct name *name;
	int i;

	for (i = 0; i < 4; i++) {
		name = &board->names[rng_below(&actor->rng, BOARD_NAMES)];
		if (READ_ONCE(name->handle))
			break;
	}
	return name;
}

/* Whether the thread goes on to its next operation. */
static bool goes_on(const struct actor *actor, const bool *over)
{
	return position.operation < actor->lives && !READ_ONCE(*over) &&
	       !READ_ONCE(board->stop) &&
	       READ_ONCE(board->operations) < READ_ONCE(board->round_end);
}

/**
 * actor_run() - do one operation after the other
 * @actor: the thread
 * @over: whether the worker ends; set when this thread has come to its end
 */
void actor_run(struct actor *actor, bool *over)
{
	const struct op *op;
	int result;

	pin_settle(&actor->ledger);
	for (; goes_on(actor, over); position.operation++) {
		op = op_choose(&actor->rng);
		position.name = op->name;
		result = op->run(actor);
		board_count(op_number(op), result);
		if (options.verbose)
			board_trace(result);
	}
	position.name = NULL;
	if (actor->deadly)
		kill(getpid(), SIGKILL);
	WRITE_ONCE(*over, true);
	op_reap(actor);
}
