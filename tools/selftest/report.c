// SPDX-License-Identifier: GPL-2.0
/*
 * What a test has to say, and how it ended
 *
 * Every line leaves in one write(), so that lines of several processes do not
 * get mixed, and nothing is buffered that a kill could lose.
 */
#include "harness.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report.h"

/* Failures beyond this many are counted, but no longer told. */
#define TOLD_MAX 12

struct report *report;

static void write_line(const char *prefix, const char *format, va_list args)
{
	char line[400];
	size_t n, done = 0;
	ssize_t written;

	n = snprintf(line, sizeof(line) - 1, "%s", prefix);
	vsnprintf(line + n, sizeof(line) - 1 - n, format, args);
	n = strlen(line);
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
 * report_init() - get the shared memory; once, before the first fork
 */
void report_init(void)
{
	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED) {
		perror("selftest: mmap");
		exit(1);
	}
}

/**
 * report_reset() - begin with the next test
 */
void report_reset(void)
{
	memset(report, 0, sizeof(*report));
}

/**
 * report_line() - print a line as it is
 * @format: as for printf(), without the newline
 */
void report_line(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line("", format, args);
	va_end(args);
}

static void count_failure(const char *prefix, const char *format, va_list args)
{
	unsigned int n;

	n = __atomic_add_fetch(&report->failures, 1, __ATOMIC_SEQ_CST);
	if (n <= TOLD_MAX)
		write_line(prefix, format, args);
	else if (n == TOLD_MAX + 1)
		report_line("# further failures of this test are not told");
}

/**
 * report_fail() - the test failed for a reason that is no check of its own
 * @format: what went wrong, as for printf()
 */
void report_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	count_failure("# ", format, args);
	va_end(args);
}

/**
 * test_fail() - a check failed
 * @file: where it stands
 * @line: where it stands
 * @format: what was expected and what came, as for printf()
 */
void test_fail(const char *file, int line, const char *format, ...)
{
	const char *base = strrchr(file, '/');
	char prefix[80];
	va_list args;

	snprintf(prefix, sizeof(prefix), "# %s:%d: ", base ? base + 1 : file,
		 line);
	va_start(args, format);
	count_failure(prefix, format, args);
	va_end(args);
}

/**
 * test_note() - say something that is neither good nor bad
 * @format: as for printf()
 */
void test_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	write_line("# ", format, args);
	va_end(args);
}

/**
 * test_skip() - the test cannot be run here; does not return
 * @format: why not, as for printf()
 */
void test_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(report->reason, sizeof(report->reason), format, args);
	va_end(args);
	report->skipped = true;
	_exit(0);
}

/**
 * test_stop() - end the test, or the process of it that calls, after a failure
 */
void test_stop(void)
{
	_exit(1);
}

/**
 * test_announce() - whoever reads the kernel's log shall expect such lines
 * @regex: an extended regular expression
 */
void test_announce(const char *regex)
{
	FILE *file = fopen("/dev/kmsg", "we");

	if (!file)
		return;
	fprintf(file, "buddypool-test: expect %s\n", regex);
	fclose(file);
}

/**
 * test_errno() - the name of an error
 * @err: 0 or a positive count, or a negative errno
 *
 * Return: a string that need not be freed; of the calling thread.
 */
const char *test_errno(int err)
{
	static __thread char text[2][24];
	static __thread int turn;
	const char *name = err < 0 ? strerrorname_np(-err) : NULL;

	turn = !turn;
	if (name)
		snprintf(text[turn], sizeof(text[turn]), "-%s", name);
	else
		snprintf(text[turn], sizeof(text[turn]), "%d", err);
	return text[turn];
}

/**
 * test_expect() - check a condition
 * @ok: whether it holds
 * @what: the condition in words
 * @file: where the check stands
 * @line: where the check stands
 *
 * Return: @ok.
 */
bool test_expect(bool ok, const char *what, const char *file, int line)
{
	if (!ok)
		test_fail(file, line, "expected %s, got the contrary", what);
	return ok;
}

/**
 * test_expect_eq() - check a number
 * @want: what it has to be
 * @got: what it is
 * @what: how it came about, in words
 * @file: where the check stands
 * @line: where the check stands
 *
 * Return: whether it is so.
 */
bool test_expect_eq(long long want, long long got, const char *what,
		    const char *file, int line)
{
	if (want != got)
		test_fail(file, line, "expected %s == %lld, got %lld (%#llx)",
			  what, want, got, got);
	return want == got;
}

/**
 * test_expect_err() - check the result of a call
 * @want: 0 or a count, or a negative errno
 * @got: what the call returned
 * @what: the call in words
 * @file: where the check stands
 * @line: where the check stands
 *
 * Return: whether it is so.
 */
bool test_expect_err(int want, int got, const char *what, const char *file,
		     int line)
{
	if (want != got)
		test_fail(file, line, "expected %s from %s, got %s",
			  test_errno(want), what, test_errno(got));
	return want == got;
}
