// SPDX-License-Identifier: GPL-2.0
/*
 * Commands to the shared files: valid ones, nearly valid ones, and nonsense
 *
 * Everybody may free, resize and close everything here at any time, so all that
 * can be said of an answer is whether the command may ever give it.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "board.h"
#include "op.h"
#include "touch.h"

#define COMMANDS 12

/* So many blocks are allocated, or freed, at once; some of them get names. */
#define MANY 200
#define NAMED 3

/* No structure is larger than a page. */
#define ROOM 512

/**
 * struct request - a command in the making
 * @fd: the file
 * @command: its number
 * @size: of its structure, in bytes; room for it is in @bytes
 * @name: where the handle is from
 * @bytes: the structure
 */
struct request {
	int fd;
	unsigned int command;
	size_t size;
	struct name *name;
	union {
		char bytes[ROOM];
		__u64 words[ROOM / 8];
		struct buddypool_alloc alloc;
		struct buddypool_free free;
		struct buddypool_resize resize;
		struct buddypool_query query;
		struct buddypool_walk walk;
		struct buddypool_limit limit;
		struct buddypool_export export;
		struct buddypool_drain drain;
		struct buddypool_alloc_bulk alloc_bulk;
		struct buddypool_free_bulk free_bulk;
	};
};

static const unsigned int commands[COMMANDS] = {
	BUDDYPOOL_IOC_INFO,  BUDDYPOOL_IOC_STAT,       BUDDYPOOL_IOC_ALLOC,
	BUDDYPOOL_IOC_FREE,  BUDDYPOOL_IOC_RESIZE,     BUDDYPOOL_IOC_QUERY,
	BUDDYPOOL_IOC_WALK,  BUDDYPOOL_IOC_LIMIT,      BUDDYPOOL_IOC_EXPORT,
	BUDDYPOOL_IOC_DRAIN, BUDDYPOOL_IOC_ALLOC_BULK, BUDDYPOOL_IOC_FREE_BULK,
};

/* Errors of each command beyond those that all have. */
static const int errors_of[COMMANDS][7] = {
	{},
	{},
	{ ENOMEM, ETIMEDOUT, EFBIG, EDQUOT, ENOSPC },
	{ ENOENT },
	{ ENOENT, ENOMEM, EFBIG, EDQUOT, EBUSY, EPERM },
	{ ENOENT },
	{},
	{ EPERM },
	{ ENOENT, EMFILE, ENFILE, ENOMEM },
	{},
	{ ENOMEM, EFBIG, EDQUOT, ENOSPC },
	{ ENOENT },
};

static bool is_among(const int *errors, size_t n, int err)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (errors[i] == -err)
			return true;
	return false;
}

static bool may_answer(const struct request *request, int err)
{
	/* A file that is closed, or is a block's; a pointer; a structure. */
	static const int errors[] = { EBADF, ENOTTY, EFAULT, EINVAL, E2BIG };
	const unsigned int nr = _IOC_NR(request->command);

	if (!err || is_among(errors, ARRAY_SIZE(errors), err))
		return true;
	return _IOC_TYPE(request->command) == BUDDYPOOL_IOC_TYPE &&
	       nr < COMMANDS &&
	       is_among(errors_of[nr], ARRAY_SIZE(errors_of[nr]), err);
}

static int pick_file(struct rng *rng, const struct name *name)
{
	if (rng_one_in(rng, 20))
		return EXPORTS_FIRST + rng_below(rng, EXPORTS);
	if (READ_ONCE(name->file) && !rng_one_in(rng, 10))
		return READ_ONCE(name->file);
	return FILES_FIRST + rng_below(rng, FILES);
}

static __u64 pick_size(struct rng *rng)
{
	return rng_one_in(rng, 40) ? rng_range(rng, 1, pool.max_size) :
				     rng_skewed(rng, 16 * pool.page_size) + 1;
}

/* Fill in what is valid, or was when the name was written down. */
static void make_valid(struct rng *rng, struct request *request)
{
	struct name *name = request->name;

	switch (request->command) {
	case BUDDYPOOL_IOC_ALLOC:
		request->alloc.size = pick_size(rng);
		request->alloc.flags = rng_below(rng, 2);
		if (rng_one_in(rng, 8))
			request->alloc.align = pool.page_size
					       << rng_below(rng, 6);
		if (rng_one_in(rng, 8))
			request->alloc.timeout = rng_skewed(rng, 2000000);
		break;
	case BUDDYPOOL_IOC_FREE:
		request->free.handle = READ_ONCE(name->handle);
		break;
	case BUDDYPOOL_IOC_RESIZE:
		request->resize.handle = READ_ONCE(name->handle);
		request->resize.size = pick_size(rng);
		request->resize.flags = rng_below(rng, 4);
		break;
	case BUDDYPOOL_IOC_QUERY:
		request->query.handle = request->fd >= EXPORTS_FIRST ?
						0 :
						READ_ONCE(name->handle);
		break;
	case BUDDYPOOL_IOC_LIMIT:
		request->limit.flags = rng_below(rng, 4) * rng_below(rng, 2);
		request->limit.max_bytes = rng_skewed(rng, 1 << 24);
		request->limit.max_handles = rng_skewed(rng, 1 << 10);
		break;
	case BUDDYPOOL_IOC_EXPORT:
		request->export.handle = READ_ONCE(name->handle);
		request->export.flags = rng_below(rng, 2);
		break;
	}
}

/* Another command number, near to the right one or not. */
static void tamper(struct rng *rng, struct request *request)
{
	/* Types of commands that no file has for itself. */
	static const unsigned char types[] = { BUDDYPOOL_IOC_TYPE, 0xba, 0xbc,
					       0xff };
	const unsigned int command = request->command;
	unsigned int type = _IOC_TYPE(command), size = _IOC_SIZE(command);
	unsigned int direction = _IOC_DIR(command), nr = _IOC_NR(command);

	switch (rng_below(rng, 5)) {
	case 0:
		direction = rng_below(rng, 4);
		break;
	case 1:
		nr = rng_below(rng, 256);
		break;
	case 2:
		type = types[rng_below(rng, ARRAY_SIZE(types))];
		break;
	case 3:
		size += rng_below(rng, 3) - 1;
		break;
	default:
		size = rng_below(rng, 2) ? rng_below(rng, ROOM) :
					   size + 8 * rng_below(rng, 4);
	}
	request->command = _IOC(direction, type, nr, size);
	request->size = size < ROOM ? size : ROOM;
}

/* Make one thing of it wrong, or many. */
static void spoil(struct rng *rng, struct request *request)
{
	const size_t words = request->size / 8;

	switch (rng_below(rng, 5)) {
	case 0:
		tamper(rng, request);
		return;
	case 1:
		request->bytes[rng_below(rng, request->size + 1) % ROOM] ^=
			1 << rng_below(rng, 8);
		return;
	case 2:
		rng_bytes(rng, request->bytes, request->size);
		return;
	}
	if (!words)
		return;
	if (rng_one_in(rng, 2))
		request->words[rng_below(rng, words)] = rng_edge(rng);
	else
		request->words[rng_below(rng, words)] += rng_below(rng, 3) - 1;
}

/* What is spoilt must not wait for ever, unless somebody will kill it. */
static void bound_wait(struct rng *rng, struct request *request)
{
	if (_IOC_NR(request->command) != _IOC_NR(BUDDYPOOL_IOC_ALLOC) ||
	    request->alloc.timeout < 2000000)
		return;
	if (options.solo || !rng_one_in(rng, 20))
		request->alloc.timeout %= 2000000;
}

/* Where the structure is put; mostly where it can be read and written. */
static char *place(struct actor *actor, const struct request *request)
{
	struct rng *rng = &actor->rng;
	char *at;

	if (!rng_one_in(rng, 12))
		return actor->guard - request->size;
	switch (rng_below(rng, 6)) {
	case 0:
		at = actor->guard - rng_below(rng, request->size + 1);
		break;
	case 1:
		at = actor->rdonly + pool.page_size - request->size;
		break;
	case 2:
		return (char *)(unsigned long)rng_edge(rng);
	case 3:
		at = actor->guard - pool.page_size - rng_below(rng, ROOM);
		break;
	default:
		at = actor->arena +
		     rng_below(rng, ARENA_PAGES) * pool.page_size +
		     rng_skewed(rng, pool.page_size);
	}
	return at;
}

static void note_name(struct actor *actor, int file, __u32 handle, __u64 usable,
		      __u64 offset)
{
	struct name *name = &board->names[rng_below(&actor->rng, BOARD_NAMES)];

	WRITE_ONCE(name->file, file);
	WRITE_ONCE(name->handle, handle);
	WRITE_ONCE(name->pages, usable / pool.page_size);
	WRITE_ONCE(name->offset, offset);
}

static void note_alloc(struct actor *actor, int file, const char *at)
{
	struct buddypool_alloc alloc;

	if (!touch_read(&alloc, at, offsetof(struct buddypool_alloc, failure)))
		note_name(actor, file, alloc.handle, alloc.usable,
			  alloc.offset);
}

static void note_size(struct name *name, const char *at)
{
	struct buddypool_resize resize;

	if (!touch_read(&resize, at, sizeof(resize)))
		WRITE_ONCE(name->pages, resize.usable / pool.page_size);
}

/* The descriptor belongs among the shared ones. */
static void note_export(struct actor *actor, const char *at)
{
	struct buddypool_export export;

	if (touch_read(&export, at, sizeof(export)) || export.fd < 0 ||
	    export.fd >= FILES_FIRST)
		return;
	dup3(export.fd, EXPORTS_FIRST + rng_below(&actor->rng, EXPORTS),
	     O_CLOEXEC);
	close(export.fd);
}

/* The first ones get names; nobody would free all the others. */
static void note_many(struct actor *actor, const struct request *request,
		      const char *at)
{
	struct buddypool_free_bulk rest = {};
	struct buddypool_alloc_bulk alloc;
	__u32 handles[NAMED], i;

	if (touch_read(&alloc, at, sizeof(alloc)) ||
	    touch_read(handles, (char *)(unsigned long)alloc.handles,
		       sizeof(handles)))
		return;
	for (i = 0; i < NAMED && i < alloc.count; i++)
		note_name(actor, request->fd, handles[i], alloc.usable,
			  handles[i] * alloc.stride);
	rest.handles = alloc.handles + i * sizeof(*handles);
	rest.count = alloc.count - i;
	ioctl(request->fd, BUDDYPOOL_IOC_FREE_BULK, &rest);
}

/* What others are to know of a command that was carried out. */
static void note(struct actor *actor, const struct request *request,
		 const char *at)
{
	const unsigned int nr = _IOC_NR(request->command);

	if (_IOC_TYPE(request->command) != BUDDYPOOL_IOC_TYPE)
		return;
	if (nr == _IOC_NR(BUDDYPOOL_IOC_ALLOC))
		note_alloc(actor, request->fd, at);
	if (nr == _IOC_NR(BUDDYPOOL_IOC_RESIZE))
		note_size(request->name, at);
	if (nr == _IOC_NR(BUDDYPOOL_IOC_FREE))
		WRITE_ONCE(request->name->handle, 0);
	if (nr == _IOC_NR(BUDDYPOOL_IOC_EXPORT))
		note_export(actor, at);
	if (nr == _IOC_NR(BUDDYPOOL_IOC_ALLOC_BULK))
		note_many(actor, request, at);
}

/* An error must not be another than the command may give. */
static int give(struct actor *actor, struct request *request)
{
	char *at = place(actor, request);
	int err;

	memcpy(actor->guard - request->size, request->bytes, request->size);
	touch_write(at, request->bytes, request->size);
	err = ioctl(request->fd, request->command, at) ? -errno : 0;
	if (!may_answer(request, err))
		board_finding(SUBJECT_ANSWERS, "command %#x: %s",
			      request->command, board_result(err));
	if (!err)
		note(actor, request, at);
	return err;
}

/* Handles on the same file, or not; some are likely to be there twice. */
static void pick_handles(struct rng *rng, __u32 *handles, __u32 count)
{
	const struct name *name;
	__u32 i;

	for (i = 0; i < count; i++) {
		name = &board->names[rng_below(rng, BOARD_NAMES)];
		handles[i] = READ_ONCE(name->handle);
	}
}

/* Fill in what is valid of a command with an array, and the array. */
static void make_array(struct actor *actor, struct request *request)
{
	struct rng *rng = &actor->rng;

	switch (request->command) {
	case BUDDYPOOL_IOC_WALK:
		request->walk.extents =
			(unsigned long)(actor->guard - pool.page_size);
		request->walk.count = rng_skewed(rng, 64) + 1;
		request->walk.start = rng_skewed(rng, pool.pages);
		break;
	case BUDDYPOOL_IOC_ALLOC_BULK:
		request->alloc_bulk.size = pick_size(rng);
		request->alloc_bulk.flags = rng_below(rng, 2);
		request->alloc_bulk.count = rng_skewed(rng, MANY) + 1;
		request->alloc_bulk.handles = (unsigned long)actor->bytes;
		break;
	case BUDDYPOOL_IOC_FREE_BULK:
		request->free_bulk.count = rng_skewed(rng, 8) + 1;
		request->free_bulk.handles = (unsigned long)actor->bytes;
		pick_handles(rng, (__u32 *)actor->bytes,
			     request->free_bulk.count);
		break;
	}
}

/**
 * op_wild_ioctl() - a command to a shared file
 * @actor: who does it
 *
 * Return: see struct op.
 */
int op_wild_ioctl(struct actor *actor)
{
	/* Numbers of commands, by how often they are of interest. */
	static const unsigned char choice[] = { 0, 1, 2, 2, 2, 2,  2,  2,  3, 3,
						3, 3, 4, 4, 4, 5,  5,  5,  6, 6,
						7, 7, 8, 8, 9, 10, 10, 11, 11 };
	struct rng *rng = &actor->rng;
	struct request request;

	memset(&request, 0, sizeof(request));
	request.name = actor_name(actor);
	request.fd = pick_file(rng, request.name);
	request.command = commands[choice[rng_below(rng, ARRAY_SIZE(choice))]];
	request.size = _IOC_SIZE(request.command);
	make_valid(rng, &request);
	make_array(actor, &request);
	if (rng_one_in(rng, 2))
		do
			spoil(rng, &request);
		while (rng_one_in(rng, 3));
	bound_wait(rng, &request);
	return give(actor, &request);
}
