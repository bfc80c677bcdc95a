/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pool as WALK shows it, and what a buddy system would make of it
 */
#ifndef SELFTEST_PICTURE_H
#define SELFTEST_PICTURE_H

#include <linux/buddypool.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct picture - the pool, block by block
 * @v: the extents
 * @n: how many there are
 */
struct picture {
	struct buddypool_extent *v;
	size_t n;
};

/**
 * struct model - the free blocks
 * @order: one a page: 1 + the order of the free block that begins there, or 0
 */
struct model {
	unsigned char *order;
};

void picture_take(int fd, struct picture *picture);
void picture_drop(struct picture *picture);
void picture_check(const struct picture *picture);

void model_take(int fd, struct model *model);
void model_drop(struct model *model);
bool model_same(const struct model *a, const struct model *b);
bool model_alloc(struct model *model, __u64 page, unsigned int order);
void model_free(struct model *model, __u64 page, unsigned int order);
unsigned int order_of(__u64 bytes);

#endif /* SELFTEST_PICTURE_H */
