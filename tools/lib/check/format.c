/* Files of message formats: the schema, then what the program demands beyond it. */
#include "base/stream.h"
#include "check/check.h"
#include "format/format.h"

enum { MOST_BYTES = 1 << 24 }; /* no file of formats is longer */

static bool has(struct json_value v, const char *key) { return json_member(v, key).type != JSON_NONE; }

/* Broken JSON in a file that is called so is taken for one, too, but not what begins as a stream. */
static bool looks_like_format(struct text file, bool *family) {
	struct json_value v;
	*family = true;
	if (json_check(file, &v, NULL)) {
		*family = v.type == JSON_OBJECT && has(v, "markers");
		return *family || (v.type == JSON_OBJECT && has(v, "formats"));
	}
	const char *end = memchr(file.data, '\n', file.size);
	return !json_check(text_make(file.data, end ? (size_t)(end - file.data) : file.size), &v, NULL);
}

/* The name of the family that a path tells. */
static struct text name_of(const char *path) {
	const char *slash = strrchr(path, '/');
	struct text name = text_of(slash ? slash + 1 : path);
	name.size -= strlen(".json");
	return name;
}

/* A marker that stands nowhere but in the list of markers is misspelt there or elsewhere: what is misspelt elsewhere passes as plain text. */
static void check_markers(struct checks *c, const char *path, const struct family *f, const char *file) {
	for (size_t i = 0; i < family_marker_count(f); i++) {
		const char *name = family_marker(f, i).data, *first = strstr(file, name);
		if (first && !strstr(first + 1, name))
			check_problem(c, "%s: no template uses the marker '%s'; is it misspelt?", path, name);
	}
}

bool check_format(struct checks *c, const char *path, bool *is_one, struct error *e) {
	struct buffer file = {0};
	bool family = false, named = text_ends(text_of(path), text_of(".json"));
	*is_one = named && input_load(path, MOST_BYTES, &file, NULL) && looks_like_format(buffer_text(&file), &family);
	int state = *is_one ? check_file(c, path, "format.json", family ? "family" : "shared", e) : 0;
	if (state != 1) {
		buffer_free(&file);
		return state == 0;
	}
	struct buffer name = {0};
	struct error found = {0};
	buffer_add_text(&name, family ? name_of(path) : text_of("shared"));
	struct family *f = family_load(path, buffer_string(&name), &found);
	if (!f) check_problem(c, "%s", found.message);
	else if (family) check_markers(c, path, f, buffer_string(&file));
	family_close(f);
	buffer_free(&name);
	buffer_free(&file);
	return true;
}
