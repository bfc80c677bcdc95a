/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Part of shim.h: locks, which know who holds them.
 */
#ifndef CORE_SHIM_LOCK_H
#define CORE_SHIM_LOCK_H

#include <pthread.h>

#include "shim_bits.h"

struct core_lock {
	pthread_mutex_t mutex;
	const void *owner;
};

#define spinlock_t struct core_lock

struct mutex {
	struct core_lock lock;
};

void core_lock_init(struct core_lock *lock);
void core_lock_destroy(struct core_lock *lock);
void core_spin_lock(struct core_lock *lock);
void core_spin_unlock(struct core_lock *lock);
void core_mutex_lock(struct core_lock *lock);
void core_mutex_unlock(struct core_lock *lock);
void core_lock_must_be_held(const struct core_lock *lock);
void core_might_sleep(void);

#define spin_lock_init(lock) core_lock_init(lock)
#define spin_lock(lock) core_spin_lock(lock)
#define spin_unlock(lock) core_spin_unlock(lock)

#define mutex_init(mutex) core_lock_init(&(mutex)->lock)
#define mutex_destroy(mutex) core_lock_destroy(&(mutex)->lock)
#define mutex_lock(mutex) core_mutex_lock(&(mutex)->lock)
#define mutex_unlock(mutex) core_mutex_unlock(&(mutex)->lock)

/* Both kinds begin with the same. */
#define lockdep_assert_held(lock) \
	core_lock_must_be_held((const struct core_lock *)(lock))

#endif /* CORE_SHIM_LOCK_H */
