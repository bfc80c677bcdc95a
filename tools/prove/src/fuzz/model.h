/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pool, done naively: a word for each page. It does not say which pages an
 * allocation gets, for that depends on what CPUs keep, but that it gets free ones, and
 * that it fails only if there are none.
 */
#ifndef MODEL_H
#define MODEL_H

#include "pool.h"

#define MODEL_MAX_PAGES 2048

/**
 * struct model_page - what is known of a page
 * @run: how many pages the run has whose first page it is; else 0
 * @used: it belongs to a run
 * @shown: its owner has been given a look at it
 * @block: of a first page: the run is as it was allocated, and all of a block
 * @stamp: what its owner has written
 */
struct model_page {
	u32 run;
	bool used;
	bool shown;
	bool block;
	u64 stamp;
};

/**
 * struct model - a pool
 * @nr_pages: its size
 * @top_order: order of the largest block that it can form
 * @nr_free: pages that no run has
 * @page: all of them
 */
struct model {
	u32 nr_pages;
	unsigned int top_order;
	u32 nr_free;
	struct model_page page[MODEL_MAX_PAGES];
};

void model_init(struct model *model, u32 nr_pages, unsigned int max_order);

unsigned int model_order(u32 nr_pages, unsigned int align_order);
u32 model_count_blocks(const struct model *model, unsigned int order);
bool model_is_free(const struct model *model, u32 pfn, u32 nr_pages);
u32 model_next_run(const struct model *model, u32 pfn);

int model_alloc_error(const struct model *model, u32 nr_pages,
		      unsigned int align_order);
int model_free_error(const struct model *model, u32 pfn, u32 nr_pages);
int model_resize_error(const struct model *model, u32 pfn, u32 nr_pages,
		       u32 new_nr_pages);

void model_alloc(struct model *model, u32 pfn, u32 nr_pages);
void model_free(struct model *model, u32 pfn);
void model_resize(struct model *model, u32 pfn, u32 new_nr_pages);
bool model_is_shown(const struct model *model, u32 pfn);

#endif /* MODEL_H */
