// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl shell: a session from a terminal, or a pipe.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "buddyctl.h"
#include "session.h"

#define PROMPT "buddypool> "

/* Lines that the history file keeps. */
#define HISTORY_LINES 1000

/* Readline's callbacks have no argument for it. */
static struct session *current;

/* A verb has a line for each of its uses in the table. */
static bool is_repeated(const struct verb *verb)
{
	return verb > session_verbs && !strcmp(verb->name, verb[-1].name);
}

static char *copy(const char *text)
{
	char *result = strdup(text);

	if (!result)
		out_of_memory();
	return result;
}

/* Readline calls this until it returns NULL; @state is 0 the first time. */
static char *next_verb(const char *text, int state)
{
	static const struct verb *verb;

	if (!state)
		verb = session_verbs;
	for (; verb->name; verb++)
		if (!is_repeated(verb) &&
		    !strncmp(verb->name, text, strlen(text)))
			return copy(verb++->name);
	return NULL;
}

static char *next_block(const char *text, int state)
{
	static const struct block *block;
	const char *name;

	if (!state)
		block = current->blocks.first;
	for (; block; block = block->next) {
		if (strncmp(block->name, text, strlen(text)))
			continue;
		name = block->name;
		block = block->next;
		return copy(name);
	}
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	const bool first = (int)strspn(rl_line_buffer, " \t") == start;

	/* There are no file names in the language. */
	rl_attempted_completion_over = 1;
	return rl_completion_matches(text, first ? next_verb : next_block);
}

/* The history file's name, to be freed; NULL if there is no place for it. */
static char *history_name(void)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	char *name = NULL;
	int len = -1;

	if (state && *state)
		len = asprintf(&name, "%s/buddyctl_history", state);
	else if (home && *home)
		len = asprintf(&name, "%s/.buddyctl_history", home);
	return len < 0 ? NULL : name;
}

static void run_line(struct session *session, const char *line, size_t number)
{
	if (session_line(session, line, number))
		error_print(&session->error);
	fflush(stdout);
}

static void start_readline(struct session *session, const char *history)
{
	current = session;
	rl_readline_name = "buddyctl";
	rl_attempted_completion_function = complete;
	/* Blocks may be called "x-1" and "x.1". */
	rl_completer_word_break_characters = " \t";
	using_history();
	/* That there is none yet is no error, and others do no harm. */
	if (history)
		read_history(history);
	stifle_history(HISTORY_LINES);
}

static void run_terminal(struct session *session)
{
	char *history = history_name();
	size_t number = 0;
	char *line;

	start_readline(session, history);
	while (!session->done) {
		line = readline(PROMPT);
		if (!line)
			break;
		if (*line)
			add_history(line);
		run_line(session, line, ++number);
		free(line);
	}
	/* At the end of input, the shell's prompt begins a line of its own. */
	if (!session->done)
		putchar('\n');
	if (history)
		write_history(history);
	clear_history();
	free(history);
}

static void run_pipe(struct session *session)
{
	size_t number = 0, room = 0;
	char *line = NULL;

	while (!session->done && getline(&line, &room, stdin) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		run_line(session, line, ++number);
	}
	free(line);
}

/**
 * cmd_shell() - buddyctl shell
 * @options: what the command line says
 * @arg: NULL
 *
 * Return: exit code.
 */
int cmd_shell(const struct options *options, const char *arg)
{
	struct session session;

	if (session_open(&session, options)) {
		error_print(&session.error);
		return EXIT_FAILED;
	}
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		run_terminal(&session);
	else
		run_pipe(&session);
	session_close(&session);
	return 0;
}
