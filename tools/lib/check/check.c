#include "check/check.h"

#include "base/options.h"
#include "base/share.h"
#include "base/stream.h"

void check_problem(struct checks *c, const char *format, ...) {
	struct buffer message = {0};
	va_list args;
	va_start(args, format);
	buffer_vprintf(&message, format, args);
	va_end(args);
	struct error e = {0};
	error_set(&e, STATUS_DATA, "%s", buffer_string(&message));
	error_report(&e, options_program());
	buffer_free(&message);
	c->problems++;
}

struct schema *check_schema(struct checks *c, const char *name, struct error *e) {
	bool is_new;
	struct map_entry *entry = map_put(&c->schemas, text_of(name), &is_new);
	if (is_new) {
		struct buffer path = {0};
		const char *found = share_find(SHARE_SCHEMAS, name, &path);
		struct schema *s = NULL;
		if (found) s = schema_open(found, e);
		else error_set(e, STATUS_OUTSIDE, "schemas/%s is not to be found; SPECTRUM_SCHEMAS=DIR tells where the schemas lie", name);
		entry->value = (uint64_t)(uintptr_t)s;
		buffer_free(&path);
	}
	struct schema *s = (struct schema *)(uintptr_t)entry->value;
	if (!s && !is_new) error_set(e, STATUS_OUTSIDE, "schemas/%s could not be read", name);
	return s;
}

int check_file(struct checks *c, const char *path, const char *schema_name, const char *definition, struct error *e) {
	struct buffer text = {0};
	struct json_value v;
	struct error found = {0};
	struct schema *schema = check_schema(c, schema_name, e);
	int state = schema && input_load(path, 0, &text, e) ? 1 : -1;
	if (state == 1 && (!json_check(text_unmarked(buffer_text(&text)), &v, &found) || !schema_check(schema, definition, v, &found))) {
		check_problem(c, "%s: %s", path, found.message);
		state = 0;
	}
	buffer_free(&text);
	return state;
}

void checks_free(struct checks *c) {
	for (size_t i = 0; i < c->schemas.count; i++) schema_close((struct schema *)(uintptr_t)c->schemas.entries[i].value);
	map_free(&c->schemas);
	map_free(&c->examples);
	map_free(&c->names);
	map_free(&c->overlaps);
	map_free(&c->tasks);
}
