/* hf_regex: expressions of the file, written for Oniguruma, as PCRE2 is to read them. */
#include "token/hf.h"

/* White space as the library has it; PCRE2's own has U+180E, too. */
#define SPACES "\\x09-\\x0D\\x20\\x85\\xA0\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}"

struct reading {
	const char *at, *end;
	struct buffer *out;
	bool set;    /* within [] */
	size_t open; /* groups */
	size_t fold; /* case does not count until this group closes; 0 = it counts */
};

static char look(const struct reading *r, size_t ahead) { return ahead < (size_t)(r->end - r->at) ? r->at[ahead] : 0; }

static void take(struct reading *r, size_t count) {
	if (count > (size_t)(r->end - r->at)) count = (size_t)(r->end - r->at);
	buffer_add(r->out, r->at, count);
	r->at += count;
}

/* \p{Lu} and the like mean the same; of scripts PCRE2 would take the extensions, too. What is neither is an error of PCRE2. */
static const char *property(struct reading *r) {
	if (look(r, 2) != '{') return "\\p without braces";
	if (r->fold) return "a property where case does not count";
	bool negated = look(r, 3) == '^';
	take(r, negated ? 4 : 3);
	size_t length = 0;
	while (look(r, length) && look(r, length) != '}') length++;
	if (length > 2) buffer_add_string(r->out, "sc:");
	take(r, length + 1);
	return NULL;
}

static const char *escape(struct reading *r) {
	static const char *const bad[] = {"\\w", "\\W", "\\b", "\\B", "\\h", "\\H", "\\d", "\\D", "\\R", "\\X", "\\K", "\\G", "\\Z", "\\g",
		"\\k", "\\y", "\\Y", "\\N", "\\O", "\\C", "\\Q", "\\E", "\\V"};
	char c = look(r, 1);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (c == bad[i][1]) return bad[i];
	if (c == 'p' || c == 'P') return property(r);
	if (c == 'x' && look(r, 2) != '{' && look(r, 2) > '7') return "\\x of a byte that is no character";
	if (c == 'x' && r->fold) return "\\x where case does not count";
	if (c == 'S' && r->set) return "\\S within a set";
	if (c != 's' && c != 'S' && c != 'v') {
		take(r, 2);
		return NULL;
	}
	buffer_add_string(r->out, c == 'v' ? "\\x0B" : r->set ? SPACES : c == 's' ? "[" SPACES "]" : "[^" SPACES "]");
	r->at += 2;
	return NULL;
}

static const char *group(struct reading *r) {
	if (look(r, 1) == '*') return "(*";
	r->open++;
	if (look(r, 1) == '?') {
		char kind = look(r, 2);
		bool all = kind == 'i' && look(r, 3) == ')' && r->out->size == 0; /* elsewhere it makes a group of what follows */
		if (!kind || !strchr(":=!<>i", kind) || (kind == 'i' && !all && look(r, 3) != ':'))
			return "an option or group that is not (?: (?= (?! (?< (?> (?i: or, in front, (?i)";
		if (kind == 'i' && !r->fold) r->fold = all ? SIZE_MAX : r->open;
	}
	take(r, 1);
	return NULL;
}

/* Where case does not count, Oniguruma also takes one character for two, as ß for ss. */
static const char *folded(const struct reading *r) {
	static const char *const pairs[] = {"ss", "ff", "fi", "fl", "st"};
	char c = look(r, 0), next = look(r, 1);
	if (c & 0x80) return "a character beyond ASCII where case does not count";
	if (c == '{') return "a count where case does not count";
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs && !r->set; i++)
		if ((c | 0x20) == pairs[i][0] && (next | 0x20) == pairs[i][1])
			return "a pair of letters that is one elsewhere, where case does not count";
	return NULL;
}

static const char *in_set(struct reading *r) {
	char c = look(r, 0);
	if (c == '[') return "a set within a set";
	if (c == '&' && look(r, 1) == '&') return "&&";
	if (c == ']') r->set = false;
	take(r, 1);
	return NULL;
}

static const char *outside(struct reading *r) {
	char c = look(r, 0);
	if (c == '(') return group(r);
	if (c == '^') return "^";
	if (c == '$') return "$";
	if (c == '{' && look(r, 1) == ',') return "{,";
	if (c == '}' && (look(r, 1) == '+' || look(r, 1) == '?')) return "a sign behind a count";
	if (c == ')' && r->open) {
		if (r->fold == r->open) r->fold = 0;
		r->open--;
	}
	r->set = c == '[';
	take(r, r->set && look(r, 1) == '^' ? 2 : 1);
	return r->set && look(r, 0) == ']' ? "a set that begins with ]" : NULL;
}

const char *hf_regex_translate(struct text pattern, struct buffer *out) {
	struct reading r = {.at = pattern.data, .end = pattern.data + pattern.size, .out = out};
	while (r.at < r.end) {
		const char *bad = r.fold ? folded(&r) : NULL;
		if (!bad) bad = *r.at == '\\' ? escape(&r) : r.set ? in_set(&r) : outside(&r);
		if (bad) return bad;
	}
	return NULL;
}
