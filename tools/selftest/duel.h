/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two threads that do two things to one block at the same moment, many times
 */
#ifndef SELFTEST_DUEL_H
#define SELFTEST_DUEL_H

#include "pool.h"

/**
 * struct duel - one pair of rivals
 * @what: what it is about, in words
 * @n: size of the block, in pages
 * @map: map the block before each round
 * @left: what the one thread does; returns 0 or a negative errno
 * @right: what the other does
 * @judge: looks at what both returned; the handle may be gone or not
 * @fd: the client
 * @block: the block of this round
 * @p: where it is mapped, with @map
 * @left_ret: what the one returned
 * @right_ret: what the other returned
 */
struct duel {
	const char *what;
	__u64 n;
	bool map;
	int (*left)(struct duel *duel);
	int (*right)(struct duel *duel);
	void (*judge)(struct duel *duel);
	int fd;
	struct buddypool_alloc block;
	char *p;
	int left_ret;
	int right_ret;
};

void duel_run(struct duel *duel, unsigned int rounds, unsigned int ms);
int duel_free(struct duel *duel);

#endif /* SELFTEST_DUEL_H */
