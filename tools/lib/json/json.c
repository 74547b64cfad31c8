#include "json/json.h"

#include "base/number.h"

enum { DEPTH_LIMIT = 1000 }; /* as in SQLite; a tree of replies has two levels a reply */

struct scanner {
	const char *start, *at, *end;
	const char *problem;
};

static void skip_blanks(struct scanner *s) {
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t')) s->at++;
}

static bool problem(struct scanner *s, const char *what) {
	if (!s->problem) s->problem = what;
	return false;
}

/* Four hexadecimal digits at `at`, or -1. */
static int32_t hex_unit(const char *at, const char *end) {
	if (end - at < 4) return -1;
	int32_t unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = text_digit(at[i]);
		if (digit < 0) return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* Whether none of eight bytes is a control character, a quote, a backslash or above 0x7F. The lowest byte that is sets its high bit in one of the
 * terms; what carries do to bytes above it can only say no where the answer is no already. */
static bool plain_eight(const char *at) {
	static const uint64_t ones = 0x0101010101010101u;
	uint64_t word;
	memcpy(&word, at, 8);
	uint64_t found = word | (word - ones * 0x20) | ((word ^ ones * '"') - ones) | ((word ^ ones * '\\') - ones);
	return !(found & ones * 0x80);
}

static bool scan_string(struct scanner *s, bool *escaped) {
	*escaped = false;
	s->at++;
	for (; s->at < s->end; s->at++) {
		while (s->end - s->at > 8 && plain_eight(s->at)) s->at += 8;
		unsigned char c = (unsigned char)*s->at;
		if (c == '"') {
			s->at++;
			return true;
		}
		if (c < 0x20) return problem(s, "no control character inside a string (it must be escaped)");
		if (c != '\\') continue;
		*escaped = true;
		if (++s->at == s->end) break;
		if (*s->at == 'u') {
			if (hex_unit(s->at + 1, s->end) < 0) return problem(s, "four hexadecimal digits behind \\u");
			s->at += 4;
		} else if (!*s->at || !strchr("\"\\/bfnrt", *s->at)) {
			return problem(s, "one of \"\\/bfnrtu behind the backslash of a string");
		}
	}
	return problem(s, "the closing quote of a string");
}

static size_t scan_digits(struct scanner *s) {
	const char *from = s->at;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9') s->at++;
	return (size_t)(s->at - from);
}

static bool scan_number(struct scanner *s) {
	if (*s->at == '-') s->at++;
	const char *first = s->at;
	size_t whole = scan_digits(s);
	if (!whole) return problem(s, "a value");
	if (whole > 1 && *first == '0') return problem(s, "a number without leading zeros");
	if (s->at < s->end && *s->at == '.') {
		s->at++;
		if (!scan_digits(s)) return problem(s, "digits behind the decimal point");
	}
	if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
		s->at++;
		if (s->at < s->end && (*s->at == '-' || *s->at == '+')) s->at++;
		if (!scan_digits(s)) return problem(s, "digits in the exponent");
	}
	return true;
}

static bool scan_word(struct scanner *s, const char *word) {
	struct text rest = text_make(s->at, (size_t)(s->end - s->at));
	if (!text_starts(rest, text_of(word))) return problem(s, "a value");
	s->at += strlen(word);
	return true;
}

static bool scan_value(struct scanner *s, int depth, struct json_value *out);

static bool scan_container(struct scanner *s, int depth, char close) {
	bool object = close == '}';
	if (depth >= DEPTH_LIMIT) return problem(s, "at most 1000 levels");
	s->at++;
	skip_blanks(s);
	if (s->at < s->end && *s->at == close) {
		s->at++;
		return true;
	}
	for (;;) {
		struct json_value ignored;
		bool escaped;
		skip_blanks(s);
		if (object) {
			if (s->at == s->end || *s->at != '"') return problem(s, "a member name in quotes");
			if (!scan_string(s, &escaped)) return false;
			skip_blanks(s);
			if (s->at == s->end || *s->at != ':') return problem(s, "':' behind a member name");
			s->at++;
		}
		if (!scan_value(s, depth + 1, &ignored)) return false;
		skip_blanks(s);
		if (s->at < s->end && *s->at == ',') {
			s->at++;
			continue;
		}
		if (s->at == s->end || *s->at != close) return problem(s, object ? "',' or '}'" : "',' or ']'");
		s->at++;
		return true;
	}
}

static bool scan_value(struct scanner *s, int depth, struct json_value *out) {
	skip_blanks(s);
	if (s->at == s->end) return problem(s, "a value");
	const char *from = s->at;
	bool good;
	out->escaped = false;
	switch (*s->at) {
	case '"':
		out->type = JSON_STRING;
		good = scan_string(s, &out->escaped);
		break;
	case '{':
		out->type = JSON_OBJECT;
		good = scan_container(s, depth, '}');
		break;
	case '[':
		out->type = JSON_ARRAY;
		good = scan_container(s, depth, ']');
		break;
	case 't':
		out->type = JSON_TRUE;
		good = scan_word(s, "true");
		break;
	case 'f':
		out->type = JSON_FALSE;
		good = scan_word(s, "false");
		break;
	case 'n':
		out->type = JSON_NULL;
		good = scan_word(s, "null");
		break;
	default: out->type = JSON_NUMBER; good = scan_number(s);
	}
	out->raw = text_make(from, (size_t)(s->at - from));
	return good;
}

/* The value that is wanted, scanned: a string that is not UTF-8 must be decoded, too. */
static bool scan_wanted(struct scanner *s, struct json_value *value) {
	if (!scan_value(s, 0, value)) return false;
	if (value->type == JSON_STRING && !value->escaped) value->escaped = !utf8_valid(value->raw);
	return true;
}

bool json_check(struct text t, struct json_value *value, struct error *e) {
	struct scanner s = {t.data, t.data, t.data + t.size, NULL};
	bool good = scan_wanted(&s, value);
	if (good) skip_blanks(&s);
	if (good && s.at < s.end) good = problem(&s, "nothing behind the value");
	if (good) return true;
	return error_set(e, STATUS_DATA, "not JSON: at byte %zu there should be %s", (size_t)(s.at - s.start), s.problem);
}

bool json_scan(const char **at, const char *end, struct json_value *value, struct error *e) {
	struct scanner s = {*at, *at, end, NULL};
	bool good = scan_wanted(&s, value);
	*at = s.at;
	return good || error_set(e, STATUS_DATA, "not JSON: there should be %s", s.problem);
}

struct json_walk json_walk_start(struct json_value container) {
	return (struct json_walk){container.raw.data + 1, container.raw.data + container.raw.size - 1};
}

/* Behind the checked string that starts at `at`. Most are short; in long ones the quote is looked for by memchr, which is not the end when an odd
 * number of backslashes is in front of it. */
static const char *skip_string(const char *at, const char *end) {
	const char *from = ++at;
	for (; at - from < 16; at++) {
		if (*at == '"') return at + 1;
		if (*at == '\\') at++;
	}
	for (;; at++) {
		at = memchr(at, '"', (size_t)(end - at));
		const char *slash = at;
		while (slash > from && slash[-1] == '\\') slash--;
		if ((at - slash) % 2 == 0) return at + 1;
	}
}

/* Bytes that matter to brackets: 1 = opens, 2 = closes, 3 = a string. */
static const unsigned char bracket[256] = {['{'] = 1, ['['] = 1, ['}'] = 2, [']'] = 2, ['"'] = 3};

/* The end of the checked value that starts at `at`: no validation, only brackets and strings count. */
static const char *skip_value(const char *at, const char *end) {
	if (*at == '"') return skip_string(at, end);
	if (*at != '{' && *at != '[') {
		while (at < end && *at != ',' && *at != ':' && *at != ']' && *at != '}' && *at != ' ' && *at != '\n' && *at != '\r' &&
			*at != '\t')
			at++;
		return at;
	}
	size_t depth = 0;
	do {
		unsigned kind = bracket[(unsigned char)*at];
		while (!kind) kind = bracket[(unsigned char)*++at]; /* a closing one is sure to come */
		if (kind == 3) {
			at = skip_string(at, end);
			continue;
		}
		depth += kind == 1 ? 1 : (size_t)-1;
		at++;
	} while (depth);
	return at;
}

static const char *skip_between(const char *at, const char *end) {
	while (at < end && (*at == ',' || *at == ':' || *at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
	return at;
}

static struct json_value value_at(const char *from, const char *to) {
	struct json_value v = {.raw = text_make(from, (size_t)(to - from))};
	switch (*from) {
	case '"':
		v.type = JSON_STRING;
		v.escaped = memchr(from, '\\', v.raw.size) || !utf8_valid(v.raw);
		break;
	case '{': v.type = JSON_OBJECT; break;
	case '[': v.type = JSON_ARRAY; break;
	case 't': v.type = JSON_TRUE; break;
	case 'f': v.type = JSON_FALSE; break;
	case 'n': v.type = JSON_NULL; break;
	default: v.type = JSON_NUMBER;
	}
	return v;
}

bool json_walk_next(struct json_walk *w, struct json_value *key, struct json_value *value) {
	w->at = skip_between(w->at, w->end);
	if (w->at >= w->end) return false;
	const char *end = skip_value(w->at, w->end), *behind = end;
	while (behind < w->end && (*behind == ' ' || *behind == '\n' || *behind == '\r' || *behind == '\t')) behind++;
	bool named = *w->at == '"' && behind < w->end && *behind == ':';
	if (key) *key = named ? value_at(w->at, end) : (struct json_value){0};
	if (named) {
		w->at = skip_between(behind, w->end);
		end = skip_value(w->at, w->end);
	}
	*value = value_at(w->at, end);
	w->at = end;
	return true;
}

bool json_walk_member(struct json_walk *w, struct json_value *key) {
	w->at = skip_between(w->at, w->end);
	if (w->at >= w->end || *w->at != '"') return false;
	const char *end = skip_string(w->at, w->end);
	*key = value_at(w->at, end);
	w->at = skip_between(end, w->end);
	return true;
}

void json_walk_value(struct json_walk *w, struct json_value *value) {
	const char *end = skip_value(w->at, w->end);
	*value = value_at(w->at, end);
	w->at = end;
}

void json_members(struct json_value object, const char *const *names, size_t count, struct json_value *values) {
	struct json_value key, value;
	struct buffer scratch = {0};
	for (size_t i = 0; i < count; i++) values[i] = (struct json_value){0};
	if (object.type != JSON_OBJECT) return;
	struct json_walk walk = json_walk_start(object);
	while (json_walk_member(&walk, &key)) {
		buffer_clear(&scratch);
		struct text name = json_string(key, &scratch, NULL);
		json_walk_value(&walk, &value);
		for (size_t i = 0; i < count; i++)
			if (text_is(name, names[i])) values[i] = value;
	}
	buffer_free(&scratch);
}

struct json_value json_member(struct json_value object, const char *name) {
	struct json_value found;
	json_members(object, &name, 1, &found);
	return found;
}

size_t json_count(struct json_value container) {
	struct json_walk walk = json_walk_start(container);
	struct json_value value;
	size_t count = 0;
	while (json_walk_next(&walk, NULL, &value)) count++;
	return count;
}

static const char replacement[] = "\xEF\xBF\xBD";

/* Decodes the \u escape whose first digit is at `at`; gives the code point and moves behind it, joining surrogates. */
static uint32_t unescape_unit(const char **at, const char *end) {
	uint32_t unit = (uint32_t)hex_unit(*at, end);
	*at += 4;
	if (unit < 0xD800 || unit > 0xDFFF) return unit;
	if (unit < 0xDC00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
		uint32_t low = (uint32_t)hex_unit(*at + 2, end);
		if (low >= 0xDC00 && low <= 0xDFFF) {
			*at += 6;
			return 0x10000 + ((unit - 0xD800) << 10 | (low - 0xDC00));
		}
	}
	return UTF8_BAD;
}

struct text json_string(struct json_value string, struct buffer *scratch, uint64_t *replaced) {
	struct text body = text_make(string.raw.data + 1, string.raw.size - 2);
	if (!string.escaped) return body;
	size_t start = scratch->size;
	const char *at = body.data, *end = body.data + body.size;
	while (at < end) {
		uint32_t code;
		const char *from = at;
		if (*at != '\\') {
			code = utf8_next(&at, end);
			if (code != UTF8_BAD) {
				buffer_add(scratch, from, (size_t)(at - from));
				continue;
			}
		} else {
			char kind = at[1];
			at += 2;
			switch (kind) {
			case 'b': code = '\b'; break;
			case 'f': code = '\f'; break;
			case 'n': code = '\n'; break;
			case 'r': code = '\r'; break;
			case 't': code = '\t'; break;
			case 'u': code = unescape_unit(&at, end); break;
			default: code = (unsigned char)kind;
			}
		}
		if (code == UTF8_BAD) {
			buffer_add_string(scratch, replacement);
			if (replaced) ++*replaced;
		} else {
			scratch->size += utf8_write(code, buffer_reserve(scratch, 4));
		}
	}
	return text_make(scratch->data + start, scratch->size - start);
}

static void add_escape(struct buffer *b, uint32_t unit) { buffer_printf(b, "\\u%04x", unit); }

/* Behind leading bytes that need no escape; it may stop early. */
static const char *skip_plain(const char *at, const char *end) {
	const char *start = at;
	while (end - at >= 8 && plain_eight(at)) at += 8;
	if (end - at < 8 && end - start >= 8) return plain_eight(end - 8) ? end : at;
	while (end - at < 8 && at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\') at++;
	return at;
}

void json_add_string(struct buffer *b, struct text t, bool ascii) {
	char *out = buffer_reserve(b, t.size + 2);
	const char *end = t.data + t.size, *at = skip_plain(t.data, end), *clean = t.data;
	if (at == end) { /* nothing to escape: the usual case */
		*out = '"';
		if (t.size) memcpy(out + 1, t.data, t.size);
		out[t.size + 1] = '"';
		b->size += t.size + 2;
		return;
	}
	buffer_add_char(b, '"');
	while (at < end) {
		unsigned char c = (unsigned char)*at;
		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
			at++;
			continue;
		}
		const char *from = at;
		uint32_t code = utf8_next(&at, end);
		if (code >= 0x80 && code != UTF8_BAD && !ascii) continue;
		buffer_add(b, clean, (size_t)(from - clean));
		clean = at;
		if (code == UTF8_BAD) {
			if (ascii) add_escape(b, 0xFFFD);
			else buffer_add_string(b, replacement);
		} else if (code >= 0x10000) {
			add_escape(b, 0xD800 + ((code - 0x10000) >> 10));
			add_escape(b, 0xDC00 + ((code - 0x10000) & 0x3FF));
		} else {
			switch (code) {
			case '"': buffer_add_string(b, "\\\""); break;
			case '\\': buffer_add_string(b, "\\\\"); break;
			case '\b': buffer_add_string(b, "\\b"); break;
			case '\f': buffer_add_string(b, "\\f"); break;
			case '\n': buffer_add_string(b, "\\n"); break;
			case '\r': buffer_add_string(b, "\\r"); break;
			case '\t': buffer_add_string(b, "\\t"); break;
			default: add_escape(b, code);
			}
		}
	}
	buffer_add(b, clean, (size_t)(end - clean));
	buffer_add_char(b, '"');
}

static void add_string_value(struct buffer *b, struct json_value string, bool ascii) {
	struct buffer scratch = {0};
	json_add_string(b, json_string(string, &scratch, NULL), ascii);
	buffer_free(&scratch);
}

void json_add_value(struct buffer *b, struct json_value value, bool spaced, bool ascii) {
	if (value.type == JSON_STRING) {
		add_string_value(b, value, ascii);
		return;
	}
	if (value.type != JSON_ARRAY && value.type != JSON_OBJECT) {
		buffer_add_text(b, value.raw);
		return;
	}
	bool object = value.type == JSON_OBJECT, first = true;
	struct json_walk walk = json_walk_start(value);
	struct json_value key, member;
	buffer_add_char(b, object ? '{' : '[');
	while (json_walk_next(&walk, &key, &member)) {
		if (!first) buffer_add_string(b, spaced ? ", " : ",");
		first = false;
		if (object) {
			add_string_value(b, key, ascii);
			buffer_add_string(b, spaced ? ": " : ":");
		}
		json_add_value(b, member, spaced, ascii);
	}
	buffer_add_char(b, object ? '}' : ']');
}

void json_add_key(struct buffer *b, const char *key) {
	if (b->size && b->data[b->size - 1] != '{') buffer_add_char(b, ',');
	json_add_string(b, text_of(key), false);
	buffer_add_char(b, ':');
}

void json_add_pair(struct buffer *b, const char *key, struct text value, bool ascii) {
	json_add_key(b, key);
	json_add_string(b, value, ascii);
}

void json_add_integer(struct buffer *b, const char *key, int64_t value) {
	json_add_key(b, key);
	number_add_integer(b, value);
}

void json_add_texts(struct buffer *b, const char *key, const char *const *texts, size_t count) {
	json_add_key(b, key);
	buffer_add_char(b, '[');
	for (size_t i = 0; i < count; i++) {
		if (i) buffer_add_char(b, ',');
		json_add_string(b, text_of(texts[i]), false);
	}
	buffer_add_char(b, ']');
}
