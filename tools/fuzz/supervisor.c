// SPDX-License-Identifier: GPL-2.0
/*
 * The supervisor: starts workers, kills them, and looks at what is left
 */
#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "actor.h"
#include "board.h"
#include "kmsg.h"
#include "op.h"
#include "progress.h"
#include "quiet.h"
#include "supervisor.h"
#include "worker.h"

#define ROUND_OPERATIONS 50000
#define TICK_MS 10
/*
 * How long nothing may happen, and how long the killed may take to end: counted in
 * ticks, for a machine that stands still does not go on when it wakes.
 */
#define HANG_MS 60000
/* How long to wait before those are killed who wait for memory in vain. */
#define GRACE_MS 2000

/* Clients that supervisor_kill() has at the same time. */
#define BATCH 8

/**
 * struct slot - a place for a worker
 * @pid: of the worker that is there, or 0
 * @life: how often one has been started there in this round
 * @stopped: it was sent SIGSTOP
 */
struct slot {
	pid_t pid;
	unsigned int life;
	bool stopped;
};

#define SLOTS 64

static struct slot slots[SLOTS];
static struct rng root, round_rng, mischief_rng;
static sigset_t signals;
static sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
	WRITE_ONCE(interrupted, 1);
}

/* Of the workers, which have it from us: it interrupts what they are in. */
static void on_signal(int signal)
{
}

/**
 * supervisor_init() - before anything is started
 */
void supervisor_init(void)
{
	struct sigaction action = { .sa_handler = on_interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = on_signal;
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	/* What workers leave behind is ours to bury. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	root = (struct rng){ options.seed };
	mischief_rng = rng_split(&root, ~0ULL);
}

/* Until a child ends, or for a moment. */
static void doze(unsigned int ms)
{
	struct timespec timeout = { .tv_nsec = ms * 1000000 };

	sigtimedwait(&signals, NULL, &timeout);
}

static void start(unsigned int i, unsigned int threads)
{
	slots[i].pid = worker_start(&round_rng, i, slots[i].life++, threads);
	slots[i].stopped = false;
	if (slots[i].pid < 0) {
		board_finding(SUBJECT_WORKERS, "fork: %s", strerror(errno));
		slots[i].pid = 0;
	}
}

static void judge_end(unsigned int i, int status)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		ADD_ONCE(board->kills, 1);
	else if (status)
		board_finding(SUBJECT_WORKERS,
			      "worker %u.%u ended with status %#x", i,
			      slots[i].life - 1, status);
}

/* Bury one that has ended; false if there is none. */
static bool bury(void)
{
	unsigned int i;
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	if (pid <= 0)
		return false;
	for (i = 0; i < SLOTS; i++) {
		if (slots[i].pid != pid)
			continue;
		judge_end(i, status);
		/* What it started is to end, too. */
		kill(-pid, SIGKILL);
		slots[i].pid = 0;
	}
	return true;
}

static void kill_all(void)
{
	unsigned int i;

	for (i = 0; i < SLOTS; i++)
		if (slots[i].pid)
			kill(-slots[i].pid, SIGKILL);
}

/* Wait until all have ended, those that were left behind included. */
static void wait_all(void)
{
	unsigned int ticks = 0;

	for (;;) {
		while (bury())
			;
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return;
		kmsg_watch();
		if (READ_ONCE(board->stop) || ticks > GRACE_MS / TICK_MS)
			kill_all();
		if (++ticks > HANG_MS / TICK_MS) {
			board_finding(SUBJECT_WORKERS,
				      "a process does not end");
			return;
		}
		doze(TICK_MS);
	}
}

/* Files and a mailbox that all workers of the round inherit. */
static void open_shared(void)
{
	int i, fd, fds[2];

	for (i = 0; i < FILES_INHERITED; i++) {
		fd = open(options.device, O_RDWR | O_CLOEXEC);
		if (fd < 0 || dup2(fd, FILES_FIRST + i) < 0)
			board_finding(SUBJECT_POOL, "%s: %s", options.device,
				      strerror(errno));
		close(fd);
	}
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, fds) ||
	    dup2(fds[0], MAILBOX_OUT) < 0 || dup2(fds[1], MAILBOX_IN) < 0)
		board_finding(SUBJECT_WORKERS, "socketpair: %s",
			      strerror(errno));
	close(fds[0]);
	close(fds[1]);
	memset(board->names, 0, sizeof(board->names));
}

static void close_shared(void)
{
	int i;

	for (i = 0; i < FILES_INHERITED; i++)
		close(FILES_FIRST + i);
	close(MAILBOX_OUT);
	close(MAILBOX_IN);
}

/* Kill, interrupt or stop somebody, now and then. */
static void do_mischief(void)
{
	struct slot *slot = &slots[rng_below(&mischief_rng, options.processes)];

	if (!slot->pid)
		return;
	if (slot->stopped) {
		kill(slot->pid, SIGCONT);
		slot->stopped = false;
		return;
	}
	switch (rng_below(&mischief_rng, 24)) {
	case 0:
		kill(slot->pid, SIGKILL);
		break;
	case 1:
		kill(slot->pid, SIGSTOP);
		slot->stopped = true;
		break;
	case 2 ... 6:
		kill(slot->pid, SIGUSR1);
		break;
	}
}

static bool time_is_up(void)
{
	static __u64 end;

	if (!options.seconds)
		return false;
	if (!end)
		end = progress_ms() + options.seconds * 1000ULL;
	return progress_ms() >= end;
}

static bool run_is_over(void)
{
	return READ_ONCE(interrupted) || READ_ONCE(board->stop) ||
	       time_is_up() ||
	       (options.operations &&
		READ_ONCE(board->operations) >= options.operations);
}

static bool round_is_over(void)
{
	return READ_ONCE(board->operations) >= board->round_end ||
	       run_is_over();
}

/* Nothing happens any more: that is a finding, if it lasts. */
static void watch_for_hangs(void)
{
	static unsigned int ticks;
	static __u64 operations;

	if (READ_ONCE(board->operations) != operations) {
		operations = READ_ONCE(board->operations);
		ticks = 0;
	} else if (++ticks > HANG_MS / TICK_MS) {
		board_finding(SUBJECT_WORKERS, "no operation for %u s",
			      HANG_MS / 1000);
	}
}

static void end_round(bool deadly)
{
	unsigned int i;

	/* So that those who look at it end by themselves. */
	WRITE_ONCE(board->round_end, 0);
	for (i = 0; i < SLOTS; i++)
		if (slots[i].stopped)
			kill(slots[i].pid, SIGCONT);
	if (deadly)
		kill_all();
	wait_all();
	close_shared();
	if (!READ_ONCE(board->stop)) {
		quiet_check();
		board->rounds++;
	}
	kmsg_watch();
}

/* Start anew those that have ended. */
static void restart(void)
{
	unsigned int i;

	for (i = 0; i < options.processes && !round_is_over(); i++) {
		if (slots[i].pid)
			continue;
		/* What its last life left behind may still hold blocks. */
		if (options.solo)
			wait_all();
		start(i, options.threads);
	}
}

static void run_round(void)
{
	unsigned int i;
	bool deadly;

	round_rng = rng_split(&root, board->rounds);
	deadly = !options.solo && rng_one_in(&mischief_rng, 2);
	WRITE_ONCE(board->round_end, board->operations + ROUND_OPERATIONS);
	if (options.operations && board->round_end > options.operations)
		WRITE_ONCE(board->round_end, options.operations);
	open_shared();
	for (i = 0; i < options.processes; i++) {
		slots[i].life = 0;
		start(i, options.threads);
	}
	while (!round_is_over()) {
		doze(TICK_MS);
		while (bury())
			;
		restart();
		if (!options.solo)
			do_mischief();
		kmsg_watch();
		watch_for_hangs();
		progress_show();
	}
	end_round(deadly);
}

/**
 * supervisor_fuzz() - one round after the other
 */
void supervisor_fuzz(void)
{
	op_init(0);
	while (!run_is_over())
		run_round();
}

/* One of them is waited for without a break, the others start meanwhile. */
static void run_batch(unsigned int n)
{
	unsigned int i;

	round_rng = rng_split(&root, board->rounds);
	WRITE_ONCE(board->round_end, ~0ULL);
	open_shared();
	for (i = 0; i < n; i++) {
		slots[i].life = 0;
		start(i, 1);
	}
	for (i = 0; i < n; i++) {
		doze(rng_below(&mischief_rng, TICK_MS));
		if (slots[i].pid)
			kill(-slots[i].pid, SIGKILL);
		while (bury())
			;
	}
	end_round(true);
}

/**
 * supervisor_kill() - kill short-lived clients, as many as were asked for
 */
void supervisor_kill(void)
{
	__u64 left;

	op_init(OP_VALID);
	while (!run_is_over() && board->kills < options.kill) {
		left = options.kill - board->kills;
		run_batch(left < BATCH ? left : BATCH);
		progress_show();
	}
}
