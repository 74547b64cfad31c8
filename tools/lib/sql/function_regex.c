/* Regular expressions. The compiled pattern is kept as auxiliary data of its argument: once a statement when it is constant. */
#include "base/regex.h"

#include "base/number.h"
#include "sql/function.h"

static void free_regex(void *re) { regex_free(re); }

/* The compiled pattern of argument `i`; NULL: the call has failed.*/
static struct regex *pattern_of(sqlite3_context *c, const char *name, sqlite3_value **values, int i) {
	struct regex *re = sqlite3_get_auxdata(c, i);
	if (re) return re;
	struct error e;
	re = regex_compile(function_text(values[i]), &e);
	if (!re) function_fail(c, name, "%s", e.message);
	return re;
}

/* To be called last: SQLite may free the regex at once when the argument is not constant. */
static void keep(sqlite3_context *c, int i, struct regex *re) {
	if (sqlite3_get_auxdata(c, i) != re) sqlite3_set_auxdata(c, i, re, free_regex);
}

static bool any_null(int count, sqlite3_value **values) {
	for (int i = 0; i < count; i++)
		if (sqlite3_value_type(values[i]) == SQLITE_NULL) return true;
	return false;
}

static void match(sqlite3_context *c, const char *name, sqlite3_value **values, int subject, int pattern) {
	struct regex *re;
	struct error e;
	if (any_null(2, values) || !(re = pattern_of(c, name, values, pattern))) return;
	int found = regex_find(re, function_text(values[subject]), 0, &e);
	if (found < 0) function_fail(c, name, "%s", e.message);
	else sqlite3_result_int(c, found);
	keep(c, pattern, re);
}

static void call_match(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	match(c, "regex_match", values, 0, 1);
}

/* `text REGEXP pattern` calls regexp(pattern, text). */
static void call_regexp(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	match(c, "REGEXP", values, 1, 0);
}

static void call_replace(sqlite3_context *c, int count, sqlite3_value **values) {
	struct regex *re;
	struct error e;
	struct buffer b = {0};
	if (any_null(count, values) || !(re = pattern_of(c, "regex_replace", values, 1))) return;
	if (regex_replace(re, function_text(values[0]), function_text(values[2]), &b, &e) < 0) {
		function_fail(c, "regex_replace", "%s", e.message);
		buffer_free(&b);
	} else {
		function_give(c, &b, false);
	}
	keep(c, 1, re);
}

/* The group that the third argument names or numbers; −1: the call has failed. */
static int64_t group_of(sqlite3_context *c, const struct regex *re, sqlite3_value *value) {
	int64_t group;
	struct text name = function_text(value);
	if (!number_parse_integer(name, &group)) group = regex_group_number(re, name);
	if (group >= 0 && group < (int64_t)regex_group_count(re)) return group;
	function_fail(c, "regex_extract", "the pattern has no group '%.*s' (0 is the whole match)", TEXT_ARGS(name));
	return -1;
}

static void call_extract(sqlite3_context *c, int count, sqlite3_value **values) {
	struct regex *re;
	struct error e;
	if (any_null(count, values) || !(re = pattern_of(c, "regex_extract", values, 1))) return;
	int64_t group = group_of(c, re, values[2]);
	int found = group < 0 ? 0 : regex_find(re, function_text(values[0]), 0, &e);
	if (found < 0) function_fail(c, "regex_extract", "%s", e.message);
	if (found > 0) {
		struct text t = regex_group(re, (size_t)group);
		if (t.data) sqlite3_result_text64(c, t.data, t.size, SQLITE_TRANSIENT, SQLITE_UTF8);
	}
	keep(c, 1, re);
}

static void call_count(sqlite3_context *c, int count, sqlite3_value **values) {
	struct regex *re;
	struct error e;
	struct buffer ignored = {0};
	if (any_null(count, values) || !(re = pattern_of(c, "regex_count", values, 1))) return;
	int64_t found = regex_replace(re, function_text(values[0]), text_of(""), &ignored, &e);
	if (found < 0) function_fail(c, "regex_count", "%s", e.message);
	else sqlite3_result_int64(c, found);
	buffer_free(&ignored);
	keep(c, 1, re);
}

const struct function functions_regex[] = {{"regex_match", 2, call_match}, {"regexp", 2, call_regexp}, {"regex_replace", 3, call_replace},
	{"regex_extract", 3, call_extract}, {"regex_count", 2, call_count}, {0}};
