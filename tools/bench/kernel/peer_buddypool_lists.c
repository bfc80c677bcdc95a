// SPDX-License-Identifier: GPL-2.0
/*
 * buddypool, its pool a single block, where CPUs keep pages aside: to see what
 * filling and emptying their lists takes at worst.
 */
#define PEER bench_buddypool_lists
#define PEER_NAME "buddypool"
#define PEER_MAX_ORDER BENCH_MAX_ORDER
#define PEER_PERCPU 4096

#include "peer_buddypool.h"
