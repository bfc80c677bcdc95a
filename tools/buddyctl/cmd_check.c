// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl check: whether the pool is consistent.
 */
#include <stdio.h>
#include <string.h>

#include "buddyctl.h"
#include "device.h"
#include "json.h"

static void check_print_json(bool ok, const char *text)
{
	struct json_object *object = json_new();

	json_set_bool(object, "ok", ok);
	json_set_text(object, "message", text);
	json_print(object);
}

/**
 * cmd_check() - buddyctl check
 * @options: what the command line says
 * @arg: NULL
 *
 * Return: exit code.
 */
int cmd_check(const struct options *options, const char *arg)
{
	struct error error;
	char text[1024];
	bool ok;

	if (device_check(text, sizeof(text), &error)) {
		error_print(&error);
		return EXIT_FAILED;
	}
	ok = !strcmp(text, "ok");
	if (options->json)
		check_print_json(ok, text);
	else if (ok)
		puts(text);
	else
		fprintf(stderr, "buddyctl: the pool is not consistent: %s\n",
			text);
	return ok ? 0 : EXIT_FAILED;
}
