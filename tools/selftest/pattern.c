// SPDX-License-Identifier: GPL-2.0
/*
 * Contents that can be recognised, and memory that may not be touched
 */
#include "harness.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "pattern.h"

/* Where a fault in touch_*() goes on; of this thread, if it is in there. */
static __thread sigjmp_buf escape;
static __thread bool touching;

static __u64 word(__u64 tag, size_t i)
{
	return (tag + i) * 0x9e3779b97f4a7c15ULL;
}

/**
 * pattern_fill() - write a pattern that depends on the place and on a tag
 * @p: where, aligned to 8
 * @length: in bytes, a multiple of 8
 * @tag: makes it another pattern
 */
void pattern_fill(void *p, size_t length, __u64 tag)
{
	__u64 *at = p;
	size_t i;

	for (i = 0; i < length / sizeof(*at); i++)
		at[i] = word(tag, i);
}

/**
 * pattern_holds() - whether the pattern is still there
 * @p: where
 * @length: in bytes
 * @tag: as for pattern_fill()
 *
 * Return: true if every byte is.
 */
bool pattern_holds(const void *p, size_t length, __u64 tag)
{
	const __u64 *at = p;
	size_t i;

	for (i = 0; i < length / sizeof(*at); i++)
		if (at[i] != word(tag, i))
			return false;
	return true;
}

/**
 * pattern_is_zero() - whether there is nothing but zeros
 * @p: where
 * @length: in bytes
 *
 * Return: true if every byte is zero.
 */
bool pattern_is_zero(const void *p, size_t length)
{
	const __u64 *at = p;
	size_t i;

	for (i = 0; i < length / sizeof(*at); i++)
		if (at[i])
			return false;
	return true;
}

/**
 * pattern_has() - whether a certain word is anywhere
 * @p: where
 * @length: in bytes
 * @tag: the word
 *
 * Return: true if it is there.
 */
bool pattern_has(const void *p, size_t length, __u64 tag)
{
	const __u64 *at = p;
	size_t i;

	for (i = 0; i < length / sizeof(*at); i++)
		if (at[i] == tag)
			return true;
	return false;
}

static void on_fault(int signal)
{
	if (touching)
		siglongjmp(escape, signal);
	/* A fault where none was expected: let it kill. */
	sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
}

static void catch_faults(void)
{
	struct sigaction action = {
		.sa_handler = on_fault,
		.sa_flags = SA_NODEFER,
	};

	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static pthread_once_t caught = PTHREAD_ONCE_INIT;

/**
 * touch_read() - read a byte that may not be there
 * @p: where
 * @value: the byte, if it could be read; may be NULL
 *
 * Return: 0, or the signal that it raised.
 */
int touch_read(const void *p, unsigned char *value)
{
	const unsigned char *at = p;
	unsigned char byte;
	int signal;

	pthread_once(&caught, catch_faults);
	signal = sigsetjmp(escape, 0);
	if (!signal) {
		touching = true;
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		byte = READ_ONCE(*at);
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		if (value)
			*value = byte;
	}
	touching = false;
	return signal;
}

/**
 * touch_write() - write a byte that may not be there
 * @p: where
 * @value: the byte
 *
 * Return: 0, or the signal that it raised.
 */
int touch_write(void *p, unsigned char value)
{
	unsigned char *at = p;
	int signal;

	pthread_once(&caught, catch_faults);
	signal = sigsetjmp(escape, 0);
	if (!signal) {
		touching = true;
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		WRITE_ONCE(*at, value);
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
	}
	touching = false;
	return signal;
}
