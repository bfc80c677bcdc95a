// SPDX-License-Identifier: GPL-2.0
/*
 * See that the machine works, and the module on it: one thread, in turn on each CPU.
 */
#include "core.h"
#include "hotplug.h"
#include "pool.h"

#define CPUS 3
#define NR_PAGES 4096
#define NR_BLOCKS 200

static unsigned int nr_failed;

static void expect(bool ok, const char *what)
{
	static unsigned int nr;

	printf("%s %u %s\n", ok ? "ok" : "not ok", ++nr, what);
	nr_failed += !ok;
}

static void expect_whole(struct bp_pool *pool, const char *what)
{
	char msg[BP_CHECK_MSG_SIZE];

	if (bp_pool_check(pool, msg, sizeof(msg)))
		printf("# %s\n", msg);
	expect(!strcmp(msg, "ok") && pool->buddy.nr_free_pages == NR_PAGES,
	       what);
}

/* Allocate and free on each CPU, so that its lists are not empty. */
static u32 use_lists(struct bp_pool *pool)
{
	struct bp_lists_stat stat;
	u32 pfn[NR_BLOCKS];
	unsigned int cpu, i;

	for (cpu = 0; cpu < CPUS; cpu++) {
		core_run_on(cpu);
		for (i = 0; i < NR_BLOCKS; i++)
			pfn[i] = bp_pool_alloc_block(pool, i % 3);
		for (i = 0; i < NR_BLOCKS; i++)
			bp_pool_free_block(pool, pfn[i], i % 3);
	}
	bp_lists_stat(&pool->lists, &stat);
	return stat.nr_pages;
}

static void hotplug(struct bp_pool *pool)
{
	struct core_interrupts before, after;
	unsigned int cpu;

	expect(use_lists(pool), "each CPU keeps blocks");
	core_interrupts(&before);
	expect(bp_pool_drain(pool), "a drain gives them back");
	core_interrupts(&after);
	expect(after.idle - before.idle == CPUS, "by an interrupt to each");
	expect_whole(pool, "then all is free");
	for (cpu = 1; cpu < CPUS; cpu++)
		expect(!core_cpu_down(cpu), "a CPU goes");
	expect(core_cpu_down(0) == -EBUSY, "but the last one");
	use_lists(pool);
	expect_whole(pool, "who was there goes on elsewhere");
	for (cpu = 1; cpu < CPUS; cpu++)
		expect(!core_cpu_up(cpu), "a CPU comes");
}

static void fail_to_create(void)
{
	struct bp_pool *pool = ERR_PTR(-ENOMEM);
	long after;

	for (after = 0; IS_ERR(pool); after++) {
		core_memory_fail(after);
		pool = bp_pool_create(NR_PAGES, 10);
		expect(after < 5 ? IS_ERR(pool) : !IS_ERR(pool),
		       "a pool needs five pieces of memory");
	}
	core_memory_fail(-1);
	bp_pool_destroy(pool);
	expect(!core_memory_used(), "and no pool none");
}

int main(void)
{
	struct bp_pool *pool;

	core_start(CPUS);
	fail_to_create();
	if (bp_hotplug_register())
		return 1;
	pool = bp_pool_create(NR_PAGES, 10);
	expect(!IS_ERR(pool) && !bp_pool_use_lists(pool, 512), "a pool");
	hotplug(pool);
	bp_pool_destroy(pool);
	bp_hotplug_unregister();
	expect(!core_nr_warnings(), "no warnings");
	return nr_failed != 0;
}
