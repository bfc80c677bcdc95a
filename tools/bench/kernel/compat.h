/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that the benchmark knows about kernel versions: names that have moved.
 */
#ifndef BENCH_COMPAT_H
#define BENCH_COMPAT_H

#include <linux/gfp.h>
#include <linux/hardirq.h>
#include <linux/kernel_stat.h>
#include <linux/percpu.h>
#include <linux/sched.h>

/* alloc_pages_bulk_array() became alloc_pages_bulk(), a macro, with 6.14. */
#ifdef alloc_pages_bulk
#define alloc_pages_bulk_array alloc_pages_bulk
#endif

/*
 * The buddy allocator of graphics drivers was drm_buddy before it moved; Kbuild
 * looks where it is, for stable kernels have got it too.
 */
#ifdef BENCH_HAS_GPU_BUDDY
#include <linux/gpu_buddy.h>
#else
#include <drm/drm_buddy.h>
#define gpu_buddy drm_buddy
#define gpu_buddy_block drm_buddy_block
#define gpu_buddy_init drm_buddy_init
#define gpu_buddy_fini drm_buddy_fini
#define gpu_buddy_alloc_blocks drm_buddy_alloc_blocks
#define gpu_buddy_free_block drm_buddy_free_block
#endif

/*
 * How often something else than the task itself has run on its CPU, which it does
 * not leave: interrupts and other tasks. Where these are not known, it is 0.
 */
static inline unsigned long bench_nr_others(void)
{
#ifdef CONFIG_X86_LOCAL_APIC
	return this_cpu_read(irq_stat.apic_timer_irqs) +
	       this_cpu_read(kstat.irqs_sum) + current->nvcsw + current->nivcsw;
#else
	return 0;
#endif
}

#endif /* BENCH_COMPAT_H */
