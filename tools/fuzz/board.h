/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The board: memory that all processes of the fuzzer share, with what has been
 * counted and what has been found
 */
#ifndef FUZZ_BOARD_H
#define FUZZ_BOARD_H

#include "fuzz.h"

/* Room for operations, and for results: errnos, then signals. */
#define BOARD_OPS 64
#define BOARD_RESULTS 256
#define RESULT_SIGNAL 192

#define BOARD_NAMES 24

/**
 * enum subject - what a finding is about; each is one result of the run
 * @SUBJECT_LOG: the kernel's log
 * @SUBJECT_ANSWERS: what a system call returned
 * @SUBJECT_CONTENTS: what was in the memory
 * @SUBJECT_POOL: the pool when nobody uses it, and its invariants
 * @SUBJECT_WORKERS: how processes ended
 */
enum subject {
	SUBJECT_LOG,
	SUBJECT_ANSWERS,
	SUBJECT_CONTENTS,
	SUBJECT_POOL,
	SUBJECT_WORKERS,
	NR_SUBJECTS,
};

/**
 * struct name - a block that is nobody's own: anybody may do anything to it
 * @file: number of the descriptor through which it was allocated
 * @handle: its handle there
 * @pages: its usable pages when it was allocated
 * @offset: where to map it
 *
 * Written and read without any order: a name may be out of date, or composed of
 * two, and is one of the nearly valid arguments then.
 */
struct name {
	int file;
	__u32 handle;
	__u32 pages;
	__u64 offset;
};

/**
 * struct board - what is shared
 * @operations: done so far
 * @round_end: operations at which the round ends
 * @counts: operations by kind and result
 * @findings: by subject
 * @stop: everybody is to end
 * @kills: processes that were killed by SIGKILL
 * @rounds: completed
 * @names: see struct name
 */
struct board {
	__u64 operations;
	__u64 round_end;
	__u64 counts[BOARD_OPS][BOARD_RESULTS];
	unsigned int findings[NR_SUBJECTS];
	bool stop;
	__u64 kills;
	__u64 rounds;
	struct name names[BOARD_NAMES];
};

extern struct board *board;

/**
 * struct position - where in the run a thread is; enough to repeat it
 * @round: number of the round
 * @worker: number of the worker
 * @life: how often the worker had been started before in this round
 * @thread: number of the thread in the worker
 * @operation: number of the operation in the thread
 * @name: name of the operation, NULL outside of operations
 */
struct position {
	__u64 round;
	unsigned int worker;
	unsigned int life;
	unsigned int thread;
	__u64 operation;
	const char *name;
};

extern __thread struct position position;

void board_init(void);
void board_count(unsigned int op, int result);
const char *board_result(int result);
unsigned int board_findings(void);
__printf(1, 2) void board_line(const char *format, ...);
__printf(2, 3) void board_finding(enum subject subject, const char *format,
				  ...);
void board_trace(int result);
void board_summary(const char *name, unsigned int op);

#endif /* FUZZ_BOARD_H */
