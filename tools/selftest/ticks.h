/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time, and how much of it a loop may use
 *
 * Machines stand still for seconds at times, and the clock goes on. So what has to
 * happen soon is looked for so many times (struct patience), and where the kernel
 * is the one that waits, it gets SOON_MS.
 */
#ifndef SELFTEST_TICKS_H
#define SELFTEST_TICKS_H

#include <linux/types.h>
#include <stdbool.h>

/* What has to happen soon happens within that time. */
#define SOON_MS 15000

/**
 * struct budget - bounds of a loop: of rounds and of time, whichever ends first
 * @rounds: rounds that are left
 * @done: rounds that were begun
 * @end: when the time is over, in ms
 * @start: when it began, in ms
 */
struct budget {
	__u64 rounds;
	__u64 done;
	__u64 end;
	__u64 start;
};

/**
 * struct patience - how long it has been waited for what has to happen soon
 * @looks: how often it was looked for; 0 to begin with
 */
struct patience {
	unsigned int looks;
};

__u64 ticks_ns(void);
__u64 ticks_ms(void);
struct budget budget_start(__u64 rounds, unsigned int ms);
bool budget_next(struct budget *budget);
void budget_note(const struct budget *budget, const char *what);
bool patience_left(struct patience *patience);

#endif /* SELFTEST_TICKS_H */
