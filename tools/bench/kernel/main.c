// SPDX-License-Identifier: GPL-2.0
/*
 * The part of the benchmark that runs in the kernel. Loading the module runs it,
 * and prints the results to the log.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/string.h>

#include "bench.h"

static char *part = "uml";
module_param(part, charp, 0444);
MODULE_PARM_DESC(part, "what to measure: uml, icount or smp (default uml)");

static unsigned int rounds = 5;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "how often to measure times (default 5)");

static unsigned long seed = 1;
module_param(seed, ulong, 0444);
MODULE_PARM_DESC(seed, "of the random numbers (default 1)");

const struct bench_peer *const bench_peers[] = { &bench_buddypool,
						 &bench_pages,
						 &bench_genpool,
						 &bench_gpu_buddy,
						 &bench_slab,
						 &bench_nothing,
						 NULL };

/* All that times are measured of is there from the beginning. */
static const struct bench_peer *const at_once[] = {
	&bench_buddypool, &bench_buddypool_single, &bench_pages,
	&bench_genpool,   &bench_gpu_buddy,        &bench_slab,
	&bench_nothing,
};

static int with_peers(int (*run)(unsigned int nr_rounds))
{
	unsigned int nr;
	int err = 0;

	for (nr = 0; nr < ARRAY_SIZE(at_once); nr++) {
		err = at_once[nr]->create();
		if (err)
			break;
	}
	if (!err)
		err = run(rounds);
	while (nr--)
		at_once[nr]->destroy();
	return err;
}

static int run_part(void)
{
	bench_begin(part);
	bench_draw(seed);
	if (!strcmp(part, "uml"))
		return with_peers(bench_times);
	if (!strcmp(part, "icount"))
		return bench_counts();
	if (!strcmp(part, "smp"))
		return with_peers(bench_threads);
	return -EINVAL;
}

static int __init bench_init(void)
{
	int err = bench_slots_create();

	if (err)
		return err;
	err = run_part();
	if (bench.nr_refused) {
		pr_err("%lu frees were refused\n", bench.nr_refused);
		err = -EIO;
	}
	bench_slots_destroy();
	return err;
}

static void __exit bench_exit(void)
{
}

module_init(bench_init);
module_exit(bench_exit);

MODULE_DESCRIPTION("What buddypool takes, and other allocators");
MODULE_LICENSE("GPL");
