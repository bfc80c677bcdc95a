/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The operations that are made to fail
 */
#ifndef FAULTS_OPERATION_H
#define FAULTS_OPERATION_H

#include <stdbool.h>

#include "inject.h"
#include "scene.h"

/* The module is not loaded while the operation is prepared. */
#define UNLOADED 0x1
/* With -EFAULT it may have been carried out: the answer comes last. */
#define LATE_EFAULT 0x2
/* It may also have nothing that can fail. */
#define MAY_HAVE_NONE 0x4
/* When it has failed there may be more mappings of the block than before. */
#define MAY_SPLIT 0x8
/* When it has succeeded there may be no debugfs. */
#define MAY_LACK_DEBUGFS 0x10
/* User Mode Linux panics. */
#define NOT_ON_UML 0x20

/**
 * struct operation - an operation
 * @name: of the test
 * @inject: how it is made to fail; NULL is &inject_one
 * @flags: see above
 * @errors: with which it may fail, as positive errnos, up to a zero
 * @prepare: sets the scene; NULL if there is nothing to set
 * @arm: comes before each attempt, when it is already known how things have to
 *	be after a failure; may be NULL
 * @run: one system call or touch of memory, and what tells later functions that
 *	it has succeeded; returns 0 or a negative errno
 * @settle: comes after each attempt; may be NULL
 * @fault: finds fault with an attempt that returned a result; NULL if content;
 *	may be NULL itself
 */
struct operation {
	const char *name;
	const struct injection *inject;
	unsigned int flags;
	int errors[4];
	void (*prepare)(struct scene *scene);
	void (*arm)(struct scene *scene);
	int (*run)(struct scene *scene);
	void (*settle)(struct scene *scene);
	const char *(*fault)(int result);
};

/* Each ends with one without a name. */
extern const struct operation module_operations[];
extern const struct operation client_operations[];
extern const struct operation block_operations[];
extern const struct operation bulk_operations[];
extern const struct operation export_operations[];
extern const struct operation mapping_operations[];

bool operation_test(const struct operation *operation, unsigned int number);

#endif /* FAULTS_OPERATION_H */
