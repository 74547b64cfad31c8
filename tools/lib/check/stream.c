/* Streams of JSON Lines: each line against its schema, and what a schema cannot say. */
#include <openssl/evp.h>

#include "base/number.h"
#include "base/options.h"
#include "base/stream.h"
#include "check/check.h"

enum kind { KIND_UNKNOWN, KIND_INSTANCES, KIND_SEQUENCES, KIND_ROWS };

/* State of one stream. */
struct stream {
	struct checks *checks;
	const char *path;
	uint64_t line;
	enum kind kind;
	struct schema *schema;
	bool task, instance; /* a task line, an instance line stands above */
	uint64_t split;      /* of the task above: 1 train, 2 test */
	uint64_t name;       /* its index in checks->names */
	struct buffer a;
};

static bool has(struct json_value v, const char *key) { return json_member(v, key).type != JSON_NONE; }

static const char *schema_of(enum kind kind) {
	switch (kind) {
	case KIND_SEQUENCES: return "sequence.json";
	case KIND_ROWS: return "token-row.json";
	case KIND_INSTANCES:
	case KIND_UNKNOWN: break;
	}
	return "instances.json";
}

static enum kind kind_of(struct json_value v) {
	if (has(v, "messages")) return KIND_SEQUENCES;
	if (has(v, "input_ids")) return KIND_ROWS;
	return has(v, "task") && has(v, "given") ? KIND_INSTANCES : KIND_UNKNOWN;
}

static void problem(struct stream *s, const char *what) {
	check_problem(s->checks, "%s:%llu: %s", s->path, (unsigned long long)s->line, what);
}

static void note_overlap(struct stream *s, uint64_t other) {
	const struct map_entry *names = s->checks->names.entries;
	s->checks->overlap++;
	buffer_clear(&s->a);
	buffer_printf(&s->a, "%.*s and %.*s", TEXT_ARGS(names[other].key), TEXT_ARGS(names[s->name].key));
	map_put(&s->checks->overlaps, buffer_text(&s->a), NULL)->value++;
}

/* An example that both splits have makes the test worthless for it. */
static void note_example(struct stream *s, struct json_value v) {
	struct json_value input = json_member(v, "input"), output = json_member(v, "output");
	unsigned char digest[EVP_MAX_MD_SIZE];
	buffer_clear(&s->a);
	buffer_add_text(&s->a, input.raw);
	buffer_add_char(&s->a, '\n');
	buffer_add_text(&s->a, output.raw);
	if (!EVP_Digest(s->a.data, s->a.size, digest, NULL, EVP_sha256(), NULL)) return;
	struct map_entry *entry = map_put(&s->checks->examples, text_make((const char *)digest, 16), NULL);
	if (!entry->value) entry->value = s->name << 2;
	else if (!(entry->value & s->split)) note_overlap(s, entry->value >> 2);
	entry->value |= s->split;
}

static void check_instances(struct stream *s, struct json_value v) {
	const char *definition = has(v, "task") ? "task" : has(v, "instance") ? "instance" : "example";
	struct error e = {0};
	if (!schema_check(s->schema, definition, v, &e)) {
		problem(s, e.message);
	} else if (has(v, "task")) {
		buffer_clear(&s->a);
		s->split = text_is(json_string(json_member(v, "split"), &s->a, NULL), "test") ? 2 : 1;
		buffer_clear(&s->a);
		struct map *names = &s->checks->names;
		const struct map_entry *name = map_put(names, json_string(json_member(v, "task"), &s->a, NULL), NULL);
		s->name = (uint64_t)(name - names->entries);
		s->task = true;
		s->instance = false;
	} else if (has(v, "instance")) {
		if (!s->task) problem(s, "an instance without a task line above it");
		s->instance = true;
	} else {
		if (!s->instance) problem(s, "an example without an instance line above it");
		if (s->task) note_example(s, v);
	}
}

/* A description stands first or not at all; examples are numbered 0, 1, …, each input right before its output. */
static void check_sequence(struct stream *s, struct json_value v) {
	struct json_walk walk = json_walk_start(json_member(v, "messages"));
	struct json_value message;
	int64_t next = 0;
	bool input = false;
	for (size_t i = 0; json_walk_next(&walk, NULL, &message); i++) {
		buffer_clear(&s->a);
		struct text role = json_string(json_member(message, "role"), &s->a, NULL);
		int64_t number = next;
		if (text_is(role, "description")) {
			if (i) problem(s, "a description that is not the first message");
			continue;
		}
		if (!number_parse_integer(json_member(message, "example").raw, &number) || number != next)
			return problem(s, "the examples are not numbered 0, 1, …");
		if (text_is(role, "input")) {
			if (input) return problem(s, "an input without an output");
			input = true;
		} else {
			input = false;
			next++;
		}
	}
	if (input || !next) problem(s, input ? "an input without an output" : "no output");
}

/* Lengths are equal; a label is -100 or the id; examples count up, and are -1 exactly where there is no label. */
static void check_row(struct stream *s, struct json_value v) {
	struct json_walk ids = json_walk_start(json_member(v, "input_ids")), labels = json_walk_start(json_member(v, "labels")),
			 examples = json_walk_start(json_member(v, "example"));
	struct json_value id, label, example;
	int64_t now = -1;
	for (;;) {
		bool more = json_walk_next(&ids, NULL, &id);
		if (json_walk_next(&labels, NULL, &label) != more || json_walk_next(&examples, NULL, &example) != more)
			return problem(s, "the three arrays are not of equal length");
		if (!more) return;
		bool loss = !text_is(label.raw, "-100");
		if (loss && !text_equal(label.raw, id.raw)) return problem(s, "a label is neither -100 nor the id at its place");
		int64_t number = -1;
		number_parse_integer(example.raw, &number);
		if (loss && number != now && number != now + 1) return problem(s, "the examples of the labels do not count up one by one");
		if (loss) now = number;
	}
}

static void check_line(struct stream *s, struct text line) {
	struct json_value v;
	struct error e = {0};
	if (!json_check(line, &v, &e)) return problem(s, e.message);
	if (v.type != JSON_OBJECT) return problem(s, "not a JSON object");
	if (s->kind == KIND_INSTANCES) return check_instances(s, v);
	if (!schema_check(s->schema, NULL, v, &e)) return problem(s, e.message);
	if (s->kind == KIND_SEQUENCES) check_sequence(s, v);
	else check_row(s, v);
}

static bool find_kind(struct stream *s, struct text line, struct error *e) {
	struct json_value v;
	if (!json_check(line, &v, e)) return error_within(e, "%s:1", s->path);
	s->kind = v.type == JSON_OBJECT ? kind_of(v) : KIND_UNKNOWN;
	if (s->kind == KIND_UNKNOWN)
		return error_set(e, STATUS_DATA, "%s:1: this begins no stream of instances, sequences or token rows", s->path);
	s->schema = check_schema(s->checks, schema_of(s->kind), e);
	return s->schema != NULL;
}

bool check_stream(struct checks *c, const char *path, struct error *e) {
	struct stream s = {.checks = c, .path = path};
	struct input *in = input_open(path, e);
	if (!in) return false;
	struct text line;
	int state;
	while ((state = input_line(in, &line, e)) == 1) {
		s.line = input_line_number(in);
		if (s.kind == KIND_UNKNOWN && !find_kind(&s, line, e)) {
			state = -1;
			break;
		}
		check_line(&s, line);
	}
	input_close(in);
	buffer_free(&s.a);
	/* A pipe that gives nothing is a program before it that failed; an empty file, a source none of whose tasks could be built. */
	bool empty = !state && !s.line;
	c->empty += empty;
	if (empty && !strcmp(path, "-")) check_problem(c, "standard input is empty: there is nothing to check");
	else if (empty) warn(options_program(), "%s is empty: there is nothing to check", path);
	return state == 0;
}
