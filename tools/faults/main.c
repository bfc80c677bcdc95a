// SPDX-License-Identifier: GPL-2.0
/*
 * faults: let whatever the module and the kernel ask for on its behalf fail, one
 * after the other, in every operation, and see that nothing is lost. Prints KTAP.
 *
 *	faults [-f GLOB] MODULE.ko [PARAMETER...]
 *
 * GLOB says which operations; without it, all are tested.
 * The module must not be loaded, and is loaded with these parameters; the pool
 * should be small, and as the scenes need it: 64 pages at least, an order of 4.
 * Exit status 4: this kernel cannot be made to fail.
 */
#include <errno.h>
#include <fnmatch.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "driver.h"
#include "inject.h"
#include "operation.h"
#include "say.h"

static const struct operation *const tables[] = {
	module_operations,
	client_operations,
	block_operations,
	bulk_operations,
	export_operations,
	mapping_operations,
	NULL,
};

static const char usage[] = "usage: faults [-f GLOB] MODULE.ko [PARAMETER...]";
static const char *filter;

static bool is_wanted(const struct operation *operation)
{
	return !filter || !fnmatch(filter, operation->name, 0);
}

/* Test what is wanted, or only count it; returns how many were, or failed. */
static unsigned int for_each(bool test)
{
	const struct operation *const *table, *operation;
	unsigned int number = 0, failed = 0;

	for (table = tables; *table; table++) {
		for (operation = *table; operation->name; operation++) {
			if (!is_wanted(operation))
				continue;
			number++;
			if (test && !operation_test(operation, number))
				failed++;
		}
	}
	return test ? failed : number;
}

/*
 * On one processor, which keeps what has been freed for the next who asks: else
 * a fork may lack memory for a stack, which the kernel would report at length.
 */
static void stay_here(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		say_bail("sched_setaffinity: %s", say_errno(errno));
}

int main(int argc, char **argv)
{
	if (argc > 2 && !strcmp(argv[1], "-f")) {
		filter = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 2) {
		fprintf(stderr, "%s\n", usage);
		return 1;
	}
	say("KTAP version 1");
	if (!inject_init())
		return 4;
	if (driver_is_loaded())
		say_bail("the module is loaded");
	stay_here();
	driver_init(argv[1], argv + 2);
	/* A page of the program's own must not be what there is no memory for. */
	if (mlockall(MCL_CURRENT))
		say_bail("mlockall: %s", say_errno(errno));

	say("1..%u", for_each(false));
	if (for_each(true))
		return 1;
	if (driver_is_loaded() && driver_unload())
		say_bail("the module does not unload: %s", say_errno(errno));
	return 0;
}
