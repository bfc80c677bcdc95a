/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a pool is, and the state it is in, as text and as JSON: for the
 * subcommands and for sessions.
 */
#ifndef INFO_H
#define INFO_H

#include <json-c/json.h>
#include <linux/buddypool.h>

void info_print(const struct buddypool_info *info);
struct json_object *info_json(const struct buddypool_info *info);

void stat_print(const struct buddypool_info *info,
		const struct buddypool_stat *stat);
struct json_object *stat_json(const struct buddypool_info *info,
			      const struct buddypool_stat *stat);

#endif /* INFO_H */
