// SPDX-License-Identifier: GPL-2.0
/*
 * Locks.
 */
#include "core.h"
#include "thread.h"

/* Where a thread keeps what is its own names it too. */
static const void *self(void)
{
	return &core_self;
}

void core_lock_init(struct core_lock *lock)
{
	pthread_mutex_init(&lock->mutex, NULL);
	lock->owner = NULL;
}

void core_lock_destroy(struct core_lock *lock)
{
	if (READ_ONCE(lock->owner))
		core_die("a lock is destroyed that somebody holds");
	pthread_mutex_destroy(&lock->mutex);
}

static void lock_it(struct core_lock *lock)
{
	if (READ_ONCE(lock->owner) == self())
		core_die("a lock is taken by who holds it");
	pthread_mutex_lock(&lock->mutex);
	WRITE_ONCE(lock->owner, self());
}

static void unlock_it(struct core_lock *lock)
{
	core_lock_must_be_held(lock);
	WRITE_ONCE(lock->owner, NULL);
	pthread_mutex_unlock(&lock->mutex);
}

void core_spin_lock(struct core_lock *lock)
{
	/* On PREEMPT_RT it would sleep. */
	if (core_self.depth)
		core_die("a spinlock is taken with preemption off");
	lock_it(lock);
	core_self.nr_spinlocks++;
}

void core_spin_unlock(struct core_lock *lock)
{
	core_self.nr_spinlocks--;
	unlock_it(lock);
}

void core_might_sleep(void)
{
	if (core_self.depth || core_self.nr_spinlocks)
		core_die("who sleeps has preemption off, or a spinlock");
}

void core_mutex_lock(struct core_lock *lock)
{
	core_might_sleep();
	lock_it(lock);
}

void core_mutex_unlock(struct core_lock *lock)
{
	unlock_it(lock);
}

void core_lock_must_be_held(const struct core_lock *lock)
{
	if (READ_ONCE(lock->owner) != self())
		core_die("a lock is not held that should be");
}
