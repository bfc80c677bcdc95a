/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the suites of blocks and clients share: they are cleaned up after.
 */
#ifndef BP_BLOCKLIB_H
#define BP_BLOCKLIB_H

#include <linux/fs.h>

#include "client.h"
#include "handle.h"
#include "registry.h"
#include "testlib.h"

/*
 * These fail the case if it ends with anything left allocated, and clean up
 * however it ends.
 */
struct bp_registry *bp_test_registry(struct kunit *test, u32 nr_pages,
				     unsigned int max_order);
struct bp_client *bp_test_client(struct kunit *test,
				 struct bp_registry *registry);
void bp_test_client_destroy(struct kunit *test, struct bp_client *client);

/* Blocks; what the client still has when the case ends is freed. */
struct bp_block *bp_test_try_block(struct bp_client *client,
				   const struct bp_block_request *request,
				   struct bp_failure *failure);
struct bp_block *bp_test_block(struct kunit *test, struct bp_client *client,
			       u32 nr_pages);
void bp_test_block_free(struct kunit *test, struct bp_client *client,
			struct bp_block *block);
int bp_test_block_resize(struct bp_block *block, u32 nr_pages, bool may_move,
			 struct bp_failure *failure);

/* What a program would see and do in a mapping. */
struct page *bp_test_touch(struct bp_block *block, u32 index);
void bp_test_write(struct bp_block *block, u32 index, u32 value);
u32 bp_test_read(struct bp_block *block, u32 index);

#endif /* BP_BLOCKLIB_H */
