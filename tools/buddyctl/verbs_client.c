// SPDX-License-Identifier: GPL-2.0
/*
 * Commands about the client, which a session is: what it may hold, and waiting
 * for memory.
 */
#include <string.h>

#include "json.h"
#include "session.h"
#include "units.h"
#include "words.h"

static int parse_limit(struct session *session, const char *word,
		       struct buddypool_limit *limit)
{
	const char *bytes = word_value(word, "bytes");
	const char *handles = word_value(word, "handles");

	if (bytes) {
		limit->flags |= BUDDYPOOL_LIMIT_BYTES;
		limit->max_bytes = BUDDYPOOL_UNLIMITED;
		if (strcmp(bytes, "none"))
			return session_size(session, bytes, &limit->max_bytes);
		return 0;
	}
	if (handles) {
		limit->flags |= BUDDYPOOL_LIMIT_HANDLES;
		limit->max_handles = BUDDYPOOL_UNLIMITED;
		if (strcmp(handles, "none"))
			return session_number(session, handles,
					      &limit->max_handles);
		return 0;
	}
	return session_unexpected(session, word);
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
 * verb_limit() - limit [bytes=SIZE|none] [handles=N|none]
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
