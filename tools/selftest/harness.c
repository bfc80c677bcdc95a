// SPDX-License-Identifier: GPL-2.0
/*
 * The frame that the tests run in: see harness.h
 */
#include "harness.h"

#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "guard.h"
#include "limits.h"
#include "pool.h"
#include "report.h"
#include "rng.h"
#include "ticks.h"

/* A test that took longer than this is named. */
#define SLOW_MS 1500

static struct test *tests;
static unsigned int failed, passed, skipped;

static int test_order(const struct test *a, const struct test *b)
{
	int order = strcmp(a->suite, b->suite);

	return order ? order : a->line - b->line;
}

/**
 * test_register() - add a test to the list
 * @test: the test
 *
 * Context: before main().
 */
void test_register(struct test *test)
{
	struct test **at = &tests;

	while (*at && test_order(*at, test) <= 0)
		at = &(*at)->next;
	test->next = *at;
	*at = test;
}

static bool test_wanted(const struct test *test)
{
	char name[128];

	if (!options.filter)
		return true;
	snprintf(name, sizeof(name), "%s.%s", test->suite, test->name);
	return !fnmatch(options.filter, name, 0) ||
	       !fnmatch(options.filter, test->suite, 0);
}

/**
 * test_list() - print the names of the tests that the filter lets through
 */
void test_list(void)
{
	struct test *test;

	for (test = tests; test; test = test->next)
		if (test_wanted(test))
			printf("%s.%s\n", test->suite, test->name);
	fflush(stdout);
}

static void run_in_child(const struct test *test, const sigset_t *mask,
			 unsigned int round)
{
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	rng_name(test->suite, test->name, round);
	test->run();
	fflush(NULL);
	_exit(0);
}

/* Wait until the child has ended, but leave it to be reaped; true if it did. */
static bool child_ended(pid_t pid, unsigned int ms)
{
	__u64 end = ticks_ms() + ms;
	sigset_t set;
	siginfo_t info;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		struct timespec rest = { .tv_nsec = 100 * 1000 * 1000 };

		info.si_pid = 0;
		if (!waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) &&
		    info.si_pid == pid)
			return true;
		if (ticks_ms() >= end)
			return false;
		sigtimedwait(&set, NULL, &rest);
	}
}

/* Reap every descendant (they are all ours: we are their subreaper). */
static bool reap_all(void)
{
	struct patience patience = {};
	pid_t pid;

	do {
		pid = waitpid(-1, NULL, WNOHANG);
		if (pid < 0)
			return true;
	} while (pid || patience_left(&patience));
	return false;
}

static void report_end(int status)
{
	if (WIFSIGNALED(status))
		report_fail("the test was killed by signal %d (%s)",
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) && !report->failures && !report->skipped)
		report_fail("the test left with code %d", WEXITSTATUS(status));
}

static void run_once(const struct test *test, unsigned int round)
{
	sigset_t chld, old;
	struct guard guard;
	int status;
	pid_t pid;

	guard_take(&guard);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, &old);
	pid = fork();
	if (pid < 0) {
		report_fail("fork: %s", strerror(errno));
		return;
	}
	if (!pid)
		run_in_child(test, &old, round);

	if (!child_ended(pid, options.timeout * 1000)) {
		report_fail("the test took longer than %u s", options.timeout);
		kill(pid, SIGKILL);
	}
	if (!child_ended(pid, SOON_MS)) {
		report_line("Bail out! %s.%s cannot be killed", test->suite,
			    test->name);
		_exit(1);
	}
	kill(-pid, SIGKILL);
	if (waitpid(pid, &status, 0) == pid)
		report_end(status);
	if (!reap_all()) {
		report_line("Bail out! what %s.%s started cannot be killed",
			    test->suite, test->name);
		_exit(1);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	parameters_restore();
	guard_check(&guard);
}

static void run_test(const struct test *test, unsigned int number)
{
	__u64 start = ticks_ms();
	unsigned int round;

	report_reset();
	for (round = 0; round < options.repeat; round++) {
		run_once(test, round);
		if (report->failures || report->skipped)
			break;
	}
	if (ticks_ms() - start > SLOW_MS)
		report_line("# %s.%s took %llu ms", test->suite, test->name,
			    ticks_ms() - start);

	if (report->failures) {
		failed++;
		report_line("not ok %u %s.%s", number, test->suite, test->name);
	} else if (report->skipped) {
		skipped++;
		report_line("ok %u %s.%s # SKIP %s", number, test->suite,
			    test->name, report->reason);
	} else {
		passed++;
		report_line("ok %u %s.%s", number, test->suite, test->name);
	}
}

/**
 * test_run_all() - run the tests that the filter lets through
 *
 * Return: the exit code: 0 all passed (some may have been skipped), 1 something
 * failed, 4 everything was skipped.
 */
int test_run_all(void)
{
	__u64 start = ticks_ms();
	unsigned int number = 0;
	struct test *test;

	for (test = tests; test; test = test->next)
		number += test_wanted(test);
	if (!number) {
		fprintf(stderr, "selftest: no test is called %s\n",
			options.filter);
		return 1;
	}
	report_init();
	prctl(PR_SET_CHILD_SUBREAPER, 1);

	report_line("KTAP version 1");
	if (!pool_probe())
		return 4;
	report_line("1..%u", number);
	report_line("# seed %llu, scale %g, %u bits", options.seed,
		    options.scale, 8 * (unsigned int)sizeof(long));
	report_line("# a pool of %llu pages of %u bytes, order 0 to %u",
		    pool.pages, pool.page_size, pool.max_order);
	guard_init();
	parameters_save();

	number = 0;
	for (test = tests; test; test = test->next)
		if (test_wanted(test))
			run_test(test, ++number);

	report_line("# Totals: pass:%u fail:%u xfail:0 xpass:0 skip:%u error:0",
		    passed, failed, skipped);
	report_line("# %llu ms", ticks_ms() - start);
	if (failed)
		return 1;
	return passed ? 0 : 4;
}
