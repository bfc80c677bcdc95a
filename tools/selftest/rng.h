/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that come again with the same seed
 */
#ifndef SELFTEST_RNG_H
#define SELFTEST_RNG_H

#include <linux/types.h>

/**
 * struct rng - a stream of random numbers
 * @state: where the stream is
 *
 * Not locked: every thread has its own.
 */
struct rng {
	__u64 state;
};

void rng_name(const char *suite, const char *name, unsigned int round);
struct rng rng_start(unsigned int stream);
__u64 rng_next(struct rng *rng);
__u64 rng_below(struct rng *rng, __u64 limit);

#endif /* SELFTEST_RNG_H */
