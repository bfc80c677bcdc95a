// SPDX-License-Identifier: GPL-2.0
/*
 * LIMIT: what the administrator says for all, at any time
 */
#include "harness.h"

#include "limits.h"
#include "pool.h"

TEST(limit, parameters)
{
	int before = client_open(), after;
	struct buddypool_alloc a;

	need_size(pages(2));
	need_pages(6);
	a = block_alloc(before, pages(2));
	parameter_set("client_bytes", pages(3));
	parameter_set("client_handles", 2);
	parameter_set("max_wait", 11);
	after = client_open();
	limit_expect(before, pages(3), 2, 11000000);
	limit_expect(after, pages(3), 2, 11000000);
	EXPECT_ERR(-EDQUOT, try_alloc(before, pages(2), 0, 0, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_BYTES, a.failure.reason);
	EXPECT_EQ(pages(1), a.failure.free);
	block_alloc(before, 1);
	/* At once, upwards and downwards. */
	parameter_set("client_bytes", pages(9));
	EXPECT_ERR(-EDQUOT, try_alloc(before, 1, 0, 0, &a));
	EXPECT_EQ(BUDDYPOOL_FAILURE_HANDLES, a.failure.reason);
	parameter_set("client_handles", 3);
	EXPECT_ERR(0, try_alloc(before, 1, 0, 0, NULL));
	parameter_set("client_handles", 1);
	limit_expect_held(before, pages(4), 3);
	parameter_set("client_handles", 0);
	parameter_set("client_bytes", 0);
	parameter_set("max_wait", 0);
	limit_expect(before, NO_LIMIT, NO_LIMIT, NO_LIMIT);
	EXPECT_ERR(0, try_alloc(before, pages(2), 0, 0, NULL));
}

/*
 * A limit that a client has set itself remains bound by the parameters, each for
 * itself; one that was raised for it does not.
 */
TEST(limit, parameters_and_own)
{
	int fd = client_open();

	need_size(pages(8));
	limit_bytes(fd, pages(5));
	parameter_set("client_bytes", pages(2));
	parameter_set("client_handles", 7);
	limit_expect(fd, pages(2), 7, NO_LIMIT);
	parameter_set("client_bytes", pages(8));
	limit_expect(fd, pages(5), 7, NO_LIMIT);
	EXPECT_ERR(-EDQUOT, try_alloc(fd, pages(6), 0, 0, NULL));
	limit_handles(fd, 3);
	parameter_set("client_handles", 1);
	limit_expect(fd, pages(5), 1, NO_LIMIT);
	limit_bytes(fd, pages(9));
	parameter_set("client_bytes", pages(2));
	limit_expect(fd, pages(9), 1, NO_LIMIT);
	EXPECT_ERR(0, try_alloc(fd, pages(8), 0, 0, NULL));
}

/* Threat 17: bytes with K, M and G, in whole pages; a number of handles. */
TEST(limit, parameter_values)
{
	static const char *const bad[] = {
		"-1", "x", "1", "4097", "12Kx", "0x"
	};
	int fd = client_open();
	unsigned int i;

	test_announce("^buddypool: client_bytes=");
	ASSERT_ERR(0, try_parameter("client_bytes", "64K\n"));
	EXPECT_EQ(64 << 10, limit_read(fd).max_bytes);
	ASSERT_ERR(0, try_parameter("client_bytes", "3M"));
	EXPECT_EQ(3 << 20, limit_read(fd).max_bytes);
	ASSERT_ERR(0, try_parameter("client_bytes", "5G"));
	EXPECT_EQ(5ULL << 30, limit_read(fd).max_bytes);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_ERR(-EINVAL, try_parameter("client_bytes", bad[i]));
	EXPECT_ERR(-EINVAL, try_parameter("client_handles", "-1"));
	EXPECT_ERR(-EINVAL, try_parameter("client_handles", "x"));
	EXPECT_ERR(-EINVAL, try_parameter("max_wait", "-1"));
	EXPECT_ERR(-EINVAL, try_parameter("max_wait", "1K"));
	EXPECT_ERR(-ERANGE, try_parameter("max_wait", "4294967296"));
	limit_expect(fd, 5ULL << 30, NO_LIMIT, NO_LIMIT);
	/* The largest one that there is does not wrap round (threat 3). */
	ASSERT_ERR(0, try_parameter("max_wait", "4294967295"));
	EXPECT_EQ(4294967295ULL * 1000000, limit_read(fd).max_wait);
}
