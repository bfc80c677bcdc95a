/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that come again with the same seed, in streams that split
 */
#ifndef FUZZ_RNG_H
#define FUZZ_RNG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct rng - a stream of random numbers
 * @state: where the stream is
 *
 * Not locked: every thread has its own.
 */
struct rng {
	__u64 state;
};

struct rng rng_split(const struct rng *rng, __u64 which);
__u64 rng_next(struct rng *rng);
__u64 rng_below(struct rng *rng, __u64 limit);
__u64 rng_range(struct rng *rng, __u64 first, __u64 last);
bool rng_one_in(struct rng *rng, __u64 n);
__u64 rng_skewed(struct rng *rng, __u64 limit);
__u64 rng_edge(struct rng *rng);
void rng_bytes(struct rng *rng, void *to, size_t n);

#endif /* FUZZ_RNG_H */
