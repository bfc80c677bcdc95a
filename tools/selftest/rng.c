// SPDX-License-Identifier: GPL-2.0
/*
 * Random numbers that come again with the same seed
 *
 * The seed of a test depends on the one of the command line and on the test's
 * name, not on which tests ran before it.
 */
#include "harness.h"

#include "rng.h"

static __u64 base;

static __u64 mix(__u64 x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static void mix_string(const char *s)
{
	while (*s)
		base = mix(base + (unsigned char)*s++);
}

/**
 * rng_name() - derive the streams of a test
 * @suite: its suite
 * @name: its name
 * @round: how often it has been run before
 */
void rng_name(const char *suite, const char *name, unsigned int round)
{
	base = mix(options.seed + round);
	mix_string(suite);
	mix_string(name);
}

/**
 * rng_start() - begin a stream
 * @stream: which one; one for each thread
 *
 * Return: the stream.
 */
struct rng rng_start(unsigned int stream)
{
	struct rng rng = { .state = mix(base + stream) };

	return rng;
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
