/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An actor: a thread of a worker, and the crew of all threads of that worker
 *
 * All descriptors and addresses that are used more than once have fixed places.
 * Other threads do wild things to the shared ones at any time, closing and
 * unmapping included, so no number or address must ever come to mean something
 * else: nothing in a worker is mapped where the kernel likes, and what open()
 * returns is moved to its place at once.
 */
#ifndef FUZZ_ACTOR_H
#define FUZZ_ACTOR_H

#include "fuzz.h"
#include "ledger.h"
#include "rng.h"

/* Shared files of the device; the first ones come from the supervisor. */
#define FILES_FIRST 64
#define FILES 5
#define FILES_INHERITED 2
#define FILE_RDONLY 4
/* Shared descriptors of blocks. */
#define EXPORTS_FIRST 72
#define EXPORTS 6
/* A socket to and from all workers, in which descriptors lie. */
#define MAILBOX_OUT 80
#define MAILBOX_IN 81
/* Each thread's own files, and one for a moment. */
#define OWN_FIRST 100
#define PASSING_FIRST 132
#define THREADS_MAX 32

/* The shared address range, and places in it that an actor remembers. */
#define ARENA_PAGES 512
#define SPOTS 8

/**
 * struct actor - a thread
 * @rng: its random numbers
 * @number: of the thread in its worker
 * @passing: number of a descriptor that it uses for a moment
 * @ledger: of its own file
 * @arena: address range that it shares with the others
 * @spots: pages of it at which it has mapped something
 * @bytes: a page for contents
 * @guard: address of a page that cannot be touched; the one before is for arguments
 * @rdonly: address of the page for arguments where it can only be read
 * @window: address range for a mapping of a moment
 * @ring: descriptor of a ring, or -1
 * @child: a process that lives on beside it, or 0
 * @lives: operations before it ends
 * @deadly: ends by SIGKILL
 */
struct actor {
	struct rng rng;
	unsigned int number;
	int passing;
	struct ledger ledger;
	char *arena;
	__u64 spots[SPOTS];
	char *bytes;
	char *guard;
	char *rdonly;
	char *window;
	int ring;
	int child;
	__u64 lives;
	bool deadly;
};

size_t actor_room(void);
void actor_init(struct actor *actor, const struct rng *rng, unsigned int number,
		char *room, char *arena);
void actor_run(struct actor *actor, bool *over);
void *actor_place(struct actor *actor, size_t size);
struct name *actor_name(struct actor *actor);

#endif /* FUZZ_ACTOR_H */
