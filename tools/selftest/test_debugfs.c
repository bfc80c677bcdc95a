// SPDX-License-Identifier: GPL-2.0
/*
 * What the administrator sees in debugfs
 */
#include "harness.h"

#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pool.h"

/* A file beside the one that runs the checker. */
static const char *path_of(const char *name)
{
	static char path[256];
	char check[200];

	snprintf(check, sizeof(check), "%s", options.check);
	snprintf(path, sizeof(path), "%s/%s", dirname(check), name);
	return path;
}

static FILE *open_file(const char *name)
{
	FILE *file = fopen(path_of(name), "re");

	if (!file)
		test_skip("%s: %s", path_of(name), strerror(errno));
	return file;
}

/* The line of a block; false if there is none. */
static bool block_line(__u32 handle, char *line, size_t size)
{
	FILE *file = open_file("blocks");
	bool found = false;
	unsigned int id;

	ASSERT(fgets(line, size, file));
	EXPECT(!strcmp(line,
		       "handle page pages holders mappings state pid comm\n"));
	while (!found && fgets(line, size, file))
		found = sscanf(line, "%u ", &id) == 1 && id == handle;
	fclose(file);
	return found;
}

static void expect_block(__u32 handle, __u64 page, __u64 nr_pages,
			 unsigned int holders, unsigned int mappings,
			 const char *state, const char *comm)
{
	char line[256], expected[256];

	snprintf(expected, sizeof(expected), "%u %llu %llu %u %u %s %d %s\n",
		 handle, page, nr_pages, holders, mappings, state, getpid(),
		 comm);
	ASSERT(block_line(handle, line, sizeof(line)));
	if (strcmp(line, expected))
		test_fail(__FILE__, __LINE__, "expected %sgot %s", expected,
			  line);
}

/* Threat 19 */
TEST(debugfs, mode)
{
	static const char *const names[] = { "check", "buddyinfo", "blocks",
					     "quarantine" };
	struct stat st;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		fclose(open_file(names[i]));
		ASSERT_EQ(0, stat(path_of(names[i]), &st));
		EXPECT_EQ(0400, st.st_mode & 07777);
	}
}

TEST(debugfs, check)
{
	FILE *file = open_file("check");
	char line[256];

	ASSERT(fgets(line, sizeof(line), file));
	EXPECT(!strcmp(line, "ok\n"));
	EXPECT(!fgets(line, sizeof(line), file));
	fclose(file);
}

TEST(debugfs, buddyinfo)
{
	int fd = client_open();
	struct buddypool_stat stat;
	unsigned int order;
	__u64 count;
	FILE *file;

	block_alloc(fd, 1);
	stat = stat_read(fd);
	file = open_file("buddyinfo");
	for (order = 0; order <= pool.max_order; order++) {
		ASSERT_EQ(1, fscanf(file, "%llu", &count));
		EXPECT_EQ(stat.free_blocks[order], count);
	}
	EXPECT_EQ(EOF, fscanf(file, "%llu", &count));
	fclose(file);
	close(fd);
}

/* A process chooses its name: it must not forge a line of the list. */
TEST(debugfs, blocks)
{
	int fd = client_open();
	struct buddypool_alloc a;
	__u64 page;
	char line[256];
	void *addr;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "a b\n1 2"));
	a = block_alloc(fd, 1);
	page = block_query(fd, a.handle).position / pool.page_size;
	expect_block(a.handle, page, 1, 1, 0, "allocated",
		     "a\\040b\\0121\\0402");
	addr = block_map(fd, a.offset, pool.page_size);
	expect_block(a.handle, page, 1, 1, 1, "mapped", "a\\040b\\0121\\0402");
	block_free(fd, a.handle);
	expect_block(a.handle, page, 1, 0, 1, "freed-mapped",
		     "a\\040b\\0121\\0402");
	unmap(addr, pool.page_size);
	EXPECT(!block_line(a.handle, line, sizeof(line)));
	close(fd);
}

/* Threat 19: numbers there are, but none that could be a kernel's address. */
TEST(debugfs, no_address)
{
	static const char *const names[] = { "check", "buddyinfo", "blocks",
					     "quarantine" };
	struct buddypool_alloc a;
	int fd = client_open();
	char line[256];
	unsigned int i;
	FILE *file;
	char *at;

	ASSERT_EQ(0, prctl(PR_SET_NAME, "x"));
	a = block_alloc(fd, 1);
	block_map(fd, a.offset, pages(1));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		file = open_file(names[i]);
		while (fgets(line, sizeof(line), file))
			for (at = line; *at; at++)
				ASSERT(strspn(at, "0123456789abcdef") < 8 &&
				       strncmp(at, "0x", 2));
		fclose(file);
	}
}

TEST(debugfs, many_blocks)
{
	int fd = client_open();
	__u32 handles[100];
	char line[256];
	size_t i;

	need_pages(100);
	for (i = 0; i < 100; i++)
		handles[i] = block_alloc(fd, 1).handle;
	for (i = 0; i < 100; i++)
		EXPECT(block_line(handles[i], line, sizeof(line)));
	close(fd);
}
