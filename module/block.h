/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A block: a run of pages that has been given to somebody.
 *
 * Lock order, outermost first:
 *
 *   mmap_lock				the kernel's; held in fault(), mmap() and
 *					vm_ops->open() and close()
 *     bp_block.lock
 *       i_mmap_rwsem, page tables	the kernel's; unmap_mapping_pages(),
 *					vm_insert_page()
 *       bp_quarantine.lock
 *         bp_lists.drain
 *           bp_pool.lock		spinlock
 *         bp_account.lock		spinlock
 *         xa_lock of bp_registry.blocks and bp_client.blocks
 *
 * Nothing is copied from or to user space under bp_block.lock: the buffer may
 * lie in a mapping of the very block.
 */
#ifndef BP_BLOCK_H
#define BP_BLOCK_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/types.h>

#include "pool.h"
#include "registry.h"

struct bp_client;

/**
 * enum bp_block_state - what may still reach the pages of a block
 * @BP_BLOCK_ALLOCATED: its holders: handle and descriptors
 * @BP_BLOCK_MAPPED: its holders, and mappings
 * @BP_BLOCK_FREED_MAPPED: mappings only
 * @BP_BLOCK_FREED: neither; perhaps references to single pages (see
 *	quarantine.h)
 * @BP_BLOCK_FREE: nothing, and they are the pool's again
 */
enum bp_block_state {
	BP_BLOCK_ALLOCATED,
	BP_BLOCK_MAPPED,
	BP_BLOCK_FREED_MAPPED,
	BP_BLOCK_FREED,
	BP_BLOCK_FREE,
	/* private: */
	BP_NR_BLOCK_STATES,
};

/**
 * enum bp_block_event - what changes the state of a block
 * @BP_BLOCK_MAP: a mapping (VMA) more
 * @BP_BLOCK_UNMAP: the last mapping has gone
 * @BP_BLOCK_UNHOLD: the last holder has gone: its handle by FREE or with the
 *	client, its descriptors by close()
 * @BP_BLOCK_RETURN: nobody but the pool refers to a page of it
 */
enum bp_block_event {
	BP_BLOCK_MAP,
	BP_BLOCK_UNMAP,
	BP_BLOCK_UNHOLD,
	BP_BLOCK_RETURN,
	/* private: */
	BP_NR_BLOCK_EVENTS,
};

/**
 * struct bp_block_request - what a client wants
 * @size: bytes, not zero
 * @align: bytes, a power of two, or 0 for none beyond a page
 * @exact: give just the pages that @size needs, not a power of two of them
 * @timeout: how long to wait for the memory, in ns; U64_MAX for ever
 */
struct bp_block_request {
	u64 size;
	u64 align;
	bool exact;
	u64 timeout;
};

/**
 * struct bp_block - a block; or the record of a block that has gone, or will be
 * @ref: one reference for each holder, one for each mapping, one for each use in
 *	progress; the pages go with the last one, and without there is no block
 * @registry: where it is entered; constant
 * @client: whose it is, and where it is entered too, with a reference; constant
 * @id: its name in both; constant
 * @named: the client may use it by its handle, which is its id; cleared under
 *	@lock
 * @lock: protects what is marked, against faults above all
 * @state: what may reach the pages; protected by @lock
 * @nr_holders: its handle, and descriptors of it; protected by @lock
 * @nr_mappings: VMAs; protected by @lock
 * @exported: it has been given away once; protected by @lock
 * @exposed: a page of it has been mapped; protected by @lock
 * @pfn: its first page; protected by @lock
 * @nr_pages: its pages, all of them charged; protected by @lock
 * @size: the size asked for, in bytes; protected by @lock
 * @align: the alignment asked for, in bytes, or 0; constant
 * @nr_settled: so many of its first pages have been found without users since it
 *	was last held or mapped; written by whoever returns it
 * @next_fault: the page whose fault would be the next of a sequence; protected by
 *	@lock
 * @fault_batch: so many pages the last fault has mapped; protected by @lock
 * @node: in the quarantine, protected by its lock; or among the idle records of
 *	@client, protected by the lock of these
 * @owner: process that allocated it; constant
 * @comm: its name at that time; constant
 * @rcu: for the end of the record
 *
 * What is constant only while it is a block is so for those who have a reference.
 */
struct bp_block {
	refcount_t ref;
	struct bp_registry *registry;
	struct bp_client *client;
	u32 id;
	bool named;
	struct mutex lock; /* see the top of this file */
	enum bp_block_state state;
	unsigned int nr_holders;
	unsigned int nr_mappings;
	bool exported;
	bool exposed;
	u32 pfn;
	u32 nr_pages;
	u64 size;
	u64 align;
	u32 nr_settled;
	u32 next_fault;
	u32 fault_batch;
	struct list_head node;
	pid_t owner;
	char comm[TASK_COMM_LEN];
	struct rcu_head rcu;
};

/**
 * bp_block_is_held() - has a block a handle, or a descriptor?
 * @block: the block, whose lock is held
 *
 * Return: false if it has been freed since it was looked up.
 */
static inline bool bp_block_is_held(const struct bp_block *block)
{
	return block->state == BP_BLOCK_ALLOCATED ||
	       block->state == BP_BLOCK_MAPPED;
}

int bp_block_next_state(enum bp_block_state state, enum bp_block_event event);

/**
 * bp_block_try_get() - take a reference to what may be a block
 * @block: a record that was found in a table, under RCU or the table's lock
 *
 * Return: whether it is one.
 */
static inline bool bp_block_try_get(struct bp_block *block)
{
	if (!refcount_inc_not_zero(&block->ref))
		return false;
	/* With bp_block_begin(): this block is to be seen, not one that was before it. */
	smp_acquire__after_ctrl_dep();
	return true;
}

/**
 * bp_block_begin() - make a block of a record
 * @block: the record; the block has one reference then, its handle's
 * @request: what it was asked to be
 * @pfn: first page
 * @nr_pages: so many pages, which are charged
 *
 * Context: process context.
 */
static inline void bp_block_begin(struct bp_block *block,
				  const struct bp_block_request *request,
				  u32 pfn, u32 nr_pages)
{
	block->state = BP_BLOCK_ALLOCATED;
	block->nr_holders = 1;
	block->nr_mappings = 0;
	block->exported = false;
	block->exposed = false;
	block->pfn = pfn;
	block->nr_pages = nr_pages;
	block->size = request->size;
	block->align = request->align;
	block->nr_settled = 0;
	block->next_fault = 0;
	block->fault_batch = 0;
	block->owner = task_tgid_nr(current);
	/* Only for the eye, who can do with half of a change. */
	data_race(memcpy(block->comm, current->comm, sizeof(block->comm)));
	block->comm[sizeof(block->comm) - 1] = '\0';
	/* Pairs with bp_block_try_get(). */
	smp_wmb();
	refcount_set(&block->ref, 1);
}

struct bp_block *bp_block_create(struct bp_client *client,
				 const struct bp_block_request *request,
				 struct bp_failure *failure);
void bp_block_put_refs(struct bp_block *block, unsigned int nr);

/**
 * bp_block_put() - drop a reference
 * @block: the block
 *
 * Context: process context; sleeps.
 */
static inline void bp_block_put(struct bp_block *block)
{
	bp_block_put_refs(block, 1);
}

int bp_block_create_bulk(struct bp_client *client,
			 const struct bp_block_request *request,
			 struct bp_block **blocks, u32 nr,
			 struct bp_failure *failure);
void bp_block_put_bulk(struct bp_block **blocks, u32 nr, unsigned int nr_refs);

int bp_block_map(struct bp_block *block, u64 first, u64 nr_pages);
void bp_block_map_again(struct bp_block *block);
void bp_block_unmap(struct bp_block *block);
void bp_block_export(struct bp_block *block);
void bp_block_unexport(struct bp_block *block);
void bp_block_unhold(struct bp_block *block);

bool bp_block_is_referenced(struct bp_block *block);
bool bp_block_detain(struct bp_block *block);
void bp_block_return(struct bp_block *block);

/**
 * bp_block_may_return() - nobody has a reference to a block: what about its pages?
 * @block: a block in state %BP_BLOCK_FREED
 *
 * Context: process context; sleeps.
 * Return: whether it may be returned; else it is in quarantine.
 */
static inline bool bp_block_may_return(struct bp_block *block)
{
	/* Nobody refers to pages that nobody has been shown. */
	return !block->exposed || !bp_block_detain(block);
}

u64 bp_block_offset(const struct bp_block *block);
int bp_block_pages(const struct bp_block_request *request,
		   struct bp_request *pages);
int bp_block_request_pages(const struct bp_block_request *request,
			   u32 *nr_pages);
unsigned int bp_block_align_order(u64 align);
int bp_block_insist(struct bp_registry *registry,
		    const struct bp_request *request, u64 timeout, u32 *pfn,
		    struct bp_failure *failure, int err);

/**
 * bp_block_take_pages() - take a run out of the pool of a registry
 * @registry: the registry
 * @request: what is wanted
 * @timeout: how long to wait for it, in ns; 0 not to wait, U64_MAX for ever
 * @pfn: set to its first page
 * @failure: filled in with -ENOMEM, -ETIMEDOUT and -EFBIG
 *
 * Context: process context; sleeps.
 * Return: as bp_pool_alloc(), with a timeout as bp_pool_alloc_wait().
 */
static inline int bp_block_take_pages(struct bp_registry *registry,
				      const struct bp_request *request,
				      u64 timeout, u32 *pfn,
				      struct bp_failure *failure)
{
	const int err = bp_pool_alloc(registry->pool, request, pfn, NULL);

	if (!err)
		return 0;
	return bp_block_insist(registry, request, timeout, pfn, failure, err);
}

#endif /* BP_BLOCK_H */
