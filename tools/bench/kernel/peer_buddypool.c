// SPDX-License-Identifier: GPL-2.0
/*
 * buddypool, as it is used for speed: its largest block is that of the page
 * allocator, and CPUs keep pages aside.
 */
#define PEER bench_buddypool
#define PEER_NAME "buddypool"
#define PEER_MAX_ORDER 10
#define PEER_PERCPU 4096

#include "peer_buddypool.h"
