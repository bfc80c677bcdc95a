// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting.
 */
#include "pause.h"

#include <errno.h>
#include <time.h>

/**
 * pause_for() - sleep, also through signals that are handled
 * @seconds: how long
 */
void pause_for(double seconds)
{
	struct timespec time = {
		.tv_sec = (time_t)seconds,
		.tv_nsec = (long)((seconds - (time_t)seconds) * 1e9),
	};

	while (nanosleep(&time, &time) && errno == EINTR)
		;
}
