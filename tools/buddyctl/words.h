/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of the session language, cut into words.
 */
#ifndef WORDS_H
#define WORDS_H

#include "error.h"

/**
 * struct words - the words of a line
 * @argc: how many
 * @argv: the words, and a NULL
 * @text: what they point into
 */
struct words {
	int argc;
	char **argv;
	char *text;
};

int words_split(struct words *words, const char *line, struct error *error);
void words_free(struct words *words);
const char *word_value(const char *word, const char *key);
char *words_join(int argc, char **argv);

#endif /* WORDS_H */
