/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a test has to say, and how it ended
 */
#ifndef SELFTEST_REPORT_H
#define SELFTEST_REPORT_H

#include <stdbool.h>

#include "compiler.h"

/**
 * struct report - the result of the test that runs, in memory shared by all
 *	that descend from it
 * @failures: how many checks failed
 * @skipped: the test cannot be run here
 * @reason: why it cannot
 */
struct report {
	unsigned int failures;
	bool skipped;
	char reason[160];
};

extern struct report *report;

void report_init(void);
void report_reset(void);
__printf(1, 2) void report_line(const char *format, ...);
__printf(1, 2) void report_fail(const char *format, ...);

#endif /* SELFTEST_REPORT_H */
