// SPDX-License-Identifier: GPL-2.0
/*
 * fork(): handles, descriptors and mappings of both end in any order (threat 32)
 */
#include "harness.h"

#include <sys/mman.h>
#include <unistd.h>

#include "pattern.h"
#include "pool.h"
#include "rng.h"
#include "task.h"
#include "ticks.h"

#define N 2

/* What may end, each once. The child says what it did by the same letter. */
#define FREE_BY_PARENT 'f'
#define FREE_BY_CHILD 'F'
#define UNMAP_BY_PARENT 'u'
#define UNMAP_BY_CHILD 'U'
#define CLOSE_BY_PARENT 'c'
#define CLOSE_BY_CHILD 'C'
#define EXIT_OF_CHILD 'X'

/**
 * struct family - parent and child, and the block of both
 * @other: a client that looks on
 * @fd: the client
 * @a: the block
 * @p: where it is mapped
 * @down: what the child shall do
 * @up: that it has done it
 * @pid: the child
 */
struct family {
	int other;
	int fd;
	struct buddypool_alloc a;
	char *p;
	int down[2];
	int up[2];
	pid_t pid;
};

/* What is still there. */
struct model {
	bool handle;
	bool mapped[2];
	bool open[2];
};

static noreturn void child(struct family *f)
{
	char what;

	close(f->other);
	close(f->down[1]);
	while (read(f->down[0], &what, 1) == 1) {
		switch (what) {
		case FREE_BY_CHILD:
			block_free(f->fd, f->a.handle);
			break;
		case UNMAP_BY_CHILD:
			EXPECT(pattern_holds(f->p, pages(N), 1));
			unmap(f->p, pages(N));
			break;
		case CLOSE_BY_CHILD:
			close(f->fd);
			break;
		default:
			_exit(0);
		}
		ASSERT_EQ(1, write(f->up[1], &what, 1));
	}
	_exit(1);
}

static void do_it(struct family *f, char what)
{
	char done;

	switch (what) {
	case FREE_BY_PARENT:
		block_free(f->fd, f->a.handle);
		return;
	case UNMAP_BY_PARENT:
		EXPECT(pattern_holds(f->p, pages(N), 1));
		unmap(f->p, pages(N));
		return;
	case CLOSE_BY_PARENT:
		close(f->fd);
		return;
	}
	ASSERT_EQ(1, write(f->down[1], &what, 1));
	if (what == EXIT_OF_CHILD) {
		task_wait(f->pid);
		return;
	}
	ASSERT_EQ(1, read(f->up[0], &done, 1));
	ASSERT_EQ(what, done);
}

/* Whether that is possible now, and what is left then. */
static bool model_apply(struct model *m, char what, bool child_lives)
{
	const bool by_child = what < 'a';
	struct model before = *m;

	if (by_child && !child_lives)
		return false;
	switch (what) {
	case FREE_BY_PARENT:
	case FREE_BY_CHILD:
		m->handle = false;
		return before.handle && m->open[by_child];
	case UNMAP_BY_PARENT:
	case UNMAP_BY_CHILD:
		m->mapped[by_child] = false;
		return before.mapped[by_child];
	case CLOSE_BY_PARENT:
	case CLOSE_BY_CHILD:
		m->open[by_child] = false;
		return before.open[by_child];
	default:
		m->mapped[1] = false;
		m->open[1] = false;
		return true;
	}
}

static void expect_like(const struct family *f, const struct model *m)
{
	const bool mapped = m->mapped[0] || m->mapped[1];
	const bool open = m->open[0] || m->open[1] || mapped;
	struct buddypool_stat stat = stat_read(f->other);

	/* A mapping keeps the file open, and that the handle. */
	ASSERT_EQ(1 + open, stat.clients);
	if (mapped || (m->handle && open)) {
		ASSERT_EQ(pool.pages - N, stat.free_pages);
		ASSERT_EQ(1, stat.blocks);
		ASSERT_EQ(mapped && !m->handle ? N : 0,
			  stat.freed_mapped_pages);
	} else {
		ASSERT_EQ(pool.pages, stat.free_pages);
		ASSERT_EQ(0, stat.blocks);
		ASSERT_EQ(0, stat.freed_mapped_pages);
	}
	if (m->handle && m->open[0])
		ASSERT_EQ(m->mapped[0] + m->mapped[1],
			  block_query(f->fd, f->a.handle).mappings);
}

static void one_family(struct rng *rng)
{
	static const char things[] = "fFuUcCX";
	struct model m = { true, { true, true }, { true, true } };
	struct family f = { .other = client_open(), .fd = client_open() };
	bool child_lives = true;
	struct model next;
	char what;

	f.a = block_alloc(f.fd, pages(N));
	f.p = block_map(f.fd, f.a.offset, pages(N));
	pattern_fill(f.p, pages(N), 1);
	ASSERT_EQ(0, pipe(f.down));
	ASSERT_EQ(0, pipe(f.up));
	f.pid = task_fork();
	if (!f.pid)
		child(&f);
	expect_like(&f, &m);
	while (child_lives || m.mapped[0] || m.open[0]) {
		what = things[rng_below(rng, sizeof(things) - 1)];
		next = m;
		if (!model_apply(&next, what, child_lives))
			continue;
		m = next;
		do_it(&f, what);
		child_lives &= what != EXIT_OF_CHILD;
		expect_like(&f, &m);
	}
	close(f.other);
	close(f.down[0]);
	close(f.down[1]);
	close(f.up[0]);
	close(f.up[1]);
}

TEST(fork, every_order)
{
	struct budget budget = budget_start(300, 700);
	struct rng rng = rng_start(0);

	need_size(pages(N));
	while (budget_next(&budget))
		one_family(&rng);
	budget_note(&budget, "parents and children, in any order");
}
