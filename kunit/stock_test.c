// SPDX-License-Identifier: GPL-2.0
/*
 * What a CPU keeps of an order, against a naive model.
 */
#include "stock.h"

#include <linux/minmax.h>
#include <linux/prandom.h>

#include "testlib.h"

enum {
	STEPS = 20000,
};

/**
 * struct model - a stock, and what it should have
 * @stock: the stock
 * @rng: random numbers
 * @high: how many it may have
 * @count: how many it should have
 * @pfn: which, in the order in which they came
 * @next: the next one to come
 * @loot: where it goes when it is taken away
 */
struct model {
	struct bp_stock stock;
	struct rnd_state rng;
	u32 high;
	u32 count;
	u32 pfn[BP_STOCK_SIZE];
	u32 next;
	struct bp_stock loot;
};

static u32 below(struct model *m, u32 limit)
{
	return prandom_u32_state(&m->rng) % limit;
}

static struct model *new_model(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, m);
	prandom_seed_state(&m->rng, bp_test_seed());
	return m;
}

static void allow(struct model *m, u32 high)
{
	m->high = high;
	bp_stock_allow(&m->stock, high);
}

/* As a list does that has run out of room: it looks again, and loses some. */
static void make_room(struct model *m)
{
	u32 nr = min(m->count, 1 + below(m, 64));

	allow(m, m->high);
	if (bp_stock_has_room(&m->stock))
		return;
	bp_stock_lose(&m->stock, nr);
	memmove(m->pfn, m->pfn + nr, (m->count - nr) * sizeof(*m->pfn));
	m->count -= nr;
	allow(m, m->high);
}

static void put(struct kunit *test, struct model *m, u32 nr)
{
	u32 pfns[BP_STOCK_SIZE], i;

	nr = min(nr, bp_stock_room(&m->stock));
	KUNIT_ASSERT_LE(test, m->count + nr, m->high);
	for (i = 0; i < nr; i++) {
		pfns[i] = m->next++;
		m->pfn[m->count++] = pfns[i];
	}
	if (nr == 1)
		bp_stock_put(&m->stock, pfns[0]);
	else
		bp_stock_put_many(&m->stock, pfns, nr);
}

static void take(struct kunit *test, struct model *m, u32 nr)
{
	u32 pfns[BP_STOCK_SIZE], i;

	nr = min(nr, m->count);
	if (nr == 1)
		pfns[0] = bp_stock_take(&m->stock);
	else
		bp_stock_take_many(&m->stock, pfns, nr);
	m->count -= nr;
	for (i = 0; i < nr; i++)
		KUNIT_ASSERT_EQ(test, pfns[i], m->pfn[m->count + i]);
}

/* All of it, as whoever empties the lists does. */
static void move(struct kunit *test, struct model *m)
{
	struct bp_stock *loot = &m->loot;
	u32 i;

	bp_stock_move(loot, &m->stock);
	KUNIT_ASSERT_EQ(test, bp_stock_count(loot), m->count);
	for (i = 0; i < m->count; i++)
		KUNIT_ASSERT_EQ(test, loot->pfn[loot->begin + i], m->pfn[i]);
	KUNIT_ASSERT_EQ(test, bp_stock_room(&m->stock), 0);
	KUNIT_ASSERT_FALSE(test, bp_stock_has_room(&m->stock));
	m->count = 0;
	m->high = 0;
}

static void compare(struct kunit *test, const struct model *m)
{
	const struct bp_stock *stock = &m->stock;
	u32 i;

	KUNIT_ASSERT_EQ(test, bp_stock_count(stock), m->count);
	KUNIT_ASSERT_EQ(test, bp_stock_look(stock), m->count);
	KUNIT_ASSERT_EQ(test, bp_stock_has_room(stock),
			bp_stock_room(stock) > 0);
	KUNIT_ASSERT_LE(test, stock->end, BP_STOCK_ROOM);
	for (i = 0; i < m->count; i++)
		KUNIT_ASSERT_EQ(test, stock->pfn[stock->begin + i], m->pfn[i]);
}

/* What came last is used first, what came first is given back first. */
static void stock_is_a_queue_and_a_stack(struct kunit *test)
{
	struct model *m = new_model(test);
	u32 i;

	for (i = 0; i < STEPS; i++) {
		switch (below(m, 8)) {
		case 0 ... 2:
			put(test, m, 1);
			break;
		case 3:
			put(test, m, below(m, BP_STOCK_SIZE));
			break;
		case 4:
			take(test, m, 1);
			break;
		case 5:
			take(test, m, below(m, 32));
			break;
		case 6:
			make_room(m);
			break;
		default:
			if (!below(m, 50))
				move(test, m);
			else if (m->count <= m->high && !below(m, 10))
				allow(m, max(m->count,
					     1 + below(m, BP_STOCK_SIZE)));
		}
		compare(test, m);
	}
}

/* Whoever may have so many can have so many, wherever they begin. */
static void stock_has_the_room_it_is_allowed(struct kunit *test)
{
	struct model *m = new_model(test);
	u32 i;

	KUNIT_EXPECT_FALSE(test, bp_stock_has_room(&m->stock));
	for (i = 0; i < 4 * BP_STOCK_ROOM; i++) {
		allow(m, BP_STOCK_SIZE);
		put(test, m, BP_STOCK_SIZE);
		allow(m, BP_STOCK_SIZE);
		put(test, m, BP_STOCK_SIZE);
		if (i % 3)
			KUNIT_EXPECT_GE(test, m->count, BP_STOCK_SIZE - 1);
		make_room(m);
		KUNIT_EXPECT_TRUE(test, bp_stock_has_room(&m->stock));
		compare(test, m);
	}
}

/* To lower the limit takes nothing away, but nothing more may come. */
static void stock_of_which_less_is_allowed(struct kunit *test)
{
	struct model *m = new_model(test);

	allow(m, 100);
	put(test, m, 50);
	bp_stock_allow(&m->stock, 20);
	KUNIT_EXPECT_FALSE(test, bp_stock_has_room(&m->stock));
	KUNIT_EXPECT_EQ(test, bp_stock_room(&m->stock), 0);
	compare(test, m);
	take(test, m, 31);
	KUNIT_EXPECT_EQ(test, bp_stock_room(&m->stock), 1);
	bp_stock_allow(&m->stock, 0);
	KUNIT_EXPECT_EQ(test, bp_stock_room(&m->stock), 0);
	take(test, m, 19);
	KUNIT_EXPECT_FALSE(test, bp_stock_has_room(&m->stock));
}

/* What is there is not moved for every block for which there must be room. */
static void stock_rarely_moves(struct kunit *test)
{
	struct model *m = new_model(test);
	u32 i, before, nr_moves = 0;

	allow(m, BP_STOCK_SIZE);
	for (i = 0; i < 1000; i++) {
		put(test, m, BP_STOCK_SIZE);
		before = m->stock.begin;
		make_room(m);
		nr_moves += m->stock.begin < before;
		compare(test, m);
	}
	KUNIT_EXPECT_GT(test, nr_moves, 0);
	KUNIT_EXPECT_LT(test, nr_moves, 1000);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(stock_is_a_queue_and_a_stack),
	KUNIT_CASE(stock_has_the_room_it_is_allowed),
	KUNIT_CASE(stock_of_which_less_is_allowed),
	KUNIT_CASE(stock_rarely_moves),
	{},
};

static struct kunit_suite suite = {
	.name = "buddypool_stock",
	.test_cases = cases,
};

kunit_test_suite(suite);
