// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl stat: the state of the pool.
 */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "buddyctl.h"
#include "device.h"
#include "info.h"
#include "json.h"
#include "pause.h"
#include "units.h"

static void print_orders(const struct buddypool_info *info,
			 const struct buddypool_stat *stat)
{
	const __u64 page_size = info->page_size;
	unsigned int order;

	printf("order  block size   free blocks        free\n");
	for (order = 0; order <= info->max_order; order++)
		printf("%5u  %10s  %12llu  %10s\n", order,
		       size_long(page_size << order).s,
		       stat->free_blocks[order],
		       size_long(stat->free_blocks[order] *
				 (page_size << order))
			       .s);
}

static void print_size(const char *what, __u64 bytes)
{
	printf("%-22s%s\n", what, size_long(bytes).s);
}

static void print_count(const char *what, __u64 count)
{
	printf("%-22s%llu\n", what, count);
}

/**
 * stat_print() - print the state of a pool
 * @info: the pool
 * @stat: its state
 */
void stat_print(const struct buddypool_info *info,
		const struct buddypool_stat *stat)
{
	const __u64 page_size = info->page_size;

	print_orders(info, stat);
	putchar('\n');
	printf("%-22s%s of %s (%llu of %llu pages)\n", "free",
	       size_long(stat->free_pages * page_size).s,
	       size_long(info->pages * page_size).s, stat->free_pages,
	       info->pages);
	if (info->features & BUDDYPOOL_FEATURE_LISTS)
		print_size("kept by CPUs", stat->kept_pages * page_size);
	print_size("largest free block", stat->largest);
	printf("%-22s%u.%u %%\n", "fragmentation", stat->fragmentation / 10,
	       stat->fragmentation % 10);
	print_size("freed, still mapped", stat->freed_mapped_pages * page_size);
	print_size("freed, still pinned", stat->freed_pinned_pages * page_size);
	print_count("blocks", stat->blocks);
	printf("%-22s%llu (this one included)\n", "open files", stat->clients);
	if (info->features & BUDDYPOOL_FEATURE_WAIT)
		print_count("waiting for memory", stat->waiting);
	if (info->features & BUDDYPOOL_FEATURE_EXPORT)
		print_count("block descriptors", stat->exports);
	putchar('\n');
	print_count("allocations", stat->allocs);
	print_count("frees", stat->frees);
	print_count("refused for memory", stat->alloc_failures);
	print_count("resizes in place", stat->resizes);
	print_count("moves", stat->moves);
	print_count("splits", stat->splits);
	print_count("merges", stat->merges);
}

static struct json_object *orders_json(const struct buddypool_info *info,
				       const struct buddypool_stat *stat)
{
	struct json_object *array = json_new_array();
	unsigned int order;

	for (order = 0; order <= info->max_order; order++)
		json_append_number(array, stat->free_blocks[order]);
	return array;
}

/**
 * stat_json() - the state of a pool
 * @info: the pool
 * @stat: its state
 *
 * Return: it as JSON.
 */
struct json_object *stat_json(const struct buddypool_info *info,
			      const struct buddypool_stat *stat)
{
	struct json_object *object = json_new();

	json_set_number(object, "page_size", info->page_size);
	json_set_number(object, "pages", info->pages);
	json_set_number(object, "free_pages", stat->free_pages);
	if (info->features & BUDDYPOOL_FEATURE_LISTS)
		json_set_number(object, "kept_pages", stat->kept_pages);
	json_set_number(object, "largest", stat->largest);
	json_set_number(object, "fragmentation", stat->fragmentation);
	json_set_number(object, "freed_mapped_pages", stat->freed_mapped_pages);
	json_set_number(object, "freed_pinned_pages", stat->freed_pinned_pages);
	json_set_number(object, "blocks", stat->blocks);
	json_set_number(object, "clients", stat->clients);
	if (info->features & BUDDYPOOL_FEATURE_WAIT)
		json_set_number(object, "waiting", stat->waiting);
	if (info->features & BUDDYPOOL_FEATURE_EXPORT)
		json_set_number(object, "exports", stat->exports);
	json_set_number(object, "allocs", stat->allocs);
	json_set_number(object, "frees", stat->frees);
	json_set_number(object, "alloc_failures", stat->alloc_failures);
	json_set_number(object, "resizes", stat->resizes);
	json_set_number(object, "moves", stat->moves);
	json_set_number(object, "splits", stat->splits);
	json_set_number(object, "merges", stat->merges);
	json_set(object, "free_blocks", orders_json(info, stat));
	return object;
}

static int look(const struct options *options, const struct device *device,
		struct error *error)
{
	struct buddypool_stat stat;

	if (device_stat(device, &stat, error))
		return -1;
	if (options->json)
		json_print(stat_json(&device->info, &stat));
	else
		stat_print(&device->info, &stat);
	return fflush(stdout) ? fail(error, 0, "cannot write") : 0;
}

/* Look again and again, until the user or the reader has had enough. */
static int watch(const struct options *options, const struct device *device,
		 struct error *error)
{
	const bool clear = isatty(STDOUT_FILENO) && !options->json;
	int ret;

	do {
		if (clear)
			fputs("\033[H\033[J", stdout);
		ret = look(options, device, error);
		if (!ret && !clear && !options->json)
			putchar('\n');
		if (!ret)
			pause_for(options->watch);
	} while (!ret);
	return ret;
}

/**
 * cmd_stat() - buddyctl stat
 * @options: what the command line says
 * @arg: NULL
 *
 * Return: exit code.
 */
int cmd_stat(const struct options *options, const char *arg)
{
	struct device device;
	struct error error;
	int ret;

	ret = device_open(&device, options->device, O_RDONLY, &error);
	if (!ret) {
		ret = (options->watch > 0 ? watch : look)(options, &device,
							  &error);
		device_close(&device);
	}
	if (ret)
		error_print(&error);
	return ret ? EXIT_FAILED : 0;
}
