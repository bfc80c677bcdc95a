// SPDX-License-Identifier: GPL-2.0
/*
 * A pool, done naively.
 */
#include "model.h"

/**
 * model_init() - make a model of a pool of which all is free
 * @model: the model
 * @nr_pages: the pool's size, at most MODEL_MAX_PAGES
 * @max_order: the largest order of a block
 */
void model_init(struct model *model, u32 nr_pages, unsigned int max_order)
{
	memset(model, 0, sizeof(*model));
	model->nr_pages = nr_pages;
	model->nr_free = nr_pages;
	while (model->top_order < max_order &&
	       2U << model->top_order <= nr_pages)
		model->top_order++;
}

/**
 * model_order() - the order of the block that a run is taken from
 * @nr_pages: how long the run is
 * @align_order: how it is aligned
 *
 * Return: the order.
 */
unsigned int model_order(u32 nr_pages, unsigned int align_order)
{
	unsigned int order = align_order;

	while (1U << order < nr_pages)
		order++;
	return order;
}

/**
 * model_is_free() - are pages free?
 * @model: the model
 * @pfn: the first one
 * @nr_pages: how many
 *
 * Return: false also if there are no such pages.
 */
bool model_is_free(const struct model *model, u32 pfn, u32 nr_pages)
{
	u32 i;

	for (i = pfn; i < pfn + nr_pages; i++)
		if (i >= model->nr_pages || model->page[i].used)
			return false;
	return true;
}

/**
 * model_count_blocks() - how many blocks of an order can be had
 * @model: the model
 * @order: the order
 *
 * Return: how many.
 */
u32 model_count_blocks(const struct model *model, unsigned int order)
{
	u32 pfn, nr = 0;

	for (pfn = 0; pfn < model->nr_pages; pfn += 1U << order)
		nr += model_is_free(model, pfn, 1U << order);
	return nr;
}

/**
 * model_next_run() - look for a run
 * @model: the model
 * @pfn: the page from which on to look, round the end of the pool
 *
 * Return: the run's first page; BP_NO_PAGE if there is none.
 */
u32 model_next_run(const struct model *model, u32 pfn)
{
	u32 i;

	for (i = 0; i < model->nr_pages; i++, pfn++)
		if (model->page[pfn % model->nr_pages].run)
			return pfn % model->nr_pages;
	return BP_NO_PAGE;
}

/**
 * model_alloc_error() - what must an allocation come to?
 * @model: the model
 * @nr_pages: pages that are wanted
 * @align_order: how they shall be aligned
 *
 * Return: 0, or the error.
 */
int model_alloc_error(const struct model *model, u32 nr_pages,
		      unsigned int align_order)
{
	if (!nr_pages)
		return -EINVAL;
	if (nr_pages > 1U << model->top_order || align_order > model->top_order)
		return -EFBIG;
	if (!model_count_blocks(model, model_order(nr_pages, align_order)))
		return -ENOMEM;
	return 0;
}

/**
 * model_free_error() - what must a free come to?
 * @model: the model
 * @pfn: what is said to be the first page of a run
 * @nr_pages: how many pages it is said to have
 *
 * Return: 0, or the error.
 */
int model_free_error(const struct model *model, u32 pfn, u32 nr_pages)
{
	if (pfn >= model->nr_pages)
		return -ERANGE;
	if (!model->page[pfn].run)
		return -ENOENT;
	return model->page[pfn].run == nr_pages ? 0 : -EINVAL;
}

/**
 * model_resize_error() - what must a resize come to?
 * @model: the model
 * @pfn: what is said to be the first page of a run
 * @nr_pages: how many pages it is said to have
 * @new_nr_pages: how many it shall have
 *
 * Return: 0, or the error.
 */
int model_resize_error(const struct model *model, u32 pfn, u32 nr_pages,
		       u32 new_nr_pages)
{
	int err = model_free_error(model, pfn, nr_pages);

	if (err)
		return err;
	if (!new_nr_pages)
		return -EINVAL;
	if (new_nr_pages > 1U << model->top_order)
		return -EFBIG;
	if (new_nr_pages > nr_pages &&
	    !model_is_free(model, pfn + nr_pages, new_nr_pages - nr_pages))
		return -ENOMEM;
	return 0;
}

static void use(struct model *model, u32 pfn, u32 nr_pages)
{
	u32 i;

	for (i = pfn; i < pfn + nr_pages; i++)
		model->page[i] = (struct model_page){ .used = true };
	model->nr_free -= nr_pages;
}

static void unuse(struct model *model, u32 pfn, u32 nr_pages)
{
	memset(&model->page[pfn], 0, nr_pages * sizeof(*model->page));
	model->nr_free += nr_pages;
}

/**
 * model_alloc() - a run has been allocated
 * @model: the model
 * @pfn: its first page
 * @nr_pages: its pages, which are free
 */
void model_alloc(struct model *model, u32 pfn, u32 nr_pages)
{
	use(model, pfn, nr_pages);
	model->page[pfn].run = nr_pages;
	model->page[pfn].block = !(nr_pages & (nr_pages - 1));
}

/**
 * model_free() - a run has been freed
 * @model: the model
 * @pfn: its first page
 */
void model_free(struct model *model, u32 pfn)
{
	unuse(model, pfn, model->page[pfn].run);
}

/**
 * model_resize() - a run has been made longer or shorter
 * @model: the model
 * @pfn: its first page
 * @new_nr_pages: its pages now
 */
void model_resize(struct model *model, u32 pfn, u32 new_nr_pages)
{
	const u32 nr_pages = model->page[pfn].run;

	if (new_nr_pages < nr_pages)
		unuse(model, pfn + new_nr_pages, nr_pages - new_nr_pages);
	else
		use(model, pfn + nr_pages, new_nr_pages - nr_pages);
	model->page[pfn].run = new_nr_pages;
	if (new_nr_pages != nr_pages)
		model->page[pfn].block = false;
}

/**
 * model_is_shown() - has a page of a run been shown?
 * @model: the model
 * @pfn: the run's first page
 *
 * Return: whether any has.
 */
bool model_is_shown(const struct model *model, u32 pfn)
{
	u32 i;

	for (i = pfn; i < pfn + model->page[pfn].run; i++)
		if (model->page[i].shown)
			return true;
	return false;
}
