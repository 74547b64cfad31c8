/* jsonl and json: objects as rows. */
#include <stdlib.h>

#include "base/map.h"
#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"
#include "read/reader_kind.h"

enum { FEW = 64 }; /* names that are compared one by one */

struct json_reader {
	struct reader shared;
	struct buffer scratch; /* decoded strings and compact containers of the row */
	struct buffer mended;  /* a text with null for NaN */
	struct text *names;
	struct cell *cells;
	size_t room;
	struct map many; /* names of the row from FEW on → their places */
	/* json: the whole file and the walk over its array or object */
	struct buffer whole;
	struct json_walk walk;
	bool located, entries, single;
	struct json_value root;
};

static struct cell cell_of(struct json_reader *r, struct json_value v) {
	switch (v.type) {
	case JSON_STRING: return (struct cell){.type = CELL_TEXT, .text = json_string(v, &r->scratch, &r->shared.replaced)};
	case JSON_NUMBER: return (struct cell){.type = CELL_NUMBER, .text = v.raw};
	case JSON_TRUE: return (struct cell){.type = CELL_BOOLEAN, .integer = 1};
	case JSON_FALSE: return (struct cell){.type = CELL_BOOLEAN};
	case JSON_ARRAY:
	case JSON_OBJECT: {
		size_t start = r->scratch.size;
		json_add_value(&r->scratch, v, false, false);
		return (struct cell){.type = CELL_JSON, .text = text_make(r->scratch.data + start, r->scratch.size - start)};
	}
	default: return (struct cell){.type = CELL_NULL};
	}
}

/* Where the name is among those of the row, or behind the others when it is new. */
static size_t place_of(struct json_reader *r, size_t count, struct text name) {
	size_t at = 0, few = count < FEW ? count : FEW;
	while (at < few && !text_equal(r->names[at], name)) at++;
	if (at < few || count < FEW) return at;
	bool fresh;
	struct map_entry *entry = map_put(&r->many, name, &fresh);
	if (fresh) entry->value = count;
	return (size_t)entry->value;
}

/* Puts the value under its name: where the projection wants it, or behind the others. A later equal name replaces an earlier one. */
static void put(struct json_reader *r, size_t *count, struct text name, struct json_value v) {
	struct reader *shared = &r->shared;
	if (shared->options.columns) {
		ptrdiff_t at = reader_projected(shared, name);
		if (at < 0) return;
		if (shared->seen) shared->seen[at] = true;
		r->cells[at] = cell_of(r, v);
		return;
	}
	size_t at = place_of(r, *count, name);
	if (at == *count) {
		if (r->room == *count) {
			size_t room = r->room;
			r->names = memory_grow(r->names, &room, *count + 1, sizeof *r->names);
			r->cells = memory_grow(r->cells, &r->room, *count + 1, sizeof *r->cells);
		}
		r->names[(*count)++] = name;
	}
	r->cells[at] = cell_of(r, v);
}

static void start_row(struct json_reader *r, size_t raw_size, size_t *count) {
	const struct reader_options *o = &r->shared.options;
	buffer_clear(&r->scratch);
	map_clear(&r->many);
	/* nothing decoded is longer than three times its raw form (one broken byte becomes U+FFFD), so slices stay where they are */
	buffer_reserve(&r->scratch, raw_size * 3 + 64);
	*count = o->columns ? o->column_count : 0;
	if (!o->columns) return;
	if (!r->names) {
		r->names = memory_zeroed(*count, sizeof *r->names);
		r->cells = memory_zeroed(*count, sizeof *r->cells);
		for (size_t i = 0; i < *count; i++) r->names[i] = text_of(o->columns[i]);
	}
	for (size_t i = 0; i < *count; i++) r->cells[i] = (struct cell){.type = CELL_NULL};
}

static void put_members(struct json_reader *r, size_t *count, struct json_value object) {
	struct json_walk walk = json_walk_start(object);
	struct json_value key, value;
	while (json_walk_next(&walk, &key, &value)) put(r, count, json_string(key, &r->scratch, &r->shared.replaced), value);
}

static struct reader *json_start(const char *path, const struct reader_options *options, struct input *in, struct error *e) {
	(void)path, (void)e;
	struct json_reader *r = memory_zeroed(1, sizeof *r);
	r->shared.options = *options;
	r->shared.in = in;
	return &r->shared;
}

/* Python's json module writes NaN, Infinity and -Infinity for numbers that are missing. Copies `t` to `mended` with null for each that stands
 * outside strings; false when there is none. */
static bool missing_to_null(struct text t, struct buffer *mended) {
	static const char *const words[] = {"NaN", "Infinity", "-Infinity"};
	const char *at = t.data, *end = at + t.size, *copied = at;
	bool inside = false;
	buffer_clear(mended);
	while (at < end) {
		size_t word = 0;
		if (*at == '"') inside = !inside;
		else if (inside && *at == '\\' && at + 1 < end) at++;
		for (size_t i = 0; !inside && !word && i < sizeof words / sizeof *words; i++)
			if (text_starts(text_make(at, (size_t)(end - at)), text_of(words[i]))) word = strlen(words[i]);
		if (word) {
			buffer_add(mended, copied, (size_t)(at - copied));
			buffer_add_string(mended, "null");
			copied = at + word;
		}
		at += word ? word : 1;
	}
	if (copied == t.data) return false;
	buffer_add(mended, copied, (size_t)(end - copied));
	return true;
}

static bool check_text(struct json_reader *r, struct text t, struct json_value *value, struct error *e) {
	return json_check(t, value, NULL) || json_check(missing_to_null(t, &r->mended) ? buffer_text(&r->mended) : t, value, e);
}

/* The file seems to be one for the other reader of JSON. */
static void suggest(struct error *e, const char *other) {
	if (!e) return;
	struct error said = *e;
	error_set(e, said.status, "%s; is it a file for the reader `%s`?", said.message, other);
}

static int jsonl_next(struct reader *shared, struct row *row, struct error *e) {
	struct json_reader *r = (struct json_reader *)shared;
	struct text line;
	for (;;) {
		int state = input_line(shared->in, &line, e);
		if (state <= 0) return state;
		if (input_line_number(shared->in) == 1) line = text_unmarked(line);
		if (text_trim(line).size) break;
	}
	struct json_value object;
	unsigned long long number = input_line_number(shared->in);
	bool good = check_text(r, line, &object, e);
	if (!good) error_within(e, "%s:%llu", input_name(shared->in), number);
	else if (object.type != JSON_OBJECT)
		good = error_set(e, STATUS_DATA, "%s:%llu: a record should be a JSON object {…}", input_name(shared->in), number);
	if (!good) {
		if (!shared->records && (text_starts(text_trim(line), text_of("[")) || text_is(text_trim(line), "{"))) suggest(e, "json");
		return -1;
	}
	size_t count;
	start_row(r, line.size, &count);
	put_members(r, &count, object);
	*row = (struct row){0, number, count, r->names, r->cells};
	return 1;
}

/* The value at an RFC 6901 pointer; JSON_NONE when there is none. */
static struct json_value at_pointer(struct json_value v, const char *pointer) {
	while (*pointer == '/') {
		struct buffer name = {0};
		for (pointer++; *pointer && *pointer != '/'; pointer++) {
			if (*pointer != '~') buffer_add_char(&name, *pointer);
			else buffer_add_char(&name, *++pointer == '0' ? '~' : '/');
			if (!*pointer) break;
		}
		const char *member = buffer_string(&name);
		struct json_value found = {0}, element;
		if (v.type == JSON_OBJECT) {
			found = json_member(v, member);
		} else if (v.type == JSON_ARRAY) {
			struct json_walk walk = json_walk_start(v);
			int64_t index;
			if (!number_parse_integer(text_of(member), &index)) index = -1;
			while (index-- >= 0 && json_walk_next(&walk, NULL, &element)) found = index < 0 ? element : (struct json_value){0};
		}
		v = found;
		buffer_free(&name);
	}
	return v;
}

/* Reads the file and finds what the rows are: an array's elements, an object's entries (with `at`), or the one object. */
static bool locate(struct json_reader *r, struct error *e) {
	struct reader *shared = &r->shared;
	const char *name = input_name(shared->in), *at = shared->options.at;
	struct text chunk;
	do {
		if (!input_chunk(shared->in, &chunk, e)) return false;
		buffer_add_text(&r->whole, chunk);
		if (r->whole.size > (size_t)4 << 30)
			return error_set(e, STATUS_DATA, "%s: more than 4 GiB in one JSON text; use JSON Lines", name);
	} while (chunk.size);
	struct text text = text_unmarked(buffer_text(&r->whole));
	if (!check_text(r, text, &r->root, e)) {
		const char *end = memchr(text.data ? text.data : "", '\n', text.size);
		bool lines =
			end && json_check(text_make(text.data, (size_t)(end - text.data)), &r->root, NULL) && r->root.type == JSON_OBJECT;
		error_within(e, "%s", name);
		if (lines) suggest(e, "jsonl");
		return false;
	}
	if (at) r->root = at_pointer(r->root, at);
	if (r->root.type != JSON_ARRAY && r->root.type != JSON_OBJECT)
		return error_set(e, STATUS_DATA, "%s: there is no array or object at \"%s\"", name, at ? at : "");
	r->single = r->root.type == JSON_OBJECT && !at;
	r->entries = r->root.type == JSON_OBJECT && at;
	r->walk = json_walk_start(r->root);
	r->located = true;
	return true;
}

static int json_next(struct reader *shared, struct row *row, struct error *e) {
	struct json_reader *r = (struct json_reader *)shared;
	if (!r->located && !locate(r, e)) return -1;
	struct json_value key = {0}, value = r->root;
	if (r->single) {
		if (shared->records) return 0;
	} else if (!json_walk_next(&r->walk, &key, &value)) {
		return 0;
	}
	size_t count;
	start_row(r, value.raw.size + key.raw.size, &count);
	if (r->entries) put(r, &count, text_of("_key"), key);
	if (value.type == JSON_OBJECT) put_members(r, &count, value);
	else put(r, &count, text_of("value"), value);
	*row = (struct row){0, 0, count, r->names, r->cells};
	return 1;
}

static void json_close(struct reader *shared) {
	struct json_reader *r = (struct json_reader *)shared;
	buffer_free(&r->scratch);
	buffer_free(&r->mended);
	buffer_free(&r->whole);
	map_free(&r->many);
	free(r->names);
	free(r->cells);
}

const struct reader_kind reader_jsonl = {"jsonl", false, json_start, jsonl_next, json_close};
const struct reader_kind reader_json = {"json", false, json_start, json_next, json_close};
