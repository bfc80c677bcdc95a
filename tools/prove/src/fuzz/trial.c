// SPDX-License-Identifier: GPL-2.0
/*
 * A pool and its model, to which the same is done.
 *
 * Whatever is not as the model has it ends the program, for that is what the fuzzer
 * looks for.
 */
#include "trial.h"

#include <errno.h>
#include <stdarg.h>

#include "check.h"
#include "core.h"
#include "hotplug.h"
#include "lists.h"

#define MAX_BULK 160

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

static void expect(const char *what, long is, long expected)
{
	if (is != expected)
		fail("%s is %ld instead of %ld", what, is, expected);
}

/* A number of two bytes. */
static u32 wide(u8 low, u8 high)
{
	return low | (u32)high << 8;
}

/* An order, some of which no pool has. */
static unsigned int any_order(const struct trial *trial, u8 number)
{
	return number % (trial->model.top_order + 3);
}

/* A page, some of which no pool has. */
static u32 any_page(const struct trial *trial, u8 low, u8 high)
{
	return wide(low, high) % (trial->model.nr_pages + 2);
}

static void note_alloc(struct trial *trial, u32 pfn, u32 nr_pages,
		       unsigned int align_order)
{
	const unsigned int order = model_order(nr_pages, align_order);

	expect("the alignment", pfn & ((1U << order) - 1), 0);
	if (!model_is_free(&trial->model, pfn, nr_pages))
		fail("%u pages from %u on were got, which are not free",
		     nr_pages, pfn);
	model_alloc(&trial->model, pfn, nr_pages);
}

static struct bp_request any_request(const struct trial *trial,
				     const struct act *act)
{
	struct bp_request request = {
		.nr_pages = 1U << any_order(trial, act->a),
	};

	if (act->c & 1)
		request.nr_pages -= act->b % (request.nr_pages + 1);
	if (act->c & 2)
		request.align_order = any_order(trial, act->c >> 2);
	return request;
}

/* What is said of a failure must be so. */
static void verify_failure(const struct trial *trial, u32 nr_pages, int err,
			   const struct bp_failure *failure)
{
	const struct model *model = &trial->model;

	if (err == -EFBIG) {
		expect("the reason", failure->reason, BP_TOO_LARGE);
		return;
	}
	if (err != -ENOMEM && err != -ETIMEDOUT)
		return;
	expect("the reason", failure->reason,
	       nr_pages > model->nr_free ? BP_FULL : BP_FRAGMENTED);
	expect("what is left", failure->free_pages, model->nr_free);
}

static void act_alloc(struct trial *trial, const struct act *act)
{
	const struct bp_request request = any_request(trial, act);
	const int expected = model_alloc_error(&trial->model, request.nr_pages,
					       request.align_order);
	struct bp_failure failure = {};
	u32 pfn;

	expect("an allocation",
	       bp_pool_alloc(trial->pool, &request, &pfn, &failure), expected);
	if (expected)
		verify_failure(trial, request.nr_pages, expected, &failure);
	else
		note_alloc(trial, pfn, request.nr_pages, request.align_order);
}

/* Nobody will free anything, so the time has been over for long. */
static void act_wait(struct trial *trial, const struct act *act)
{
	const struct bp_request request = any_request(trial, act);
	int expected = model_alloc_error(&trial->model, request.nr_pages,
					 request.align_order);
	struct bp_failure failure = {};
	ktime_t expires = 1;
	u32 pfn;

	if (expected == -ENOMEM)
		expected = -ETIMEDOUT;
	expect("an allocation that waits",
	       bp_pool_alloc_wait(trial->pool, &request, &expires, &pfn,
				  &failure),
	       expected);
	if (expected)
		verify_failure(trial, request.nr_pages, expected, &failure);
	else
		note_alloc(trial, pfn, request.nr_pages, request.align_order);
}

static void act_alloc_block(struct trial *trial, const struct act *act)
{
	const unsigned int order = any_order(trial, act->a);
	const int err = model_alloc_error(&trial->model, 1U << order, 0);
	const u32 pfn = bp_pool_alloc_block(trial->pool, order);

	expect("whether there is a block", pfn != BP_NO_PAGE, !err);
	if (!err)
		note_alloc(trial, pfn, 1U << order, 0);
}

static void act_alloc_bulk(struct trial *trial, const struct act *act)
{
	const unsigned int order = any_order(trial, act->a);
	const u32 nr = act->b % (MAX_BULK + 1);
	u32 pfns[MAX_BULK], got, i, there = 0;

	if (order <= trial->model.top_order)
		there = model_count_blocks(&trial->model, order);
	got = bp_pool_alloc_bulk(trial->pool, order, pfns, nr);
	expect("how many there are", got, min(nr, there));
	for (i = 0; i < got; i++)
		note_alloc(trial, pfns[i], 1U << order, 0);
}

/* A run, as it is. */
static void act_free(struct trial *trial, const struct act *act)
{
	const u32 pfn =
		model_next_run(&trial->model, any_page(trial, act->a, act->b));
	u32 nr_pages;

	if (pfn == BP_NO_PAGE)
		return;
	nr_pages = trial->model.page[pfn].run;
	expect("a free",
	       bp_pool_free(trial->pool, pfn, nr_pages,
			    model_is_shown(&trial->model, pfn)),
	       0);
	model_free(&trial->model, pfn);
	if (act->c & 1)
		expect("a second free",
		       bp_pool_free(trial->pool, pfn, nr_pages, false),
		       -ENOENT);
}

/* What may be no run at all. */
static void act_free_any(struct trial *trial, const struct act *act)
{
	const u32 pfn = any_page(trial, act->a, act->b);
	const u32 nr_pages = act->c;
	const int expected = model_free_error(&trial->model, pfn, nr_pages);
	const bool stale = !expected && model_is_shown(&trial->model, pfn);

	expect("a free of anything",
	       bp_pool_free(trial->pool, pfn, nr_pages, stale), expected);
	if (!expected)
		model_free(&trial->model, pfn);
}

static void act_free_block(struct trial *trial, const struct act *act)
{
	const u32 pfn = any_page(trial, act->a, act->b);
	const unsigned int order = act->c % (BP_MAX_ORDER + 2);
	int expected = model_free_error(&trial->model, pfn, 1U << order);

	if (expected != -ERANGE && order > BP_MAX_ORDER)
		expected = -EINVAL;
	/* Its bytes would not be forgotten. */
	if (!expected && model_is_shown(&trial->model, pfn))
		return;
	expect("a free of a block", bp_pool_free_block(trial->pool, pfn, order),
	       expected);
	if (!expected)
		model_free(&trial->model, pfn);
}

/* Blocks as they come; the one at @act->b, if there are so many, is none. */
static void act_free_bulk(struct trial *trial, const struct act *act)
{
	const unsigned int order = any_order(trial, act->a);
	const struct model *model = &trial->model;
	u32 pfns[MAX_BULK + 1] = {}, pfn, nr = 0, bad, i;

	for (pfn = any_page(trial, act->c, 0);
	     pfn < model->nr_pages && nr < MAX_BULK; pfn++)
		if (model->page[pfn].block &&
		    model->page[pfn].run == 1U << order &&
		    !model_is_shown(model, pfn))
			pfns[nr++] = pfn;
	bad = nr;
	if (act->b < nr) {
		bad = act->b;
		pfns[bad] = bad ? pfns[0] : model->nr_pages + act->c;
	}
	expect("how many are freed",
	       bp_pool_free_bulk(trial->pool, order, pfns, nr), bad);
	for (i = 0; i < bad; i++)
		model_free(&trial->model, pfns[i]);
}

static void act_resize(struct trial *trial, const struct act *act)
{
	const struct model *model = &trial->model;
	u32 pfn = any_page(trial, act->a, act->b), nr_pages, new_nr_pages;
	struct bp_failure failure = {};
	int expected;

	if (act->c & 1)
		pfn = model_next_run(model, pfn);
	if (pfn == BP_NO_PAGE)
		return;
	nr_pages = pfn < model->nr_pages ? model->page[pfn].run : 1;
	new_nr_pages = (act->c >> 1) * (2 * nr_pages + 1) / 127;
	expected = model_resize_error(model, pfn, nr_pages, new_nr_pages);
	expect("a resize",
	       bp_pool_resize(trial->pool, pfn, nr_pages, new_nr_pages,
			      !expected && model_is_shown(model, pfn),
			      &failure),
	       expected);
	if (!expected)
		model_resize(&trial->model, pfn, new_nr_pages);
	else if (new_nr_pages > nr_pages)
		verify_failure(trial, new_nr_pages - nr_pages, expected,
			       &failure);
}

static void act_drain(struct trial *trial, const struct act *act)
{
	struct bp_pool_stat stat;

	bp_pool_drain(trial->pool);
	bp_pool_stat(trial->pool, &stat);
	expect("what is kept", stat.kept_pages, 0);
	expect("what the pool has", trial->pool->buddy.nr_free_pages,
	       trial->model.nr_free);
}

static void act_run_on(struct trial *trial, const struct act *act)
{
	const unsigned int cpu = act->a % TRIAL_CPUS;

	if (!trial->offline[cpu])
		core_run_on(cpu);
}

/* Whoever is offline has nothing, and may have nothing. */
static void verify_offline(const struct trial *trial, unsigned int cpu)
{
	const struct bp_cpu_lists *lists =
		per_cpu_ptr(trial->pool->lists.cpu, cpu);
	unsigned int i;

	for (i = 0; i < BP_NR_LISTS; i++) {
		const struct bp_list *list = &lists->list[i];

		expect("what a CPU keeps that has gone",
		       bp_stock_count(&list->ready) +
			       bp_stock_count(&list->spare),
		       0);
		expect("what it may keep",
		       list->ready.limit + list->spare.limit, 0);
	}
}

static void change_cpu(struct trial *trial, unsigned int cpu)
{
	bool *offline = &trial->offline[cpu];

	expect("a change of CPUs",
	       *offline ? core_cpu_up(cpu) : core_cpu_down(cpu), 0);
	*offline = !*offline;
	if (*offline)
		verify_offline(trial, cpu);
}

/* One is always there. */
static void act_hotplug(struct trial *trial, const struct act *act)
{
	change_cpu(trial, 1 + act->a % (TRIAL_CPUS - 1));
}

/* Look at a page, and write to it. */
static void act_show(struct trial *trial, const struct act *act)
{
	const u32 pfn = any_page(trial, act->a, act->b);
	struct model_page *known;
	u64 *words;

	if (pfn >= trial->model.nr_pages || !trial->model.page[pfn].used)
		return;
	known = &trial->model.page[pfn];
	expect("whether it has been shown",
	       bp_pool_page_is_shown(trial->pool, pfn), known->shown);
	words = bp_pool_show_page(trial->pool, pfn)->address;
	expect("what the page holds", words[act->c], known->stamp);
	/* The stamp is the same all over the page, so any word will do. */
	known->stamp = ++trial->nr_stamps;
	known->shown = true;
	memset64(words, known->stamp, PAGE_SIZE / sizeof(*words));
}

/* The first pages from @act->a on of which the one is shown and the other is not. */
static void act_copy(struct trial *trial, const struct act *act)
{
	struct model_page *page = trial->model.page;
	u32 from = any_page(trial, act->a, 0), to = any_page(trial, act->b, 0);

	while (from < trial->model.nr_pages && !page[from].shown)
		from++;
	while (to < trial->model.nr_pages && (!page[to].used || page[to].shown))
		to++;
	if (max(from, to) >= trial->model.nr_pages)
		return;
	bp_pool_copy_page(trial->pool, to, from);
	page[to].shown = true;
	page[to].stamp = page[from].stamp;
}

static void act_unreferenced(struct trial *trial, const struct act *act)
{
	const u32 pfn = any_page(trial, act->a, act->b);
	struct page *page;
	u32 nr_pages;

	if (pfn >= trial->model.nr_pages)
		return;
	nr_pages = trial->model.nr_pages - pfn;
	expect("how many pages nobody uses",
	       bp_pool_unreferenced(trial->pool, pfn, nr_pages), nr_pages);
	nr_pages = act->c % nr_pages;
	page = bp_pool_page(trial->pool, pfn + nr_pages);
	core_page_get(page);
	expect("how many pages nobody uses before one that is used",
	       bp_pool_unreferenced(trial->pool, pfn, nr_pages + 1), nr_pages);
	core_page_put(page);
}

/* All blocks, one after the other; the free pages must be those that are free. */
static void act_walk(struct trial *trial, const struct act *act)
{
	struct bp_extent extents[7];
	const unsigned int room = 1 + act->a % ARRAY_SIZE(extents);
	u32 pfn = 0, next = 0, i, nr;

	while (pfn < trial->model.nr_pages) {
		nr = bp_pool_walk(trial->pool, &pfn, extents, room);
		for (i = 0; i < nr; i++) {
			const u32 size = 1U << extents[i].order;

			expect("where a block starts", extents[i].pfn, next);
			expect("whether the block is free",
			       extents[i].kind != BP_EXTENT_PIECE,
			       model_is_free(&trial->model, next, size));
			expect("whether a run starts", extents[i].head,
			       !!trial->model.page[next].run);
			next += size;
		}
	}
	expect("where the last block ends", next, trial->model.nr_pages);
}

static void act_check(struct trial *trial, const struct act *act)
{
	char msg[BP_CHECK_MSG_SIZE];

	if (bp_pool_check(trial->pool, msg, sizeof(msg)))
		fail("%s", msg);
}

static void (*const acts[])(struct trial *trial, const struct act *act) = {
	act_alloc,      act_alloc,     act_alloc_block,  act_alloc_block,
	act_free,       act_free,      act_free,         act_resize,
	act_alloc_bulk, act_free_bulk, act_free_any,     act_free_block,
	act_drain,      act_run_on,    act_hotplug,      act_show,
	act_wait,       act_walk,      act_unreferenced, act_check,
	act_copy,
};

/**
 * trial_act() - do something to a pool and its model, and compare them
 * @trial: they
 * @act: what
 */
void trial_act(struct trial *trial, const struct act *act)
{
	char msg[BP_CHECK_MSG_SIZE];
	struct bp_pool_stat stat;

	acts[act->kind % ARRAY_SIZE(acts)](trial, act);

	if (bp_buddy_check(&trial->pool->buddy, msg, sizeof(msg)))
		fail("%s", msg);
	bp_pool_stat(trial->pool, &stat);
	expect("how many pages are free", stat.free_pages,
	       trial->model.nr_free);
	if (stat.kept_pages > trial->pool->lists.max_pages * TRIAL_CPUS)
		fail("CPUs keep %u pages", stat.kept_pages);
	expect("the number of warnings", core_nr_warnings(), 0);
}

/**
 * trial_start() - before the first trial
 */
void trial_start(void)
{
	core_start(TRIAL_CPUS);
	expect("the start of CPU hotplug", bp_hotplug_register(), 0);
}

/**
 * trial_begin() - make a pool and its model
 * @trial: they
 * @nr_pages: the pool's size
 * @max_order: the largest order of a block
 * @percpu_pages: what each CPU may keep
 * @nr_allocs: so many allocations of memory succeed while the pool is made; -1 for all
 *
 * Return: false if there is no pool.
 */
bool trial_begin(struct trial *trial, u32 nr_pages, unsigned int max_order,
		 u32 percpu_pages, int nr_allocs)
{
	core_memory_fail(nr_allocs);
	trial->pool = bp_pool_create(nr_pages, max_order);
	core_memory_fail(-1);
	if (IS_ERR(trial->pool)) {
		expect("the error of a pool", PTR_ERR(trial->pool),
		       nr_allocs >= 0 && nr_pages && max_order <= BP_MAX_ORDER ?
			       -ENOMEM :
			       -EINVAL);
		expect("memory left behind", core_memory_used(), 0);
		return false;
	}
	expect("whether CPUs can keep blocks",
	       bp_pool_use_lists(trial->pool, percpu_pages), 0);
	trial->nr_stamps = 0;
	memset(trial->offline, 0, sizeof(trial->offline));
	model_init(&trial->model, nr_pages, max_order);
	return true;
}

/**
 * trial_end() - free everything, and unmake the pool
 * @trial: the pool and its model
 */
void trial_end(struct trial *trial)
{
	static const struct act all = {}, everything = {};
	const struct model *model = &trial->model;
	unsigned int cpu;

	while (model->nr_free < model->nr_pages)
		act_free(trial, &all);
	act_check(trial, &everything);
	act_drain(trial, &everything);
	expect("the largest block", bp_buddy_largest(&trial->pool->buddy),
	       1U << model->top_order);
	bp_pool_destroy(trial->pool);
	for (cpu = 0; cpu < TRIAL_CPUS; cpu++)
		if (trial->offline[cpu])
			change_cpu(trial, cpu);
	core_run_on(0);
	expect("the number of warnings", core_nr_warnings(), 0);
	expect("memory left behind", core_memory_used(), 0);
}
