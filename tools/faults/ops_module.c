// SPDX-License-Identifier: GPL-2.0
/*
 * Loading and unloading the module
 */
#include "operation.h"

#include <errno.h>

#include "driver.h"
#include "say.h"

static void watch_log(struct scene *scene)
{
	driver_log_begin();
}

static int load(struct scene *scene)
{
	return driver_load();
}

static void be_loaded(struct scene *scene)
{
	if (driver_load())
		say_bail("the module does not load: %s", say_errno(errno));
}

static int unload(struct scene *scene)
{
	return driver_unload();
}

const struct operation module_operations[] = {
	{
		.name = "load",
		.flags = UNLOADED | MAY_LACK_DEBUGFS,
		.errors = { ENOMEM, EFAULT },
		.arm = watch_log,
		.run = load,
		.fault = driver_log_fault,
	},
	{
		.name = "load_page",
		.inject = &inject_page,
		.flags = UNLOADED | MAY_LACK_DEBUGFS,
		.errors = { ENOMEM, EFAULT },
		.arm = watch_log,
		.run = load,
		.fault = driver_log_fault,
	},
	{
		.name = "load_pages",
		.inject = &inject_pages,
		.flags = UNLOADED | MAY_LACK_DEBUGFS,
		.errors = { ENOMEM },
		.arm = watch_log,
		.run = load,
		.fault = driver_log_fault,
	},
	/* -EFAULT is for its name; then nothing may stand in its way. */
	{
		.name = "unload",
		.flags = UNLOADED,
		.errors = { EFAULT },
		.prepare = be_loaded,
		.run = unload,
	},
	{}
};
