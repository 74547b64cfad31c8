/* JSON: spacing, nulls, Python literals. */
#include "json/json.h"
#include "sql/function.h"
#include "sql/python.h"

/* The checked argument; false: NULL or the call has failed. */
static bool json_of(sqlite3_context *c, const char *name, sqlite3_value *value, struct json_value *out) {
	struct error e;
	if (sqlite3_value_type(value) == SQLITE_NULL) return false;
	if (json_check(function_text(value), out, &e)) return true;
	function_fail(c, name, "%s", e.message);
	return false;
}

static void call_spaced(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	struct json_value value;
	struct buffer b = {0};
	if (!json_of(c, "spaced", values[0], &value)) return;
	json_add_value(&b, value, true, false);
	function_give(c, &b, false);
}

/* Recursion is bounded: json_check allows 1000 levels. */
static void add_without_nulls(struct buffer *b, struct json_value value) {
	if (value.type != JSON_ARRAY && value.type != JSON_OBJECT) {
		json_add_value(b, value, false, false);
		return;
	}
	bool object = value.type == JSON_OBJECT, first = true;
	struct json_walk walk = json_walk_start(value);
	struct json_value key, member;
	buffer_add_char(b, object ? '{' : '[');
	while (json_walk_next(&walk, &key, &member)) {
		if (object && member.type == JSON_NULL) continue;
		if (!first) buffer_add_char(b, ',');
		first = false;
		if (object) {
			json_add_value(b, key, false, false);
			buffer_add_char(b, ':');
		}
		add_without_nulls(b, member);
	}
	buffer_add_char(b, object ? '}' : ']');
}

static void call_without_nulls(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	struct json_value value;
	struct buffer b = {0};
	if (!json_of(c, "without_nulls", values[0], &value)) return;
	add_without_nulls(&b, value);
	function_give(c, &b, true);
}

static void call_py_literal(sqlite3_context *c, int count, sqlite3_value **values) {
	struct error e;
	struct buffer b = {0};
	if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
	if (python_to_json(function_text(values[0]), &b, &e)) {
		function_give(c, &b, true);
		return;
	}
	struct text place = function_text(values[count - 1]);
	if (count == 1) function_fail(c, "py_literal", "%s", e.message);
	else function_fail(c, "py_literal", "%.*s: %s", TEXT_ARGS(place), e.message);
	buffer_free(&b);
}

const struct function functions_json[] = {
	{"spaced", 1, call_spaced}, {"without_nulls", 1, call_without_nulls}, {"py_literal", 1, call_py_literal},
	{"py_literal", 2, call_py_literal}, {0}};
