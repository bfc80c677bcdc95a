// SPDX-License-Identifier: GPL-2.0
/*
 * Random numbers that come again with the same seed, in streams that split
 */
#include "fuzz.h"

#include <string.h>

#include "rng.h"

static __u64 mix(__u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/**
 * rng_split() - a stream of its own for one of several
 * @rng: where the streams come from; stays as it is
 * @which: number of the stream
 *
 * Return: the stream; always the same for the same arguments.
 */
struct rng rng_split(const struct rng *rng, __u64 which)
{
	struct rng split = { mix(rng->state + mix(which + 1)) };

	return split;
}

/**
 * rng_next() - the next number of a stream
 * @rng: the stream
 *
 * Return: 64 random bits.
 */
__u64 rng_next(struct rng *rng)
{
	rng->state += 0x9e3779b97f4a7c15ULL;
	return mix(rng->state);
}

/**
 * rng_below() - the next number of a stream, in bounds
 * @rng: the stream
 * @limit: what the number is less than; not zero
 *
 * Return: 0 to @limit - 1, slightly uneven where @limit is huge.
 */
__u64 rng_below(struct rng *rng, __u64 limit)
{
	return rng_next(rng) % limit;
}

/**
 * rng_range() - a number from one to another
 * @rng: the stream
 * @first: the smallest
 * @last: the largest
 *
 * Return: the number.
 */
__u64 rng_range(struct rng *rng, __u64 first, __u64 last)
{
	return first + rng_below(rng, last - first + 1);
}

/**
 * rng_one_in() - true once in so many times
 * @rng: the stream
 * @n: how many
 *
 * Return: true or false.
 */
bool rng_one_in(struct rng *rng, __u64 n)
{
	return !rng_below(rng, n);
}

/**
 * rng_skewed() - a number that is rather small
 * @rng: the stream
 * @limit: what the number is less than; not zero
 *
 * Return: 0 to @limit - 1, all magnitudes about equally often.
 */
__u64 rng_skewed(struct rng *rng, __u64 limit)
{
	unsigned int bits = 64 - __builtin_clzll(limit);
	__u64 n = rng_next(rng) >> (64 - rng_range(rng, 1, bits));

	return n % limit;
}

/**
 * rng_edge() - a number at which something is likely to go wrong
 * @rng: the stream
 *
 * Return: a power of two, or near to one, zero and all ones included.
 */
__u64 rng_edge(struct rng *rng)
{
	__u64 n = 1ULL << rng_below(rng, 64);

	switch (rng_below(rng, 6)) {
	case 0:
		return 0;
	case 1:
		return n - 1;
	case 2:
		return n + 1;
	case 3:
		return -n;
	case 4:
		return ~0ULL - pool.page_size + rng_below(rng, 3);
	default:
		return n;
	}
}

/**
 * rng_bytes() - random bytes
 * @rng: the stream
 * @to: where to
 * @n: how many
 */
void rng_bytes(struct rng *rng, void *to, size_t n)
{
	unsigned char *at = to;
	__u64 word;

	for (; n >= sizeof(word); n -= sizeof(word), at += sizeof(word)) {
		word = rng_next(rng);
		memcpy(at, &word, sizeof(word));
	}
	word = rng_next(rng);
	memcpy(at, &word, n);
}
