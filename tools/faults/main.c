// SPDX-License-Identifier: GPL-2.0
/*
 * Make everything fail that can fail, once each
 *
 * An operation on the device, or the loading of the module, gives the kernel a
 * number of occasions to fail: every allocation, and every copy from or to user
 * space. For n = 1, 2, ... the operation is done with its n-th occasion taken,
 * until there is none. Each time it must end as it may, and leave the pool as it
 * was; then it must succeed. Writes KTAP.
 *
 * What leaks is for kmemleak to say, what is used after it was freed for KASAN.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inject.h"
#include "operation.h"

/* More than any operation has; loading the module has most. */
#define MAX_OCCASIONS 5000

static const char usage[] =
	"Usage: faults MODULE.ko [PARAMETERS]\n"
	"Make the kernel fail at each of its occasions, one at a time, while the module\n"
	"is loaded, used and unloaded; writes KTAP. The module must not be loaded.\n";

/* A client that sees how the pool is, and does nothing else; -1: none. */
static int observer = -1;
static struct buddypool_stat before;

static unsigned int cases, failures;
static char complaint[256];

/* Only the first complaint of a test counts. */
#define complain(...)                                                        \
	do {                                                                 \
		if (!*complaint)                                             \
			snprintf(complaint, sizeof(complaint), __VA_ARGS__); \
	} while (0)

static void report(const char *name)
{
	cases++;
	if (*complaint) {
		failures++;
		printf("# %s\nnot ok %u %s\n", complaint, cases, name);
	} else {
		printf("ok %u %s\n", cases, name);
	}
	fflush(stdout);
	*complaint = '\0';
}

static struct buddypool_stat stat_read(void)
{
	struct buddypool_stat stat = {};

	if (ioctl(observer, BUDDYPOOL_IOC_STAT, &stat))
		err(1, "STAT");
	return stat;
}

/* Neither open, nor reserved for a file that never came. */
static int lowest_free_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	close(fd);
	return fd;
}

/* The invariant checker of the module has the last word. */
static void expect_whole_pool(unsigned int n)
{
	char text[128] = "nothing";
	int fd = open("/sys/kernel/debug/buddypool/check", O_RDONLY);
	ssize_t length;

	if (fd < 0)
		err(1, "debugfs");
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length > 0)
		text[length] = '\0';
	if (strcmp(text, "ok\n"))
		complain("occasion %u: the pool says: %s", n, text);
}

/* Nothing is held, open or charged that was not before the operation began. */
static void expect_as_before(unsigned int n)
{
	const struct buddypool_stat now = stat_read();

	if (now.free_pages != before.free_pages)
		complain("occasion %u: %lld pages lost", n,
			 before.free_pages - now.free_pages);
	if (now.blocks != before.blocks || now.clients != before.clients ||
	    now.exports != before.exports || now.waiting != before.waiting)
		complain("occasion %u: %llu blocks, %llu clients, %llu exports",
			 n, now.blocks, now.clients, now.exports);
	if (now.freed_mapped_pages || now.freed_pinned_pages)
		complain("occasion %u: freed pages remain", n);
	expect_whole_pool(n);
}

static int must_alloc(struct context *c, struct buddypool_alloc *alloc)
{
	*alloc = (struct buddypool_alloc){ .size = 4 << 12 };
	return ioctl(c->fd, BUDDYPOOL_IOC_ALLOC, alloc);
}

static void set_up(struct context *c, const struct operation *operation)
{
	c->map = MAP_FAILED;
	c->opened = -1;
	c->handle = 0;
	c->fd = open("/dev/buddypool", O_RDWR | O_CLOEXEC);
	if (c->fd < 0)
		err(1, "opening");
	if (operation->needs & NO_BLOCKS)
		return;
	if (must_alloc(c, &c->alloc) || must_alloc(c, &c->other))
		err(1, "allocating");
	c->size = c->alloc.usable;
	if (!(operation->needs & MAPPING))
		return;
	c->map = mmap(NULL, c->size, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd,
		      c->alloc.offset);
	if (c->map == MAP_FAILED)
		err(1, "mapping");
	if (operation->needs & CONTENTS)
		memset(c->map, 0x5a, c->size);
}

static void tear_down(struct context *c)
{
	if (c->map != MAP_FAILED)
		munmap(c->map, c->size);
	if (c->fd >= 0)
		close(c->fd);
}

static void expect_error(const struct operation *operation, unsigned int n,
			 int got)
{
	if ((got == -ENOMEM && operation->errors & NOMEM) ||
	    (got == -EFAULT && operation->errors & FAULT))
		return;
	complain("occasion %u: %s", n, strerror(-got));
}

/* The blocks are there, of the same size, and with the same contents. */
static void expect_same_blocks(const struct operation *operation,
			       struct context *c, unsigned int n, int error)
{
	struct buddypool_query query = { .handle = c->alloc.handle };
	const char *byte = c->map;

	if (ioctl(c->fd, BUDDYPOOL_IOC_QUERY, &query))
		complain("occasion %u: the block is gone", n);
	if (query.usable != c->alloc.usable &&
	    !(operation->needs & ONE_WAY && error == -EFAULT))
		complain("occasion %u: the block has another size", n);
	if (operation->needs & CONTENTS && byte[0] != 0x5a)
		complain("occasion %u: the contents are lost", n);
}

/**
 * struct tally - what became of the occasions of an operation
 * @taken: how many there were
 * @nomem: so many times it failed with -ENOMEM
 * @fault: and with -EFAULT; otherwise it succeeded all the same
 */
struct tally {
	unsigned int taken;
	unsigned int nomem;
	unsigned int fault;
};

/* One attempt; returns false if no occasion was left to be taken. */
static bool attempt(struct context *c, const struct operation *operation,
		    unsigned int n, struct tally *tally)
{
	bool taken;
	int ret;

	inject_arm(n);
	ret = operation->act(c);
	taken = inject_disarm();
	tally->taken += taken;
	tally->nomem += taken && ret == -ENOMEM;
	tally->fault += taken && ret == -EFAULT;
	if (ret && taken)
		expect_error(operation, n, ret);
	else if (ret)
		complain("without a fault: %s", strerror(-ret));
	if (!ret && operation->undo)
		operation->undo(c);
	else if (ret && c->alloc.handle && !(operation->needs & NO_BLOCKS))
		expect_same_blocks(operation, c, n, ret);
	return taken;
}

static void finish(const char *name, const struct tally *tally)
{
	printf("# %s: %u occasions, ENOMEM %u, EFAULT %u, coped %u\n", name,
	       tally->taken, tally->nomem, tally->fault,
	       tally->taken - tally->nomem - tally->fault);
	if (tally->taken == MAX_OCCASIONS)
		complain("there is no end of occasions");
	report(name);
}

static void test_device(const struct operation *operation)
{
	struct tally tally = {};
	struct context c;
	const int descriptor = lowest_free_descriptor();
	bool taken = true;
	unsigned int n;

	before = stat_read();
	for (n = 1; taken && n <= MAX_OCCASIONS && !*complaint; n++) {
		set_up(&c, operation);
		taken = attempt(&c, operation, n, &tally);
		tear_down(&c);
		expect_as_before(n);
		if (lowest_free_descriptor() != descriptor)
			complain("occasion %u: a descriptor is left", n);
	}
	finish(operation->name, &tally);
}

static void test_module(struct context *c, const struct operation *operation,
			bool loaded)
{
	struct tally tally = {};
	bool taken = true;
	unsigned int n;

	for (n = 1; taken && n <= MAX_OCCASIONS && !*complaint; n++) {
		taken = attempt(c, operation, n, &tally);
		if (loaded != !access("/dev/buddypool", F_OK) ||
		    loaded != !access("/sys/kernel/debug/buddypool", F_OK) ||
		    loaded != !access("/sys/module/buddypool", F_OK))
			complain("occasion %u: the device %s", n,
				 loaded ? "is gone" : "stays");
	}
	finish(operation->name, &tally);
}

static void read_module(struct context *c, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		err(1, "%s", path);
	c->length = status.st_size;
	c->module = mmap(NULL, c->length, PROT_READ, MAP_PRIVATE | MAP_POPULATE,
			 fd, 0);
	if (c->module == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
}

/* The names that a User Mode Linux kernel gives to its processor. */
static bool is_uml(void)
{
	FILE *file = fopen("/proc/cpuinfo", "r");
	char line[128];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, "User Mode Linux");
	if (file)
		fclose(file);
	return found;
}

static void skip(const char *name, const char *why)
{
	cases++;
	printf("ok %u %s # SKIP %s\n", cases, name, why);
}

int main(int argc, char **argv)
{
	struct context c = { .parameters = argc > 2 ? argv[2] : "" };
	size_t i;

	if (argc < 2 || argc > 3) {
		fputs(usage, stderr);
		return 1;
	}
	if (!inject_prepare()) {
		printf("1..0 # SKIP this kernel cannot be made to fail\n");
		return 4;
	}
	read_module(&c, argv[1]);
	printf("KTAP version 1\n");
	inject_pages(false);
	test_module(&c, &load_operation, false);
	if (load_operation.act(&c))
		err(1, "cannot load the module");
	test_module(&c, &unload_operation, true);
	inject_pages(true);

	observer = open("/dev/buddypool", O_RDONLY | O_CLOEXEC);
	if (observer < 0)
		err(1, "/dev/buddypool");
	for (i = 0; i < nr_device_operations; i++)
		if (device_operations[i].needs & NOT_UML && is_uml())
			skip(device_operations[i].name,
			     "User Mode Linux does not survive it");
		else
			test_device(&device_operations[i]);
	close(observer);
	if (unload_operation.act(&c)) {
		complain("%s", strerror(errno));
		report("unload_at_last");
	}
	printf("1..%u\n", cases);
	return failures > 0;
}
