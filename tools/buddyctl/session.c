// SPDX-License-Identifier: GPL-2.0
/*
 * A session: commands, one a line.
 */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "pause.h"
#include "units.h"
#include "words.h"

static int verb_sleep(struct session *session, int argc, char **argv)
{
	double seconds;

	if (session_seconds(session, argv[1], &seconds))
		return -1;
	fflush(stdout);
	pause_for(seconds);
	return 0;
}

static int verb_echo(struct session *session, int argc, char **argv)
{
	char *text = words_join(argc - 1, argv + 1);

	if (session->result)
		json_set_text(session->result, "text", text);
	else
		puts(text);
	free(text);
	return 0;
}

static int verb_quit(struct session *session, int argc, char **argv)
{
	session->done = true;
	return 0;
}

static int verb_help(struct session *session, int argc, char **argv)
{
	const struct verb *verb;
	char usage[64];

	if (session->result)
		return 0;
	for (verb = session_verbs; verb->name; verb++) {
		snprintf(usage, sizeof(usage), "%s %s", verb->name, verb->args);
		printf("  %-46s %s\n", usage, verb->help);
	}
	puts("Sizes are in bytes, or with K, M, G. Patterns are a byte, zero, offset, or");
	puts("random [SEED]. A # begins a comment; \"quotes\" keep blanks. See buddyctl(8).");
	return 0;
}

const struct verb session_verbs[] = {
	{ "alloc", 1, -1, verb_alloc, "SIZE [NAME] [align=SIZE] [exact]",
	  "allocate a block" },
	{ "alloc", 1, -1, verb_alloc, "... [wait=SECONDS|forever]",
	  "the same, and wait for the memory" },
	{ "alloc", 1, -1, verb_alloc, "SIZE [NAME] count=N ...",
	  "allocate many at once: NAME1, NAME2, ..." },
	{ "free", 1, -1, verb_free, "NAME [size=SIZE] [align=SIZE]",
	  "free it, if it is of that size" },
	{ "free", 1, -1, verb_free, "NAME...", "free them at once" },
	{ "resize", 2, 4, verb_resize, "NAME SIZE [exact] [nomove]",
	  "make it larger or smaller" },
	{ "list", 0, 0, verb_list, "", "show the blocks" },
	{ "query", 0, 1, verb_list, "[NAME]", "show a block, or all" },
	{ "map", 0, 1, verb_map, "[NAME]", "draw the pool; or map a block" },
	{ "unmap", 1, 1, verb_unmap, "NAME", "unmap a block" },
	{ "write", 3, -1, verb_write, "NAME OFFSET TEXT",
	  "write into a block" },
	{ "read", 3, 3, verb_read, "NAME OFFSET LENGTH", "dump a part of it" },
	{ "fill", 2, 5, verb_fill, "NAME PATTERN [offset=N] [length=N]",
	  "fill it, or a part of it" },
	{ "verify", 2, 5, verb_verify, "NAME PATTERN [offset=N] [length=N]",
	  "does it hold the pattern?" },
	{ "export", 2, 3, verb_export, "NAME NEW [readonly]",
	  "open a descriptor of a block, called NEW" },
	{ "close", 1, 1, verb_close, "NAME", "close a descriptor" },
	{ "limit", 0, 3, verb_limit, "[bytes=SIZE|none] [handles=N|none]",
	  "limit what this client may hold" },
	{ "limit", 0, 3, verb_limit, "[wait=SECONDS|none]",
	  "limit how long its allocations may wait" },
	{ "await", 0, 1, verb_await, "[SECONDS]",
	  "wait until memory has returned to the pool" },
	{ "stat", 0, 0, verb_stat, "", "the state of the pool" },
	{ "info", 0, 0, verb_info, "", "what the pool is" },
	{ "drain", 0, 0, verb_drain, "",
	  "merge the free blocks that CPUs keep for themselves" },
	{ "check", 0, 0, verb_check, "", "is the pool consistent?" },
	{ "expect", 2, -1, verb_expect, "fail|ERRNO|SIGBUS COMMAND",
	  "the command has to fail so" },
	{ "expect", 2, -1, verb_expect, "free ORDER COUNT...",
	  "so many blocks have to be free" },
	{ "expect", 2, -1, verb_expect, "buddyinfo COUNT...",
	  "the same of all orders from 0 on" },
	{ "expect", 2, -1, verb_expect, "free-pages|largest|fragmentation N",
	  "the pool has to be in this state" },
	{ "expect", 2, -1, verb_expect, "waiting|exports N", "the same" },
	{ "echo", 0, -1, verb_echo, "TEXT", "print a text" },
	{ "sleep", 1, 1, verb_sleep, "SECONDS", "wait" },
	{ "help", 0, 0, verb_help, "", "print this" },
	{ "quit", 0, 0, verb_quit, "", "end, and free everything" },
	{}
};

/**
 * session_find() - a block that a command names
 * @session: the session; gets the error
 * @name: the name
 *
 * Return: the block, or NULL.
 */
struct block *session_find(struct session *session, const char *name)
{
	struct block *block = blocks_find(&session->blocks, name);

	if (!block)
		fail(&session->error, ENOENT, "no block of that name: %s",
		     name);
	return block;
}

/**
 * session_find_held() - a block that a command names, and that has its handle
 * @session: the session; gets the error
 * @name: the name
 *
 * Return: the block, or NULL.
 */
struct block *session_find_held(struct session *session, const char *name)
{
	struct block *block = session_find(session, name);

	if (!block || block->handle)
		return block;
	if (block->fd >= 0)
		fail(&session->error, ENOENT,
		     "%s is a descriptor, and no handle (see close)", name);
	else
		fail(&session->error, ENOENT,
		     "%s is freed already, and only mapped (see unmap)", name);
	return NULL;
}

/**
 * session_forget() - a block has been freed
 * @session: the session
 * @block: the block; perhaps not valid any more
 *
 * Mappings that only the commands here needed go with the handle. One that the
 * user asked for keeps the block, until the user says "unmap".
 */
void session_forget(struct session *session, struct block *block)
{
	block->handle = 0;
	if (block->keep && !session->result)
		printf("%s is freed; its pages return to the pool when it is unmapped\n",
		       block->name);
	if (!block->keep)
		blocks_remove(&session->blocks, block);
}

/**
 * session_number() - a number in a command
 * @session: the session; gets the error
 * @text: the word
 * @number: set to it
 *
 * Return: 0, or -1.
 */
int session_number(struct session *session, const char *text, __u64 *number)
{
	if (parse_number(text, number))
		return 0;
	return misuse(&session->error, "%s is no number", text);
}

/**
 * session_size() - a size in a command
 * @session: the session; gets the error
 * @text: the word
 * @bytes: set to it
 *
 * Return: 0, or -1.
 */
int session_size(struct session *session, const char *text, __u64 *bytes)
{
	if (parse_size(text, bytes))
		return 0;
	return misuse(&session->error, "%s is no size (as 4096, 16K, 2M)",
		      text);
}

/**
 * session_seconds() - a time in a command
 * @session: the session; gets the error
 * @text: the word
 * @seconds: set to it
 *
 * Return: 0, or -1.
 */
int session_seconds(struct session *session, const char *text, double *seconds)
{
	if (parse_seconds(text, seconds))
		return 0;
	return misuse(&session->error, "%s is no number of seconds", text);
}

/**
 * session_time() - a time in a command, as the kernel counts it
 * @session: the session; gets the error
 * @text: the word, in seconds
 * @ns: set to it, in nanoseconds
 *
 * Return: 0, or -1.
 */
int session_time(struct session *session, const char *text, __u64 *ns)
{
	double seconds;

	if (session_seconds(session, text, &seconds))
		return -1;
	*ns = seconds_to_ns(seconds);
	return 0;
}

/**
 * session_option() - a word "key=SIZE" in a command
 * @session: the session; gets the error
 * @word: the word
 * @key: the key
 * @bytes: set to the size
 *
 * Return: 0, or 1 if the word is something else, or -1.
 */
int session_option(struct session *session, const char *word, const char *key,
		   __u64 *bytes)
{
	const char *value = word_value(word, key);

	return value ? session_size(session, value, bytes) : 1;
}

/**
 * session_unexpected() - a word that a command does not know
 * @session: the session; gets the error
 * @word: the word
 *
 * Return: -1.
 */
int session_unexpected(struct session *session, const char *word)
{
	return misuse(&session->error, "%s has no place here (see help)", word);
}

static const struct verb *find_verb(const char *name)
{
	const struct verb *verb;

	if (!strcmp(name, "exit"))
		name = "quit";
	for (verb = session_verbs; verb->name; verb++)
		if (!strcmp(verb->name, name))
			return verb;
	return NULL;
}

/**
 * session_run() - carry out a command
 * @session: the session; gets the error
 * @argc: the number of words
 * @argv: the words
 *
 * Return: 0, or -1.
 */
int session_run(struct session *session, int argc, char **argv)
{
	const struct verb *verb = find_verb(argv[0]);

	if (!verb)
		return misuse(&session->error, "no such command: %s (see help)",
			      argv[0]);
	if (argc - 1 < verb->min || (verb->max >= 0 && argc - 1 > verb->max))
		return misuse(&session->error, "usage: %s %s", verb->name,
			      verb->args);
	return verb->run(session, argc, argv);
}

/* In JSON, every command says what came of it in an object of its own. */
static void report(struct session *session, int argc, char **argv, int ret,
		   size_t number)
{
	struct json_object *report = json_new();
	char *command = words_join(argc, argv);

	json_set_number(report, "line", number);
	json_set_text(report, "command", command);
	json_set_bool(report, "ok", !ret);
	if (ret) {
		json_object_put(session->result);
		json_set_error(report, &session->error);
	} else {
		json_set(report, "result", session->result);
	}
	session->result = NULL;
	free(command);
	json_print(report);
}

static int run_words(struct session *session, const struct words *words,
		     size_t number)
{
	int ret;

	if (session->options->json)
		session->result = json_new();
	ret = session_run(session, words->argc, words->argv);
	if (session->options->json)
		report(session, words->argc, words->argv, ret, number);
	return ret;
}

/**
 * session_line() - carry out a line
 * @session: the session; gets the error
 * @line: the line
 * @number: of the line, for JSON
 *
 * Return: 0, or -1.
 */
int session_line(struct session *session, const char *line, size_t number)
{
	struct words words;
	int ret;

	ret = words_split(&words, line, &session->error);
	if (!ret && words.argc)
		ret = run_words(session, &words, number);
	words_free(&words);
	return ret;
}

/**
 * session_open() - begin a session
 * @session: filled in; has the error after a failure
 * @options: what the command line says
 *
 * Return: 0, or -1.
 */
int session_open(struct session *session, const struct options *options)
{
	memset(session, 0, sizeof(*session));
	session->options = options;
	blocks_init(&session->blocks);
	return device_open(&session->device, options->device, O_RDWR,
			   &session->error);
}

/**
 * session_close() - end a session, and free all that it holds
 * @session: the session
 */
void session_close(struct session *session)
{
	blocks_free(&session->blocks);
	device_close(&session->device);
}
