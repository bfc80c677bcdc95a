// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl map: the pool as a picture.
 */
#include <fcntl.h>

#include "buddyctl.h"
#include "device.h"
#include "json.h"
#include "map.h"

static void print_json(const struct map *map)
{
	struct json_object *object = json_new();

	map_json(map, object);
	json_print(object);
}

static int draw(const struct options *options, const struct device *device,
		struct error *error)
{
	struct map map;
	int ret;

	ret = map_load(&map, device, error);
	if (!ret && options->json)
		print_json(&map);
	else if (!ret)
		map_draw(&map, &options->screen);
	map_free(&map);
	return ret;
}

/**
 * cmd_map() - buddyctl map
 * @options: what the command line says
 * @arg: NULL
 *
 * Return: exit code.
 */
int cmd_map(const struct options *options, const char *arg)
{
	struct device device;
	struct error error;
	int ret;

	ret = device_open(&device, options->device, O_RDONLY, &error);
	if (!ret) {
		ret = draw(options, &device, &error);
		device_close(&device);
	}
	if (ret)
		error_print(&error);
	return ret ? EXIT_FAILED : 0;
}
