// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl info: what the pool is.
 */
#include <fcntl.h>
#include <stdio.h>

#include "buddyctl.h"
#include "device.h"
#include "info.h"
#include "json.h"
#include "units.h"

/**
 * struct feature - a bit of the feature mask
 * @bit: the bit
 * @name: what it is called
 * @help: what it is about
 */
struct feature {
	__u64 bit;
	const char *name;
	const char *help;
};

static const struct feature features[] = {
	{ BUDDYPOOL_FEATURE_EXACT, "exact", "blocks of any number of pages" },
	{ BUDDYPOOL_FEATURE_ALIGN, "align", "alignment above the size" },
	{ BUDDYPOOL_FEATURE_RESIZE, "resize", "blocks can grow and shrink" },
	{ BUDDYPOOL_FEATURE_WALK, "walk", "the pool can be listed" },
	{ BUDDYPOOL_FEATURE_WAIT, "wait", "allocations can wait for memory" },
	{ BUDDYPOOL_FEATURE_LIMIT, "limit",
	  "limits of what a client may hold" },
	{ BUDDYPOOL_FEATURE_EXPORT, "export", "descriptors of single blocks" },
	{ BUDDYPOOL_FEATURE_BULK, "bulk", "many blocks in one call" },
	{ BUDDYPOOL_FEATURE_LISTS, "lists",
	  "lists of free blocks on each CPU" },
};

#define NR_FEATURES (sizeof(features) / sizeof(*features))

static void print_size(const char *what, __u64 bytes)
{
	printf("%-20s%s (%llu bytes)\n", what, size_long(bytes).s, bytes);
}

static void print_features(__u64 mask)
{
	const char *title = "features";
	size_t i;

	for (i = 0; i < NR_FEATURES; i++) {
		if (!(mask & features[i].bit))
			continue;
		printf("%-20s%-8s%s\n", title, features[i].name,
		       features[i].help);
		mask &= ~features[i].bit;
		title = "";
	}
	if (mask)
		printf("%-20s%#llx, which this buddyctl does not know\n", title,
		       mask);
}

/**
 * info_print() - print what a pool is
 * @info: the pool
 */
void info_print(const struct buddypool_info *info)
{
	print_size("pool", info->pages * info->page_size);
	printf("%-20s%llu\n", "pages", info->pages);
	print_size("page", info->page_size);
	printf("%-20s%u (%s)\n", "largest order", info->max_order,
	       size_long((__u64)info->page_size << info->max_order).s);
	print_size("largest block", info->max_size);
	print_size("largest alignment", info->max_align);
	print_features(info->features);
}

static struct json_object *features_json(__u64 mask)
{
	struct json_object *array = json_new_array();
	char unknown[32];
	size_t i;

	for (i = 0; i < NR_FEATURES; i++) {
		if (mask & features[i].bit)
			json_append_text(array, features[i].name);
		mask &= ~features[i].bit;
	}
	if (mask) {
		snprintf(unknown, sizeof(unknown), "%#llx", mask);
		json_append_text(array, unknown);
	}
	return array;
}

/**
 * info_json() - what a pool is
 * @info: the pool
 *
 * Return: it as JSON.
 */
struct json_object *info_json(const struct buddypool_info *info)
{
	struct json_object *object = json_new();

	json_set_number(object, "size", info->pages * info->page_size);
	json_set_number(object, "pages", info->pages);
	json_set_number(object, "page_size", info->page_size);
	json_set_number(object, "max_order", info->max_order);
	json_set_number(object, "max_size", info->max_size);
	json_set_number(object, "max_align", info->max_align);
	json_set(object, "features", features_json(info->features));
	return object;
}

/**
 * cmd_info() - buddyctl info
 * @options: what the command line says
 * @arg: NULL
 *
 * Return: exit code.
 */
int cmd_info(const struct options *options, const char *arg)
{
	struct device device;
	struct error error;

	if (device_open(&device, options->device, O_RDONLY, &error)) {
		error_print(&error);
		return EXIT_FAILED;
	}
	if (options->json)
		json_print(info_json(&device.info));
	else
		info_print(&device.info);
	device_close(&device);
	return 0;
}
