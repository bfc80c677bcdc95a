/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a client may do, and the module's parameters, which say so for all
 */
#ifndef SELFTEST_LIMITS_H
#define SELFTEST_LIMITS_H

#include <linux/buddypool.h>

#define NO_LIMIT BUDDYPOOL_UNLIMITED

int try_limit(int fd, __u32 flags, __u64 bytes, __u64 handles, __u64 wait);
void limit_bytes(int fd, __u64 bytes);
void limit_handles(int fd, __u64 handles);
void limit_wait(int fd, __u64 ns);
struct buddypool_limit limit_read(int fd);
void limit_expect(int fd, __u64 bytes, __u64 handles, __u64 wait);
void limit_expect_held(int fd, __u64 bytes, __u64 handles);

int try_parameter(const char *name, const char *value);
void parameter_set(const char *name, __u64 value);
void parameters_save(void);
void parameters_restore(void);

#endif /* SELFTEST_LIMITS_H */
