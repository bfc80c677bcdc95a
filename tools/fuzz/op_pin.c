// SPDX-License-Identifier: GPL-2.0
/*
 * Operations that reach pages of the own blocks by other ways than a mapping
 */
#include "fuzz.h"

#include <fcntl.h>
#include <linux/io_uring.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "board.h"
#include "op.h"
#include "quiet.h"
#include "touch.h"

static struct pin *free_pin(struct ledger *ledger)
{
	/* So that pin_settle() need not tell one from another. */
	const unsigned int pins = options.solo ? 1 : LEDGER_PINS;
	unsigned int i;

	for (i = 0; i < pins; i++)
		if (ledger->pins[i].fd < 0)
			return &ledger->pins[i];
	return NULL;
}

/*
 * A page of the block that a view shows and that carries the pattern; -1 if
 * there is none. The page is written for that if need be.
 */
static long long any_page(struct actor *actor, struct block *block,
			  struct view **view)
{
	char *bytes = actor->bytes;
	__u64 page;

	*view = block_view(block, &actor->rng);
	page = (*view)->first + rng_below(&actor->rng, (*view)->pages);
	if (page >= block_pages(block) ||
	    (*view)->prot != (PROT_READ | PROT_WRITE))
		return -1;
	page_paint(bytes, block->tag, page);
	if (touch_write(view_page(*view, page), bytes, pool.page_size))
		return -1;
	page_note_written(block, page);
	return page;
}

static void judge_page(const void *bytes, __u64 tag, __u64 page)
{
	const char *difference = page_differs(bytes, tag, page, true);

	if (difference)
		board_finding(SUBJECT_CONTENTS, "%s", difference);
}

/**
 * op_pin() - put a page into a pipe
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_pin(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	struct pin *pin = free_pin(&actor->ledger);
	struct view *view;
	struct iovec iov;
	long long page;
	int fds[2];

	if (!block)
		return op_map(actor);
	if (!pin)
		return op_drain(actor);
	page = any_page(actor, block, &view);
	if (page < 0)
		return op_unmap(actor);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	iov = (struct iovec){ view_page(view, page), pool.page_size };
	if (vmsplice(fds[1], &iov, 1, SPLICE_F_NONBLOCK) != pool.page_size) {
		board_finding(SUBJECT_ANSWERS, "vmsplice: %s",
			      board_result(-errno));
		close(fds[0]);
	} else {
		*pin = (struct pin){ fds[0], block, block->tag, page };
		block->pins++;
	}
	close(fds[1]);
	return 0;
}

/**
 * pin_settle() - wait until no page is held by a pipe that has been closed
 * @ledger: the ledger
 *
 * A kernel thread returns such pages to the pool some time later, on any CPU, which
 * may keep them. A thread that is alone waits for that, and takes back what CPUs
 * keep, so that what is allocated next is always the same.
 */
void pin_settle(const struct ledger *ledger)
{
	struct buddypool_stat stat = {};
	int i;

	for (i = 0; options.solo && i < 1000; i++) {
		if (ioctl(ledger->fd, BUDDYPOOL_IOC_STAT, &stat))
			return;
		if (!stat.freed_pinned_pages) {
			quiet_drain(ledger->fd);
			return;
		}
		usleep(5000);
	}
	if (stat.freed_pinned_pages)
		board_finding(SUBJECT_POOL, "%llu pages remain in quarantine",
			      stat.freed_pinned_pages);
}

/**
 * op_drain() - read a page out of a pipe: nobody may have changed it
 * @actor: who does it
 *
 * By then the block may have been freed, and its owner gone.
 *
 * Return: see struct op.
 */
int op_drain(struct actor *actor)
{
	struct pin *pin =
		&actor->ledger.pins[rng_below(&actor->rng, LEDGER_PINS)];
	char *bytes = actor->bytes;
	ssize_t n;

	if (pin->fd < 0)
		return op_read(actor);
	n = read(pin->fd, bytes, pool.page_size);
	if (n != (ssize_t)pool.page_size)
		board_finding(SUBJECT_ANSWERS, "%zd bytes from a pipe", n);
	else
		judge_page(bytes, pin->tag, pin->page);
	close(pin->fd);
	pin->fd = -1;
	/* Or there is another block in its place by now. */
	if (pin->block->tag == pin->tag && pin->block->pins)
		pin->block->pins--;
	pin_settle(&actor->ledger);
	return 0;
}

/**
 * op_vm_read() - read a page as a debugger does
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_vm_read(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	char *bytes = actor->bytes;
	struct iovec local = { bytes, pool.page_size }, remote = local;
	struct view *view;
	long long page;
	ssize_t n;

	if (!block)
		return op_map(actor);
	page = any_page(actor, block, &view);
	if (page < 0)
		return op_unmap(actor);
	remote.iov_base = view_page(view, page);
	n = process_vm_readv(getpid(), &local, 1, &remote, 1, 0);
	if (n < 0)
		return -errno;
	judge_page(bytes, block->tag, page);
	return 0;
}

/**
 * op_vm_write() - write a page as a debugger does
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_vm_write(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	char *bytes = actor->bytes;
	struct iovec local = { bytes, pool.page_size }, remote = local;
	struct view *view;
	__u64 page;

	if (!block)
		return op_map(actor);
	view = block_view(block, &actor->rng);
	page = view->first + rng_below(&actor->rng, view->pages);
	page_paint(bytes, block->tag, page);
	remote.iov_base = view_page(view, page);
	if (process_vm_writev(getpid(), &local, 1, &remote, 1, 0) < 0)
		return -errno;
	if (page >= block_pages(block) ||
	    view->prot != (PROT_READ | PROT_WRITE))
		board_finding(SUBJECT_ANSWERS,
			      "a page was written that cannot be");
	page_note_written(block, page);
	return 0;
}

/**
 * op_register() - register a view with a ring, or let go of the ring
 * @actor: who does it
 *
 * The kernel lets go of the pages some time later.
 *
 * Return: see struct op.
 */
int op_register(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_mapped);
	struct io_uring_params params = {};
	struct iovec iov;
	struct view *view;

	if (actor->ring >= 0) {
		close(actor->ring);
		actor->ring = -1;
		return 0;
	}
	if (!block)
		return op_map(actor);
	view = block_view(block, &actor->rng);
	actor->ring = syscall(__NR_io_uring_setup, 1, &params);
	if (actor->ring < 0)
		return -errno;
	iov = (struct iovec){ view_page(view, view->first),
			      view->pages * pool.page_size };
	block->registered = true;
	return syscall(__NR_io_uring_register, actor->ring,
		       IORING_REGISTER_BUFFERS, &iov, 1) < 0 ?
		       -errno :
		       0;
}
