// SPDX-License-Identifier: GPL-2.0
/*
 * The pool must be after a test what it was before
 */
#include "harness.h"

#include <fcntl.h>
#include <linux/buddypool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "guard.h"
#include "pool.h"
#include "report.h"
#include "ticks.h"

/* The first line of a small file; false if it cannot be read. */
static bool first_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");
	bool ok;

	if (!file)
		return false;
	ok = fgets(line, size, file);
	fclose(file);
	if (ok)
		line[strcspn(line, "\n")] = '\0';
	return ok;
}

/**
 * guard_init() - say what cannot be watched here, and whether others are about
 */
void guard_init(void)
{
	struct guard guard;
	char line[200];

	if (!first_line(options.check, line, sizeof(line)))
		report_line("# %s cannot be read: its verdict is left out",
			    options.check);
	guard_take(&guard);
	if (guard.blocks || guard.clients != 1)
		report_line("# the pool is in use: expect failures");
}

/**
 * guard_take() - remember how the pool is
 * @guard: where
 */
void guard_take(struct guard *guard)
{
	struct buddypool_stat stat;
	char line[32];
	int fd;

	memset(guard, 0, sizeof(*guard));
	memset(&stat, 0, sizeof(stat));
	fd = open(options.device, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		report_fail("%s cannot be opened: %s", options.device,
			    strerror(errno));
		return;
	}
	if (ioctl(fd, BUDDYPOOL_IOC_STAT, &stat))
		report_fail("STAT fails: %s", strerror(errno));
	close(fd);
	guard->free_pages = stat.free_pages;
	guard->blocks = stat.blocks;
	guard->clients = stat.clients;
	guard->waiting = stat.waiting;
	guard->exports = stat.exports;
	if (first_line("/proc/sys/kernel/tainted", line, sizeof(line)))
		guard->taint = strtoul(line, NULL, 10);
}

/**
 * guard_check() - fail the test if the pool is not what it was
 * @before: from guard_take()
 *
 * Pages may come back a little after the last close.
 */
void guard_check(const struct guard *before)
{
	struct patience patience = {};
	struct guard now;
	char line[200];

	for (;;) {
		guard_take(&now);
		if (now.free_pages == before->free_pages &&
		    now.blocks == before->blocks &&
		    now.clients == before->clients &&
		    now.waiting == before->waiting &&
		    now.exports == before->exports)
			break;
		if (!patience_left(&patience)) {
			report_fail("expected the pool as before, got:");
			report_line("#   free pages %llu, before %llu",
				    now.free_pages, before->free_pages);
			report_line("#   blocks %llu, before %llu", now.blocks,
				    before->blocks);
			report_line("#   clients %llu, before %llu",
				    now.clients, before->clients);
			report_line("#   waiting %llu, before %llu; exports %llu, before %llu",
				    now.waiting, before->waiting, now.exports,
				    before->exports);
			break;
		}
	}
	if (now.taint & ~before->taint)
		report_fail("the kernel got tainted: %#lx, before %#lx",
			    now.taint, before->taint);
	if (first_line(options.check, line, sizeof(line)) && strcmp(line, "ok"))
		report_fail("the invariant checker says: %s", line);
}
