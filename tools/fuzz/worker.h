/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A worker: a process of several threads
 */
#ifndef FUZZ_WORKER_H
#define FUZZ_WORKER_H

#include <sys/types.h>

#include "fuzz.h"
#include "rng.h"

pid_t worker_start(const struct rng *rng, unsigned int number,
		   unsigned int life, unsigned int threads);

#endif /* FUZZ_WORKER_H */
