// SPDX-License-Identifier: GPL-2.0
/*
 * The search through all states of a pool, breadth first.
 *
 * A state is the layout: which units are free, and the runs. To be taken for the same,
 * two pools must also be the same in each byte that the module goes by; that is what
 * the digests are compared for, whenever a state is reached again. So it is enough to
 * make each call in each state once, whatever the way there was.
 *
 * Each state is brought about by the calls that led there first, from an empty pool.
 * There is no symmetry to make use of: of equal blocks the module takes the lowest.
 */
#include "search.h"

#include <signal.h>
#include <unistd.h>

#include "table.h"

/**
 * struct walk - a search under way
 * @search: which one
 * @subject: the module's buddy system
 * @table: the states reached
 * @nr: the number of the state whose calls are made
 * @here: that state
 * @image: the buddy system there
 * @call: the call that is made
 * @msg: what is wrong
 */
struct walk {
	struct search *search;
	struct subject subject;
	struct table table;
	u32 nr;
	struct state here;
	struct image image;
	struct call call;
	char msg[SUBJECT_MSG_SIZE];
};

/* The search under way, for whoever wants to know why it has crashed. */
static const struct walk *current_walk;

/* The calls from an empty pool to state @nr. */
static void print_way(const struct walk *walk, u32 nr)
{
	const struct state *state = &walk->table.state[nr];
	char text[40];

	if (state->parent == nr)
		return;
	print_way(walk, state->parent);
	call_print(state->call, text, sizeof(text));
	printf("%s, ", text);
}

static bool wrong(const struct walk *walk, struct call call, const char *what)
{
	char text[40];

	call_print(call, text, sizeof(text));
	printf("# ");
	print_way(walk, walk->nr);
	printf("%s: %s\n", text, what);
	return false;
}

static void crashed(int signal)
{
	wrong(current_walk, current_walk->call, strsignal(signal));
	_exit(1);
}

static void catch_crashes(const struct walk *walk)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
	const struct sigaction action = { .sa_handler = crashed };
	unsigned int i;

	current_walk = walk;
	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* The pool has become what @layout says: look whether it has, and remember it. */
static bool arrive(struct walk *walk, struct call call, layout_t layout)
{
	const struct state *known = table_find(&walk->table, layout);
	const struct state state = {
		.layout = layout,
		.parent = walk->nr,
		.call = call,
		.digest = subject_digest(&walk->subject),
	};

	if (known)
		return known->digest == state.digest ||
		       wrong(walk, call,
			     subject_verify(&walk->subject, layout, walk->msg) ?
				     "not as when the state was reached first" :
				     walk->msg);
	if (!subject_verify(&walk->subject, layout, walk->msg))
		return wrong(walk, call, walk->msg);
	if (!table_add(&walk->table, &state))
		return wrong(walk, call, "more states than there can be");
	return true;
}

/* Make a call in the state that the pool is in, and put it back. */
static bool try(struct walk *walk, struct call call)
{
	layout_t next;
	bool refused;

	walk->search->nr_calls++;
	walk->call = call;
	if (!call_make(&walk->subject, walk->here.layout, call, &next, &refused,
		       walk->msg))
		return wrong(walk, call, walk->msg);
	if (refused)
		return subject_is(&walk->subject, &walk->image) ||
		       wrong(walk, call, "refused, and yet something changed");
	if (!arrive(walk, call, next))
		return false;
	subject_restore(&walk->subject, &walk->image);
	return true;
}

static bool try_blocks(struct walk *walk)
{
	const struct shape *shape = walk->search->shape;
	struct call call = {};
	unsigned int run;

	for (call.nr = 0; call.nr <= shape->top_order; call.nr++) {
		call.kind = CALL_ALLOC_BLOCK;
		if (!try(walk, call))
			return false;
	}
	for (call.unit = 0; call.unit < shape->nr_units; call.unit++) {
		run = layout_run(shape, walk->here.layout, call.unit);
		call.kind = CALL_FREE_BLOCK;
		call.nr = run ? fls(run - 1) : 0;
		if (!try(walk, call))
			return false;
	}
	return true;
}

static bool try_runs(struct walk *walk)
{
	const struct shape *shape = walk->search->shape;
	const unsigned int longest = 1U << shape->top_order;
	struct call call = { .kind = CALL_ALLOC };

	for (call.nr = 0; call.nr <= longest + 1; call.nr++)
		for (call.arg = 0; call.arg <= shape->top_order + 1; call.arg++)
			if (!try(walk, call))
				return false;
	call = (struct call){ .kind = CALL_FREE };
	for (call.unit = 0; call.unit < shape->nr_units; call.unit++) {
		call.nr = layout_run(shape, walk->here.layout, call.unit);
		if (call.nr && !try(walk, call))
			return false;
	}
	return true;
}

static bool try_resizes(struct walk *walk)
{
	const struct shape *shape = walk->search->shape;
	const unsigned int longest = 1U << shape->top_order;
	struct call call = { .kind = CALL_RESIZE };

	for (call.unit = 0; call.unit < shape->nr_units; call.unit++) {
		call.nr = layout_run(shape, walk->here.layout, call.unit);
		for (call.arg = 0; call.nr && call.arg <= longest + 1;
		     call.arg++)
			if (!try(walk, call))
				return false;
	}
	return true;
}

static bool try_many(struct walk *walk)
{
	const struct shape *shape = walk->search->shape;
	struct call call = {};

	for (call.nr = 0; call.nr <= shape->top_order; call.nr++) {
		call.kind = CALL_TAKE_MANY;
		for (call.arg = 2; call.arg <= 3; call.arg++)
			if (!try(walk, call))
				return false;
		call.arg = shape->nr_units;
		if (!try(walk, call))
			return false;
		call.kind = CALL_GIVE_MANY;
		if (!try(walk, call))
			return false;
	}
	return true;
}

static bool try_wrong_of(struct walk *walk, unsigned int unit, unsigned int nr)
{
	const struct call free = { .kind = CALL_FREE, .unit = unit, .nr = nr };
	const struct call resize = {
		.kind = CALL_RESIZE,
		.unit = unit,
		.nr = nr,
		.arg = 1,
	};

	return try(walk, free) && try(walk, resize);
}

/*
 * What names a page and a number of pages, and is not right: all that there is in a
 * small pool; in others, numbers that are nearly right.
 */
static bool try_wrong(struct walk *walk)
{
	const struct shape *shape = walk->search->shape;
	const bool small = shape->nr_units <= 8;
	unsigned int unit, nr;

	for (unit = 0; unit <= shape->nr_units; unit++) {
		const unsigned int run =
			unit < shape->nr_units ?
				layout_run(shape, walk->here.layout, unit) :
				0;
		const unsigned int low = run && !small ? run - 1 : 0;
		const unsigned int high = small ? shape->nr_units : run;

		for (nr = low; nr <= high + 1; nr++)
			if ((!nr || nr != run) && !try_wrong_of(walk, unit, nr))
				return false;
	}
	return true;
}

/* Make the calls that lead to the state, from an empty pool. */
static bool replay(struct walk *walk, u32 nr, unsigned int *depth)
{
	const struct state *state = &walk->table.state[nr];
	layout_t next;
	bool refused;

	if (state->parent == nr) {
		subject_restore(&walk->subject, &walk->subject.first);
		return true;
	}
	++*depth;
	return replay(walk, state->parent, depth) &&
	       call_make(&walk->subject,
			 walk->table.state[state->parent].layout, state->call,
			 &next, &refused, walk->msg);
}

static bool expand(struct walk *walk, u32 nr)
{
	unsigned int depth = 0;

	walk->nr = nr;
	walk->here = walk->table.state[nr];
	if (!replay(walk, nr, &depth) ||
	    subject_digest(&walk->subject) != walk->here.digest)
		return wrong(walk, walk->here.call,
			     "cannot be brought about again");
	walk->search->depth = max(walk->search->depth, depth);
	subject_save(&walk->subject, &walk->image);
	if (walk->search->calls == CALLS_BLOCKS)
		return try_blocks(walk);
	return try_runs(walk) && (walk->search->calls == CALLS_RUNS ||
				  (try_blocks(walk) && try_resizes(walk) &&
				   try_many(walk) && try_wrong(walk)));
}

/**
 * search_run() - search
 * @search: which calls, and for which pool; filled in
 *
 * Prints what is wrong, and the calls that lead there.
 *
 * Return: false if something is.
 */
bool search_run(struct search *search)
{
	struct walk walk = { .search = search };
	const struct state first = { .layout = LAYOUT_EMPTY };
	bool ok;
	u32 nr;

	table_make(&walk.table, theory_count(search->shape, search->calls) + 1);
	table_add(&walk.table, &first);
	catch_crashes(&walk);
	subject_make(&walk.subject, search->shape, search->max_order);
	image_make(&walk.subject, &walk.image);
	walk.table.state[0].digest = subject_digest(&walk.subject);
	ok = subject_verify(&walk.subject, LAYOUT_EMPTY, walk.msg);
	if (!ok)
		printf("# at first: %s\n", walk.msg);
	for (nr = 0; ok && nr < walk.table.nr; nr++)
		ok = expand(&walk, nr);
	search->nr_states = walk.table.nr;
	table_unmake(&walk.table);
	image_unmake(&walk.image);
	subject_unmake(&walk.subject);
	return ok;
}
