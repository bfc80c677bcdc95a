// SPDX-License-Identifier: GPL-2.0
/*
 * ALLOC that waits: for how long
 */
#include "harness.h"

#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "blocks.h"
#include "limits.h"
#include "pool.h"
#include "task.h"
#include "ticks.h"
#include "waiter.h"

#define MS 1000000ULL
/* How much later than asked for a loaded machine may be, in ns. */
#define LATE (SOON_MS * MS)

static int fill(struct blocks *blocks)
{
	int keeper = client_open();

	blocks_fill(keeper, blocks, pool.max_size);
	return keeper;
}

/* Wait in vain: not for less than asked for, and not for much more. */
static struct buddypool_failure in_vain(int fd, __u64 size, __u64 timeout,
					__u64 expected)
{
	struct buddypool_alloc a;
	__u64 took = ticks_ns();

	EXPECT_ERR(-ETIMEDOUT, try_wait(fd, size, timeout, &a));
	took = ticks_ns() - took;
	if (took < expected || took > expected + LATE)
		test_fail(__FILE__, __LINE__,
			  "expected to wait for %llu ns, got %llu", expected,
			  took);
	EXPECT_EQ(0, a.handle);
	EXPECT_EQ(0, a.usable);
	EXPECT_EQ(0, a.offset);
	return a.failure;
}

TEST(wait, timeout)
{
	static const __u64 timeouts[] = { 1,       1000,    100000,  MS,
					  10 * MS, 35 * MS, 150 * MS };
	struct buddypool_failure failure;
	struct buddypool_stat before, after;
	struct blocks blocks = {};
	int fd = client_open();
	unsigned int i;

	fill(&blocks);
	before = stat_read(fd);
	for (i = 0; i < ARRAY_SIZE(timeouts); i++) {
		failure = in_vain(fd, 1, timeouts[i], timeouts[i]);
		EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, failure.reason);
		EXPECT_EQ(0, failure.reserved);
		EXPECT_EQ(0, failure.free);
		EXPECT_EQ(0, failure.largest);
	}
	after = stat_read(fd);
	EXPECT_EQ(0, after.waiting);
	EXPECT_EQ(before.blocks, after.blocks);
	EXPECT_EQ(before.alloc_failures + ARRAY_SIZE(timeouts),
		  after.alloc_failures);
	EXPECT_EQ(0, limit_read(fd).bytes);
	EXPECT_EQ(0, limit_read(fd).handles);
}

/* With nothing to wait for, the error is the old one. */
TEST(wait, timeout_zero)
{
	struct blocks blocks = {};
	struct buddypool_alloc a;
	int fd = client_open();
	__u64 start;

	fill(&blocks);
	start = ticks_ns();
	EXPECT_ERR(-ENOMEM, try_wait(fd, 1, 0, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_FULL, a.failure.reason);
	EXPECT(ticks_ns() - start < LATE);
}

/* Free enough, but not in one piece, all the time. */
TEST(wait, timeout_fragmented)
{
	struct buddypool_failure failure;
	struct blocks blocks = {};
	int fd = client_open();
	int keeper = client_open();
	__u64 freed = 0;
	size_t i;

	need_size(pages(2));
	need_pages(8);
	blocks_fill_small(keeper, &blocks, pool.page_size);
	for (i = 0; i < blocks.n && freed < 4; i++)
		if (!(block_query(keeper, blocks.v[i].handle).position %
		      pages(2))) {
			block_free(keeper, blocks.v[i].handle);
			freed++;
		}
	failure = in_vain(fd, pages(2), 5 * MS, 5 * MS);
	EXPECT_EQ(BUDDYPOOL_FAILURE_FRAGMENTED, failure.reason);
	EXPECT_EQ(pages(4), failure.free);
	EXPECT_EQ(pages(1), failure.largest);
}

/* Behind another, one learns of that, though the memory would have been there. */
TEST(wait, timeout_behind_another)
{
	struct buddypool_failure failure;
	struct blocks blocks = {};
	int fd = client_open(), keeper;
	struct waiter w;

	need_size(pages(2));
	keeper = client_open();
	blocks_fill_small(keeper, &blocks, pool.page_size);
	block_free(keeper, blocks.v[0].handle);
	w = waiter_start(fd, pages(2), FOREVER);
	failure = in_vain(fd, 1, 5 * MS, 5 * MS);
	EXPECT_EQ(BUDDYPOOL_FAILURE_QUEUED, failure.reason);
	EXPECT_EQ(pages(1), failure.free);
	EXPECT_EQ(pages(1), failure.largest);
	waiter_stays(&w);
}

/* Threat 3: so long that a sum with the present time wraps round. */
TEST(wait, long_timeouts)
{
	static const __u64 timeouts[] = {
		~0ULL,      ~0ULL - 1,         ~0ULL / 2 + 1,
		~0ULL / 2,  ~0ULL / 2 - 1,     1ULL << 62,
		1ULL << 60, ~0ULL - 1000 * MS, ~0ULL / 2 - 1000 * MS,
	};
	struct waiter w[ARRAY_SIZE(timeouts)];
	struct blocks blocks = {};
	int fd = client_open(), keeper = client_open();
	unsigned int i;

	need_pages(ARRAY_SIZE(timeouts));
	blocks_fill_small(keeper, &blocks, pool.page_size);
	for (i = 0; i < ARRAY_SIZE(timeouts); i++)
		w[i] = waiter_start(fd, 1, timeouts[i]);
	for (i = 0; i < ARRAY_SIZE(timeouts); i++)
		waiter_stays(&w[i]);
	EXPECT_EQ(ARRAY_SIZE(timeouts), stat_read(fd).waiting);
	for (i = 0; i < ARRAY_SIZE(timeouts); i++) {
		block_free(keeper, blocks.v[i].handle);
		EXPECT_ERR(0, waiter_result(&w[i]));
	}
}

/* Signals with a handler, and a stop, neither end the wait nor shorten it. */
TEST(wait, signals)
{
	struct blocks blocks = {};
	int fd = client_open(), keeper = fill(&blocks);
	struct waiter w, timed;
	unsigned int i;

	w = waiter_start(fd, 1, FOREVER);
	timed = waiter_start(fd, 1, 150 * MS);
	for (i = 0; i < 5; i++) {
		ASSERT_EQ(0, kill(w.pid, SIGUSR1));
		ASSERT_EQ(0, kill(timed.pid, SIGUSR1));
		usleep(3000);
	}
	ASSERT_EQ(0, kill(w.pid, SIGSTOP));
	ASSERT_EQ(0, kill(timed.pid, SIGSTOP));
	usleep(3000);
	ASSERT_EQ(0, kill(w.pid, SIGCONT));
	ASSERT_EQ(0, kill(timed.pid, SIGCONT));
	waiter_stays(&w);
	EXPECT_ERR(-ETIMEDOUT, waiter_result(&timed));
	EXPECT(timed.end->ns >= 150 * MS);
	EXPECT_EQ(1, stat_read(fd).waiting);
	EXPECT_EQ(0, READ_ONCE(w.end->signals));
	block_free(keeper, blocks.v[0].handle);
	EXPECT_ERR(0, waiter_result(&w));
	/* They came, but afterwards. */
	EXPECT(READ_ONCE(w.end->signals) > 0);
}

/*
 * A signal that waits to be handled does not keep a processor busy. A processor
 * that its host stops meanwhile seems to be, but not each time; and a wait that was
 * over before the signal came does not count.
 */
TEST(wait, signal_pending)
{
	struct blocks blocks = {};
	struct waiter w;
	int fd = client_open();
	unsigned int i;
	bool in_time;

	fill(&blocks);
	for (i = 0; i < 20; i++) {
		w = waiter_start(fd, 1, 150 * MS);
		ASSERT_EQ(0, kill(w.pid, SIGUSR1));
		in_time = !READ_ONCE(w.end->done);
		EXPECT_ERR(-ETIMEDOUT, waiter_result(&w));
		if (in_time && w.end->cpu_ns < w.end->ns / 4)
			return;
	}
	test_fail(__FILE__, __LINE__, "busy for %llu of %llu ns", w.end->cpu_ns,
		  w.end->ns);
}

/* A signal that kills anyway ends it, whichever it is. */
TEST(wait, fatal_signals)
{
	static const int signals[] = { SIGKILL, SIGTERM, SIGINT, SIGHUP };
	struct blocks blocks = {};
	int fd = client_open();
	struct waiter w;
	unsigned int i;

	fill(&blocks);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		w = waiter_start(fd, 1, FOREVER);
		ASSERT_EQ(0, kill(w.pid, signals[i]));
		ASSERT_EQ(signals[i], task_signal(w.pid));
		EXPECT(!w.end->done);
		EXPECT_EQ(0, stat_read(fd).waiting);
	}
	EXPECT_EQ(0, limit_read(fd).bytes);
	EXPECT_EQ(0, limit_read(fd).handles);
}

/* The administrator has the last word, for those who were there before, too. */
TEST(wait, max_wait)
{
	struct blocks blocks = {};
	int fd = client_open();

	fill(&blocks);
	EXPECT_EQ(NO_LIMIT, limit_read(fd).max_wait);
	parameter_set("max_wait", 40);
	EXPECT_EQ(40 * MS, limit_read(fd).max_wait);
	in_vain(fd, 1, FOREVER, 40 * MS);
	in_vain(fd, 1, 40 * MS + 1, 40 * MS);
	in_vain(fd, 1, 10 * MS, 10 * MS);
	parameter_set("max_wait", 15);
	in_vain(fd, 1, FOREVER, 15 * MS);
	EXPECT_ERR(-ENOMEM, try_wait(fd, 1, 0, NULL));
	parameter_set("max_wait", 0);
	in_vain(fd, 1, 60 * MS, 60 * MS);
}

/* A client's own limit counts as well, if raised instead; 0 is no wait at all. */
TEST(wait, own_limit)
{
	struct blocks blocks = {};
	int fd = client_open(), other = client_open();
	__u64 start;

	fill(&blocks);
	limit_wait(fd, 20 * MS);
	EXPECT_EQ(20 * MS, limit_read(fd).max_wait);
	in_vain(fd, 1, FOREVER, 20 * MS);
	in_vain(fd, 1, 5 * MS, 5 * MS);
	in_vain(other, 1, 40 * MS, 40 * MS);
	parameter_set("max_wait", 1);
	in_vain(fd, 1, FOREVER, 1 * MS);
	limit_wait(fd, 20 * MS);
	in_vain(fd, 1, FOREVER, 20 * MS);
	limit_wait(fd, 0);
	start = ticks_ns();
	EXPECT_ERR(-ENOMEM, try_wait(fd, 1, FOREVER, NULL));
	EXPECT(ticks_ns() - start < LATE);
	EXPECT_EQ(0, stat_read(fd).waiting);
}

/* A task chooses how late its timers may be, but not how long it is in the way. */
TEST(wait, timer_slack)
{
	struct blocks blocks = {};
	int fd = client_open();

	fill(&blocks);
	ASSERT_EQ(0, prctl(PR_SET_TIMERSLACK, ~0UL));
	in_vain(fd, 1, 20 * MS, 20 * MS);
}

/* One page at a great alignment keeps others from more than a page. */
TEST(wait, alignment_is_charged)
{
	struct buddypool_alloc a = {
		.size = 1,
		.align = pages(4),
		.timeout = 1,
	};
	int fd = client_open();

	need_size(pages(4));
	limit_bytes(fd, pages(3));
	EXPECT_ERR(-EDQUOT, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_BYTES, a.failure.reason);
	EXPECT_EQ(0, limit_read(fd).bytes);
	a.timeout = 0;
	EXPECT_ERR(0, try_ioctl(fd, BUDDYPOOL_IOC_ALLOC, &a));
	EXPECT_EQ(pages(1), limit_read(fd).bytes);
}
