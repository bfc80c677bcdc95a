/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel's <kunit/test.h> as the suites of the core and the pool use.
 */
#ifndef KUNIT_TEST_H
#define KUNIT_TEST_H

#include <setjmp.h>
#include <stdnoreturn.h>
#include <stdlib.h>

#include "core.h"
#include "suites.h"

#define KUNIT_PARAM_DESC_SIZE 128

enum kunit_status {
	KUNIT_SUCCESS,
	KUNIT_FAILURE,
};

enum kunit_speed {
	KUNIT_SPEED_NORMAL,
	KUNIT_SPEED_SLOW,
};

struct kunit_attributes {
	enum kunit_speed speed;
};

/**
 * struct kunit - a case while it runs
 * @param_value: its parameter
 * @priv: the suite's
 * @status: whether all expectations were met
 * @skipped: why it was given up; empty if it was not
 * @actions: what is to be done when it ends, last first
 * @end: where to go when it cannot go on
 */
struct kunit {
	const void *param_value;
	void *priv;
	enum kunit_status status;
	char skipped[256];
	struct kunit_action *actions;
	jmp_buf end;
};

extern const struct kunit_attributes kunit_slow;

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *previous, char *desc);
	const struct kunit_attributes *attr;
};

struct kunit_suite {
	const char name[256];
	int (*suite_init)(struct kunit_suite *suite);
	void (*suite_exit)(struct kunit_suite *suite);
	int (*init)(struct kunit *test);
	void (*exit)(struct kunit *test);
	struct kunit_case *test_cases;
};

#define KUNIT_CASE(fn)                      \
	{                                   \
		.run_case = fn, .name = #fn \
	}
#define KUNIT_CASE_ATTR(fn, attributes)                            \
	{                                                          \
		.run_case = fn, .name = #fn, .attr = &(attributes) \
	}
#define KUNIT_CASE_SLOW(fn)                                      \
	{                                                        \
		.run_case = fn, .name = #fn, .attr = &kunit_slow \
	}
#define KUNIT_CASE_PARAM(fn, generate)                                   \
	{                                                                \
		.run_case = fn, .name = #fn, .generate_params = generate \
	}
#define KUNIT_CASE_PARAM_ATTR(fn, generate, attributes)                   \
	{                                                                 \
		.run_case = fn, .name = #fn, .generate_params = generate, \
		.attr = &(attributes)                                     \
	}

#define __KUNIT_ARRAY_PARAM(kind, array, describe)                             \
	static const void *kind##_gen_params(const void *previous, char *desc) \
	{                                                                      \
		__typeof__((array)[0]) const *next =                           \
			previous ? (__typeof__(next))previous + 1 : (array);   \
		if (next - (array) >= (long)ARRAY_SIZE(array))                 \
			return NULL;                                           \
		describe;                                                      \
		return next;                                                   \
	}
#define KUNIT_ARRAY_PARAM(kind, array, get_desc) \
	__KUNIT_ARRAY_PARAM(kind, array, (get_desc)(next, desc))
/* The member is a string. */
#define KUNIT_ARRAY_PARAM_DESC(kind, array, member)                            \
	__KUNIT_ARRAY_PARAM(kind, array,                                       \
			    snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s",        \
				     *(char *const                             \
					       *)((const char *)next +         \
						  offsetof(__typeof__((        \
								   array)[0]), \
							   member))))

void kunit_enter(struct kunit_suite *suite);

#define kunit_test_suite(suite)                                    \
	static __attribute__((constructor)) void enter_suite(void) \
	{                                                          \
		kunit_enter(&(suite));                             \
	}

typedef void kunit_action_t(void *context);

#define KUNIT_DEFINE_ACTION_WRAPPER(wrapper, original, type) \
	static void wrapper(void *context)                   \
	{                                                    \
		original((type)context);                     \
	}

int kunit_add_action_or_reset(struct kunit *test, kunit_action_t *action,
			      void *context);
void kunit_release_action(struct kunit *test, kunit_action_t *action,
			  void *context);

void *kunit_kzalloc(struct kunit *test, size_t size, int flags);
#define kunit_kcalloc(test, nr, size, flags) \
	kunit_kzalloc(test, (size_t)(nr) * (size), flags)

__printf(2, 3) void kunit_info(struct kunit *test, const char *format, ...);
__printf(2, 3) noreturn
	void kunit_skip(struct kunit *test, const char *format, ...);
/* What they print is of the kernel's types, and looked at when they are built for it. */
void kunit_fail(struct kunit *test, bool fatal, const char *file, int line,
		const char *format, ...);

/* Two numbers: what is compared is what the kernel's macros compare. */
#define __KUNIT_BINARY(test, fatal, left, op, right, format, ...)      \
	do {                                                           \
		const __typeof__(left) __left = (left);                \
		const __typeof__(right) __right = (right);             \
		if (!(__left op __right))                              \
			kunit_fail(test, fatal, __FILE__, __LINE__,    \
				   "%s == %lld, to be " #op            \
				   " %s == %lld; " format,             \
				   #left, (long long)__left, #right,   \
				   (long long)__right, ##__VA_ARGS__); \
	} while (0)

#define __KUNIT_TRUE(test, fatal, condition, format, ...)                     \
	do {                                                                  \
		if (!(condition))                                             \
			kunit_fail(test, fatal, __FILE__, __LINE__,           \
				   "%s; " format, #condition, ##__VA_ARGS__); \
	} while (0)

#define __KUNIT_STREQ(test, fatal, left, right, format, ...)               \
	do {                                                               \
		const char *__left = (left), *__right = (right);           \
		if (strcmp(__left, __right))                               \
			kunit_fail(test, fatal, __FILE__, __LINE__,        \
				   "%s is \"%s\", to be \"%s\"; " format,  \
				   #left, __left, __right, ##__VA_ARGS__); \
	} while (0)

#define __KUNIT_PTR(pointer) ((unsigned long)(pointer))

#define KUNIT_EXPECT_EQ(test, left, right) \
	__KUNIT_BINARY(test, false, left, ==, right, "")
#define KUNIT_EXPECT_NE(test, left, right) \
	__KUNIT_BINARY(test, false, left, !=, right, "")
#define KUNIT_EXPECT_LT(test, left, right) \
	__KUNIT_BINARY(test, false, left, <, right, "")
#define KUNIT_EXPECT_LE(test, left, right) \
	__KUNIT_BINARY(test, false, left, <=, right, "")
#define KUNIT_EXPECT_GT(test, left, right) \
	__KUNIT_BINARY(test, false, left, >, right, "")
#define KUNIT_EXPECT_GE(test, left, right) \
	__KUNIT_BINARY(test, false, left, >=, right, "")
#define KUNIT_ASSERT_EQ(test, left, right) \
	__KUNIT_BINARY(test, true, left, ==, right, "")
#define KUNIT_ASSERT_NE(test, left, right) \
	__KUNIT_BINARY(test, true, left, !=, right, "")
#define KUNIT_ASSERT_LT(test, left, right) \
	__KUNIT_BINARY(test, true, left, <, right, "")
#define KUNIT_ASSERT_LE(test, left, right) \
	__KUNIT_BINARY(test, true, left, <=, right, "")
#define KUNIT_ASSERT_GT(test, left, right) \
	__KUNIT_BINARY(test, true, left, >, right, "")
#define KUNIT_ASSERT_GE(test, left, right) \
	__KUNIT_BINARY(test, true, left, >=, right, "")
#define KUNIT_EXPECT_EQ_MSG(test, left, right, ...) \
	__KUNIT_BINARY(test, false, left, ==, right, __VA_ARGS__)
#define KUNIT_ASSERT_EQ_MSG(test, left, right, ...) \
	__KUNIT_BINARY(test, true, left, ==, right, __VA_ARGS__)
#define KUNIT_ASSERT_LT_MSG(test, left, right, ...) \
	__KUNIT_BINARY(test, true, left, <, right, __VA_ARGS__)

#define KUNIT_EXPECT_PTR_EQ(test, left, right) \
	KUNIT_EXPECT_EQ(test, __KUNIT_PTR(left), __KUNIT_PTR(right))
#define KUNIT_EXPECT_PTR_NE(test, left, right) \
	KUNIT_EXPECT_NE(test, __KUNIT_PTR(left), __KUNIT_PTR(right))
#define KUNIT_ASSERT_PTR_EQ(test, left, right) \
	KUNIT_ASSERT_EQ(test, __KUNIT_PTR(left), __KUNIT_PTR(right))

#define KUNIT_EXPECT_TRUE(test, condition) \
	__KUNIT_TRUE(test, false, condition, "")
#define KUNIT_EXPECT_FALSE(test, condition) \
	__KUNIT_TRUE(test, false, !(condition), "")
#define KUNIT_ASSERT_TRUE(test, condition) \
	__KUNIT_TRUE(test, true, condition, "")
#define KUNIT_ASSERT_FALSE(test, condition) \
	__KUNIT_TRUE(test, true, !(condition), "")
#define KUNIT_EXPECT_TRUE_MSG(test, condition, ...) \
	__KUNIT_TRUE(test, false, condition, __VA_ARGS__)
#define KUNIT_EXPECT_FALSE_MSG(test, condition, ...) \
	__KUNIT_TRUE(test, false, !(condition), __VA_ARGS__)
#define KUNIT_ASSERT_TRUE_MSG(test, condition, ...) \
	__KUNIT_TRUE(test, true, condition, __VA_ARGS__)
#define KUNIT_EXPECT_NULL(test, pointer) \
	__KUNIT_TRUE(test, false, !(pointer), "")
#define KUNIT_ASSERT_NULL(test, pointer) \
	__KUNIT_TRUE(test, true, !(pointer), "")
#define KUNIT_ASSERT_NOT_NULL(test, pointer) \
	__KUNIT_TRUE(test, true, pointer, "")
#define KUNIT_EXPECT_NOT_NULL_MSG(test, pointer, ...) \
	__KUNIT_TRUE(test, false, pointer, __VA_ARGS__)
#define KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pointer) \
	__KUNIT_TRUE(test, true, (pointer) && !IS_ERR(pointer), "")

#define KUNIT_EXPECT_STREQ(test, left, right) \
	__KUNIT_STREQ(test, false, left, right, "")
#define KUNIT_ASSERT_STREQ(test, left, right) \
	__KUNIT_STREQ(test, true, left, right, "")
#define KUNIT_EXPECT_STREQ_MSG(test, left, right, ...) \
	__KUNIT_STREQ(test, false, left, right, __VA_ARGS__)
#define KUNIT_ASSERT_STREQ_MSG(test, left, right, ...) \
	__KUNIT_STREQ(test, true, left, right, __VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ(test, left, right, size) \
	__KUNIT_TRUE(test, false, !memcmp(left, right, size), "")
#define KUNIT_ASSERT_MEMEQ(test, left, right, size) \
	__KUNIT_TRUE(test, true, !memcmp(left, right, size), "")

#endif /* KUNIT_TEST_H */
