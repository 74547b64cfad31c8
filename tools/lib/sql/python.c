#include "sql/python.h"

#include "base/number.h"
#include "json/json.h"

enum { DEPTH_LIMIT = 200 };

struct parser {
	const char *start, *at, *end;
	struct buffer *out, scratch;
	const char *problem;
};

static bool problem(struct parser *p, const char *what) {
	if (!p->problem) p->problem = what;
	return false;
}

static void skip_blanks(struct parser *p) {
	while (p->at < p->end && *p->at && strchr(" \t\n\r\f", *p->at)) p->at++;
}

static bool next_is(struct parser *p, char c) {
	skip_blanks(p);
	if (p->at == p->end || *p->at != c) return false;
	p->at++;
	return true;
}

static bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

/* `digits` hexadecimal digits as a code point. */
static bool parse_hex(struct parser *p, int digits, uint32_t *code) {
	*code = 0;
	for (int i = 0; i < digits; i++, p->at++) {
		int digit = p->at < p->end ? text_digit(*p->at) : -1;
		if (digit < 0) return problem(p, "a hexadecimal digit of an escape");
		*code = *code << 4 | (uint32_t)digit;
	}
	return *code <= 0x10FFFF || problem(p, "a code point up to \\U0010ffff");
}

/* Adds a code point; a surrogate pair written as two escapes is joined, a lone surrogate becomes U+FFFD. */
static bool add_code(struct parser *p, uint32_t code) {
	if (code >= 0xD800 && code < 0xDC00 && p->end - p->at >= 6 && p->at[0] == '\\' && p->at[1] == 'u') {
		const char *back = p->at;
		uint32_t low;
		p->at += 2;
		if (!parse_hex(p, 4, &low)) return false;
		if (low >= 0xDC00 && low < 0xE000) code = 0x10000 + ((code - 0xD800) << 10 | (low - 0xDC00));
		else p->at = back;
	}
	if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
	p->scratch.size += utf8_write(code, buffer_reserve(&p->scratch, 4));
	return true;
}

/* Behind a backslash. */
static bool parse_escape(struct parser *p) {
	static const char from[] = "\\'\"abfnrtv", to[] = "\\'\"\a\b\f\n\r\t\v";
	if (p->at == p->end) return problem(p, "a character behind the backslash");
	char c = *p->at++;
	const char *known = c ? strchr(from, c) : NULL;
	uint32_t code = 0;
	if (known) return buffer_add_char(&p->scratch, to[known - from]), true;
	if (c == '\n') return true; /* a continued line */
	if (c == 'x') return parse_hex(p, 2, &code) && add_code(p, code);
	if (c == 'u') return parse_hex(p, 4, &code) && add_code(p, code);
	if (c == 'U') return parse_hex(p, 8, &code) && add_code(p, code);
	if (c == 'N') return problem(p, "an escape other than \\N{name}");
	if (c >= '0' && c <= '7') {
		code = (uint32_t)(c - '0');
		for (int i = 0; i < 2 && p->at < p->end && *p->at >= '0' && *p->at <= '7'; i++)
			code = code << 3 | (uint32_t)(*p->at++ - '0');
		return add_code(p, code);
	}
	buffer_add_char(&p->scratch, '\\'); /* as Python: an unknown escape stays as it is */
	p->at--;
	return true;
}

/* One string, from its opening quote, to the end of scratch. */
static bool parse_quoted(struct parser *p, bool raw) {
	char quote = *p->at;
	size_t width = p->end - p->at >= 3 && p->at[1] == quote && p->at[2] == quote ? 3 : 1;
	p->at += width;
	for (;;) {
		if (p->at == p->end) return problem(p, "the closing quote of a string");
		char c = *p->at;
		if (c == quote && (width == 1 || (p->end - p->at >= 3 && p->at[1] == quote && p->at[2] == quote))) break;
		if (c == '\n' && width == 1) return problem(p, "the closing quote of a string");
		p->at++;
		if (c != '\\') {
			buffer_add_char(&p->scratch, c);
		} else if (!raw) {
			if (!parse_escape(p)) return false;
		} else {
			buffer_add_char(&p->scratch, c);
			if (p->at < p->end) buffer_add_char(&p->scratch, *p->at++);
		}
	}
	p->at += width;
	return true;
}

/* Whether a string starts here; moves to its quote. */
static bool at_string(struct parser *p, bool *raw) {
	skip_blanks(p);
	const char *quote = p->at;
	*raw = false;
	if (quote < p->end && *quote && strchr("uUrR", *quote)) *raw = *quote == 'r' || *quote == 'R', quote++;
	if (quote == p->end || (*quote != '\'' && *quote != '"')) return false;
	p->at = quote;
	return true;
}

/* Neighbouring strings are one. */
static bool parse_string(struct parser *p, bool raw) {
	buffer_clear(&p->scratch);
	do
		if (!parse_quoted(p, raw)) return false;
	while (at_string(p, &raw));
	json_add_string(p->out, buffer_text(&p->scratch), false);
	return true;
}

/* A number between its signs and what follows. Integers keep their digits, however many. */
static bool parse_number(struct parser *p) {
	const char *from = p->at;
	bool negative = false, real = false;
	for (; p->at < p->end && (*p->at == '-' || *p->at == '+'); p->at++) negative ^= *p->at == '-';
	buffer_clear(&p->scratch);
	if (negative) buffer_add_char(&p->scratch, '-');
	for (char last = 0; p->at < p->end; last = *p->at++) {
		char c = *p->at;
		if (c == '_') continue;
		bool exponent_sign = (c == '-' || c == '+') && (last == 'e' || last == 'E');
		if (!is_name(c) && c != '.' && !exponent_sign) break;
		real |= c == '.' || c == 'e' || c == 'E';
		buffer_add_char(&p->scratch, c);
	}
	struct text digits = buffer_text(&p->scratch);
	struct json_value value;
	double x;
	if (text_is(digits, "inf") || text_is(digits, "-inf") || text_is(digits, "nan") || text_is(digits, "-nan"))
		return buffer_add_string(p->out, "null"), true;
	if (real && number_parse_real(digits, &x)) return number_add_real(p->out, x), true;
	if (!real && json_check(digits, &value, NULL) && value.type == JSON_NUMBER) return buffer_add_text(p->out, digits), true;
	p->at = from;
	return problem(p, "a value");
}

static bool parse_word(struct parser *p) {
	static const char *const words[][2] = {{"True", "true"}, {"False", "false"}, {"None", "null"}, {"nan", "null"}, {"inf", "null"}};
	const char *end = p->at;
	while (end < p->end && is_name(*end)) end++;
	struct text word = text_make(p->at, (size_t)(end - p->at));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!text_is(word, words[i][0])) continue;
		buffer_add_string(p->out, words[i][1]);
		p->at = end;
		return true;
	}
	return problem(p, "a value");
}

static bool parse_value(struct parser *p, int depth);

/* A key of a dict that is now the last value of the output, from byte `start`, becomes a text. */
static bool make_key(struct parser *p, size_t start) {
	char first = p->out->data[start];
	if (first == '"') return true;
	if (first == '[' || first == '{') return problem(p, "a key that is a text or a number");
	size_t size = p->out->size - start;
	buffer_add_string(p->out, "\"\"");
	memmove(p->out->data + start + 1, p->out->data + start, size);
	p->out->data[start] = '"';
	return true;
}

/* Elements up to `close`. A set is only known behind its first element; `{}` is a dict. A parenthesis around one value without a comma is no tuple. */
static bool parse_container(struct parser *p, int depth, char close) {
	size_t start = p->out->size;
	bool dict = false, comma = false;
	size_t count = 0;
	if (depth >= DEPTH_LIMIT) return problem(p, "at most 200 levels");
	buffer_add_char(p->out, '[');
	for (; !next_is(p, close); count++) {
		if (count && !comma) return problem(p, "',' or the closing bracket");
		if (count) buffer_add_char(p->out, ',');
		size_t key = p->out->size;
		if (!parse_value(p, depth + 1)) return false;
		if (close == '}' && count == 0) dict = next_is(p, ':');
		else if (dict && !next_is(p, ':')) return problem(p, "':' behind a key");
		if (dict) {
			if (!make_key(p, key)) return false;
			buffer_add_char(p->out, ':');
			if (!parse_value(p, depth + 1)) return false;
		}
		comma = next_is(p, ',');
	}
	if (close == '}' && (dict || !count)) {
		p->out->data[start] = '{';
		buffer_add_char(p->out, '}');
	} else if (close == ')' && count == 1 && !comma) {
		p->out->size--;
		memmove(p->out->data + start, p->out->data + start + 1, p->out->size - start);
	} else {
		buffer_add_char(p->out, ']');
	}
	return true;
}

static bool parse_value(struct parser *p, int depth) {
	bool raw;
	if (at_string(p, &raw)) return parse_string(p, raw);
	if (p->at == p->end) return problem(p, "a value");
	char c = *p->at;
	if (c == '[' || c == '(' || c == '{') {
		p->at++;
		return parse_container(p, depth, c == '[' ? ']' : c == '(' ? ')' : '}');
	}
	if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.') return parse_number(p);
	return parse_word(p);
}

bool python_to_json(struct text t, struct buffer *out, struct error *e) {
	struct parser p = {t.data, t.data, t.data + t.size, out, {0}, NULL};
	bool good = parse_value(&p, 0);
	if (good) skip_blanks(&p);
	if (good && p.at < p.end) good = problem(&p, "nothing behind the value");
	buffer_free(&p.scratch);
	if (good) return true;
	return error_set(e, STATUS_DATA, "not a Python literal: at byte %zu there should be %s", (size_t)(p.at - p.start), p.problem);
}
