// SPDX-License-Identifier: GPL-2.0
/*
 * LIMIT: whose account it is, what stays charged, and who may set limits
 */
#include "harness.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "blocks.h"
#include "exports.h"
#include "limits.h"
#include "pool.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"

#define BYTES BUDDYPOOL_LIMIT_BYTES
#define HANDLES BUDDYPOOL_LIMIT_HANDLES
#define WAIT BUDDYPOOL_LIMIT_WAIT

/* Threat 26: free what is mapped, again and again, and nothing is gained. */
TEST(limit, freed_but_mapped)
{
	int fd = client_open();
	struct buddypool_alloc a;
	char *p;

	need_size(pages(4));
	limit_bytes(fd, pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, pages(4));
	block_free(fd, a.handle);
	limit_expect_held(fd, pages(4), 1);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	unmap(p, pages(3));
	limit_expect_held(fd, pages(4), 1);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	unmap(p + pages(3), pages(1));
	limit_expect_held(fd, 0, 0);
	EXPECT_ERR(0, try_alloc(fd, pages(4), 0, 0, NULL));
}

/* Threat 26: the handle counts as long as the memory is not back. */
TEST(limit, freed_handles)
{
	int fd = client_open();
	struct buddypool_alloc a;
	void *p;

	limit_handles(fd, 1);
	a = block_alloc(fd, 1);
	p = block_map(fd, a.offset, pages(1));
	block_free(fd, a.handle);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	unmap(p, pages(1));
	EXPECT_ERR(0, try_alloc(fd, 1, 0, 0, NULL));
}

/* Threats 26 and 31 */
TEST(limit, freed_but_pinned)
{
	int fd = client_open(), fds[2];
	struct buddypool_alloc a;
	struct patience patience = {};
	struct iovec iov;
	char *p;

	need_size(pages(2));
	limit_bytes(fd, pages(2));
	a = block_alloc(fd, pages(2));
	p = block_map(fd, a.offset, pages(2));
	*p = 1;
	ASSERT_EQ(0, pipe(fds));
	iov = (struct iovec){ p, pages(1) };
	if (vmsplice(fds[1], &iov, 1, SPLICE_F_NONBLOCK) < 0)
		test_skip("vmsplice: %s", test_errno(-errno));
	block_free(fd, a.handle);
	unmap(p, pages(2));
	limit_expect_held(fd, pages(2), 1);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	close(fds[0]);
	close(fds[1]);
	while (limit_read(fd).bytes && patience_left(&patience))
		;
	limit_expect_held(fd, 0, 0);
}

/* Threat 26: what has been given away stays charged to who allocated it. */
TEST(limit, exported)
{
	int fd = client_open(), export;
	struct buddypool_alloc a;
	void *p;

	limit_bytes(fd, pages(1));
	a = block_alloc(fd, 1);
	export = block_export(fd, a.handle);
	limit_expect_held(fd, pages(1), 1);
	block_free(fd, a.handle);
	limit_expect_held(fd, pages(1), 1);
	p = block_map(export, 0, pages(1));
	close(export);
	limit_expect_held(fd, pages(1), 1);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	unmap(p, pages(1));
	limit_expect_held(fd, 0, 0);
	block_alloc(fd, 1);
}

/* Two opens are two clients, also in one process. */
TEST(limit, per_open_file)
{
	int fd = client_open(), other = client_open();

	need_pages(2);
	limit_bytes(fd, pages(1));
	block_alloc(fd, 1);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	limit_expect(other, NO_LIMIT, NO_LIMIT, NO_LIMIT);
	block_alloc(other, 1);
	limit_expect_held(fd, pages(1), 1);
	limit_expect_held(other, pages(1), 1);
}

/* dup() and fork() make no new client. */
TEST(limit, shared_descriptors)
{
	int fd = client_open(), copy = dup(fd);
	pid_t pid;

	need_pages(4);
	limit_handles(copy, 2);
	limit_expect(fd, NO_LIMIT, 2, NO_LIMIT);
	block_alloc(fd, 1);
	pid = task_fork();
	if (!pid) {
		block_alloc(fd, 1);
		EXPECT_ERR(-EDQUOT, try_alloc(copy, 1, 0, 0, NULL));
		limit_wait(fd, 7);
		_exit(0);
	}
	task_wait(pid);
	/* What the child allocated is still there, and so is its limit. */
	limit_expect_held(copy, pages(2), 2);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, 1, 0, 0, NULL));
	limit_expect(copy, NO_LIMIT, 2, 7);
}

static void drop_resource_capability(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	ASSERT_EQ(0, syscall(SYS_capget, &header, data));
	if (!(data[0].effective & (1U << CAP_SYS_RESOURCE)))
		test_skip("CAP_SYS_RESOURCE is missing to begin with");
	data[0].effective &= ~(1U << CAP_SYS_RESOURCE);
	data[0].permitted &= ~(1U << CAP_SYS_RESOURCE);
	ASSERT_EQ(0, syscall(SYS_capset, &header, data));
}

/* Whoever is trusted raises them at will. */
TEST(limit, raised)
{
	int fd = client_open();

	ASSERT_ERR(0, try_limit(fd, BYTES | HANDLES | WAIT, pages(1), 1, 5));
	limit_expect(fd, pages(1), 1, 5);
	ASSERT_ERR(0, try_limit(fd, BYTES, pages(3), 99, 99));
	limit_expect(fd, pages(3), 1, 5);
	ASSERT_ERR(0, try_limit(fd, HANDLES, 99, 3, 99));
	ASSERT_ERR(0, try_limit(fd, WAIT, 99, 99, NO_LIMIT));
	limit_expect(fd, pages(3), 3, NO_LIMIT);
	/* Without a flag nothing is set. */
	ASSERT_ERR(0, try_limit(fd, 0, 1, 1, 1));
	limit_expect(fd, pages(3), 3, NO_LIMIT);
}

TEST(limit, not_raised)
{
	int fd = client_open();
	pid_t pid;

	ASSERT_ERR(0, try_limit(fd, BYTES | HANDLES | WAIT, pages(2), 2, 2000));
	pid = task_fork();
	if (!pid) {
		drop_resource_capability();
		EXPECT_ERR(-EPERM, try_limit(fd, BYTES, pages(3), 0, 0));
		EXPECT_ERR(-EPERM, try_limit(fd, BYTES, NO_LIMIT, 0, 0));
		EXPECT_ERR(-EPERM, try_limit(fd, HANDLES, 0, 3, 0));
		EXPECT_ERR(-EPERM, try_limit(fd, HANDLES, 0, NO_LIMIT, 0));
		EXPECT_ERR(-EPERM, try_limit(fd, WAIT, 0, 0, 2001));
		EXPECT_ERR(-EPERM, try_limit(fd, WAIT, 0, 0, NO_LIMIT));
		/* One that may not rise keeps the others where they are. */
		EXPECT_ERR(-EPERM,
			   try_limit(fd, BYTES | HANDLES | WAIT, 0, 0, 2001));
		EXPECT_ERR(-EPERM,
			   try_limit(fd, BYTES | HANDLES, pages(3), 1, 0));
		limit_expect(fd, pages(2), 2, 2000);
		/* The same again is no rise, and less is not either. */
		EXPECT_ERR(0, try_limit(fd, BYTES | HANDLES | WAIT, pages(2), 2,
					2000));
		EXPECT_ERR(0, try_limit(fd, BYTES | HANDLES | WAIT, pages(1), 1,
					1000));
		EXPECT_ERR(-EPERM, try_limit(fd, BYTES, pages(2), 0, 0));
		_exit(0);
	}
	task_wait(pid);
	limit_expect(fd, pages(1), 1, 1000);
}

/* Who is root in a namespace of its own only is not trusted with that. */
TEST(limit, not_raised_in_a_user_namespace)
{
	int fd = client_open();
	pid_t pid;

	limit_bytes(fd, pages(2));
	pid = task_fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			test_skip("unshare: %s", strerror(errno));
		EXPECT_ERR(-EPERM, try_limit(fd, BYTES, pages(3), 0, 0));
		EXPECT_ERR(0, try_limit(fd, BYTES, pages(1), 0, 0));
		_exit(0);
	}
	task_wait(pid);
}

/* The administrator's limits are not raised by making them one's own. */
TEST(limit, not_raised_above_the_parameters)
{
	int fd = client_open();
	pid_t pid;

	parameter_set("client_bytes", pages(4));
	parameter_set("client_handles", 4);
	parameter_set("max_wait", 4);
	pid = task_fork();
	if (!pid) {
		drop_resource_capability();
		EXPECT_ERR(-EPERM, try_limit(fd, BYTES, pages(5), 0, 0));
		EXPECT_ERR(-EPERM, try_limit(fd, HANDLES, 0, 5, 0));
		EXPECT_ERR(-EPERM, try_limit(fd, WAIT, 0, 0, 4000001));
		EXPECT_ERR(0, try_limit(fd, BYTES | HANDLES | WAIT, pages(3), 3,
					3));
		_exit(0);
	}
	task_wait(pid);
	limit_expect(fd, pages(3), 3, 3);
}

TEST(limit, arguments)
{
	int fd = client_open(), ro = client_open_as(O_RDONLY);
	struct buddypool_limit l;
	unsigned int bit;

	for (bit = 3; bit < 32; bit++)
		EXPECT_ERR(-EINVAL, try_limit(fd, 1U << bit, 1, 1, 1));
	EXPECT_ERR(-EINVAL, try_limit(fd, 1U << 31 | BYTES, 1, 1, 1));
	for (bit = 0; bit < 32; bit++) {
		l = (struct buddypool_limit){ .flags = BYTES,
					      .reserved = 1U << bit };
		EXPECT_ERR(-EINVAL, try_ioctl(fd, BUDDYPOOL_IOC_LIMIT, &l));
	}
	limit_expect(fd, NO_LIMIT, NO_LIMIT, NO_LIMIT);
	/* Threat 15: to look is for anybody, to set is not. */
	limit_expect(ro, NO_LIMIT, NO_LIMIT, NO_LIMIT);
	for (bit = 0; bit < 3; bit++)
		EXPECT_ERR(-EBADF, try_limit(ro, 1U << bit, 1, 1, 1));
	limit_expect(ro, NO_LIMIT, NO_LIMIT, NO_LIMIT);
	limit_expect_held(ro, 0, 0);
}

static int shared_fd;
static bool over;

static void *take_and_free(void *arg)
{
	struct rng rng = rng_start((unsigned long)arg);
	struct buddypool_limit l;
	struct buddypool_alloc a;
	int ret;

	while (!READ_ONCE(over)) {
		ret = try_alloc(shared_fd, pages(1 + rng_below(&rng, 4)), 0,
				BUDDYPOOL_ALLOC_EXACT, &a);
		l = limit_read(shared_fd);
		ASSERT(l.bytes <= pages(6));
		ASSERT(l.handles <= 3);
		if (ret == -EDQUOT)
			continue;
		ASSERT_ERR(0, ret);
		ret = try_resize(shared_fd, a.handle,
				 pages(1 + rng_below(&rng, 4)), 0, NULL);
		if (ret != -EDQUOT)
			ASSERT_ERR(0, ret);
		block_free(shared_fd, a.handle);
	}
	return NULL;
}

/* Threat 24: many at once get no more than one after the other. */
TEST(limit, race)
{
	struct budget budget = budget_start(~0U, 500);
	pthread_t threads[4];
	unsigned long i;

	need_size(pages(4));
	need_pages(64);
	shared_fd = client_open();
	ASSERT_ERR(0, try_limit(shared_fd, BYTES | HANDLES, pages(6), 3, 0));
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		threads[i] = task_thread(take_and_free, (void *)i);
	while (budget_next(&budget))
		usleep(10000);
	WRITE_ONCE(over, true);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		task_join(threads[i]);
	limit_expect_held(shared_fd, 0, 0);
}
