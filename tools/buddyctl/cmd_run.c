// SPDX-License-Identifier: GPL-2.0
/*
 * buddyctl run: a session from a file.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buddyctl.h"
#include "pause.h"
#include "session.h"

/**
 * struct script - a file of commands
 * @file: the file
 * @name: its name, for messages
 * @line: the line that was read last
 * @room: of it
 * @number: its number, from 1
 */
struct script {
	FILE *file;
	const char *name;
	char *line;
	size_t room;
	size_t number;
};

/* The next line. Returns 1 if there is one, 0 at the end, or -1. */
static int read_line(struct script *script, struct error *error)
{
	ssize_t len;

	errno = 0;
	len = getline(&script->line, &script->room, script->file);
	if (len < 0 && (ferror(script->file) || errno))
		return fail(error, errno, "cannot read: %s", strerror(errno));
	if (len < 0)
		return 0;
	script->number++;
	if (memchr(script->line, '\0', len))
		return misuse(error, "a line holds a zero byte");
	script->line[strcspn(script->line, "\n")] = '\0';
	return 1;
}

static bool is_blank(const char *line)
{
	line += strspn(line, " \t");
	return !*line || *line == '#';
}

/* What "echo" says is to be seen anyway. */
static bool is_echo(const char *line)
{
	line += strspn(line, " \t");
	return !strncmp(line, "echo", 4) && strchr(" \t", line[4]);
}

static void show(const struct options *options, const char *line)
{
	if (!options->echo || options->json || is_echo(line))
		return;
	screen_bold(&options->screen, true);
	printf("buddypool> %s", line);
	screen_bold(&options->screen, false);
	putchar('\n');
	fflush(stdout);
}

static void complain(const struct script *script, const struct error *error)
{
	fflush(stdout);
	fprintf(stderr, "%s:%zu: %s\n", script->name, script->number,
		error->text);
}

static int run_line(struct session *session, const char *line, size_t number)
{
	int ret;

	if (is_blank(line))
		return 0;
	show(session->options, line);
	ret = session_line(session, line, number);
	fflush(stdout);
	if (session->options->pace > 0)
		pause_for(session->options->pace);
	return ret;
}

/* Returns how often it failed. */
static size_t run_script(struct session *session, struct script *script)
{
	size_t failures = 0;
	int ret;

	while (!session->done) {
		ret = read_line(script, &session->error);
		if (!ret)
			break;
		if (ret > 0)
			ret = run_line(session, script->line, script->number);
		if (!ret)
			continue;
		complain(script, &session->error);
		failures++;
		if (!session->options->keep_going || ferror(script->file))
			break;
	}
	return failures;
}

static int open_script(struct script *script, const char *name)
{
	memset(script, 0, sizeof(*script));
	script->name = name;
	script->file = stdin;
	if (!strcmp(name, "-")) {
		script->name = "standard input";
		return 0;
	}
	script->file = fopen(name, "re");
	if (script->file)
		return 0;
	fprintf(stderr, "buddyctl: cannot open %s: %s\n", name,
		strerror(errno));
	return -1;
}

static void close_script(struct script *script)
{
	if (script->file != stdin)
		fclose(script->file);
	free(script->line);
}

/**
 * cmd_run() - buddyctl run FILE
 * @options: what the command line says
 * @arg: the file, "-" for standard input
 *
 * Return: exit code.
 */
int cmd_run(const struct options *options, const char *arg)
{
	struct session session;
	struct script script;
	size_t failures = 1;

	if (open_script(&script, arg))
		return EXIT_FAILED;
	if (session_open(&session, options)) {
		error_print(&session.error);
	} else {
		failures = run_script(&session, &script);
		session_close(&session);
	}
	close_script(&script);
	return failures ? EXIT_FAILED : 0;
}
