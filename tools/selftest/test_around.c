// SPDX-License-Identifier: GPL-2.0
/*
 * Whoever goes through a mapping finds more pages in it than he has touched
 */
#include "harness.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bulk.h"
#include "pattern.h"
#include "pool.h"
#include "task.h"

/* Pages of the block where there can be such: more than one fault maps. */
#define N_MAX 256
#define THREADS 4

/* No fault maps more pages than this. */
#define BATCH_MAX 64

/* In an entry of /proc/PID/pagemap. */
#define PRESENT_SHIFT 63

static struct buddypool_alloc a;
static unsigned int nr_pages;
static char *mapped;

/* A new block whose pages an earlier owner has written to. */
static int have_stale_block(void)
{
	int fd = client_open();
	void *p;

	need_size(pages(16));
	nr_pages = N_MAX;
	while (pages(nr_pages) > pool.max_size)
		nr_pages /= 2;
	a = block_alloc(fd, pages(nr_pages));
	p = block_map_now(fd, a.offset, a.usable);
	memset(p, 0xff, a.usable);
	unmap(p, a.usable);
	block_free(fd, a.handle);
	a = block_alloc(fd, pages(nr_pages));
	return fd;
}

/* How many of the pages at @p are in the page tables. */
static unsigned int nr_present(const char *p, unsigned int n)
{
	int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entries[N_MAX];
	unsigned int i, present = 0;

	if (file < 0)
		test_skip("/proc/self/pagemap: %s", strerror(errno));
	ASSERT_EQ(n * sizeof(*entries),
		  pread(file, entries, n * sizeof(*entries),
			(unsigned long)p / pool.page_size * sizeof(*entries)));
	for (i = 0; i < n; i++)
		present += entries[i] >> PRESENT_SHIFT;
	close(file);
	return present;
}

/* Everybody touches every page, and finds it as all others do. */
static void *go_through(void *arg)
{
	const unsigned long number = (unsigned long)arg;
	__u64 *word;
	__u64 i;

	for (i = 0; i < nr_pages; i++) {
		word = (__u64 *)(mapped + pages(i));
		ASSERT_EQ(0, READ_ONCE(word[number]));
		WRITE_ONCE(word[number], i + 1);
	}
	return NULL;
}

/* Threat 18: of some threads at the same time, one is always the first. */
TEST(around, threads)
{
	pthread_t threads[THREADS];
	unsigned long t;
	__u64 *word, i;
	int round, fd;

	for (round = 0; round < 10; round++) {
		fd = have_stale_block();
		mapped = block_map(fd, a.offset, a.usable);
		for (t = 0; t < THREADS; t++)
			threads[t] = task_thread(go_through, (void *)t);
		for (t = 0; t < THREADS; t++)
			task_join(threads[t]);
		for (i = 0; i < nr_pages; i++) {
			word = (__u64 *)(mapped + pages(i));
			for (t = 0; t < THREADS; t++)
				ASSERT_EQ(i + 1, word[t]);
			ASSERT(pattern_is_zero(word + THREADS,
					       pages(1) - sizeof(*word) *
								  THREADS));
		}
		unmap(mapped, a.usable);
		close(fd);
	}
}

/* Two processes in turns, each the next page: nobody gets ahead of himself. */
TEST(around, processes)
{
	struct baton there = baton_make(), back = baton_make();
	int fd = have_stale_block();
	pid_t pid;
	__u64 i;

	mapped = block_map(fd, a.offset, a.usable);
	pid = task_fork();
	for (i = 0; i < nr_pages; i++) {
		char *p = mapped + pages(i);

		if (pid) {
			ASSERT_EQ(0, *p);
			*p = i % 100 + 1;
			baton_pass(&there);
			baton_take(&back);
			ASSERT_EQ(i % 100 + 2, *p);
		} else {
			baton_take(&there);
			ASSERT_EQ(i % 100 + 1, *p);
			++*p;
			baton_pass(&back);
		}
	}
	if (!pid)
		_exit(0);
	task_wait(pid);
}

/* So many faults are saved, and no more pages are there than they may map. */
TEST(around, grows)
{
	int fd = have_stale_block();
	unsigned int i, present = 0, faults = 0;

	mapped = block_map(fd, a.offset, a.usable);
	EXPECT_EQ(0, nr_present(mapped, nr_pages));
	for (i = 0; i < nr_pages; i++) {
		if (i < present)
			continue;
		EXPECT_EQ(0, mapped[pages(i)]);
		faults++;
		present = nr_present(mapped, nr_pages);
		ASSERT(present > i && present <= i + BATCH_MAX);
		/* In a row, without a hole. */
		ASSERT_EQ(present, nr_present(mapped, present));
	}
	EXPECT_EQ(nr_pages, present);
	test_note("%u faults for %u pages", faults, nr_pages);
}

static void expect_one_by_one(const char *p, unsigned int step)
{
	unsigned int i, touched = 0;

	for (i = 0; i < nr_pages; i += step) {
		EXPECT_EQ(0, p[pages(i)]);
		ASSERT_EQ(++touched, nr_present(p, nr_pages));
	}
}

/* MADV_RANDOM: nothing but what is touched. */
TEST(around, random)
{
	int fd = have_stale_block();

	mapped = block_map(fd, a.offset, a.usable);
	ASSERT_EQ(0, madvise(mapped, a.usable, MADV_RANDOM));
	expect_one_by_one(mapped, 1);
}

/* Who does not go from page to page gets none that he has not asked for. */
TEST(around, in_steps)
{
	int fd = have_stale_block();

	mapped = block_map(fd, a.offset, a.usable);
	expect_one_by_one(mapped, 3);
}

/* Threat 1: a part is mapped, and there is nothing before or behind it. */
TEST(around, part)
{
	int fd = have_stale_block();
	char *room = mmap(NULL, pages(nr_pages), PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned int first, n = 9, i;
	void *at;

	ASSERT(room != MAP_FAILED);
	for (first = 1; first + n < nr_pages; first += 40) {
		at = room + pages(first);
		ASSERT_ERR(0, try_map(fd, a.offset + pages(first), pages(n), RW,
				      MAP_SHARED | MAP_FIXED, &at));
		mapped = at;
		for (i = 0; i < n; i++) {
			ASSERT_EQ(0, mapped[pages(i)]);
			mapped[pages(i)] = 1;
		}
		EXPECT_EQ(SIGSEGV, touch_read(mapped + pages(n), NULL));
		EXPECT_EQ(SIGSEGV, touch_read(mapped - 1, NULL));
		EXPECT_EQ(n, nr_present(room, nr_pages));
		ASSERT(mmap(at, pages(n), PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			    0) == at);
	}
}

/* Threat 1: blocks that lie and are mapped side by side are kept apart. */
TEST(around, neighbours)
{
	__u32 handles[8], n = ARRAY_SIZE(handles), i, j;
	int fd = client_open();
	__u64 stride;
	void *at;

	need_size(pages(16));
	need_pages(16 * n);
	stride = bulk_alloc(fd, pages(16), n, handles);
	mapped = mmap(NULL, pages(16 * n), PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(mapped != MAP_FAILED);
	for (i = 0; i < n; i++) {
		at = mapped + pages(16 * i);
		ASSERT_ERR(0, try_map(fd, handles[i] * stride, pages(16), RW,
				      MAP_SHARED | MAP_FIXED, &at));
	}
	for (i = 0; i < 16 * n; i++) {
		ASSERT_EQ(0, mapped[pages(i)]);
		mapped[pages(i)] = i;
	}
	for (i = 0; i < n; i++) {
		at = block_map(fd, handles[i] * stride, pages(16));
		for (j = 0; j < 16; j++)
			ASSERT_EQ((char)(16 * i + j), ((char *)at)[pages(j)]);
	}
}

/* Threat 1: going on where a block has become smaller meanwhile. */
TEST(around, shrunk)
{
	int fd = have_stale_block();
	unsigned int i;

	mapped = block_map(fd, a.offset, a.usable);
	for (i = 0; i < 5; i++)
		mapped[pages(i)] = 1;
	block_resize(fd, a.handle, pages(8));
	for (; i < 8; i++)
		ASSERT_EQ(0, touch_write(mapped + pages(i), 2));
	EXPECT_EQ(8, nr_present(mapped, nr_pages));
	for (; i < nr_pages; i++)
		ASSERT_EQ(SIGBUS, touch_read(mapped + pages(i), NULL));
	block_resize(fd, a.handle, pages(nr_pages));
	for (i = 0; i < nr_pages; i++)
		ASSERT_EQ(i < 5 ? 1 : i < 8 ? 2 : 0, mapped[pages(i)]);
}

/* Threat 14: mapped for reading, and for writing later, they are the same. */
TEST(around, protections)
{
	int fd = have_stale_block();
	void *p = NULL;
	unsigned int i;

	ASSERT_ERR(0,
		   try_map(fd, a.offset, a.usable, PROT_READ, MAP_SHARED, &p));
	mapped = p;
	for (i = 0; i < nr_pages; i++) {
		ASSERT_EQ(0, mapped[pages(i)]);
		ASSERT_EQ(SIGSEGV, touch_write(mapped + pages(i), 1));
	}
	ASSERT_EQ(0, mprotect(p, a.usable, RW));
	pattern_fill(p, a.usable, 1);
	unmap(p, a.usable);
	p = block_map(fd, a.offset, a.usable);
	EXPECT(pattern_holds(p, a.usable, 1));
}
