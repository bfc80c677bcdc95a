// SPDX-License-Identifier: GPL-2.0
/*
 * Errors as sentences.
 */
#include "error.h"

#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void set(struct error *error, const char *fmt, va_list args)
{
	memset(error, 0, sizeof(*error));
	vsnprintf(error->text, sizeof(error->text), fmt, args);
}

/**
 * fail() - something failed
 * @error: filled in
 * @err: errno, or 0
 * @fmt: the sentence
 *
 * Return: -1, so that a caller can return it in turn.
 */
int fail(struct error *error, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(error, fmt, args);
	va_end(args);
	error->err = err;
	return -1;
}

/**
 * misuse() - something was asked for that makes no sense
 * @error: filled in
 * @fmt: the sentence
 *
 * Return: -1.
 */
int misuse(struct error *error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(error, fmt, args);
	va_end(args);
	error->usage = true;
	return -1;
}

/**
 * error_print() - say it on standard error
 * @error: the error
 */
void error_print(const struct error *error)
{
	fflush(stdout);
	fprintf(stderr, "buddyctl: %s\n", error->text);
}

/**
 * error_signal_name() - the name of a signal that touching memory can raise
 * @signal: its number
 *
 * Return: the name, "no signal" for others.
 */
const char *error_signal_name(int signal)
{
	switch (signal) {
	case SIGBUS:
		return "SIGBUS";
	case SIGSEGV:
		return "SIGSEGV";
	default:
		return "no signal";
	}
}

/**
 * error_reason_name() - a value of enum buddypool_failure_reason in one word
 * @reason: the value
 *
 * Return: the word, also for values that only a later kernel knows.
 */
const char *error_reason_name(unsigned int reason)
{
	switch (reason) {
	case BUDDYPOOL_FAILURE_NONE:
		return "none";
	case BUDDYPOOL_FAILURE_FULL:
		return "full";
	case BUDDYPOOL_FAILURE_FRAGMENTED:
		return "fragmented";
	case BUDDYPOOL_FAILURE_TOO_LARGE:
		return "too-large";
	case BUDDYPOOL_FAILURE_NO_MOVE:
		return "no-move";
	case BUDDYPOOL_FAILURE_BYTES:
		return "bytes";
	case BUDDYPOOL_FAILURE_HANDLES:
		return "handles";
	case BUDDYPOOL_FAILURE_QUEUED:
		return "queued";
	default:
		return "unknown";
	}
}

/**
 * out_of_memory() - end the program, for want of memory of its own
 *
 * There is nothing to save: the kernel frees what a session held.
 */
void out_of_memory(void)
{
	fputs("buddyctl: out of memory\n", stderr);
	exit(1);
}
