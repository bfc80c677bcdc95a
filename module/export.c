// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptors of blocks.
 *
 * A file without a name that stands for one block. It maps the block, as the
 * device does for those who have its handle, and holds it until it is closed;
 * whoever has the descriptor can reach nothing else.
 */
#include "export.h"

#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/module.h>

#include "block.h"
#include "ioctl.h"
#include "mmap.h"
#include "registry.h"

static int release(struct inode *inode, struct file *file)
{
	bp_block_unexport(file->private_data);
	return 0;
}

static long ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return bp_ioctl_block(file->private_data, cmd, arg);
}

static int mmap(struct file *file, struct vm_area_struct *vma)
{
	return bp_mmap_block(file->private_data, vma);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.release = release,
	.unlocked_ioctl = ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = mmap,
};

/**
 * bp_export_create() - make a file that stands for a block
 * @block: the block, held; its lock is held
 * @writable: it may be mapped for writing
 *
 * Context: process context; sleeps.
 * Return: the file; an ERR_PTR: -ENFILE, -ENOMEM.
 */
struct file *bp_export_create(struct bp_block *block, bool writable)
{
	struct file *file;

	file = anon_inode_getfile("[buddypool]", &fops, block,
				  writable ? O_RDWR : O_RDONLY);
	if (IS_ERR(file))
		return file;
	/* Among the mappings of all clients, as open() of the device does. */
	file->f_mapping = block->registry->inode->i_mapping;
	bp_block_export(block);
	return file;
}
