/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Touching memory that may not be there.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/**
 * struct memory_fault - an access that went wrong
 * @signal: SIGBUS or SIGSEGV
 * @address: where
 */
struct memory_fault {
	int signal;
	const void *address;
};

int memory_copy(void *to, const void *from, size_t size,
		struct memory_fault *fault);

#endif /* MEMORY_H */
