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
	struct text role = {0};
	if (object.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "a message should be an object");
	if (!get_text(s, "role of a message", json_member(object, "role"), &role, e)) return false;
	if (!get_text(s, "content of a message", json_member(object, "content"), &out->content, e)) return false;
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
	struct json_value root, value;
	arena_reset(&s->memory);
	s->count = 0;
	if (!json_check(line, &root, e)) return false;
	if (root.type != JSON_OBJECT) return error_set(e, STATUS_DATA, "a sequence should be an object");
	const struct {
		const char *key;
		struct text *out;
	} texts[] = {{"task", &s->task}, {"part", &s->part}, {"source", &s->source}, {"split", &s->split}, {"instance", &s->instance}};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!get_text(s, texts[i].key, json_member(root, texts[i].key), texts[i].out, e)) return false;
	value = json_member(root, "sequence");
	if (value.type != JSON_NUMBER || !number_parse_integer(value.raw, &s->number))
		return error_set(e, STATUS_DATA, "sequence should be a whole number");
	return get_messages(s, json_member(root, "messages"), e);
}

void sequence_free(struct sequence *s) {
	free(s->messages);
	arena_free(&s->memory);
	*s = (struct sequence){0};
}
