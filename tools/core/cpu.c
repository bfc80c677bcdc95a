// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs: who is on them, and interrupts.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core.h"
#include "thread.h"

#define INTERRUPT SIGUSR2

/**
 * struct call - what an interrupt is to do
 * @func: call this
 * @info: with this
 * @done: it has been called
 */
struct call {
	void (*func)(void *info);
	void *info;
	bool done;
};

/**
 * struct cpu - a CPU
 * @running: held by the thread that is on it
 * @holder: the thread's id, once it can be interrupted
 * @online: threads may be on it; written with @running held
 * @asking: held by who interrupts it
 * @call: what for; whoever takes it out does it
 */
struct cpu {
	pthread_mutex_t running;
	pid_t holder;
	bool online;
	pthread_mutex_t asking;
	struct call *call;
};

unsigned int core_nr_cpus;
__thread struct core_thread core_self;

static struct cpu cpus[CORE_MAX_CPUS];
static struct core_interrupts nr_interrupts;

/**
 * core_pause - called where a task may be interrupted with preemption off
 *
 * So that a program can make it take longer; NULL if it does not. At each barrier(),
 * and at each WRITE_ONCE() unless the variant is plain.
 */
void (*core_pause)(void);

void core_point(void)
{
	if (core_pause)
		core_pause();
}

/* Do what this CPU is asked for, if it still is. */
static bool answer(struct cpu *cpu)
{
	struct call *call =
		__atomic_exchange_n(&cpu->call, NULL, __ATOMIC_ACQUIRE);

	if (!call)
		return false;
	call->func(call->info);
	__atomic_store_n(&call->done, true, __ATOMIC_RELEASE);
	return true;
}

/* Who is on no CPU any more has been asked too late; it will be asked again. */
static void interrupt(int signal)
{
	const int err = errno;

	if (READ_ONCE(core_self.depth) && answer(&cpus[core_self.cpu]))
		__atomic_fetch_add(&nr_interrupts.running, 1, __ATOMIC_RELAXED);
	errno = err;
}

/**
 * core_start() - start the machine
 * @nr_cpus: how many CPUs it has, at most %CORE_MAX_CPUS; all are online
 */
void core_start(unsigned int nr_cpus)
{
	const struct sigaction action = {
		.sa_handler = interrupt,
		.sa_flags = SA_RESTART,
	};
	unsigned int i;

	if (!nr_cpus || nr_cpus > CORE_MAX_CPUS)
		core_die("so many CPUs there are not");
	core_nr_cpus = nr_cpus;
	for (i = 0; i < nr_cpus; i++) {
		pthread_mutex_init(&cpus[i].running, NULL);
		pthread_mutex_init(&cpus[i].asking, NULL);
		cpus[i].online = true;
	}
	sigaction(INTERRUPT, &action, NULL);
}

/**
 * core_run_on() - this thread is to be on a CPU
 * @cpu: the CPU; another one if it is offline
 */
void core_run_on(unsigned int cpu)
{
	if (core_self.depth)
		core_die("a task changes its CPU with preemption off");
	core_self.cpu = cpu;
}

void core_preempt_disable(void)
{
	struct cpu *cpu;

	if (core_self.depth) {
		core_self.depth++;
		return;
	}
	for (;;) {
		cpu = &cpus[core_self.cpu];
		pthread_mutex_lock(&cpu->running);
		if (cpu->online)
			break;
		pthread_mutex_unlock(&cpu->running);
		core_self.cpu = (core_self.cpu + 1) % core_nr_cpus;
	}
	WRITE_ONCE(cpu->holder, gettid());
	WRITE_ONCE(core_self.depth, 1);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

void core_preempt_enable(void)
{
	struct cpu *cpu = &cpus[core_self.cpu];

	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	if (!core_self.depth)
		core_die("preemption is on already");
	if (core_self.depth > 1) {
		core_self.depth--;
		return;
	}
	WRITE_ONCE(core_self.depth, 0);
	WRITE_ONCE(cpu->holder, 0);
	pthread_mutex_unlock(&cpu->running);
}

unsigned int core_this_cpu(void)
{
	if (!core_self.depth)
		core_die("what is a CPU's is looked at with preemption on");
	return core_self.cpu;
}

bool core_cpu_is_online(unsigned int cpu)
{
	return READ_ONCE(cpus[cpu].online);
}

/* @cpu or the first one behind it that is online; core_nr_cpus if none is. */
unsigned int core_next_online(unsigned int cpu)
{
	while (cpu < core_nr_cpus && !core_cpu_is_online(cpu))
		cpu++;
	return cpu;
}

/* Nobody is on the CPU: be there for as long as an interrupt takes. */
static int answer_in_place(unsigned int nr)
{
	const unsigned int mine = core_self.cpu;
	struct cpu *cpu = &cpus[nr];

	if (!cpu->online) {
		__atomic_store_n(&cpu->call, NULL, __ATOMIC_RELAXED);
		return -ENXIO;
	}
	core_self.cpu = nr;
	WRITE_ONCE(core_self.depth, 1);
	if (answer(cpu))
		__atomic_fetch_add(&nr_interrupts.idle, 1, __ATOMIC_RELAXED);
	WRITE_ONCE(core_self.depth, 0);
	core_self.cpu = mine;
	return 0;
}

/**
 * smp_call_function_single() - interrupt a CPU
 * @cpu: the CPU
 * @func: what the interrupt is to call
 * @info: with what
 * @wait: true
 *
 * Return: 0; -ENXIO if the CPU is offline.
 */
int smp_call_function_single(unsigned int cpu, void (*func)(void *info),
			     void *info, int wait)
{
	struct call call = { .func = func, .info = info };
	struct cpu *target = &cpus[cpu];
	int err = 0;

	core_might_sleep();
	pthread_mutex_lock(&target->asking);
	__atomic_store_n(&target->call, &call, __ATOMIC_RELEASE);
	while (!err && !__atomic_load_n(&call.done, __ATOMIC_ACQUIRE)) {
		const pid_t holder = READ_ONCE(target->holder);

		if (!pthread_mutex_trylock(&target->running)) {
			err = answer_in_place(cpu);
			pthread_mutex_unlock(&target->running);
		} else if (holder) {
			syscall(SYS_tgkill, getpid(), holder, INTERRUPT);
			sched_yield();
		}
	}
	pthread_mutex_unlock(&target->asking);
	return err;
}

/**
 * core_interrupts() - how have CPUs been interrupted?
 * @interrupts: filled in
 */
void core_interrupts(struct core_interrupts *interrupts)
{
	interrupts->running = READ_ONCE(nr_interrupts.running);
	interrupts->idle = READ_ONCE(nr_interrupts.idle);
}

/**
 * core_cpu_set_online() - threads may be on a CPU, or may not any more
 * @cpu: the CPU, which another thread does not bring up or down
 * @online: whether they may
 */
void core_cpu_set_online(unsigned int cpu, bool online)
{
	pthread_mutex_lock(&cpus[cpu].running);
	WRITE_ONCE(cpus[cpu].online, online);
	pthread_mutex_unlock(&cpus[cpu].running);
}
