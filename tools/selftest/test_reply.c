// SPDX-License-Identifier: GPL-2.0
/*
 * What is true while an answer is being written, and not before
 *
 * userfaultfd stops the kernel where it writes the answer, and while it stands
 * there everything else can be looked at.
 */
#include "harness.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bulk.h"
#include "exports.h"
#include "pool.h"
#include "task.h"
#include "ticks.h"

/* As many handles after the last one are guessed. */
#define GUESSES 8

/**
 * struct stop - a command that stops at its answer
 * @uffd: tells that it does
 * @page: a page of its own, which the answer is written to
 * @arg: its argument, on that page or not
 * @fd: the client
 * @command: the command
 * @thread: who gives it
 * @ret: what it returns at last
 */
struct stop {
	int uffd;
	void *page;
	void *arg;
	int fd;
	unsigned long command;
	pthread_t thread;
	int ret;
};

static struct stop stop_prepare(int fd)
{
	struct uffdio_api api = { .api = UFFD_API,
				  .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_WP };
	struct stop stop = { .fd = fd };

	stop.uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	if (stop.uffd < 0 || ioctl(stop.uffd, UFFDIO_API, &api))
		test_skip("userfaultfd: %s", strerror(errno));
	stop.page =
		mmap(NULL, pages(1), RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT(stop.page != MAP_FAILED);
	stop.arg = memset(stop.page, 0, pages(1));
	range.range.start = (unsigned long)stop.page;
	range.range.len = pages(1);
	if (ioctl(stop.uffd, UFFDIO_REGISTER, &range))
		test_skip("userfaultfd does not protect against writing: %s",
			  strerror(errno));
	return stop;
}

static void protect(const struct stop *stop, __u64 mode)
{
	struct uffdio_writeprotect wp = { .mode = mode };

	wp.range.start = (unsigned long)stop->page;
	wp.range.len = pages(1);
	ASSERT_EQ(0, ioctl(stop->uffd, UFFDIO_WRITEPROTECT, &wp));
}

static void *command(void *arg)
{
	struct stop *stop = arg;

	stop->ret = try_ioctl(stop->fd, stop->command, stop->arg);
	return NULL;
}

/* Give the command, and wait until it has come to its answer. */
static void stop_at_answer(struct stop *stop, unsigned long nr)
{
	struct pollfd p = { .fd = stop->uffd, .events = POLLIN };
	struct uffd_msg msg;

	stop->command = nr;
	protect(stop, UFFDIO_WRITEPROTECT_MODE_WP);
	stop->thread = task_thread(command, stop);
	ASSERT_EQ(1, poll(&p, 1, SOON_MS));
	ASSERT_EQ(sizeof(msg), read(stop->uffd, &msg, sizeof(msg)));
	ASSERT_EQ(UFFD_EVENT_PAGEFAULT, msg.event);
}

static int go_on(struct stop *stop)
{
	protect(stop, 0);
	task_join(stop->thread);
	return stop->ret;
}

/*
 * Threat 12: the block is there, but its handle is nothing before it has been
 * told, whoever guesses it.
 */
TEST(reply, alloc)
{
	int fd = client_open(), export;
	struct buddypool_alloc *a, first, second;
	struct stop stop = stop_prepare(fd);
	__u64 window;
	__u32 i;

	need_pages(4);
	first = block_alloc(fd, 1);
	second = block_alloc(fd, 1);
	window = second.offset - first.offset;
	a = stop.arg;
	a->size = 1;
	stop_at_answer(&stop, BUDDYPOOL_IOC_ALLOC);
	EXPECT_EQ(3, stat_read(fd).blocks);
	for (i = 1; i <= GUESSES; i++) {
		const __u32 handle = second.handle + i;

		EXPECT_ERR(-ENOENT, try_query(fd, handle, NULL));
		EXPECT_ERR(-ENOENT, try_resize(fd, handle, 1, 0, NULL));
		EXPECT_ERR(-ENOENT, try_export(fd, handle, 0, &export));
		EXPECT_ERR(-EINVAL, try_map(fd, second.offset + i * window,
					    pages(1), RW, MAP_SHARED, NULL));
		EXPECT_ERR(-ENOENT, try_free(fd, handle));
	}
	EXPECT_ERR(0, go_on(&stop));
	/* One of those it was. */
	EXPECT(a->handle > second.handle &&
	       a->handle <= second.handle + GUESSES);
	EXPECT_EQ(1, block_query(fd, a->handle).size);
	EXPECT_EQ(3, stat_read(fd).blocks);
}

/* Threat 12: the same for many. */
TEST(reply, alloc_bulk)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct stop stop = stop_prepare(fd);
	struct buddypool_alloc_bulk arg = {
		.size = 1,
		.count = GUESSES,
		.handles = (unsigned long)stop.page,
	};
	const __u32 *handles = stop.page;
	__u32 guesses[2 * GUESSES], count, i;

	need_pages(2 * GUESSES);
	stop.arg = &arg;
	stop_at_answer(&stop, BUDDYPOOL_IOC_ALLOC_BULK);
	EXPECT_EQ(1 + GUESSES, stat_read(fd).blocks);
	for (i = 0; i < ARRAY_SIZE(guesses); i++) {
		guesses[i] = a.handle + 1 + i;
		EXPECT_ERR(-ENOENT, try_query(fd, guesses[i], NULL));
		count = ARRAY_SIZE(guesses) - i;
		EXPECT_ERR(-ENOENT, try_free_bulk(fd, &count, &guesses[i]));
		EXPECT_EQ(0, count);
	}
	EXPECT_ERR(0, go_on(&stop));
	EXPECT_EQ(GUESSES, arg.count);
	/* Those it was. */
	for (i = 0; i < GUESSES; i++) {
		EXPECT(handles[i] > a.handle &&
		       handles[i] <= a.handle + ARRAY_SIZE(guesses));
		EXPECT_EQ(1, block_query(fd, handles[i]).size);
	}
	bulk_free(fd, GUESSES, handles);
	EXPECT_EQ(1, stat_read(fd).blocks);
}

/* Threat 21: nothing has been freed yet when it may turn out that it must not. */
TEST(reply, free_bulk)
{
	int fd = client_open();
	struct stop stop = stop_prepare(fd);
	struct buddypool_free_bulk *arg = stop.arg;
	__u32 handles[GUESSES];

	need_pages(2 * GUESSES);
	bulk_alloc(fd, 1, GUESSES, handles);
	arg->handles = (unsigned long)handles;
	arg->count = GUESSES;
	stop_at_answer(&stop, BUDDYPOOL_IOC_FREE_BULK);
	EXPECT_EQ(GUESSES, stat_read(fd).blocks);
	/* Somebody else is quicker. */
	block_free(fd, handles[2]);
	EXPECT_ERR(-ENOENT, go_on(&stop));
	EXPECT_EQ(2, arg->count);
	EXPECT_EQ(GUESSES - 3, stat_read(fd).blocks);
	bulk_free(fd, GUESSES - 3, handles + 3);
}

/* Threats 12 and 21: the same for the number of a descriptor. */
TEST(reply, export)
{
	int fd = client_open(), next;
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct stop stop = stop_prepare(fd);
	struct buddypool_export *e = stop.arg;

	e->handle = a.handle;
	next = dup(fd);
	close(next);
	stop_at_answer(&stop, BUDDYPOOL_IOC_EXPORT);
	EXPECT_EQ(0, stat_read(fd).exports);
	EXPECT_EQ(-1, fcntl(next, F_GETFD));
	EXPECT_EQ(-1, close(next));
	EXPECT_ERR(-EBADF, try_map(next, 0, pages(1), RW, MAP_SHARED, NULL));
	EXPECT_ERR(0, go_on(&stop));
	EXPECT_EQ(next, e->fd);
	EXPECT_ERR(0, try_query(e->fd, 0, NULL));
}

/* Threat 24: no lock of a block is held while somebody is being answered. */
TEST(reply, query)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	struct stop stop = stop_prepare(fd);
	struct buddypool_query *q = stop.arg;
	char *p = block_map(fd, a.offset, pages(1));

	need_size(pages(2));
	q->handle = a.handle;
	stop_at_answer(&stop, BUDDYPOOL_IOC_QUERY);
	*p = 1;
	EXPECT_ERR(0, try_resize(fd, a.handle, pages(2), 0, NULL));
	EXPECT_ERR(0, try_free(fd, a.handle));
	unmap(p, pages(1));
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
	EXPECT_ERR(0, go_on(&stop));
	/* It tells what was, when it looked. */
	EXPECT_EQ(1, q->size);
	EXPECT_EQ(pages(1), q->usable);
}
