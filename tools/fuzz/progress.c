// SPDX-License-Identifier: GPL-2.0
/*
 * The line that says how far it is: on a terminal it is written over, elsewhere
 * it comes every ten seconds
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "progress.h"

#define INTERVAL_MS 10000
#define INTERVAL_TERMINAL_MS 500

static __u64 begun, shown, shown_operations;
static bool terminal;

/**
 * progress_ms() - what time it is
 *
 * Return: milliseconds of a clock that is not set.
 */
__u64 progress_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/**
 * progress_start() - the run begins
 */
void progress_start(void)
{
	const char *term = getenv("TERM");

	begun = progress_ms();
	shown = begun;
	terminal = isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

static void show(__u64 rate)
{
	char line[200];

	snprintf(line, sizeof(line),
		 "%llu operations, %llu/s, %llu rounds, %llu kills, %llu s",
		 READ_ONCE(board->operations), rate, board->rounds,
		 READ_ONCE(board->kills), (progress_ms() - begun) / 1000);
	if (!terminal)
		board_line("# %s", line);
	else
		dprintf(STDOUT_FILENO, "\r\033[K# %s", line);
}

/**
 * progress_show() - show the line if it is time to
 */
void progress_show(void)
{
	__u64 now = progress_ms(), operations = READ_ONCE(board->operations);

	if (now - shown < (terminal ? INTERVAL_TERMINAL_MS : INTERVAL_MS))
		return;
	show((operations - shown_operations) * 1000 / (now - shown));
	shown = now;
	shown_operations = operations;
}

/**
 * progress_end() - the run is over: show the line once more
 */
void progress_end(void)
{
	__u64 ms = progress_ms() - begun;

	show(READ_ONCE(board->operations) * 1000 / (ms ? ms : 1));
	if (terminal)
		dprintf(STDOUT_FILENO, "\n");
}
