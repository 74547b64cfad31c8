/* hf_json: members of the file with a meaning. */
#include "base/memory.h"
#include "token/hf.h"

struct text hf_text(struct hf *h, struct json_value string) {
	struct buffer scratch = {0};
	struct text copy = arena_copy(&h->arena, json_string(string, &scratch, NULL));
	buffer_free(&scratch);
	return copy;
}

bool hf_member_bool(struct json_value object, const char *what, const char *name, bool missing, bool *out, struct error *e) {
	struct json_value v = json_member(object, name);
	*out = v.type == JSON_TRUE || (missing && v.type != JSON_FALSE);
	if (v.type == JSON_NONE || v.type == JSON_NULL || v.type == JSON_TRUE || v.type == JSON_FALSE) return true;
	return error_set(e, STATUS_DATA, "%s: '%s' should be true or false", what, name);
}

bool hf_member_text(struct hf *h, struct json_value object, const char *what, const char *name, struct text *out, struct error *e) {
	struct json_value v = json_member(object, name);
	if (v.type != JSON_STRING) return error_set(e, STATUS_DATA, "%s: '%s' should be a string", what, name);
	*out = hf_text(h, v);
	return true;
}

bool hf_member_size(struct json_value object, const char *what, const char *name, size_t *out, struct error *e) {
	struct json_value v = json_member(object, name);
	size_t value = 0;
	bool good = v.type == JSON_NUMBER && v.raw.size <= 9;
	for (size_t i = 0; good && i < v.raw.size; i++) {
		good = v.raw.data[i] >= '0' && v.raw.data[i] <= '9';
		value = value * 10 + (size_t)(v.raw.data[i] - '0');
	}
	*out = value;
	return good || error_set(e, STATUS_DATA, "%s: '%s' should be a number from 0 to 999999999", what, name);
}

static bool regex_ready(struct hf *h, const char *what, bool split, struct hf_pattern *out, struct error *e) {
	struct buffer translated = {0};
	const char *bad = hf_regex_translate(out->text, &translated);
	struct text pattern = arena_copy(&h->arena, buffer_text(&translated));
	buffer_free(&translated);
	if (bad)
		return error_set(e, STATUS_DATA, "%s: the regular expression '%.*s' has %s, which is not supported", what,
			TEXT_ARGS(out->text), bad);
	struct regex *re = regex_compile(pattern, e);
	if (!re) {
		e->status = STATUS_DATA;
		return error_within(e, "%s", what);
	}
	bool empty = regex_matches_empty(re);
	regex_free(re);
	if (empty && !split)
		return error_set(e, STATUS_DATA, "%s: the regular expression '%.*s' matches empty text, which is not supported", what,
			TEXT_ARGS(out->text));
	h->regexes = memory_grow(h->regexes, &h->regex_capacity, h->regex_count + 1, sizeof *h->regexes);
	out->number = h->regex_count;
	h->regexes[h->regex_count++] = pattern;
	return true;
}

bool hf_member_pattern(struct hf *h, struct json_value object, const char *what, bool split, struct hf_pattern *out, struct error *e) {
	struct json_value pattern = json_member(object, "pattern");
	struct json_value string = json_member(pattern, "String"), regex = json_member(pattern, "Regex");
	out->regex = regex.type == JSON_STRING;
	if (!out->regex && string.type != JSON_STRING)
		return error_set(e, STATUS_DATA, "%s: 'pattern' should be {\"String\": …} or {\"Regex\": …}", what);
	out->text = hf_text(h, out->regex ? regex : string);
	if (!out->text.size) return error_set(e, STATUS_DATA, "%s: an empty 'pattern' is not supported", what);
	if (!out->regex || (split && split_recognise(out->text) != SPLIT_OTHER)) return true;
	return regex_ready(h, what, split, out, e);
}
