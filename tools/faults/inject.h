/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Making the kernel fail
 *
 * It fails for the calling task only, from arm() to disarm(). There must be
 * nothing between them but the one system call (or touch of memory) that is
 * meant to fail.
 */
#ifndef FAULTS_INJECT_H
#define FAULTS_INJECT_H

#include <stdbool.h>

/**
 * struct injection - a way to fail
 * @what: fails, in words
 * @arm: let the n-th (from 1 on) fail
 * @disarm: let nothing fail any more; returns whether anything did
 */
struct injection {
	const char *what;
	void (*arm)(unsigned int n);
	bool (*disarm)(void);
};

extern const struct injection inject_one;
extern const struct injection inject_page;
extern const struct injection inject_nodes;
extern const struct injection inject_pages;

bool inject_init(void);

#endif /* FAULTS_INJECT_H */
