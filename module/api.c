// SPDX-License-Identifier: GPL-2.0
/*
 * The module's functions for other modules: <linux/buddypool.h>.
 */
#include <linux/buddypool.h>

#include <linux/bitops.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/mm.h>

#include "pool.h"

/* How many blocks to handle at a time in bulk. */
#define BATCH 64

struct buddypool {
	struct bp_pool pool;
};

static void *address_of(const struct bp_pool *pool, u32 pfn)
{
	return pool->region + ((size_t)pfn << PAGE_SHIFT);
}

/*
 * Of an address that is none of a page of the pool, a number that is none: the
 * bits of the address below those of a page become the highest ones.
 */
static __always_inline u64 pfn_of(const struct bp_pool *pool,
				  const void *address)
{
	return ror64((size_t)(address - pool->region), PAGE_SHIFT);
}

/**
 * buddypool_create() - make a pool
 * @size: its size, in bytes; whole pages
 * @max_order: order of the largest block, at most 18
 * @percpu_pages: how many pages each CPU may keep aside, 0 for none; a few
 *	hundred make allocating and freeing of small orders quicker, in particular
 *	on several CPUs at once
 *
 * Context: process context; sleeps.
 * Return: the pool; an ERR_PTR: -EINVAL for a bad size or order, -ENOMEM.
 */
struct buddypool *buddypool_create(size_t size, unsigned int max_order,
				   unsigned int percpu_pages)
{
	struct bp_pool *pool;
	int err;

	if (!PAGE_ALIGNED(size) || size >> PAGE_SHIFT > BP_MAX_PAGES)
		return ERR_PTR(-EINVAL);
	pool = bp_pool_create(size >> PAGE_SHIFT, max_order);
	if (IS_ERR(pool))
		return ERR_CAST(pool);
	err = bp_pool_use_lists(pool, percpu_pages);
	if (err) {
		bp_pool_destroy(pool);
		return ERR_PTR(err);
	}
	return container_of(pool, struct buddypool, pool);
}
EXPORT_SYMBOL_GPL(buddypool_create);

/**
 * buddypool_destroy() - the end of a pool and of all its blocks
 * @pool: the pool, which nobody uses any more
 *
 * Context: process context; sleeps.
 */
void buddypool_destroy(struct buddypool *pool)
{
	bp_pool_destroy(&pool->pool);
}
EXPORT_SYMBOL_GPL(buddypool_destroy);

/**
 * buddypool_alloc() - allocate a block
 * @pool: the pool
 * @order: 2^@order pages are wanted, at a multiple of as many from the beginning of
 *	the pool
 *
 * The pages are not cleared.
 *
 * Context: task context. At most 600 instructions, and 60 more for each page of a
 * batch that this CPU is to keep (DESIGN.md); but for a failure, and if other CPUs
 * have to give back what they keep aside, for which it sleeps.
 * Return: the block, or NULL if there is none.
 */
void *buddypool_alloc(struct buddypool *pool, unsigned int order)
{
	const u32 pfn = bp_pool_alloc_block(&pool->pool, order);

	return likely(pfn != BP_NO_PAGE) ? address_of(&pool->pool, pfn) : NULL;
}
EXPORT_SYMBOL_GPL(buddypool_alloc);

/**
 * buddypool_free() - free a block
 * @pool: the pool that it is of
 * @block: the block
 * @order: its order
 *
 * Context: task context. At most 600 instructions, and 60 more for each page that
 * this CPU has kept and gives back (DESIGN.md); but if others wait for memory.
 *
 * Who frees the same block twice at the very same moment, on two CPUs, may be told
 * twice that it was right; it is noticed later, and nobody gets the block twice.
 *
 * Return: 0; -ERANGE if it is not the address of a page of the pool, -ENOENT if no
 * block is allocated there, -EINVAL if one of another order is, or the order is
 * none. Nothing has changed then.
 */
int buddypool_free(struct buddypool *pool, void *block, unsigned int order)
{
	return bp_pool_free_block(&pool->pool, pfn_of(&pool->pool, block),
				  order);
}
EXPORT_SYMBOL_GPL(buddypool_free);

/**
 * buddypool_alloc_bulk() - allocate many blocks
 * @pool: the pool
 * @order: as for buddypool_alloc()
 * @nr: how many
 * @blocks: set to the blocks
 *
 * Context: as buddypool_alloc(), for each word of 64 pages that some are taken of:
 * 64 pages, each of another word, take almost as long as one by one.
 * Return: how many there are, up to @nr.
 */
unsigned int buddypool_alloc_bulk(struct buddypool *pool, unsigned int order,
				  unsigned int nr, void **blocks)
{
	unsigned int i, got, want, total = 0;
	u32 pfns[BATCH];

	do {
		want = min_t(unsigned int, nr - total, BATCH);
		got = bp_pool_alloc_bulk(&pool->pool, order, pfns, want);
		for (i = 0; i < got; i++)
			blocks[total++] = address_of(&pool->pool, pfns[i]);
	} while (got == want && total < nr);
	return total;
}
EXPORT_SYMBOL_GPL(buddypool_alloc_bulk);

/**
 * buddypool_free_bulk() - free many blocks
 * @pool: the pool that they are of
 * @order: their order
 * @nr: how many
 * @blocks: the blocks; quickest if neighbours are together
 *
 * Context: as buddypool_free(), for each of the words of 64 pages that they are of.
 * Return: how many were freed; if fewer than @nr, the one after these is no block
 * of this order.
 */
unsigned int buddypool_free_bulk(struct buddypool *pool, unsigned int order,
				 unsigned int nr, void *const *blocks)
{
	unsigned int i, want, freed, total = 0;
	u32 pfns[BATCH];

	do {
		want = min_t(unsigned int, nr - total, BATCH);
		for (i = 0; i < want; i++)
			pfns[i] = min_t(u64, BP_NO_PAGE,
					pfn_of(&pool->pool, blocks[total + i]));
		freed = bp_pool_free_bulk(&pool->pool, order, pfns, want);
		total += freed;
	} while (freed == want && total < nr);
	return total;
}
EXPORT_SYMBOL_GPL(buddypool_free_bulk);

/**
 * buddypool_drain() - give back to the pool what CPUs keep aside
 * @pool: the pool
 *
 * There is no need to before an allocation: those that would fail do it.
 *
 * Context: process context; sleeps.
 */
void buddypool_drain(struct buddypool *pool)
{
	bp_pool_drain(&pool->pool);
}
EXPORT_SYMBOL_GPL(buddypool_drain);

/**
 * buddypool_check() - verify everything that must hold for a pool
 * @pool: the pool
 * @msg: set to what is wrong, in words, or to "ok"
 * @size: room of @msg, in bytes; 128 is enough
 *
 * Context: process context; sleeps; a time in proportion to the pool.
 * Return: 0, or -EUCLEAN if something is wrong.
 */
int buddypool_check(struct buddypool *pool, char *msg, size_t size)
{
	return bp_pool_check(&pool->pool, msg, size);
}
EXPORT_SYMBOL_GPL(buddypool_check);

/**
 * buddypool_page() - the page at an address
 * @pool: the pool
 * @address: within it
 *
 * Context: any.
 * Return: the page.
 */
struct page *buddypool_page(const struct buddypool *pool, const void *address)
{
	return bp_pool_page(&pool->pool,
			    (address - pool->pool.region) >> PAGE_SHIFT);
}
EXPORT_SYMBOL_GPL(buddypool_page);
