/* What adapt says about its tasks: a line for people, an object for programs. */
#include "base/number.h"
#include "json/json.h"
#include "source/adapt.h"

/* 2020863 → 2,020,863 */
static void add_grouped(struct buffer *b, uint64_t n) {
	char digits[32];
	int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0) buffer_add_char(b, ',');
		buffer_add_char(b, digits[i]);
	}
}

static void add_name(struct buffer *b, const struct source_task *task) {
	buffer_add_string(b, task->name);
	if (*task->part) buffer_printf(b, "/%s", task->part);
}

static void add_outcome(struct buffer *b, const struct adapt_outcome *o) {
	uint64_t found = 0, missing = 0;
	for (size_t i = 0; i < o->table_count; i++) found += o->tables[i].found, missing += o->tables[i].missing;
	if (found + missing) {
		buffer_printf(b, "%llu of ", (unsigned long long)found);
		buffer_printf(b, "%llu files, ", (unsigned long long)(found + missing));
		add_grouped(b, o->read);
		buffer_add_string(b, " rows read, ");
	}
	add_grouped(b, o->used);
	buffer_add_string(b, " used");
	for (size_t i = 0; i < o->dropped_count; i++) {
		buffer_add_string(b, i ? "; " : " (dropped: ");
		add_grouped(b, o->dropped[i].n);
		buffer_printf(b, " %s", o->dropped[i].reason);
	}
	buffer_add_string(b, o->dropped_count ? ") → " : " → ");
	add_grouped(b, o->instances);
	buffer_add_string(b, " instances, ");
	add_grouped(b, o->examples);
	buffer_add_string(b, " examples");
}

void adapt_report_print(const struct source *s, const struct adapt_report *report, FILE *to) {
	struct buffer b = {0};
	for (size_t i = 0; i < report->count; i++) {
		const struct adapt_outcome *o = &report->outcomes[i];
		buffer_printf(&b, "%s: ", s->id);
		add_name(&b, o->task);
		buffer_add_string(&b, ": ");
		if (o->why) buffer_printf(&b, "not built: %s", o->why);
		else add_outcome(&b, o);
		buffer_add_char(&b, '\n');
	}
	/* Reasons come from data: no terminal escapes. */
	for (size_t i = 0; i < b.size; i++)
		if ((unsigned char)b.data[i] < 0x20 && b.data[i] != '\n') b.data[i] = '?';
	fwrite(b.data, 1, b.size, to);
	buffer_free(&b);
}

static void add_number(struct buffer *b, const char *key, uint64_t n) {
	json_add_key(b, key);
	buffer_printf(b, "%llu", (unsigned long long)n);
}

static void add_tables(struct buffer *b, const struct adapt_outcome *o) {
	json_add_key(b, "tables");
	buffer_add_char(b, '[');
	for (size_t i = 0; i < o->table_count; i++) {
		const struct adapt_count *t = &o->tables[i];
		buffer_add_string(b, i ? ",{" : "{");
		json_add_pair(b, "table", text_of(t->table), false);
		add_number(b, "rows", t->rows);
		add_number(b, "files", t->found);
		add_number(b, "missing", t->missing);
		buffer_add_char(b, '}');
	}
	buffer_add_char(b, ']');
}

void adapt_report_json(const struct source *s, const struct adapt_report *report, struct buffer *b) {
	for (size_t i = 0; i < report->count; i++) {
		const struct adapt_outcome *o = &report->outcomes[i];
		buffer_add_char(b, '{');
		json_add_pair(b, "source", text_of(s->id), false);
		json_add_pair(b, "task", text_of(o->task->name), false);
		json_add_pair(b, "part", text_of(o->task->part), false);
		json_add_pair(b, "split", text_of(o->task->test ? "test" : "train"), false);
		json_add_key(b, "built");
		buffer_add_string(b, o->why ? "false" : "true");
		if (o->why) json_add_pair(b, "why", text_of(o->why), false);
		add_tables(b, o);
		add_number(b, "read", o->read);
		add_number(b, "used", o->used);
		json_add_key(b, "dropped");
		buffer_add_char(b, '[');
		for (size_t k = 0; k < o->dropped_count; k++) {
			buffer_add_string(b, k ? ",{" : "{");
			json_add_pair(b, "reason", text_of(o->dropped[k].reason), false);
			add_number(b, "n", o->dropped[k].n);
			buffer_add_char(b, '}');
		}
		buffer_add_char(b, ']');
		add_number(b, "instances", o->instances);
		add_number(b, "examples", o->examples);
		buffer_add_string(b, "}\n");
	}
}
