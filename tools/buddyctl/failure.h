/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why there was no memory, as a sentence.
 */
#ifndef FAILURE_H
#define FAILURE_H

#include "device.h"

/**
 * struct wish - what was asked for, to be explained
 * @verb: what could not be done, in words
 * @size: the size, in bytes
 * @align: the alignment, in bytes, or 0
 * @timeout: how long it was to wait at most, in seconds
 * @waited: how long it did
 */
struct wish {
	const char *verb;
	__u64 size;
	__u64 align;
	double timeout;
	double waited;
};

bool failure_has_facts(int err);
int failure_explain(const struct device *device, const struct wish *wish,
		    const struct buddypool_failure *failure, int err,
		    struct error *error);

#endif /* FAILURE_H */
