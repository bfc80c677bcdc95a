// SPDX-License-Identifier: GPL-2.0
/*
 * ALLOC that waits: who is served when, and who is refused meanwhile
 */
#include "harness.h"

#include <string.h>

#include "blocks.h"
#include "limits.h"
#include "pattern.h"
#include "pool.h"
#include "task.h"
#include "ticks.h"
#include "waiter.h"

#define N 5

/* Take all that is free. */
static void fill(int fd)
{
	struct blocks rest = {};

	blocks_fill(fd, &rest, pool.max_size);
}

static void expect_queued(const struct buddypool_failure *failure, __u64 free)
{
	EXPECT_EQ(BUDDYPOOL_FAILURE_QUEUED, failure->reason);
	EXPECT_EQ(0, failure->reserved);
	EXPECT_EQ(free, failure->free);
	EXPECT_EQ(free, failure->largest);
}

TEST(wait, not_needed)
{
	int fd = client_open();
	struct buddypool_alloc a;
	const struct buddypool_failure none = {};

	memset(&a, 0xff, sizeof(a));
	a.size = 1;
	a.align = 0;
	a.flags = 0;
	ASSERT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a));
	EXPECT(a.handle);
	EXPECT(!memcmp(&a.failure, &none, sizeof(none)));
	EXPECT_EQ(FOREVER, a.timeout);
	EXPECT_EQ(0, stat_read(fd).waiting);
}

TEST(wait, order)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc held[N];
	struct waiter w[N];
	unsigned int i, j;

	need_pages(N);
	for (i = 0; i < N; i++)
		held[i] = block_alloc(keeper, 1);
	fill(keeper);
	for (i = 0; i < N; i++)
		w[i] = waiter_start(fd, 1, FOREVER);
	EXPECT_EQ(N, stat_read(fd).waiting);
	for (i = 0; i < N; i++) {
		/* Whichever is freed, the one that came first gets it. */
		block_free(keeper, held[N - 1 - i].handle);
		EXPECT_ERR(0, waiter_result(&w[i]));
		EXPECT_EQ(1, block_query(fd, w[i].end->alloc.handle).size);
		for (j = i + 1; j < N; j++)
			ASSERT(!READ_ONCE(w[j].end->done));
		EXPECT_EQ(N - 1 - i, stat_read(fd).waiting);
	}
	EXPECT_EQ(0, stat_read(fd).free_pages);
}

/* A small one would fit, but the large one came first. */
TEST(wait, small_behind_large)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc page, four;
	struct waiter large, small;

	need_size(pages(4));
	need_pages(5);
	page = block_alloc(keeper, 1);
	four = block_alloc(keeper, pages(4));
	fill(keeper);
	large = waiter_start(fd, pages(4), FOREVER);
	small = waiter_start(fd, 1, FOREVER);
	block_free(keeper, page.handle);
	EXPECT_EQ(1, stat_read(fd).free_pages);
	waiter_stays(&large);
	waiter_stays(&small);
	EXPECT_EQ(2, stat_read(fd).waiting);
	block_free(keeper, four.handle);
	EXPECT_ERR(0, waiter_result(&large));
	EXPECT_ERR(0, waiter_result(&small));
	EXPECT_EQ(pages(4), large.end->alloc.usable);
	EXPECT_EQ(0, stat_read(fd).waiting);
	EXPECT_EQ(0, stat_read(fd).free_pages);
}

struct churn {
	__u64 rounds;
	int fd;
};

static void *churn(void *arg)
{
	struct churn *churn = arg;
	struct buddypool_alloc a;

	for (;;) {
		ASSERT_ERR(0, try_wait(churn->fd, 1, FOREVER, &a));
		block_free(churn->fd, a.handle);
		__atomic_add_fetch(&churn->rounds, 1, __ATOMIC_SEQ_CST);
	}
}

static void wait_for_rounds(struct churn *churn, __u64 more)
{
	const __u64 until = READ_ONCE(churn->rounds) + more;
	struct patience patience = {};

	while (READ_ONCE(churn->rounds) < until)
		ASSERT(patience_left(&patience));
}

/*
 * Small ones come and go without end, until there is one that is large. The threads
 * go on until the process ends, longer than this function lasts.
 */
TEST(wait, large_not_starved)
{
	static struct churn churns[2];
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc page, four;
	struct patience patience = {};
	struct waiter large;
	__u64 before;

	need_size(pages(4));
	need_pages(5);
	page = block_alloc(keeper, 1);
	four = block_alloc(keeper, pages(4));
	fill(keeper);
	block_free(keeper, page.handle);
	churns[0].fd = client_open();
	churns[1].fd = client_open();
	task_thread(churn, &churns[0]);
	task_thread(churn, &churns[1]);
	wait_for_rounds(&churns[0], 3);
	wait_for_rounds(&churns[1], 3);

	large = waiter_start(fd, pages(4), FOREVER);
	while (stat_read(fd).waiting < 3)
		ASSERT(patience_left(&patience));
	before = READ_ONCE(churns[0].rounds) + READ_ONCE(churns[1].rounds);
	waiter_stays(&large);
	EXPECT_EQ(before,
		  READ_ONCE(churns[0].rounds) + READ_ONCE(churns[1].rounds));
	block_free(keeper, four.handle);
	EXPECT_ERR(0, waiter_result(&large));
	/* And now they go on. */
	wait_for_rounds(&churns[0], 3);
	wait_for_rounds(&churns[1], 3);
}

/* Whoever does not wait is refused for as long as another does. */
TEST(wait, queued)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc page, mine, a;
	struct buddypool_resize r;
	struct buddypool_query before, after;

	need_size(pages(4));
	mine = block_alloc(fd, 1);
	page = block_alloc(keeper, 1);
	fill(keeper);
	block_free(keeper, page.handle);
	before = block_query(fd, mine.handle);
	waiter_start(fd, pages(4), FOREVER);

	EXPECT_ERR(-ENOMEM, try_alloc(fd, 1, 0, 0, &a));
	expect_queued(&a.failure, pages(1));
	EXPECT_EQ(0, a.handle);
	EXPECT_ERR(-ENOMEM, try_alloc(keeper, 1, 0, 0, &a));
	expect_queued(&a.failure, pages(1));
	EXPECT_ERR(-ENOMEM, try_resize(fd, mine.handle, pages(2), 0, &r));
	expect_queued(&r.failure, pages(1));
	EXPECT_ERR(-ENOMEM, try_resize(fd, mine.handle, pages(2),
				       BUDDYPOOL_RESIZE_NO_MOVE, &r));
	expect_queued(&r.failure, pages(1));
	/* Whoever waits for a short time only is told the same. */
	EXPECT_ERR(-ETIMEDOUT, try_wait(fd, 1, 1000, &a));
	expect_queued(&a.failure, pages(1));

	after = block_query(fd, mine.handle);
	EXPECT(!memcmp(&before, &after, sizeof(before)));
	EXPECT_EQ(1, stat_read(fd).free_pages);
	EXPECT_EQ(1, stat_read(fd).waiting);
}

/* What needs no more memory goes on as ever. */
TEST(wait, not_queued)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc mine;
	struct waiter w;

	need_size(pages(8));
	mine = block_alloc(fd, pages(4));
	fill(keeper);
	w = waiter_start(fd, pages(8), FOREVER);
	EXPECT_ERR(0, try_resize(fd, mine.handle, pages(4), 0, NULL));
	EXPECT_ERR(0, try_resize(fd, mine.handle, pages(3), 0, NULL));
	EXPECT_ERR(0, try_resize(fd, mine.handle, pages(2), 0, NULL));
	EXPECT_ERR(0, try_query(fd, mine.handle, NULL));
	EXPECT_ERR(0, try_free(fd, mine.handle));
	waiter_stays(&w);
}

/* What can never be had is not waited for, and neither is what is not allowed. */
TEST(wait, refused_at_once)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc a;
	unsigned int i;

	block_alloc(fd, 1);
	fill(keeper);
	for (i = 0; i < 2; i++) {
		EXPECT_ERR(-EFBIG,
			   try_wait(fd, pool.max_size + 1, FOREVER, &a));
		EXPECT_EQ(BUDDYPOOL_FAILURE_TOO_LARGE, a.failure.reason);
		EXPECT_EQ(0, a.failure.free);
		EXPECT_ERR(-EFBIG, try_wait(fd, ~0ULL / 2, FOREVER, &a));
		EXPECT_ERR(-EINVAL, try_wait(fd, 0, FOREVER, &a));
		EXPECT_ERR(-EINVAL, try_wait(fd, ~0ULL, FOREVER, &a));
		limit_bytes(fd, pages(1));
		EXPECT_ERR(-EDQUOT, try_wait(fd, 1, FOREVER, &a));
		EXPECT_EQ(BUDDYPOOL_FAILURE_BYTES, a.failure.reason);
		limit_bytes(fd, NO_LIMIT);
		limit_handles(fd, 1);
		EXPECT_ERR(-EDQUOT, try_wait(fd, 1, FOREVER, &a));
		EXPECT_EQ(BUDDYPOOL_FAILURE_HANDLES, a.failure.reason);
		limit_handles(fd, NO_LIMIT);
		/* The same with somebody in the queue. */
		if (!i)
			waiter_start(fd, 1, FOREVER);
	}
}

/* Several clients, in one queue. */
TEST(wait, other_clients)
{
	int keeper = client_open();
	struct buddypool_alloc held[3];
	struct waiter w[3];
	unsigned int i;
	int fd[3];

	need_pages(3);
	for (i = 0; i < 3; i++)
		held[i] = block_alloc(keeper, 1);
	fill(keeper);
	for (i = 0; i < 3; i++) {
		fd[i] = client_open();
		w[i] = waiter_start(fd[i], 1, FOREVER);
	}
	for (i = 0; i < 3; i++) {
		block_free(keeper, held[i].handle);
		EXPECT_ERR(0, waiter_result(&w[i]));
		EXPECT_ERR(0, try_query(fd[i], w[i].end->alloc.handle, NULL));
		EXPECT_ERR(-ENOENT,
			   try_query(keeper, w[i].end->alloc.handle, NULL));
		EXPECT_EQ(2 - i, stat_read(keeper).waiting);
	}
}

/* One large block is enough for many. */
TEST(wait, one_free_serves_many)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc four;
	struct waiter w[N];
	unsigned int i;

	need_size(pages(4));
	four = block_alloc(keeper, pages(4));
	fill(keeper);
	for (i = 0; i < N; i++)
		w[i] = waiter_start(fd, 1, FOREVER);
	block_free(keeper, four.handle);
	for (i = 0; i < 4; i++)
		EXPECT_ERR(0, waiter_result(&w[i]));
	waiter_stays(&w[4]);
	EXPECT_EQ(1, stat_read(fd).waiting);
	EXPECT_EQ(0, stat_read(fd).free_pages);
}

TEST(wait, exact_and_aligned)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc eight, ask = { .size = pages(3),
					      .align = pages(4),
					      .flags = BUDDYPOOL_ALLOC_EXACT,
					      .timeout = FOREVER };
	struct buddypool_query q;
	struct waiter w;

	need_size(pages(8));
	eight = block_alloc(keeper, pages(8));
	fill(keeper);
	w = waiter_start_as(fd, &ask);
	/* A hole of three pages, that is not aligned, and one of one more. */
	block_resize(keeper, eight.handle, pages(5));
	waiter_stays(&w);
	block_free(keeper, eight.handle);
	ASSERT_ERR(0, waiter_result(&w));
	q = block_query(fd, w.end->alloc.handle);
	EXPECT_EQ(pages(3), q.usable);
	EXPECT_EQ(0, q.position % pages(4));
	EXPECT_EQ(5, stat_read(fd).free_pages);
}

/* Threat 18: memory that is handed over is zero, as any other. */
TEST(wait, shows_zeros)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc held;
	struct waiter w;
	char *p;

	held = block_alloc(keeper, 1);
	fill(keeper);
	w = waiter_start(fd, 1, FOREVER);
	p = block_map(keeper, held.offset, pages(1));
	pattern_fill(p, pages(1), 1);
	unmap(p, pages(1));
	block_free(keeper, held.handle);
	ASSERT_ERR(0, waiter_result(&w));
	p = block_map(fd, w.end->alloc.offset, pages(1));
	EXPECT(pattern_is_zero(p, pages(1)));
}

/*
 * Two ask for more than the client may hold; both waiting is no way round its
 * limit (threat 26).
 */
TEST(wait, within_the_limit)
{
	int keeper = client_open(), fd = client_open();
	struct buddypool_alloc held[2];
	struct waiter w;

	need_pages(2);
	held[0] = block_alloc(keeper, 1);
	held[1] = block_alloc(keeper, 1);
	fill(keeper);
	limit_bytes(fd, pages(1));
	w = waiter_start(fd, 1, FOREVER);
	EXPECT_ERR(-EDQUOT, try_wait(fd, 1, FOREVER, NULL));
	block_free(keeper, held[0].handle);
	block_free(keeper, held[1].handle);
	EXPECT_ERR(0, waiter_result(&w));
	EXPECT_EQ(pages(1), limit_read(fd).bytes);
	EXPECT_EQ(1, limit_read(fd).handles);
}
