#include "source/built.h"

#include <unistd.h>

#include "base/stream.h"

cJSON *built_load(const char *out, const char *stage, const char *id) {
	struct buffer path = {0};
	struct text line;
	buffer_printf(&path, "%s/state/%s/%s.json", out, stage, id);
	struct input *in = input_open(buffer_string(&path), NULL);
	cJSON *all = in ? cJSON_CreateArray() : NULL;
	while (in && input_line(in, &line, NULL) == 1) {
		cJSON *one = cJSON_ParseWithLength(line.data, line.size);
		if (one) cJSON_AddItemToArray(all, one);
	}
	input_close(in);
	buffer_free(&path);
	return all;
}

bool built_noted(const char *out, const char *stage, const char *id) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/state/%s/%s", out, stage, id);
	bool there = !access(buffer_string(&path), F_OK);
	buffer_free(&path);
	return there;
}

double built_number(const cJSON *object, const char *key) {
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

const char *built_string(const cJSON *object, const char *key) {
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
	return cJSON_IsString(item) ? item->valuestring : "";
}

bool built_is(const cJSON *entry) { return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(entry, "built")); }

const cJSON *built_task(const cJSON *adapted, const struct source_task *task) {
	const cJSON *one;
	cJSON_ArrayForEach(one, adapted) {
		if (strcmp(built_string(one, "task"), task->name) != 0 || strcmp(built_string(one, "part"), task->part) != 0) continue;
		return built_is(one) ? one : NULL;
	}
	return NULL;
}
