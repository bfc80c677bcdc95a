/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Time, and how much of it a loop may use
 */
#ifndef SELFTEST_TICKS_H
#define SELFTEST_TICKS_H

#include <linux/types.h>
#include <stdbool.h>

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

__u64 ticks_ns(void);
__u64 ticks_ms(void);
struct budget budget_start(__u64 rounds, unsigned int ms);
bool budget_next(struct budget *budget);
void budget_note(const struct budget *budget, const char *what);

#endif /* SELFTEST_TICKS_H */
