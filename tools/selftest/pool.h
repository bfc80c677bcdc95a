/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The device as the tests use it
 *
 * A call whose name begins with try_ returns 0 or a negative errno, whatever it
 * meets; one without is sure to succeed, or fails the test and ends it.
 */
#ifndef SELFTEST_POOL_H
#define SELFTEST_POOL_H

#include <linux/buddypool.h>
#include <stdbool.h>
#include <stddef.h>

#define RW (PROT_READ | PROT_WRITE)

/* What INFO said at the start; the same for all tests. */
extern struct buddypool_info pool;

bool pool_probe(void);
__u64 pages(__u64 n);

void need_size(__u64 bytes);
void need_pages(__u64 n);

int client_open(void);
int client_open_as(int flags);

int try_ioctl(int fd, unsigned long command, void *arg);
int try_alloc(int fd, __u64 size, __u64 align, __u32 flags,
	      struct buddypool_alloc *alloc);
int try_free(int fd, __u32 handle);
int try_free_as(int fd, __u32 handle, __u32 flags, __u64 size, __u64 align);
int try_resize(int fd, __u32 handle, __u64 size, __u32 flags,
	       struct buddypool_resize *resize);
int try_query(int fd, __u32 handle, struct buddypool_query *query);
int try_map(int fd, __u64 offset, __u64 length, int prot, int flags,
	    void **addr);

struct buddypool_alloc block_alloc(int fd, __u64 size);
struct buddypool_alloc block_alloc_as(int fd, __u64 size, __u64 align,
				      __u32 flags);
void block_free(int fd, __u32 handle);
struct buddypool_query block_query(int fd, __u32 handle);
struct buddypool_resize block_resize(int fd, __u32 handle, __u64 size);
void *block_map(int fd, __u64 offset, __u64 length);
void *block_map_now(int fd, __u64 offset, __u64 length);
void unmap(void *addr, __u64 length);

void pool_drain(int fd);
struct buddypool_stat stat_read(int fd);
void stat_wait_free(int fd, __u64 free_pages);

#endif /* SELFTEST_POOL_H */
