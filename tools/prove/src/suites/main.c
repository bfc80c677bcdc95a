// SPDX-License-Identifier: GPL-2.0
/*
 * The KUnit suites of the core and the pool, in user space.
 *
 *	suites [--fast] [--first] [--seed N] [WORD]
 *
 * Runs the cases whose name, SUITE.CASE, contains the word; --fast leaves out those
 * that KUnit calls slow, --first ends with the first one that fails. All that is random
 * begins with N, if that is said and not 0. Prints KTAP.
 */
#include <getopt.h>
#include <stdarg.h>

#include "core.h"
#include <kunit/test.h>

#define CPUS 2
#define MAX_SUITES 64

/**
 * struct kunit_action - something that is to be done when a case ends
 * @run: what
 * @context: with what
 * @next: what is to be done after it
 */
struct kunit_action {
	kunit_action_t *run;
	void *context;
	struct kunit_action *next;
};

const struct kunit_attributes kunit_slow = { .speed = KUNIT_SPEED_SLOW };

static struct kunit_suite *suites[MAX_SUITES];
static bool first;
static unsigned int nr_suites, nr_cases, nr_failed, nr_slow;

void kunit_enter(struct kunit_suite *suite)
{
	if (nr_suites == MAX_SUITES)
		abort();
	suites[nr_suites++] = suite;
}

int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action,
			      void *context)
{
	struct kunit_action *new = malloc(sizeof(*new));

	if (!new)
		abort();
	*new = (struct kunit_action){ action, context, test->actions };
	test->actions = new;
	return 0;
}

void kunit_release_action(struct kunit *test, kunit_action_t *action,
			  void *context)
{
	struct kunit_action **at = &test->actions, *found;

	while (*at && ((*at)->run != action || (*at)->context != context))
		at = &(*at)->next;
	found = *at;
	if (!found)
		return;
	*at = found->next;
	free(found);
	action(context);
}

static void free_action(void *memory)
{
	free(memory);
}

void *kunit_kzalloc(struct kunit *test, size_t size, int flags)
{
	void *memory = calloc(1, size ?: 1);

	if (!memory)
		abort();
	kunit_add_action_or_reset(test, free_action, memory);
	return memory;
}

void kunit_info(struct kunit *test, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

void kunit_skip(struct kunit *test, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(test->skipped, sizeof(test->skipped), format, args);
	va_end(args);
	longjmp(test->end, 1);
}

void kunit_fail(struct kunit *test, bool fatal, const char *file, int line,
		const char *format, ...)
{
	va_list args;

	test->status = KUNIT_FAILURE;
	va_start(args, format);
	printf("# %s:%d: ", file, line);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	if (fatal)
		longjmp(test->end, 1);
}

static void run_actions(struct kunit *test)
{
	struct kunit_action *action;

	while (test->actions) {
		action = test->actions;
		test->actions = action->next;
		action->run(action->context);
		free(action);
	}
}

static void run_once(struct kunit_suite *suite, struct kunit_case *kase,
		     const void *param, const char *desc)
{
	const unsigned long warnings = core_nr_warnings();
	struct kunit test = { .param_value = param };

	if (!setjmp(test.end)) {
		if (suite->init && suite->init(&test))
			abort();
		kase->run_case(&test);
	}
	/* An action may find a failure, too. */
	if (!setjmp(test.end))
		run_actions(&test);
	if (suite->exit)
		suite->exit(&test);
	if (core_nr_warnings() != warnings) {
		printf("# there were warnings\n");
		test.status = KUNIT_FAILURE;
	}
	printf("%sok %u %s.%s%s%s", test.status == KUNIT_FAILURE ? "not " : "",
	       ++nr_cases, suite->name, kase->name, *desc ? ":" : "", desc);
	if (*test.skipped)
		printf(" # SKIP %s", test.skipped);
	printf("\n");
	nr_failed += test.status == KUNIT_FAILURE;
	if (first && nr_failed)
		exit(1);
}

/* Why a case cannot be run in user space; NULL if it can. */
static const char *why_not(const char *name)
{
	if (!strcmp(name, "pool_destroy_leaves_referenced_pages"))
		return "pages go with their region";
	return NULL;
}

static void run_case(struct kunit_suite *suite, struct kunit_case *kase)
{
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = NULL;

	if (why_not(kase->name)) {
		printf("ok %u %s.%s # SKIP %s\n", ++nr_cases, suite->name,
		       kase->name, why_not(kase->name));
		return;
	}
	if (!kase->generate_params) {
		run_once(suite, kase, NULL, desc);
		return;
	}
	while ((param = kase->generate_params(param, desc)))
		run_once(suite, kase, param, desc);
}

static bool is_wanted(const struct kunit_suite *suite,
		      const struct kunit_case *kase, bool fast,
		      const char *word)
{
	char name[512];

	snprintf(name, sizeof(name), "%s.%s", suite->name, kase->name);
	if (!strstr(name, word))
		return false;
	if (!fast || !kase->attr || kase->attr->speed == KUNIT_SPEED_NORMAL)
		return true;
	nr_slow++;
	return false;
}

static void run_suite(struct kunit_suite *suite, bool fast, const char *word)
{
	struct kunit_case *kase;

	if (suite->suite_init && suite->suite_init(suite))
		abort();
	for (kase = suite->test_cases; kase->run_case; kase++)
		if (is_wanted(suite, kase, fast, word))
			run_case(suite, kase);
	if (suite->suite_exit)
		suite->suite_exit(suite);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "fast", no_argument, NULL, 'f' },
		{ "first", no_argument, NULL, '1' },
		{ "seed", required_argument, NULL, 's' },
		{},
	};
	bool fast = false;
	unsigned int i;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return 2;
		fast |= option == 'f';
		first |= option == '1';
		if (option == 's')
			suites_seed = strtoul(optarg, NULL, 10);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	core_start(CPUS);
	printf("KTAP version 1\n");
	for (i = 0; i < nr_suites; i++)
		run_suite(suites[i], fast, argv[optind] ?: "");
	printf("1..%u\n", nr_cases);
	if (nr_slow)
		printf("# %u slow cases left out\n", nr_slow);
	return nr_failed != 0;
}
