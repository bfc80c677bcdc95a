// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks, many at once: what can be done for all of them in one pass is.
 */
#include "block.h"

#include <linux/align.h>
#include <linux/bug.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "client.h"
#include "compat.h"
#include "registry.h"

/* Take blocks of @pages out of the pool: runs that are buddies' blocks at once. */
static u32 take_runs(struct bp_registry *registry,
		     const struct bp_request *pages, u32 *pfns, u32 nr,
		     struct bp_failure *failure, int *err)
{
	const unsigned int order = bp_order_of(pages->nr_pages);
	u32 got = 0;

	*err = 0;
	if (pages->nr_pages == 1U << order && pages->align_order <= order)
		got = bp_pool_alloc_bulk(registry->pool, order, pfns, nr);
	/* Also says why not, if there are not so many. */
	for (; got < nr; got++) {
		*err = bp_block_take_pages(registry, pages, 0, &pfns[got],
					   failure);
		if (*err)
			break;
	}
	return got;
}

/* As bp_block_create_bulk(), of so many records, all charged. */
static int create(struct bp_client *client,
		  const struct bp_block_request *request,
		  const struct bp_request *pages, struct bp_block **blocks,
		  u32 nr, struct bp_failure *failure)
{
	struct bp_registry *registry = client->registry;
	u32 pfns[BP_MAX_BATCH] __uninitialized;
	u32 got, i;
	int err;

	got = take_runs(registry, pages, pfns, nr, failure, &err);
	for (i = 0; i < got; i++)
		bp_block_begin(blocks[i], request, pfns[i], pages->nr_pages);
	atomic_long_add(got, &registry->nr_blocks);
	if (got < nr)
		bp_client_give_records(client, blocks + got, nr - got,
				       mul_u32_u32(nr - got, pages->nr_pages));
	if (!got)
		return err;
	return got;
}

/**
 * bp_block_create_bulk() - allocate blocks
 * @client: who shall be charged for them
 * @request: what each of them shall be; nobody waits for it
 * @blocks: set to the blocks, each with one reference, the handle's
 * @nr: how many are wanted, from one to %BP_MAX_BATCH
 * @failure: as for bp_block_create(), and also filled in if there are fewer than
 *	@nr for want of memory or because of the account's limit
 *
 * Context: process context; sleeps.
 * Return: how many there are, at least one; else as bp_block_create().
 */
int bp_block_create_bulk(struct bp_client *client,
			 const struct bp_block_request *request,
			 struct bp_block **blocks, u32 nr,
			 struct bp_failure *failure)
{
	struct bp_request pages;
	int got;

	got = bp_block_pages(request, &pages);
	if (got)
		return got;
	got = bp_client_take_records(client, blocks, nr, pages.nr_pages,
				     failure);
	if (got < 0)
		return got;
	return create(client, request, &pages, blocks, got, failure);
}

/* How many blocks, from the first on, the pool can take back at once. */
static u32 nr_alike(struct bp_block **blocks, u32 nr)
{
	const u32 nr_pages = blocks[0]->nr_pages;
	u32 i;

	/* One that has grown where it was may be several of the pool's. */
	for (i = 0; i < nr; i++)
		if (blocks[i]->nr_pages != nr_pages || blocks[i]->exposed ||
		    !is_power_of_2(nr_pages) ||
		    !IS_ALIGNED(blocks[i]->pfn, nr_pages))
			break;
	return max(i, 1U);
}

static void free_alike(struct bp_pool *pool, struct bp_block **blocks, u32 nr)
{
	const unsigned int order = bp_order_of(blocks[0]->nr_pages);
	u32 pfns[BP_MAX_BATCH] __uninitialized;
	u32 i;

	for (i = 0; i < nr; i++)
		pfns[i] = blocks[i]->pfn;
	WARN_ON_ONCE(bp_pool_free_bulk(pool, order, pfns, nr) != nr);
}

static void free_pages_of(struct bp_pool *pool, struct bp_block **blocks,
			  u32 nr)
{
	u32 n;

	for (; nr; blocks += n, nr -= n) {
		n = nr > 1 ? nr_alike(blocks, nr) : 1;
		if (n > 1)
			free_alike(pool, blocks, n);
		else
			WARN_ON_ONCE(bp_pool_free(pool, blocks[0]->pfn,
						  blocks[0]->nr_pages,
						  blocks[0]->exposed));
	}
}

/* As bp_block_return(), for blocks of a client, at least one. */
static void return_all(struct bp_block **blocks, u32 nr)
{
	struct bp_registry *registry = blocks[0]->registry;
	struct bp_client *client = blocks[0]->client;
	u64 nr_pages = 0;
	u32 i;

	for (i = 0; i < nr; i++) {
		WARN_ON_ONCE(blocks[i]->state != BP_BLOCK_FREED);
		blocks[i]->state = BP_BLOCK_FREE;
		nr_pages += blocks[i]->nr_pages;
	}
	free_pages_of(registry->pool, blocks, nr);
	atomic_long_sub(nr, &registry->nr_blocks);
	bp_client_give_records(client, blocks, nr, nr_pages);
}

/**
 * bp_block_put_bulk() - drop references to many blocks
 * @blocks: blocks of a client; the array is changed
 * @nr: how many blocks, at most %BP_MAX_BATCH
 * @nr_refs: how many references to each of them, at least one
 *
 * Context: process context; sleeps.
 */
void bp_block_put_bulk(struct bp_block **blocks, u32 nr, unsigned int nr_refs)
{
	u32 nr_done = 0, i;

	for (i = 0; i < nr; i++)
		if (refcount_sub_and_test(nr_refs, &blocks[i]->ref) &&
		    bp_block_may_return(blocks[i]))
			blocks[nr_done++] = blocks[i];
	if (nr_done)
		return_all(blocks, nr_done);
}
