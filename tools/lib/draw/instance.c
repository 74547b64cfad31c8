#include "draw/instance.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/stream.h"
#include "json/json.h"

struct instance_reader {
	struct input *in;
	const char *const *tasks;
	bool ascii;
	struct draw_task *task; /* the nearest task line; NULL before the first */
	bool skipping;          /* it is not among `tasks` */
	bool pending;           /* `line` was read ahead and is still to be taken */
	struct text line;       /* the present one */
	struct buffer scratch, other;
};

/* "file:line: what"; returns false. */
static bool wrong(struct instance_reader *r, struct error *e, const char *what) {
	return error_set(e, STATUS_DATA, "%s:%llu: %s", input_name(r->in), (unsigned long long)input_line_number(r->in), what);
}
static bool wrong_key(struct instance_reader *r, struct error *e, const char *key, const char *what) {
	return error_set(e, STATUS_DATA, "%s:%llu: \"%s\" %s", input_name(r->in), (unsigned long long)input_line_number(r->in), key, what);
}

static struct text string_of(struct json_value value, struct buffer *scratch, struct arena *memory) {
	buffer_clear(scratch);
	return arena_copy(memory, json_string(value, scratch, NULL));
}

/* A JSON string in its normal form, quotes included. */
static struct text fragment(struct instance_reader *r, struct json_value string, struct arena *memory) {
	if (!string.escaped && !r->ascii) return arena_copy(memory, string.raw);
	buffer_clear(&r->scratch);
	buffer_clear(&r->other);
	json_add_string(&r->other, json_string(string, &r->scratch, NULL), r->ascii);
	return arena_copy(memory, buffer_text(&r->other));
}

static bool among(struct text key, const char *const *names) {
	while (*names && !text_is(key, *names)) names++;
	return *names != NULL;
}

/* Members whose names are neither `used` nor those of a sequence, as JSON: ,"key":value… */
static struct text other_members(struct instance_reader *r, struct json_value object, const char *const *used, struct arena *memory) {
	static const char *const own[] = {"task", "part", "source", "split", "instance", "sequence", "variant", "messages", NULL};
	struct json_walk walk = json_walk_start(object);
	struct json_value key, value;
	buffer_clear(&r->other);
	while (json_walk_next(&walk, &key, &value)) {
		buffer_clear(&r->scratch);
		struct text name = json_string(key, &r->scratch, NULL);
		if (among(name, used) || among(name, own)) continue;
		buffer_add_char(&r->other, ',');
		json_add_string(&r->other, name, r->ascii);
		buffer_add_char(&r->other, ':');
		json_add_value(&r->other, value, false, r->ascii);
	}
	return arena_copy(memory, buffer_text(&r->other));
}

/* ---- the sequence law ---- */

static bool law_integer(struct json_value object, const char *key, int64_t *out) {
	struct json_value value = json_member(object, key);
	if (value.type == JSON_NONE) return true;
	return value.type == JSON_NUMBER && number_parse_integer(value.raw, out) && *out >= 1 && *out <= 1000000000;
}

static bool law_length(struct json_value object, struct sequence_law *law) {
	struct json_value value = json_member(object, "length");
	if (value.type != JSON_OBJECT) return law_integer(object, "length", &law->length);
	struct json_value mean = json_member(value, "gp");
	return json_count(value) == 1 && mean.type == JSON_NUMBER && number_parse_real(mean.raw, &law->length_gp) && law->length_gp >= 2 &&
	       law->length_gp <= 1e9;
}

static bool read_law(struct instance_reader *r, struct json_value object, struct sequence_law *law, struct error *e) {
	static const char *const known[] = {"mode", "repeat", "length", "permutations", "description_probability", "max_sequences", NULL};
	*law = sequence_law_default;
	if (object.type == JSON_NONE) return true;
	if (object.type == JSON_NUMBER)
		return wrong_key(
			r, e, "sequence", "is a number: this is a stream of sequences or token rows, not the one of 'spectrum adapt'");
	if (object.type != JSON_OBJECT) return wrong_key(r, e, "sequence", "should be an object {\"mode\": …}");
	struct json_walk walk = json_walk_start(object);
	struct json_value key, value;
	while (json_walk_next(&walk, &key, &value))
		if (!among(json_string(key, &r->scratch, NULL), known))
			return wrong_key(r, e, "sequence",
				"has a member that is none of: mode repeat length permutations description_probability max_sequences");
	struct json_value mode = json_member(object, "mode"), chance = json_member(object, "description_probability");
	law->all = mode.type == JSON_STRING && text_is(mode.raw, "\"all\"");
	if (mode.type != JSON_NONE && !law->all && !text_is(mode.raw, "\"once\""))
		return wrong_key(r, e, "sequence.mode", "should be \"once\" or \"all\"");
	if (!law_length(object, law))
		return wrong_key(r, e, "sequence.length", "should be a whole number from 1 to 1000000000 or {\"gp\": mean of at least 2}");
	if (!law_integer(object, "repeat", &law->repeat) || !law_integer(object, "permutations", &law->permutations) ||
		!law_integer(object, "max_sequences", &law->max_sequences))
		return wrong_key(r, e, "sequence", "should hold whole numbers from 1 to 1000000000 (repeat, permutations, max_sequences)");
	if (chance.type != JSON_NONE && !(chance.type == JSON_NUMBER && number_parse_real(chance.raw, &law->description_probability) &&
						law->description_probability >= 0 && law->description_probability <= 1))
		return wrong_key(r, e, "sequence.description_probability", "should be a number from 0 to 1");
	return true;
}

/* ---- task lines ---- */

static bool task_name(
	struct instance_reader *r, struct json_value object, const char *key, bool required, struct text *out, struct error *e) {
	struct json_value value = json_member(object, key);
	if (value.type == JSON_NONE && !required) return true;
	if (value.type != JSON_STRING) return wrong_key(r, e, key, "of the task line is missing or not a text");
	*out = string_of(value, &r->scratch, &r->task->memory);
	return out->size || !required || wrong_key(r, e, key, "of the task line should not be empty");
}

static bool read_descriptions(struct instance_reader *r, struct json_value list, struct error *e) {
	if (list.type == JSON_NONE) return true;
	if (list.type != JSON_ARRAY) return wrong_key(r, e, "descriptions", "should be a list of texts");
	struct json_walk walk = json_walk_start(list);
	struct json_value value;
	while (json_walk_next(&walk, NULL, &value)) {
		if (value.type != JSON_STRING) return wrong_key(r, e, "descriptions", "should be a list of texts");
		buffer_clear(&r->scratch);
		struct error problem;
		if (!templates_add(&r->task->templates, json_string(value, &r->scratch, NULL), &problem))
			return wrong_key(r, e, "descriptions", problem.message);
	}
	return true;
}

static bool read_task(struct instance_reader *r, struct json_value line, struct error *e) {
	static const char *const used[] = {"given", "generate", "descriptions", NULL};
	draw_task_release(r->task);
	struct draw_task *t = r->task = memory_zeroed(1, sizeof *t);
	t->holders = 1;
	t->part = text_of("");
	if (!task_name(r, line, "task", true, &t->name, e) || !task_name(r, line, "part", false, &t->part, e) ||
		!task_name(r, line, "source", true, &t->source, e) || !task_name(r, line, "split", true, &t->split, e))
		return false;
	if (!text_is(t->split, "train") && !text_is(t->split, "test")) return wrong_key(r, e, "split", "should be \"train\" or \"test\"");
	r->skipping = r->tasks && !among(t->name, r->tasks);
	if (r->skipping) return true;
	if (!read_law(r, json_member(line, "sequence"), &t->law, e) || !read_descriptions(r, json_member(line, "descriptions"), e))
		return false;
	buffer_clear(&r->other);
	buffer_add_char(&r->other, '{');
	json_add_pair(&r->other, "task", t->name, r->ascii);
	json_add_pair(&r->other, "part", t->part, r->ascii);
	json_add_pair(&r->other, "source", t->source, r->ascii);
	json_add_pair(&r->other, "split", t->split, r->ascii);
	t->head = arena_copy(&t->memory, buffer_text(&r->other));
	t->extra = other_members(r, line, used, &t->memory);
	return true;
}

/* ---- instance lines ---- */

/* The text of a value in a description: strings as they are, the rest as JSON with `", "` and `": "`. */
static struct text rendered(struct instance_reader *r, struct json_value value, struct arena *memory) {
	if (value.type == JSON_STRING) return string_of(value, &r->scratch, memory);
	buffer_clear(&r->other);
	json_add_value(&r->other, value, true, false);
	return arena_copy(memory, buffer_text(&r->other));
}

static bool read_values(struct instance_reader *r, struct json_value values, struct draw_instance *i, struct error *e) {
	const struct map *columns = &r->task->templates.columns;
	if (values.type != JSON_NONE && values.type != JSON_OBJECT)
		return wrong_key(r, e, "values", "should be an object {\"column\": value}");
	i->values = arena_allocate(&i->memory, columns->count * sizeof *i->values + 1);
	i->missing = arena_allocate(&i->memory, columns->count * sizeof *i->missing + 1);
	for (size_t c = 0; c < columns->count; c++) {
		const char *name = arena_copy(&i->memory, columns->entries[c].key).data;
		struct json_value value = {.type = JSON_NONE};
		if (values.type == JSON_OBJECT) value = json_member(values, name);
		if (value.type == JSON_NONE)
			return error_set(e, STATUS_DATA,
				"%s:%llu: \"values\" lacks '%s', which a description uses (write null where there is none)",
				input_name(r->in), (unsigned long long)input_line_number(r->in), name);
		i->missing[c] = value.type == JSON_NULL;
		i->values[c] = i->missing[c] ? text_of("") : rendered(r, value, &i->memory);
	}
	return true;
}

static bool read_instance(struct instance_reader *r, struct json_value line, struct draw_instance *i, struct error *e) {
	static const char *const used[] = {"values", NULL};
	struct json_value name = json_member(line, "instance");
	arena_reset(&i->memory);
	draw_task_release(i->task);
	i->task = r->task;
	i->task->holders++;
	i->count = i->bytes = 0;
	i->weighted = false;
	i->line = input_line_number(r->in);
	if (name.type != JSON_STRING) return wrong_key(r, e, "instance", "should be a text");
	i->name = string_of(name, &r->scratch, &i->memory);
	buffer_clear(&r->other);
	buffer_add_string(&r->other, ",\"instance\":");
	json_add_string(&r->other, i->name, r->ascii);
	i->head = arena_copy(&i->memory, buffer_text(&r->other));
	i->extra = other_members(r, line, used, &i->memory);
	return read_values(r, json_member(line, "values"), i, e);
}

/* ---- example lines ---- */

/* What a line is, found in one walk over its members. */
struct line {
	struct json_value whole, task, instance, input, output, weight;
};

static bool read_example(struct instance_reader *r, const struct line *line, struct draw_instance *i, struct error *e) {
	struct json_value input = line->input, weight = line->weight;
	if (line->output.type == JSON_NONE)
		return wrong(r, e, "is neither a task, an instance nor an example: it has no \"task\", \"instance\" or \"output\"");
	if (line->output.type != JSON_STRING) return wrong_key(r, e, "output", "should be a text");
	if (input.type != JSON_NONE && input.type != JSON_STRING)
		return wrong_key(r, e, "input", "should be a text (left out when nothing is given)");
	struct draw_example example = {.weight = 1};
	if (weight.type != JSON_NONE) {
		i->weighted = true;
		if (weight.type != JSON_NUMBER || !number_parse_real(weight.raw, &example.weight) || example.weight < 0)
			return wrong_key(r, e, "weight", "should be a number of at least 0");
	}
	if (i->count == UINT32_MAX) return wrong(r, e, "more than 4294967295 examples in one instance");
	if (input.type == JSON_STRING) example.input = fragment(r, input, &i->memory);
	example.output = fragment(r, line->output, &i->memory);
	i->bytes += example.input.size + example.output.size;
	i->examples = memory_grow(i->examples, &i->room, i->count + 1, sizeof *i->examples);
	i->examples[i->count++] = example;
	return true;
}

/* ---- the stream ---- */

/* 1 = the next object, 0 = end, -1 = failure. Blank lines are passed over. */
static int next_object(struct instance_reader *r, struct line *line, struct error *e) {
	int state = 1;
	do {
		if (!r->pending && (state = input_line(r->in, &r->line, e)) != 1) return state;
		r->pending = false;
	} while (!text_trim(r->line).size);
	struct error problem;
	struct json_value key, value;
	*line = (struct line){0};
	if (!json_check(r->line, &line->whole, &problem)) return wrong(r, e, problem.message), -1;
	if (line->whole.type != JSON_OBJECT) return wrong(r, e, "should be a JSON object {…}: a task, an instance or an example"), -1;
	struct json_walk walk = json_walk_start(line->whole);
	while (json_walk_next(&walk, &key, &value)) {
		buffer_clear(&r->scratch);
		struct text name = json_string(key, &r->scratch, NULL);
		if (text_is(name, "task")) line->task = value;
		else if (text_is(name, "instance")) line->instance = value;
		else if (text_is(name, "input")) line->input = value;
		else if (text_is(name, "output")) line->output = value;
		else if (text_is(name, "weight")) line->weight = value;
	}
	return 1;
}

/* Whether the line belongs to the instance above it. */
static bool is_below(const struct line *line) { return line->task.type == JSON_NONE && line->instance.type == JSON_NONE; }

/* A line that is not below an instance. `*begun` says that `i` is now an instance to fill. */
static bool take_header(struct instance_reader *r, const struct line *line, struct draw_instance *i, bool *begun, struct error *e) {
	*begun = false;
	if (line->task.type != JSON_NONE) return read_task(r, line->whole, e);
	if (!r->task) return wrong(r, e, "there is no task line above this line (is this a stream of `spectrum adapt`?)");
	if (r->skipping) return true;
	if (is_below(line)) return wrong(r, e, "there is no instance line between this line and its task line");
	*begun = true;
	return read_instance(r, line->whole, i, e);
}

int instance_reader_next(struct instance_reader *r, struct draw_instance *i, struct error *e) {
	struct line line;
	int state;
	bool begun = false;
	while ((state = next_object(r, &line, e)) == 1) {
		if (begun && is_below(&line)) {
			if (!read_example(r, &line, i, e)) return -1;
		} else if (begun && i->count) {
			r->pending = true;
			return 1;
		} else if (!take_header(r, &line, i, &begun, e)) {
			return -1;
		}
	}
	return state < 0 ? -1 : begun && i->count > 0;
}

struct instance_reader *instance_reader_open(const char *path, const char *const *tasks, bool ascii, struct error *e) {
	struct input *in = input_open(path, e);
	if (!in) return NULL;
	struct instance_reader *r = memory_zeroed(1, sizeof *r);
	r->in = in;
	r->tasks = tasks;
	r->ascii = ascii;
	return r;
}

void instance_reader_close(struct instance_reader *r) {
	if (!r) return;
	draw_task_release(r->task);
	input_close(r->in);
	buffer_free(&r->scratch);
	buffer_free(&r->other);
	free(r);
}

void draw_task_release(struct draw_task *t) {
	if (!t || --t->holders) return;
	templates_free(&t->templates);
	arena_free(&t->memory);
	free(t);
}

void draw_instance_free(struct draw_instance *i) {
	draw_task_release(i->task);
	arena_free(&i->memory);
	free(i->examples);
	*i = (struct draw_instance){0};
}
