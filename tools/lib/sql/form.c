#include "sql/form.h"

#include "json/json.h"

void form_start(struct form *f, const struct table_spec *spec, const struct scan_layout *layout, struct arena *memory) {
	*f = (struct form){.spec = spec, .layout = layout};
	f->columns = arena_allocate(memory, layout->projected + 1);
	f->keys = arena_allocate(memory, (spec->key_count + 1) * sizeof *f->keys);
	for (size_t i = 0; i < spec->key_count; i++) {
		f->keys[i] = (struct form_key){.key = &spec->keys[i]};
		for (size_t k = 0; k < layout->count; k++)
			if (!strcmp(layout->columns[k].column.name, spec->keys[i].column)) f->keys[i].column = &layout->columns[k];
	}
}

void form_start_file(struct form *f) {
	memset(f->columns, 0, f->layout->projected);
	for (size_t i = 0; i < f->spec->key_count; i++) f->keys[i].found = f->keys[i].lacking = false;
	f->sought = f->spec->key_count;
}

void form_free(struct form *f) {
	for (size_t i = 0; i < f->spec->key_count; i++) buffer_free(&f->keys[i].names);
}

/* What stands where a key should be. */
static void note_names(struct buffer *names, struct json_value v) {
	struct json_walk walk = json_walk_start(v);
	struct json_value key, value;
	struct buffer scratch = {0};
	buffer_clear(names);
	if (v.type != JSON_OBJECT) buffer_add_string(names, "no object");
	else if (!json_count(v)) buffer_add_string(names, "none");
	while (v.type == JSON_OBJECT && names->size < 600 && json_walk_next(&walk, &key, &value)) {
		buffer_clear(&scratch);
		buffer_printf(names, "%s'%.*s'", names->size ? ", " : "", TEXT_ARGS(json_string(key, &scratch, NULL)));
	}
	buffer_free(&scratch);
}

/* Whether the value has the key from step `at` on. A null and an empty list say nothing. */
static void look(struct form_key *f, struct json_value v, size_t at) {
	struct json_value member;
	if (at == f->key->step_count) {
		f->found = true;
	} else if (v.type == JSON_NULL) {
		return;
	} else if (!strcmp(f->key->steps[at], "*") && (v.type == JSON_ARRAY || v.type == JSON_OBJECT)) {
		for (struct json_walk walk = json_walk_start(v); !f->found && json_walk_next(&walk, NULL, &member);)
			look(f, member, at + 1);
	} else if (v.type == JSON_OBJECT && (member = json_member(v, f->key->steps[at])).type != JSON_NONE) {
		look(f, member, at + 1);
	} else if (!f->lacking) {
		f->lacking = true;
		note_names(&f->names, v);
	}
}

void form_see(struct form *f, const struct scan_column *column, const struct cell *cell) {
	struct json_value v = {.type = JSON_NONE};
	if (cell->type != CELL_TEXT) return;
	for (size_t i = 0; i < f->spec->key_count; i++) {
		struct form_key *key = &f->keys[i];
		if (key->column != column || key->found) continue;
		if (v.type == JSON_NONE && !json_check(cell->text, &v, NULL)) return;
		look(key, v, 0);
		f->sought -= key->found;
	}
}

static bool is_optional(const struct table_spec *spec, const char *name) {
	for (size_t i = 0; i < spec->optional_count; i++)
		if (!strcmp(spec->optional[i], name)) return true;
	return false;
}

/* Names that a file has, for the message that one is missing. */
static void list_names(const char *path, const struct reader_options *options, struct buffer *names) {
	struct reader_options all = *options;
	struct row row;
	all.columns = NULL;
	all.column_count = 0;
	struct reader *r = reader_open(path, &all, NULL);
	if (r && reader_next(r, &row, NULL) == 1)
		for (size_t i = 0; i < row.count && names->size < 600; i++)
			buffer_printf(names, "%s'%.*s'", i ? ", " : "", TEXT_ARGS(row.names[i]));
	reader_close(r);
}

static bool lacks(
	const struct form *f, const struct table_file *file, const char *what, const char *name, struct buffer *names, struct error *e) {
	const struct table_spec *spec = f->spec;
	const char *has = buffer_string(names), *question = "Was it renamed?";
	if (!*has) question = "Is the file whole?";
	else if (!strstr(has, "', '") && strpbrk(has, ",;\t|")) question = "Is the \"reader\" or the \"delimiter\" another?";
	return error_set(e, STATUS_DATA, "%s: %s has no %s '%s' that table '%s' needs; it has %s. %s%s",
		spec->source ? spec->source : spec->name, file->label, what, name, spec->name, *has ? has : "no record", question,
		spec->file_count > 1 && !strcmp(what, "column") ? " (If some files lack it on purpose, list it under \"optional\".)" : "");
}

bool form_check_columns(struct form *f, const struct table_file *file, const struct reader_options *options, struct error *e) {
	for (size_t i = 0; i < f->layout->projected; i++) {
		const char *name = f->layout->projection[i];
		if (f->columns[i] || is_optional(f->spec, name)) continue;
		struct buffer names = {0};
		list_names(file->path, options, &names);
		lacks(f, file, "column", name, &names, e);
		buffer_free(&names);
		return false;
	}
	return true;
}

bool form_check_keys(struct form *f, const struct table_file *file, struct error *e) {
	for (size_t i = 0; i < f->spec->key_count; i++)
		if (f->keys[i].lacking && !f->keys[i].found) return lacks(f, file, "key", f->keys[i].key->path, &f->keys[i].names, e);
	return true;
}
