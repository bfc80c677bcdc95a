/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What went wrong, kept until somebody decides whether to say it: "expect" in a
 * session wants a failure, and JSON output wants its parts.
 */
#ifndef ERROR_H
#define ERROR_H

#include <stdbool.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <linux/buddypool.h>

#define ERROR_TEXT_SIZE 512

/* As in the kernel: let the compiler check a format against its arguments. */
#define __printf_like(a, b) __format__(__printf__, a, b)
#define __printf(a, b) __attribute__((__printf_like(a, b)))

/**
 * struct error - why something failed
 * @err: errno, or 0 if the failure has none
 * @signal: the signal that touching memory raised, or 0
 * @usage: the request made no sense, so nothing was tried
 * @failure: what the kernel said about a lack of memory; all zero otherwise
 * @text: the sentence, without a full stop
 */
struct error {
	int err;
	int signal;
	bool usage;
	struct buddypool_failure failure;
	char text[ERROR_TEXT_SIZE];
};

__printf(3, 4) int fail(struct error *error, int err, const char *fmt, ...);
__printf(2, 3) int misuse(struct error *error, const char *fmt, ...);
void error_print(const struct error *error);

const char *error_signal_name(int signal);
const char *error_reason_name(unsigned int reason);

noreturn void out_of_memory(void);

#endif /* ERROR_H */
