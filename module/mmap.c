// SPDX-License-Identifier: GPL-2.0
/*
 * Mapping blocks into user space.
 *
 * Pages are put in by the fault handler, under the block's lock, so that whoever
 * holds that lock and takes them out knows that they stay out. (fork() and
 * mremap() copy and move what is there without that lock; but so that truncation
 * of files works, unmap_mapping_pages() finds the copy too.)
 */
#include "mmap.h"

#include <linux/minmax.h>
#include <linux/mm.h>

#include "block.h"
#include "client.h"
#include "compat.h"
#include "handle.h"
#include "registry.h"

/* No fault maps more pages than this. */
#define FAULT_BATCH 64U

/* The page of the block that lies at an offset of the device, in pages. */
static u64 page_in_window(const struct bp_registry *registry, pgoff_t pgoff)
{
	return pgoff & ((1UL << bp_registry_window_shift(registry)) - 1);
}

/*
 * How many pages to map for a fault at page @index: more and more as long as a
 * process goes through them one after the other, as for a file that is read ahead.
 * What it has not asked for may have to be cleared in vain.
 */
static u32 next_batch(struct bp_block *block, const struct vm_area_struct *vma,
		      u32 index)
{
	const bool sequential = index && index == block->next_fault;
	u32 nr = 1;

	if (sequential && !(vma->vm_flags & VM_RAND_READ))
		nr = min_t(u32, 2 * block->fault_batch, FAULT_BATCH);
	block->fault_batch = nr;
	return nr;
}

static vm_fault_t insert_pages(struct bp_block *block, struct vm_fault *vmf)
{
	const u64 index = page_in_window(block->registry, vmf->pgoff);
	const unsigned long address = vmf->address & PAGE_MASK;
	struct page *pages[FAULT_BATCH] __uninitialized;
	unsigned long nr, left;
	unsigned int i;
	int err;

	lockdep_assert_held(&block->lock);

	/* Beyond the end, as of a file that has been truncated. */
	if (index >= block->nr_pages)
		return VM_FAULT_SIGBUS;
	nr = min3((unsigned long)next_batch(block, vmf->vma, index),
		  (unsigned long)(block->nr_pages - index),
		  (vmf->vma->vm_end - address) >> PAGE_SHIFT);
	for (i = 0; i < nr; i++)
		pages[i] = bp_pool_show_page(block->registry->pool,
					     block->pfn + index + i);
	/* What they hold is to be seen before they are, as in do_anonymous_page(). */
	smp_wmb();
	block->exposed = true;
	block->next_fault = index + nr;
	left = nr;
	err = vm_insert_pages(vmf->vma, address, pages, &left);
	/* Another thread may have been faster; and one page is enough. */
	if (!err || err == -EBUSY || left < nr)
		return VM_FAULT_NOPAGE;
	return vmf_error(err);
}

static vm_fault_t fault(struct vm_fault *vmf)
{
	struct bp_block *block = vmf->vma->vm_private_data;
	vm_fault_t ret;

	/* For one who is killed it does not matter what he finds. */
	if (mutex_lock_killable(&block->lock))
		return VM_FAULT_SIGBUS;
	ret = insert_pages(block, vmf);
	mutex_unlock(&block->lock);
	return ret;
}

static void vma_open(struct vm_area_struct *vma)
{
	bp_block_map_again(vma->vm_private_data);
}

static void vma_close(struct vm_area_struct *vma)
{
	bp_block_unmap(vma->vm_private_data);
}

static const struct vm_operations_struct vm_ops = {
	.open = vma_open,
	.close = vma_close,
	.fault = fault,
};

static int map(struct bp_block *block, struct vm_area_struct *vma, u64 first)
{
	int err;

	if (!(vma->vm_flags & VM_MAYSHARE))
		return -EINVAL;
	err = bp_block_map(block, first, vma_pages(vma));
	if (err)
		return err;

	bp_vm_flags_set(vma, VM_MIXEDMAP | VM_DONTEXPAND);
	vma->vm_private_data = block;
	vma->vm_ops = &vm_ops;
	return 0;
}

/**
 * bp_mmap() - map a block, or a part of one, by its handle
 * @client: whose block
 * @vma: what mmap() asks for; its offset says which block, and where in it
 *
 * The pages are ordinary ones: get_user_pages() works on them, and with it
 * O_DIRECT and io_uring. VM_DONTEXPAND keeps mremap() from growing the mapping,
 * and, as VM_MIXEDMAP, mappings of different blocks from being merged.
 *
 * Context: process context, mmap_lock held for writing.
 * Return: 0; -EINVAL if the mapping is private, or not within one block of the
 * client.
 */
int bp_mmap(struct bp_client *client, struct vm_area_struct *vma)
{
	const unsigned int shift = bp_registry_window_shift(client->registry);
	struct bp_block *block = bp_handle_get(client, vma->vm_pgoff >> shift);
	int err;

	if (!block)
		return -EINVAL;
	err = map(block, vma, page_in_window(client->registry, vma->vm_pgoff));
	if (err)
		bp_block_put(block);
	return err;
}

/**
 * bp_mmap_block() - map a block, or a part of one, by a descriptor of its own
 * @block: the block
 * @vma: what mmap() asks for; its offset says where in the block
 *
 * As bp_mmap(). The mapping ends up where one by way of the device would, so that
 * the block is taken out of all of them alike.
 *
 * Context: process context, mmap_lock held for writing.
 * Return: 0; -EINVAL if the mapping is private, or not within the block.
 */
int bp_mmap_block(struct bp_block *block, struct vm_area_struct *vma)
{
	const u64 first = vma->vm_pgoff;
	int err;

	refcount_inc(&block->ref);
	err = map(block, vma, first);
	if (err)
		bp_block_put(block);
	else
		vma->vm_pgoff += bp_block_offset(block) >> PAGE_SHIFT;
	return err;
}
