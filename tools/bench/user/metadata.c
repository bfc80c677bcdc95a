// SPDX-License-Identifier: GPL-2.0
/*
 * The memory that the module has for its own records
 */
#include <err.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"

/* The kernel leaves a page behind each area. */
#define GUARD bench.info.page_size

/* An area of the module's, by a line of the list; its size, or 0 for another's. */
static unsigned long read_area(const char *line, char caller[100])
{
	unsigned long size;

	if (!strstr(line, "[buddypool]") ||
	    sscanf(line, "%*s %lu %99s", &size, caller) != 2)
		return 0;
	return size - GUARD;
}

/**
 * bench_metadata() - bytes of records for each page of the pool
 *
 * These are the areas that the module has got from vmalloc(), but for the pool
 * itself and the kernel's list of its pages, which is counted as made by the same
 * caller. What each CPU has is not among them.
 *
 * Return: that number.
 */
double bench_metadata(void)
{
	const unsigned long pool = bench.info.pages * bench.info.page_size;
	char line[300], caller[100], caller_of_pool[100] = "";
	FILE *list = fopen("/proc/vmallocinfo", "re");
	unsigned long size, bytes = 0;

	if (!list)
		err(1, "/proc/vmallocinfo");
	while (fgets(line, sizeof(line), list))
		if (read_area(line, caller) == pool)
			memcpy(caller_of_pool, caller, sizeof(caller));
	if (!*caller_of_pool)
		errx(1, "/proc/vmallocinfo does not have the pool");
	rewind(list);
	while (fgets(line, sizeof(line), list)) {
		size = read_area(line, caller);
		if (size && strcmp(caller, caller_of_pool))
			bytes += size;
	}
	fclose(list);
	return (double)bytes / bench.info.pages;
}
