/* What columns the files of a table should have: what source.json lists and what the files of sample/ show. A column that is listed is needed in every
 * file (sql/form.h looks for it), and one that nobody expected is told: it does no harm, since columns go by name, but the file is not the one that
 * the source was written for. Without a sample the files are united by name, as they are. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "base/memory.h"
#include "source/adapt_parts.h"

/* Calls the names of the file's columns known: of its first record or, with `all`, of all. Names that were not known before are listed in
 * `fresh` (may be NULL); gives how many. */
static size_t learn(struct map *known, const char *path, const struct table_spec *spec, bool all, struct buffer *fresh) {
	struct reader *r = reader_open(path, &spec->reader, NULL);
	struct row row;
	size_t count = 0;
	while (r && reader_next(r, &row, NULL) == 1) {
		for (size_t i = 0; i < row.count; i++) {
			bool is_new = false;
			map_put(known, row.names[i], &is_new);
			if (is_new && fresh && fresh->size < 600)
				buffer_printf(fresh, "%s'%.*s'", count ? ", " : "", TEXT_ARGS(row.names[i]));
			count += is_new;
		}
		if (!all) break;
	}
	reader_close(r);
	return count;
}

/* Whether the sample has files of this table, whose columns are then known. */
static bool learn_sample(const struct adapt *a, size_t table, struct map *known) {
	struct arena memory = {0};
	struct buffer folder = {0};
	struct table_files sample;
	buffer_printf(&folder, "%s/sample", a->source->folder);
	source_table_files(a->source, &a->source->tables[table], buffer_string(&folder), &memory, &sample);
	for (size_t i = 0; i < sample.count; i++) learn(known, sample.files[i].path, &a->tables[table].spec, true, NULL);
	arena_free(&memory);
	buffer_free(&folder);
	return sample.count > 0;
}

/* Files whose columns have no names, or are rows of some table. */
static bool any_columns(const struct adapt *a, size_t table) {
	const struct table_spec *spec = &a->tables[table].spec;
	bool any = spec->reader.no_header || spec->reader.row || spec->reader.part;
	for (size_t i = 0; i < a->source->table_count; i++) {
		const struct source_table *t = &a->source->tables[i];
		any |= t->spec.long_id && t->files && !strcmp(t->files, a->source->tables[table].files);
	}
	return any;
}

static void warn_extra(const struct adapt *a, const struct adapt_table *t, struct map *known) {
	for (size_t i = 0; i < t->files.count; i++) {
		struct buffer fresh = {0};
		size_t count = learn(known, t->files.files[i].path, &t->spec, false, &fresh);
		if (count)
			warn(a->request->program,
				"%s: %s has %s %s, which table '%s' does not know and does not read. Was the file changed?", a->source->id,
				t->files.files[i].label, count == 1 ? "the column" : "the columns", buffer_string(&fresh), t->spec.name);
		buffer_free(&fresh);
	}
}

/* Columns that some of the files have and others lack become optional. */
static void unite(struct adapt *a, struct adapt_table *t) {
	struct map *files = memory_zeroed(t->files.count, sizeof *files);
	const char **optional = arena_allocate(a->memory, (t->spec.column_count + t->spec.optional_count) * sizeof *optional);
	size_t count = t->spec.optional_count;
	bool json = reader_kind_is_json(t->spec.reader.kind);
	if (count) memcpy(optional, t->spec.optional, count * sizeof *optional);
	for (size_t i = 0; i < t->files.count; i++) learn(&files[i], t->files.files[i].path, &t->spec, false, NULL);
	for (size_t k = 0; k < t->spec.column_count; k++) {
		const char *name = t->spec.columns[k].name, *lacking = NULL;
		size_t lack = 0;
		for (size_t i = 0; i < t->files.count; i++) {
			if (!files[i].count || map_find(&files[i], text_of(name))) continue;
			if (!lack++) lacking = t->files.files[i].label;
		}
		if (!lack || lack == t->files.count) continue;
		optional[count++] = name;
		if (json) continue; /* a later record may have it, and a missing key is NULL anyway */
		warn(a->request->program, "%s: %s has no column '%s' (%zu of %zu files of table '%s' lack it); it is NULL in their rows",
			a->source->id, lacking, name, lack, t->files.count, t->spec.name);
	}
	t->spec.optional = optional;
	t->spec.optional_count = count;
	for (size_t i = 0; i < t->files.count; i++) map_free(&files[i]);
	free(files);
}

void adapt_expect_columns(struct adapt *a, size_t table) {
	struct adapt_table *t = &a->tables[table];
	struct map known = {0};
	if (any_columns(a, table)) return;
	for (size_t i = 0; i < t->spec.column_count; i++) map_put(&known, text_of(t->spec.columns[i].name), NULL);
	if (learn_sample(a, table, &known)) warn_extra(a, t, &known);
	else if (t->files.count > 1) unite(a, t);
	map_free(&known);
}
