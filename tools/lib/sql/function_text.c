/* Text: white space, case, words, letters, numbers as text, and an adapter's own errors. */
#include <math.h>

#include "base/number.h"
#include "json/json.h"
#include "sql/fold.h"
#include "sql/function.h"

static bool is_null(sqlite3_value *value) { return sqlite3_value_type(value) == SQLITE_NULL; }

static void call_strip(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	if (is_null(values[0])) return;
	struct text t = text_trim(function_text(values[0]));
	sqlite3_result_text64(c, t.data, t.size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void call_fold(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	struct buffer b = {0};
	if (is_null(values[0])) return;
	fold_add(&b, function_text(values[0]));
	function_give(c, &b, false);
}

static void call_words(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	if (is_null(values[0])) return;
	struct text t = function_text(values[0]);
	const char *at = t.data, *end = t.data + t.size;
	int64_t words = 0;
	bool inside = false;
	while (at < end) {
		bool space = unicode_is_space(utf8_next(&at, end));
		words += !space && !inside;
		inside = !space;
	}
	sqlite3_result_int64(c, words);
}

/* A, B, …, Z, AA, AB, …: bijective base 26, as columns of a spreadsheet. */
static void add_letter(struct buffer *b, uint64_t i) {
	char letters[16], *at = letters + sizeof letters;
	do *--at = (char)('A' + i % 26);
	while ((i /= 26) && i--);
	buffer_add(b, at, (size_t)(letters + sizeof letters - at));
}

static void call_letter(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	int64_t i;
	struct buffer b = {0};
	if (is_null(values[0]) || !function_integer(c, "letter", values[0], &i)) return;
	if (i < 0) {
		function_fail(c, "letter", "%lld is below 0", (long long)i);
		return;
	}
	add_letter(&b, (uint64_t)i);
	function_give(c, &b, false);
}

static void call_lettered(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	struct json_value array, element;
	struct error e;
	struct buffer b = {0}, scratch = {0};
	if (is_null(values[0])) return;
	if (!json_check(function_text(values[0]), &array, &e)) {
		function_fail(c, "lettered", "%s", e.message);
		return;
	}
	if (array.type != JSON_ARRAY) {
		function_fail(c, "lettered", "the argument should be a JSON array");
		return;
	}
	struct json_walk walk = json_walk_start(array);
	for (uint64_t i = 0; json_walk_next(&walk, NULL, &element); i++) {
		if (i) buffer_add_char(&b, '\n');
		add_letter(&b, i);
		buffer_add_string(&b, ": ");
		buffer_clear(&scratch);
		if (element.type == JSON_STRING) buffer_add_text(&b, json_string(element, &scratch, NULL));
		else json_add_value(&b, element, true, false);
	}
	buffer_free(&scratch);
	function_give(c, &b, false);
}

enum { DIGITS_LIMIT = 300 };

/* The arguments of fixed and scientific; false: nothing more is to be done. */
static bool digits_of(sqlite3_context *c, const char *name, sqlite3_value **values, double *x, int64_t *digits) {
	if (is_null(values[0]) || is_null(values[1])) return false;
	if (!function_real(c, name, values[0], x) || !function_integer(c, name, values[1], digits)) return false;
	if (*digits < 0 || *digits > DIGITS_LIMIT)
		function_fail(c, name, "digits should be from 0 to %d, not %lld", DIGITS_LIMIT, (long long)*digits);
	else if (!isfinite(*x)) function_fail(c, name, "the number is not finite");
	else return true;
	return false;
}

static void call_fixed(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	double x;
	int64_t digits;
	struct buffer b = {0};
	if (!digits_of(c, "fixed", values, &x, &digits)) return;
	if (sqlite3_value_type(values[0]) == SQLITE_INTEGER) { /* beyond 2^53 a double would lose digits */
		number_add_integer(&b, sqlite3_value_int64(values[0]));
		if (digits) buffer_printf(&b, ".%0*d", (int)digits, 0);
	} else {
		number_add_fixed(&b, x, (int)digits);
	}
	function_give(c, &b, false);
}

static void call_scientific(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	double x;
	int64_t digits;
	struct buffer b = {0};
	if (!digits_of(c, "scientific", values, &x, &digits)) return;
	buffer_printf(&b, "%.*e", (int)digits, x == 0 ? 0.0 : x); /* zero without a sign, as fixed gives it */
	function_give(c, &b, false);
}

static void call_number(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	int64_t integer;
	double real;
	struct buffer b = {0};
	if (is_null(values[0])) return;
	int type = sqlite3_value_type(values[0]);
	if (type == SQLITE_INTEGER || (type == SQLITE_TEXT && number_parse_integer(function_text(values[0]), &integer))) {
		number_add_integer(&b, type == SQLITE_INTEGER ? sqlite3_value_int64(values[0]) : integer);
	} else if (!function_real(c, "number", values[0], &real)) {
		return;
	} else if (!isfinite(real)) {
		function_fail(c, "number", "the number is not finite");
		return;
	} else {
		number_add_real(&b, real);
	}
	function_give(c, &b, false);
}

/* What an adapter finds wrong with the data, in its own words. */
static void call_fail(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	if (is_null(values[0])) return;
	struct text t = function_text(values[0]);
	sqlite3_result_error(c, t.data, (int)t.size);
}

const struct function functions_text[] = {{"strip", 1, call_strip}, {"fold", 1, call_fold}, {"words", 1, call_words},
	{"letter", 1, call_letter}, {"lettered", 1, call_lettered}, {"fixed", 2, call_fixed}, {"scientific", 2, call_scientific},
	{"number", 1, call_number}, {"fail", 1, call_fail}, {0}};
