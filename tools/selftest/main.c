// SPDX-License-Identifier: GPL-2.0
/*
 * selftest: the ABI of /dev/buddypool, tested from user space
 */
#include "harness.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* What the tests of exec() start: see test_exec.c. */
#define HOLD "hold"

struct options options = {
	.device = "/dev/buddypool",
	.check = "/sys/kernel/debug/buddypool/check",
	.scale = 1,
	.timeout = 60,
	.repeat = 1,
};

static const char usage[] =
	"Usage: selftest [OPTION]...\n"
	"Test the ABI of a buddypool device that nobody else uses; writes KTAP.\n"
	"\n"
	"  -d, --device PATH   the device (/dev/buddypool)\n"
	"  -f, --filter GLOB   only tests whose name (suite.name) or suite matches\n"
	"  -l, --list          print the names of the tests, run none\n"
	"  -r, --repeat N      run each test N times, or until it fails\n"
	"  -s, --seed N        seed of the random numbers (printed; else random)\n"
	"      --scale F       make loops F times as long (SELFTEST_SCALE, or 1)\n"
	"  -t, --timeout S     seconds that a test may take (SELFTEST_TIMEOUT, or 60)\n"
	"      --check PATH    the debugfs file that checks the pool's invariants\n"
	"  -h, --help          print this\n"
	"\n"
	"Exit code: 0 all passed, 1 something failed, 4 everything was skipped.\n";

static const struct option longs[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "filter", required_argument, NULL, 'f' },
	{ "list", no_argument, NULL, 'l' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "seed", required_argument, NULL, 's' },
	{ "scale", required_argument, NULL, 'S' },
	{ "timeout", required_argument, NULL, 't' },
	{ "check", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{}
};

static noreturn void misused(const char *what, const char *text)
{
	fprintf(stderr, "selftest: %s: %s (see --help)\n", what, text);
	exit(1);
}

static __u64 number(const char *what, const char *text)
{
	char *end;
	__u64 n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || end == text || *end || strchr(text, '-'))
		misused(what, text);
	return n;
}

static double factor(const char *text)
{
	char *end;
	double n = strtod(text, &end);

	if (end == text || *end || !(n > 0 && n <= 1000))
		misused("the scale has to be a number from 0 to 1000", text);
	return n;
}

static unsigned int count(const char *what, const char *text)
{
	__u64 n = number(what, text);

	if (!n || n > 1000000)
		misused(what, text);
	return n;
}

/* Say on descriptor FD that we are there, and stay until we are killed. */
static int hold(const char *fd)
{
	if (write(atoi(fd), "x", 1) != 1)
		return 1;
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *scale = getenv("SELFTEST_SCALE");
	const char *timeout = getenv("SELFTEST_TIMEOUT");
	bool list = false;
	int c;

	if (argc == 3 && !strcmp(argv[1], HOLD))
		return hold(argv[2]);
	if (getrandom(&options.seed, sizeof(options.seed), GRND_NONBLOCK) < 0)
		options.seed = getpid();
	options.seed %= 1000000000;
	if (scale)
		options.scale = factor(scale);
	if (timeout)
		options.timeout = count("timeout", timeout);

	while ((c = getopt_long(argc, argv, "d:f:lr:s:t:h", longs, NULL)) >=
	       0) {
		switch (c) {
		case 'd':
			options.device = optarg;
			break;
		case 'f':
			options.filter = optarg;
			break;
		case 'l':
			list = true;
			break;
		case 'r':
			options.repeat = count("repeat", optarg);
			break;
		case 's':
			options.seed = number("seed", optarg);
			break;
		case 'S':
			options.scale = factor(optarg);
			break;
		case 't':
			options.timeout = count("timeout", optarg);
			break;
		case 'c':
			options.check = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return 1;
		}
	}
	if (optind < argc)
		misused("unexpected argument", argv[optind]);
	if (list) {
		test_list();
		return 0;
	}
	return test_run_all();
}
