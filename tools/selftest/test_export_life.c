// SPDX-License-Identifier: GPL-2.0
/*
 * EXPORT: how long a block lives, and what may become of it meanwhile
 */
#include "harness.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "blocks.h"
#include "courier.h"
#include "exports.h"
#include "pattern.h"
#include "pool.h"
#include "task.h"

/* What keeps the block alive, in all 24 orders of their ends. */
enum part {
	HANDLE,
	EXPORT,
	MAPPING,
	COPY,
	PARTS,
};

struct whole {
	int fd;
	struct buddypool_alloc a;
	int export;
	int copy;
	char *p;
};

static void end(struct whole *w, enum part part)
{
	switch (part) {
	case HANDLE:
		block_free(w->fd, w->a.handle);
		break;
	case EXPORT:
		ASSERT_EQ(0, close(w->export));
		break;
	case COPY:
		ASSERT_EQ(0, close(w->copy));
		break;
	default:
		unmap(w->p, pages(2));
	}
}

static void end_all(const enum part *order)
{
	struct buddypool_stat stat;
	struct whole w = { .fd = client_open() };
	unsigned int i;

	w.a = block_alloc(w.fd, pages(2));
	w.export = block_export(w.fd, w.a.handle);
	w.copy = block_export_as(w.fd, w.a.handle, BUDDYPOOL_EXPORT_RDONLY);
	w.p = block_map(w.export, 0, pages(2));
	pattern_fill(w.p, pages(2), 1);
	for (i = 0; i < PARTS; i++) {
		stat = stat_read(w.fd);
		ASSERT_EQ(pool.pages - 2, stat.free_pages);
		ASSERT_EQ(1, stat.blocks);
		end(&w, order[i]);
	}
	stat_wait_free(w.fd, pool.pages);
	stat = stat_read(w.fd);
	ASSERT_EQ(0, stat.blocks);
	ASSERT_EQ(0, stat.exports);
	ASSERT_EQ(0, stat.freed_mapped_pages);
	close(w.fd);
}

static void permute(enum part *order, unsigned int n)
{
	unsigned int i;
	enum part t;

	if (n == PARTS) {
		end_all(order);
		return;
	}
	for (i = n; i < PARTS; i++) {
		t = order[n];
		order[n] = order[i];
		order[i] = t;
		permute(order, n + 1);
		order[i] = order[n];
		order[n] = t;
	}
}

/* Threats 6, 13 and 28 */
TEST(export, every_order)
{
	enum part order[PARTS] = { HANDLE, EXPORT, MAPPING, COPY };

	need_size(pages(2));
	permute(order, 0);
}

/*
 * Threat 6: the client is gone; whoever has the descriptor maps it all the
 * same.
 */
TEST(export, outlives_the_client)
{
	int fd = client_open(), other = client_open(), export;
	struct buddypool_alloc a;
	struct blocks blocks = {};
	struct buddypool_query q;
	char *p;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	p = block_map(fd, a.offset, a.usable);
	pattern_fill(p, a.usable, 1);
	unmap(p, a.usable);
	export = block_export(fd, a.handle);
	close(fd);
	EXPECT_EQ(1, stat_read(other).clients);
	EXPECT_EQ(1, stat_read(other).exports);
	EXPECT_EQ(pool.pages - 4, stat_read(other).free_pages);
	/* Nobody else gets a page of it. */
	EXPECT_EQ(pages(pool.pages - 4),
		  blocks_fill(other, &blocks, pool.max_size));
	ASSERT_ERR(0, try_query(export, 0, &q));
	EXPECT_EQ(pages(4), q.size);
	p = block_map(export, 0, a.usable);
	EXPECT(pattern_holds(p, a.usable, 1));
	close(export);
	EXPECT(pattern_holds(p, a.usable, 1));
	EXPECT_ERR(-ENOMEM, try_alloc(other, 1, 0, 0, NULL));
	unmap(p, a.usable);
	EXPECT_EQ(4, stat_read(other).free_pages);
}

/* Threat 18: whoever gets the pages next sees nothing of it. */
TEST(export, zero_afterwards)
{
	int fd = client_open(), export;
	struct buddypool_alloc a = block_alloc(fd, 1);
	const __u64 position = block_query(fd, a.handle).position;
	__u32 handle;
	void *p;

	export = block_export(fd, a.handle);
	p = block_map(export, 0, pages(1));
	pattern_fill(p, pages(1), 1);
	unmap(p, pages(1));
	close(fd);
	close(export);
	fd = client_open();
	handle = blocks_neighbour(fd, position, pages(1));
	p = block_map(fd, block_query(fd, handle).offset, pages(1));
	EXPECT(pattern_is_zero(p, pages(1)));
}

/* Sent to a process that has not even the device open. */
TEST(export, sent)
{
	struct baton to_child = baton_make(), to_parent = baton_make();
	int sockets[2], fd, export, other;
	struct buddypool_alloc a;
	char *p, *q;
	pid_t pid;

	need_size(pages(2));
	courier_make(sockets);
	pid = task_fork();
	if (!pid) {
		export = courier_receive(sockets[1]);
		p = block_map(export, 0, pages(2));
		close(export);
		EXPECT(pattern_holds(p, pages(2), 1));
		pattern_fill(p, pages(2), 2);
		baton_pass(&to_parent);
		baton_take(&to_child);
		EXPECT(pattern_holds(p, pages(2), 3));
		_exit(0);
	}
	fd = client_open();
	other = client_open();
	a = block_alloc(fd, pages(2));
	q = block_map(fd, a.offset, pages(2));
	pattern_fill(q, pages(2), 1);
	export = block_export(fd, a.handle);
	courier_send(sockets[0], export);
	close(export);
	baton_take(&to_parent);
	EXPECT(pattern_holds(q, pages(2), 2));
	pattern_fill(q, pages(2), 3);
	block_free(fd, a.handle);
	unmap(q, pages(2));
	close(fd);
	EXPECT_EQ(pool.pages - 2, stat_read(other).free_pages);
	baton_pass(&to_child);
	task_wait(pid);
	stat_wait_free(other, pool.pages);
}

/* A descriptor on its way, in a socket that nobody reads, is one. */
TEST(export, never_received)
{
	int sockets[2], fd = client_open(), other = client_open(), export;

	courier_make(sockets);
	export = block_export(fd, block_alloc(fd, 1).handle);
	courier_send(sockets[0], export);
	close(export);
	close(fd);
	EXPECT_EQ(1, stat_read(other).exports);
	EXPECT_EQ(pool.pages - 1, stat_read(other).free_pages);
	close(sockets[0]);
	close(sockets[1]);
	stat_wait_free(other, pool.pages);
	EXPECT_EQ(0, stat_read(other).exports);
}

/* Threat 32: the child has the descriptor too, and the last one counts. */
TEST(export, inherited)
{
	struct baton to_child = baton_make(), to_parent = baton_make();
	int fd = client_open(), other = client_open(), export;
	struct buddypool_alloc a = block_alloc(fd, 1);
	pid_t pid;
	void *p;

	p = block_map(fd, a.offset, pages(1));
	pattern_fill(p, pages(1), 1);
	unmap(p, pages(1));
	export = block_export(fd, a.handle);
	pid = task_fork();
	if (!pid) {
		close(fd);
		baton_take(&to_child);
		p = block_map(export, 0, pages(1));
		EXPECT(pattern_holds(p, pages(1), 1));
		baton_pass(&to_parent);
		baton_take(&to_child);
		_exit(0);
	}
	/* fork() copies the descriptor, not the open file. */
	EXPECT_EQ(1, stat_read(other).exports);
	close(fd);
	close(export);
	EXPECT_EQ(1, stat_read(other).exports);
	baton_pass(&to_child);
	baton_take(&to_parent);
	EXPECT_EQ(pool.pages - 1, stat_read(other).free_pages);
	baton_pass(&to_child);
	task_wait(pid);
	stat_wait_free(other, pool.pages);
}

/* dup() is the same open file. */
TEST(export, dup)
{
	int fd = client_open();
	struct buddypool_alloc a = block_alloc(fd, 1);
	int export = block_export(fd, a.handle), copy = dup(export);

	block_free(fd, a.handle);
	EXPECT_EQ(1, stat_read(fd).exports);
	close(export);
	EXPECT_EQ(1, stat_read(fd).exports);
	unmap(block_map(copy, 0, pages(1)), pages(1));
	EXPECT_EQ(1, stat_read(fd).exports);
	close(copy);
	EXPECT_EQ(0, stat_read(fd).exports);
	EXPECT_EQ(0, stat_read(fd).blocks);
}

/* The mapping keeps the file open, and that the block, to the end of both. */
TEST(export, closed_but_mapped)
{
	int fd = client_open(), export;
	struct buddypool_alloc a = block_alloc(fd, 1);
	void *p;

	export = block_export(fd, a.handle);
	p = block_map(export, 0, pages(1));
	close(export);
	EXPECT_EQ(1, stat_read(fd).exports);
	block_free(fd, a.handle);
	EXPECT_EQ(1, stat_read(fd).exports);
	EXPECT_EQ(1, stat_read(fd).blocks);
	unmap(p, pages(1));
	EXPECT_EQ(0, stat_read(fd).exports);
	EXPECT_EQ(0, stat_read(fd).freed_mapped_pages);
	EXPECT_EQ(0, stat_read(fd).blocks);
	EXPECT_EQ(pool.pages, stat_read(fd).free_pages);
}

/* It grows and moves beneath the mapping of the one that it was given to. */
TEST(export, moves)
{
	int fd = client_open(), other = client_open(), export;
	struct blocks there = {};
	struct buddypool_alloc a;
	__u64 position;
	__u32 handle;
	char *p, *q;

	need_size(pages(8));
	need_pages(64);
	a = block_alloc_as(fd, pages(4), pages(8), 0);
	position = block_query(fd, a.handle).position;
	blocks_neighbour(other, position + pages(4), pages(4));
	export = block_export(fd, a.handle);
	p = block_map(export, 0, pages(4));
	pattern_fill(p, pages(4), 1);
	EXPECT_ERR(-EINVAL,
		   try_map(export, pages(4), pages(1), RW, MAP_SHARED, NULL));
	EXPECT_EQ(1, block_resize(fd, a.handle, pages(8)).moved);
	/* Where it was, another is now. */
	handle = blocks_neighbour(other, position, pages(4));
	blocks_add(&there, handle, pages(4), block_query(other, handle).offset);
	blocks_paint(other, &there, 0x44);
	EXPECT(pattern_holds(p, pages(4), 1));
	q = block_map(export, 0, pages(8));
	EXPECT(pattern_holds(q, pages(4), 1));
	EXPECT(pattern_is_zero(q + pages(4), pages(4)));
	pattern_fill(p, pages(4), 2);
	EXPECT(pattern_holds(q, pages(4), 2));
	EXPECT_EQ(2, block_query(fd, a.handle).mappings);
}

/* Threat 1: no page goes away beneath those who rely on it, ever after. */
TEST(export, does_not_shrink)
{
	int fd = client_open(), export;
	struct buddypool_query before, after;
	struct buddypool_alloc a;

	need_size(pages(8));
	a = block_alloc(fd, pages(4));
	export = block_export_as(fd, a.handle, BUDDYPOOL_EXPORT_RDONLY);
	before = block_query(fd, a.handle);
	EXPECT_ERR(-EPERM, try_resize(fd, a.handle, pages(2), 0, NULL));
	EXPECT_ERR(-EPERM, try_resize(fd, a.handle, 1, 0, NULL));
	EXPECT_ERR(-EPERM, try_resize(fd, a.handle, pages(3),
				      BUDDYPOOL_RESIZE_EXACT, NULL));
	after = block_query(fd, a.handle);
	EXPECT_EQ(before.usable, after.usable);
	EXPECT_EQ(before.position, after.position);
	close(export);
	EXPECT_ERR(-EPERM, try_resize(fd, a.handle, pages(2), 0, NULL));
	EXPECT_ERR(0, try_resize(fd, a.handle, pages(8), 0, NULL));
	EXPECT_ERR(-EPERM, try_resize(fd, a.handle, pages(4), 0, NULL));
	block_free(fd, a.handle);
}

/* One that has only been refused does. */
TEST(export, refused_one_shrinks)
{
	int fd = client_open(), export;
	struct buddypool_alloc a;

	need_size(pages(4));
	a = block_alloc(fd, pages(4));
	EXPECT_ERR(-EINVAL, try_export(fd, a.handle, 2, &export));
	EXPECT_ERR(0, try_resize(fd, a.handle, pages(2), 0, NULL));
	export = block_export(fd, a.handle);
	EXPECT_ERR(-EPERM, try_resize(fd, a.handle, pages(1), 0, NULL));
}
