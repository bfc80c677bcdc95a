/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the benchmark in the kernel share: the allocators that are
 * compared ("peers"), the blocks that are allocated at the moment, and how results
 * are printed.
 *
 * Each peer has a file of its own, which compiles the loops of loops.h with its
 * own calls within them, so that no peer pays for an indirect call. They all work
 * on the same slots, one peer at a time.
 */
#ifndef BENCH_H
#define BENCH_H

#include <linux/math64.h>
#include <linux/types.h>

/* What a pool of 1 GiB has, of pages of 4 KiB. */
#define BENCH_NR_PAGES 262144U

/* There are so many slots more, to count the large blocks that are left. */
#define BENCH_NR_SPARE 512U

/* Of calls that allocate or free many. */
#define BENCH_BULK 64U

/* In a full pool, so many pages are free. */
#define BENCH_NR_HOLES 4U

/* In the mixed workloads: order k in one of 2^(k + 1) cases, this one in the rest. */
#define BENCH_MIXED_ORDER 4U

/* No block is larger than this, 2^18 pages. */
#define BENCH_MAX_ORDER 18U

/**
 * struct bench_slots - the blocks that are allocated, each in a slot
 * @block: of each slot; NULL if it is empty
 * @order: of each slot's block
 * @random: random numbers, drawn beforehand; BENCH_NR_PAGES of them
 * @nr: how many slots are in use, for the loops that choose one
 * @hole: the slots that are empty, for bench_loops.needle
 * @nr_failed: allocations that failed
 * @nr_refused: frees that failed, which must not happen
 */
struct bench_slots {
	void **block;
	u8 *order;
	u32 *random;
	u32 nr;
	u32 hole[BENCH_NR_HOLES];
	unsigned long nr_failed;
	unsigned long nr_refused;
};

extern struct bench_slots bench;

/**
 * struct bench_worker - a thread that allocates and frees
 * @held: its blocks; NULL where it has none
 * @state: of its random numbers
 */
struct bench_worker {
	void *held[BENCH_BULK];
	u32 state;
};

/* A piece of work on the slots, or in steps, from @begin up to, not with, @end. */
typedef void bench_work(unsigned int order, u32 begin, u32 end);

/* A thread's work; how many allocations and frees of a page that were. */
typedef unsigned long bench_thread_work(struct bench_worker *worker);

/**
 * struct bench_loops - the workloads, with the calls of one peer
 * @pairs: allocate a block of the order, and free it, in each step
 * @alloc: allocate a block of the order for each slot
 * @free: free the block of each slot, which are all of the order
 * @churn: free a random block, and allocate one of random order up to the one given
 * @needle: allocate BENCH_NR_HOLES pages, and free others
 * @alloc_bulk: as @alloc of pages, BENCH_BULK at a time; NULL if the peer cannot
 * @free_bulk: as @free of pages, BENCH_BULK at a time; NULL if the peer cannot
 * @thread: allocate or free a page at random, many times
 * @thread_bulk: allocate and free BENCH_BULK, many times; NULL if the peer cannot
 */
struct bench_loops {
	bench_work *pairs;
	bench_work *alloc;
	bench_work *free;
	bench_work *churn;
	bench_work *needle;
	bench_work *alloc_bulk;
	bench_work *free_bulk;
	bench_thread_work *thread;
	bench_thread_work *thread_bulk;
};

/**
 * struct bench_peer - an allocator
 * @name: what it is called in the results
 * @bulk_name: the same, of its calls for many; NULL if it has none
 * @nr_pages: what its pool has, or what to take for that
 * @max_order: of its largest block
 * @bounded: it has a pool that can be full
 * @merges: it splits blocks, and merges buddies
 * @create: set it up; 0, or an error
 * @destroy: undo that; what is allocated must have been freed
 * @drain: give back what CPUs keep aside; NULL if there is nothing
 * @loops: the workloads
 */
struct bench_peer {
	const char *name;
	const char *bulk_name;
	u32 nr_pages;
	unsigned int max_order;
	bool bounded;
	bool merges;
	int (*create)(void);
	void (*destroy)(void);
	void (*drain)(void);
	const struct bench_loops *loops;
};

/* All that are compared, ended by NULL; the first two are ours. */
extern const struct bench_peer *const bench_peers[];

extern const struct bench_peer bench_nothing;
extern const struct bench_peer bench_buddypool;
extern const struct bench_peer bench_buddypool_lists;
extern const struct bench_peer bench_buddypool_single;
extern const struct bench_peer bench_pages;
extern const struct bench_peer bench_genpool;
extern const struct bench_peer bench_gpu_buddy;
extern const struct bench_peer bench_slab;

/* The slot that a random number stands for. */
static inline u32 bench_slot(u32 random)
{
	return mul_u32_u32(random, bench.nr) >> 32;
}

/* The order that it stands for; other bits decide than for the slot. */
static inline unsigned int bench_order(u32 random, unsigned int max_order)
{
	return __builtin_ctz(random | 1U << max_order);
}

/* The slot that follows, the first one after the last. */
static inline u32 bench_next(u32 slot)
{
	return slot + 1 < bench.nr ? slot + 1 : 0;
}

/**
 * bench_slots_create() - make the slots, which are empty
 *
 * Return: 0, or -ENOMEM.
 */
int bench_slots_create(void);

/**
 * bench_slots_destroy() - the end of the slots
 */
void bench_slots_destroy(void);

/**
 * bench_draw() - draw new random numbers
 * @seed: what they follow from; 0: go on where the last ones ended
 */
void bench_draw(u64 seed);

/**
 * bench_shuffle() - bring the blocks of the first slots into random order
 * @nr: of how many slots
 */
void bench_shuffle(u32 nr);

/**
 * bench_fill() - allocate blocks of random orders until so many pages are taken
 * @peer: by whom
 * @max_order: the largest order
 * @nr_pages: how many pages, up to one block more
 *
 * Sets bench.nr.
 */
void bench_fill(const struct bench_peer *peer, unsigned int max_order,
		u32 nr_pages);

/**
 * bench_fill_singles() - allocate single pages, for the first slots
 * @peer: by whom
 * @nr: how many
 *
 * Sets bench.nr.
 */
void bench_fill_singles(const struct bench_peer *peer, u32 nr);

/**
 * bench_release() - free the blocks of all slots
 * @peer: by whom
 */
void bench_release(const struct bench_peer *peer);

/**
 * bench_make_holes() - free a few pages of a full pool
 * @peer: by whom; the pool is full, of single pages
 */
void bench_make_holes(const struct bench_peer *peer);

/**
 * bench_begin() - what is printed is of another part now
 * @part: its name
 */
void bench_begin(const char *part);

/**
 * bench_print() - print a result
 * @round: of the rounds of the same measurement, from 1 on
 * @workload: what was measured
 * @allocator: whose it is
 * @metric: what it is a number of
 * @hundredths: the number, times 100
 */
void bench_print(unsigned int round, const char *workload,
		 const char *allocator, const char *metric, u64 hundredths);

/**
 * bench_skip() - say that something cannot be measured
 * @round: nothing is said but in the first one
 * @workload: what is not measured
 * @allocator: whose that is
 * @reason: why, in words
 */
void bench_skip(unsigned int round, const char *workload, const char *allocator,
		const char *reason);

/**
 * bench_settle() - let the others run, such as who reads the log
 */
void bench_settle(void);

/**
 * bench_times() - the part "uml": nanoseconds, packing, failures
 * @nr_rounds: how many times each measurement is made
 *
 * Return: 0, or an error.
 */
int bench_times(unsigned int nr_rounds);

/**
 * bench_packing() - how well large blocks survive the use of small ones
 * @peer: whose, which has a pool that is free as a whole
 */
void bench_packing(const struct bench_peer *peer);

/**
 * bench_counts() - the part "icount": instructions
 *
 * Return: 0, or an error.
 */
int bench_counts(void);

/**
 * bench_worst() - the most that a single call takes, in several states of a pool
 * @peer: whose, which has a pool that is free as a whole
 */
void bench_worst(const struct bench_peer *peer);

/**
 * bench_threads() - the part "smp": the throughput of one thread and of two
 * @nr_rounds: how many times each measurement is made
 *
 * Return: 0, or an error.
 */
int bench_threads(unsigned int nr_rounds);

#endif /* BENCH_H */
