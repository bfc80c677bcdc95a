/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many blocks of a session in one call
 */
#ifndef BULK_H
#define BULK_H

#include "session.h"

int bulk_alloc(struct session *session, const struct buddypool_alloc *wish,
	       const char *name, __u64 count);
int bulk_free(struct session *session, int count, char **names);

#endif /* BULK_H */
