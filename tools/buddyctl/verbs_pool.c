// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about the pool as a whole, and what is expected of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "info.h"
#include "json.h"
#include "session.h"
#include "units.h"

/* Errors are smaller than this (see MAX_ERRNO in the kernel). */
#define NR_ERRNOS 4096

static void set_result(struct session *session, struct json_object *object)
{
	json_object_put(session->result);
	session->result = object;
}

/**
 * verb_info() - info
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_info(struct session *session, int argc, char **argv)
{
	if (session->result)
		set_result(session, info_json(&session->device.info));
	else
		info_print(&session->device.info);
	return 0;
}

/**
 * verb_stat() - stat
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_stat(struct session *session, int argc, char **argv)
{
	const struct buddypool_info *info = &session->device.info;
	struct buddypool_stat stat;

	if (device_stat(&session->device, &stat, &session->error))
		return -1;
	if (session->result)
		set_result(session, stat_json(info, &stat));
	else
		stat_print(info, &stat);
	return 0;
}

/**
 * verb_drain() - drain
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_drain(struct session *session, int argc, char **argv)
{
	__u64 pages;

	if (device_drain(&session->device, &pages, &session->error))
		return -1;
	if (session->result)
		json_set_number(session->result, "pages", pages);
	else
		printf("%llu pages have gone back to the pool\n", pages);
	return 0;
}

/**
 * verb_check() - check
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_check(struct session *session, int argc, char **argv)
{
	char text[ERROR_TEXT_SIZE / 2];

	if (device_check(text, sizeof(text), &session->error))
		return -1;
	if (strcmp(text, "ok"))
		return fail(&session->error, EUCLEAN,
			    "the pool is not consistent: %s", text);
	if (session->result)
		json_set_text(session->result, "message", text);
	else
		puts(text);
	return 0;
}

static int expect_value(struct session *session, const char *what, __u64 found,
			__u64 wanted)
{
	if (found == wanted)
		return 0;
	return fail(&session->error, 0, "%s is %llu, and not %llu", what, found,
		    wanted);
}

static int expect_order(struct session *session, __u64 order, __u64 found,
			__u64 wanted)
{
	if (found == wanted)
		return 0;
	return fail(&session->error, 0,
		    "of order %llu, %llu blocks are free, and not %llu", order,
		    found, wanted);
}

/* expect free ORDER COUNT [ORDER COUNT]... */
static int expect_free(struct session *session,
		       const struct buddypool_stat *stat, int argc, char **argv)
{
	__u64 order, wanted;
	int i;

	if (argc % 2) {
		misuse(&session->error,
		       "expect free needs pairs of an order and a count");
		return -1;
	}
	for (i = 0; i < argc; i += 2) {
		if (session_number(session, argv[i], &order) ||
		    session_number(session, argv[i + 1], &wanted))
			return -1;
		if (order > session->device.info.max_order)
			return misuse(&session->error,
				      "the pool has no order %llu", order);
		if (expect_order(session, order, stat->free_blocks[order],
				 wanted))
			return -1;
	}
	return 0;
}

/* expect buddyinfo COUNT...; orders that are left out have to be empty. */
static int expect_buddyinfo(struct session *session,
			    const struct buddypool_stat *stat, int argc,
			    char **argv)
{
	const int nr_orders = device_nr_orders(&session->device);
	__u64 wanted;
	int i;

	if (argc > nr_orders)
		return misuse(&session->error, "the pool has %d orders only",
			      nr_orders);
	for (i = 0; i < nr_orders; i++) {
		wanted = 0;
		if (i < argc && session_number(session, argv[i], &wanted))
			return -1;
		if (expect_order(session, i, stat->free_blocks[i], wanted))
			return -1;
	}
	return 0;
}

/* expect free-pages N, and the like. */
static int expect_field(struct session *session, const char *what, __u64 found,
			int argc, char **argv)
{
	__u64 wanted;

	if (argc != 1)
		return misuse(&session->error, "expect %s needs one number",
			      what);
	if (session_size(session, argv[0], &wanted))
		return -1;
	return expect_value(session, what, found, wanted);
}

static bool find_field(const struct buddypool_stat *stat, const char *name,
		       __u64 *found)
{
	if (!strcmp(name, "free-pages"))
		*found = stat->free_pages;
	else if (!strcmp(name, "largest"))
		*found = stat->largest;
	else if (!strcmp(name, "fragmentation"))
		*found = stat->fragmentation;
	else if (!strcmp(name, "waiting"))
		*found = stat->waiting;
	else if (!strcmp(name, "exports"))
		*found = stat->exports;
	else
		return false;
	return true;
}

/* Is this about the state of the pool? Returns 1 if it is not. */
static int expect_state(struct session *session, int argc, char **argv)
{
	struct buddypool_stat stat;
	__u64 found;

	if (device_stat(&session->device, &stat, &session->error))
		return -1;
	if (!strcmp(argv[0], "free"))
		return expect_free(session, &stat, argc - 1, argv + 1);
	if (!strcmp(argv[0], "buddyinfo"))
		return expect_buddyinfo(session, &stat, argc - 1, argv + 1);
	if (find_field(&stat, argv[0], &found))
		return expect_field(session, argv[0], found, argc - 1,
				    argv + 1);
	return 1;
}

/* The errno that a word names, or 0. */
static int find_errno(const char *word)
{
	const char *name;
	int err;

	for (err = 1; err < NR_ERRNOS; err++) {
		name = strerrorname_np(err);
		if (name && !strcmp(name, word))
			return err;
	}
	return 0;
}

static bool is_signal(const char *word)
{
	return !strcmp(word, "SIGBUS") || !strcmp(word, "SIGSEGV");
}

static bool fails_as(const struct error *error, const char *word)
{
	if (!strcmp(word, "fail"))
		return true;
	if (is_signal(word))
		return !strcmp(word, error_signal_name(error->signal));
	/* A signal has its errno only for those who look at nothing else. */
	return !error->signal && error->err == find_errno(word);
}

/* The command has failed: as it should? */
static int judge(struct session *session, const char *word)
{
	struct error *error = &session->error;
	struct error found;

	/* A slip of the pen is no failure that somebody could have wanted. */
	if (error->usage)
		return -1;
	if (!fails_as(error, word)) {
		found = *error;
		return fail(error, 0, "failed, but not with %s: %.400s", word,
			    found.text);
	}
	if (session->result) {
		set_result(session, json_new());
		json_set_error(session->result, error);
	} else {
		printf("as expected: %s\n", error->text);
	}
	return 0;
}

static int expect_failure(struct session *session, int argc, char **argv)
{
	const char *word = argv[0];

	if (!strcmp(argv[1], "expect"))
		return misuse(&session->error, "expect cannot expect itself");
	memset(&session->error, 0, sizeof(session->error));
	if (session_run(session, argc - 1, argv + 1))
		return judge(session, word);
	return fail(&session->error, 0,
		    "%s has succeeded, and should have failed", argv[1]);
}

/**
 * verb_expect() - expect fail|ERRNO|SIGBUS COMMAND, expect STATE VALUE...
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_expect(struct session *session, int argc, char **argv)
{
	int ret = expect_state(session, argc - 1, argv + 1);

	if (ret <= 0)
		return ret;
	if (!strcmp(argv[1], "fail") || is_signal(argv[1]) ||
	    find_errno(argv[1]))
		return expect_failure(session, argc - 1, argv + 1);
	return misuse(&session->error,
		      "%s is nothing that can be expected (see help)", argv[1]);
}
