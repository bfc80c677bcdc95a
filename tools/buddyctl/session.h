/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A session: the small language of "shell" and "run", and what it works on.
 */
#ifndef SESSION_H
#define SESSION_H

#include <json-c/json.h>

#include "blocks.h"
#include "buddyctl.h"
#include "device.h"

/**
 * struct session - a session
 * @options: what the command line says
 * @device: the device; closing it frees every block
 * @blocks: what is allocated
 * @error: why the last command failed
 * @result: what the command in progress has to say in JSON, or NULL for text
 * @done: the user wants to leave
 */
struct session {
	const struct options *options;
	struct device device;
	struct blocks blocks;
	struct error error;
	struct json_object *result;
	bool done;
};

/**
 * struct verb - a command of the language
 * @name: its name
 * @min: the fewest words that may follow it
 * @max: the most, or -1
 * @run: does it; returns 0, or -1 with session->error
 * @args: what follows it, for the help
 * @help: what it does, for the help
 */
struct verb {
	const char *name;
	int min;
	int max;
	int (*run)(struct session *session, int argc, char **argv);
	const char *args;
	const char *help;
};

extern const struct verb session_verbs[];

int session_open(struct session *session, const struct options *options);
void session_close(struct session *session);
int session_line(struct session *session, const char *line, size_t number);
int session_run(struct session *session, int argc, char **argv);

struct block *session_find(struct session *session, const char *name);
struct block *session_find_held(struct session *session, const char *name);
void session_forget(struct session *session, struct block *block);
int session_number(struct session *session, const char *text, __u64 *number);
int session_size(struct session *session, const char *text, __u64 *bytes);
int session_seconds(struct session *session, const char *text, double *seconds);
int session_time(struct session *session, const char *text, __u64 *ns);
int session_option(struct session *session, const char *word, const char *key,
		   __u64 *bytes);
int session_unexpected(struct session *session, const char *word);

/* The commands, each in the file of its kind. */
int verb_alloc(struct session *session, int argc, char **argv);
int verb_free(struct session *session, int argc, char **argv);
int verb_resize(struct session *session, int argc, char **argv);
int verb_list(struct session *session, int argc, char **argv);

int verb_map(struct session *session, int argc, char **argv);
int verb_unmap(struct session *session, int argc, char **argv);

int verb_write(struct session *session, int argc, char **argv);
int verb_read(struct session *session, int argc, char **argv);
int verb_fill(struct session *session, int argc, char **argv);
int verb_verify(struct session *session, int argc, char **argv);

int verb_export(struct session *session, int argc, char **argv);
int verb_close(struct session *session, int argc, char **argv);
int verb_limit(struct session *session, int argc, char **argv);
int verb_await(struct session *session, int argc, char **argv);

int verb_info(struct session *session, int argc, char **argv);
int verb_stat(struct session *session, int argc, char **argv);
int verb_drain(struct session *session, int argc, char **argv);
int verb_check(struct session *session, int argc, char **argv);
int verb_expect(struct session *session, int argc, char **argv);

#endif /* SESSION_H */
