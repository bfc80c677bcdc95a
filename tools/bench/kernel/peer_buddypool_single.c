// SPDX-License-Identifier: GPL-2.0
/*
 * buddypool, its pool a single block, of which CPUs keep nothing aside: each call
 * goes all the way, down to a page and up to the whole.
 */
#define PEER bench_buddypool_single
#define PEER_NAME "buddypool-nolists"
#define PEER_MAX_ORDER BENCH_MAX_ORDER
#define PEER_PERCPU 0

#include "peer_buddypool.h"
