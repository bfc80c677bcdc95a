/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The subcommands of buddyctl.
 */
#ifndef BUDDYCTL_H
#define BUDDYCTL_H

#include <stdbool.h>
#include <linux/buddypool.h>

#include "screen.h"

#ifndef BUDDYCTL_VERSION
#define BUDDYCTL_VERSION "unknown"
#endif

/* Exit codes. */
#define EXIT_FAILED 1
#define EXIT_USAGE 2

/**
 * struct options - what the command line says
 * @device: the device, or NULL for the usual one
 * @json: print JSON
 * @ascii: print nothing but ASCII
 * @color: whether to use colours
 * @watch: of stat: seconds between two looks, 0 to look once
 * @echo: of run: show each command
 * @keep_going: of run: go on after an error
 * @pace: of run: seconds to wait after each command
 * @limit: of exec: the limits to set
 * @program: of exec: the program and its arguments, and a NULL
 * @screen: what standard output can show
 */
struct options {
	const char *device;
	bool json;
	bool ascii;
	enum screen_color color;
	double watch;
	bool echo;
	bool keep_going;
	double pace;
	struct buddypool_limit limit;
	char **program;
	struct screen screen;
};

int cmd_info(const struct options *options, const char *arg);
int cmd_stat(const struct options *options, const char *arg);
int cmd_map(const struct options *options, const char *arg);
int cmd_check(const struct options *options, const char *arg);
int cmd_shell(const struct options *options, const char *arg);
int cmd_run(const struct options *options, const char *arg);
int cmd_exec(const struct options *options, const char *arg);

#endif /* BUDDYCTL_H */
