// SPDX-License-Identifier: GPL-2.0
/*
 * The module: its parameters, its start and its end.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sysfs.h>

#include "account.h"
#include "buddy.h"
#include "device.h"
#include "hotplug.h"

/* 256 MiB, where a page is 4 KiB. */
#define LARGE_POOL_PAGES 65536

static char *size = "64M";
module_param(size, charp, 0444);
MODULE_PARM_DESC(size, "bytes, with K, M or G; whole pages (default 64M)");

static unsigned int max_order = 10;
module_param(max_order, uint, 0444);
MODULE_PARM_DESC(max_order, "largest order of a block, 0 to 18 (default 10)");

static int percpu_pages = -1;
module_param(percpu_pages, int, 0444);
MODULE_PARM_DESC(percpu_pages,
		 "pages a CPU may keep aside (default: automatic)");

static struct bp_limits limits;
module_param_named(client_handles, limits.client_handles, uint, 0644);
MODULE_PARM_DESC(client_handles, "handles a client may hold (default 0: any)");
module_param_named(max_wait, limits.max_wait_ms, uint, 0644);
MODULE_PARM_DESC(max_wait, "ms that an allocation may wait (default 0: any)");

static int set_client_bytes(const char *val, const struct kernel_param *kp)
{
	char *end;
	unsigned long long bytes = memparse(val, &end);

	if (end == val || (*end && *end != '\n') || bytes % PAGE_SIZE ||
	    bytes >> PAGE_SHIFT > ULONG_MAX) {
		pr_err("client_bytes=%.32s is no whole number of pages of %lu bytes\n",
		       val, PAGE_SIZE);
		return -EINVAL;
	}
	WRITE_ONCE(limits.client_pages, bytes >> PAGE_SHIFT);
	return 0;
}

static int get_client_bytes(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%llu\n",
			  (u64)limits.client_pages << PAGE_SHIFT);
}

static const struct kernel_param_ops client_bytes_ops = {
	.set = set_client_bytes,
	.get = get_client_bytes,
};
module_param_cb(client_bytes, &client_bytes_ops, NULL, 0644);
MODULE_PARM_DESC(client_bytes, "bytes that a client may hold (default 0: any)");

static struct bp_device *device;

/* The parameter "size" in pages; or an errno, having said why. */
static long __init parse_size(void)
{
	char *end;
	unsigned long long bytes = memparse(size, &end);

	if (end == size || *end) {
		pr_err("size=%s is no number of bytes\n", size);
		return -EINVAL;
	}
	if (!bytes || bytes % PAGE_SIZE) {
		pr_err("size=%s is no whole number of pages of %lu bytes\n",
		       size, PAGE_SIZE);
		return -EINVAL;
	}
	if (bytes >> PAGE_SHIFT > totalram_pages()) {
		pr_err("size=%s is more than this machine's %lu MiB of memory\n",
		       size, totalram_pages() >> (20 - PAGE_SHIFT));
		return -ENOMEM;
	}
	if (bytes >> PAGE_SHIFT > BP_MAX_PAGES) {
		pr_err("size=%s is more than %u pages\n", size, BP_MAX_PAGES);
		return -EINVAL;
	}
	return bytes >> PAGE_SHIFT;
}

/*
 * What each CPU may keep aside, in pages: of a large pool one page in 16 for all
 * CPUs together; of a small one nothing, where blocks that do not merge at once
 * would be noticed, and contention will not.
 */
static u32 __init pages_per_cpu(u32 nr_pages)
{
	if (percpu_pages >= 0)
		return percpu_pages;
	if (nr_pages < LARGE_POOL_PAGES)
		return 0;
	return nr_pages / 16 / num_possible_cpus();
}

static int __init buddypool_init(void)
{
	long nr_pages = parse_size();
	int err;

	if (nr_pages < 0)
		return nr_pages;
	if (max_order > BP_MAX_ORDER) {
		pr_err("max_order=%u is not within 0 to %u\n", max_order,
		       BP_MAX_ORDER);
		return -EINVAL;
	}
	if (percpu_pages < -1) {
		pr_err("percpu_pages=%d is no number of pages\n", percpu_pages);
		return -EINVAL;
	}

	err = bp_hotplug_register();
	if (err) {
		pr_err("cannot follow the CPUs: error %pe\n", ERR_PTR(err));
		return err;
	}
	device = bp_device_create(KBUILD_MODNAME, nr_pages, max_order,
				  pages_per_cpu(nr_pages), &limits);
	if (IS_ERR(device)) {
		pr_err("cannot make a pool of %s: error %pe\n", size, device);
		bp_hotplug_unregister();
		return PTR_ERR(device);
	}
	pr_info("a pool of %s: %ld pages, max_order %u\n", size, nr_pages,
		max_order);
	return 0;
}

static void __exit buddypool_exit(void)
{
	bp_device_destroy(device);
	bp_hotplug_unregister();
}

module_init(buddypool_init);
module_exit(buddypool_exit);

MODULE_DESCRIPTION("A buddy allocator over a region of its own, for user space");
MODULE_LICENSE("GPL");
