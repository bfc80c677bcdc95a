// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on the own file as a whole, and on the pool
 */
#include "fuzz.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "board.h"
#include "op.h"

/* What a walk lists of one moment. */
#define WALK_BATCH 32

static int ask(struct actor *actor, unsigned long command, void *arg)
{
	if (!ioctl(actor->ledger.fd, command, arg))
		return 0;
	board_finding(SUBJECT_ANSWERS, "%s", board_result(-errno));
	return -errno;
}

/**
 * op_info() - INFO always says the same
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_info(struct actor *actor)
{
	struct buddypool_info *arg = actor_place(actor, sizeof(*arg));
	int err = ask(actor, BUDDYPOOL_IOC_INFO, arg);

	if (!err && memcmp(arg, &pool, sizeof(*arg)))
		board_finding(SUBJECT_ANSWERS, "INFO has changed");
	return err;
}

/**
 * op_stat() - the figures of STAT go together
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_stat(struct actor *actor)
{
	struct buddypool_stat *arg = actor_place(actor, sizeof(*arg));
	__u64 free_pages, largest = 0;
	unsigned int order;
	int err = ask(actor, BUDDYPOOL_IOC_STAT, arg);

	free_pages = arg->kept_pages;
	for (order = 0; !err && order < BUDDYPOOL_NR_ORDERS; order++) {
		free_pages += arg->free_blocks[order] << order;
		if (arg->free_blocks[order])
			largest = (__u64)pool.page_size << order;
	}
	if (!err && (free_pages != arg->free_pages || largest != arg->largest ||
		     arg->fragmentation > 1000 || !arg->clients))
		board_finding(SUBJECT_ANSWERS,
			      "free %llu, by orders %llu; largest %llu, by orders %llu; fragmentation %u, clients %llu",
			      arg->free_pages, free_pages, arg->largest,
			      largest, arg->fragmentation, arg->clients);
	return err;
}

/**
 * op_walk() - the blocks of a walk lie side by side
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_walk(struct actor *actor)
{
	struct buddypool_extent extents[3 * WALK_BATCH];
	struct buddypool_walk *arg = actor_place(actor, sizeof(*arg));
	__u32 i;
	int err;

	arg->start = rng_one_in(&actor->rng, 2) ?
			     0 :
			     rng_below(&actor->rng, pool.pages);
	arg->extents = (unsigned long)extents;
	arg->count = rng_range(&actor->rng, 1, ARRAY_SIZE(extents));
	err = ask(actor, BUDDYPOOL_IOC_WALK, arg);
	if (err)
		return err;
	for (i = 1; i < arg->count; i++)
		if (i % WALK_BATCH &&
		    extents[i].page !=
			    extents[i - 1].page + (1U << extents[i - 1].order))
			board_finding(SUBJECT_ANSWERS,
				      "page %u follows on page %u of order %u",
				      extents[i].page, extents[i - 1].page,
				      extents[i - 1].order);
	return 0;
}

/**
 * op_poll() - a client that was refused nothing has a chance
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_poll(struct actor *actor)
{
	struct pollfd pollfd = { .fd = actor->ledger.fd, .events = POLLOUT };
	int n = poll(&pollfd, 1, 0);

	if (n < 0 || (!n && !actor->ledger.refused))
		board_finding(SUBJECT_ANSWERS, "poll: %d", n);
	return n < 0 ? -errno : 0;
}

/**
 * op_limit() - look at the own limits, or set one
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_limit(struct actor *actor)
{
	struct buddypool_limit *arg = actor_place(actor, sizeof(*arg));
	struct ledger *ledger = &actor->ledger;
	const __u64 held = ledger_bytes(ledger);
	int err;

	if (rng_one_in(&actor->rng, 8)) {
		arg->flags = BUDDYPOOL_LIMIT_BYTES;
		arg->max_bytes =
			held + rng_below(&actor->rng, 64) * pool.page_size;
	}
	err = ioctl(ledger->fd, BUDDYPOOL_IOC_LIMIT, arg) ? -errno : 0;
	if (err && !(err == -EPERM && arg->flags && ledger->limited))
		board_finding(SUBJECT_ANSWERS, "%s", board_result(err));
	if (err)
		return err;
	if (arg->flags) {
		ledger->limited = true;
		ledger->max_bytes = arg->max_bytes;
	}
	if (arg->bytes < held)
		board_finding(SUBJECT_ANSWERS,
			      "%llu bytes are held, %llu are charged", held,
			      arg->bytes);
	return 0;
}

/**
 * op_debugfs() - read one of the administrator's files
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_debugfs(struct actor *actor)
{
	static const char *const names[] = { "check", "blocks", "buddyinfo",
					     "quarantine" };
	const char *name = names[rng_below(&actor->rng, ARRAY_SIZE(names))];
	char path[256], text[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", options.debugfs, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n > 0 && name == names[0]) {
		text[n] = '\0';
		text[strcspn(text, "\n")] = '\0';
		if (strcmp(text, "ok"))
			board_finding(SUBJECT_POOL, "check: %s", text);
	}
	while (n > 0)
		n = read(fd, text, sizeof(text));
	close(fd);
	return n;
}

/**
 * op_reopen() - close the own file, and with it free all, and open it again
 * @actor: who does it
 *
 * What is mapped stays as it is.
 *
 * Return: see struct op.
 */
int op_reopen(struct actor *actor)
{
	struct ledger *ledger = &actor->ledger;
	unsigned int i;
	int fd;

	for (i = 0; i < LEDGER_BLOCKS; i++)
		ledger->blocks[i].held = false;
	fd = open(options.device, O_RDWR | O_CLOEXEC);
	if (fd < 0 || dup3(fd, ledger->fd, O_CLOEXEC) < 0) {
		board_finding(SUBJECT_ANSWERS, "%s: %s", options.device,
			      board_result(-errno));
		return -errno;
	}
	close(fd);
	ledger->refused = false;
	ledger->limited = false;
	return 0;
}
