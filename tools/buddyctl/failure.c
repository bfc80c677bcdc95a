// SPDX-License-Identifier: GPL-2.0
/*
 * Why there was no memory, as a sentence, from the facts that the kernel gave.
 */
#include "failure.h"

#include <errno.h>
#include <string.h>

#include "units.h"

/* What follows the verb; shorter than a whole sentence can be. */
#define REASON_SIZE 256

/**
 * failure_has_facts() - does the kernel fill in its facts with this error?
 * @err: errno of ALLOC or RESIZE
 *
 * Return: whether it does.
 */
bool failure_has_facts(int err)
{
	return err == ENOMEM || err == ETIMEDOUT || err == EFBIG ||
	       err == EDQUOT;
}

static void tell_too_large(const struct device *device, const struct wish *wish,
			   char *reason)
{
	const struct buddypool_info *info = &device->info;

	if (wish->size <= info->max_size && wish->align > info->max_align)
		snprintf(reason, REASON_SIZE,
			 "an alignment to %s is more than this pool could ever give (largest: %s)",
			 size_long(wish->align).s,
			 size_long(info->max_align).s);
	else
		snprintf(reason, REASON_SIZE,
			 "that is more than this pool could ever give (largest: %s)",
			 size_long(info->max_size).s);
}

static void tell_full(const struct buddypool_failure *failure, char *reason)
{
	if (!failure->free)
		snprintf(reason, REASON_SIZE, "the pool is full: 0 B free");
	else
		snprintf(reason, REASON_SIZE,
			 "not enough is free: %s free, largest block %s",
			 size_long(failure->free).s,
			 size_long(failure->largest).s);
}

static void tell_fragmented(const struct wish *wish,
			    const struct buddypool_failure *failure,
			    char *reason)
{
	char place[64] = "";

	/* Large enough, so it must be the place that is wrong. */
	if (wish->align && failure->largest >= wish->size)
		snprintf(place, sizeof(place),
			 ", but none that is free is aligned to %s",
			 size_long(wish->align).s);
	snprintf(reason, REASON_SIZE,
		 "the pool is fragmented: %s free, largest block %s%s",
		 size_long(failure->free).s, size_long(failure->largest).s,
		 place);
}

/* The kernel tells what is left of the limit, not the limit itself. */
static void tell_limit(const struct device *device,
		       const struct buddypool_failure *failure, char *reason)
{
	struct buddypool_limit limit = {};
	struct error ignored;

	if (device_limit(device, &limit, &ignored))
		snprintf(reason, REASON_SIZE,
			 "over its limit: %s of it is left",
			 size_long(failure->free).s);
	else if (failure->reason == BUDDYPOOL_FAILURE_BYTES)
		snprintf(reason, REASON_SIZE,
			 "over its limit: this client may hold %s, %s of it is left",
			 size_long(limit.max_bytes).s,
			 size_long(failure->free).s);
	else
		snprintf(reason, REASON_SIZE,
			 "over its limit: this client may hold %llu handle%s, and holds %llu",
			 limit.max_handles, limit.max_handles == 1 ? "" : "s",
			 limit.handles);
}

static void tell_reason(const struct device *device, const struct wish *wish,
			const struct buddypool_failure *failure, int err,
			char *reason)
{
	const char *what = strerror(err);

	switch (failure->reason) {
	case BUDDYPOOL_FAILURE_FULL:
		tell_full(failure, reason);
		return;
	case BUDDYPOOL_FAILURE_FRAGMENTED:
		tell_fragmented(wish, failure, reason);
		return;
	case BUDDYPOOL_FAILURE_TOO_LARGE:
		tell_too_large(device, wish, reason);
		return;
	case BUDDYPOOL_FAILURE_BYTES:
	case BUDDYPOOL_FAILURE_HANDLES:
		tell_limit(device, failure, reason);
		return;
	case BUDDYPOOL_FAILURE_NONE:
		snprintf(reason, REASON_SIZE,
			 "the kernel has no memory for its own records");
		return;
	case BUDDYPOOL_FAILURE_NO_MOVE:
		what = "it would have to move";
		break;
	case BUDDYPOOL_FAILURE_QUEUED:
		what = "others have asked before and still wait";
		break;
	}
	snprintf(reason, REASON_SIZE, "%s (%s free, largest block %s)", what,
		 size_long(failure->free).s, size_long(failure->largest).s);
}

/* Who got less time than was asked for has to know why. */
static void tell_time(const struct wish *wish, char *time, size_t size)
{
	const bool cut = wish->waited < 0.9 * wish->timeout;

	snprintf(time, size,
		 "timed out after %s%s: ", seconds_long(wish->waited).s,
		 cut ? " (its limit allows no more)" : "");
}

/**
 * failure_explain() - say why there was no memory
 * @device: the device
 * @wish: what was asked for
 * @failure: what the kernel said
 * @err: errno, one with facts
 * @error: filled in
 *
 * Return: -1.
 */
int failure_explain(const struct device *device, const struct wish *wish,
		    const struct buddypool_failure *failure, int err,
		    struct error *error)
{
	const bool in_place = failure->reason == BUDDYPOOL_FAILURE_NO_MOVE;
	char reason[REASON_SIZE], time[96] = "";

	tell_reason(device, wish, failure, err, reason);
	if (err == ETIMEDOUT)
		tell_time(wish, time, sizeof(time));
	fail(error, err, "%s%s: %s%s", wish->verb, in_place ? " in place" : "",
	     time, reason);
	error->failure = *failure;
	return -1;
}
