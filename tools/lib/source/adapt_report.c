/* What adapt says about its tasks: a line for people, an object for programs. */
#include "base/number.h"
#include "json/json.h"
#include "source/adapt.h"

static void add_name(struct buffer *b, const struct source_task *task) {
	buffer_add_string(b, task->name);
	if (*task->part) buffer_printf(b, "/%s", task->part);
}

static void add_outcome(struct buffer *b, const struct adapt_outcome *o) {
	uint64_t found = 0, missing = 0;
	for (size_t i = 0; i < o->table_count; i++) found += o->tables[i].found, missing += o->tables[i].missing;
	if (found + missing) {
		buffer_printf(b, "%llu of %llu files, %s records read, ", (unsigned long long)found, (unsigned long long)(found + missing),
			number_grouped(o->read, (char[32]){0}));
	}
	buffer_printf(b, "%s used", number_grouped(o->used, (char[32]){0}));
	for (size_t i = 0; i < o->dropped_count; i++)
		buffer_printf(b, "%s%s %s", i ? "; " : " (dropped: ", number_grouped(o->dropped[i].n, (char[32]){0}), o->dropped[i].reason);
	buffer_printf(b, "%s → %s instances, %s examples", o->dropped_count ? ")" : "", number_grouped(o->instances, (char[32]){0}),
		number_grouped(o->examples, (char[32]){0}));
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
	print_visible(to, buffer_string(&b));
	buffer_free(&b);
}

static void add_tables(struct buffer *b, const struct adapt_outcome *o) {
	json_add_key(b, "tables");
	buffer_add_char(b, '[');
	for (size_t i = 0; i < o->table_count; i++) {
		const struct adapt_count *t = &o->tables[i];
		buffer_add_string(b, i ? ",{" : "{");
		json_add_pair(b, "table", text_of(t->table), false);
		json_add_integer(b, "rows", (int64_t)t->rows);
		json_add_integer(b, "files", (int64_t)t->found);
		json_add_integer(b, "missing", (int64_t)t->missing);
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
		json_add_integer(b, "read", (int64_t)o->read);
		json_add_integer(b, "used", (int64_t)o->used);
		json_add_key(b, "dropped");
		buffer_add_char(b, '[');
		for (size_t k = 0; k < o->dropped_count; k++) {
			buffer_add_string(b, k ? ",{" : "{");
			json_add_pair(b, "reason", text_of(o->dropped[k].reason), false);
			json_add_integer(b, "n", (int64_t)o->dropped[k].n);
			buffer_add_char(b, '}');
		}
		buffer_add_char(b, ']');
		json_add_integer(b, "instances", (int64_t)o->instances);
		json_add_integer(b, "examples", (int64_t)o->examples);
		buffer_add_string(b, "}\n");
	}
}
