// SPDX-License-Identifier: GPL-2.0
/*
 * What the pages hold: the two bits of each, against a naive model.
 */
#include "stale.h"

#include <linux/minmax.h>
#include <linux/prandom.h>

#include "testlib.h"

enum {
	NR_PAGES = 300,
	STEPS = 20000,
};

/**
 * struct model - the bits, and what they should be
 * @stale: the bits
 * @is_stale: of each page
 * @is_shown: of each page
 */
struct model {
	unsigned long *stale;
	bool is_stale[NR_PAGES];
	bool is_shown[NR_PAGES];
};

static struct model *new_model(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	/* Just as many as are used: KASAN sees the rest. */
	m->stale = kunit_kzalloc(test, bp_stale_size(NR_PAGES), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m->stale);
	return m;
}

static void compare(struct kunit *test, const struct model *m)
{
	u32 pfn;

	for (pfn = 0; pfn < NR_PAGES; pfn++) {
		KUNIT_ASSERT_EQ_MSG(test, bp_stale_test(m->stale, pfn),
				    m->is_stale[pfn], "page %u", pfn);
		KUNIT_ASSERT_EQ_MSG(test, bp_stale_is_shown(m->stale, pfn),
				    m->is_shown[pfn], "page %u", pfn);
	}
}

static void show(struct model *m, u32 pfn)
{
	bp_stale_show(m->stale, pfn);
	m->is_stale[pfn] = false;
	m->is_shown[pfn] = true;
}

static void mark(struct model *m, u32 first, u32 nr_pages)
{
	u32 pfn;

	bp_stale_mark(m->stale, first, nr_pages);
	for (pfn = first; pfn < first + nr_pages; pfn++) {
		m->is_stale[pfn] |= m->is_shown[pfn];
		m->is_shown[pfn] = false;
	}
}

/* Two bits for each page, in words for so many pages as a word has bits. */
static void stale_size(struct kunit *test)
{
	const u32 bits = BITS_PER_LONG;

	KUNIT_EXPECT_EQ(test, bp_stale_size(1), 2 * sizeof(long));
	KUNIT_EXPECT_EQ(test, bp_stale_size(bits), 2 * sizeof(long));
	KUNIT_EXPECT_EQ(test, bp_stale_size(bits + 1), 4 * sizeof(long));
	KUNIT_EXPECT_EQ(test, bp_stale_size(1024 * bits), 2048 * sizeof(long));
}

static void stale_at_the_ends_of_words(struct kunit *test)
{
	static const u32 ends[] = { 0,   1,   31,  32,  63,
				    64,  65,  127, 128, 191,
				    192, 255, 256, 287, NR_PAGES - 1 };
	struct model *m = new_model(test);
	unsigned int i, j;
	u32 pfn;

	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		for (j = i; j < ARRAY_SIZE(ends); j++) {
			memset(m->stale, 0, bp_stale_size(NR_PAGES));
			memset(m->is_stale, 0, sizeof(m->is_stale));
			for (pfn = 0; pfn < NR_PAGES; pfn++)
				show(m, pfn);
			mark(m, ends[i], ends[j] - ends[i] + 1);
			compare(test, m);
		}
	}
}

static void stale_random(struct kunit *test)
{
	struct model *m = new_model(test);
	struct rnd_state rnd;
	unsigned int step;
	u32 first, last;

	prandom_seed_state(&rnd, bp_test_seed());
	for (step = 0; step < STEPS; step++) {
		first = prandom_u32_state(&rnd) % NR_PAGES;
		last = prandom_u32_state(&rnd) % NR_PAGES;
		if (prandom_u32_state(&rnd) % 16)
			show(m, first);
		else
			mark(m, min(first, last),
			     max(first, last) - min(first, last) + 1);
		if (step % 64 == 0)
			compare(test, m);
	}
	compare(test, m);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(stale_size),
	KUNIT_CASE(stale_at_the_ends_of_words),
	KUNIT_CASE(stale_random),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_stale",
	.test_cases = cases,
};

kunit_test_suite(suite);
