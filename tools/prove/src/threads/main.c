// SPDX-License-Identifier: GPL-2.0
/*
 * Threads on one pool: see tools/prove/threads.
 */
#include <getopt.h>
#include <sched.h>
#include <unistd.h>

#include "hotplug.h"
#include "worker.h"

#define NR_PAGES 32768
#define MAX_ORDER 12
#define PAGES_PER_CPU 2560
#define MAX_THREADS 64

/* Nothing takes so long, in seconds, not even with a sanitizer. */
#define PATIENCE 30

static struct worker *workers;
static pthread_t threads[MAX_THREADS];
static pthread_t plug;
static unsigned int seconds = 5;
static bool whatever;
static u64 seed = 1;
static unsigned int nr_results, nr_failed;

static __thread u64 pause_rng;

/* Stay on a CPU for longer now and then, so that others find it busy. */
static void pause_sometimes(void)
{
	if (!pause_rng)
		pause_rng = seed * 2654435761U + gettid();
	if (!rng_below(&pause_rng, 8))
		sched_yield();
}

static void result(bool ok, const char *what)
{
	printf("%sok %u %s\n", ok ? "" : "not ", ++nr_results, what);
	nr_failed += !ok;
}

/* Of a CPU that has gone, nothing may be left behind. */
static void expect_nothing_on(unsigned int nr)
{
	const struct bp_cpu_lists *cpu = per_cpu_ptr(stage.pool->lists.cpu, nr);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++)
		if (bp_stock_look(&cpu->list[i].ready) ||
		    bp_stock_look(&cpu->list[i].spare))
			stage_wrong("CPU %u is gone and keeps blocks", nr);
}

/* CPUs that come and go. */
static void *plug_main(void *arg)
{
	u64 rng = seed + 77;
	unsigned int cpu;

	while (!READ_ONCE(stage.stop)) {
		cpu = rng_below(&rng, stage.nr_cpus);
		usleep(rng_below(&rng, 3000));
		if (core_cpu_down(cpu))
			continue;
		stage.nr_downs++;
		usleep(rng_below(&rng, 1000));
		expect_nothing_on(cpu);
		core_cpu_up(cpu);
	}
	return NULL;
}

static void begin(void)
{
	unsigned int i;

	workers = calloc(stage.nr_threads, sizeof(*workers));
	stage.stamp = calloc(NR_PAGES, sizeof(*stage.stamp));
	if (!workers || !stage.stamp)
		abort();
	for (i = 0; i < stage.nr_threads; i++) {
		workers[i].number = i + 1;
		workers[i].rng = seed * 0x9e3779b97f4a7c15ULL + i + 1;
		pthread_create(&threads[i], NULL, worker_main, &workers[i]);
	}
	pthread_create(&plug, NULL, plug_main, NULL);
}

/* Until the time is up, or nothing goes on. */
static void watch(void)
{
	unsigned int second, idle = 0;
	u64 before = 0, now;

	for (second = 0; second < seconds && !READ_ONCE(stage.stop); second++) {
		sleep(1);
		now = READ_ONCE(stage.nr_calls);
		idle = now == before ? idle + 1 : 0;
		before = now;
		if (idle == PATIENCE) {
			result(false, "the threads go on");
			_exit(1);
		}
	}
	WRITE_ONCE(stage.stop, true);
	/* If they do not end, SIGALRM says so; it counts while all stand still, too. */
	alarm(10 * PATIENCE);
}

static void end(void)
{
	unsigned int i;

	for (i = 0; i < stage.nr_threads; i++)
		pthread_join(threads[i], NULL);
	pthread_join(plug, NULL);
	for (i = 0; i < NR_PARCELS; i++) {
		if (!stage.parcel[i])
			continue;
		stage_own(stage.parcel[i], 1);
		stage_free(stage.parcel[i], 1);
		free(stage.parcel[i]);
	}
	alarm(0);
	free(workers);
}

static void look_at_the_end(void)
{
	struct core_interrupts interrupts;
	char msg[BP_CHECK_MSG_SIZE];
	struct bp_pool_stat stat;
	u32 pfn, owned = 0;
	bool all;

	for (pfn = 0; pfn < NR_PAGES; pfn++)
		owned += !!stage.stamp[pfn];
	result(!stage.failed && !owned, "no page had two owners");
	bp_pool_drain(stage.pool);
	bp_pool_stat(stage.pool, &stat);
	result(!stat.kept_pages, "after a drain no CPU keeps anything");
	if (bp_pool_check(stage.pool, msg, sizeof(msg)))
		printf("# wrong: %s\n", msg);
	result(!strcmp(msg, "ok"), "the checker finds nothing");
	result(stat.free_pages == NR_PAGES, "all pages are free");
	result(stat.counters.allocs == stat.counters.frees,
	       "as many were freed as allocated");
	result(!core_nr_warnings(), "the module gave no warning");
	core_interrupts(&interrupts);
	printf("# %llu calls, %llu allocations among them refused, %llu CPUs went, ",
	       (unsigned long long)stage.nr_calls,
	       (unsigned long long)stage.nr_refused,
	       (unsigned long long)stage.nr_downs);
	printf("%lu interrupts of a task, %lu of an idle CPU\n",
	       interrupts.running, interrupts.idle);
	all = stage.nr_refused && stage.nr_downs && interrupts.running &&
	      interrupts.idle;
	if (!whatever)
		result(all, "all of this happened");
}

static unsigned int number(const char *text, unsigned int high)
{
	const unsigned long value = strtoul(text, NULL, 10);

	if (!value || value > high) {
		fprintf(stderr, "%s is none of 1 to %u\n", text, high);
		exit(2);
	}
	return value;
}

static void parse(int argc, char **argv)
{
	int option;

	stage.nr_cpus = 3;
	stage.nr_threads = 6;
	while ((option = getopt(argc, argv, "ac:n:s:t:")) != -1) {
		switch (option) {
		/* A second may be too short for all of it. */
		case 'a':
			whatever = true;
			break;
		case 'c':
			stage.nr_cpus = number(optarg, CORE_MAX_CPUS);
			break;
		case 'n':
			stage.nr_threads = number(optarg, MAX_THREADS);
			break;
		case 's':
			seed = number(optarg, UINT32_MAX);
			break;
		case 't':
			seconds = number(optarg, 1000000);
			break;
		default:
			exit(2);
		}
	}
}

int main(int argc, char **argv)
{
	parse(argc, argv);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n");
	printf("# %u CPUs, %u threads, %u s, seed %llu\n", stage.nr_cpus,
	       stage.nr_threads, seconds, (unsigned long long)seed);
	core_start(stage.nr_cpus);
	core_pause = pause_sometimes;
	stage.pool = bp_pool_create(NR_PAGES, MAX_ORDER);
	if (bp_hotplug_register() || IS_ERR(stage.pool) ||
	    bp_pool_use_lists(stage.pool, PAGES_PER_CPU))
		return 2;
	begin();
	watch();
	end();
	look_at_the_end();
	bp_pool_destroy(stage.pool);
	bp_hotplug_unregister();
	free(stage.stamp);
	printf("1..%u\n", nr_results);
	return nr_failed != 0;
}
