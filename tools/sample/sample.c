// SPDX-License-Identifier: GPL-2.0
/*
 * A sample of a module that uses pools of its own: threads, one on each CPU at
 * first, that allocate blocks of random orders, one by one and in bulk, write
 * their mark into each page, and find it there when they free the block.
 *
 * Loading it runs the threads for a while, and fails with -EIO if anything was
 * not as it must be.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/buddypool.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/slab.h>

#define MAX_ORDER_OF_POOL 10
#define NR_HELD 64
#define NR_BULK 32

static unsigned long size = 64 << 20;
module_param(size, ulong, 0444);
MODULE_PARM_DESC(size, "size of the pool, in bytes (default 64 MiB)");

static unsigned int percpu_pages = 640;
module_param(percpu_pages, uint, 0444);
MODULE_PARM_DESC(percpu_pages, "pages that each CPU may keep (default 640)");

static unsigned int duration = 1000;
module_param(duration, uint, 0444);
MODULE_PARM_DESC(duration, "how long the threads run, in ms (default 1000)");

/**
 * struct worker - a thread
 * @pool: the pool, which it shares with the others
 * @mark: what it writes into its pages
 * @end: when to end, in jiffies
 * @rng: its random numbers
 * @wrong: a page was somebody else's, or a free was refused
 * @nr_ops: blocks allocated and freed
 * @held: its blocks; NULL where it has none
 * @order: their orders
 * @done: it has ended
 */
struct worker {
	struct buddypool *pool;
	u64 mark;
	unsigned long end;
	struct rnd_state rng;
	bool wrong;
	unsigned long nr_ops;
	void *held[NR_HELD];
	unsigned int order[NR_HELD];
	struct completion done;
};

/* Small ones mostly, and now and then one of 2 MiB. */
static unsigned int random_order(struct worker *worker)
{
	const u32 number = prandom_u32_state(&worker->rng);

	return number % 64 ? number / 64 % 5 : 9;
}

static void mark(const struct worker *worker, void *block, unsigned int order)
{
	unsigned int page;

	for (page = 0; page < 1U << order; page++)
		*(u64 *)(block + page * PAGE_SIZE) = worker->mark;
}

static void verify(struct worker *worker, const void *block, unsigned int order)
{
	unsigned int page;

	for (page = 0; page < 1U << order; page++)
		if (*(const u64 *)(block + page * PAGE_SIZE) != worker->mark)
			worker->wrong = true;
}

static void put(struct worker *worker, unsigned int nr)
{
	verify(worker, worker->held[nr], worker->order[nr]);
	if (buddypool_free(worker->pool, worker->held[nr], worker->order[nr]))
		worker->wrong = true;
	worker->held[nr] = NULL;
	worker->nr_ops++;
}

/* There need not be one. */
static void get(struct worker *worker, unsigned int nr)
{
	const unsigned int order = random_order(worker);
	void *block = buddypool_alloc(worker->pool, order);

	if (!block)
		return;
	mark(worker, block, order);
	worker->held[nr] = block;
	worker->order[nr] = order;
	worker->nr_ops++;
}

static void bulk(struct worker *worker)
{
	unsigned int i, got;
	void *blocks[NR_BULK];

	got = buddypool_alloc_bulk(worker->pool, 0, NR_BULK, blocks);
	for (i = 0; i < got; i++)
		mark(worker, blocks[i], 0);
	for (i = 0; i < got; i++)
		verify(worker, blocks[i], 0);
	if (buddypool_free_bulk(worker->pool, 0, got, blocks) != got)
		worker->wrong = true;
	worker->nr_ops += 2 * got;
}

static int work(void *data)
{
	struct worker *worker = data;
	unsigned int nr;

	while (time_before(jiffies, worker->end)) {
		nr = prandom_u32_state(&worker->rng) % (NR_HELD + 1);
		if (nr == NR_HELD)
			bulk(worker);
		else if (worker->held[nr])
			put(worker, nr);
		else
			get(worker, nr);
		cond_resched();
	}
	for (nr = 0; nr < NR_HELD; nr++)
		if (worker->held[nr])
			put(worker, nr);
	kthread_complete_and_exit(&worker->done, 0);
}

static int start(struct worker *worker, struct buddypool *pool,
		 unsigned int cpu)
{
	struct task_struct *task;

	worker->pool = pool;
	worker->mark = get_random_u64();
	worker->end = jiffies + msecs_to_jiffies(duration);
	prandom_seed_state(&worker->rng, worker->mark);
	init_completion(&worker->done);
	task = kthread_create(work, worker, "buddypool_sample/%u", cpu);
	if (IS_ERR(task))
		return PTR_ERR(task);
	/* No more than a hint: the CPU may go meanwhile. */
	set_cpus_allowed_ptr(task, cpumask_of(cpu));
	wake_up_process(task);
	return 0;
}

/* Everything is free again, and together. */
static int examine(struct buddypool *pool)
{
	const unsigned int nr = size >> PAGE_SHIFT >> MAX_ORDER_OF_POOL;
	void **blocks = kcalloc(nr, sizeof(*blocks), GFP_KERNEL);
	unsigned int got;
	char msg[128];
	int err;

	if (!blocks)
		return -ENOMEM;
	got = buddypool_alloc_bulk(pool, MAX_ORDER_OF_POOL, nr, blocks);
	if (got != nr)
		pr_err("of %u blocks, %u are there\n", nr, got);
	if (buddypool_free_bulk(pool, MAX_ORDER_OF_POOL, got, blocks) != got)
		got = 0;
	kfree(blocks);
	err = buddypool_check(pool, msg, sizeof(msg));
	if (err)
		pr_err("the pool is not consistent: %s\n", msg);
	return err || got != nr ? -EIO : 0;
}

static int run(struct buddypool *pool, struct worker *workers)
{
	unsigned int cpu, nr = 0, i;
	unsigned long nr_ops = 0;
	bool wrong = false;
	int err = 0;

	for_each_online_cpu(cpu) {
		err = start(&workers[nr], pool, cpu);
		if (err)
			break;
		nr++;
	}
	for (i = 0; i < nr; i++) {
		wait_for_completion(&workers[i].done);
		wrong |= workers[i].wrong;
		nr_ops += workers[i].nr_ops;
	}
	if (err)
		return err;
	pr_info("%u threads, %lu operations in %u ms%s\n", nr, nr_ops, duration,
		wrong ? ", and something was wrong" : "");
	return wrong ? -EIO : examine(pool);
}

static int __init sample_init(void)
{
	struct worker *workers;
	struct buddypool *pool;
	int err;

	pool = buddypool_create(size, MAX_ORDER_OF_POOL, percpu_pages);
	if (IS_ERR(pool))
		return PTR_ERR(pool);
	workers = kcalloc(num_possible_cpus(), sizeof(*workers), GFP_KERNEL);
	err = workers ? run(pool, workers) : -ENOMEM;
	kfree(workers);
	buddypool_destroy(pool);
	return err;
}

static void __exit sample_exit(void)
{
}

module_init(sample_init);
module_exit(sample_exit);

MODULE_DESCRIPTION("A sample of a module that uses pools of its own");
MODULE_LICENSE("GPL");
