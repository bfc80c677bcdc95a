// SPDX-License-Identifier: GPL-2.0
/*
 * Making one operation fail in every place
 */
#include "operation.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"
#include "picture.h"
#include "say.h"

/* So many places in a row that are none are the end. */
#define PATIENCE 3
/* An operation with more places than this never ends. */
#define MAX_PLACES 20000
/* Failures beyond this many are counted, but no longer told. */
#define MAX_TOLD 10
/* What was freed may take as long to be back in the pool. */
#define SETTLE_MS 500

/**
 * struct trial - the test of one operation
 * @operation: the operation
 * @rest: how things are while nothing is set up
 * @done: how things are after it has been done
 * @place: which one is made to fail, from 1 on; 0: none
 * @places: how many there were
 * @failures: what went wrong, in all places
 * @coped: places where the operation succeeded nevertheless
 * @errors: how often each error came
 */
struct trial {
	const struct operation *operation;
	struct picture rest;
	struct picture done;
	unsigned int place;
	unsigned int places;
	unsigned int failures;
	unsigned int coped;
	unsigned int errors[256];
};

__printf(2, 3) static void fail(struct trial *trial, const char *format, ...)
{
	char text[300];
	va_list args;

	if (++trial->failures > MAX_TOLD)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	say("# %s, place %u: %s", trial->operation->name, trial->place, text);
}

/* What the operation may change whatever comes of it. */
static void tolerate(const struct trial *trial, int result,
		     const struct picture *want, struct picture *got)
{
	const unsigned int flags = trial->operation->flags;

	if (flags & MAY_LACK_DEBUGFS && !result)
		got->items[PICTURE_DEBUGFS] = want->items[PICTURE_DEBUGFS];
	if (flags & MAY_SPLIT && result &&
	    got->items[PICTURE_MAPPINGS] > want->items[PICTURE_MAPPINGS])
		got->items[PICTURE_MAPPINGS] = want->items[PICTURE_MAPPINGS];
}

/* What is different from how things should be; waits a moment for it. */
static const char *difference(const struct trial *trial,
			      const struct scene *scene, int result,
			      const struct picture *want)
{
	struct picture got;
	const char *text;
	int ms;

	for (ms = 0; ms <= SETTLE_MS; ms += 10) {
		picture_take(&got, scene);
		tolerate(trial, result, want, &got);
		text = picture_difference(want, &got);
		if (!text)
			break;
		usleep(10000);
	}
	return text;
}

static bool is_allowed(const struct operation *operation, int result)
{
	const int *error;

	for (error = operation->errors; *error; error++)
		if (result == -*error)
			return true;
	return false;
}

static const struct injection *injection(const struct operation *operation)
{
	return operation->inject ?: &inject_one;
}

/* Run the operation; with a fault in @place unless that is 0. */
static int run(struct trial *trial, struct scene *scene, unsigned int place,
	       bool *fired)
{
	const struct operation *operation = trial->operation;
	const struct injection *inject = injection(operation);
	int result;

	if (operation->arm)
		operation->arm(scene);
	*fired = false;
	if (place)
		inject->arm(place);
	result = operation->run(scene);
	if (place)
		*fired = inject->disarm();
	if (operation->settle)
		operation->settle(scene);
	return result;
}

static void judge_contents(struct trial *trial, const struct scene *scene,
			   int result)
{
	const char *text = scene_fault(scene);

	if (text)
		fail(trial, "%s", text);
	if (trial->operation->fault)
		text = trial->operation->fault(result);
	if (text)
		fail(trial, "%s", text);
}

/* The operation has failed: nothing may have changed. */
static void judge_failure(struct trial *trial, const struct scene *scene,
			  int result, const struct picture *before)
{
	const struct operation *operation = trial->operation;
	const char *text;

	if (result > 0 || -result >= (int)(sizeof(trial->errors) / sizeof(int)))
		result = -EPROTO;
	trial->errors[-result]++;
	if (!is_allowed(operation, result))
		fail(trial, "%s", say_errno(result));
	text = difference(trial, scene, result, before);
	if (text && operation->flags & LATE_EFAULT && result == -EFAULT &&
	    !difference(trial, scene, 0, &trial->done))
		text = NULL;
	if (text)
		fail(trial, "after %s: %s", say_errno(result), text);
	judge_contents(trial, scene, result);
}

static void judge_success(struct trial *trial, const struct scene *scene)
{
	const char *text = difference(trial, scene, 0, &trial->done);

	if (text)
		fail(trial, "done, but %s", text);
	judge_contents(trial, scene, 0);
}

static void begin(const struct trial *trial, struct scene *scene)
{
	scene_begin(scene);
	if (trial->operation->prepare)
		trial->operation->prepare(scene);
}

static void end(const struct trial *trial, struct scene *scene)
{
	scene_end(scene);
	if (trial->operation->flags & UNLOADED && driver_is_loaded() &&
	    driver_unload())
		say_bail("the module does not unload: %s", say_errno(errno));
}

/* Fail in a place; returns whether there is such a place. */
static bool attempt(struct trial *trial)
{
	struct picture before;
	struct scene scene;
	const char *text;
	bool fired, unused;
	int result;

	begin(trial, &scene);
	picture_take(&before, &scene);
	result = run(trial, &scene, trial->place, &fired);
	if (result) {
		if (!fired)
			fail(trial, "%s without a fault", say_errno(result));
		judge_failure(trial, &scene, result, &before);
		result = run(trial, &scene, 0, &unused);
		if (result)
			fail(trial, "then %s without a fault",
			     say_errno(result));
	} else if (fired) {
		trial->coped++;
	}
	if (!result)
		judge_success(trial, &scene);

	end(trial, &scene);
	text = difference(trial, &scene, 0, &trial->rest);
	if (text)
		fail(trial, "afterwards %s", text);
	return fired;
}

/* Without a fault, to see how things are then. Touches all that it needs. */
static void rehearse(struct trial *trial)
{
	struct scene scene;
	bool unused;
	int result;

	begin(trial, &scene);
	result = run(trial, &scene, 0, &unused);
	if (result)
		fail(trial, "%s", say_errno(result));
	picture_take(&trial->done, &scene);
	judge_success(trial, &scene);
	end(trial, &scene);
}

/* Fail in one place after the other, until there are no more. */
static void sweep(struct trial *trial)
{
	unsigned int none = 0;

	while (none < PATIENCE) {
		if (++trial->place > MAX_PLACES) {
			fail(trial, "there is no end of them");
			return;
		}
		if (attempt(trial)) {
			trial->places++;
			none = 0;
		} else {
			none++;
		}
	}
}

static void tell(const struct trial *trial)
{
	char text[300] = "", *at = text;
	int err;

	for (err = 0; err < (int)(sizeof(trial->errors) / sizeof(int)); err++)
		if (trial->errors[err])
			at += snprintf(at, text + sizeof(text) - at, " %s %u",
				       say_errno(err), trial->errors[err]);
	say("# %s: %u places (%s), errors%s, none %u", trial->operation->name,
	    trial->places, injection(trial->operation)->what,
	    at == text ? " 0" : text, trial->coped);
}

/* The status that its kernel, a process, exits with; others have none. */
static bool is_uml(void)
{
	return !access("/proc/exitcode", F_OK);
}

/**
 * operation_test() - make an operation fail in every place, and print the result
 * @operation: the operation
 * @number: of the test
 *
 * Return: whether all is well.
 */
bool operation_test(const struct operation *operation, unsigned int number)
{
	struct trial trial = { .operation = operation };
	struct scene nothing;

	if (operation->flags & NOT_ON_UML && is_uml()) {
		say("ok %u %s # SKIP User Mode Linux panics", number,
		    operation->name);
		return true;
	}
	scene_begin(&nothing);
	if (!(operation->flags & UNLOADED) && !driver_is_loaded() &&
	    driver_load())
		say_bail("the module does not load: %s", say_errno(errno));
	end(&trial, &nothing);
	picture_take(&trial.rest, &nothing);
	rehearse(&trial);
	sweep(&trial);
	if (!trial.places && !(operation->flags & MAY_HAVE_NONE))
		fail(&trial, "nothing to fail was found");
	if (trial.failures > MAX_TOLD)
		say("# and %u failures more", trial.failures - MAX_TOLD);
	tell(&trial);
	say("%sok %u %s", trial.failures ? "not " : "", number,
	    operation->name);
	return !trial.failures;
}
