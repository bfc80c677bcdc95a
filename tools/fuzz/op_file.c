// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on the shared descriptors: open, close, double, send and receive
 */
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "board.h"
#include "op.h"
#include "touch.h"

/* What a descriptor in the mailbox is; the message is this one byte. */
#define KIND_FILE 'f'
#define KIND_EXPORT 'x'

/**
 * file_open() - open the device in place of a shared file
 * @i: which one
 * @flags: O_CLOEXEC or 0
 *
 * Return: 0 or a negative errno.
 */
int file_open(int i, int flags)
{
	int fd = open(options.device,
		      (i == FILE_RDONLY ? O_RDONLY : O_RDWR) | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	dup3(fd, FILES_FIRST + i, flags);
	close(fd);
	return 0;
}

/**
 * op_wild_open() - open the device in place of a shared file
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_open(struct actor *actor)
{
	return file_open(rng_below(&actor->rng, FILES),
			 rng_one_in(&actor->rng, 2) ? O_CLOEXEC : 0);
}

/**
 * op_wild_close() - close a shared descriptor, perhaps while it is in use
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_close(struct actor *actor)
{
	int fd = rng_one_in(&actor->rng, 4) ?
			 FILES_FIRST + rng_below(&actor->rng, FILES) :
			 EXPORTS_FIRST + rng_below(&actor->rng, EXPORTS);

	return close(fd) ? -errno : 0;
}

/**
 * op_wild_dup() - double a shared descriptor
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_dup(struct actor *actor)
{
	int first = FILES_FIRST, n = FILES, from, to;

	if (rng_one_in(&actor->rng, 2)) {
		first = EXPORTS_FIRST;
		n = EXPORTS;
	}
	from = first + rng_below(&actor->rng, n);
	to = first + rng_below(&actor->rng, n);
	return dup3(from, to, 0) < 0 ? -errno : 0;
}

/* See whether a read-only descriptor of the block shows what is in it. */
static void judge_export(struct actor *actor, struct block *block)
{
	char *bytes = actor->bytes;
	const char *difference;
	struct buddypool_query query = {};

	if (ioctl(actor->passing, BUDDYPOOL_IOC_QUERY, &query) ||
	    query.usable != block->usable || query.size != block->size)
		board_finding(SUBJECT_ANSWERS, "QUERY by a descriptor: %s",
			      board_result(-errno));
	if (mmap(actor->window, pool.page_size, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, actor->passing, 0) != MAP_FAILED)
		board_finding(SUBJECT_ANSWERS,
			      "a read-only descriptor maps for writing");
	if (mmap(actor->window, pool.page_size, PROT_READ,
		 MAP_SHARED | MAP_FIXED, actor->passing, 0) == MAP_FAILED ||
	    touch_read(bytes, actor->window, pool.page_size)) {
		board_finding(SUBJECT_ANSWERS, "a descriptor does not map: %s",
			      board_result(-errno));
		return;
	}
	if (!mprotect(actor->window, pool.page_size, PROT_READ | PROT_WRITE))
		board_finding(SUBJECT_ANSWERS,
			      "a read-only mapping becomes writable");
	difference =
		page_differs(bytes, block->tag, 0, page_is_written(block, 0));
	if (difference)
		board_finding(SUBJECT_CONTENTS, "by a descriptor: %s",
			      difference);
	munmap(actor->window, pool.page_size);
}

/**
 * op_export() - make a read-only descriptor of a block, for all to see
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_export(struct actor *actor)
{
	struct block *block =
		ledger_any(&actor->ledger, &actor->rng, block_is_held);
	struct buddypool_export *arg = actor_place(actor, sizeof(*arg));

	if (!block)
		return op_alloc(actor);
	arg->handle = block->handle;
	arg->flags = BUDDYPOOL_EXPORT_RDONLY;
	if (ioctl(actor->ledger.fd, BUDDYPOOL_IOC_EXPORT, arg)) {
		board_finding(SUBJECT_ANSWERS, "%s", board_result(-errno));
		return -errno;
	}
	block->exported = true;
	if (dup3(arg->fd, actor->passing, O_CLOEXEC) < 0 || close(arg->fd))
		board_finding(SUBJECT_ANSWERS, "descriptor %d: %s", arg->fd,
			      board_result(-errno));
	judge_export(actor, block);
	if (rng_one_in(&actor->rng, 2))
		dup3(actor->passing,
		     EXPORTS_FIRST + rng_below(&actor->rng, EXPORTS),
		     O_CLOEXEC);
	close(actor->passing);
	return 0;
}

/**
 * op_send() - put a shared descriptor into the mailbox
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_send(struct actor *actor)
{
	char kind = rng_one_in(&actor->rng, 3) ? KIND_FILE : KIND_EXPORT;
	struct iovec iov = { &kind, 1 };
	char control[CMSG_SPACE(sizeof(int))] = {};
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd;

	fd = kind == KIND_FILE ?
		     FILES_FIRST + rng_below(&actor->rng, FILES) :
		     EXPORTS_FIRST + rng_below(&actor->rng, EXPORTS);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(MAILBOX_OUT, &message, MSG_DONTWAIT) < 0 ? -errno : 0;
}

/**
 * op_receive() - take a descriptor out of the mailbox, in place of a shared one
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_receive(struct actor *actor)
{
	char kind, control[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { &kind, 1 };
	struct msghdr message = { .msg_iov = &iov,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	int fd;

	if (recvmsg(MAILBOX_IN, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
		return -errno;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -ENOMSG;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	dup3(fd,
	     kind == KIND_FILE ?
		     FILES_FIRST + rng_below(&actor->rng, FILES) :
		     EXPORTS_FIRST + rng_below(&actor->rng, EXPORTS),
	     O_CLOEXEC);
	close(fd);
	return 0;
}
