// SPDX-License-Identifier: GPL-2.0
/*
 * Touching memory that may not be there.
 *
 * A mapping reaches beyond its block once the block has shrunk. Comparing every
 * access with what QUERY says would avoid the signal, but then a session could
 * never show what the kernel does to such an access, nor survive a kernel that
 * does it wrongly; and between QUERY and the access, the answer can change. So
 * the access is tried, and the signal caught.
 */
#include "memory.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>

static sigjmp_buf escape;
static const void *fault_address;

static void on_signal(int signal, siginfo_t *info, void *context)
{
	fault_address = info->si_addr;
	siglongjmp(escape, signal);
}

/* Signals are caught during the copy alone: elsewhere they are real faults. */
static void catch_signals(struct sigaction *old_bus, struct sigaction *old_segv)
{
	struct sigaction action = {
		.sa_sigaction = on_signal,
		.sa_flags = SA_SIGINFO,
	};

	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, old_bus);
	sigaction(SIGSEGV, &action, old_segv);
}

static void release_signals(const struct sigaction *old_bus,
			    const struct sigaction *old_segv)
{
	sigaction(SIGBUS, old_bus, NULL);
	sigaction(SIGSEGV, old_segv, NULL);
}

/**
 * memory_copy() - copy from or to a mapping
 * @to: where to
 * @from: where from
 * @size: bytes; after a fault, some of them may have been copied
 * @fault: filled in if it went wrong
 *
 * Return: 0, or -1 after a fault.
 */
int memory_copy(void *to, const void *from, size_t size,
		struct memory_fault *fault)
{
	struct sigaction old_bus, old_segv;
	int signal;

	catch_signals(&old_bus, &old_segv);
	signal = sigsetjmp(escape, 1);
	if (!signal)
		memcpy(to, from, size);
	release_signals(&old_bus, &old_segv);
	if (!signal)
		return 0;
	fault->signal = signal;
	fault->address = fault_address;
	return -1;
}
