#include "source/pattern.h"

#include "base/buffer.h"
#include "source/manifest.h"

const char *pattern_parse(struct pattern *p, const char *string, struct arena *memory) {
	size_t room = 1;
	for (const char *at = string; *at; at++) room += *at == '{';
	struct text *literals = arena_allocate(memory, (room + 1) * sizeof *literals);
	const char **names = arena_allocate(memory, room * sizeof *names);
	size_t count = 0;
	const char *from = string;
	for (const char *at = string; *at; at++) {
		if (*at == '}') return "has a '}' without its '{'";
		if (*at != '{') continue;
		const char *end = strpbrk(at + 1, "{}");
		if (!end || *end == '{') return "has a '{' without its '}'";
		if (end == at + 1) return "has an empty {}";
		literals[count] = arena_copy(memory, text_make(from, (size_t)(at - from)));
		names[count++] = arena_copy(memory, text_make(at + 1, (size_t)(end - at - 1))).data;
		at = end;
		from = end + 1;
	}
	literals[count] = arena_copy(memory, text_of(from));
	*p = (struct pattern){literals, names, count};
	return NULL;
}

/* Matches literals[i] names[i] … against the rest; values are the shortest that work. */
static bool match_from(const struct pattern *p, size_t i, struct text rest, struct text *found) {
	struct text literal = p->literals[i];
	if (!text_starts(rest, literal)) return false;
	rest = text_make(rest.data + literal.size, rest.size - literal.size);
	if (i == p->name_count) return rest.size == 0;
	for (size_t size = 1; size <= rest.size && rest.data[size - 1] != '/'; size++) {
		found[i] = text_make(rest.data, size);
		if (match_from(p, i + 1, text_make(rest.data + size, rest.size - size), found)) return true;
	}
	return false;
}

bool pattern_match(const struct pattern *p, struct text path, const char **values, struct arena *memory) {
	struct text *found = arena_allocate(memory, (p->name_count + 1) * sizeof *found);
	if (!match_from(p, 0, path, found)) return false;
	for (size_t i = 0; i < p->name_count; i++) values[i] = arena_copy(memory, found[i]).data;
	return true;
}

bool pattern_values_start(struct pattern_values *v, const struct source *s, const struct pattern *p, struct arena *memory) {
	*v = (struct pattern_values){p, s, arena_allocate(memory, (p->name_count + 1) * sizeof(size_t)),
		arena_allocate(memory, (p->name_count + 1) * sizeof(size_t))};
	for (size_t i = 0; i < p->name_count; i++) {
		v->index[i] = 0;
		v->each[i] = SIZE_MAX;
		for (size_t k = 0; k < s->each_count; k++)
			if (!strcmp(s->each_names[k], p->names[i]) && s->each_counts[k]) v->each[i] = k;
		if (v->each[i] == SIZE_MAX && (strcmp(p->names[i], "revision") || !s->revision)) return false;
	}
	return true;
}

bool pattern_values_next(struct pattern_values *v) {
	for (size_t i = v->pattern->name_count; i-- > 0;) {
		if (v->each[i] == SIZE_MAX) continue;
		if (++v->index[i] < v->source->each_counts[v->each[i]]) return true;
		v->index[i] = 0;
	}
	return false;
}

const char *pattern_value(const struct pattern_values *v, size_t i) {
	if (v->each[i] == SIZE_MAX) return v->source->revision;
	return v->source->each_values[v->each[i]][v->index[i]];
}

static const char *value_by_name(const char *name, const struct source *s, const struct pattern *path, const struct pattern_values *v) {
	for (size_t i = 0; i < path->name_count; i++)
		if (!strcmp(path->names[i], name)) return pattern_value(v, i);
	return strcmp(name, "revision") ? NULL : s->revision;
}

const char *pattern_fill_named(
	const struct pattern *p, const struct source *s, const struct pattern *path, const struct pattern_values *v, struct arena *memory) {
	struct buffer filled = {0};
	const char *result = NULL;
	for (size_t i = 0; i <= p->name_count; i++) {
		buffer_add_text(&filled, p->literals[i]);
		if (i == p->name_count) break;
		const char *value = value_by_name(p->names[i], s, path, v);
		if (!value) goto done;
		buffer_add_string(&filled, value);
	}
	result = arena_copy(memory, buffer_text(&filled)).data;
done:
	buffer_free(&filled);
	return result;
}

const char *pattern_fill(const struct pattern *p, const struct source *s, const struct pattern_values *v, struct arena *memory) {
	return pattern_fill_named(p, s, p, v, memory);
}
