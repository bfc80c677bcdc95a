/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A stock: blocks of an order that a CPU keeps aside, in the order in which they
 * came. What came last is the first to be used, for it is in the caches; what came
 * first is the first to go back to the pool, so that nothing stays at the bottom
 * for ever and keeps its pageblock from becoming free.
 *
 *	pfn	| gone back | kept longest ... used last |  room  |      |
 *	                      begin                        end      limit
 *
 * It is changed on its CPU alone, under the rules of lists.h; others only count.
 */
#ifndef BP_STOCK_H
#define BP_STOCK_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>

/* No stock may have more blocks than this. */
#define BP_STOCK_SIZE 128

/* Some more, so that they need not be moved down each time that some have gone. */
#define BP_STOCK_ROOM (BP_STOCK_SIZE + 32)

/**
 * struct bp_stock - blocks of an order
 * @begin: where the one is that has been kept longest
 * @end: behind the one that came last
 * @limit: @end may become so large; 0 if nothing may be kept
 * @pfn: their first pages
 */
struct bp_stock {
	u32 begin;
	u32 end;
	u32 limit;
	u32 pfn[BP_STOCK_ROOM];
};

/* How many there are. */
static inline u32 bp_stock_count(const struct bp_stock *stock)
{
	return stock->end - stock->begin;
}

/**
 * bp_stock_look() - how many there are, as others see it
 * @stock: the stock
 *
 * Return: how many; less than there are while they move.
 */
static inline u32 bp_stock_look(const struct bp_stock *stock)
{
	/* Pairs with that of bp_stock_begin_anew(). */
	const u32 begin = smp_load_acquire(&stock->begin);
	const u32 end = READ_ONCE(stock->end);

	return end > begin ? end - begin : 0;
}

/* For how many more is there room? */
static inline u32 bp_stock_room(const struct bp_stock *stock)
{
	return stock->limit > stock->end ? stock->limit - stock->end : 0;
}

static __always_inline bool bp_stock_has_room(const struct bp_stock *stock)
{
	return stock->end < stock->limit;
}

/* There is room for the block. */
static __always_inline void bp_stock_put(struct bp_stock *stock, u32 pfn)
{
	stock->pfn[stock->end] = pfn;
	WRITE_ONCE(stock->end, stock->end + 1);
}

/* Take the one out that came last; there is one. */
static __always_inline u32 bp_stock_take(struct bp_stock *stock)
{
	const u32 end = stock->end - 1;

	WRITE_ONCE(stock->end, end);
	return stock->pfn[end];
}

/* The same with @count of them, in the order in which they came. */
static inline void bp_stock_take_many(struct bp_stock *stock, u32 *pfns,
				      u32 count)
{
	WRITE_ONCE(stock->end, stock->end - count);
	memcpy(pfns, stock->pfn + stock->end, count * sizeof(*pfns));
}

/* There is room for all of them. */
static inline void bp_stock_put_many(struct bp_stock *stock, const u32 *pfns,
				     u32 count)
{
	memcpy(stock->pfn + stock->end, pfns, count * sizeof(*pfns));
	WRITE_ONCE(stock->end, stock->end + count);
}

/* Those @count that have been kept longest have gone elsewhere. */
static inline void bp_stock_lose(struct bp_stock *stock, u32 count)
{
	WRITE_ONCE(stock->begin, stock->begin + count);
}

/* There are @count of them now, from the start of @pfn on. */
static inline void bp_stock_begin_anew(struct bp_stock *stock, u32 count)
{
	WRITE_ONCE(stock->end, count);
	/* Who sees this must see the new end too, or would count too many. */
	smp_store_release(&stock->begin, 0);
}

/**
 * bp_stock_move() - move all there is to another stock
 * @to: the other one, of which nothing remains
 * @from: the stock; empty then, and may have nothing more
 */
static inline void bp_stock_move(struct bp_stock *to, struct bp_stock *from)
{
	const u32 count = bp_stock_count(from);

	memcpy(to->pfn, from->pfn + from->begin, count * sizeof(*to->pfn));
	bp_stock_begin_anew(to, count);
	bp_stock_begin_anew(from, 0);
	from->limit = 0;
}

static inline void bp_stock_move_down(struct bp_stock *stock)
{
	const u32 count = bp_stock_count(stock);

	memmove(stock->pfn, stock->pfn + stock->begin,
		count * sizeof(*stock->pfn));
	bp_stock_begin_anew(stock, count);
}

/**
 * bp_stock_allow() - say how many a stock may have
 * @stock: the stock
 * @high: how many, at most %BP_STOCK_SIZE
 */
static inline void bp_stock_allow(struct bp_stock *stock, u32 high)
{
	if (stock->end == BP_STOCK_ROOM)
		bp_stock_move_down(stock);
	stock->limit = high ? min(stock->begin + high, (u32)BP_STOCK_ROOM) : 0;
}

#endif /* BP_STOCK_H */
