/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations
 *
 * Each does one thing and returns what came of it: 0, a negative errno, or the
 * signal that it raised. What the answer must not be, it tells as a finding.
 */
#ifndef FUZZ_OP_H
#define FUZZ_OP_H

#include "actor.h"

/* Cannot be repeated exactly: something else goes on at the same time. */
#define OP_LOOSE 0x1
/* What a well-behaved program does. */
#define OP_VALID 0x2

/**
 * struct op - a kind of operation
 * @name: its name
 * @weight: how often it is done, compared to others
 * @flags: mask of OP_*
 * @feature: mask of BUDDYPOOL_FEATURE_* that it needs
 * @run: does it
 */
struct op {
	const char *name;
	unsigned int weight;
	unsigned int flags;
	__u64 feature;
	int (*run)(struct actor *actor);
};

void op_init(unsigned int flags);
const struct op *op_choose(struct rng *rng);
unsigned int op_number(const struct op *op);
void op_summary(void);

/* On the blocks of the own file: op_block.c */
int op_alloc(struct actor *actor);
int op_free(struct actor *actor);
int op_resize(struct actor *actor);
int op_query(struct actor *actor);
int op_export(struct actor *actor);

/* On many of them at once: op_bulk.c */
int op_alloc_bulk(struct actor *actor);
int op_free_bulk(struct actor *actor);

/* On their mappings: op_view.c, op_tear.c */
int op_map(struct actor *actor);
int op_unmap(struct actor *actor);
int op_read(struct actor *actor);
int op_write(struct actor *actor);
int op_write_all(struct actor *actor);
int op_protect(struct actor *actor);
int op_advise(struct actor *actor);
int op_lock(struct actor *actor);
int op_remap(struct actor *actor);
int op_answer_inside(struct actor *actor);
void view_drop(struct view *view);

/* By other ways than a mapping: op_pin.c */
int op_pin(struct actor *actor);
int op_drain(struct actor *actor);
int op_vm_read(struct actor *actor);
int op_vm_write(struct actor *actor);
int op_register(struct actor *actor);
void pin_settle(const struct ledger *ledger);

/* On the own file, and the pool: op_pool.c */
int op_info(struct actor *actor);
int op_stat(struct actor *actor);
int op_walk(struct actor *actor);
int op_poll(struct actor *actor);
int op_limit(struct actor *actor);
int op_debugfs(struct actor *actor);
int op_reopen(struct actor *actor);

/* On what is shared: op_wild.c, op_arena.c, op_file.c */
int op_wild_ioctl(struct actor *actor);
int op_wild_map(struct actor *actor);
int op_wild_touch(struct actor *actor);
int op_wild_unmap(struct actor *actor);
int op_wild_change(struct actor *actor);
int op_wild_remap(struct actor *actor);
int op_wild_vm(struct actor *actor);
int file_open(int i, int flags);
int op_wild_open(struct actor *actor);
int op_wild_close(struct actor *actor);
int op_wild_dup(struct actor *actor);
int op_send(struct actor *actor);
int op_receive(struct actor *actor);

/* On processes: op_task.c */
int op_fork(struct actor *actor);
int op_linger(struct actor *actor);
int op_exec(struct actor *actor);
int op_signal(struct actor *actor);
void op_reap(struct actor *actor);

#endif /* FUZZ_OP_H */
