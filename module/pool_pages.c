// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of a pool, and what is in them.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include "pool.h"

/**
 * bp_pool_page() - the page behind a pfn of a pool
 * @pool: the pool
 * @pfn: the page's number, less than nr_pages
 *
 * Context: any.
 * Return: the page, whose reference the pool holds.
 */
struct page *bp_pool_page(const struct bp_pool *pool, u32 pfn)
{
	return vmalloc_to_page(pool->region + ((size_t)pfn << PAGE_SHIFT));
}

/**
 * bp_pool_page_is_shown() - has its owner been given a look at a page?
 * @pool: the pool
 * @pfn: a page of a run that belongs to the caller
 *
 * Context: any.
 * Return: false if he has not: then he knows it as zero, whatever it holds.
 */
bool bp_pool_page_is_shown(const struct bp_pool *pool, u32 pfn)
{
	return bp_stale_is_shown(pool->stale, pfn);
}

/**
 * bp_pool_show_page() - give its owner a look at a page
 * @pool: the pool
 * @pfn: a page of a run that belongs to the caller
 *
 * Context: any; nobody else does the same with the page.
 * Return: the page; all zero if it had not been shown since it was allocated.
 */
struct page *bp_pool_show_page(struct bp_pool *pool, u32 pfn)
{
	struct page *page = bp_pool_page(pool, pfn);

	if (bp_stale_is_shown(pool->stale, pfn))
		return page;
	if (bp_stale_test(pool->stale, pfn))
		clear_highpage(page);
	bp_stale_show(pool->stale, pfn);
	return page;
}

/**
 * bp_pool_copy_page() - let a page be shown with the contents of another one
 * @pool: the pool
 * @to: a page of a run that belongs to the caller, not shown yet
 * @from: another one, shown
 *
 * Context: any.
 */
void bp_pool_copy_page(struct bp_pool *pool, u32 to, u32 from)
{
	copy_highpage(bp_pool_page(pool, to), bp_pool_page(pool, from));
	bp_stale_show(pool->stale, to);
}

/**
 * bp_pool_unreferenced() - how many pages does nobody but the pool use?
 * @pool: the pool
 * @pfn: first page
 * @nr_pages: how many
 *
 * A page is used while it is mapped, or held by get_user_pages(), a pipe, ... A
 * page that is not, is mapped nowhere and cannot be mapped meanwhile, will not
 * be, but for references that do not touch the contents.
 *
 * Context: process context; may sleep.
 * Return: the number of pages before the first one that is used; @nr_pages if
 * none is.
 */
u32 bp_pool_unreferenced(const struct bp_pool *pool, u32 pfn, u32 nr_pages)
{
	u32 i;

	for (i = 0; i < nr_pages; i++) {
		if (page_count(bp_pool_page(pool, pfn + i)) > 1)
			break;
		cond_resched();
	}
	/* What they wrote before they let go is to be seen from now on. */
	smp_rmb();
	return i;
}
