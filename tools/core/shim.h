/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core and the pool of the module need of the kernel, for user space:
 * stands in for each header of linux/ that they include.
 *
 * There is a machine of some CPUs, and threads stand for tasks. A thread is on a CPU
 * only while it has preemption off, and then alone; which CPU it is does not change
 * then. A spinlock does not bind it to a CPU, as on PREEMPT_RT, so that more can
 * happen at once than anywhere else. An interrupt is a signal to the thread that is on
 * the CPU; a CPU that nobody is on is interrupted by whoever asks, in its place.
 *
 * What must not be done is found: to sleep with preemption off or a spinlock held, to
 * look at what is a CPU's with preemption on, a lock that is not held but should be.
 *
 * See core.h for what a program can do with the machine.
 */
#ifndef CORE_SHIM_H
#define CORE_SHIM_H

#include "shim_bits.h"
#include "shim_cpu.h"
#include "shim_lock.h"
#include "shim_memory.h"
#include "shim_task.h"

#endif /* CORE_SHIM_H */
