#include "base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "base/memory.h"

enum { MATCH_LIMIT = 10000000 };

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
	uint32_t groups, names, name_size;
	PCRE2_SPTR name_table;
	struct text subject;
	bool checked; /* all of the subject is UTF-8 */
};

static void describe(int code, char out[160]) {
	if (pcre2_get_error_message(code, (PCRE2_UCHAR *)out, 160) < 0) strcpy(out, "unknown PCRE2 error");
}

struct regex *regex_compile(struct text pattern, struct error *e) {
	int problem;
	size_t offset;
	char words[160];
	pcre2_code *code =
		pcre2_compile((PCRE2_SPTR)(pattern.data ? pattern.data : ""), pattern.size, PCRE2_UTF | PCRE2_UCP, &problem, &offset, NULL);
	if (!code) {
		describe(problem, words);
		error_set(e, STATUS_USAGE, "the pattern '%.*s' is wrong at offset %zu: %s", TEXT_ARGS(pattern), offset, words);
		return NULL;
	}
	struct regex *re = memory_zeroed(1, sizeof *re);
	re->code = code;
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* where there is no JIT the interpreter gives the same matches */
	re->data = pcre2_match_data_create_from_pattern(code, NULL);
	re->limits = pcre2_match_context_create(NULL);
	re->stack = pcre2_jit_stack_create(32 * 1024, 8 * 1024 * 1024, NULL);
	if (!re->data || !re->limits) memory_allocate(SIZE_MAX); /* reports that memory is out */
	if (re->stack) pcre2_jit_stack_assign(re->limits, NULL, re->stack);
	pcre2_set_match_limit(re->limits, MATCH_LIMIT);
	uint32_t highest;
	pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &highest);
	pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &re->names);
	pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &re->name_size);
	pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &re->name_table);
	re->groups = highest + 1;
	return re;
}

void regex_free(struct regex *re) {
	if (!re) return;
	pcre2_match_data_free(re->data);
	pcre2_match_context_free(re->limits);
	pcre2_jit_stack_free(re->stack);
	pcre2_code_free(re->code);
	free(re);
}

bool regex_matches_empty(const struct regex *re) {
	uint32_t empty;
	pcre2_pattern_info(re->code, PCRE2_INFO_MATCHEMPTY, &empty);
	return empty;
}

int regex_find(struct regex *re, struct text subject, size_t from, struct error *e) {
	/* A later search in the same text: checking all of it again would make a search for all matches quadratic. */
	bool checked = from > 0 && from <= subject.size && re->checked && subject.data == re->subject.data &&
		       subject.size == re->subject.size && (from == subject.size || ((unsigned char)subject.data[from] & 0xC0) != 0x80);
	uint32_t options = checked ? PCRE2_NO_UTF_CHECK : 0;
	re->subject = subject;
	int found =
		pcre2_match(re->code, (PCRE2_SPTR)(subject.data ? subject.data : ""), subject.size, from, options, re->data, re->limits);
	re->checked = checked || (from == 0 && (found > 0 || found == PCRE2_ERROR_NOMATCH));
	if (found > 0) return 1;
	if (found == PCRE2_ERROR_NOMATCH) return 0;
	char words[160];
	describe(found, words);
	if (found == PCRE2_ERROR_MATCHLIMIT || found == PCRE2_ERROR_JIT_STACKLIMIT)
		error_set(e, STATUS_DATA, "the pattern takes too many steps on this text (%s); make it less ambiguous", words);
	else error_set(e, STATUS_DATA, "the text cannot be searched: %s", words);
	return -1;
}

struct text regex_group(const struct regex *re, size_t i) {
	const size_t *at = pcre2_get_ovector_pointer(re->data);
	if (i >= re->groups || at[2 * i] == PCRE2_UNSET || at[2 * i + 1] < at[2 * i]) return (struct text){NULL, 0};
	return text_make(re->subject.data + at[2 * i], at[2 * i + 1] - at[2 * i]);
}

size_t regex_group_count(const struct regex *re) { return re->groups; }

/* An entry of the name table: the number in two bytes, then the name with a NUL. The table is sorted by name. */
const char *regex_group_name(const struct regex *re, size_t i, size_t *number) {
	size_t seen = 0;
	for (size_t wanted = 1; wanted < re->groups; wanted++)
		for (uint32_t k = 0; k < re->names; k++) {
			PCRE2_SPTR entry = re->name_table + (size_t)k * re->name_size;
			size_t group = (size_t)entry[0] << 8 | entry[1];
			if (group != wanted || seen++ != i) continue;
			if (number) *number = group;
			return (const char *)entry + 2;
		}
	return NULL;
}

int regex_group_number(const struct regex *re, struct text name) {
	for (uint32_t k = 0; k < re->names; k++) {
		PCRE2_SPTR entry = re->name_table + (size_t)k * re->name_size;
		if (text_is(name, (const char *)entry + 2)) return entry[0] << 8 | entry[1];
	}
	return -1;
}

/* Adds `with` for the last match. False when it names a group that there is not. */
static bool expand(const struct regex *re, struct text with, struct buffer *out, struct error *e) {
	for (size_t i = 0; i < with.size; i++) {
		if (with.data[i] != '$') {
			buffer_add_char(out, with.data[i]);
			continue;
		}
		bool braces = i + 1 < with.size && with.data[i + 1] == '{';
		size_t start = i + 1 + braces, end = start;
		if (!braces && start < with.size && with.data[start] == '$') {
			buffer_add_char(out, '$');
			i++;
			continue;
		}
		while (end < with.size && (braces ? with.data[end] != '}' : with.data[end] >= '0' && with.data[end] <= '9')) end++;
		struct text name = text_make(with.data + start, end - start);
		int64_t number = 0;
		bool digits = name.size > 0 && name.size < 6;
		for (size_t k = 0; digits && k < name.size; k++) {
			digits = name.data[k] >= '0' && name.data[k] <= '9';
			number = number * 10 + (name.data[k] - '0');
		}
		if (!digits) number = regex_group_number(re, name);
		if (!name.size || number < 0 || number >= (int64_t)re->groups || (braces && end == with.size))
			return error_set(e, STATUS_USAGE,
				"the replacement '%.*s' names no group of the pattern at offset %zu ($$ is a dollar sign)", TEXT_ARGS(with),
				i);
		buffer_add_text(out, regex_group(re, (size_t)number));
		i = end - !braces;
	}
	return true;
}

int64_t regex_replace(struct regex *re, struct text subject, struct text with, struct buffer *out, struct error *e) {
	size_t from = 0, copied = 0;
	int64_t count = 0;
	while (from <= subject.size) {
		int found = regex_find(re, subject, from, e);
		if (found < 0) return -1;
		if (!found) break;
		struct text match = regex_group(re, 0);
		size_t start = (size_t)(match.data - subject.data), end = start + match.size;
		buffer_add(out, subject.data + copied, start - copied);
		if (!expand(re, with, out, e)) return -1;
		copied = from = end;
		count++;
		if (match.size) continue;
		const char *next = subject.data + end; /* behind an empty match one character is copied and passed */
		if (end == subject.size) break;
		utf8_next(&next, subject.data + subject.size);
		from = (size_t)(next - subject.data);
	}
	buffer_add(out, subject.data + copied, subject.size - copied);
	return count;
}
