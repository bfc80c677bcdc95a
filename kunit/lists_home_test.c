// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU lists: what two CPUs keep of the same words, and that this does not send
 * them to the pool again and again.
 *
 * The cases go from one CPU to another as they need it.
 */
#include "lists.h"

#include <linux/cpumask.h>
#include <linux/prandom.h>
#include <linux/sched.h>

#include "listlib.h"
#include "pool.h"
#include "testlib.h"

#define CPUS 2
#define SLOTS 64
#define STEPS 20000

/**
 * struct trial - blocks that are allocated on some CPUs and freed on others
 * @pool: where they are of
 * @held: of each CPU, in some slots
 * @rng: random numbers
 */
struct trial {
	struct bp_pool *pool;
	u32 held[CPUS][SLOTS];
	struct rnd_state rng;
};

static void go_to(struct kunit *test, unsigned int cpu)
{
	KUNIT_ASSERT_EQ(test, 0,
			set_cpus_allowed_ptr(current, cpumask_of(cpu)));
}

static struct trial *new_trial(struct kunit *test)
{
	struct trial *trial = kunit_kzalloc(test, sizeof(*trial), GFP_KERNEL);
	unsigned int cpu, i;

	KUNIT_ASSERT_NOT_NULL(test, trial);
	for (cpu = 0; cpu < CPUS; cpu++) {
		if (!cpu_online(cpu))
			kunit_skip(test, "there are not %u CPUs", CPUS);
		for (i = 0; i < SLOTS; i++)
			trial->held[cpu][i] = BP_NO_PAGE;
	}
	trial->pool = bp_test_lists(test);
	prandom_seed_state(&trial->rng, 1);
	return trial;
}

static u32 number(struct trial *trial, u32 below)
{
	return prandom_u32_state(&trial->rng) % below;
}

/* What has gone past the lists so far. */
static u64 nr_past(const struct trial *trial)
{
	return trial->pool->counters.allocs + trial->pool->counters.frees;
}

/* Any slot is emptied if there is a block, else filled. */
static void step(struct kunit *test, struct trial *trial, unsigned int cpu)
{
	u32 *held = &trial->held[cpu][number(trial, SLOTS)];

	if (*held == BP_NO_PAGE) {
		*held = bp_test_must_alloc(test, trial->pool, 0);
	} else {
		bp_test_must_free(test, trial->pool, *held, 0);
		*held = BP_NO_PAGE;
	}
}

static void steps(struct kunit *test, struct trial *trial, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++) {
		const unsigned int cpu = i / SLOTS % CPUS;

		if (i % SLOTS == 0)
			go_to(test, cpu);
		step(test, trial, cpu);
	}
}

static void free_held(struct kunit *test, struct trial *trial)
{
	unsigned int cpu, i;

	for (cpu = 0; cpu < CPUS; cpu++)
		for (i = 0; i < SLOTS; i++)
			if (trial->held[cpu][i] != BP_NO_PAGE)
				bp_test_must_free(test, trial->pool,
						  trial->held[cpu][i], 0);
}

/* Pages of the same words are freed on all CPUs in turn. */
static void mix(struct kunit *test, struct trial *trial)
{
	const u32 nr = 4 * SLOTS;
	u32 *pfns = kunit_kcalloc(test, nr, sizeof(*pfns), GFP_KERNEL), i;
	unsigned int cpu;

	KUNIT_ASSERT_NOT_NULL(test, pfns);
	for (i = 0; i < nr; i++)
		pfns[i] = bp_test_must_alloc(test, trial->pool, 0);
	for (cpu = 0; cpu < CPUS; cpu++) {
		go_to(test, cpu);
		for (i = cpu; i < nr; i += CPUS)
			bp_test_must_free(test, trial->pool, pfns[i], 0);
	}
}

/* How many words have pages that both CPUs have ready. */
static u32 nr_shared(const struct trial *trial)
{
	u8 seen[BP_TEST_LISTS_PAGES / BP_WORD_UNITS] = {};
	unsigned int cpu;
	u32 i, nr = 0;

	for (cpu = 0; cpu < CPUS; cpu++) {
		const struct bp_stock *stock =
			&per_cpu_ptr(trial->pool->lists.cpu, cpu)->list[0].ready;

		for (i = stock->begin; i < stock->end; i++)
			seen[stock->pfn[i] / BP_WORD_UNITS] |= 1U << cpu;
	}
	for (i = 0; i < ARRAY_SIZE(seen); i++)
		nr += seen[i] == (1U << CPUS) - 1;
	return nr;
}

/* CPUs that have pages of the same words soon have not, and then keep to theirs. */
static void words_are_divided(struct kunit *test)
{
	struct trial *trial = new_trial(test);
	u64 before;

	mix(test, trial);
	KUNIT_EXPECT_GT(test, nr_shared(trial), 0);
	steps(test, trial, STEPS);
	KUNIT_EXPECT_EQ(test, nr_shared(trial), 0);
	before = nr_past(trial);
	steps(test, trial, STEPS);
	KUNIT_EXPECT_LE(test, nr_past(trial) - before, STEPS / 1000);
	free_held(test, trial);
}

/* Where pages are freed on any CPU, there is no end of it, but few go to the pool. */
static void what_is_shared_stays(struct kunit *test)
{
	struct trial *trial = new_trial(test);
	const u32 nr = 4096;
	u32 *pfns = bp_test_vzalloc(test, nr * sizeof(*pfns)), i;
	u64 before;

	for (i = 0; i < nr; i++)
		pfns[i] = bp_test_must_alloc(test, trial->pool, 0);
	before = nr_past(trial);
	for (i = 0; i < STEPS; i++) {
		u32 *pfn = &pfns[number(trial, nr)];

		if (i % SLOTS == 0)
			go_to(test, number(trial, CPUS));
		bp_test_must_free(test, trial->pool, *pfn, 0);
		*pfn = bp_test_must_alloc(test, trial->pool, 0);
	}
	KUNIT_EXPECT_LE(test, nr_past(trial) - before, STEPS / 50);
	for (i = 0; i < nr; i++)
		bp_test_must_free(test, trial->pool, pfns[i], 0);
}

/* Nor do batches that are smaller than a word, of which each CPU has its own. */
static void bulk_keeps_to_its_words(struct kunit *test)
{
	struct trial *trial = new_trial(test);
	static const u32 numbers[] = { 64, 48, 16, 8 };
	unsigned int i, round;
	u64 before = 0;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		for (round = 0; round < 400; round++) {
			const unsigned int cpu = round % CPUS;
			u32 *held = trial->held[cpu];
			const u32 nr = numbers[i];

			if (round == 200)
				before = nr_past(trial);
			go_to(test, cpu);
			if (held[0] != BP_NO_PAGE)
				KUNIT_ASSERT_EQ(test, nr,
						bp_pool_free_bulk(trial->pool,
								  0, held, nr));
			KUNIT_ASSERT_EQ(test, nr,
					bp_pool_alloc_bulk(trial->pool, 0, held,
							   nr));
		}
		KUNIT_EXPECT_EQ(test, nr_past(trial), before);
		for (round = 0; round < CPUS; round++) {
			go_to(test, round);
			KUNIT_ASSERT_EQ(test, numbers[i],
					bp_pool_free_bulk(trial->pool, 0,
							  trial->held[round],
							  numbers[i]));
			trial->held[round][0] = BP_NO_PAGE;
		}
		bp_pool_drain(trial->pool);
		bp_test_calm_down(test, trial->pool);
	}
}

/* A full pool has nothing better than what is at home elsewhere: it is used. */
static void full_pool_uses_others(struct kunit *test)
{
	struct trial *trial = new_trial(test);
	u32 *pfns = bp_test_vzalloc(test, BP_TEST_LISTS_PAGES * sizeof(*pfns));
	u32 i;

	go_to(test, 0);
	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		pfns[i] = bp_test_must_alloc(test, trial->pool, 0);
	go_to(test, 1);
	for (i = 0; i < 100; i++)
		bp_test_must_free(test, trial->pool, pfns[i], 0);
	for (i = 0; i < 100; i++)
		pfns[i] = bp_test_must_alloc(test, trial->pool, 0);
	KUNIT_EXPECT_TRUE(test, trial->pool->lists.on);
	for (i = 0; i < BP_TEST_LISTS_PAGES; i++)
		bp_test_must_free(test, trial->pool, pfns[i], 0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(words_are_divided),
	KUNIT_CASE(what_is_shared_stays),
	KUNIT_CASE(bulk_keeps_to_its_words),
	KUNIT_CASE(full_pool_uses_others),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_lists_home",
	.init = bp_test_bind,
	.suite_init = bp_test_follow_cpus,
	.suite_exit = bp_test_follow_no_cpus,
	.test_cases = cases,
};

kunit_test_suite(suite);
