// SPDX-License-Identifier: GPL-2.0
/*
 * The queue of a pool.
 */
#include "queue.h"

#include <linux/errno.h>
#include <linux/hrtimer.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

/**
 * bp_queue_init() - make an empty queue
 * @queue: the queue
 */
void bp_queue_init(struct bp_queue *queue)
{
	INIT_LIST_HEAD(&queue->waiters);
	queue->nr_waiters = 0;
}

/**
 * bp_queue_enter() - begin to wait
 * @queue: the queue
 * @waiter: with what it wants; the current task waits
 *
 * Context: the pool's lock is held.
 */
void bp_queue_enter(struct bp_queue *queue, struct bp_waiter *waiter)
{
	waiter->task = current;
	waiter->served = false;
	list_add_tail(&waiter->node, &queue->waiters);
	queue->nr_waiters++;
}

/**
 * bp_queue_leave() - stop waiting
 * @queue: the queue
 * @waiter: in the queue
 *
 * Context: the pool's lock is held.
 */
void bp_queue_leave(struct bp_queue *queue, struct bp_waiter *waiter)
{
	list_del(&waiter->node);
	queue->nr_waiters--;
}

/**
 * bp_queue_serve() - give the first in the queue what it wants, if it is there
 * @queue: the queue
 * @buddy: where it may be
 *
 * Context: the pool's lock is held. Bounded as bp_buddy_alloc() is.
 * Return: whether somebody was served.
 */
bool bp_queue_serve(struct bp_queue *queue, struct bp_buddy *buddy)
{
	struct bp_waiter *waiter = list_first_entry_or_null(&queue->waiters,
							    struct bp_waiter,
							    node);

	if (!waiter || bp_buddy_alloc(buddy, waiter->nr_pages,
				      waiter->align_order, &waiter->pfn))
		return false;
	bp_queue_leave(queue, waiter);
	WRITE_ONCE(waiter->served, true);
	/* It needs the pool's lock to go on, so it is still there. */
	wake_up_process(waiter->task);
	return true;
}

/*
 * How late a timer may be, so that it can go off together with others. A task may
 * set its own slack to centuries, and stay in the queue for as long.
 */
static u64 slack(void)
{
	return min_t(u64, current->timer_slack_ns, NSEC_PER_MSEC);
}

/**
 * bp_queue_sleep() - wait to be served
 * @waiter: of the current task
 * @expires: until this moment of the monotonic clock; NULL for ever
 *
 * The waiter may have been served whatever is returned; that is to be looked up
 * under the pool's lock.
 *
 * Context: process context; sleeps, killably; lets the system be suspended.
 * Return: 0; -ETIMEDOUT, -EINTR for a fatal signal.
 */
int bp_queue_sleep(const struct bp_waiter *waiter, ktime_t *expires)
{
	int err = 0;

	while (!err) {
		set_current_state(TASK_KILLABLE | TASK_FREEZABLE);
		if (READ_ONCE(waiter->served))
			break;
		if (fatal_signal_pending(current))
			err = -EINTR;
		else if (!schedule_hrtimeout_range(expires, slack(),
						   HRTIMER_MODE_ABS))
			err = -ETIMEDOUT;
	}
	__set_current_state(TASK_RUNNING);
	return err;
}
