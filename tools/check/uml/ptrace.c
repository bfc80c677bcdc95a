// SPDX-License-Identifier: GPL-2.0
/*
 * A host of another kind, for User Mode Linux: preloaded, it stands before ptrace().
 *
 *	XSTATE_SIZE=N	the extended state (NT_X86_XSTATE) has N bytes. As on a real
 *			host, PTRACE_SETREGSET refuses any other number.
 *	XSTATE_REFUSE=1	PTRACE_SETREGSET refuses any state, whatever its size
 *	PTRACE_FORBID=1	nothing may be traced, as in some containers
 *
 * What the real state has beyond N bytes keeps its value; what N has beyond the
 * real state is zero and is not kept.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

#define AMPLE (1024 * 1024)

typedef long ptrace_fn(int request, pid_t pid, void *addr, void *data);

static ptrace_fn *real_ptrace(void)
{
	return (ptrace_fn *)dlsym(RTLD_NEXT, "ptrace");
}

static size_t number(const char *name)
{
	const char *value = getenv(name);

	return value ? strtoul(value, NULL, 10) : 0;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static long get_state(pid_t pid, struct iovec *iov, size_t pretended)
{
	static char state[AMPLE];
	struct iovec real = { .iov_base = state, .iov_len = sizeof(state) };
	long result;

	memset(state, 0, sizeof(state));
	result = real_ptrace()(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE,
			       &real);
	if (result < 0)
		return result;
	iov->iov_len = smaller(iov->iov_len, pretended);
	memcpy(iov->iov_base, state, iov->iov_len);
	return 0;
}

static long set_state(pid_t pid, const struct iovec *iov, size_t pretended)
{
	static char state[AMPLE];
	struct iovec real = { .iov_base = state, .iov_len = sizeof(state) };
	long result;

	if (iov->iov_len != pretended || number("XSTATE_REFUSE")) {
		errno = EFAULT;
		return -1;
	}
	result = real_ptrace()(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE,
			       &real);
	if (result < 0)
		return result;
	memcpy(state, iov->iov_base, smaller(pretended, real.iov_len));
	return real_ptrace()(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE,
			     &real);
}

/* As the C library declares it. */
long ptrace(enum __ptrace_request request, ...)
{
	size_t pretended = number("XSTATE_SIZE");
	va_list arguments;
	void *addr, *data;
	pid_t pid;

	va_start(arguments, request);
	pid = va_arg(arguments, pid_t);
	addr = va_arg(arguments, void *);
	data = va_arg(arguments, void *);
	va_end(arguments);

	if (number("PTRACE_FORBID")) {
		errno = EPERM;
		return -1;
	}
	if (pretended && addr == (void *)NT_X86_XSTATE) {
		if (request == PTRACE_GETREGSET)
			return get_state(pid, data, pretended);
		if (request == PTRACE_SETREGSET)
			return set_state(pid, data, pretended);
	}
	return real_ptrace()(request, pid, addr, data);
}
