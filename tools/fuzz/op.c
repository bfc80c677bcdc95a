// SPDX-License-Identifier: GPL-2.0
/*
 * Which operation comes next
 */
#include "fuzz.h"

#include "board.h"
#include "op.h"

/* Weights are chosen so that what costs much time is done seldom. */
static const struct op ops[] = {
	{ "alloc", 120, OP_VALID, 0, op_alloc },
	{ "free", 60, OP_VALID, 0, op_free },
	{ "resize", 80, OP_VALID, BUDDYPOOL_FEATURE_RESIZE, op_resize },
	{ "query", 40, OP_VALID, 0, op_query },
	{ "map", 60, OP_VALID, 0, op_map },
	{ "unmap", 50, OP_VALID, 0, op_unmap },
	{ "read", 60, OP_VALID, 0, op_read },
	{ "write", 60, OP_VALID, 0, op_write },
	{ "write-all", 3, OP_VALID, 0, op_write_all },
	{ "protect", 15, 0, 0, op_protect },
	{ "advise", 20, 0, 0, op_advise },
	{ "lock", 5, 0, 0, op_lock },
	{ "remap", 15, 0, 0, op_remap },
	{ "answer-inside", 20, 0, BUDDYPOOL_FEATURE_RESIZE, op_answer_inside },
	{ "pin", 10, OP_VALID, 0, op_pin },
	{ "drain", 25, OP_VALID, 0, op_drain },
	{ "vm-read", 10, 0, 0, op_vm_read },
	{ "vm-write", 10, 0, 0, op_vm_write },
	{ "register", 2, OP_LOOSE, 0, op_register },
	{ "info", 10, OP_VALID, 0, op_info },
	{ "stat", 20, OP_VALID, 0, op_stat },
	{ "walk", 20, OP_VALID, BUDDYPOOL_FEATURE_WALK, op_walk },
	{ "poll", 10, OP_VALID, BUDDYPOOL_FEATURE_WAIT, op_poll },
	{ "limit", 10, OP_VALID, BUDDYPOOL_FEATURE_LIMIT, op_limit },
	{ "export", 10, OP_VALID, BUDDYPOOL_FEATURE_EXPORT, op_export },
	{ "debugfs", 1, 0, 0, op_debugfs },
	{ "reopen", 5, OP_VALID, 0, op_reopen },
	{ "wild-ioctl", 500, 0, 0, op_wild_ioctl },
	{ "wild-map", 50, 0, 0, op_wild_map },
	{ "wild-touch", 50, 0, 0, op_wild_touch },
	{ "wild-unmap", 10, 0, 0, op_wild_unmap },
	{ "wild-change", 30, 0, 0, op_wild_change },
	{ "wild-remap", 20, 0, 0, op_wild_remap },
	{ "wild-vm", 10, 0, 0, op_wild_vm },
	{ "open", 10, 0, 0, op_wild_open },
	{ "close", 10, 0, 0, op_wild_close },
	{ "dup", 10, 0, 0, op_wild_dup },
	{ "send", 10, 0, 0, op_send },
	{ "receive", 10, 0, 0, op_receive },
	{ "fork", 2, OP_VALID, 0, op_fork },
	{ "linger", 1, OP_VALID, 0, op_linger },
	{ "exec", 1, 0, 0, op_exec },
	{ "signal", 5, 0, 0, op_signal },
};

static unsigned int total;

/* How often an operation is done here, compared to others. */
static unsigned int weight(const struct op *op, unsigned int flags)
{
	if ((op->flags & flags) != flags || !has_feature(op->feature) != !op->feature)
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
