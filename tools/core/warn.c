// SPDX-License-Identifier: GPL-2.0
/*
 * What the module has done that it should not do, and must not.
 */
#include "core.h"

static unsigned long nr_warnings;

/**
 * core_die() - the module has done what it must not do
 * @what: what it has done
 */
void core_die(const char *what)
{
	fprintf(stderr, "core: %s\n", what);
	abort();
}

/**
 * core_warn_on() - the module gives a warning, if there is cause for one
 * @wrong: whether there is
 * @file: where
 * @line: where
 *
 * Return: @wrong.
 */
bool core_warn_on(bool wrong, const char *file, int line)
{
	if (wrong && !__atomic_fetch_add(&nr_warnings, 1, __ATOMIC_RELAXED))
		fprintf(stderr, "core: warning at %s:%d\n", file, line);
	return wrong;
}

/**
 * core_nr_warnings() - how often has the module warned?
 *
 * Return: how often.
 */
unsigned long core_nr_warnings(void)
{
	return READ_ONCE(nr_warnings);
}
