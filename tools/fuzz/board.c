// SPDX-License-Identifier: GPL-2.0
/*
 * What has been counted and what has been found
 *
 * Every line leaves in one write(), so that lines of several processes do not
 * get mixed, and nothing is buffered that a kill could lose.
 */
#include "fuzz.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "board.h"

/* Findings beyond this many are counted, but no longer told. */
#define TOLD_MAX 20

struct board *board;
__thread struct position position;

/**
 * board_init() - get the shared memory; once, before the first fork
 */
void board_init(void)
{
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (board == MAP_FAILED) {
		perror("fuzz: mmap");
		exit(1);
	}
}

static void write_line(char *line, size_t n)
{
	size_t done = 0;
	ssize_t written;

	line[n++] = '\n';
	while (done < n) {
		written = write(STDOUT_FILENO, line + done, n - done);
		if (written < 0 && errno != EINTR)
			return;
		if (written > 0)
			done += written;
	}
}

/**
 * board_line() - print a line
 * @format: as for printf(), without the newline
 */
void board_line(const char *format, ...)
{
	char line[400];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line) - 1, format, args);
	va_end(args);
	write_line(line, strlen(line));
}

/**
 * board_findings() - how much has been found
 *
 * Return: findings of all subjects.
 */
unsigned int board_findings(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < NR_SUBJECTS; i++)
		n += READ_ONCE(board->findings[i]);
	return n;
}

/**
 * board_finding() - something is wrong; the run ends with it
 * @subject: what it is about
 * @format: what was expected and what came, as for printf()
 */
void board_finding(enum subject subject, const char *format, ...)
{
	char line[400];
	va_list args;
	size_t n = 0;

	ADD_ONCE(board->findings[subject], 1);
	WRITE_ONCE(board->stop, true);
	if (board_findings() > TOLD_MAX)
		return;
	if (position.name)
		n = snprintf(line, sizeof(line),
			     "# round %llu worker %u.%u thread %u operation %llu (%s): ",
			     position.round, position.worker, position.life,
			     position.thread, position.operation,
			     position.name);
	else
		n = snprintf(line, sizeof(line), "# ");
	va_start(args, format);
	vsnprintf(line + n, sizeof(line) - 1 - n, format, args);
	va_end(args);
	write_line(line, strlen(line));
}

/**
 * board_count() - an operation has been done
 * @op: its number
 * @result: 0, or a negative errno, or a signal
 */
void board_count(unsigned int op, int result)
{
	unsigned int i = result > 0 ? RESULT_SIGNAL + result : -result;

	ADD_ONCE(board->operations, 1);
	ADD_ONCE(board->counts[op][i % BOARD_RESULTS], 1);
}

/**
 * board_result() - the name of a result
 * @result: 0, or a negative errno, or a signal
 *
 * Return: a string that need not be freed; of the calling thread.
 */
const char *board_result(int result)
{
	static __thread char text[24];
	const char *name;

	if (!result)
		return "ok";
	name = result > 0 ? sigabbrev_np(result) : strerrorname_np(-result);
	if (name)
		snprintf(text, sizeof(text), "%s%s", result > 0 ? "SIG" : "",
			 name);
	else
		snprintf(text, sizeof(text), "%d", result);
	return text;
}

/**
 * board_trace() - print the operation that was just done
 * @result: what came of it
 */
void board_trace(int result)
{
	board_line("%llu %u.%u.%u %llu %s %s", position.round, position.worker,
		   position.life, position.thread, position.operation,
		   position.name, board_result(result));
}

/**
 * board_summary() - print how often an operation has been done, if ever, by results
 * @name: its name
 * @op: its number
 */
void board_summary(const char *name, unsigned int op)
{
	const __u64 *counts = board->counts[op];
	char line[400];
	size_t head, n;
	int i;

	head = snprintf(line, sizeof(line), "#   %-14s", name);
	n = head;
	for (i = 0; i < BOARD_RESULTS; i++) {
		if (!counts[i] || n >= sizeof(line) - 40)
			continue;
		n += snprintf(line + n, sizeof(line) - n, " %s %llu",
			      board_result(i > RESULT_SIGNAL ?
						   i - RESULT_SIGNAL :
						   -i),
			      counts[i]);
	}
	if (n > head)
		write_line(line, n);
}
