/* Families: reading tools/formats/FAMILY.json. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/share.h"
#include "base/stream.h"
#include "format/template.h"

/* Where in the file we are, and what goes wrong there. */
struct place {
	struct family *family;
	const char *file;
	const char *at; /* the nearest enclosing name, for messages */
	struct error *e;
};

static bool wrong(const struct place *p, const char *key, const char *what) {
	return error_set(p->e, STATUS_USAGE, "%s: %s%s%s: %s", p->file, p->at, *p->at ? "." : "", key, what);
}

static struct place inside(const struct place *p, const char *at) {
	struct place in = *p;
	in.at = at;
	return in;
}

/* All keys of `object` must be among the space-separated `known`. */
static bool known_keys(const struct place *p, const cJSON *object, const char *known) {
	if (!cJSON_IsObject(object)) return wrong(p, "", "should be an object {…}");
	for (const cJSON *item = object->child; item; item = item->next) {
		if (text_among(known, item->string) >= 0) continue;
		char what[256];
		snprintf(what, sizeof what, "unknown key; known here are: %s", known);
		return wrong(p, item->string, what);
	}
	return true;
}

static const cJSON *member(const cJSON *object, const char *key) { return cJSON_GetObjectItemCaseSensitive(object, key); }

static bool get_text(const struct place *p, const cJSON *object, const char *key, struct text *out) {
	const cJSON *item = member(object, key);
	if (!cJSON_IsString(item)) return wrong(p, key, item ? "should be a text in quotes" : "is missing; it should be a text");
	*out = arena_copy(&p->family->memory, text_of(item->valuestring));
	return true;
}

static bool get_flag(const struct place *p, const cJSON *object, const char *key, bool *out) {
	const cJSON *item = member(object, key);
	if (!item) return true;
	if (!cJSON_IsBool(item)) return wrong(p, key, "should be true or false");
	*out = cJSON_IsTrue(item);
	return true;
}

static bool get_template(const struct place *p, const cJSON *object, const char *key, bool required, struct template *out) {
	struct text source = {0};
	if (!required && !member(object, key)) return true;
	if (!get_text(p, object, key, &source)) return false;
	return template_parse(p->family, source, out) ||
	       wrong(p, key, "holds a slot that there is not; slots are {content}, {trimmed}, {unled}, {system}");
}

static bool get_texts(const struct place *p, const cJSON *object, const char *key, struct text **out, size_t *count) {
	const cJSON *list = member(object, key), *item;
	if (!cJSON_IsArray(list)) return wrong(p, key, "should be a list of texts […]");
	*out = arena_allocate(&p->family->memory, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof **out);
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsString(item) || !*item->valuestring) return wrong(p, key, "should hold only texts, none of them empty");
		(*out)[(*count)++] = arena_copy(&p->family->memory, text_of(item->valuestring));
	}
	return true;
}

static int find_marker(const struct family *f, struct text name) {
	for (size_t i = 0; i < f->marker_count; i++)
		if (text_equal(f->markers[i], name)) return (int)i;
	return -1;
}

static bool get_marker(const struct place *p, const cJSON *object, const char *key, int *out) {
	struct text name = {0};
	*out = -1;
	if (!member(object, key)) return true;
	if (!get_text(p, object, key, &name)) return false;
	*out = find_marker(p->family, name);
	return *out >= 0 || wrong(p, key, "is not one of the markers");
}

static bool get_ends(const struct place *p, const cJSON *object) {
	if (!cJSON_IsObject(object)) return wrong(p, "end", "should be an object {\"base\": \"…\"}");
	struct place in = inside(p, "end");
	struct family_end **tail = &p->family->ends;
	for (const cJSON *item = object->child; item; item = item->next) {
		struct family_end *end = arena_allocate(&p->family->memory, sizeof *end);
		*end = (struct family_end){.variant = arena_copy(&p->family->memory, text_of(item->string)).data};
		if (!get_marker(&in, object, item->string, &end->marker)) return false;
		*tail = end;
		tail = &end->next;
	}
	return p->family->ends || wrong(p, "end", "should name a marker");
}

static bool get_segments(const struct place *p, const cJSON *messages, const char *role, struct segment_list *out) {
	const cJSON *list = member(messages, role), *item;
	if (!cJSON_IsArray(list)) return wrong(p, role, "should be a list of segments [{\"text\": …}]");
	out->items = arena_allocate(&p->family->memory, ((size_t)cJSON_GetArraySize(list) + 1) * sizeof *out->items);
	cJSON_ArrayForEach(item, list) {
		struct template *t = &out->items[out->count++];
		*t = (struct template){0};
		struct place in = inside(p, role);
		if (!known_keys(&in, item, "text loss") || !get_template(&in, item, "text", true, t) ||
			!get_flag(&in, item, "loss", &t->loss))
			return false;
	}
	return true;
}

static bool bears_loss(const struct format *f) {
	for (int role = MESSAGE_DESCRIPTION; role <= MESSAGE_OUTPUT; role++)
		for (size_t i = 0; i < f->roles[role].count; i++)
			if (f->roles[role].items[i].loss) return true;
	return false;
}

static bool get_conversation(const struct place *p, const cJSON *object, struct conversation *c) {
	return known_keys(p, object, "system description example_input example_output between default_user prompt_user") &&
	       get_text(p, object, "system", &c->system) && get_template(p, object, "description", true, &c->description) &&
	       get_template(p, object, "example_input", true, &c->example_input) &&
	       get_template(p, object, "example_output", true, &c->example_output) && get_text(p, object, "between", &c->between) &&
	       get_text(p, object, "default_user", &c->default_user) && get_text(p, object, "prompt_user", &c->prompt_user);
}

static bool get_format(const struct place *p, const cJSON *object, struct format *f) {
	const cJSON *messages = member(object, "messages"), *conversation = member(object, "conversation");
	if (!known_keys(p, object, "messages conversation first_output_needs_description prompt stop")) return false;
	if (!messages == !conversation) return wrong(p, "messages", "a format needs either messages or conversation");
	if (conversation) return known_keys(p, object, "conversation") && get_conversation(p, conversation, &f->conversation);
	return known_keys(p, messages, "description input output") &&
	       get_segments(p, messages, "description", &f->roles[MESSAGE_DESCRIPTION]) &&
	       get_segments(p, messages, "input", &f->roles[MESSAGE_INPUT]) &&
	       get_segments(p, messages, "output", &f->roles[MESSAGE_OUTPUT]) &&
	       (bears_loss(f) || wrong(p, "output", "no segment bears loss; \"loss\": true marks what is to be learnt")) &&
	       get_flag(p, object, "first_output_needs_description", &f->first_output_needs_description) &&
	       get_template(p, object, "prompt", true, &f->prompt) && get_template(p, object, "stop", true, &f->stop);
}

/* Formats of the family's own file come first, so theirs count. A conversation needs turns to be written in. */
static bool get_formats(const struct place *p, const cJSON *formats) {
	if (!cJSON_IsObject(formats)) return wrong(p, "formats", "should be an object {…}");
	struct format **tail = &p->family->formats;
	while (*tail) tail = &(*tail)->next;
	for (const cJSON *item = formats->child; item; item = item->next) {
		bool talks = member(item, "conversation") != NULL;
		if (talks && !p->family->has_turns) continue;
		struct format *f = arena_allocate(&p->family->memory, sizeof *f);
		*f = (struct format){.name = arena_copy(&p->family->memory, text_of(item->string)).data};
		struct place in = inside(p, f->name);
		if (!get_format(&in, item, f)) return false;
		if (talks) f->turns = &p->family->turns;
		*tail = f;
		tail = &f->next;
	}
	return true;
}

static bool get_turns(const struct place *p, const cJSON *object) {
	struct turns *t = &p->family->turns;
	struct place in = inside(p, "turns");
	if (!object) return true;
	p->family->has_turns = true;
	if (!known_keys(&in, object, "begin system system_always first_user user opener reply last_reply closer alternate stop"))
		return false;
	if (!member(object, "system") == !member(object, "first_user"))
		return wrong(&in, "system", "turns need either system or first_user");
	return get_template(&in, object, "begin", false, &t->begin) && get_template(&in, object, "system", false, &t->system) &&
	       get_template(&in, object, "first_user", false, &t->first_user) && get_template(&in, object, "user", true, &t->user) &&
	       get_template(&in, object, "opener", true, &t->opener) && get_template(&in, object, "reply", true, &t->reply) &&
	       get_template(&in, object, "last_reply", false, &t->last_reply) && get_template(&in, object, "closer", false, &t->closer) &&
	       get_template(&in, object, "stop", true, &t->stop) && get_flag(&in, object, "system_always", &t->system_always) &&
	       get_flag(&in, object, "alternate", &t->alternate);
}

static bool good_about(const struct place *p, const cJSON *root) {
	const cJSON *about = member(root, "about");
	return !about || cJSON_IsString(about) || wrong(p, "about", "should be a text in quotes");
}

static bool get_shared(const struct place *p, const cJSON *root) {
	return known_keys(p, root, "about formats") && good_about(p, root) && get_formats(p, member(root, "formats"));
}

static bool get_family(const struct place *p, const cJSON *root) {
	struct family *f = p->family;
	return known_keys(p, root, "about markers detect begin pad end formats turns") && good_about(p, root) &&
	       get_texts(p, root, "markers", &f->markers, &f->marker_count) && get_texts(p, root, "detect", &f->detect, &f->detect_count) &&
	       get_marker(p, root, "begin", &f->begin) && get_marker(p, root, "pad", &f->pad) && get_ends(p, member(root, "end")) &&
	       get_turns(p, member(root, "turns")) && get_formats(p, member(root, "formats"));
}

static cJSON *load(const char *path, struct error *e) {
	struct buffer bytes = {0};
	cJSON *root = NULL;
	if (input_load(path, 1 << 24, &bytes, e)) {
		root = cJSON_Parse(buffer_string(&bytes));
		if (!root) error_set(e, STATUS_USAGE, "%s: not JSON near byte %td", path, cJSON_GetErrorPtr() - bytes.data);
	}
	buffer_free(&bytes);
	return root;
}

/* NAME.json of the first folder that has it, in `path`. */
static bool find(const char *name, struct buffer *path, struct error *e) {
	struct buffer file = {0};
	buffer_printf(&file, "%s.json", name);
	bool found = share_find(SHARE_FORMATS, buffer_string(&file), path) != NULL;
	if (!found)
		error_set(e, STATUS_USAGE,
			"there is no model family '%s': no file %s in SPECTRUM_FORMATS, ./tools/formats or the installed formats", name,
			buffer_string(&file));
	buffer_free(&file);
	return found;
}

static bool add_shared(struct family *f, struct error *e) {
	struct buffer path = {0};
	cJSON *shared = find("shared", &path, e) ? load(buffer_string(&path), e) : NULL;
	bool good = shared && get_shared(&(struct place){f, buffer_string(&path), "", e}, shared);
	cJSON_Delete(shared);
	buffer_free(&path);
	return good;
}

struct family *family_load(const char *path, const char *name, struct error *e) {
	cJSON *root = load(path, e);
	if (!root) return NULL;
	struct family *f = memory_zeroed(1, sizeof *f);
	f->name = arena_copy(&f->memory, text_of(name)).data;
	struct place place = {f, path, "", e};
	/* every format of shared.json may count */
	f->has_turns = !strcmp(name, "shared");
	bool good = f->has_turns ? get_shared(&place, root) : get_family(&place, root) && add_shared(f, e);
	cJSON_Delete(root);
	if (good) return f;
	family_close(f);
	return NULL;
}

struct family *family_open(const char *name, struct error *e) {
	struct buffer path = {0};
	struct family *f = NULL;
	if (strchr(name, '/') || !strcmp(name, "shared")) error_set(e, STATUS_USAGE, "'%s' is not the name of a model family", name);
	else if (find(name, &path, e)) f = family_load(buffer_string(&path), name, e);
	buffer_free(&path);
	return f;
}

void family_close(struct family *f) {
	if (!f) return;
	arena_free(&f->memory);
	free(f);
}
