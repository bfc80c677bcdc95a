// SPDX-License-Identifier: GPL-2.0
/*
 * Small structures, copied from and to user space.
 *
 * copy_from_user() is made for any size and has the object looked up in which the
 * kernel's side lies; for the few words of a command, most of its time is that.
 * Word by word it is done as soon as that has begun, the way that io_uring reads a
 * msghdr and pselect() the argument with its signals. What is no run of whole words
 * goes by copy_from_user().
 */
#include "copy.h"

#include <linux/align.h>
#include <linux/errno.h>
#include <linux/fault-inject-usercopy.h>
#include <linux/kernel.h>
#include <linux/uaccess.h>

static bool is_words(const void __user *user, size_t size)
{
	return IS_ALIGNED((unsigned long)user | size, sizeof(u64));
}

static noinline int any_from_user(void *to, const void __user *from,
				  size_t size)
{
	return copy_from_user(to, from, size) ? -EFAULT : 0;
}

static noinline int any_to_user(void __user *to, const void *from, size_t size)
{
	return copy_to_user(to, from, size) ? -EFAULT : 0;
}

static int words_from_user(u64 *to, const u64 __user *from, size_t nr)
{
	size_t i;

	might_fault();
	if (should_fail_usercopy())
		return -EFAULT;
	if (!user_read_access_begin(from, nr * sizeof(*from)))
		return -EFAULT;
	/* Backwards, for there it takes least. */
	for (i = nr; i--;)
		unsafe_get_user(to[i], &from[i], fault);
	user_read_access_end();
	return 0;

fault:
	user_read_access_end();
	return -EFAULT;
}

static int words_to_user(u64 __user *to, const u64 *from, size_t nr)
{
	size_t i;

	might_fault();
	if (should_fail_usercopy())
		return -EFAULT;
	if (!user_write_access_begin(to, nr * sizeof(*to)))
		return -EFAULT;
	for (i = nr; i--;)
		unsafe_put_user(from[i], &to[i], fault);
	user_write_access_end();
	return 0;

fault:
	user_write_access_end();
	return -EFAULT;
}

/**
 * bp_copy_from_user() - copy a structure of a few words from user space
 * @to: where to, aligned for u64
 * @from: where from; any address
 * @size: how much, in bytes; no more than the object at @to has, which nothing else
 *	sees to
 *
 * Context: process context; sleeps.
 * Return: 0; -EFAULT, and part of it may have been copied.
 */
int bp_copy_from_user(void *to, const void __user *from, size_t size)
{
	if (is_words(from, size))
		return words_from_user(to, from, size / sizeof(u64));
	return any_from_user(to, from, size);
}

/**
 * bp_copy_to_user() - copy a structure of a few words to user space
 * @to: where to; any address
 * @from: where from, aligned for u64
 * @size: how much, in bytes; no more than the object at @from has, which nothing
 *	else sees to
 *
 * Context: process context; sleeps.
 * Return: 0; -EFAULT, and part of it may have been copied.
 */
int bp_copy_to_user(void __user *to, const void *from, size_t size)
{
	if (is_words(to, size))
		return words_to_user(to, from, size / sizeof(u64));
	return any_to_user(to, from, size);
}
