// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that may not be there
 */
#include "fuzz.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "touch.h"

/* Where a fault goes on; of this thread, if it is touching. */
static __thread sigjmp_buf escape;
static __thread bool touching;

static void on_fault(int signal)
{
	if (READ_ONCE(touching))
		siglongjmp(escape, signal);
	/* A fault where none was expected: let it kill. */
	sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
}

/**
 * touch_init() - catch faults; once in a process
 */
void touch_init(void)
{
	struct sigaction action = {
		.sa_handler = on_fault,
		.sa_flags = SA_NODEFER,
	};

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static int copy(void *to, const void *from, size_t n)
{
	int signal = sigsetjmp(escape, 0);

	if (!signal) {
		WRITE_ONCE(touching, true);
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		memcpy(to, from, n);
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
	}
	WRITE_ONCE(touching, false);
	return signal;
}

/**
 * touch_read() - read what may not be readable
 * @to: where to
 * @from: where from
 * @n: how many bytes
 *
 * Return: 0, or the signal that it raised.
 */
int touch_read(void *to, const void *from, size_t n)
{
	return copy(to, from, n);
}

/**
 * touch_write() - write what may not be writable
 * @to: where to
 * @from: where from
 * @n: how many bytes
 *
 * Return: 0, or the signal that it raised.
 */
int touch_write(void *to, const void *from, size_t n)
{
	return copy(to, from, n);
}
