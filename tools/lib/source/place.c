#include "source/place.h"

#include <stdio.h>

bool place_wrong(struct place *p, const char *key, const char *what) {
	return error_set(p->e, STATUS_USAGE, "%s: %s%s%s: %s", p->file, p->at, *p->at && *key ? "." : "", key, what);
}

struct place place_inside(const struct place *p, const char *key, int index) {
	struct place in = *p;
	char tail[80];
	if (index < 0) snprintf(tail, sizeof tail, "%s%s", *p->at ? "." : "", key);
	else snprintf(tail, sizeof tail, "%s%s[%d]", *p->at ? "." : "", key, index);
	size_t used = strlen(in.at);
	snprintf(in.at + used, sizeof in.at - used, "%s", tail);
	return in;
}

const char *place_keep(struct place *p, const char *string) { return arena_copy(&p->source->memory, text_of(string)).data; }

bool place_known_keys(struct place *p, const cJSON *object, const char *known) {
	if (!cJSON_IsObject(object)) return place_wrong(p, "", "should be an object {…}");
	for (const cJSON *item = object->child; item; item = item->next) {
		for (const cJSON *earlier = object->child; earlier != item; earlier = earlier->next)
			if (!strcmp(earlier->string, item->string)) return place_wrong(p, item->string, "stands twice");
		if (text_among(known, item->string) >= 0) continue;
		char what[512];
		snprintf(what, sizeof what, "unknown key; known here are: %s", known);
		return place_wrong(p, item->string, what);
	}
	return true;
}

bool place_string(struct place *p, const cJSON *object, const char *key, bool required, const char **out) {
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!item) return !required || place_wrong(p, key, "is missing; it should be a text");
	if (!cJSON_IsString(item)) return place_wrong(p, key, "should be a text in quotes");
	*out = place_keep(p, item->valuestring);
	return true;
}

bool place_bool(struct place *p, const cJSON *object, const char *key, bool *out) {
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!item) return true;
	if (!cJSON_IsBool(item)) return place_wrong(p, key, "should be true or false");
	*out = cJSON_IsTrue(item);
	return true;
}

bool place_integer(struct place *p, const cJSON *object, const char *key, int64_t least, int64_t *out) {
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	if (!item) return true;
	double value = cJSON_IsNumber(item) ? item->valuedouble : -1;
	if (!(value >= (double)least && value <= 9e15) || (double)(int64_t)value != value) {
		char what[80];
		snprintf(what, sizeof what, "should be a whole number of at least %lld", (long long)least);
		return place_wrong(p, key, what);
	}
	*out = (int64_t)value;
	return true;
}

bool place_strings(struct place *p, const cJSON *object, const char *key, const char *const **out, size_t *count) {
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key), *item;
	if (!list) return true;
	if (!cJSON_IsArray(list)) return place_wrong(p, key, "should be a list of texts […]");
	const char **values = arena_allocate(&p->source->memory, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *values);
	size_t n = 0;
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsString(item)) return place_wrong(p, key, "should hold only texts");
		values[n++] = place_keep(p, item->valuestring);
	}
	values[n] = NULL;
	*out = values;
	if (count) *count = n;
	return true;
}

int place_word(struct place *p, const cJSON *object, const char *key, const char *words, int absent) {
	const char *word = NULL;
	char what[256];
	if (!place_string(p, object, key, false, &word)) return -1;
	if (!word && absent < 0) {
		snprintf(what, sizeof what, "is missing; it should be one of: %s", words);
		place_wrong(p, key, what);
	}
	if (!word) return absent;
	int index = text_among(words, word);
	if (index >= 0) return index;
	snprintf(what, sizeof what, "'%.80s' is not one of: %s", word, words);
	place_wrong(p, key, what);
	return -1;
}
