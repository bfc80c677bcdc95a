/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queue of a pool: allocations that wait for memory, in order of arrival.
 *
 * Memory is handed over: whoever gives some back, or leaves the queue, takes out
 * what the first in the queue wants, if it is there, and wakes that one. Nobody
 * else takes anything while the queue is not empty, so small requests do not
 * starve a large one. Only a few are served at a time, which keeps the time for
 * which the pool is locked bounded; each that has been served sees to the next.
 */
#ifndef BP_QUEUE_H
#define BP_QUEUE_H

#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/types.h>

#include "buddy.h"

struct task_struct;

/**
 * struct bp_waiter - an allocation that waits
 * @node: in the queue
 * @task: who waits; constant
 * @nr_pages: what it wants; constant
 * @align_order: what it wants; constant
 * @pfn: what it got; valid once @served
 * @served: it has left the queue, with what it wanted
 *
 * All of it is protected by the pool's lock, but for what is constant.
 */
struct bp_waiter {
	struct list_head node;
	struct task_struct *task;
	u32 nr_pages;
	unsigned int align_order;
	u32 pfn;
	bool served;
};

/**
 * struct bp_queue - a queue
 * @waiters: list of struct bp_waiter; protected by the pool's lock
 * @nr_waiters: how many; protected by the pool's lock
 */
struct bp_queue {
	struct list_head waiters;
	u32 nr_waiters;
};

void bp_queue_init(struct bp_queue *queue);
void bp_queue_enter(struct bp_queue *queue, struct bp_waiter *waiter);
void bp_queue_leave(struct bp_queue *queue, struct bp_waiter *waiter);
bool bp_queue_serve(struct bp_queue *queue, struct bp_buddy *buddy);
int bp_queue_sleep(const struct bp_waiter *waiter, ktime_t *expires);

/**
 * bp_queue_is_empty() - does nobody wait?
 * @queue: the queue; the pool's lock is held
 *
 * Return: true if so.
 */
static inline bool bp_queue_is_empty(const struct bp_queue *queue)
{
	return list_empty(&queue->waiters);
}

/**
 * bp_queue_is_first() - is it somebody's turn?
 * @queue: the queue; the pool's lock is held
 * @waiter: in the queue
 *
 * Return: true if so.
 */
static inline bool bp_queue_is_first(const struct bp_queue *queue,
				     const struct bp_waiter *waiter)
{
	return queue->waiters.next == &waiter->node;
}

#endif /* BP_QUEUE_H */
