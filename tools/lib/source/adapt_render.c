/* How values of the database become text. */
#include "base/number.h"
#include "json/json.h"
#include "source/adapt_parts.h"

static bool bad_json(struct text t, const struct adapt_column *column, struct error *e) {
	return error_set(e, STATUS_DATA, "column '%s' is listed under \"json\" but holds '%.*s', which is not JSON", column->name,
		t.size > 80 ? 80 : (int)t.size, t.data);
}

static bool blob(const struct adapt_column *column, struct error *e) {
	return error_set(e, STATUS_DATA, "column '%s' holds a blob; CAST it to TEXT in the view", column->name);
}

/* Numbers and null, which look the same alone and in an object. */
static void add_plain(struct buffer *b, const struct adapt_cell *cell, const struct adapt_column *column) {
	if (cell->type == SQLITE_NULL) buffer_add_string(b, "null");
	else if (cell->type == SQLITE_FLOAT) number_add_real(b, cell->real);
	else if (column->boolean) buffer_add_string(b, cell->integer ? "true" : "false");
	else number_add_integer(b, cell->integer);
}

bool adapt_add_text(struct buffer *b, const struct adapt_cell *cell, const struct adapt_column *column, struct error *e) {
	if (cell->type == SQLITE_BLOB) return blob(column, e);
	if (cell->type != SQLITE_TEXT) {
		add_plain(b, cell, column);
		return true;
	}
	struct text t = cell->text;
	struct json_value value;
	if (!column->json) {
		buffer_add_text(b, t);
		return true;
	}
	if (!json_check(t, &value, NULL)) return bad_json(t, column, e);
	if (value.type != JSON_STRING) {
		json_add_value(b, value, true, false);
		return true;
	}
	struct buffer scratch = {0};
	buffer_add_text(b, json_string(value, &scratch, NULL));
	buffer_free(&scratch);
	return true;
}

static bool add_member(struct buffer *b, const struct adapt_cell *cell, const struct adapt_column *column, struct error *e) {
	if (cell->type == SQLITE_BLOB) return blob(column, e);
	json_add_string(b, text_of(column->name), false);
	buffer_add_string(b, ": ");
	if (cell->type != SQLITE_TEXT) {
		add_plain(b, cell, column);
		return true;
	}
	struct text t = cell->text;
	struct json_value value;
	if (!column->json) json_add_string(b, t, false);
	else if (json_check(t, &value, NULL)) json_add_value(b, value, true, false);
	else return bad_json(t, column, e);
	return true;
}

bool adapt_add_variables(
	struct buffer *b, const struct adapt_cell *row, const struct adapt_column *columns, const int *at, size_t count, struct error *e) {
	if (count == 1) return adapt_add_text(b, &row[at[0]], &columns[at[0]], e);
	buffer_add_char(b, '{');
	for (size_t i = 0; i < count; i++) {
		if (i) buffer_add_string(b, ", ");
		if (!add_member(b, &row[at[i]], &columns[at[i]], e)) return false;
	}
	buffer_add_char(b, '}');
	return true;
}

void adapt_add_key(struct buffer *b, struct text part) {
	for (size_t i = 0; i < part.size; i++) {
		char c = part.data[i];
		if (c == '/') buffer_add_string(b, "%2F");
		else if (c == '%') buffer_add_string(b, "%25");
		else buffer_add_char(b, c);
	}
}
