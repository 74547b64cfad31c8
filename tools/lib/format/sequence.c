#include "format/sequence.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"

static const char *const roles[] = {"description", "input", "output"};

static bool get_text(struct sequence *s, const char *key, struct json_value value, struct text *out, struct error *e) {
	if (value.type != JSON_STRING)
		return error_set(e, STATUS_DATA, "%s %s", key, value.type == JSON_NONE ? "is missing" : "should be a text");
	if (!value.escaped) {
		*out = text_make(value.raw.data + 1, value.raw.size - 2);
		return true;
	}
	struct buffer decoded = {0};
	*out = arena_copy(&s->memory, json_string(value, &decoded, NULL));
	buffer_free(&decoded);
	return true;
}

static bool get_message(struct sequence *s, struct json_value object, struct message *out, struct error *e) {
	static const char *const names[] = {"role", "content"};
	struct text role = {0};
	struct json_value values[2];
	if (object.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "a message should be an object");
	json_members(object, names, 2, values);
	if (!get_text(s, "role of a message", values[0], &role, e)) return false;
	if (!get_text(s, "content of a message", values[1], &out->content, e)) return false;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		out->role = (enum message_role)i;
		if (text_is(role, roles[i])) return true;
	}
	return error_set(e, STATUS_DATA, "role '%.*s' is none of description, input, output", TEXT_ARGS(role));
}

static bool get_messages(struct sequence *s, struct json_value list, struct error *e) {
	if (list.type != JSON_ARRAY)
		return error_set(e, STATUS_DATA, "messages %s", list.type == JSON_NONE ? "is missing" : "should be a list");
	struct json_walk walk = json_walk_start(list);
	struct json_value item;
	while (json_walk_next(&walk, NULL, &item)) {
		s->messages = memory_grow(s->messages, &s->capacity, s->count + 1, sizeof *s->messages);
		if (!get_message(s, item, &s->messages[s->count], e)) return false;
		if (s->messages[s->count].role == MESSAGE_DESCRIPTION && s->count)
			return error_set(e, STATUS_DATA, "a description should be the first message");
		s->count++;
	}
	return s->count > 0 || error_set(e, STATUS_DATA, "messages is empty");
}

bool sequence_parse(struct text line, struct sequence *s, struct error *e) {
	enum { TEXTS = 5, NUMBER = 5, MESSAGES = 6, MEMBERS = 7 };
	static const char *const names[MEMBERS] = {"task", "part", "source", "split", "instance", "sequence", "messages"};
	struct text *const texts[TEXTS] = {&s->task, &s->part, &s->source, &s->split, &s->instance};
	struct json_value root, values[MEMBERS];
	arena_reset(&s->memory);
	s->count = 0;
	if (!json_check(line, &root, e)) return false;
	if (root.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "a sequence should be an object");
	json_members(root, names, MEMBERS, values);
	for (size_t i = 0; i < TEXTS; i++)
		if (!get_text(s, names[i], values[i], texts[i], e)) return false;
	if (values[NUMBER].type != JSON_NUMBER || !number_parse_integer(values[NUMBER].raw, &s->number))
		return error_set(e, STATUS_DATA, "sequence should be a whole number");
	return get_messages(s, values[MESSAGES], e);
}

void sequence_free(struct sequence *s) {
	free(s->messages);
	arena_free(&s->memory);
	*s = (struct sequence){0};
}
