// SPDX-License-Identifier: GPL-2.0
/*
 * The device node, and the module behind it
 */
#include "harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "exports.h"
#include "pool.h"
#include "task.h"

#define MISC_MAJOR 10

/* Threat 19: root's own as it is created; a udev rule may open it to a group. */
TEST(node, mode)
{
	struct stat st;

	ASSERT_EQ(0, stat(options.device, &st));
	EXPECT(S_ISCHR(st.st_mode));
	EXPECT_EQ(MISC_MAJOR, major(st.st_rdev));
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0, st.st_mode & 0007);
	if (st.st_gid)
		test_skip("the node has been given to group %u", st.st_gid);
	EXPECT_EQ(0600, st.st_mode & 07777);
}

TEST(node, sysfs)
{
	FILE *file = fopen("/sys/class/misc/buddypool/dev", "re");
	unsigned int major_nr, minor_nr;
	struct stat st;

	if (!file)
		test_skip("/sys/class/misc/buddypool/dev: %s", strerror(errno));
	ASSERT_EQ(0, stat(options.device, &st));
	ASSERT_EQ(2, fscanf(file, "%u:%u", &major_nr, &minor_nr));
	EXPECT_EQ(major(st.st_rdev), major_nr);
	EXPECT_EQ(minor(st.st_rdev), minor_nr);
	fclose(file);
}

/* Threat 19 */
TEST(node, nobody)
{
	struct stat st;
	pid_t pid;

	if (getuid())
		test_skip("not root");
	ASSERT_EQ(0, stat(options.device, &st));
	pid = task_fork();
	if (!pid) {
		ASSERT_EQ(0, setgid(65534));
		ASSERT_EQ(0, setuid(65534));
		EXPECT_EQ(-1, open(options.device, O_RDWR));
		EXPECT_EQ(EACCES, errno);
		_exit(0);
	}
	task_wait(pid);
}

static int try_unload(void)
{
	if (syscall(__NR_delete_module, "buddypool", O_NONBLOCK))
		return -errno;
	return 0;
}

/*
 * Threat 29: busy as long as a descriptor is open, or only a mapping is left, or
 * only a descriptor of a block.
 */
TEST(node, module_busy)
{
	struct buddypool_alloc a;
	int fd, ret, export;
	void *p;

	fd = client_open();
	ret = try_unload();
	if (ret && ret != -EAGAIN && ret != -EBUSY)
		test_skip("delete_module: %s", test_errno(ret));
	ASSERT_ERR(-EAGAIN, ret);
	a = block_alloc(fd, 1);
	p = block_map(fd, a.offset, pages(1));
	close(fd);
	ASSERT_ERR(-EAGAIN, try_unload());
	*(char *)p = 1;
	unmap(p, pages(1));

	fd = client_open();
	export = block_export(fd, block_alloc(fd, 1).handle);
	close(fd);
	ASSERT_ERR(-EAGAIN, try_unload());
	p = block_map(export, 0, pages(1));
	close(export);
	ASSERT_ERR(-EAGAIN, try_unload());
	*(char *)p = 1;
	unmap(p, pages(1));
}
