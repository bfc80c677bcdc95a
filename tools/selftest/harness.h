/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The frame that the tests run in
 *
 * A test registers itself by being written down: TEST(suite, name) { ... }. It
 * runs in a forked child that leads a session of its own, under a time limit;
 * when it ends, whatever is left of that session is killed and reaped, and the
 * pool has to be as it was before. Checks may be made in any thread or process
 * that descends from the test: they are counted in memory that all share.
 *
 * This header comes first in every file, since it decides how wide off_t is.
 */
#ifndef SELFTEST_HARNESS_H
#define SELFTEST_HARNESS_H

#ifndef _FILE_OFFSET_BITS
#define _FILE_OFFSET_BITS 64 /* mmap() offsets on 32 bits */
#endif

#include <errno.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "compiler.h"

/**
 * struct test - one test
 * @suite: what it is about, the first half of its name
 * @name: what it shows, the second half
 * @line: where it stands in its file; orders the tests of a suite
 * @run: its body
 * @next: the next test that is registered
 */
struct test {
	const char *suite;
	const char *name;
	int line;
	void (*run)(void);
	struct test *next;
};

/**
 * struct options - what the command line said
 * @device: the device node
 * @filter: glob that the tests to run match, or NULL
 * @check: the debugfs file that runs the invariant checker
 * @seed: of all random numbers
 * @scale: factor of the length of loops
 * @timeout: seconds that a test may take
 * @repeat: how often each test is run
 */
struct options {
	const char *device;
	const char *filter;
	const char *check;
	__u64 seed;
	double scale;
	unsigned int timeout;
	unsigned int repeat;
};

extern struct options options;

void test_register(struct test *test);
void test_list(void);
int test_run_all(void);

/* For the body of a test. */
__printf(3, 4) void test_fail(const char *file, int line, const char *format,
			      ...);
__printf(1, 2) void test_note(const char *format, ...);
__printf(1, 2) noreturn void test_skip(const char *format, ...);
noreturn void test_stop(void);
void test_announce(const char *regex);
bool test_expect(bool ok, const char *what, const char *file, int line);
bool test_expect_eq(long long want, long long got, const char *what,
		    const char *file, int line);
bool test_expect_err(int want, int got, const char *what, const char *file,
		     int line);
const char *test_errno(int err);

/**
 * TEST() - define and register a test
 * @s: the suite
 * @n: the name
 */
#define TEST(s, n)                                                        \
	static void s##_##n(void);                                        \
	static struct test test_##s##_##n = {                             \
		.suite = #s, .name = #n, .line = __LINE__, .run = s##_##n \
	};                                                                \
	static void __attribute__((constructor)) register_##s##_##n(void) \
	{                                                                 \
		test_register(&test_##s##_##n);                           \
	}                                                                 \
	static void s##_##n(void)

/* The condition holds. */
#define EXPECT(condition) test_expect(condition, #condition, __FILE__, __LINE__)
/* The number is the one expected. */
#define EXPECT_EQ(want, got)                                                \
	test_expect_eq((long long)(want), (long long)(got), #got, __FILE__, \
		       __LINE__)
/* The call returns 0 (or a count), or a negative errno, as expected. */
#define EXPECT_ERR(want, got) \
	test_expect_err(want, got, #got, __FILE__, __LINE__)

/* The same, and the test cannot go on without. */
#define ASSERT(condition)               \
	do {                            \
		if (!EXPECT(condition)) \
			test_stop();    \
	} while (0)
#define ASSERT_EQ(want, got)               \
	do {                               \
		if (!EXPECT_EQ(want, got)) \
			test_stop();       \
	} while (0)
#define ASSERT_ERR(want, got)               \
	do {                                \
		if (!EXPECT_ERR(want, got)) \
			test_stop();        \
	} while (0)

#endif /* SELFTEST_HARNESS_H */
