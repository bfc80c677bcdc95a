// SPDX-License-Identifier: GPL-2.0
/*
 * Which operation comes next
 */
#include "fuzz.h"

#include "board.h"
#include "op.h"

/* Weights are chosen so that what costs much time is done seldom. */
static const struct op ops[] = {
	{ "alloc", 600, OP_VALID, 0, op_alloc },
	{ "free", 300, OP_VALID, 0, op_free },
	{ "alloc-bulk", 100, OP_VALID, BUDDYPOOL_FEATURE_BULK, op_alloc_bulk },
	{ "free-bulk", 50, OP_VALID, BUDDYPOOL_FEATURE_BULK, op_free_bulk },
	{ "resize", 400, OP_VALID, BUDDYPOOL_FEATURE_RESIZE, op_resize },
	{ "query", 200, OP_VALID, 0, op_query },
	{ "map", 300, OP_VALID, 0, op_map },
	{ "unmap", 250, OP_VALID, 0, op_unmap },
	{ "read", 300, OP_VALID, 0, op_read },
	{ "write", 300, OP_VALID, 0, op_write },
	{ "write-all", 10, OP_VALID, 0, op_write_all },
	{ "protect", 75, 0, 0, op_protect },
	{ "advise", 100, 0, 0, op_advise },
	{ "lock", 25, 0, 0, op_lock },
	{ "remap", 75, 0, 0, op_remap },
	{ "answer-inside", 50, 0, BUDDYPOOL_FEATURE_RESIZE, op_answer_inside },
	{ "pin", 50, OP_VALID, 0, op_pin },
	{ "drain", 125, OP_VALID, 0, op_drain },
	{ "vm-read", 50, 0, 0, op_vm_read },
	{ "vm-write", 50, 0, 0, op_vm_write },
	{ "register", 10, OP_LOOSE, 0, op_register },
	{ "info", 50, OP_VALID, 0, op_info },
	{ "stat", 100, OP_VALID, 0, op_stat },
	{ "walk", 100, OP_VALID, BUDDYPOOL_FEATURE_WALK, op_walk },
	{ "poll", 50, OP_VALID, BUDDYPOOL_FEATURE_WAIT, op_poll },
	{ "limit", 50, OP_VALID, BUDDYPOOL_FEATURE_LIMIT, op_limit },
	{ "export", 50, OP_VALID, BUDDYPOOL_FEATURE_EXPORT, op_export },
	{ "debugfs", 3, 0, 0, op_debugfs },
	{ "reopen", 25, OP_VALID, 0, op_reopen },
	{ "wild-ioctl", 2500, 0, 0, op_wild_ioctl },
	{ "wild-map", 300, 0, 0, op_wild_map },
	{ "wild-touch", 400, 0, 0, op_wild_touch },
	{ "wild-unmap", 20, 0, 0, op_wild_unmap },
	{ "wild-change", 150, 0, 0, op_wild_change },
	{ "wild-remap", 100, 0, 0, op_wild_remap },
	{ "wild-vm", 50, 0, 0, op_wild_vm },
	{ "open", 50, 0, 0, op_wild_open },
	{ "close", 25, 0, 0, op_wild_close },
	{ "dup", 50, 0, 0, op_wild_dup },
	{ "send", 50, 0, 0, op_send },
	{ "receive", 50, 0, 0, op_receive },
	{ "fork", 3, OP_VALID, 0, op_fork },
	{ "linger", 1, OP_VALID, 0, op_linger },
	{ "exec", 1, 0, 0, op_exec },
	{ "signal", 25, 0, 0, op_signal },
};

static unsigned int total;

/* How often an operation is done here, compared to others. */
static unsigned int weight(const struct op *op, unsigned int flags)
{
	if ((op->flags & flags) != flags ||
	    !has_feature(op->feature) != !op->feature)
		return 0;
	return options.solo && op->flags & OP_LOOSE ? 0 : op->weight;
}

static unsigned int flags_wanted;

/**
 * op_init() - say which operations are wanted
 * @flags: mask of OP_* that they must have
 */
void op_init(unsigned int flags)
{
	unsigned int i;

	flags_wanted = flags;
	total = 0;
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		total += weight(&ops[i], flags);
}

/**
 * op_choose() - which operation comes next
 * @rng: chooses
 *
 * Return: the operation.
 */
const struct op *op_choose(struct rng *rng)
{
	unsigned int n = rng_below(rng, total);
	const struct op *op = ops;

	while (n >= weight(op, flags_wanted))
		n -= weight(op++, flags_wanted);
	return op;
}

/**
 * op_number() - the number of an operation, for the board
 * @op: the operation
 *
 * Return: the number.
 */
unsigned int op_number(const struct op *op)
{
	return op - ops;
}

/**
 * op_summary() - print what has been done
 */
void op_summary(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++)
		board_summary(ops[i].name, i);
}
