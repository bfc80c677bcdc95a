// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz: random but structured use of /dev/buddypool, by many at the same time
 *
 * A supervisor (supervisor.c) starts workers, processes of several threads
 * (worker.c, actor.c), and starts those that end anew; it kills, stops and
 * interrupts them at random. After every 50,000 operations all of them have to
 * end, and the pool has to be as it was at first (quiet.c). Meanwhile the
 * kernel's log is watched (kmsg.c). The first finding ends the run.
 *
 * A thread does one operation (op.c) after the other, on two kinds of things:
 *
 * - Blocks of a file of its own, which nobody else uses (op_block.c, op_view.c,
 *   op_tear.c, op_pin.c, op_pool.c). It keeps a ledger of them (ledger.c), so
 *   that each answer and the contents of each page can be foretold: zeros at
 *   first, then what was written, whatever is resized, moved, freed while it is
 *   mapped, pinned, or inherited by a child (op_task.c).
 *
 * - Files, descriptors of blocks and an address range that it shares with other
 *   threads, some of them with all workers (op_wild.c, op_arena.c, op_file.c).
 *   Here anything goes: valid commands, nearly valid ones, nonsense, pointers to
 *   nowhere, mappings over mappings, close() while others use the file. All that
 *   can be said of an answer is whether the command may ever give it.
 *
 * What each thread draws depends on the seed, the round, the number of the worker,
 * how often it had been started in the round, and the number of the thread. What
 * it does depends on the answers too, and so on what others do in between.
 *
 * With -p 1 -j 1 there are no others, and the same seed repeats every operation
 * and every answer, on any number of CPUs. For that, the program stays on one CPU
 * at fixed addresses (repeat.c), and leaves out operations that cannot be repeated.
 * The pool has to begin in the same state: as it is when the module has just been
 * loaded, with the same parameters.
 *
 * With -k, short-lived clients that do no more than valid things are killed with
 * SIGKILL at a random moment, and the pool is looked at after every eight.
 */
#include "fuzz.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "actor.h"
#include "board.h"
#include "kmsg.h"
#include "op.h"
#include "progress.h"
#include "quiet.h"
#include "repeat.h"
#include "supervisor.h"

/* What op_exec() starts. */
#define EXIT "--exit"

#define SECONDS_DEFAULT 60
#define PROCESSES_MAX 32

struct options options = {
	.device = "/dev/buddypool",
	.debugfs = "/sys/kernel/debug/buddypool",
	.processes = 4,
	.threads = 3,
};

static const char *const subjects[NR_SUBJECTS] = {
	[SUBJECT_LOG] = "log",           [SUBJECT_ANSWERS] = "answers",
	[SUBJECT_CONTENTS] = "contents", [SUBJECT_POOL] = "pool",
	[SUBJECT_WORKERS] = "workers",
};

static const char usage[] =
	"Usage: fuzz [OPTION]...\n"
	"Use a buddypool device that nobody else uses at random; writes KTAP.\n"
	"\n"
	"  -s SEED        seed of the random numbers (printed; else random)\n"
	"  -n OPERATIONS  end after so many\n"
	"  -t SECONDS     end after that time (60, unless -n or -k is given)\n"
	"  -p PROCESSES   workers at the same time (4)\n"
	"  -j THREADS     threads of each worker (3)\n"
	"  -k COUNT       kill so many clients instead\n"
	"  -d DEVICE      the device (/dev/buddypool)\n"
	"  -v             print each operation\n"
	"  -h             print this\n"
	"\n"
	"With -p 1 -j 1 the same SEED repeats every operation and every answer, on\n"
	"any number of CPUs, if the module has just been loaded with the same\n"
	"parameters. Otherwise it repeats what each thread draws, not the order in\n"
	"which threads run.\n"
	"\n"
	"Exit code: 0 nothing was found, 1 something was.\n";

static __u64 number(const char *text, __u64 first, __u64 last)
{
	char *end;
	__u64 n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || end == text || *end || strchr(text, '-') || n < first ||
	    n > last) {
		fprintf(stderr, "fuzz: %s: expected %llu to %llu\n", text,
			first, last);
		exit(1);
	}
	return n;
}

static void parse(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "s:n:t:p:j:k:d:vh")) >= 0) {
		switch (c) {
		case 's':
			options.seed = number(optarg, 0, ~0ULL);
			break;
		case 'n':
			options.operations = number(optarg, 1, ~0ULL);
			break;
		case 't':
			options.seconds = number(optarg, 1, 1 << 30);
			break;
		case 'p':
			options.processes = number(optarg, 1, PROCESSES_MAX);
			break;
		case 'j':
			options.threads = number(optarg, 1, THREADS_MAX);
			break;
		case 'k':
			options.kill = number(optarg, 1, 1 << 30);
			break;
		case 'd':
			options.device = optarg;
			break;
		case 'v':
			options.verbose = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			exit(1);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "fuzz: unexpected argument: %s\n",
			argv[optind]);
		exit(1);
	}
	/* With -k, several clients live at the same time whatever was said. */
	options.solo = !options.kill && options.processes == 1 &&
		       options.threads == 1;
	if (!options.operations && !options.seconds && !options.kill)
		options.seconds = SECONDS_DEFAULT;
}

/* How to do the same again, as far as that can be. */
static void print_command(void)
{
	char what[64];

	if (options.kill)
		snprintf(what, sizeof(what), "-k %u", options.kill);
	else if (options.operations)
		snprintf(what, sizeof(what), "-n %llu", options.operations);
	else
		snprintf(what, sizeof(what), "-t %u", options.seconds);
	board_line("# fuzz -s %llu %s -p %u -j %u -d %s", options.seed, what,
		   options.processes, options.threads, options.device);
}

static int report(bool watched)
{
	bool ok = !board_findings() && board->operations;
	unsigned int i;

	op_summary();
	for (i = 0; i < NR_SUBJECTS; i++) {
		if (i == SUBJECT_LOG && !watched)
			board_line("ok %u %s # SKIP /dev/kmsg cannot be read",
				   i + 1, subjects[i]);
		else
			board_line("%sok %u %s",
				   board->findings[i] ? "not " : "", i + 1,
				   subjects[i]);
	}
	if (!board->operations)
		board_line("# nothing was done");
	if (!ok)
		print_command();
	return !ok;
}

int main(int argc, char **argv)
{
	bool watched;

	if (argc == 2 && !strcmp(argv[1], EXIT))
		return 0;
	if (getrandom(&options.seed, sizeof(options.seed), GRND_NONBLOCK) < 0)
		options.seed = getpid();
	options.seed %= 1000000000;
	parse(argc, argv);
	if (options.solo)
		repeat_init(argv);

	board_init();
	board_line("KTAP version 1");
	board_line("1..%u", NR_SUBJECTS);
	print_command();
	watched = kmsg_open();
	supervisor_init();
	progress_start();
	if (quiet_init()) {
		if (options.kill)
			supervisor_kill();
		else
			supervisor_fuzz();
	}
	progress_end();
	return report(watched);
}
