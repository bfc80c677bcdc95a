/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The life of a block: allocated, looked up, mapped, pinned, freed, closed; and that of
 * its record, which becomes another block, or goes.
 *
 * One client with one record, one page. USERS programs' threads look the handle up,
 * which they may guess at any time, and free the block, or map it, touch it, let the
 * kernel pin its page, and unmap it; another one allocates it, again and again. A step
 * is one access to what others look at, or what is done under the block's lock between
 * two such accesses.
 *
 * What must hold:
 *
 * page		the page goes back to the pool only if it is mapped nowhere and nobody has
 *		it pinned, and only once (in give_back());
 * record	the record is freed only if nobody is looking it up or has a reference,
 *		and nobody touches it afterwards (in rest_in_peace(), in use());
 * once		a handle that has been published is freed once (in free());
 * shown	a handle means nothing before it is published (in named());
 * all		when all is over, page and record have gone back (in init);
 * deadlock	everybody comes to an end (spin's own check).
 *
 * What stands for what, in module/:
 *
 * allocate	bp_block_create() in block.c, bp_block_begin() in block.h, then
 *		bp_handle_publish(); a record comes from pop_idle() in client.c
 * look_up	bp_handle_get() in handle.c, bp_block_try_get() in block.h
 * put		bp_block_put_refs() and bp_block_detain() in block.c
 * give_back	bp_block_return() in block.c
 * free		bp_handle_free(), take_valid_name(), take_name() in handle.c,
 *		bp_block_unhold() in block.c; the handle's reference and that of
 *		the look-up go one by one here, at once there, so that more can
 *		come between them here
 * map, unmap	bp_block_map(), bp_block_unmap() in block.c
 * touch	fault() in mmap.c; pin: get_user_pages() of the kernel
 * worker	bp_quarantine_flush() in quarantine.c
 * close	bp_handle_free_all() and look_at_next() in handle.c, bp_client_destroy()
 *		in client.c, and drop_record() there for what is given back later;
 *		rest_in_peace is kfree_rcu()
 *
 * Left out: descriptors of blocks, resizes, several mappings of one thread.
 */

#ifndef USERS
#define USERS 2
#endif
#ifndef ROUNDS
#define ROUNDS 2
#endif

mtype = { ALLOCATED, MAPPED, FREED_MAPPED, FREED, FREE };

/* The block. */
mtype state = FREE;
byte ref, nr_holders, nr_mappings, pins;
bool named, block_lock, exposed, quarantined;

/* The page, and the record. */
bool in_pool = true, idle = true, in_table = true, exists = true;
byte nr_readers, nr_published, nr_freed, to_be_freed;
bool closing, publishable;
byte nr_running;

#define lock(which) atomic { !which -> which = true }
#define unlock(which) which = false

/* Only what is there may be touched. */
inline use()
{
	assert(exists)
}

/* After a grace period. */
inline rest_in_peace()
{
	atomic {
#ifdef FAULT_RCU
		true ->
#else
		nr_readers == 0 ->
#endif
		assert(ref == 0 && exists);
		exists = false
	}
}

inline give_back()
{
	atomic {
		use();
		assert(state == FREED);
		assert(nr_mappings == 0 && pins == 0 && nr_holders == 0);
		assert(!in_pool && ref == 0);
		state = FREE;
		in_pool = true
	}
	atomic {
		/* Or there are enough records without this one. */
		if
		:: in_table = false;
			to_be_freed++
		:: !closing -> idle = true
		fi
	}
}

inline put()
{
	atomic {
		use();
		assert(ref > 0);
		ref--;
		last = ref == 0
	}
	if
	:: last ->
		if
#ifdef FAULT_QUARANTINE
		:: exposed && pins > 0 && closing -> quarantined = true
#else
		:: exposed && pins > 0 -> quarantined = true
#endif
		:: else -> give_back()
		fi
	:: else
	fi
}

/* found: whether there is such a block; it has a reference then. */
inline look_up(found)
{
	found = false;
	nr_readers++;
	if
	:: in_table ->
		/* The pointer is there, whatever becomes of the table. */
		atomic {
			use();
			if
#ifdef FAULT_LOOK_UP
			:: true ->
#else
			:: ref > 0 ->
#endif
				ref++;
				found = true
#ifndef FAULT_LOOK_UP
			:: else
#endif
			fi
		}
	:: else
	fi;
	nr_readers--;
	if
	:: found && !named ->
		put();
		found = false
	:: else
	fi
}

inline take_name()
{
	named = false;
	nr_holders--;
	if
	:: nr_holders == 0 && state == ALLOCATED -> state = FREED
	:: nr_holders == 0 && state == MAPPED -> state = FREED_MAPPED
	fi
}

inline free()
{
	look_up(found);
	if
	:: found ->
#ifndef FAULT_LOCK
		lock(block_lock);
#endif
		use();
		done = false;
		if
		:: named ->
			atomic {
				nr_freed++;
				assert(nr_freed <= nr_published)
			}
			take_name();
			done = true
		:: else
		fi;
#ifndef FAULT_LOCK
		unlock(block_lock);
#endif
		if
		:: done ->
			put();
			put()
		:: else -> put()
		fi
	:: else
	fi
}

inline map_and_use()
{
	look_up(found);
	if
	:: found ->
		lock(block_lock);
		use();
		done = true;
		if
		:: state == ALLOCATED -> state = MAPPED
		:: state == MAPPED
		:: else -> done = false
		fi;
		if
		:: done -> nr_mappings++
		:: else
		fi;
		unlock(block_lock);
#ifdef FAULT_MAPPING
		put();
#else
		if
		:: !done -> put()
		:: else
		fi;
#endif
		if
		:: done ->
			/* touch */
			lock(block_lock);
			use();
			exposed = true;
			unlock(block_lock);
			if
			:: pins++; pinned = true
			:: true
			fi;
			/* unmap */
			lock(block_lock);
			use();
			nr_mappings--;
			if
			:: nr_mappings == 0 && state == MAPPED ->
				state = ALLOCATED
			:: nr_mappings == 0 && state == FREED_MAPPED ->
				state = FREED
			:: else
			fi;
			unlock(block_lock);
#ifndef FAULT_MAPPING
			put();
#endif
			if
			:: pinned ->
				pins--;
				pinned = false
			:: else
			fi
		:: else
		fi
	:: else
	fi
}

proctype user()
{
	bool found, done, last, pinned;
	byte calls;

	do
	:: calls < 2 ->
		calls++;
		if
		:: free()
		:: map_and_use()
		fi
	:: else -> break
	od;
	nr_running--
}

proctype allocator()
{
	byte rounds;

	do
	:: rounds < ROUNDS ->
		rounds++;
		/* Nothing to be had is an error, and that is that. */
		if
		:: atomic { idle && in_pool -> idle = false; in_pool = false };
			use();
			state = ALLOCATED;
			nr_holders = 1;
			nr_mappings = 0;
			exposed = false;
#ifdef FAULT_PUBLISH
			named = true;
#endif
			/* smp_wmb(), refcount_set() */
			ref = 1;
			/* The answer is written meanwhile. */
			atomic {
				use();
				assert(!named && state == ALLOCATED);
				nr_published++;
				named = true
			}
		:: true
		fi
	:: else -> break
	od;
	nr_running--
}

/* What was pinned comes back some time. */
active proctype worker()
{
	do
	:: atomic { quarantined && pins == 0 -> quarantined = false };
		give_back()
	:: atomic { to_be_freed > 0 -> to_be_freed-- };
		rest_in_peace()
	:: !exists -> break
	od
}

/*
 * The record is fetched from the table, and then looked at: meanwhile the worker may
 * give the block back, and drop the record. It cannot if the block is named.
 */
inline close()
{
	nr_readers++;
	found = in_table;
#ifdef FAULT_CLOSE
	nr_readers--;
#endif
	if
	:: found ->
		use();
		found = named
	:: else
	fi;
#ifndef FAULT_CLOSE
	nr_readers--;
#endif
	if
	:: found ->
		lock(block_lock);
		use();
		take_name();
		unlock(block_lock);
		put()
	:: else
	fi;
	atomic {
		closing = true;
		if
		:: idle ->
			idle = false;
			in_table = false;
			to_be_freed++
		:: else
		fi
	}
}

init
{
	bool found, last;
	byte i;

	atomic {
		nr_running = USERS + 1;
		run allocator();
		do
		:: i < USERS ->
			run user();
			i++
		:: else -> break
		od
	}
	/* The file is closed when no call is under way any more. */
	nr_running == 0;
	close();
	!exists;
	assert(in_pool && state == FREE && ref == 0)
}
