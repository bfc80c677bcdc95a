/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module under test: to load it, to unload it, and what it says
 */
#ifndef FAULTS_DRIVER_H
#define FAULTS_DRIVER_H

#include <stdbool.h>

#define DRIVER_NAME "buddypool"
#define DRIVER_DEVICE "/dev/" DRIVER_NAME
#define DRIVER_SYSFS "/sys/module/" DRIVER_NAME
#define DRIVER_DEBUGFS "/sys/kernel/debug/" DRIVER_NAME

void driver_init(const char *path, char **parameters);
int driver_load(void);
int driver_unload(void);
bool driver_is_loaded(void);

void driver_log_begin(void);
const char *driver_log_fault(int result);

#endif /* FAULTS_DRIVER_H */
