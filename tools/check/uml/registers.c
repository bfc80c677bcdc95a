// SPDX-License-Identifier: GPL-2.0
/*
 * Prints KTAP: whether the vector registers keep their values over a system call, a
 * page fault, a signal whose handler uses them all, and turns of several processes.
 * Runs in a guest of User Mode Linux, which saves and restores them by ptrace().
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 300
#define PROCESSES 3

/* The registers of one width, in an array. */
struct vectors {
	unsigned char bytes[32 * 64];
};

/* clang-format off */
#define NUMBERS_16 "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"
#define NUMBERS_32 NUMBERS_16 ", 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, " \
	"27, 28, 29, 30, 31"

/* @instruction for each register, whose number it calls \i. */
#define EACH(numbers, instruction) \
	".irp i, " numbers "\n" instruction "\n.endr\n"

#define LOAD_XMM EACH(NUMBERS_16, "movups \\i * 16(%[in]), %%xmm\\i")
#define STORE_XMM EACH(NUMBERS_16, "movups %%xmm\\i, \\i * 16(%[out])")
#define LOAD_YMM EACH(NUMBERS_16, "vmovups \\i * 32(%[in]), %%ymm\\i")
#define STORE_YMM EACH(NUMBERS_16, "vmovups %%ymm\\i, \\i * 32(%[out])")
#define LOAD_ZMM EACH(NUMBERS_32, "vmovups \\i * 64(%[in]), %%zmm\\i")
#define STORE_ZMM EACH(NUMBERS_32, "vmovups %%zmm\\i, \\i * 64(%[out])")

/*
 * Load all registers from @in, write to *@touch, make system call @nr, and store them
 * to @out, with nothing in between that may use them.
 */
#define TRIP(feature, name, load, store)				\
__attribute__((target(feature)))					\
static void name(const struct vectors *in, struct vectors *out,		\
		 char *touch, long nr, long first, long second)		\
{									\
	asm volatile(load						\
		     "movb $1, (%[touch])\n"				\
		     "syscall\n"					\
		     store						\
		     : "+a"(nr)						\
		     : [in] "r"(in), [out] "r"(out), [touch] "r"(touch), \
		       "D"(first), "S"(second)				\
		     : "rcx", "r11", "memory");				\
}

TRIP("sse", trip_sse, LOAD_XMM, STORE_XMM)
TRIP("avx", trip_avx, LOAD_YMM, STORE_YMM)
TRIP("avx512f", trip_avx512, LOAD_ZMM, STORE_ZMM)
/* clang-format on */

static const struct width {
	const char *name;
	size_t size;
	void (*trip)(const struct vectors *in, struct vectors *out, char *touch,
		     long nr, long first, long second);
} widths[] = {
	{ "sse", 16 * 16, trip_sse },
	{ "avx", 16 * 32, trip_avx },
	{ "avx512", 32 * 64, trip_avx512 },
	{},
};

static bool processor_has(const struct width *width)
{
	if (width->trip == trip_avx512)
		return __builtin_cpu_supports("avx512f");
	return width->trip == trip_sse || __builtin_cpu_supports("avx");
}

static const struct width *used;
static int signals;

static void spoil(int signal)
{
	struct vectors in, out;
	char touch;

	memset(&in, 0xa5, sizeof(in));
	used->trip(&in, &out, &touch, SYS_getppid, 0, 0);
	signals++;
}

/* Whether the registers were right in all rounds of a process. */
static bool rounds(unsigned char seed)
{
	static struct vectors in, out;
	char *page;
	size_t i;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < sizeof(in.bytes); i++)
			in.bytes[i] = seed + round + i * 7;
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			err(1, "mmap");
		if (round % 2)
			used->trip(&in, &out, page, SYS_sched_yield, 0, 0);
		else
			used->trip(&in, &out, page, SYS_kill, getpid(),
				   SIGUSR1);
		munmap(page, 4096);
		if (memcmp(&in, &out, used->size))
			return false;
	}
	return signals == ROUNDS / 2;
}

static bool all_processes(void)
{
	bool good = true;
	int i, status;

	for (i = 0; i < PROCESSES; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid)
			_exit(!rounds(i * 80 + 1));
	}
	for (i = 0; i < PROCESSES; i++)
		good &= wait(&status) > 0 && status == 0;
	return good;
}

int main(void)
{
	int failed = 0, cases = 0;

	if (signal(SIGUSR1, spoil) == SIG_ERR)
		err(1, "signal");
	printf("KTAP version 1\n");
	for (used = widths; used->name; used++) {
		cases++;
		fflush(stdout);
		if (!processor_has(used)) {
			printf("ok %d %s # SKIP the processor has none\n",
			       cases, used->name);
		} else if (all_processes()) {
			printf("ok %d %s\n", cases, used->name);
		} else {
			printf("not ok %d %s\n", cases, used->name);
			failed = 1;
		}
	}
	printf("1..%d\n", cases);
	return failed;
}
