// SPDX-License-Identifier: GPL-2.0
/*
 * Making the kernel fail, as Documentation/fault-injection/ describes it
 */
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "knob.h"
#include "say.h"

#define DEBUGFS "/sys/kernel/debug/"
/* The cache that nodes of an xarray come from. */
#define NODE_CACHE "/sys/kernel/slab/radix_tree_node/"
/* More failures than any operation meets; what is missing of them happened. */
#define TIMES 1000000
/* No pages are asked for that are of this order. */
#define NO_ORDER 20

static int nth_fd, task_fd;
static unsigned long node_size;

/* Let the n-th of whatever is let fail, fail once. */
static void nth_arm(unsigned int n)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, length, 0) != length)
		say_bail("cannot write to fail-nth: %s", say_errno(errno));
}

/*
 * The text is made before it is copied: it is right even if the copy is what
 * fails. So may the write that disarms, which is just as well.
 */
static bool nth_disarm(void)
{
	char text[16] = "";
	ssize_t length = pread(nth_fd, text, sizeof(text) - 1, 0);

	if (length < 0)
		return false;
	if (atoi(text) == 0)
		return true;
	if (pwrite(nth_fd, "0", 1, 0) != 1 && errno != EFAULT)
		say_bail("cannot write to fail-nth: %s", say_errno(errno));
	return false;
}

/*
 * Without the page allocator: when the slab allocator asks it for more, nobody
 * can tell beforehand, and numbers would not stand for the same each time.
 */
const struct injection inject_one = {
	.what = "one object or copy",
	.arm = nth_arm,
	.disarm = nth_disarm,
};

static void pages_let_fail(bool fail)
{
	knob_write(DEBUGFS "fail_page_alloc/", "min-order", "%d",
		   fail ? 0 : NO_ORDER);
}

/* Objects are left out here, but for those of NODE_CACHE. */
static void page_arm(unsigned int n)
{
	knob_write(DEBUGFS "failslab/", "cache-filter", "Y");
	pages_let_fail(true);
	nth_arm(n);
}

static bool page_disarm(void)
{
	bool fired = nth_disarm();

	pages_let_fail(false);
	knob_write(DEBUGFS "failslab/", "cache-filter", "N");
	return fired;
}

const struct injection inject_page = {
	.what = "one page",
	.arm = page_arm,
	.disarm = page_disarm,
};

/*
 * Those of one kind that the task makes fail, from one on. "space" is what may
 * be had before: each takes its size of it, while more than its size is left.
 */
static void kind_arm(const char *dir, unsigned long space)
{
	knob_write(dir, "times", "%d", TIMES);
	knob_write(dir, "space", "%lu", space);
	knob_write(dir, "probability", "100");
	if (pwrite(task_fd, "1", 1, 0) != 1)
		say_bail("cannot write to make-it-fail: %s", say_errno(errno));
}

static bool kind_disarm(const char *dir)
{
	if (pwrite(task_fd, "0", 1, 0) != 1)
		say_bail("cannot write to make-it-fail: %s", say_errno(errno));
	knob_write(dir, "probability", "0");
	return knob_read(dir, "times") != TIMES;
}

/*
 * An xarray that gets no node tries again, and fails only if that fails, too.
 */
static void nodes_arm(unsigned int n)
{
	knob_write(DEBUGFS "failslab/", "cache-filter", "Y");
	kind_arm(DEBUGFS "failslab/", (n - 1) * node_size + 1);
}

static bool nodes_disarm(void)
{
	bool fired = kind_disarm(DEBUGFS "failslab/");

	knob_write(DEBUGFS "failslab/", "cache-filter", "N");
	return fired;
}

const struct injection inject_nodes = {
	.what = "nodes of xarrays",
	.arm = nodes_arm,
	.disarm = nodes_disarm,
};

/* vmalloc() that does not get many pages at once asks for each, and so on. */
static void pages_arm(unsigned int n)
{
	pages_let_fail(true);
	kind_arm(DEBUGFS "fail_page_alloc/", n);
}

static bool pages_disarm(void)
{
	bool fired = kind_disarm(DEBUGFS "fail_page_alloc/");

	pages_let_fail(false);
	return fired;
}

const struct injection inject_pages = {
	.what = "pages",
	.arm = pages_arm,
	.disarm = pages_disarm,
};

/**
 * inject_init() - get ready to let the kernel fail
 *
 * Return: false if this kernel cannot, which has been said then.
 */
bool inject_init(void)
{
	static const char *const kinds[] = {
		DEBUGFS "failslab/",
		DEBUGFS "fail_page_alloc/",
		DEBUGFS "fail_usercopy/",
		NULL,
	};
	const char *const *kind;

	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	task_fd = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0 || task_fd < 0) {
		say("1..0 # SKIP this kernel has no fault injection");
		return false;
	}
	for (kind = kinds; *kind; kind++) {
		if (access(*kind, W_OK)) {
			say("1..0 # SKIP there is no %s", *kind);
			return false;
		}
		knob_write(*kind, "verbose", "0");
		knob_write(*kind, "task-filter", "Y");
	}
	knob_write(DEBUGFS "failslab/", "ignore-gfp-wait", "N");
	knob_write(DEBUGFS "fail_page_alloc/", "ignore-gfp-wait", "N");
	knob_write(DEBUGFS "fail_page_alloc/", "ignore-gfp-highmem", "N");
	pages_let_fail(false);
	knob_write(NODE_CACHE, "failslab", "1");
	node_size = knob_read(NODE_CACHE, "object_size");
	return true;
}
