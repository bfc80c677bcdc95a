// SPDX-License-Identifier: GPL-2.0
/*
 * Run files of bytes once each, in place of libFuzzer.
 *
 *	fuzz FILE...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main.h"

#define MAX_SIZE 65536

static uint8_t *read_file(const char *name, size_t *size)
{
	/* Of its own size, so that who reads beyond it is noticed. */
	uint8_t *data = malloc(MAX_SIZE), *fitting;
	FILE *file = fopen(name, "rb");

	if (!data || !file) {
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		exit(2);
	}
	*size = fread(data, 1, MAX_SIZE, file);
	fclose(file);
	fitting = realloc(data, *size ?: 1);
	return fitting ?: data;
}

int main(int argc, char **argv)
{
	uint8_t *data;
	size_t size;
	int i;

	fuzz_start(&argc, &argv);
	for (i = 1; i < argc; i++) {
		data = read_file(argv[i], &size);
		fuzz_input(data, size);
		free(data);
	}
	printf("%d files\n", argc - 1);
	return 0;
}
