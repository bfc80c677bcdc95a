/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The commands of the device.
 */
#ifndef BP_IOCTL_H
#define BP_IOCTL_H

struct bp_block;
struct bp_client;
struct file;

long bp_ioctl(struct bp_client *client, const struct file *file,
	      unsigned int cmd, unsigned long arg);
long bp_ioctl_block(struct bp_block *block, unsigned int cmd,
		    unsigned long arg);

#endif /* BP_IOCTL_H */
