// SPDX-License-Identifier: GPL-2.0
/*
 * The part "native": how much one thread does on a processor of its own, and how
 * much two do, with the core and the pool in user space, on this machine's real
 * processors. Threads that allocate nothing show how much more two of them can do
 * while others use the machine too.
 *
 * Prints a line for each:
 *
 *	bench native ROUND WORKLOAD ALLOCATOR ops_per_s VALUE
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>

#include <linux/buddypool.h>

#include "core.h"
#include "hotplug.h"

#define MAX_THREADS 2U
#define DURATION_NS 100000000ULL

/* Of which the threads use little. */
#define POOL_SIZE (64UL << 20)
#define MAX_ORDER 10
#define PERCPU_PAGES 4096

/* Blocks that a thread has at most, and at a time in bulk. */
#define NR_HELD 64U

/* Blocks that lie together, and which the threads' CPUs have between them. */
#define NR_MIXED (4 * NR_HELD)

/* How often a thread looks at the time: not in less than so many steps. */
#define STEPS 4096U

/**
 * struct worker - a thread
 * @work: what it does, again and again; returns how many operations it was
 * @thread: itself
 * @cpu: the processor that it is bound to
 * @state: of its random numbers
 * @order: of its blocks
 * @held: the blocks that it has
 * @nr_ops: how many operations it has done
 * @ns: how long it took
 * @gap: no two of them are in a cache line, nor in a pair that is fetched together
 */
struct worker {
	unsigned long (*work)(struct worker *worker);
	pthread_t thread;
	unsigned int cpu;
	u32 state;
	unsigned int order;
	void *held[NR_HELD];
	unsigned long nr_ops;
	u64 ns;
	char gap[128];
};

/**
 * struct workload - what is measured
 * @name: in the results
 * @allocator: in the results, too
 * @percpu_pages: how many pages a CPU may keep
 * @order: of the blocks
 * @work: what its threads do
 */
struct workload {
	const char *name;
	const char *allocator;
	unsigned int percpu_pages;
	unsigned int order;
	unsigned long (*work)(struct worker *worker);
};

static struct buddypool *pool;
static pthread_barrier_t all_begin;

static u64 now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

static void give(void *block, unsigned int order)
{
	if (buddypool_free(pool, block, order))
		errx(1, "a block was refused");
}

/* Marsaglia, "Xorshift RNGs" (2003). */
static unsigned int any_slot(struct worker *worker)
{
	worker->state ^= worker->state << 13;
	worker->state ^= worker->state >> 17;
	worker->state ^= worker->state << 5;
	return worker->state % NR_HELD;
}

/* Of some blocks, any one is freed if there is one, else allocated. */
static unsigned long one_by_one(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < STEPS; i++) {
		void **held = &worker->held[any_slot(worker)];

		if (*held) {
			give(*held, worker->order);
			*held = NULL;
		} else {
			*held = buddypool_alloc(pool, worker->order);
		}
	}
	return STEPS;
}

static unsigned long in_bulk(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < STEPS; i += NR_HELD)
		if (buddypool_alloc_bulk(pool, worker->order, NR_HELD,
					 worker->held) != NR_HELD ||
		    buddypool_free_bulk(pool, worker->order, NR_HELD,
					worker->held) != NR_HELD)
			errx(1, "not all blocks were there");
	memset(worker->held, 0, sizeof(worker->held));
	return 2 * STEPS;
}

/* As one_by_one(), of blocks that there are not. */
static unsigned long nothing(struct worker *worker)
{
	unsigned int i;

	for (i = 0; i < STEPS; i++) {
		void **held = &worker->held[any_slot(worker)];

		*held = *held ? NULL : worker;
		/* The compiler shall not see that it is for nothing. */
		__asm__ volatile("" ::: "memory");
	}
	return STEPS;
}

/*
 * As after some time of use, each CPU keeps blocks between which lie those that
 * others keep.
 */
static void mix(unsigned int order)
{
	static void *blocks[NR_MIXED];
	unsigned int i;

	for (i = 0; i < NR_MIXED; i++)
		blocks[i] = buddypool_alloc(pool, order);
	for (i = 0; i < NR_MIXED; i++) {
		core_run_on(i % MAX_THREADS);
		give(blocks[i], order);
	}
	core_run_on(0);
}

static void bind_to(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "processor %u", cpu);
}

static void *run(void *data)
{
	struct worker *worker = data;
	u64 begin, now;

	bind_to(worker->cpu);
	core_run_on(worker->cpu);
	pthread_barrier_wait(&all_begin);
	begin = now_ns();
	do {
		worker->nr_ops += worker->work(worker);
		now = now_ns();
	} while (now - begin < DURATION_NS);
	worker->ns = now - begin;
	return NULL;
}

/* Operations a second of all threads together. */
static double measure(const struct workload *workload, unsigned int nr_threads)
{
	static struct worker workers[MAX_THREADS];
	double per_second = 0;
	unsigned int i, slot;

	mix(workload->order);
	memset(workers, 0, sizeof(workers));
	pthread_barrier_init(&all_begin, NULL, nr_threads);
	for (i = 0; i < nr_threads; i++) {
		workers[i].work = workload->work;
		workers[i].cpu = i;
		workers[i].state = i + 1;
		workers[i].order = workload->order;
		if (pthread_create(&workers[i].thread, NULL, run, &workers[i]))
			errx(1, "no thread");
	}
	for (i = 0; i < nr_threads; i++) {
		pthread_join(workers[i].thread, NULL);
		per_second += workers[i].nr_ops * 1e9 / workers[i].ns;
		for (slot = 0; slot < NR_HELD; slot++)
			if (workload->work == one_by_one &&
			    workers[i].held[slot])
				give(workers[i].held[slot], workload->order);
	}
	pthread_barrier_destroy(&all_begin);
	return per_second;
}

static void make_pool(unsigned int percpu_pages)
{
	pool = buddypool_create(POOL_SIZE, MAX_ORDER, percpu_pages);
	if (IS_ERR(pool))
		errx(1, "no pool: %ld", PTR_ERR(pool));
}

static void destroy_pool(void)
{
	char msg[128];

	if (buddypool_check(pool, msg, sizeof(msg)))
		errx(1, "the pool is not consistent: %s", msg);
	buddypool_destroy(pool);
}

static const struct workload workloads[] = {
	{ "smp-0", "buddypool", PERCPU_PAGES, 0, one_by_one },
	{ "smp-0", "buddypool_nolists", 0, 0, one_by_one },
	{ "smp-0", "nothing", 0, 0, nothing },
	{ "smp-3", "buddypool", PERCPU_PAGES, 3, one_by_one },
	{ "smp-bulk", "buddypool", PERCPU_PAGES, 0, in_bulk },
	{ "smp-bulk", "buddypool_nolists", 0, 0, in_bulk },
};

static void compare(const struct workload *workload, unsigned int round)
{
	unsigned int nr;

	make_pool(workload->percpu_pages);
	for (nr = 1; nr <= MAX_THREADS; nr++)
		printf("bench native %u %s %s-%u ops_per_s %.0f\n", round,
		       workload->name, workload->allocator, nr,
		       measure(workload, nr));
	fflush(stdout);
	destroy_pool();
}

int main(int argc, char **argv)
{
	const unsigned int rounds = argc > 1 ? atoi(argv[1]) : 5;
	unsigned int round, i;

	core_start(MAX_THREADS);
	if (bp_hotplug_register())
		errx(1, "no CPUs");
	for (round = 1; round <= rounds; round++)
		for (i = 0; i < ARRAY_SIZE(workloads); i++)
			compare(&workloads[i], round);
	if (core_nr_warnings())
		errx(1, "the module has given a warning");
	return 0;
}
