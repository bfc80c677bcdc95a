// SPDX-License-Identifier: GPL-2.0
/*
 * Bytes as a pool and what is done to it, for libFuzzer: see tools/prove/fuzz.
 *
 * Five bytes make the pool: two its size, one its largest order, one what CPUs keep,
 * one which allocation of memory fails. Each four bytes after them are an act.
 */
#include "main.h"

#include "core.h"
#include "trial.h"

#define HEADER 5

/* Small pools are quick, and the most; some have several pageblocks. */
static u32 pool_size(u8 low, u8 high)
{
	static const u16 limits[] = { 17, 65, 131, 600, 1100, MODEL_MAX_PAGES };

	return low * 257U % limits[high % ARRAY_SIZE(limits)] + (high & 1);
}

static u32 percpu_pages(u8 number)
{
	static const u16 sizes[] = { 0, 5, 40, 160, 300, 640, 2560, 5120 };

	return sizes[number % ARRAY_SIZE(sizes)];
}

int fuzz_start(int *argc, char ***argv)
{
	trial_start();
	return 0;
}

int fuzz_input(const uint8_t *data, size_t size)
{
	static struct trial trial;
	struct act act;

	if (size < HEADER)
		return -1;
	if (!trial_begin(&trial, pool_size(data[0], data[1]),
			 data[2] % (BP_MAX_ORDER + 2), percpu_pages(data[3]),
			 data[4] < 8 ? data[4] : -1))
		return 0;
	for (data += HEADER, size -= HEADER; size >= sizeof(act);
	     data += sizeof(act), size -= sizeof(act)) {
		memcpy(&act, data, sizeof(act));
		trial_act(&trial, &act);
	}
	trial_end(&trial);
	return 0;
}
