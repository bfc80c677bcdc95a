/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The quarantine: blocks that nobody holds or maps any more, some page of which
 * somebody still refers to. Their pages return to the pool when that ends.
 */
#ifndef BP_QUARANTINE_H
#define BP_QUARANTINE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct bp_block;

/**
 * struct bp_quarantine - blocks that wait
 * @lock: held while the list is looked through, so that whoever finds it empty
 *	knows that all that could be returned has been
 * @blocks: list of struct bp_block, by its node; protected by @lock
 * @nr_pages: pages of these; written under @lock
 * @work: looks again after a while
 */
struct bp_quarantine {
	struct mutex lock; /* order: see block.h */
	struct list_head blocks;
	u32 nr_pages;
	struct delayed_work work;
};

void bp_quarantine_init(struct bp_quarantine *quarantine);
void bp_quarantine_destroy(struct bp_quarantine *quarantine);
void bp_quarantine_add(struct bp_quarantine *quarantine,
		       struct bp_block *block);
bool bp_quarantine_flush(struct bp_quarantine *quarantine);
u32 bp_quarantine_pages(const struct bp_quarantine *quarantine);

#endif /* BP_QUARANTINE_H */
