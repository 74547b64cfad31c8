/* Keyed randomness that gives one value: rand and shuffled. */
#include <stdlib.h>

#include "base/memory.h"
#include "json/json.h"
#include "sql/function.h"
#include "sql/law.h"

static void free_law(void *law) { law_free(law); }

/* The law of the first two arguments, kept as auxiliary data of the parameters; NULL: the call has failed. */
static struct law *law_of(sqlite3_context *c, sqlite3_value **values, struct error *e) {
	struct text name = function_text(values[0]);
	struct law *law = sqlite3_get_auxdata(c, 1);
	if (law && text_is(name, law_name(law))) return law;
	return law_open(name, function_text(values[1]), e);
}

static void call_rand(sqlite3_context *c, int count, sqlite3_value **values) {
	struct error e;
	struct random_key key;
	struct variate v;
	struct buffer array = {0};
	if (count < 3) {
		function_fail(c, "rand", "needs a law, its parameters and at least one key");
		return;
	}
	struct law *law = law_of(c, values, &e);
	if (!law || !function_key(sqlite3_user_data(c), law_name(law), values + 2, count - 2, &key, &e)) {
		function_fail(c, "rand", "%s", e.message);
		if (law && sqlite3_get_auxdata(c, 1) != law) law_free(law);
		return;
	}
	struct random r = random_start(key);
	if (!law_draw(law, &r, &v, &array, &e)) function_fail(c, "rand", "%s", e.message);
	else if (v.type == VARIATE_INTEGER) sqlite3_result_int64(c, v.integer);
	else if (v.type == VARIATE_REAL) sqlite3_result_double(c, v.real);
	else function_give(c, &array, true);
	buffer_free(&array);
	/* last: SQLite frees it at once when the parameters are not constant */
	if (sqlite3_get_auxdata(c, 1) != law) sqlite3_set_auxdata(c, 1, law, free_law);
}

static void shuffle_elements(struct json_value array, struct random_key key, struct buffer *out) {
	size_t elements = json_count(array), i = 0;
	struct json_value *values = memory_zeroed(elements, sizeof *values);
	uint32_t *order = memory_zeroed(elements, sizeof *order);
	struct json_walk walk = json_walk_start(array);
	while (i < elements && json_walk_next(&walk, NULL, &values[i])) i++;
	for (i = 0; i < elements; i++) order[i] = (uint32_t)i; /* SQLite's texts are below 2^31 bytes */
	struct random r = random_start(key);
	random_shuffle(&r, order, elements);
	buffer_add_char(out, '[');
	for (i = 0; i < elements; i++) {
		if (i) buffer_add_char(out, ',');
		json_add_value(out, values[order[i]], false, false);
	}
	buffer_add_char(out, ']');
	free(values);
	free(order);
}

static void call_shuffled(sqlite3_context *c, int count, sqlite3_value **values) {
	struct error e;
	struct random_key key;
	struct json_value array;
	struct buffer b = {0};
	if (count < 2) {
		function_fail(c, "shuffled", "needs a JSON array and at least one key");
		return;
	}
	if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
	if (!json_check(function_text(values[0]), &array, &e) ||
		!function_key(sqlite3_user_data(c), "shuffled", values + 1, count - 1, &key, &e)) {
		function_fail(c, "shuffled", "%s", e.message);
		return;
	}
	if (array.type != JSON_ARRAY) {
		function_fail(c, "shuffled", "the first argument should be a JSON array");
		return;
	}
	shuffle_elements(array, key, &b);
	function_give(c, &b, true);
}

const struct function functions_random[] = {{"rand", -1, call_rand}, {"shuffled", -1, call_shuffled}, {0}};
