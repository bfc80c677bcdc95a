// SPDX-License-Identifier: GPL-2.0
/*
 * A call of the module's.
 */
#include "call.h"

/**
 * struct outcome - what a call comes to
 * @err: 0, or an error
 * @unit: where the run is that was allocated
 */
struct outcome {
	int err;
	unsigned int unit;
};

static u32 pages(const struct subject *subject, unsigned int nr)
{
	return nr << subject->shape->scale;
}

static struct outcome expect(const struct subject *subject, layout_t layout,
			     struct call call)
{
	const struct shape *shape = subject->shape;
	struct outcome outcome = {};

	switch (call.kind) {
	case CALL_ALLOC_BLOCK:
		outcome.err = layout_alloc(shape, layout, 1U << call.nr, 0,
					   &outcome.unit);
		break;
	case CALL_ALLOC:
		outcome.err = layout_alloc(shape, layout, call.nr, call.arg,
					   &outcome.unit);
		break;
	case CALL_FREE_BLOCK:
		outcome.err =
			layout_free(shape, layout, call.unit, 1U << call.nr);
		break;
	case CALL_FREE:
		outcome.err = layout_free(shape, layout, call.unit, call.nr);
		break;
	case CALL_RESIZE:
		outcome.err = layout_resize(shape, layout, call.unit, call.nr,
					    call.arg);
		break;
	}
	return outcome;
}

static struct outcome make(struct subject *subject, struct call call)
{
	const unsigned int scale = subject->shape->scale;
	const u32 pfn = pages(subject, call.unit);
	const u32 nr = pages(subject, call.nr);
	struct bp_buddy *buddy = &subject->buddy;
	struct outcome outcome = {};
	u32 got = 0;

	switch (call.kind) {
	case CALL_ALLOC_BLOCK:
		got = bp_buddy_alloc_block(buddy, call.nr + scale);
		outcome.err = got == BP_NO_PAGE ? -ENOMEM : 0;
		break;
	case CALL_ALLOC:
		outcome.err = bp_buddy_alloc(buddy, nr,
					     call.arg ? call.arg + scale : 0,
					     &got);
		break;
	case CALL_FREE_BLOCK:
		outcome.err = bp_buddy_free_block(buddy, pfn, call.nr + scale);
		break;
	case CALL_FREE:
		outcome.err = bp_buddy_free(buddy, pfn, nr);
		break;
	case CALL_RESIZE:
		outcome.err = bp_buddy_resize(buddy, pfn, nr,
					      pages(subject, call.arg));
		break;
	}
	outcome.unit = outcome.err ? 0 : got >> scale;
	return outcome;
}

static layout_t layout_after(layout_t layout, struct call call,
			     unsigned int unit)
{
	switch (call.kind) {
	case CALL_ALLOC_BLOCK:
		return layout_with_run(layout, unit, 1U << call.nr);
	case CALL_ALLOC:
		return layout_with_run(layout, unit, call.nr);
	case CALL_FREE_BLOCK:
		return layout_without_run(layout, call.unit, 1U << call.nr);
	case CALL_FREE:
		return layout_without_run(layout, call.unit, call.nr);
	default:
		layout = layout_without_run(layout, call.unit, call.nr);
		return layout_with_run(layout, call.unit, call.arg);
	}
}

/* Which blocks come together the module may choose; but there must be one, if any. */
static bool take_many(struct subject *subject, layout_t layout,
		      struct call call, layout_t *next, bool *refused,
		      char *msg)
{
	const struct shape *shape = subject->shape;
	const unsigned int order = call.nr + shape->scale;
	u32 pfns[LAYOUT_MAX_UNITS], i, nr, free;
	unsigned int first;

	nr = bp_buddy_take_many(&subject->buddy, order, bp_tag_block(order), 0,
				pfns, call.arg);
	*refused = !nr;
	*next = layout;
	if (nr > call.arg ||
	    !nr != !!layout_alloc(shape, layout, 1U << call.nr, 0, &first)) {
		snprintf(msg, SUBJECT_MSG_SIZE, "%u blocks were got", nr);
		return false;
	}
	for (i = 0; i < nr; i++) {
		const unsigned int unit = pfns[i] >> shape->scale;

		free = layout_free_units(shape, *next);
		if (pfns[i] & ((1U << order) - 1) || unit >= shape->nr_units ||
		    layout_block(shape, free, unit) < call.nr) {
			snprintf(msg, SUBJECT_MSG_SIZE,
				 "page %u was got, where no such block was free",
				 pfns[i]);
			return false;
		}
		*next = layout_with_run(*next, unit, 1U << call.nr);
	}
	return true;
}

/* All blocks of the order, which are set aside first, in ascending order. */
static u32 set_aside(struct subject *subject, layout_t layout, struct call call,
		     layout_t *next, u32 *pfns)
{
	const struct shape *shape = subject->shape;
	const unsigned int size = 1U << call.nr;
	unsigned int unit;
	u32 nr = 0;

	*next = layout;
	for (unit = 0; unit < shape->nr_units; unit += size) {
		if (layout_run(shape, layout, unit) != size)
			continue;
		*next = layout_without_run(*next, unit, size);
		pfns[nr] = pages(subject, unit);
		if (bp_buddy_set_aside(&subject->buddy, pfns[nr],
				       call.nr + shape->scale))
			nr++;
	}
	return nr;
}

static bool give_many(struct subject *subject, layout_t layout,
		      struct call call, layout_t *next, bool *refused,
		      char *msg)
{
	const unsigned int order = call.nr + subject->shape->scale;
	u32 pfns[LAYOUT_MAX_UNITS], given = 0;
	const u32 nr = set_aside(subject, layout, call, next, pfns);
	u32 done, some;

	*refused = *next == layout;
	for (done = 0, some = nr; some && done < nr; done += some) {
		some = nr - done;
		given += bp_buddy_give_some(&subject->buddy, order, pfns + done,
					    &some);
	}
	if (given == nr)
		return true;
	snprintf(msg, SUBJECT_MSG_SIZE, "%u of %u blocks were given back",
		 given, nr);
	return false;
}

/**
 * call_make() - make a call, and see that it comes to what it must
 * @subject: the buddy system
 * @layout: what it is like
 * @call: the call
 * @next: set to what it must be like then
 * @refused: set to whether it must be as it was
 * @msg: set to what is wrong, of SUBJECT_MSG_SIZE bytes
 *
 * Return: whether the call does.
 */
bool call_make(struct subject *subject, layout_t layout, struct call call,
	       layout_t *next, bool *refused, char *msg)
{
	struct outcome expected, outcome;

	if (call.kind == CALL_TAKE_MANY)
		return take_many(subject, layout, call, next, refused, msg);
	if (call.kind == CALL_GIVE_MANY)
		return give_many(subject, layout, call, next, refused, msg);
	expected = expect(subject, layout, call);
	outcome = make(subject, call);
	*refused = expected.err;
	*next = expected.err ? layout :
			       layout_after(layout, call, expected.unit);
	if (outcome.err == expected.err &&
	    (outcome.err || outcome.unit == expected.unit))
		return true;
	snprintf(msg, SUBJECT_MSG_SIZE,
		 "error %d at unit %u instead of error %d at unit %u",
		 -outcome.err, outcome.unit, -expected.err, expected.unit);
	return false;
}

/**
 * call_print() - a call in words: its kind, and the fields that this has
 * @call: the call
 * @text: set to them
 * @size: room of @text, in bytes
 */
void call_print(struct call call, char *text, size_t size)
{
	static const struct {
		const char *name;
		bool unit;
		bool arg;
	} kinds[] = {
		[CALL_ALLOC_BLOCK] = { "alloc-block" },
		[CALL_FREE_BLOCK] = { "free-block", true },
		[CALL_ALLOC] = { "alloc", false, true },
		[CALL_FREE] = { "free", true },
		[CALL_RESIZE] = { "resize", true, true },
		[CALL_TAKE_MANY] = { "take-many", false, true },
		[CALL_GIVE_MANY] = { "give-many" },
	};
	char unit[8] = "", arg[8] = "";

	if (kinds[call.kind].unit)
		snprintf(unit, sizeof(unit), " %u", call.unit);
	if (kinds[call.kind].arg)
		snprintf(arg, sizeof(arg), " %u", call.arg);
	snprintf(text, size, "%s%s %u%s", kinds[call.kind].name, unit, call.nr,
		 arg);
}
