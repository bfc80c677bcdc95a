/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that buddypool knows about kernel versions. Supported: 6.1 and later.
 */
#ifndef BP_COMPAT_H
#define BP_COMPAT_H

#include <linux/mm.h>
#include <linux/version.h>

/* vm_flags_set() came, and vm_flags became const, with 6.3. */
static inline void bp_vm_flags_set(struct vm_area_struct *vma,
				   unsigned long flags)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags |= flags;
#else
	vm_flags_set(vma, flags);
#endif
}

/* For what is large, and written before it is read. */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized __attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#endif /* BP_COMPAT_H */
