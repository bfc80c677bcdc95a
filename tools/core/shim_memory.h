/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of shim.h: memory and its pages.
 */
#ifndef CORE_SHIM_MEMORY_H
#define CORE_SHIM_MEMORY_H

#include "shim_bits.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE BIT(PAGE_SHIFT)
#define PAGE_ALIGNED(size) (!((size) & (PAGE_SIZE - 1)))

/* What is allocated is zeroed, in any case. */
#define GFP_KERNEL 0
#define __GFP_ZERO 0
#define __GFP_NOWARN 0
#define __GFP_RETRY_MAYFAIL 0

#define IS_ERR(pointer) ((unsigned long)(pointer) >= -4095UL)
#define PTR_ERR(pointer) ((long)(pointer))
#define ERR_PTR(err) ((void *)(long)(err))
#define ERR_CAST(pointer) ((void *)(pointer))

struct page {
	void *address;
	int count;
};

void *core_alloc(size_t bytes);
void core_free(const void *memory);
void *core_vmalloc(size_t bytes);
void core_vfree(const void *memory);

#define kvzalloc(bytes, flags) ((void)(flags), core_alloc(bytes))
#define kvfree(memory) core_free(memory)
#define __vmalloc(bytes, flags) ((void)(flags), core_vmalloc(bytes))
#define vfree(memory) core_vfree(memory)

struct page *vmalloc_to_page(const void *address);

static inline int page_count(const struct page *page)
{
	return READ_ONCE(page->count);
}

static inline void clear_highpage(struct page *page)
{
	memset(page->address, 0, PAGE_SIZE);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	memcpy(to->address, from->address, PAGE_SIZE);
}

#endif /* CORE_SHIM_MEMORY_H */
