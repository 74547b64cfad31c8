#include "source/sav_tables.h"

static const struct table_column variables[] = {{"variable", COLUMN_TEXT}, {"label", COLUMN_TEXT}, {"type", COLUMN_TEXT},
	{"measure", COLUMN_TEXT}, {"format", COLUMN_TEXT}, {"missing", COLUMN_JSON}};
static const struct table_column labels[] = {{"variable", COLUMN_TEXT}, {"value", COLUMN_TEXT}, {"label", COLUMN_TEXT},
	{"missing", COLUMN_BOOLEAN}, {"position", COLUMN_INTEGER}};

static struct source_table part_of(
	struct source *s, const struct source_table *data, const char *part, const struct table_column *columns, size_t count) {
	struct source_table table = *data;
	struct table_spec *spec = &table.spec;
	struct buffer name = {0};
	buffer_printf(&name, "%s_%s", data->spec.name, part);
	spec->name = arena_copy(&s->memory, buffer_text(&name)).data;
	buffer_free(&name);
	spec->reader.part = part;
	spec->columns = columns;
	spec->column_count = count;
	spec->long_id = NULL;
	spec->long_id_count = 0;
	spec->reservoir = 0;
	spec->stream = false;
	return table;
}

static bool is_sav(const struct source_table *table) { return !strcmp(table->reader, "sav"); }

void sav_tables_add(struct source *s) {
	size_t count = 0;
	for (size_t i = 0; i < s->table_count; i++) count += is_sav(&s->tables[i]) ? 3 : 1;
	if (count == s->table_count) return;
	struct source_table *all = arena_allocate(&s->memory, count * sizeof *all);
	memcpy(all, s->tables, s->table_count * sizeof *all);
	count = s->table_count;
	for (size_t i = 0; i < s->table_count; i++) {
		if (!is_sav(&s->tables[i])) continue;
		all[count++] = part_of(s, &s->tables[i], "variables", variables, sizeof variables / sizeof *variables);
		all[count++] = part_of(s, &s->tables[i], "labels", labels, sizeof labels / sizeof *labels);
	}
	s->tables = all;
	s->table_count = count;
}
