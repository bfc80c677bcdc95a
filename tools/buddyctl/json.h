/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON output. A lack of memory ends the program: see out_of_memory().
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <json-c/json_object.h>
#include <linux/types.h>

#include "error.h"

struct json_object *json_new(void);
struct json_object *json_new_array(void);
void json_set(struct json_object *object, const char *key,
	      struct json_object *value);
void json_set_number(struct json_object *object, const char *key, __u64 value);
void json_set_bool(struct json_object *object, const char *key, bool value);
void json_set_text(struct json_object *object, const char *key,
		   const char *value);
void json_set_error(struct json_object *object, const struct error *error);
void json_append(struct json_object *array, struct json_object *value);
void json_append_number(struct json_object *array, __u64 value);
void json_append_text(struct json_object *array, const char *value);
void json_print(struct json_object *object);

#endif /* JSON_H */
