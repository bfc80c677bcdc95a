// SPDX-License-Identifier: GPL-2.0
/*
 * A worker: a process of several threads
 */
#include "fuzz.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "actor.h"
#include "board.h"
#include "op.h"
#include "touch.h"
#include "worker.h"

static struct actor actors[THREADS_MAX];
static struct position start;
/* A thread of this worker has come to the end of its life. */
static bool over;
/* No thread begins to unmap things while the kernel places another's stack. */
static pthread_barrier_t all_there;

static void *run(void *arg)
{
	struct actor *actor = arg;

	position = start;
	position.thread = actor->number;
	pthread_barrier_wait(&all_there);
	actor_run(actor, &over);
	return NULL;
}

/* Addresses that nothing else can come to lie in. */
static char *reserve(size_t size, int flags)
{
	char *at = mmap(NULL, size, PROT_NONE,
			flags | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED) {
		perror("fuzz: mmap");
		_exit(1);
	}
	return at;
}

/* The arena is shared, for the kernel warns of doubling a private mapping. */
static void lay_out(const struct rng *rng, unsigned int threads)
{
	char *arena = reserve(ARENA_PAGES * pool.page_size, MAP_SHARED);
	char *room = reserve(threads * actor_room(), MAP_PRIVATE);
	unsigned int i;

	for (i = 0; i < threads; i++)
		actor_init(&actors[i], rng, i, room + i * actor_room(), arena);
}

static noreturn void work(const struct rng *rng, unsigned int threads)
{
	pthread_t thread[THREADS_MAX];
	unsigned int i;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	touch_init();
	for (i = FILES_INHERITED; i < FILES; i++)
		file_open(i, 0);
	lay_out(rng, threads);
	pthread_barrier_init(&all_there, NULL, threads);
	for (i = 1; i < threads; i++)
		if (pthread_create(&thread[i], NULL, run, &actors[i]))
			_exit(1);
	run(&actors[0]);
	for (i = 1; i < threads; i++)
		pthread_join(thread[i], NULL);
	_exit(0);
}

/**
 * worker_start() - start a worker, which leads a process group of its own
 * @rng: the random numbers of the round
 * @number: number of the worker
 * @life: how often it has been started before in this round
 * @threads: how many threads it has
 *
 * Return: its pid, or -1.
 */
pid_t worker_start(const struct rng *rng, unsigned int number,
		   unsigned int life, unsigned int threads)
{
	struct rng own = rng_split(rng, number);
	pid_t pid;

	own = rng_split(&own, life);
	start = (struct position){
		.round = READ_ONCE(board->rounds),
		.worker = number,
		.life = life,
	};
	pid = fork();
	if (!pid)
		work(&own, threads);
	if (pid > 0)
		setpgid(pid, pid);
	return pid;
}
