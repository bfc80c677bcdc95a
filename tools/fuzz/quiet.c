// SPDX-License-Identifier: GPL-2.0
/*
 * The pool when nobody uses it: all of it is free, and in the largest blocks
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "quiet.h"

/* How long after the last process has ended pages may take to come back. */
#define SETTLE_MS 10000
#define PAUSE_MS 2

struct buddypool_info pool;
static struct buddypool_stat at_first;

/**
 * quiet_drain() - take back what CPUs keep: it is free, but not merged
 * @fd: the device, open for writing
 *
 * Return: 0, or -1 with errno set.
 */
int quiet_drain(int fd)
{
	struct buddypool_drain arg = {};

	if (!has_feature(BUDDYPOOL_FEATURE_LISTS))
		return 0;
	return ioctl(fd, BUDDYPOOL_IOC_DRAIN, &arg);
}

static bool look(struct buddypool_stat *stat)
{
	int fd = open(options.device, O_RDWR | O_CLOEXEC);
	int err = 0;

	memset(stat, 0, sizeof(*stat));
	if (fd < 0 || ioctl(fd, BUDDYPOOL_IOC_INFO, &pool) || quiet_drain(fd) ||
	    ioctl(fd, BUDDYPOOL_IOC_STAT, stat))
		err = errno;
	if (fd >= 0)
		close(fd);
	if (err)
		board_finding(SUBJECT_POOL, "%s: %s", options.device,
			      strerror(err));
	return !err;
}

static bool is_quiet(const struct buddypool_stat *stat)
{
	return stat->free_pages == pool.pages && stat->clients == 1 &&
	       !stat->blocks && !stat->freed_mapped_pages &&
	       !stat->freed_pinned_pages && !stat->waiting && !stat->exports;
}

/* Whether all has been merged that was split. */
static bool is_as_at_first(const struct buddypool_stat *stat)
{
	return !memcmp(stat->free_blocks, at_first.free_blocks,
		       sizeof(stat->free_blocks)) &&
	       stat->largest == at_first.largest &&
	       stat->allocs - at_first.allocs == stat->frees - at_first.frees;
}

/**
 * quiet_init() - remember how the pool is
 *
 * Return: false if it cannot be used, or is in use.
 */
bool quiet_init(void)
{
	if (!look(&at_first))
		return false;
	if (is_quiet(&at_first))
		return true;
	board_finding(SUBJECT_POOL, "the pool is in use");
	return false;
}

static void tell(const struct buddypool_stat *stat)
{
	board_finding(SUBJECT_POOL,
		      "nobody uses the pool: %llu of %llu pages free, largest %llu, %llu blocks, %llu clients, freed but mapped %llu, freed but pinned %llu, %llu waiting, %llu exports",
		      stat->free_pages, pool.pages, stat->largest, stat->blocks,
		      stat->clients, stat->freed_mapped_pages,
		      stat->freed_pinned_pages, stat->waiting, stat->exports);
	board_finding(SUBJECT_POOL, "since the start: allocs %llu, frees %llu",
		      stat->allocs - at_first.allocs,
		      stat->frees - at_first.frees);
}

static void check_invariants(void)
{
	char path[256], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "%s/check", options.debugfs);
	file = fopen(path, "re");
	if (!file)
		return;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	if (strcmp(line, "ok"))
		board_finding(SUBJECT_POOL, "check: %s", line);
}

/**
 * quiet_check() - nobody uses the pool: it has to be as it was at first
 *
 * Waits a while for it.
 */
void quiet_check(void)
{
	struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };
	struct buddypool_stat stat;
	int ms;

	for (ms = 0;; ms += PAUSE_MS) {
		if (!look(&stat))
			return;
		if (is_quiet(&stat) && is_as_at_first(&stat))
			break;
		if (ms >= SETTLE_MS) {
			tell(&stat);
			break;
		}
		nanosleep(&pause, NULL);
	}
	check_invariants();
}
