// SPDX-License-Identifier: GPL-2.0
/*
 * The part "smp": how much one thread does on a CPU of its own, and how much two
 * do. Threads that allocate nothing show how much more two of them can do where the
 * host has not two processors for them all the time.
 *
 * Before, pages that lie together have been freed on both CPUs in turn: so it is after
 * some time of use, and what a CPU keeps for itself then can be in another one's way.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "bench.h"

#define MAX_THREADS 2U

/* Pages that are freed on both CPUs in turn. */
#define NR_MIXED (4 * BENCH_BULK)
#define DURATION_NS (300 * NSEC_PER_MSEC)

/**
 * struct thread - one of them
 * @worker: what it works with
 * @work: what it does, again and again
 * @task: itself
 * @begin: wait for this time, in ns
 * @nr_ops: how many operations it has done
 * @ns: how long it took
 * @done: it has ended
 */
struct thread {
	struct bench_worker worker;
	bench_thread_work *work;
	struct task_struct *task;
	u64 begin;
	unsigned long nr_ops;
	u64 ns;
	struct completion done;
} ____cacheline_aligned_in_smp;

static struct thread threads[MAX_THREADS];

static int run(void *data)
{
	struct thread *thread = data;
	u64 now;

	while (ktime_get_ns() < thread->begin)
		cpu_relax();
	do {
		thread->nr_ops += thread->work(&thread->worker);
		cond_resched();
		now = ktime_get_ns();
	} while (now - thread->begin < DURATION_NS);
	thread->ns = now - thread->begin;
	complete(&thread->done);
	return 0;
}

static int create(unsigned int nr, bench_thread_work *work)
{
	struct thread *thread = &threads[nr];

	memset(thread, 0, sizeof(*thread));
	thread->worker.state = nr + 1;
	thread->work = work;
	init_completion(&thread->done);
	thread->task = kthread_create(run, thread, "buddypool_bench/%u", nr);
	if (IS_ERR(thread->task))
		return PTR_ERR(thread->task);
	kthread_bind(thread->task, nr);
	return 0;
}

/* Time to wake all of them up, so that they begin together. */
static void start(unsigned int nr_threads)
{
	const u64 begin = ktime_get_ns() + 10 * NSEC_PER_MSEC;
	unsigned int i;

	for (i = 0; i < nr_threads; i++) {
		threads[i].begin = begin;
		wake_up_process(threads[i].task);
	}
}

/**
 * struct part - pages that are freed on a CPU
 * @peer: whose they are
 * @begin: the slot of the first one; each second one from there on
 */
struct part {
	const struct bench_peer *peer;
	u32 begin;
};

static int free_part(void *data)
{
	const struct part *part = data;
	u32 i;

	for (i = part->begin; i < NR_MIXED; i += MAX_THREADS)
		part->peer->loops->free(0, i, i + 1);
	return 0;
}

static int mix(const struct bench_peer *peer)
{
	struct part part = { .peer = peer };
	int err;

	peer->loops->alloc(0, 0, NR_MIXED);
	for (part.begin = 0; part.begin < MAX_THREADS; part.begin++) {
		err = smp_call_on_cpu(part.begin, free_part, &part, false);
		if (err)
			return err;
	}
	return 0;
}

/* What a thread still holds, somebody has to free. */
static void put(const struct bench_peer *peer, struct bench_worker *worker)
{
	memcpy(bench.block, worker->held, sizeof(worker->held));
	peer->loops->free(0, 0, BENCH_BULK);
}

static int measure(const struct bench_peer *peer, bench_thread_work *work,
		   unsigned int nr_threads, u64 *per_second)
{
	unsigned int i;
	int err;

	err = mix(peer);
	if (err)
		return err;
	for (i = 0; i < nr_threads; i++) {
		err = create(i, work);
		if (err)
			goto stop;
	}
	bench_settle();
	start(nr_threads);
	*per_second = 0;
	for (i = 0; i < nr_threads; i++) {
		wait_for_completion(&threads[i].done);
		*per_second += mul_u64_u64_div_u64(threads[i].nr_ops,
						   NSEC_PER_SEC, threads[i].ns);
		put(peer, &threads[i].worker);
	}
	return 0;
stop:
	while (i--)
		kthread_stop(threads[i].task);
	return err;
}

static int compare(const struct bench_peer *peer, const char *workload,
		   bench_thread_work *work, unsigned int round)
{
	unsigned int nr;
	char name[32];
	u64 per_second;
	int err;

	for (nr = 1; nr <= MAX_THREADS; nr++) {
		err = measure(peer, work, nr, &per_second);
		if (err)
			return err;
		snprintf(name, sizeof(name), "%s-%u", peer->name, nr);
		bench_print(round, workload, name, "ops_per_s",
			    per_second * 100);
	}
	return 0;
}

static int compare_peer(const struct bench_peer *peer, unsigned int round)
{
	const int err = compare(peer, "smp-0", peer->loops->thread, round);

	return err   ?:
		       compare(peer, "smp-bulk", peer->loops->thread_bulk,
			       round);
}

int bench_threads(unsigned int nr_rounds)
{
	unsigned int round;
	int err = 0;

	if (num_online_cpus() < MAX_THREADS) {
		pr_err("there are not %u CPUs\n", MAX_THREADS);
		return -ENODEV;
	}
	for (round = 1; round <= nr_rounds && !err; round++)
		err = compare_peer(&bench_buddypool, round)     ?:
			      compare_peer(&bench_pages, round) ?:
			      compare_peer(&bench_slab, round)  ?:
			      compare_peer(&bench_nothing, round);
	return err;
}
