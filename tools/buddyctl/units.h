/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sizes, times and numbers as people write them.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stdbool.h>
#include <linux/types.h>

/**
 * struct size_text - a size or a time in words; by value, so that one expression
 *	can hold several
 * @s: the words
 */
struct size_text {
	char s[24];
};

struct size_text size_long(__u64 bytes);
struct size_text size_short(__u64 bytes);
struct size_text size_even(__u64 bytes);
struct size_text seconds_long(double seconds);
__u64 seconds_to_ns(double seconds);

bool parse_number(const char *text, __u64 *number);
bool parse_size(const char *text, __u64 *bytes);
bool parse_seconds(const char *text, double *seconds);

#endif /* UNITS_H */
