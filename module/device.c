// SPDX-License-Identifier: GPL-2.0
/*
 * The character device of a pool: a pool, its registry, and the file through
 * which clients come.
 */
#include "device.h"

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/poll.h>
#include <linux/pseudo_fs.h>
#include <linux/slab.h>

#include "client.h"
#include "debugfs.h"
#include "handle.h"
#include "ioctl.h"
#include "mmap.h"
#include "registry.h"

/* "bpol" */
#define MAGIC 0x62706f6c

/**
 * struct bp_device - a device
 * @misc: the character device; constant
 * @registry: who has been given what
 * @pool: the pool; constant
 * @mnt: where the registry's inode is from; constant
 * @debugfs: directory; constant
 */
struct bp_device {
	struct miscdevice misc;
	struct bp_registry registry;
	struct bp_pool *pool;
	struct vfsmount *mnt;
	struct dentry *debugfs;
};

static int open(struct inode *inode, struct file *file)
{
	struct miscdevice *misc = file->private_data;
	struct bp_device *device = container_of(misc, struct bp_device, misc);
	struct bp_client *client = bp_client_create(&device->registry);

	if (IS_ERR(client))
		return PTR_ERR(client);
	file->private_data = client;
	/*
	 * All mappings of all clients in one address space, whichever device
	 * node they opened: so a block can be taken out of every one of them.
	 */
	file->f_mapping = device->registry.inode->i_mapping;
	return 0;
}

static int release(struct inode *inode, struct file *file)
{
	bp_handle_free_all(file->private_data);
	bp_client_destroy(file->private_data);
	return 0;
}

static long ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	return bp_ioctl(file->private_data, file, cmd, arg);
}

static int mmap(struct file *file, struct vm_area_struct *vma)
{
	return bp_mmap(file->private_data, vma);
}

static __poll_t poll(struct file *file, poll_table *wait)
{
	struct bp_client *client = file->private_data;

	/* One who cannot allocate has nothing to wait for. */
	if (!(file->f_mode & FMODE_WRITE))
		return EPOLLOUT | EPOLLWRNORM;
	poll_wait(file, &client->registry->pool->chances, wait);
	/*
	 * Pairs with wq_has_sleeper() in bp_pool_announce_chance(): either that
	 * finds us, or we see the chance. poll_wait() does not everywhere have one.
	 */
	smp_mb();
	return bp_client_has_chance(client) ? EPOLLOUT | EPOLLWRNORM : 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = open,
	.release = release,
	.unlocked_ioctl = ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = mmap,
	.poll = poll,
};

static int init_fs_context(struct fs_context *fc)
{
	return init_pseudo(fc, MAGIC) ? 0 : -ENOMEM;
}

/*
 * Without an owner: the mount is the module's own, and must not keep it from
 * being unloaded. Files that use the inode do.
 */
static struct file_system_type fs_type = {
	.name = "buddypool",
	.init_fs_context = init_fs_context,
	.kill_sb = kill_anon_super,
};

/**
 * bp_device_create() - make a pool, and a device that gives it out
 * @name: of the device: /dev/@name
 * @nr_pages: as for bp_pool_create()
 * @max_order: as for bp_pool_create()
 * @percpu_pages: as for bp_pool_use_lists()
 * @limits: of clients; read as long as the device is there
 *
 * The device is there for everyone when this returns, for its owner only (0600)
 * until somebody changes that.
 *
 * Context: process context; sleeps.
 * Return: the device, or an ERR_PTR: as bp_pool_create(), or what the kernel
 * says to a file system, an inode and a misc device.
 */
struct bp_device *bp_device_create(const char *name, u32 nr_pages,
				   unsigned int max_order, u32 percpu_pages,
				   const struct bp_limits *limits)
{
	struct bp_device *device;
	struct inode *inode;
	int err;

	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		return ERR_PTR(-ENOMEM);

	device->pool = bp_pool_create(nr_pages, max_order);
	if (IS_ERR(device->pool)) {
		err = PTR_ERR(device->pool);
		goto free_device;
	}
	err = bp_pool_use_lists(device->pool, percpu_pages);
	if (err)
		goto destroy_pool;
	device->mnt = kern_mount(&fs_type);
	if (IS_ERR(device->mnt)) {
		err = PTR_ERR(device->mnt);
		goto destroy_pool;
	}
	inode = alloc_anon_inode(device->mnt->mnt_sb);
	if (IS_ERR(inode)) {
		err = PTR_ERR(inode);
		goto unmount;
	}
	bp_registry_init(&device->registry, device->pool, inode, limits);
	device->debugfs = bp_debugfs_create(name, &device->registry);

	device->misc.minor = MISC_DYNAMIC_MINOR;
	device->misc.name = name;
	device->misc.fops = &fops;
	device->misc.mode = 0600;
	err = misc_register(&device->misc);
	if (err)
		goto destroy_registry;
	return device;

destroy_registry:
	bp_debugfs_remove(device->debugfs);
	bp_registry_destroy(&device->registry);
	iput(inode);
unmount:
	kern_unmount(device->mnt);
destroy_pool:
	bp_pool_destroy(device->pool);
free_device:
	kfree(device);
	return ERR_PTR(err);
}

/**
 * bp_device_destroy() - the end of a device and its pool
 * @device: the device; no file of it is open
 *
 * Context: process context; sleeps.
 */
void bp_device_destroy(struct bp_device *device)
{
	misc_deregister(&device->misc);
	bp_debugfs_remove(device->debugfs);
	bp_registry_destroy(&device->registry);
	iput(device->registry.inode);
	kern_unmount(device->mnt);
	bp_pool_destroy(device->pool);
	kfree(device);
}
