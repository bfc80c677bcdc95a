/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns to fill blocks with. What stands at an offset depends on that offset
 * alone, so that any part of a block can be verified.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <linux/types.h>

#include "error.h"

enum pattern_kind {
	PATTERN_BYTE,
	PATTERN_OFFSET,
	PATTERN_RANDOM,
};

/**
 * struct pattern - a pattern
 * @kind: which
 * @value: the byte, or the seed
 */
struct pattern {
	enum pattern_kind kind;
	__u64 value;
};

int pattern_parse(struct pattern *pattern, const char *name, const char *seed,
		  struct error *error);
void pattern_make(const struct pattern *pattern, __u64 offset,
		  unsigned char *to, size_t size);

#endif /* PATTERN_H */
