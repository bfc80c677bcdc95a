// SPDX-License-Identifier: GPL-2.0
/*
 * What the administrator can see of a pool:
 *
 *   check	"ok", or the first thing that is wrong with the pool; the check runs
 *		when the file is read
 *   buddyinfo	the number of free blocks of each order, as in /proc/buddyinfo
 *   blocks	a line for each block that is held or mapped
 *   quarantine	a line for each block that is freed, with a page that somebody
 *		still refers to, and which page that is
 */
#include "debugfs.h"

#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include <linux/string_helpers.h>

#include "block.h"
#include "registry.h"

static int check_show(struct seq_file *m, void *unused)
{
	struct bp_registry *registry = m->private;
	char msg[BP_CHECK_MSG_SIZE];

	bp_pool_check(registry->pool, msg, sizeof(msg));
	seq_printf(m, "%s\n", msg);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(check);

static int buddyinfo_show(struct seq_file *m, void *unused)
{
	struct bp_registry *registry = m->private;
	struct bp_pool_stat stat;
	unsigned int order;

	bp_pool_stat(registry->pool, &stat);
	for (order = 0; order <= registry->pool->buddy.max_order; order++)
		seq_printf(m, "%6u ", stat.nr_free[order]);
	seq_putc(m, '\n');
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(buddyinfo);

static const char *state_name(enum bp_block_state state)
{
	switch (state) {
	case BP_BLOCK_ALLOCATED:
		return "allocated";
	case BP_BLOCK_MAPPED:
		return "mapped";
	case BP_BLOCK_FREED_MAPPED:
		return "freed-mapped";
	default:
		return "freed";
	}
}

/* A process chooses its name itself. */
static void show_owner(struct seq_file *m, const struct bp_block *block)
{
	seq_printf(m, "%d ", block->owner);
	seq_escape_str(m, block->comm, ESCAPE_OCTAL | ESCAPE_NP | ESCAPE_APPEND,
		       " \\");
	seq_putc(m, '\n');
}

static int quarantine_show(struct seq_file *m, void *unused)
{
	struct bp_registry *registry = m->private;
	struct bp_quarantine *quarantine = &registry->quarantine;
	const struct bp_block *block;

	seq_puts(m, "handle page pages used pid comm\n");
	mutex_lock(&quarantine->lock);
	list_for_each_entry(block, &quarantine->blocks, node) {
		seq_printf(m, "%u %u %u %u ", block->id, block->pfn,
			   block->nr_pages, block->pfn + block->nr_settled);
		show_owner(m, block);
	}
	mutex_unlock(&quarantine->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(quarantine);

static void *blocks_start(struct seq_file *m, loff_t *pos)
{
	struct bp_registry *registry = m->private;
	unsigned long id = *pos;
	void *block;

	if (!id)
		return SEQ_START_TOKEN;
	block = bp_registry_next(registry, &id);
	*pos = id;
	return block;
}

static void *blocks_next(struct seq_file *m, void *v, loff_t *pos)
{
	if (v != SEQ_START_TOKEN)
		bp_block_put(v);
	++*pos;
	return blocks_start(m, pos);
}

static void blocks_stop(struct seq_file *m, void *v)
{
	if (v && v != SEQ_START_TOKEN)
		bp_block_put(v);
}

static int blocks_show(struct seq_file *m, void *v)
{
	struct bp_block *block = v;

	if (v == SEQ_START_TOKEN) {
		seq_puts(m,
			 "handle page pages holders mappings state pid comm\n");
		return 0;
	}
	mutex_lock(&block->lock);
	seq_printf(m, "%u %u %u %u %u %s ", block->id, block->pfn,
		   block->nr_pages, block->nr_holders, block->nr_mappings,
		   state_name(block->state));
	mutex_unlock(&block->lock);
	show_owner(m, block);
	return 0;
}

static const struct seq_operations blocks_sops = {
	.start = blocks_start,
	.next = blocks_next,
	.stop = blocks_stop,
	.show = blocks_show,
};
DEFINE_SEQ_ATTRIBUTE(blocks);

/**
 * bp_debugfs_create() - show a pool to the administrator
 * @name: of the directory
 * @registry: of the pool
 *
 * As always with debugfs, nobody needs to know whether it worked.
 *
 * Context: process context; sleeps.
 * Return: the directory, for bp_debugfs_remove().
 */
struct dentry *bp_debugfs_create(const char *name, struct bp_registry *registry)
{
	struct dentry *dir = debugfs_create_dir(name, NULL);

	debugfs_create_file("check", 0400, dir, registry, &check_fops);
	debugfs_create_file("buddyinfo", 0400, dir, registry, &buddyinfo_fops);
	debugfs_create_file("blocks", 0400, dir, registry, &blocks_fops);
	debugfs_create_file("quarantine", 0400, dir, registry,
			    &quarantine_fops);
	return dir;
}

/**
 * bp_debugfs_remove() - stop showing it
 * @dir: from bp_debugfs_create()
 *
 * Context: process context; waits until nobody reads any of the files.
 */
void bp_debugfs_remove(struct dentry *dir)
{
	debugfs_remove(dir);
}
