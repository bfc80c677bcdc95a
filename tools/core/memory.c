// SPDX-License-Identifier: GPL-2.0
/*
 * Memory, and pages of it.
 */
#include <sanitizer/asan_interface.h>
#include <sys/mman.h>

#include "core.h"

/* At most so many pieces of vmalloc() at a time: three for each pool. */
#define MAX_AREAS 96

/**
 * struct area - a piece of vmalloc()
 * @start: where it starts
 * @nr_pages: how many pages it has
 * @page: its pages
 */
struct area {
	char *start;
	size_t nr_pages;
	struct page page[];
};

/* More than this is not there, which a sanitizer would take for an error. */
#define MAX_BYTES (32ULL << 30)

static struct area *areas[MAX_AREAS];
static long fail_after = -1;
static unsigned long nr_used;

/**
 * core_memory_fail() - let an allocation fail
 * @after: how many succeed before; -1 for all
 */
void core_memory_fail(long after)
{
	WRITE_ONCE(fail_after, after);
}

/**
 * core_memory_used() - how much has been allocated and not been freed?
 *
 * Return: how many pieces.
 */
unsigned long core_memory_used(void)
{
	return READ_ONCE(nr_used);
}

/**
 * core_memory_fails() - is there no memory for this?
 *
 * Of an allocation, or of what would be one in the kernel.
 *
 * Return: whether it fails, as core_memory_fail() has been told.
 */
bool core_memory_fails(void)
{
	const long after = READ_ONCE(fail_after);

	if (after >= 0)
		WRITE_ONCE(fail_after, after - 1);
	return !after;
}

static bool refuses(size_t bytes)
{
	core_might_sleep();
	return core_memory_fails() || bytes > MAX_BYTES;
}

/**
 * core_alloc() - kvzalloc()
 * @bytes: how many
 *
 * Return: the memory; NULL if there is none.
 */
void *core_alloc(size_t bytes)
{
	void *memory;

	if (refuses(bytes))
		return NULL;
	/* Not more: a sanitizer sees what is behind it. */
	if (posix_memalign(&memory, PAGE_SIZE, bytes))
		return NULL;
	memset(memory, 0, bytes);
	__atomic_fetch_add(&nr_used, 1, __ATOMIC_RELAXED);
	return memory;
}

/**
 * core_free() - kvfree()
 * @memory: what was allocated; may be NULL
 */
void core_free(const void *memory)
{
	core_might_sleep();
	if (memory)
		__atomic_fetch_sub(&nr_used, 1, __ATOMIC_RELAXED);
	free((void *)memory);
}

void *core_alloc_percpu(size_t size)
{
	return core_alloc(core_nr_cpus * size);
}

static struct area *area_of(const char *address, unsigned int *nr)
{
	for (*nr = 0; *nr < MAX_AREAS; ++*nr) {
		struct area *area =
			__atomic_load_n(&areas[*nr], __ATOMIC_ACQUIRE);

		if (area && address >= area->start &&
		    address < area->start + area->nr_pages * PAGE_SIZE)
			return area;
	}
	core_die("an address is none of vmalloc()");
	return NULL;
}

static void enter(struct area *area)
{
	unsigned int i;

	for (i = 0; i < MAX_AREAS; i++) {
		struct area *none = NULL;

		if (__atomic_compare_exchange_n(&areas[i], &none, area, false,
						__ATOMIC_RELEASE,
						__ATOMIC_RELAXED))
			return;
	}
	core_die("too many pieces of vmalloc()");
}

/* Pages that are there once somebody touches them; the one behind them never is. */
static char *map(size_t bytes)
{
	char *start = mmap(NULL, bytes + PAGE_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	if (mprotect(start + bytes, PAGE_SIZE, PROT_NONE)) {
		munmap(start, bytes + PAGE_SIZE);
		return NULL;
	}
	__atomic_fetch_add(&nr_used, 1, __ATOMIC_RELAXED);
	return start;
}

/**
 * core_vmalloc() - vmalloc(), zeroed
 * @bytes: how many
 *
 * Return: the memory; NULL if there is none.
 */
void *core_vmalloc(size_t bytes)
{
	const size_t nr_pages = DIV_ROUND_UP(bytes, PAGE_SIZE);
	struct area *area;
	size_t i;

	if (refuses(bytes))
		return NULL;
	area = malloc(sizeof(*area) + nr_pages * sizeof(*area->page));
	if (!area)
		return NULL;
	area->start = map(nr_pages * PAGE_SIZE);
	if (!area->start) {
		free(area);
		return NULL;
	}
	ASAN_POISON_MEMORY_REGION(area->start + bytes,
				  nr_pages * PAGE_SIZE - bytes);
	area->nr_pages = nr_pages;
	for (i = 0; i < nr_pages; i++)
		area->page[i] = (struct page){
			.address = area->start + i * PAGE_SIZE,
			.count = 1,
		};
	enter(area);
	return area->start;
}

/**
 * core_vfree() - vfree()
 * @memory: what was allocated; may be NULL
 */
void core_vfree(const void *memory)
{
	struct area *area;
	unsigned int nr;

	if (!memory)
		return;
	area = area_of(memory, &nr);
	__atomic_store_n(&areas[nr], NULL, __ATOMIC_RELAXED);
	core_might_sleep();
	ASAN_UNPOISON_MEMORY_REGION(area->start, area->nr_pages * PAGE_SIZE);
	munmap(area->start, (area->nr_pages + 1) * PAGE_SIZE);
	__atomic_fetch_sub(&nr_used, 1, __ATOMIC_RELAXED);
	free(area);
}

struct page *vmalloc_to_page(const void *address)
{
	unsigned int nr;
	struct area *area = area_of(address, &nr);

	return &area->page[((const char *)address - area->start) / PAGE_SIZE];
}

/**
 * core_page_get() - somebody else uses a page
 * @page: the page
 */
void core_page_get(struct page *page)
{
	__atomic_fetch_add(&page->count, 1, __ATOMIC_RELAXED);
}

/**
 * core_page_put() - and does not any more
 * @page: the page
 */
void core_page_put(struct page *page)
{
	__atomic_fetch_sub(&page->count, 1, __ATOMIC_RELEASE);
}
