// SPDX-License-Identifier: GPL-2.0
/*
 * See that the machine works, and the module on it.
 */
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/buddypool.h>

#include "core.h"
#include "hotplug.h"
#include "pool.h"

#define CPUS 3
#define NR_PAGES 4096
#define NR_BLOCKS 200

static struct bp_pool *pool;
static unsigned int nr_results, nr_failed;

static void expect(bool ok, const char *what)
{
	printf("%sok %u %s\n", ok ? "" : "not ", ++nr_results, what);
	nr_failed += !ok;
}

static void expect_whole(const char *what)
{
	char msg[BP_CHECK_MSG_SIZE];

	if (bp_pool_check(pool, msg, sizeof(msg)))
		printf("# %s\n", msg);
	expect(!strcmp(msg, "ok") && pool->buddy.nr_free_pages == NR_PAGES,
	       what);
}

static void fail_to_follow_cpus(void)
{
	core_memory_fail(0);
	expect(bp_hotplug_register() == -ENOMEM, "to follow CPUs takes memory");
	core_memory_fail(-1);
	expect(PTR_ERR(buddypool_create(NR_PAGES * PAGE_SIZE, 10, 512)) ==
		       -EINVAL,
	       "if nobody does, none keeps blocks of a pool");
}

static void fail_to_create(void)
{
	struct bp_pool *other = ERR_PTR(-ENOMEM);
	const unsigned long before = core_memory_used();
	long after;

	for (after = 0; IS_ERR(other); after++) {
		core_memory_fail(after);
		other = bp_pool_create(NR_PAGES, 10);
	}
	core_memory_fail(-1);
	expect(after == 6, "a pool needs five pieces of memory");
	bp_pool_destroy(other);
	expect(core_memory_used() == before, "which its end gives back");
}

/* Allocate and free on each CPU, so that its lists are not empty. */
static u32 use_lists(void)
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

static void unplug(void)
{
	struct core_interrupts before, after;
	unsigned int cpu;

	expect(use_lists(), "each CPU keeps blocks");
	core_interrupts(&before);
	expect(bp_pool_drain(pool), "a drain gives them back");
	core_interrupts(&after);
	expect(after.idle - before.idle == CPUS, "by an interrupt to each");
	expect_whole("then all is free");
	for (cpu = 1; cpu < CPUS; cpu++)
		expect(!core_cpu_down(cpu), "a CPU goes");
	expect(core_cpu_down(0) == -EBUSY, "but the last one");
	use_lists();
	expect_whole("who was there goes on elsewhere");
	for (cpu = 1; cpu < CPUS; cpu++)
		expect(!core_cpu_up(cpu), "a CPU comes");
}

static void *drain_main(void *arg)
{
	const unsigned int *cpu = arg;

	bp_pool_drain_cpu(pool, *cpu);
	return NULL;
}

static unsigned long nr_interrupts(void)
{
	struct core_interrupts interrupts;

	core_interrupts(&interrupts);
	return interrupts.running;
}

static void interrupt(void)
{
	struct bp_cpu_lists *lists = bp_lists_enter(&pool->lists);
	const unsigned long before = nr_interrupts();
	unsigned int cpu = smp_processor_id();
	pthread_t thread;

	pthread_create(&thread, NULL, drain_main, &cpu);
	while (nr_interrupts() - before < 2)
		sched_yield();
	bp_lists_leave(lists);
	pthread_join(thread, NULL);
	expect_whole("whoever is at work on his lists is interrupted again");
}

static bool refuses(size_t size)
{
	return PTR_ERR(buddypool_create(size, 10, 0)) == -EINVAL;
}

/* The functions of <linux/buddypool.h>. */
static void serve_other_modules(void)
{
	const size_t size = NR_PAGES * PAGE_SIZE;
	void *blocks[NR_BLOCKS], *block;
	char msg[BP_CHECK_MSG_SIZE];
	struct buddypool *other;
	unsigned int nr;

	expect(refuses(0), "a module's pool has pages");
	expect(refuses(size + 1), "which are whole");
	expect(refuses(size << 20), "and not too many");
	other = buddypool_create(size, 10, 512);
	block = buddypool_alloc(other, 3);
	expect(block, "it has blocks");
	expect(buddypool_page(other, block)->address == block, "of its pages");
	expect(buddypool_free(other, block + 1, 3) == -ERANGE,
	       "which are freed where they begin");
	expect(!buddypool_free(other, block, 3), "and only there");
	expect(buddypool_free(other, block, 3) == -ENOENT, "once");
	expect(!buddypool_alloc(other, 11), "none is larger than the largest");

	nr = buddypool_alloc_bulk(other, 0, NR_BLOCKS, blocks);
	expect(nr == NR_BLOCKS, "there are many at a time");
	block = blocks[NR_BLOCKS - 1];
	blocks[NR_BLOCKS - 1] = msg;
	nr = buddypool_free_bulk(other, 0, NR_BLOCKS, blocks);
	expect(nr == NR_BLOCKS - 1, "freed up to the first that is none");
	expect(!buddypool_free(other, block, 0), "which is left alone");
	nr = buddypool_alloc_bulk(other, 9, NR_BLOCKS, blocks);
	expect(nr == NR_PAGES >> 9, "and no more than there are");
	expect(buddypool_free_bulk(other, 9, nr, blocks) == nr, "all of them");

	buddypool_drain(other);
	expect(!buddypool_check(other, msg, sizeof(msg)),
	       "it is as it must be");
	buddypool_destroy(other);
}

static void refer(void)
{
	struct page *page;
	u32 pfn;

	pfn = bp_pool_alloc_block(pool, 2);
	page = bp_pool_show_page(pool, pfn + 2);
	memset(page->address, 1, PAGE_SIZE);
	expect(bp_pool_unreferenced(pool, pfn, 4) == 4, "nobody uses a page");
	core_page_get(page);
	expect(bp_pool_unreferenced(pool, pfn, 4) == 2, "somebody does");
	core_page_put(page);
	bp_pool_free(pool, pfn, 4, true);
	page = bp_pool_show_page(pool, bp_pool_alloc_block(pool, 2) + 2);
	expect(!memchr_inv(page->address, 0, PAGE_SIZE),
	       "who has it next does not see what was in it");
	bp_pool_free(pool, pfn, 4, true);
}

/**
 * struct wait - a thread that waits for memory
 * @task: the task that it stands for
 * @err: what came of it
 * @pfn: what it got
 */
struct wait {
	struct task_struct *task;
	int err;
	u32 pfn;
};

/* No more than there can be, all of which somebody has. */
static int wait_for_memory(ktime_t *expires, u32 *pfn)
{
	const struct bp_request request = { .nr_pages = 1024 };
	struct bp_failure failure = {};

	return bp_pool_alloc_wait(pool, &request, expires, pfn, &failure);
}

static void *wait_main(void *arg)
{
	struct wait *wait = arg;

	__atomic_store_n(&wait->task, current, __ATOMIC_RELEASE);
	wait->err = wait_for_memory(NULL, &wait->pfn);
	return NULL;
}

static bool is_waiting(const struct wait *wait)
{
	struct task_struct *task =
		__atomic_load_n(&wait->task, __ATOMIC_ACQUIRE);
	struct bp_pool_stat stat;

	/* On its way there it sleeps for nothing else. */
	if (!task || !core_task_is_asleep(task))
		return false;
	bp_pool_stat(pool, &stat);
	return stat.nr_waiters == 1;
}

/* It does not only stand in the queue: what comes now has to wake it. */
static void begin_to_wait(pthread_t *thread, struct wait *wait)
{
	*wait = (struct wait){};
	pthread_create(thread, NULL, wait_main, wait);
	while (!is_waiting(wait))
		usleep(100);
}

static void wait_and_wake(void)
{
	struct timespec time;
	u32 pfn[4], other, i;
	pthread_t thread;
	struct wait wait;
	ktime_t expires;

	for (i = 0; i < 4; i++)
		pfn[i] = bp_pool_alloc_block(pool, 10);
	clock_gettime(CLOCK_MONOTONIC, &time);
	expires = time.tv_sec * 1000000000 + time.tv_nsec + 1000000;
	expect(wait_for_memory(&expires, &other) == -ETIMEDOUT,
	       "a wait ends when its time is up");
	begin_to_wait(&thread, &wait);
	core_task_kill(wait.task);
	pthread_join(thread, NULL);
	expect(wait.err == -EINTR, "or the task is killed");
	begin_to_wait(&thread, &wait);
	WRITE_ONCE(pool->chances.nr_sleepers, 1);
	bp_pool_free_block(pool, pfn[0], 10);
	pthread_join(thread, NULL);
	expect(!wait.err && wait.pfn == pfn[0], "or there is memory");
	expect(READ_ONCE(pool->chances.nr_wakes), "who polls is told");
	WRITE_ONCE(pool->chances.nr_sleepers, 0);
	for (i = 0; i < 4; i++)
		bp_pool_free_block(pool, pfn[i], 10);
	expect_whole("and then all is free again");
}

static void sleep_on_cpu(void)
{
	preempt_disable();
	bp_pool_drain(pool);
}

static void sleep_with_spinlock(void)
{
	spin_lock(&pool->lock);
	mutex_lock(&pool->lists.drain);
}

static void look_at_lists(void)
{
	if (this_cpu_ptr(pool->lists.cpu)->busy)
		abort();
}

static void chance_without_lock(void)
{
	bp_pool_give_chance(pool);
}

static void expect_death(void (*func)(void), const char *what)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		/* What it says is expected. */
		fclose(stderr);
		func();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, what);
}

int main(void)
{
	printf("KTAP version 1\n");
	core_start(CPUS);
	fail_to_follow_cpus();
	if (bp_hotplug_register())
		return 1;
	pool = bp_pool_create(NR_PAGES, 10);
	expect(!IS_ERR(pool) && !bp_pool_use_lists(pool, 512), "a pool");
	fail_to_create();
	unplug();
	interrupt();
	serve_other_modules();
	refer();
	wait_and_wake();
	expect_death(sleep_on_cpu, "to sleep with preemption off is found");
	expect_death(sleep_with_spinlock, "or with a spinlock");
	expect_death(look_at_lists, "to look at lists with preemption on");
	expect_death(chance_without_lock, "or to go without a lock");
	bp_pool_destroy(pool);
	bp_hotplug_unregister();
	expect(!core_memory_used(), "no memory is left");
	expect(!core_nr_warnings(), "no warning was given");
	printf("1..%u\n", nr_results);
	return nr_failed != 0;
}
