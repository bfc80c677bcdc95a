// SPDX-License-Identifier: GPL-2.0
/*
 * JSON output: json-c, with every allocation checked.
 */
#include "json.h"

#include <string.h>

/* json-c returns NULL for "null" too; nothing here wants that. */
static struct json_object *checked(struct json_object *object)
{
	if (!object)
		out_of_memory();
	return object;
}

/**
 * json_new() - an empty object
 *
 * Return: the object.
 */
struct json_object *json_new(void)
{
	return checked(json_object_new_object());
}

/**
 * json_new_array() - an empty array
 *
 * Return: the array.
 */
struct json_object *json_new_array(void)
{
	return checked(json_object_new_array());
}

/**
 * json_set() - add a member to an object
 * @object: the object
 * @key: the member's name
 * @value: belongs to the object from now on
 */
void json_set(struct json_object *object, const char *key,
	      struct json_object *value)
{
	if (json_object_object_add(object, key, value))
		out_of_memory();
}

/**
 * json_set_number() - add a number to an object
 * @object: the object
 * @key: the member's name
 * @value: the number
 */
void json_set_number(struct json_object *object, const char *key, __u64 value)
{
	json_set(object, key, checked(json_object_new_uint64(value)));
}

/**
 * json_set_bool() - add true or false to an object
 * @object: the object
 * @key: the member's name
 * @value: which
 */
void json_set_bool(struct json_object *object, const char *key, bool value)
{
	json_set(object, key, checked(json_object_new_boolean(value)));
}

/**
 * json_set_text() - add a text to an object
 * @object: the object
 * @key: the member's name
 * @value: the text
 */
void json_set_text(struct json_object *object, const char *key,
		   const char *value)
{
	json_set(object, key, checked(json_object_new_string(value)));
}

static void set_failure(struct json_object *object,
			const struct buddypool_failure *failure)
{
	struct json_object *facts = json_new();

	json_set_text(facts, "reason", error_reason_name(failure->reason));
	json_set_number(facts, "free", failure->free);
	json_set_number(facts, "largest", failure->largest);
	json_set(object, "failure", facts);
}

/**
 * json_set_error() - add what went wrong to an object
 * @object: the object
 * @error: what
 */
void json_set_error(struct json_object *object, const struct error *error)
{
	const char *name = error->err ? strerrorname_np(error->err) : NULL;

	json_set_text(object, "error", error->text);
	if (name)
		json_set_text(object, "errno", name);
	if (error->signal)
		json_set_text(object, "signal",
			      error_signal_name(error->signal));
	if (error->failure.reason)
		set_failure(object, &error->failure);
}

/**
 * json_append() - add a value to an array
 * @array: the array
 * @value: belongs to the array from now on
 */
void json_append(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, value))
		out_of_memory();
}

/**
 * json_append_number() - add a number to an array
 * @array: the array
 * @value: the number
 */
void json_append_number(struct json_object *array, __u64 value)
{
	json_append(array, checked(json_object_new_uint64(value)));
}

/**
 * json_append_text() - add a text to an array
 * @array: the array
 * @value: the text
 */
void json_append_text(struct json_object *array, const char *value)
{
	json_append(array, checked(json_object_new_string(value)));
}

/**
 * json_print() - print an object, on a line of its own, and free it
 * @object: the object
 */
void json_print(struct json_object *object)
{
	const int flags = JSON_C_TO_STRING_PLAIN |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text = json_object_to_json_string_ext(object, flags);

	if (!text)
		out_of_memory();
	puts(text);
	json_object_put(object);
}
