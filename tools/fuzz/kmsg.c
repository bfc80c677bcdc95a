// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's log
 *
 * Any line of the kernel of level warning or worse is a finding. That is for the
 * run to stop at once; who reads the whole log afterwards has the last word.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "kmsg.h"

#define LEVEL_WARNING 4

static int fd = -1;

/* What a kernel says of a slow host, and not of us. */
static bool is_normal(const char *text)
{
	static const char *const beginnings[] = {
		"clocksource:", "hrtimer:", "sched:", "sched_clock:",
		"tsc:",         "TSC",      "perf:",  "random:",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (!strncmp(text, beginnings[i], strlen(beginnings[i])))
			return true;
	return false;
}

/**
 * kmsg_open() - begin to watch
 *
 * Return: false if the log cannot be read.
 */
bool kmsg_open(void)
{
	fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 && lseek(fd, 0, SEEK_END) >= 0;
}

/* A record is "PRIORITY,NUMBER,MICROSECONDS,FLAGS;TEXT". */
static void judge(char *record)
{
	char *text = strchr(record, ';');
	long priority = strtol(record, NULL, 10);

	if (!text++ || priority > LEVEL_WARNING || is_normal(text))
		return;
	text[strcspn(text, "\n")] = '\0';
	board_finding(SUBJECT_LOG, "%s", text);
}

/**
 * kmsg_watch() - see what has been logged since the last time
 */
void kmsg_watch(void)
{
	char record[8192];
	ssize_t n;

	for (;;) {
		n = read(fd, record, sizeof(record) - 1);
		/* Records may have been overwritten before they were read. */
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		judge(record);
	}
}
