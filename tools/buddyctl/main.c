// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl: look at a buddypool device, and use it.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "buddyctl.h"
#include "device.h"
#include "units.h"

/* Options that only some commands have, as bits. */
#define HAS_JSON 0x1
#define HAS_SCREEN 0x2
#define HAS_WATCH 0x4
#define HAS_SCRIPT 0x8
#define HAS_LIMIT 0x10

/* Options without a letter. */
enum {
	OPTION_COLOR = 256,
	OPTION_ASCII,
	OPTION_PACE,
	OPTION_LIMIT_BYTES,
	OPTION_LIMIT_HANDLES,
	OPTION_LIMIT_WAIT,
};

/* What getopt_long() returns for a word that is no option. */
#define OPTION_NONE 1

/**
 * struct command - a subcommand
 * @name: its name
 * @arg: what follows it, or NULL
 * @options: HAS_*
 * @run: does it; returns the exit code
 * @help: what it does
 */
struct command {
	const char *name;
	const char *arg;
	unsigned int options;
	int (*run)(const struct options *options, const char *arg);
	const char *help;
};

static const struct command commands[] = {
	{ "info", NULL, HAS_JSON, cmd_info, "what the pool is" },
	{ "stat", NULL, HAS_JSON | HAS_WATCH, cmd_stat,
	  "free blocks of each order, and counters" },
	{ "map", NULL, HAS_JSON | HAS_SCREEN, cmd_map,
	  "the pool as a picture" },
	{ "check", NULL, HAS_JSON, cmd_check,
	  "have the kernel check the pool (needs debugfs)" },
	{ "shell", NULL, HAS_JSON | HAS_SCREEN, cmd_shell,
	  "allocate and use blocks; its command help lists the rest" },
	{ "run", "FILE", HAS_JSON | HAS_SCREEN | HAS_SCRIPT, cmd_run,
	  "the same, with commands from a file (- is standard input)" },
	{ "exec", "PROGRAM [ARG]...", HAS_LIMIT, cmd_exec,
	  "run a program that has the device open, within limits" },
	{}
};

static const struct option long_options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "json", no_argument, NULL, 'j' },
	{ "color", optional_argument, NULL, OPTION_COLOR },
	{ "ascii", no_argument, NULL, OPTION_ASCII },
	{ "watch", optional_argument, NULL, 'w' },
	{ "echo", no_argument, NULL, 'v' },
	{ "keep-going", no_argument, NULL, 'k' },
	{ "pace", required_argument, NULL, OPTION_PACE },
	{ "limit-bytes", required_argument, NULL, OPTION_LIMIT_BYTES },
	{ "limit-handles", required_argument, NULL, OPTION_LIMIT_HANDLES },
	{ "limit-wait", required_argument, NULL, OPTION_LIMIT_WAIT },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{}
};

static const char option_help[] =
	"\n"
	"Options:\n"
	"  -d, --device PATH     the device (" DEVICE_PATH ")\n"
	"  -j, --json            print JSON, an object a line\n"
	"      --color[=WHEN]    map, shell, run: always, never, or auto: if standard\n"
	"                        output is a terminal (the default)\n"
	"      --ascii           map, shell, run: draw with nothing but ASCII\n"
	"  -w, --watch[=SECONDS] stat: look again every SECONDS (2)\n"
	"  -v, --echo            run: show each command\n"
	"  -k, --keep-going      run: go on after an error\n"
	"      --pace SECONDS    run: wait so long after each command\n"
	"      --limit-bytes SIZE, --limit-handles N\n"
	"                        exec: what the program may hold at most\n"
	"      --limit-wait SECONDS\n"
	"                        exec: how long its allocations may wait\n"
	"  -h, --help            print this\n"
	"  -V, --version         print the version\n"
	"\n"
	"Exit code: 0 success, 1 the operation failed, 2 it was asked for wrongly.\n";

static void print_help(void)
{
	const struct command *command;
	char usage[48];

	puts("Usage: buddyctl [OPTION]... COMMAND");
	puts("Look at a buddypool device, and use it.\n\nCommands:");
	for (command = commands; command->name; command++) {
		snprintf(usage, sizeof(usage), "%s %s", command->name,
			 command->arg ? command->arg : "");
		printf("  %-23s%s\n", usage, command->help);
	}
	fputs(option_help, stdout);
}

static int misused(const char *what, const char *text)
{
	fprintf(stderr, "buddyctl: %s%s%s (see buddyctl --help)\n", what,
		*text ? ": " : "", text);
	return EXIT_USAGE;
}

static int parse_color(struct options *options, const char *when)
{
	if (!when || !strcmp(when, "always"))
		options->color = SCREEN_COLOR_ALWAYS;
	else if (!strcmp(when, "never"))
		options->color = SCREEN_COLOR_NEVER;
	else if (!strcmp(when, "auto"))
		options->color = SCREEN_COLOR_AUTO;
	else
		return misused("--color is auto, always or never", when);
	return 0;
}

static int parse_pause(double *seconds, const char *text)
{
	if (!parse_seconds(text, seconds) || *seconds <= 0)
		return misused("no number of seconds", text);
	return 0;
}

static int parse_limit_bytes(struct options *options, const char *text)
{
	if (!parse_size(text, &options->limit.max_bytes))
		return misused("no size", text);
	options->limit.flags |= BUDDYPOOL_LIMIT_BYTES;
	return 0;
}

static int parse_limit_handles(struct options *options, const char *text)
{
	if (!parse_number(text, &options->limit.max_handles))
		return misused("no number", text);
	options->limit.flags |= BUDDYPOOL_LIMIT_HANDLES;
	return 0;
}

static int parse_limit_wait(struct options *options, const char *text)
{
	double seconds;

	if (!parse_seconds(text, &seconds))
		return misused("no number of seconds", text);
	options->limit.max_wait = seconds_to_ns(seconds);
	options->limit.flags |= BUDDYPOOL_LIMIT_WAIT;
	return 0;
}

/* Returns 0, EXIT_USAGE, or -1 if there is nothing left to be done. */
static int parse_option(struct options *options, int option, unsigned int *used)
{
	switch (option) {
	case 'd':
		options->device = optarg;
		return 0;
	case 'j':
		options->json = true;
		*used |= HAS_JSON;
		return 0;
	case OPTION_COLOR:
		*used |= HAS_SCREEN;
		return parse_color(options, optarg);
	case OPTION_ASCII:
		*used |= HAS_SCREEN;
		options->ascii = true;
		return 0;
	case 'w':
		*used |= HAS_WATCH;
		return parse_pause(&options->watch, optarg ? optarg : "2");
	case 'v':
		*used |= HAS_SCRIPT;
		options->echo = true;
		return 0;
	case 'k':
		*used |= HAS_SCRIPT;
		options->keep_going = true;
		return 0;
	case OPTION_PACE:
		*used |= HAS_SCRIPT;
		return parse_pause(&options->pace, optarg);
	case OPTION_LIMIT_BYTES:
		*used |= HAS_LIMIT;
		return parse_limit_bytes(options, optarg);
	case OPTION_LIMIT_HANDLES:
		*used |= HAS_LIMIT;
		return parse_limit_handles(options, optarg);
	case OPTION_LIMIT_WAIT:
		*used |= HAS_LIMIT;
		return parse_limit_wait(options, optarg);
	case 'h':
		print_help();
		return -1;
	case 'V':
		puts("buddyctl " BUDDYCTL_VERSION);
		return -1;
	default:
		/* getopt_long() has said what is wrong. */
		fputs("See buddyctl --help.\n", stderr);
		return EXIT_USAGE;
	}
}

/*
 * Options may stand before the command and behind it, but what stands behind the
 * program of exec belongs to that. Leaves the words that are no options at the
 * start of @argv.
 */
static int parse_options(struct options *options, int argc, char **argv,
			 unsigned int *used)
{
	int option, words = 0, ret = 0;

	while (!ret && (words < 2 || strcmp(argv[0], "exec"))) {
		option = getopt_long(argc, argv, "-d:jw::vkhV", long_options,
				     NULL);
		if (option < 0)
			break;
		if (option == OPTION_NONE)
			argv[words++] = optarg;
		else
			ret = parse_option(options, option, used);
	}
	while (optind < argc)
		argv[words++] = argv[optind++];
	argv[words] = NULL;
	return ret;
}

static const struct command *find_command(const char *name)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

static int run(struct options *options, unsigned int used, char **words)
{
	const struct command *command;

	if (!words[0])
		return misused("a command is missing", "");
	command = find_command(words[0]);
	if (!command)
		return misused("no such command", words[0]);
	if (command->arg && !words[1])
		return misused("an argument is missing", command->arg);
	if (!command->arg && words[1])
		return misused("too many arguments", words[1]);
	if (command->arg && command->run != cmd_exec && words[2])
		return misused("too many arguments", words[2]);
	if (used & ~command->options)
		return misused("an option is not for this command", words[0]);

	screen_init(&options->screen, options->color, options->ascii);
	options->program = words + 1;
	return command->run(options, words[1]);
}

int main(int argc, char **argv)
{
	struct options options = {};
	unsigned int used = 0;
	int ret;

	ret = parse_options(&options, argc, argv, &used);
	if (!ret)
		ret = run(&options, used, argv);
	if (ret < 0)
		ret = 0;
	/* What could not be written was not done. */
	if ((fflush(stdout) || ferror(stdout)) && !ret) {
		perror("buddyctl: cannot write");
		ret = EXIT_FAILED;
	}
	return ret;
}
