// SPDX-License-Identifier: GPL-2.0
/*
 * A line of the session language, cut into words.
 *
 * Words are separated by blanks. Within double quotes, a backslash followed by
 * n, t, a quote, a backslash or xHH has the meaning that it has in C; single
 * quotes leave everything as it is. A # at the start of a word begins a comment.
 */
#include "words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/**
 * struct cutter - the work in progress
 * @in: what is still to be read
 * @out: where the next character of the word goes
 * @error: what is wrong with the line
 */
struct cutter {
	const char *in;
	char *out;
	struct error *error;
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (c | 0x20) - 'a' + 10;
	return -1;
}

static int cut_hex(struct cutter *cutter)
{
	int high, low = -1;

	high = hex_digit(cutter->in[0]);
	if (high >= 0)
		low = hex_digit(cutter->in[1]);
	if (low < 0)
		return misuse(cutter->error,
			      "\\x needs two hexadecimal digits");
	/* The rest of the program takes words for strings. */
	if (!high && !low)
		return misuse(cutter->error,
			      "a text cannot hold a zero byte (see fill)");
	*cutter->out++ = high << 4 | low;
	cutter->in += 2;
	return 0;
}

/* What follows a backslash in double quotes. */
static int cut_escape(struct cutter *cutter)
{
	static const char names[] = "nt\\\"", values[] = "\n\t\\\"";
	const char *name;
	char c = *cutter->in;

	if (c == 'x') {
		cutter->in++;
		return cut_hex(cutter);
	}
	name = c ? strchr(names, c) : NULL;
	if (!name) {
		misuse(cutter->error,
		       "only \\n, \\t, \\\\, \\\" and \\xHH have a meaning");
		return -1;
	}
	*cutter->out++ = values[name - names];
	cutter->in++;
	return 0;
}

static int cut_quoted(struct cutter *cutter, char quote)
{
	while (*cutter->in != quote) {
		if (!*cutter->in)
			return misuse(cutter->error, "a closing %c is missing",
				      quote);
		if (*cutter->in == '\\' && quote == '"') {
			cutter->in++;
			if (cut_escape(cutter))
				return -1;
		} else {
			*cutter->out++ = *cutter->in++;
		}
	}
	cutter->in++;
	return 0;
}

static int cut_word(struct cutter *cutter)
{
	while (*cutter->in && !isspace((unsigned char)*cutter->in)) {
		const char c = *cutter->in++;

		if (c != '"' && c != '\'')
			*cutter->out++ = c;
		else if (cut_quoted(cutter, c))
			return -1;
	}
	*cutter->out++ = '\0';
	return 0;
}

static int cut(struct words *words, struct cutter *cutter)
{
	for (;;) {
		while (isspace((unsigned char)*cutter->in))
			cutter->in++;
		if (!*cutter->in || *cutter->in == '#')
			return 0;
		words->argv[words->argc++] = cutter->out;
		if (cut_word(cutter))
			return -1;
	}
}

/**
 * words_split() - cut a line into words
 * @words: filled in, to be freed by words_free() also after an error
 * @line: the line
 * @error: what is wrong with it
 *
 * Return: 0, or -1.
 */
int words_split(struct words *words, const char *line, struct error *error)
{
	const size_t len = strlen(line);
	struct cutter cutter = { .in = line, .error = error };

	words->argc = 0;
	/* A word never grows, and every other character at most ends one. */
	words->text = malloc(len + 2);
	words->argv = calloc(len / 2 + 2, sizeof(*words->argv));
	if (!words->text || !words->argv)
		out_of_memory();
	cutter.out = words->text;
	return cut(words, &cutter);
}

/**
 * words_free() - free what words_split() made
 * @words: the words
 */
void words_free(struct words *words)
{
	free(words->text);
	free(words->argv);
}

/**
 * word_value() - the value in a word "key=value"
 * @word: the word
 * @key: the key that is looked for
 *
 * Return: what follows the =, or NULL if the word is something else.
 */
const char *word_value(const char *word, const char *key)
{
	const size_t len = strlen(key);

	return !strncmp(word, key, len) && word[len] == '=' ? word + len + 1 :
							      NULL;
}

/**
 * words_join() - put words together again, with a blank between them
 * @argc: how many
 * @argv: the words
 *
 * Return: the text, to be freed.
 */
char *words_join(int argc, char **argv)
{
	size_t size = 1;
	char *text, *end;
	int i;

	for (i = 0; i < argc; i++)
		size += strlen(argv[i]) + 1;
	text = malloc(size);
	if (!text)
		out_of_memory();
	end = text;
	for (i = 0; i < argc; i++) {
		if (i)
			*end++ = ' ';
		end = stpcpy(end, argv[i]);
	}
	*end = '\0';
	return text;
}
