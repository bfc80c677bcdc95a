// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns to fill blocks with.
 */
#include "pattern.h"

#include <string.h>

#include "units.h"

static int parse_seed(__u64 *value, const char *seed, struct error *error)
{
	*value = 0;
	if (seed && !parse_number(seed, value))
		return misuse(error, "the seed %s is no number", seed);
	return 0;
}

/**
 * pattern_parse() - find out which pattern is meant
 * @pattern: set to it
 * @name: "offset", "random", "zero", or a byte
 * @seed: of "random", or NULL
 * @error: what is wrong
 *
 * Return: 0, or -1.
 */
int pattern_parse(struct pattern *pattern, const char *name, const char *seed,
		  struct error *error)
{
	if (!strcmp(name, "random")) {
		pattern->kind = PATTERN_RANDOM;
		return parse_seed(&pattern->value, seed, error);
	}
	if (seed)
		return misuse(error, "only random has a seed");
	if (!strcmp(name, "offset")) {
		pattern->kind = PATTERN_OFFSET;
		return 0;
	}
	pattern->kind = PATTERN_BYTE;
	pattern->value = 0;
	if (!strcmp(name, "zero"))
		return 0;
	if (!parse_number(name, &pattern->value) || pattern->value > 255) {
		misuse(error,
		       "%s is neither a byte (0 to 255) nor one of zero, offset, random",
		       name);
		return -1;
	}
	return 0;
}

/* Mixes well enough that no two words are alike (after splitmix64). */
static __u64 scramble(__u64 x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

/* The eight bytes at a multiple of eight. */
static __u64 word_at(const struct pattern *pattern, __u64 offset)
{
	switch (pattern->kind) {
	case PATTERN_OFFSET:
		return offset;
	case PATTERN_RANDOM:
		return scramble(offset ^ scramble(pattern->value));
	default:
		return pattern->value * 0x0101010101010101ULL;
	}
}

/**
 * pattern_make() - write a part of a pattern
 * @pattern: the pattern
 * @offset: where in the block the part begins
 * @to: where to write
 * @size: bytes
 */
void pattern_make(const struct pattern *pattern, __u64 offset,
		  unsigned char *to, size_t size)
{
	size_t i;

	/* Bytes from the lowest to the highest, whatever the machine. */
	for (i = 0; i < size; i++) {
		const __u64 at = offset + i;

		to[i] = word_at(pattern, at & ~7ULL) >> (at & 7) * 8;
	}
}
