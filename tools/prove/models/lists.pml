/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lists of CPUs: what is on them, how others take it back, and CPUs that go.
 *
 * One list a CPU, with room for one block, blocks of a page. A step is what nobody can
 * see half of: one access to memory that others look at, or what is done under a lock
 * that all others take. An interrupt comes between any two steps of its CPU.
 *
 * What must hold:
 *
 * owner	nobody gets a page that another has, that is on a list, or in the pool
 *		(the assertions in move());
 * lost		when all is over and the lists have been emptied, all pages are the
 *		pool's (in init);
 * failure	an allocation fails only if, at the moment at which it does, each page
 *		belongs to somebody or is on its way from or to somebody in a call that
 *		has not returned (in retry());
 * offline	a CPU that has gone keeps nothing until it is there again (in put());
 * deadlock	everybody comes to an end (spin's own check).
 *
 * What stands for what, in module/:
 *
 * enter, leave		bp_lists_enter(), bp_lists_leave() in lists.h
 * pop			bp_lists_pop() in lists.h; then bp_pool_pop() in pool.h
 * push			bp_lists_push() in lists.h
 * allow		allow() in lists.c
 * refill		bp_lists_refill() in lists.c, and take_block() in pool.c if it
 *			has none
 * overflow		bp_lists_overflow() in lists.c, relieve() in it
 * calm_down		calm_down() in pool.c, which counts; here it comes at any time
 * steal		bp_lists_steal() in lists.c; the interrupt, loot(), is one step
 * give_back		give_back() in drain.c
 * hold, release	bp_pool_drain_hold(), bp_pool_drain_release() in drain.c
 * retry		the end of bp_pool_alloc() in pool.c
 * hotplug		offline(), online() in hotplug.c
 *
 * Left out: several orders, batches, those who wait, what is spare, numbers of calls.
 */

#ifndef TASKS
#define TASKS 2
#endif
#ifndef PAGES
#define PAGES 2
#endif
#ifndef CALLS
#define CALLS 3
#endif
#define CPUS 2
#define NONE 255

/* Where a page is. */
#define POOL 0
#define LOOT 1
#define LIST(cpu) (2 + (cpu))
#define HAND(task) (10 + (task))
#define OWN(task) (20 + (task))

byte where[PAGES];
bool preemption_off[CPUS], busy[CPUS], may_keep[CPUS], online[CPUS], gone[CPUS];
bool on = true;
byte nr_holds;
bool pool_lock, drain_lock;
byte nr_running;

#define lock(which) atomic { !which -> which = true }
#define unlock(which) which = false

/* A page in a place, the first; NONE if there is none. */
inline find(place, page)
{
	d_step {
		page = 0;
		do
		:: page < PAGES && where[page] != place -> page++
		:: else -> break
		od;
		if
		:: page == PAGES -> page = NONE
		:: else
		fi
	}
}

inline move(page, from, to)
{
	atomic {
		assert(where[page] == from);
		where[page] = to
	}
}

/* A task is on either CPU, and may change between two calls. */
inline enter(cpu)
{
	atomic {
		if
		:: !preemption_off[0] -> cpu = 0
		:: !preemption_off[1] -> cpu = 1
		fi;
		preemption_off[cpu] = true
	}
	busy[cpu] = true
}

inline enter_on(cpu)
{
	atomic {
		!preemption_off[cpu] -> preemption_off[cpu] = true
	}
	busy[cpu] = true
}

inline leave(cpu)
{
	busy[cpu] = false;
	preemption_off[cpu] = false
}

inline put(page, from, cpu)
{
	assert(!gone[cpu]);
	move(page, from, LIST(cpu))
}

inline allow(cpu)
{
	if
#ifdef FAULT_OFFLINE
	:: on -> may_keep[cpu] = true
#else
	:: on && online[cpu] -> may_keep[cpu] = true
#endif
	:: else
	fi
}

inline pop(page, cpu)
{
	enter(cpu);
	find(LIST(cpu), page);
	if
	:: page != NONE -> move(page, LIST(cpu), HAND(me))
	:: else
	fi;
	leave(cpu)
}

/* The pool's lock is held. */
inline refill(page, cpu)
{
	enter(cpu);
	allow(cpu);
	find(LIST(cpu), page);
	if
	:: page == NONE && may_keep[cpu] ->
		find(POOL, page);
		if
		:: page != NONE ->
			put(page, POOL, cpu);
			/* Another one, if there is, to be used. */
			find(POOL, other);
			if
			:: other != NONE ->
				move(other, POOL, HAND(me));
				page = other
			:: else -> move(page, LIST(cpu), HAND(me))
			fi
		:: else
		fi
	:: page != NONE -> move(page, LIST(cpu), HAND(me))
	:: else
	fi;
	leave(cpu);
	if
	:: page == NONE ->
		find(POOL, page);
		if
		:: page != NONE -> move(page, POOL, HAND(me))
		:: else
		fi
	:: else
	fi
}

inline push(page, cpu, done)
{
	enter(cpu);
	find(LIST(cpu), other);
	if
	:: may_keep[cpu] && other == NONE ->
		put(page, HAND(me), cpu);
		done = true
	:: else -> done = false
	fi;
	leave(cpu)
}

/* The pool's lock is held. */
inline overflow(page, cpu)
{
	enter(cpu);
	allow(cpu);
	find(LIST(cpu), other);
	if
	:: may_keep[cpu] && other != NONE ->
		move(other, LIST(cpu), POOL);
		put(page, HAND(me), cpu)
	:: may_keep[cpu] && other == NONE -> put(page, HAND(me), cpu)
	:: else -> move(page, HAND(me), POOL)
	fi;
	leave(cpu)
}

/* The pool's lock is held. */
inline calm_down()
{
	if
	:: !on && nr_holds == 0 -> on = true
	:: true
	fi
}

/* The interrupt: all of it at once on that CPU, between two steps of its task. */
inline loot(cpu)
{
	atomic {
#ifdef FAULT_BUSY
		if
		:: true ->
#else
		if
		:: busy[cpu] -> looted = false
		:: else ->
#endif
			page_of_loot = 0;
			do
			:: page_of_loot < PAGES ->
				if
				:: where[page_of_loot] == LIST(cpu) ->
					where[page_of_loot] = LOOT
				:: else
				fi;
				page_of_loot++
			:: else -> break
			od;
#ifndef FAULT_KEEPS_ON
			may_keep[cpu] = false;
#endif
			looted = true
		fi
	}
}

inline give_back()
{
	do
	:: true ->
		lock(pool_lock);
		find(LOOT, page_of_loot);
		if
		:: page_of_loot != NONE ->
			move(page_of_loot, LOOT, POOL);
			unlock(pool_lock)
		:: else ->
			unlock(pool_lock);
			break
		fi
	od
}

/* The drain's lock is held. */
inline steal(cpu)
{
	do
	:: true ->
		loot(cpu);
		if
		:: looted -> break
		:: else
		fi
	od;
	give_back()
}

inline hold()
{
#ifndef FAULT_ALONE
	lock(drain_lock);
#endif
	lock(pool_lock);
#ifndef FAULT_HOLD
	nr_holds++;
#endif
	was_on = on;
	on = false;
	unlock(pool_lock);
	if
	:: was_on ->
		steal(0);
		steal(1)
	:: else
	fi;
#ifndef FAULT_ALONE
	unlock(drain_lock);
#endif
	skip
}

inline release()
{
#ifndef FAULT_HOLD
	lock(pool_lock);
	nr_holds--;
	unlock(pool_lock);
#endif
	skip
}

#define is_on_its_way_or_owned(place) ((place) >= HAND(0))

inline retry(page)
{
	hold();
	lock(pool_lock);
#ifndef FAULT_RETRY
	find(POOL, page);
#endif
	if
	:: page != NONE -> move(page, POOL, HAND(me))
	:: else ->
		atomic {
			other = 0;
			do
			:: other < PAGES ->
				assert(is_on_its_way_or_owned(where[other]));
				other++
			:: else -> break
			od
		}
	fi;
	unlock(pool_lock);
	release()
}

inline alloc(page)
{
	pop(page, cpu);
	if
	:: page == NONE ->
		lock(pool_lock);
		if
		:: on -> refill(page, cpu)
		:: else ->
			find(POOL, page);
			if
			:: page != NONE -> move(page, POOL, HAND(me))
			:: else
			fi
		fi;
		unlock(pool_lock)
	:: else
	fi;
	if
	:: page == NONE -> retry(page)
	:: else
	fi;
	if
	:: page != NONE -> move(page, HAND(me), OWN(me))
	:: else
	fi
}

inline free(page)
{
	/* Whether lists are on is looked at without a lock. */
	if
	:: on ->
		move(page, OWN(me), HAND(me));
		push(page, cpu, done);
		if
		:: !done ->
			lock(pool_lock);
			overflow(page, cpu);
			calm_down();
			unlock(pool_lock)
		:: else
		fi
	:: else ->
		lock(pool_lock);
		move(page, OWN(me), POOL);
		calm_down();
		unlock(pool_lock)
	fi;
	page = NONE
}

proctype task(byte me)
{
	byte page = NONE, other, cpu, page_of_loot, calls;
	bool done, looted, was_on;

	do
	:: calls < CALLS ->
		calls++;
		if
		:: page == NONE -> alloc(page)
		:: else -> free(page)
		fi
	:: else -> break
	od;
	if
	:: page != NONE -> free(page)
	:: else
	fi;
	nr_running--
}

/* CPU 1 goes, and comes again. */
proctype hotplug()
{
	byte page_of_loot;
	bool looted;

	enter_on(1);
	online[1] = false;
	may_keep[1] = false;
	leave(1);
	lock(drain_lock);
	steal(1);
	gone[1] = true;
	unlock(drain_lock);

	enter_on(1);
	gone[1] = false;
	online[1] = true;
	may_keep[1] = false;
	leave(1);
	nr_running--
}

init
{
	byte page_of_loot, i;
	bool looted, was_on;

	atomic {
		online[0] = true;
		online[1] = true;
		nr_running = TASKS;
		do
		:: i < TASKS ->
			run task(i);
			i++
		:: else -> break
		od;
#ifdef HOTPLUG
		nr_running++;
		run hotplug()
#endif
	}
	nr_running == 0;
	hold();
	release();
	d_step {
		i = 0;
		do
		:: i < PAGES ->
			assert(where[i] == POOL);
			i++
		:: else -> break
		od
	}
}
