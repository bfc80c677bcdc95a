// SPDX-License-Identifier: GPL-2.0
/*
 * A run that its seed repeats: take away what the kernel chooses at random
 *
 * A thread that nobody disturbs still gets other answers in another run if
 *
 * - it runs on another CPU: the pool gives each CPU places of its own when blocks
 *   are allocated in bulk, and keeps freed blocks on lists of each CPU. Where a
 *   block lies decides whether it can grow without moving;
 *
 * - its memory lies at other addresses: a wild pointer, such as a power of two or
 *   a good pointer with one bit changed, hits something in one run and nothing in
 *   another.
 */
#include "fuzz.h"

#include <sched.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "board.h"
#include "repeat.h"

/* Asks personality() for the present one. */
#define PERSONALITY_QUERY 0xffffffffUL

static void complain(const char *what)
{
	board_line("# %s: %s: the seed may not repeat this run", what,
		   strerror(errno));
}

/* Stay on the first of the CPUs that are allowed: the same one in each run. */
static void stay_on_one_cpu(void)
{
	cpu_set_t allowed, first;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof(allowed), &allowed)) {
		complain("sched_getaffinity");
		return;
	}
	while (!CPU_ISSET(cpu, &allowed))
		cpu++;
	CPU_ZERO(&first);
	CPU_SET(cpu, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		complain("sched_setaffinity");
}

/* The kernel lays out a program when it starts, so start again. */
static void fix_addresses(char **argv)
{
	const int persona = personality(PERSONALITY_QUERY);

	if (persona >= 0 && persona & ADDR_NO_RANDOMIZE)
		return;
	if (persona < 0 || personality(persona | ADDR_NO_RANDOMIZE) < 0)
		complain("personality");
	else if (execv("/proc/self/exe", argv))
		complain("execv");
}

/**
 * repeat_init() - fix the CPU and the addresses of this process and its children
 * @argv: arguments of the program, which may be started again with them
 *
 * Call this before anything is printed that must be printed once.
 */
void repeat_init(char **argv)
{
	fix_addresses(argv);
	stay_on_one_cpu();
}
