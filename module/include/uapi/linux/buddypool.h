/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * buddypool: the ABI of /dev/buddypool
 *
 * A pool is a region of ordinary pages, fixed when the module is loaded, that a
 * buddy system divides into blocks. A client opens the device, asks for blocks
 * and gets handles; it maps a block by giving mmap() the offset that came with
 * the handle. What a client still holds when its file is closed is freed.
 *
 * Rules that hold for every command:
 *
 * - Sizes, alignments and offsets are in bytes; "pages" says pages.
 * - Every structure may grow at its end. The size is part of the command number
 *   and tells the kernel how much the caller knows: what an older caller leaves
 *   out counts as zero, and what a newer caller adds must be zero (-E2BIG where
 *   it is not). Fields that a caller does not know are not written.
 * - A structure smaller than the first version of it is -EINVAL.
 * - A reserved field, and every unknown bit of a flags field, must be zero
 *   (-EINVAL). An unknown command is -ENOTTY. Members marked "out" are ignored
 *   on input.
 * - What the kernel supports stands in the feature mask of BUDDYPOOL_IOC_INFO.
 * - Commands that change something (ALLOC, FREE, RESIZE, EXPORT, DRAIN, the bulk
 *   commands, and LIMIT where it sets one) need a descriptor that is open for writing (-EBADF).
 *
 * poll() says EPOLLOUT as long as an allocation may succeed: from the open on
 * until one, or a resize, has failed with -ENOMEM or -ETIMEDOUT, and again when
 * memory has returned to the pool since.
 */
#ifndef _UAPI_LINUX_BUDDYPOOL_H
#define _UAPI_LINUX_BUDDYPOOL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Room for the orders in arrays, more than any pool uses. */
#define BUDDYPOOL_NR_ORDERS 32

/* Bits of buddypool_info.features. */
#define BUDDYPOOL_FEATURE_EXACT 0x1 /* BUDDYPOOL_ALLOC_EXACT */
#define BUDDYPOOL_FEATURE_ALIGN 0x2 /* buddypool_alloc.align */
#define BUDDYPOOL_FEATURE_RESIZE 0x4 /* BUDDYPOOL_IOC_RESIZE */
#define BUDDYPOOL_FEATURE_WALK 0x8 /* BUDDYPOOL_IOC_WALK */
#define BUDDYPOOL_FEATURE_WAIT 0x10 /* buddypool_alloc.timeout, poll() */
#define BUDDYPOOL_FEATURE_LIMIT 0x20 /* BUDDYPOOL_IOC_LIMIT */
#define BUDDYPOOL_FEATURE_EXPORT 0x40 /* BUDDYPOOL_IOC_EXPORT */
#define BUDDYPOOL_FEATURE_LISTS 0x80 /* BUDDYPOOL_IOC_DRAIN, .kept_pages */
#define BUDDYPOOL_FEATURE_BULK 0x100 /* BUDDYPOOL_IOC_{ALLOC,FREE}_BULK */

/**
 * struct buddypool_info - what the pool is; constant while it exists
 * @features: out: mask of BUDDYPOOL_FEATURE_*
 * @pages: out: size of the pool, in pages
 * @max_size: out: the largest size that ALLOC could ever give, in bytes
 * @max_align: out: the largest alignment that ALLOC could ever give, in bytes
 * @page_size: out: size of a page, in bytes
 * @max_order: out: the parameter max_order of the pool
 */
struct buddypool_info {
	__u64 features;
	__u64 pages;
	__u64 max_size;
	__u64 max_align;
	__u32 page_size;
	__u32 max_order;
};

/**
 * struct buddypool_stat - the state of the pool
 * @free_pages: out: free pages, on the free areas or kept by a CPU
 * @largest: out: size of the largest free block, in bytes (0: the pool is full)
 * @fragmentation: out: 0 to 1000; how much of the free memory, in thousandths,
 *	is in blocks too small for the largest order that this much free memory
 *	could form (0: none, or the pool is full)
 * @reserved: zero
 * @freed_mapped_pages: out: pages that were freed but are still mapped; they
 *	return to the pool with the last munmap()
 * @freed_pinned_pages: out: pages that were freed and are mapped no longer, but
 *	are still referenced (direct I/O, vmsplice(), ...); they return by
 *	themselves when the references go
 * @blocks: out: blocks that exist, those freed but mapped or pinned included
 * @clients: out: open files
 * @allocs: out: runs of pages taken out of the pool since load; a resize that
 *	moves takes one
 * @frees: out: runs given back since load, by FREE, by the end of a client or of
 *	the last mapping, or by a move
 * @alloc_failures: out: allocations and resizes that ended with -ENOMEM,
 *	-ETIMEDOUT or -EFBIG for want of the pool's memory
 * @resizes: out: resizes in place since load
 * @moves: out: resizes that moved a block since load
 * @splits: out: blocks split into their halves since load
 * @merges: out: pairs of buddies merged since load
 * @free_blocks: out: number of free blocks of each order
 * @waiting: out: allocations that wait for memory
 * @exports: out: files of blocks (BUDDYPOOL_IOC_EXPORT) that are open; a mapping
 *	keeps open the file that it was made from
 * @kept_pages: out: free pages that CPUs keep on lists of their own, not merged,
 *	and which an allocation that would else fail gets all the same
 *
 * What is of the pool's memory, from @free_pages to @fragmentation and the free
 * blocks, is of one moment; but for @kept_pages, which come and go meanwhile, and
 * so for the part that they have in @free_pages.
 */
struct buddypool_stat {
	__u64 free_pages;
	__u64 largest;
	__u32 fragmentation;
	__u32 reserved;
	__u64 freed_mapped_pages;
	__u64 freed_pinned_pages;
	__u64 blocks;
	__u64 clients;
	__u64 allocs;
	__u64 frees;
	__u64 alloc_failures;
	__u64 resizes;
	__u64 moves;
	__u64 splits;
	__u64 merges;
	__u64 free_blocks[BUDDYPOOL_NR_ORDERS];
	__u64 waiting;
	__u64 exports;
	__u64 kept_pages;
};

/* Values of buddypool_failure.reason. */
enum buddypool_failure_reason {
	/* no failure */
	BUDDYPOOL_FAILURE_NONE = 0,
	/*
	 * less memory is free than the block needs: its usable size, or what
	 * a resize that must not move lacks of it
	 */
	BUDDYPOOL_FAILURE_FULL = 1,
	/* enough is free, but no block of it is large (or aligned) enough */
	BUDDYPOOL_FAILURE_FRAGMENTED = 2,
	/* larger (or more aligned) than this pool could ever give */
	BUDDYPOOL_FAILURE_TOO_LARGE = 3,
	/* only a move would have helped, and the caller forbade it */
	BUDDYPOOL_FAILURE_NO_MOVE = 4,
	/* the client would hold more bytes than its limit */
	BUDDYPOOL_FAILURE_BYTES = 5,
	/* the client would hold more handles than its limit */
	BUDDYPOOL_FAILURE_HANDLES = 6,
	/* others have asked before and still wait */
	BUDDYPOOL_FAILURE_QUEUED = 7,
};

/**
 * struct buddypool_failure - why there was no memory
 * @reason: enum buddypool_failure_reason
 * @reserved: out: zero
 * @free: bytes that were free at that moment; with BYTES and HANDLES: bytes that
 *	the client's limit leaves it
 * @largest: the largest block that could be had at that moment, in bytes; with
 *	BYTES and HANDLES: zero
 *
 * Filled in together with -ENOMEM and -ETIMEDOUT (FULL, FRAGMENTED, NO_MOVE,
 * QUEUED), -EFBIG (TOO_LARGE) and -EDQUOT (BYTES, HANDLES), all of it zero on
 * success; with any other error it means nothing. @free and @largest are of the
 * moment of the refusal, not of a later one.
 */
struct buddypool_failure {
	__u32 reason;
	__u32 reserved;
	__u64 free;
	__u64 largest;
};

/* Give just the pages that the size needs, not a power of two of them. */
#define BUDDYPOOL_ALLOC_EXACT 0x1

/* A value of buddypool_alloc.timeout: until the memory can be had. */
#define BUDDYPOOL_WAIT_FOREVER (~(__u64)0)

/**
 * struct buddypool_alloc - BUDDYPOOL_IOC_ALLOC
 * @size: size wanted, in bytes, not zero
 * @align: alignment wanted, in bytes, counted from the start of the pool: a
 *	power of two, or 0 for none beyond a page
 * @flags: mask of BUDDYPOOL_ALLOC_*
 * @handle: out: the block's name on this open file, never 0
 * @usable: out: bytes that may be used: @size rounded up to a power of two of
 *	pages, with BUDDYPOOL_ALLOC_EXACT to pages
 * @offset: out: the offset to give to mmap(); it stays the block's own through
 *	every resize
 * @failure: out: why there was no memory
 * @timeout: how long to wait for the memory, in nanoseconds; 0 not to wait,
 *	BUDDYPOOL_WAIT_FOREVER; cut down to the client's limit
 *	(buddypool_limit.max_wait)
 *
 * The memory reads as zero when it is first mapped.
 *
 * Who waits is served in the order of arrival, whatever the sizes: while an
 * allocation waits, later ones wait behind it, and those that do not wait, and
 * resizes that need more memory, are refused (QUEUED). Only a fatal signal ends
 * the wait early.
 *
 * What a client holds is charged to it, as bytes (@usable) and as a handle,
 * before anything else is looked at, and until the memory is back in the pool:
 * after FREE a block that is still mapped or referenced remains charged, and so
 * does one of which a descriptor is open. While it waits, a client is charged for
 * the whole free block that it needs at its alignment.
 *
 * Errors: -EINVAL (@size zero, or not to be rounded up to pages in 64 bits;
 * @align no power of two; unknown flag), -ENOMEM (not now: see @failure, which
 * is all zero where the kernel itself ran out of memory for its own records),
 * -ETIMEDOUT (not within @timeout), -EFBIG (never in this pool), -EDQUOT (more
 * than the client may hold), -ENOSPC (no handle left), -EINTR, -EFAULT, -EBADF.
 */
struct buddypool_alloc {
	__u64 size;
	__u64 align;
	__u32 flags;
	__u32 handle;
	__u64 usable;
	__u64 offset;
	struct buddypool_failure failure;
	__u64 timeout;
};

/* The block must be of this size, or the free is refused. */
#define BUDDYPOOL_FREE_SIZED 0x1
/* The block must have been asked for with this alignment. */
#define BUDDYPOOL_FREE_ALIGNED 0x2

/**
 * struct buddypool_free - BUDDYPOOL_IOC_FREE
 * @handle: the block
 * @flags: mask of BUDDYPOOL_FREE_*
 * @size: with BUDDYPOOL_FREE_SIZED: the size last asked for (by ALLOC or
 *	RESIZE), in bytes; else zero
 * @align: with BUDDYPOOL_FREE_ALIGNED: the alignment asked for, as it was
 *	given to ALLOC; else zero
 *
 * The handle is gone at once. Memory that is mapped can be used until it is
 * unmapped, and returns to the pool then; so does memory of which a descriptor
 * (BUDDYPOOL_IOC_EXPORT) is open, when that is closed.
 *
 * Errors: -ENOENT (no such handle on this file), -EINVAL (unknown flag, @size
 * or @align without its flag, or not the block's), -EINTR, -EFAULT, -EBADF.
 */
struct buddypool_free {
	__u32 handle;
	__u32 flags;
	__u64 size;
	__u64 align;
};

/* As BUDDYPOOL_ALLOC_EXACT, for the new size. */
#define BUDDYPOOL_RESIZE_EXACT 0x1
/* Fail where the block would have to move. */
#define BUDDYPOOL_RESIZE_NO_MOVE 0x2

/**
 * struct buddypool_resize - BUDDYPOOL_IOC_RESIZE
 * @handle: the block
 * @flags: mask of BUDDYPOOL_RESIZE_*
 * @size: the new size, in bytes, not zero
 * @usable: out: bytes that may be used now
 * @moved: out: 1 if the contents now lie elsewhere in the pool, else 0
 * @reserved: zero
 * @failure: out: why there was no memory
 *
 * The contents are kept up to the smaller of both usable sizes, and pages that
 * are added read as zero. Mappings stay valid, also when the block moves; what
 * they show beyond the new size raises SIGBUS, as beyond the end of a file. The
 * handle and the offset stay. A block keeps the alignment that it was asked for
 * with. On error nothing has changed.
 *
 * A block that has ever been exported does not become smaller any more: whoever
 * it was given to can rely on its size.
 *
 * Errors: as ALLOC, and -ENOENT (no such handle on this file), -EBUSY (it would
 * have to move, or to lose pages, and something other than a mapping, such as
 * direct I/O in flight, still uses them), -EPERM (a smaller size for a block that
 * has been exported). With -EFAULT nothing has changed
 * either, unless the structure ceased to be writable during the call.
 */
struct buddypool_resize {
	__u32 handle;
	__u32 flags;
	__u64 size;
	__u64 usable;
	__u32 moved;
	__u32 reserved;
	struct buddypool_failure failure;
};

/**
 * struct buddypool_query - BUDDYPOOL_IOC_QUERY: what a handle is
 * @handle: the block; 0 where the descriptor is that of a block
 * @flags: zero
 * @size: out: the size last asked for, in bytes
 * @align: out: the alignment asked for, as it was given to ALLOC
 * @usable: out: bytes that may be used
 * @offset: out: the offset to give to mmap() on this descriptor
 * @position: out: where in the pool the block lies, in bytes from its start; no
 *	address, and changed when the block moves
 * @mappings: out: number of mappings (VMAs) of the block
 * @reserved: zero
 *
 * Errors: -ENOENT (no such handle on this file), -EINVAL, -EINTR, -EFAULT.
 */
struct buddypool_query {
	__u32 handle;
	__u32 flags;
	__u64 size;
	__u64 align;
	__u64 usable;
	__u64 offset;
	__u64 position;
	__u32 mappings;
	__u32 reserved;
};

/* Values of buddypool_extent.state. */
enum buddypool_extent_state {
	BUDDYPOOL_EXTENT_FREE = 0, /* a free block */
	BUDDYPOOL_EXTENT_ALLOCATED = 1, /* an allocation, or a piece of one */
	BUDDYPOOL_EXTENT_KEPT = 2, /* a free block on the list of a CPU */
};

/* The extent is not the first piece of its allocation. */
#define BUDDYPOOL_EXTENT_CONT 0x1

/**
 * struct buddypool_extent - one block of the buddy system
 * @page: out: its first page, counted from the start of the pool
 * @order: out: it has 1 << @order pages
 * @state: out: enum buddypool_extent_state
 * @flags: out: mask of BUDDYPOOL_EXTENT_*: an allocation that is not a power of
 *	two of pages is several extents
 */
struct buddypool_extent {
	__u32 page;
	__u8 order;
	__u8 state;
	__u16 flags;
};

/**
 * struct buddypool_walk - BUDDYPOOL_IOC_WALK: the pool, block by block
 * @start: in: the page to begin at, 0 for the first call; out: where the next
 *	call has to begin, or the number of pages of the pool when all is told
 * @extents: address of an array of struct buddypool_extent
 * @count: in: its room; out: how many were filled in
 * @flags: zero
 *
 * The picture is consistent within a call as far as one lock hold goes (32
 * extents), and a @start that has meanwhile become the inside of a block is
 * taken for the block that it is in.
 *
 * Errors: -EINVAL (@start beyond the pool, no room, unknown flag), -EFAULT.
 */
struct buddypool_walk {
	__u64 start;
	__u64 extents;
	__u32 count;
	__u32 flags;
};

/* Set buddypool_limit.max_bytes, .max_handles, .max_wait. */
#define BUDDYPOOL_LIMIT_BYTES 0x1
#define BUDDYPOOL_LIMIT_HANDLES 0x2
#define BUDDYPOOL_LIMIT_WAIT 0x4

/* A value of each: no limit. */
#define BUDDYPOOL_UNLIMITED (~(__u64)0)

/**
 * struct buddypool_limit - BUDDYPOOL_IOC_LIMIT: what a client may do
 * @flags: mask of BUDDYPOOL_LIMIT_*: which limits to set; 0 only to look
 * @reserved: zero
 * @max_bytes: in, with BUDDYPOOL_LIMIT_BYTES: bytes that it may hold, rounded down
 *	to pages; out: the limit that holds
 * @max_handles: the same in handles, with BUDDYPOOL_LIMIT_HANDLES
 * @max_wait: the same for the time that an allocation may wait, in nanoseconds,
 *	with BUDDYPOOL_LIMIT_WAIT: longer timeouts are cut down to it, and with 0
 *	nothing waits
 * @bytes: out: bytes charged to the client
 * @handles: out: handles charged to the client
 *
 * The client is the open file, with all descriptors of it, in whatever process.
 * Its limits are the module's parameters client_bytes, client_handles and max_wait
 * as they are at any moment, until they have been set here. Anybody may set a
 * limit that is not above the one that holds, and remains bound by the parameters
 * as well; to raise one takes CAP_SYS_RESOURCE, and it holds whatever the
 * parameters are. A limit below what is already held takes nothing away, but
 * nothing more is given. So a process can open the device, set limits, and give
 * the descriptor to one that it does not trust.
 *
 * Errors: -EPERM (to raise a limit), -EINVAL, -EFAULT, -EBADF (to set one through
 * a read-only descriptor). Nothing has changed on error, but with -EFAULT.
 */
struct buddypool_limit {
	__u32 flags;
	__u32 reserved;
	__u64 max_bytes;
	__u64 max_handles;
	__u64 max_wait;
	__u64 bytes;
	__u64 handles;
};

/* The descriptor is for reading: it never maps for writing. */
#define BUDDYPOOL_EXPORT_RDONLY 0x1

/**
 * struct buddypool_export - BUDDYPOOL_IOC_EXPORT: give a block away
 * @handle: the block
 * @flags: mask of BUDDYPOOL_EXPORT_*
 * @fd: out: a new descriptor of the block, close-on-exec
 * @reserved: zero
 *
 * The descriptor can be sent to another process (SCM_RIGHTS) or inherited, and
 * stands for the block alone: mmap() maps it, from offset 0 on, and
 * BUDDYPOOL_IOC_QUERY with handle 0 tells what it is; it takes no other command.
 * The block lives until its handle and all its descriptors and mappings are
 * gone, and remains charged to the client that allocated it.
 *
 * Errors: -ENOENT (no such handle on this file), -EMFILE, -ENFILE, -ENOMEM,
 * -EINVAL, -EINTR, -EFAULT, -EBADF. No descriptor is left behind on error.
 */
struct buddypool_export {
	__u32 handle;
	__u32 flags;
	__s32 fd;
	__u32 reserved;
};

/**
 * struct buddypool_drain - BUDDYPOOL_IOC_DRAIN: merge what CPUs keep
 * @flags: zero
 * @reserved: zero
 * @pages: out: so many were kept, and have gone back to the free areas
 *
 * There is no need to before an allocation; but a picture of the pool is as it
 * would be without the lists of the CPUs. They are used again after some more
 * frees.
 *
 * Errors: -EINVAL, -EFAULT, -EBADF.
 */
struct buddypool_drain {
	__u32 flags;
	__u32 reserved;
	__u64 pages;
};

/**
 * struct buddypool_alloc_bulk - BUDDYPOOL_IOC_ALLOC_BULK: many blocks
 * @size: as in struct buddypool_alloc, of each block
 * @align: as in struct buddypool_alloc
 * @flags: mask of BUDDYPOOL_ALLOC_*
 * @count: in: how many are wanted, not zero; out: how many there are
 * @handles: address of an array of __u32 for so many; the first @count of them are
 *	set to the handles
 * @usable: out: bytes of each block that may be used
 * @stride: out: the offset of a block, to give to mmap(), is its handle times this
 * @failure: out: why there are not more; all zero if there are as many as wanted,
 *	or if the reason is none of the pool's memory
 *
 * Succeeds if there is at least one block. It does not wait for memory.
 *
 * Errors: as ALLOC; -EINVAL also if @count is zero. With -EFAULT there is no block,
 * unless the structure ceased to be writable during the call.
 */
struct buddypool_alloc_bulk {
	__u64 size;
	__u64 align;
	__u32 flags;
	__u32 count;
	__u64 handles;
	__u64 usable;
	__u64 stride;
	struct buddypool_failure failure;
};

/**
 * struct buddypool_free_bulk - BUDDYPOOL_IOC_FREE_BULK: free many blocks
 * @handles: address of an array of __u32: the blocks
 * @count: in: how many; out: how many were freed, from the first one on
 * @flags: zero
 *
 * Each is freed as by FREE. On an error, @count tells which handle it is about:
 * that one and those behind it have not been freed.
 *
 * Errors: as FREE. With -EFAULT nothing has been freed if the structure is not
 * writable, and what @count says if a part of the array is not readable.
 */
struct buddypool_free_bulk {
	__u64 handles;
	__u32 count;
	__u32 flags;
};

#define BUDDYPOOL_IOC_TYPE 0xbb

#define BUDDYPOOL_IOC_INFO _IOWR(BUDDYPOOL_IOC_TYPE, 0, struct buddypool_info)
#define BUDDYPOOL_IOC_STAT _IOWR(BUDDYPOOL_IOC_TYPE, 1, struct buddypool_stat)
#define BUDDYPOOL_IOC_ALLOC _IOWR(BUDDYPOOL_IOC_TYPE, 2, struct buddypool_alloc)
#define BUDDYPOOL_IOC_FREE _IOWR(BUDDYPOOL_IOC_TYPE, 3, struct buddypool_free)
#define BUDDYPOOL_IOC_RESIZE \
	_IOWR(BUDDYPOOL_IOC_TYPE, 4, struct buddypool_resize)
#define BUDDYPOOL_IOC_QUERY _IOWR(BUDDYPOOL_IOC_TYPE, 5, struct buddypool_query)
#define BUDDYPOOL_IOC_WALK _IOWR(BUDDYPOOL_IOC_TYPE, 6, struct buddypool_walk)
#define BUDDYPOOL_IOC_LIMIT _IOWR(BUDDYPOOL_IOC_TYPE, 7, struct buddypool_limit)
#define BUDDYPOOL_IOC_EXPORT \
	_IOWR(BUDDYPOOL_IOC_TYPE, 8, struct buddypool_export)
#define BUDDYPOOL_IOC_DRAIN _IOWR(BUDDYPOOL_IOC_TYPE, 9, struct buddypool_drain)
#define BUDDYPOOL_IOC_ALLOC_BULK \
	_IOWR(BUDDYPOOL_IOC_TYPE, 10, struct buddypool_alloc_bulk)
#define BUDDYPOOL_IOC_FREE_BULK \
	_IOWR(BUDDYPOOL_IOC_TYPE, 11, struct buddypool_free_bulk)

#endif /* _UAPI_LINUX_BUDDYPOOL_H */
