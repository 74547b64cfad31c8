#include "token/split.h"

#include "token/unicode.h"

#define GPT2 "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|"
#define REST "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

enum split_pattern split_recognise(struct text pattern) {
	if (text_is(pattern, GPT2)) return SPLIT_GPT2;
	if (text_is(pattern, CONTRACTIONS "\\p{N}" REST)) return SPLIT_QWEN2;
	if (text_is(pattern, CONTRACTIONS "\\p{N}{1,3}" REST)) return SPLIT_LLAMA3;
	return SPLIT_OTHER;
}

enum { OTHER = 0, KINDS = UNICODE_LETTER | UNICODE_NUMBER | UNICODE_SPACE };

static unsigned kind_at(const uint8_t *classes, const char *at, const char **behind) {
	*behind = at;
	uint32_t code = unicode_next(behind);
	return classes[code] & KINDS;
}

/* Behind the run of code points of one kind that starts at `at`, at most `most` of them. */
static const char *run(const uint8_t *classes, const char *at, const char *end, unsigned kind, size_t most) {
	const char *behind;
	while (at < end && most-- && kind_at(classes, at, &behind) == kind) at = behind;
	return at;
}

static const char *run_of_all(const uint8_t *classes, const char *at, const char *end, unsigned kind) {
	for (;;) {
		while (at < end && !(*at & 0x80) && (classes[(unsigned char)*at] & KINDS) == kind) at++;
		const char *behind;
		if (at == end || !(*at & 0x80) || kind_at(classes, at, &behind) != kind) return at;
		at = behind;
	}
}

static char small(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

/* 's 't 're 've 'm 'll 'd behind an apostrophe at `at`: its end, or NULL. Without case the long s (U+017F) is an s. */
static const char *contraction(const char *at, const char *end, bool any_case) {
	if (end - at < 2) return NULL;
	if (any_case && end - at >= 3 && !memcmp(at + 1, "\xC5\xBF", 2)) return at + 3;
	char first = any_case ? small(at[1]) : at[1];
	if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
	if (end - at < 3) return NULL;
	char second = any_case ? small(at[2]) : at[2];
	if ((first == 'r' || first == 'v') && second == 'e') return at + 3;
	return first == 'l' && second == 'l' ? at + 3 : NULL;
}

/* White space: \s+(?!\S)|\s+. All of the run at the end of the text, else all but its last code point, if that leaves any. */
static const char *spaces(const uint8_t *classes, const char *at, const char *end) {
	const char *stop = run_of_all(classes, at, end, UNICODE_SPACE);
	if (stop == end) return stop;
	const char *last = stop - 1;
	while ((*last & 0xC0) == 0x80) last--;
	return last > at ? last : stop;
}

static const char *next_gpt2(const uint8_t *classes, const char *at, const char *end) {
	if (*at == '\'') {
		const char *stop = contraction(at, end, false);
		if (stop) return stop;
	}
	const char *behind;
	unsigned kind = kind_at(classes, at, &behind);
	if (kind == UNICODE_SPACE) {
		if (*at != ' ' || behind == end) return spaces(classes, at, end);
		at = behind;
		kind = kind_at(classes, at, &behind);
		if (kind == UNICODE_SPACE) return spaces(classes, at - 1, end);
	}
	return run_of_all(classes, behind, end, kind);
}

static bool is_newline(char c) { return c == '\n' || c == '\r'; }

/* \s*[\r\n]+ up to the last newline of a run of white space, else as `spaces`. */
static const char *lines_or_spaces(const uint8_t *classes, const char *at, const char *end) {
	const char *stop = run_of_all(classes, at, end, UNICODE_SPACE), *last = stop;
	while (last > at && !is_newline(last[-1])) last--;
	return last > at ? last : spaces(classes, at, end);
}

static const char *others(const uint8_t *classes, const char *at, const char *end) {
	at = run_of_all(classes, at, end, OTHER);
	while (at < end && is_newline(*at)) at++;
	return at;
}

static const char *next_llama3(const uint8_t *classes, const char *at, const char *end, size_t digits) {
	if (*at == '\'') {
		const char *stop = contraction(at, end, true);
		if (stop) return stop;
	}
	const char *behind, *further;
	unsigned kind = kind_at(classes, at, &behind);
	if (kind == UNICODE_LETTER) return run_of_all(classes, behind, end, UNICODE_LETTER);
	if (kind == UNICODE_NUMBER) return run(classes, behind, end, UNICODE_NUMBER, digits - 1);
	if (behind < end && !is_newline(*at)) {
		unsigned second = kind_at(classes, behind, &further);
		if (second == UNICODE_LETTER) return run_of_all(classes, further, end, UNICODE_LETTER);
		if (second == OTHER && *at == ' ') return others(classes, further, end);
	}
	return kind == UNICODE_SPACE ? lines_or_spaces(classes, at, end) : others(classes, behind, end);
}

const char *split_next(enum split_pattern pattern, const uint8_t *classes, const char *at, const char *end) {
	if (pattern == SPLIT_GPT2) return next_gpt2(classes, at, end);
	return next_llama3(classes, at, end, pattern == SPLIT_QWEN2 ? 1 : 3);
}
