// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about the client, which a session is: its limits, and waiting for
 * memory.
 */
#include <stddef.h>
#include <string.h>

#include "json.h"
#include "session.h"
#include "units.h"
#include "words.h"

/**
 * struct limit_word - a word of "limit"
 * @key: what stands before the =
 * @flag: BUDDYPOOL_LIMIT_*
 * @at: where in struct buddypool_limit the limit stands
 * @parse: reads what stands behind it, if that is not "none"
 */
struct limit_word {
	const char *key;
	__u32 flag;
	size_t at;
	int (*parse)(struct session *session, const char *text, __u64 *value);
};

static const struct limit_word limit_words[] = {
	{ "bytes", BUDDYPOOL_LIMIT_BYTES,
	  offsetof(struct buddypool_limit, max_bytes), session_size },
	{ "handles", BUDDYPOOL_LIMIT_HANDLES,
	  offsetof(struct buddypool_limit, max_handles), session_number },
	{ "wait", BUDDYPOOL_LIMIT_WAIT,
	  offsetof(struct buddypool_limit, max_wait), session_time },
	{}
};

static int parse_limit(struct session *session, const char *text,
		       struct buddypool_limit *limit)
{
	__u64 value = BUDDYPOOL_UNLIMITED;
	const struct limit_word *word;
	const char *rest = NULL;

	for (word = limit_words; word->key; word++) {
		rest = word_value(text, word->key);
		if (rest)
			break;
	}
	if (!rest)
		return session_unexpected(session, text);
	if (strcmp(rest, "none") && word->parse(session, rest, &value))
		return -1;
	limit->flags |= word->flag;
	memcpy((char *)limit + word->at, &value, sizeof(value));
	return 0;
}

static void print_limit(const struct buddypool_limit *limit)
{
	if (limit->max_bytes == BUDDYPOOL_UNLIMITED)
		printf("bytes    %s, without a limit\n",
		       size_long(limit->bytes).s);
	else
		printf("bytes    %s of %s\n", size_long(limit->bytes).s,
		       size_long(limit->max_bytes).s);
	if (limit->max_handles == BUDDYPOOL_UNLIMITED)
		printf("handles  %llu, without a limit\n", limit->handles);
	else
		printf("handles  %llu of %llu\n", limit->handles,
		       limit->max_handles);
	if (limit->max_wait == BUDDYPOOL_UNLIMITED)
		puts("wait     without a limit");
	else if (!limit->max_wait)
		puts("wait     not at all");
	else
		printf("wait     %s at most\n",
		       seconds_long(limit->max_wait / 1e9).s);
}

/* What has no limit is null. */
static void set_limit(struct json_object *object, const char *key, __u64 limit)
{
	if (limit == BUDDYPOOL_UNLIMITED)
		json_set(object, key, NULL);
	else
		json_set_number(object, key, limit);
}

/**
 * verb_limit() - limit [bytes=SIZE|none] [handles=N|none] [wait=SECONDS|none]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_limit(struct session *session, int argc, char **argv)
{
	struct buddypool_limit limit = {};
	int i;

	for (i = 1; i < argc; i++)
		if (parse_limit(session, argv[i], &limit))
			return -1;
	if (device_limit(&session->device, &limit, &session->error))
		return -1;
	if (!session->result) {
		print_limit(&limit);
		return 0;
	}
	json_set_number(session->result, "bytes", limit.bytes);
	set_limit(session->result, "max_bytes", limit.max_bytes);
	json_set_number(session->result, "handles", limit.handles);
	set_limit(session->result, "max_handles", limit.max_handles);
	set_limit(session->result, "max_wait", limit.max_wait);
	return 0;
}

/**
 * verb_await() - await [SECONDS]
 * @session: the session
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int verb_await(struct session *session, int argc, char **argv)
{
	double seconds = -1;

	if (argc > 1 && session_seconds(session, argv[1], &seconds))
		return -1;
	fflush(stdout);
	return device_await(&session->device, seconds, &session->error);
}
