// SPDX-License-Identifier: GPL-2.0
/*
 * Sizes, times and numbers as people write them.
 */
#include "units.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char letters[] = "BKMGTPE";

/* The longest time that a session sleeps: longer ones are slips of the pen. */
#define MAX_SECONDS 1000000.0

/* The unit whose number is at least 1. */
static unsigned int unit_of(__u64 bytes)
{
	unsigned int unit = 0;

	while (unit < 6 && bytes >> (10 * (unit + 1)))
		unit++;
	return unit;
}

/* The digit behind the point, cut off: a size must not be called too large. */
static unsigned int tenth_of(__u64 bytes, unsigned int unit)
{
	__u64 rest;

	if (!unit)
		return 0;
	/* Only the ten bits below the unit decide, and ten of them fit. */
	rest = (bytes >> (10 * (unit - 1))) & 1023;
	return rest * 10 / 1024;
}

/* Is a size something other than a whole number of its unit? */
static bool is_broken(__u64 bytes, unsigned int unit)
{
	return bytes & ((1ULL << (10 * unit)) - 1);
}

static struct size_text in_unit(__u64 bytes, const char *space, const char *end)
{
	unsigned int unit = unit_of(bytes);
	__u64 whole = bytes >> (10 * unit);
	struct size_text text;

	/* Bytes are "B" and not "BiB"; a bare number where the letter does. */
	if (!unit)
		snprintf(text.s, sizeof(text.s), "%llu%s%s", whole, space,
			 *end ? "B" : "");
	else if (is_broken(bytes, unit))
		snprintf(text.s, sizeof(text.s), "%llu.%u%s%c%s", whole,
			 tenth_of(bytes, unit), space, letters[unit], end);
	else
		snprintf(text.s, sizeof(text.s), "%llu%s%c%s", whole, space,
			 letters[unit], end);
	return text;
}

/**
 * size_long() - a size for a sentence: "16 KiB"
 * @bytes: the size
 *
 * Return: the words; with one digit behind the point if it is not a whole
 * number of units.
 */
struct size_text size_long(__u64 bytes)
{
	return in_unit(bytes, " ", "iB");
}

/**
 * size_short() - a size where room is scarce: "16K"
 * @bytes: the size
 *
 * Return: the words, as of size_long().
 */
struct size_text size_short(__u64 bytes)
{
	return in_unit(bytes, "", "");
}

/**
 * size_even() - a size in the largest unit that it is a whole number of
 * @bytes: the size
 *
 * Return: the words: "1152K" rather than "1.1M".
 */
struct size_text size_even(__u64 bytes)
{
	unsigned int unit = unit_of(bytes);
	struct size_text text;

	while (is_broken(bytes, unit))
		unit--;
	if (!unit)
		snprintf(text.s, sizeof(text.s), "%llu", bytes);
	else
		snprintf(text.s, sizeof(text.s), "%llu%c", bytes >> 10 * unit,
			 letters[unit]);
	return text;
}

/**
 * seconds_long() - a time for a sentence: "2 s", "100 ms"
 * @seconds: the time
 *
 * Return: the words, with three digits at most if it is short.
 */
struct size_text seconds_long(double seconds)
{
	struct size_text text;

	if (seconds < 0.9995)
		snprintf(text.s, sizeof(text.s), "%.0f ms", seconds * 1000);
	else if (seconds < 100)
		snprintf(text.s, sizeof(text.s), "%.3g s", seconds);
	else
		snprintf(text.s, sizeof(text.s), "%.0f s", seconds);
	return text;
}

/**
 * seconds_to_ns() - a time as the kernel counts it
 * @seconds: the time, one that parse_seconds() has read
 *
 * Return: nanoseconds.
 */
__u64 seconds_to_ns(double seconds)
{
	return (__u64)(seconds * 1e9);
}

/* A number, and what stands behind it. strtoull() alone would take "-1". */
static bool parse_prefix(const char *text, __u64 *number, char **end)
{
	int base = 10;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		base = 16;
	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*number = strtoull(text, end, base);
	return !errno && *end != text;
}

/**
 * parse_number() - read a number, decimal or with 0x
 * @text: all of it is the number
 * @number: set to it
 *
 * Return: false if it is no number of at most 64 bits.
 */
bool parse_number(const char *text, __u64 *number)
{
	char *end;

	return parse_prefix(text, number, &end) && !*end;
}

/* "", "B", "K", "KB" (which people write for KiB), "KiB": powers of 1024. */
static bool parse_unit(const char *text, unsigned int *unit)
{
	const char *letter;

	*unit = 0;
	if (!*text)
		return true;
	letter = strchr(letters, *text & ~0x20);
	if (!letter || !*letter)
		return false;
	*unit = letter - letters;
	text++;
	if (!*text)
		return true;
	return *unit && (!strcasecmp(text, "iB") || !strcasecmp(text, "B"));
}

/**
 * parse_size() - read a size: "4096", "16K", "2MiB"
 * @text: all of it is the size
 * @bytes: set to it
 *
 * Return: false if it is no size, or one of more than 64 bits.
 */
bool parse_size(const char *text, __u64 *bytes)
{
	unsigned int unit;
	__u64 number;
	char *end;

	if (!parse_prefix(text, &number, &end) || !parse_unit(end, &unit))
		return false;
	*bytes = number << (10 * unit);
	return *bytes >> (10 * unit) == number;
}

/**
 * parse_seconds() - read a time: "2", "0.3"
 * @text: all of it is the time
 * @seconds: set to it
 *
 * Return: false if it is no time, or an unreasonable one.
 */
bool parse_seconds(const char *text, double *seconds)
{
	char *end;

	if (!*text || strspn(text, "0123456789.") != strlen(text))
		return false;
	*seconds = strtod(text, &end);
	return !*end && *seconds <= MAX_SECONDS;
}
