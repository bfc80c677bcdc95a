// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites use of the kernel. The random numbers are not the kernel's but as
 * good: splitmix64, by Sebastiano Vigna.
 */
#include "suites.h"

#include <stdarg.h>
#include <sys/random.h>

int scnprintf(char *text, size_t size, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, size, format, args);
	va_end(args);
	return min(length, (int)size - 1);
}

void prandom_seed_state(struct rnd_state *state, u64 seed)
{
	state->word = seed;
}

u32 prandom_u32_state(struct rnd_state *state)
{
	u64 word = state->word += 0x9e3779b97f4a7c15ULL;

	word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9ULL;
	word = (word ^ word >> 27) * 0x94d049bb133111ebULL;
	return word >> 32;
}

u32 suites_seed;

u32 get_random_u32(void)
{
	u32 number = suites_seed;

	if (!number && getrandom(&number, sizeof(number), 0) != sizeof(number))
		abort();
	return number;
}
