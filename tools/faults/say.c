// SPDX-License-Identifier: GPL-2.0
/*
 * What the program has to say
 */
#include "say.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_line(const char *format, va_list args)
{
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
}

/**
 * say() - print a line
 * @format: as for printf(), without the newline
 */
void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say_line(format, args);
	va_end(args);
}

/**
 * say_bail() - give up: what has to work for any test does not; does not return
 * @format: what it is, as for printf()
 */
void say_bail(const char *format, ...)
{
	va_list args;

	printf("Bail out! ");
	va_start(args, format);
	say_line(format, args);
	va_end(args);
	exit(1);
}

/**
 * say_errno() - the name of an error
 * @err: the errno, positive or negative; 0 for none
 *
 * Return: a string that need not be freed.
 */
const char *say_errno(int err)
{
	const char *name = strerrorname_np(abs(err));

	return name ? name : "an unknown error";
}
