#include "sql/functions.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/number.h"
#include "sql/function.h"

struct text function_text(sqlite3_value *value) {
	const char *bytes = (const char *)sqlite3_value_text(value); /* before the size: it may convert */
	return text_make(bytes, bytes ? (size_t)sqlite3_value_bytes(value) : 0);
}

void function_fail(sqlite3_context *c, const char *name, const char *format, ...) {
	struct buffer b = {0};
	va_list args;
	buffer_add_string(&b, name);
	buffer_add_string(&b, ": ");
	va_start(args, format);
	buffer_vprintf(&b, format, args);
	va_end(args);
	sqlite3_result_error(c, buffer_string(&b), -1);
	buffer_free(&b);
}

void function_give(sqlite3_context *c, struct buffer *b, bool json) {
	if (b->size) sqlite3_result_text64(c, b->data, b->size, free, SQLITE_UTF8);
	else {
		sqlite3_result_text(c, "", 0, SQLITE_STATIC);
		buffer_free(b);
	}
	*b = (struct buffer){0};
	if (json) sqlite3_result_subtype(c, 'J');
}

bool function_real(sqlite3_context *c, const char *name, sqlite3_value *value, double *out) {
	int type = sqlite3_value_type(value);
	if (type == SQLITE_INTEGER || type == SQLITE_FLOAT) {
		*out = sqlite3_value_double(value);
		return true;
	}
	struct text t = function_text(value);
	if (type == SQLITE_TEXT && number_parse_real(t, out)) return true;
	function_fail(c, name, type == SQLITE_NULL ? "a number is NULL" : "'%.*s' is not a number", TEXT_ARGS(t));
	return false;
}

bool function_integer(sqlite3_context *c, const char *name, sqlite3_value *value, int64_t *out) {
	double real;
	if (sqlite3_value_type(value) == SQLITE_INTEGER) {
		*out = sqlite3_value_int64(value);
		return true;
	}
	if (sqlite3_value_type(value) == SQLITE_TEXT && number_parse_integer(function_text(value), out)) return true;
	if (!function_real(c, name, value, &real)) return false;
	if (floor(real) != real || fabs(real) > 0x1p53) {
		function_fail(c, name, "%.17g is not a whole number", real);
		return false;
	}
	*out = (int64_t)real;
	return true;
}

bool function_key(const struct function_context *context, const char *name, sqlite3_value **keys, int count, struct random_key *out,
	struct error *e) {
	struct random_key key = random_key_text(random_key_text(random_key_start(context->seed), context->source), text_of(name));
	for (int i = 0; i < count; i++) {
		struct buffer real = {0};
		switch (sqlite3_value_type(keys[i])) {
		case SQLITE_NULL: return error_set(e, STATUS_DATA, "key %d is NULL; a key should be a text or a number", i + 1);
		case SQLITE_INTEGER: key = random_key_integer(key, sqlite3_value_int64(keys[i])); break;
		case SQLITE_FLOAT: /* not the text that SQLite makes of it: that has 15 digits only */
			number_add_real(&real, sqlite3_value_double(keys[i]));
			key = random_key_text(key, buffer_text(&real));
			buffer_free(&real);
			break;
		default: key = random_key_text(key, function_text(keys[i]));
		}
	}
	*out = key;
	return true;
}

static bool add_functions(sqlite3 *db, const struct function *list, const struct function_context *context, struct error *e) {
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
#ifdef SQLITE_RESULT_SUBTYPE
	flags |= SQLITE_RESULT_SUBTYPE;
#endif
#ifdef SQLITE_SUBTYPE
	flags |= SQLITE_SUBTYPE;
#endif
	for (; list->name; list++)
		if (sqlite3_create_function_v2(
			    db, list->name, list->arguments, flags, (void *)(uintptr_t)context, list->call, NULL, NULL, NULL))
			return error_set(e, STATUS_OUTSIDE, "the SQL function %s cannot be registered: %s", list->name, sqlite3_errmsg(db));
	return true;
}

bool functions_register(sqlite3 *db, const struct function_context *context, struct error *e) {
	return add_functions(db, functions_text, context, e) && add_functions(db, functions_regex, context, e) &&
	       add_functions(db, functions_json, context, e) && add_functions(db, functions_number, context, e) &&
	       add_functions(db, functions_random, context, e) && functions_add_sums(db, e) && functions_add_tables(db, context, e);
}
