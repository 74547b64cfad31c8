#include "source/manifest.h"

#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/memory.h"
#include "draw/template.h"
#include "source/pattern.h"
#include "source/place.h"
#include "source/sav_tables.h"

static bool read_each(struct place *p, const cJSON *root) {
	struct source *s = p->source;
	const cJSON *each = cJSON_GetObjectItemCaseSensitive(root, "each");
	if (!each) return true;
	struct place in = place_inside(p, "each", -1);
	if (!cJSON_IsObject(each)) return place_wrong(&in, "", "should be an object of lists");
	size_t room = (size_t)cJSON_GetArraySize(each);
	const char **names = arena_allocate(&s->memory, room * sizeof *names);
	const char *const **values = arena_allocate(&s->memory, room * sizeof *values);
	size_t *counts = arena_allocate(&s->memory, room * sizeof *counts);
	for (const cJSON *item = each->child; item; item = item->next, s->each_count++) {
		names[s->each_count] = place_keep(p, item->string);
		if (!place_strings(&in, each, item->string, &values[s->each_count], &counts[s->each_count])) return false;
	}
	s->each_names = names;
	s->each_values = (const char *const *const *)values;
	s->each_counts = counts;
	return true;
}

/* No '..', nothing hidden. */
static bool plain_path(const char *path) { return *path && *path != '/' && *path != '.' && !strstr(path, "/.") && !strchr(path, '\\'); }

/* Adds the declared file once for every combination of the `each` values that its path uses. */
static bool add_files(struct place *p, struct source_file file, const char *url) {
	struct source *s = p->source;
	struct pattern path;
	const char *problem = pattern_parse(&path, file.path, &s->memory);
	if (problem) return place_wrong(p, "path", problem);
	struct pattern_values values;
	if (!pattern_values_start(&values, s, &path, &s->memory)) return place_wrong(p, "path", "uses a {name} that `each` does not list");
	do {
		s->files = memory_resize(s->files, s->file_count + 1, sizeof *s->files);
		struct source_file *added = &s->files[s->file_count++];
		*added = file;
		added->path = pattern_fill(&path, s, &values, &s->memory);
		if (!plain_path(added->path))
			return place_wrong(p, "path", "should be a plain relative path, without '..' and hidden parts");
		struct pattern link;
		if (!url) continue;
		problem = pattern_parse(&link, url, &s->memory);
		if (problem) return place_wrong(p, "url", problem);
		added->url = pattern_fill_named(&link, s, &path, &values, &s->memory);
		if (!added->url) return place_wrong(p, "url", "uses a {name} that neither the path nor `revision` gives");
	} while (pattern_values_next(&values));
	return true;
}

static bool read_file(struct place *p, const cJSON *item) {
	struct source_file file = {0};
	const char *url = NULL;
	int64_t bytes = 0;
	if (!place_known_keys(p, item, "path url bytes optional members password") || !place_string(p, item, "path", true, &file.path) ||
		!place_string(p, item, "url", false, &url) || !place_integer(p, item, "bytes", 0, &bytes) ||
		!place_bool(p, item, "optional", &file.optional) || !place_strings(p, item, "members", &file.members, &file.member_count) ||
		!place_string(p, item, "password", false, &file.password))
		return false;
	file.bytes = (uint64_t)bytes;
	return add_files(p, file, url);
}

static bool read_optional(struct place *p, const cJSON *item, struct table_spec *spec) {
	if (!place_strings(p, item, "optional", &spec->optional, &spec->optional_count)) return false;
	for (size_t i = 0; i < spec->optional_count; i++) {
		bool found = false;
		for (size_t k = 0; k < spec->column_count; k++) found |= !strcmp(spec->columns[k].name, spec->optional[i]);
		if (!found) return place_wrong(p, "optional", "should name only columns of the table");
	}
	return true;
}

/* Divides "column/step/step" at a column of JSON and at slashes. */
static bool read_key(struct place *p, const char *path, const struct table_spec *spec, struct table_key *key) {
	const char *at = NULL;
	for (size_t i = 0; !at && i < spec->column_count; i++) {
		size_t size = strlen(spec->columns[i].name);
		if (spec->columns[i].type != COLUMN_JSON || strncmp(path, spec->columns[i].name, size) != 0 || path[size] != '/') continue;
		key->column = spec->columns[i].name;
		at = path + size;
	}
	if (!at) return place_wrong(p, "keys", "should begin with a column of type json: \"column/key\", \"column/*/key\"");
	const char **steps = arena_allocate(&p->source->memory, strlen(at) * sizeof *steps);
	for (; *at; at += strcspn(at, "/")) {
		at++;
		steps[key->step_count++] = arena_copy(&p->source->memory, text_make(at, strcspn(at, "/"))).data;
	}
	key->path = path;
	key->steps = steps;
	return true;
}

static bool read_keys(struct place *p, const cJSON *item, struct table_spec *spec) {
	const char *const *paths = NULL;
	if (!place_strings(p, item, "keys", &paths, &spec->key_count)) return false;
	struct table_key *keys = arena_allocate(&p->source->memory, (spec->key_count + 1) * sizeof *keys);
	for (size_t i = 0; i < spec->key_count; i++) {
		keys[i] = (struct table_key){0};
		if (!read_key(p, paths[i], spec, &keys[i])) return false;
	}
	spec->keys = keys;
	return true;
}

static bool read_columns(struct place *p, const cJSON *item, struct table_spec *spec) {
	const cJSON *columns = cJSON_GetObjectItemCaseSensitive(item, "columns");
	struct place in = place_inside(p, "columns", -1);
	if (!columns) return place_wrong(p, "columns", "is missing; it should be {\"name\": \"type\", …}");
	if (!cJSON_IsObject(columns)) return place_wrong(&in, "", "should be an object {\"name\": \"type\", …}");
	struct table_column *list = arena_allocate(&p->source->memory, ((size_t)cJSON_GetArraySize(columns) + 1) * sizeof *list);
	for (const cJSON *column = columns->child; column; column = column->next) {
		int type = place_word(&in, columns, column->string, "text integer real boolean json", -1);
		if (type < 0) return false;
		for (size_t i = 0; i < spec->column_count; i++)
			if (!strcasecmp(list[i].name, column->string))
				return place_wrong(&in, column->string, "stands twice (SQL names ignore case)");
		list[spec->column_count++] = (struct table_column){place_keep(p, column->string), (enum column_type)type};
	}
	spec->columns = list;
	return read_optional(p, item, spec) && read_keys(p, item, spec);
}

static bool read_long(struct place *p, const cJSON *item, struct table_spec *spec) {
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(item, "long");
	if (!object) return true;
	struct place in = place_inside(p, "long", -1);
	return place_known_keys(&in, object, "id key value") && place_strings(&in, object, "id", &spec->long_id, &spec->long_id_count) &&
	       place_string(&in, object, "key", true, &spec->long_key) && place_string(&in, object, "value", true, &spec->long_value) &&
	       (spec->long_id || place_wrong(&in, "id", "is missing; it should list the columns that stay"));
}

static bool read_repair(struct place *p, const cJSON *item, struct reader_options *reader) {
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(item, "repair"), *rule;
	if (!list) return true;
	if (!cJSON_IsArray(list)) return place_wrong(p, "repair", "should be a list of {\"match\": …, \"with\": …}");
	struct reader_repair *repairs = arena_allocate(&p->source->memory, (size_t)cJSON_GetArraySize(list) * sizeof *repairs + 1);
	cJSON_ArrayForEach(rule, list) {
		struct place in = place_inside(p, "repair", (int)reader->repair_count);
		struct reader_repair *r = &repairs[reader->repair_count++];
		if (!place_known_keys(&in, rule, "match with") || !place_string(&in, rule, "match", true, &r->match) ||
			!place_string(&in, rule, "with", true, &r->with))
			return false;
	}
	reader->repairs = repairs;
	return true;
}

static bool one_character(struct place *p, const cJSON *item, const char *key, char *out) {
	const char *string = NULL;
	if (!place_string(p, item, key, false, &string)) return false;
	if (string && strlen(string) != 1) return place_wrong(p, key, "should be one ASCII character");
	if (string) *out = *string;
	return true;
}

static const char *const default_nulls[] = {"", NULL};

static bool read_reader(struct place *p, const cJSON *item, struct source_table *table) {
	struct reader_options *reader = &table->spec.reader;
	bool header = true;
	int unmatched = place_word(p, item, "unmatched", "error skip", 0);
	reader->nulls = default_nulls;
	if (unmatched < 0 || !place_bool(p, item, "header", &header) || !one_character(p, item, "delimiter", &reader->delimiter) ||
		!one_character(p, item, "quote", &reader->quote) || !place_string(p, item, "encoding", false, &reader->encoding) ||
		!place_strings(p, item, "null", &reader->nulls, NULL) || !place_string(p, item, "at", false, &reader->at) ||
		!place_string(p, item, "row", false, &reader->row) || !place_string(p, item, "section", false, &reader->section))
		return false;
	reader->kind = table->reader;
	reader->no_header = !header;
	reader->skip_unmatched = unmatched == 1;
	for (size_t i = 0; i < table->spec.column_count; i++) /* who wants the names of an object's entries wants the entries */
		if (!reader->at && !strcmp(table->spec.columns[i].name, "_key")) reader->at = "";
	if (!strcmp(table->reader, "lines") && !reader->row)
		return place_wrong(p, "row", "is missing; the reader `lines` needs a pattern with named groups");
	return read_repair(p, item, reader);
}

static bool read_table(struct place *p, const cJSON *item, struct source_table *table) {
	static const char readers[] = "csv tsv jsonl json lines parquet sav sql";
	struct table_spec *spec = &table->spec;
	int64_t reservoir = 0;
	if (!place_known_keys(p, item,
		    "name reader files header delimiter encoding quote columns optional keys null at row section unmatched long repair "
		    "reservoir stream") ||
		!place_string(p, item, "name", true, &spec->name) || place_word(p, item, "reader", readers, -1) < 0 ||
		!place_string(p, item, "reader", true, &table->reader))
		return false;
	if (!strcmp(table->reader, "sql")) return true;
	if (!place_string(p, item, "files", true, &table->files) || !read_columns(p, item, spec) || !read_long(p, item, spec) ||
		!read_reader(p, item, table) || !place_bool(p, item, "stream", &spec->stream) ||
		!place_integer(p, item, "reservoir", 1, &reservoir))
		return false;
	spec->reservoir = (uint64_t)reservoir;
	spec->source = p->source->id;
	struct pattern files;
	const char *problem = pattern_parse(&files, table->files, &p->source->memory);
	if (problem) return place_wrong(p, "files", problem);
	spec->bound = files.names;
	spec->bound_count = files.name_count;
	return true;
}

static bool read_length(struct place *p, const cJSON *object, struct sequence_law *law) {
	const cJSON *length = cJSON_GetObjectItemCaseSensitive(object, "length");
	if (!length) return true;
	if (!cJSON_IsObject(length)) return place_integer(p, object, "length", 1, &law->length);
	struct place in = place_inside(p, "length", -1);
	const cJSON *mean = cJSON_GetObjectItemCaseSensitive(length, "gp");
	if (!place_known_keys(&in, length, "gp")) return false;
	if (!cJSON_IsNumber(mean) || !(mean->valuedouble >= 2)) return place_wrong(&in, "gp", "should be a mean of at least 2");
	law->length_gp = mean->valuedouble;
	return true;
}

const struct sequence_law sequence_law_default = {.repeat = 1, .length = 5000, .permutations = 1, .description_probability = 0.6};

static bool read_sequence(struct place *p, const cJSON *item, struct sequence_law *law) {
	*law = sequence_law_default;
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(item, "sequence"), *chance;
	if (!object) return true;
	struct place in = place_inside(p, "sequence", -1);
	if (!place_known_keys(&in, object, "mode repeat length permutations description_probability max_sequences")) return false;
	int mode = place_word(&in, object, "mode", "once all", 0);
	if (mode < 0 || !read_length(&in, object, law) || !place_integer(&in, object, "repeat", 1, &law->repeat) ||
		!place_integer(&in, object, "permutations", 1, &law->permutations) ||
		!place_integer(&in, object, "max_sequences", 1, &law->max_sequences))
		return false;
	law->all = mode == 1;
	chance = cJSON_GetObjectItemCaseSensitive(object, "description_probability");
	if (chance) law->description_probability = cJSON_IsNumber(chance) ? chance->valuedouble : -1;
	if (!(law->description_probability >= 0 && law->description_probability <= 1))
		return place_wrong(&in, "description_probability", "should be a number from 0 to 1");
	return true;
}

static bool read_sample(struct place *p, const cJSON *item, struct source_task *task) {
	const cJSON *object = cJSON_GetObjectItemCaseSensitive(item, "sample");
	if (!object) return true;
	struct place in = place_inside(p, "sample", -1);
	return place_known_keys(&in, object, "instances per") && place_integer(&in, object, "instances", 1, &task->sample_instances) &&
	       place_strings(&in, object, "per", &task->sample_per, &task->sample_per_count);
}

static bool check_descriptions(struct place *p, const struct source_task *task) {
	struct templates templates = {0};
	bool good = true;
	for (size_t i = 0; good && i < task->description_count; i++) {
		struct place in = place_inside(p, "descriptions", (int)i);
		struct error problem = {0};
		good = templates_add(&templates, text_of(task->descriptions[i]), &problem) || place_wrong(&in, "", problem.message);
	}
	templates_free(&templates);
	return good;
}

static bool read_task(struct place *p, const cJSON *item, struct source_task *task) {
	task->part = "";
	task->min_examples = 1;
	if (!place_known_keys(p, item,
		    "name part split view instance order min_examples examples sample given generate json weight target descriptions "
		    "sequence") ||
		!place_string(p, item, "name", true, &task->name) || !place_string(p, item, "part", false, &task->part))
		return false;
	int split = place_word(p, item, "split", "train test", -1);
	task->view = task->name;
	if (split < 0 || !place_string(p, item, "view", false, &task->view) ||
		!place_strings(p, item, "instance", &task->instance, &task->instance_count) ||
		!place_strings(p, item, "order", &task->order, &task->order_count) ||
		!place_strings(p, item, "given", &task->given, &task->given_count) ||
		!place_strings(p, item, "generate", &task->generate, &task->generate_count) ||
		!place_strings(p, item, "json", &task->json, &task->json_count) || !place_string(p, item, "weight", false, &task->weight) ||
		!place_string(p, item, "target", false, &task->target) || !place_integer(p, item, "min_examples", 1, &task->min_examples) ||
		!place_integer(p, item, "examples", 1, &task->examples) ||
		!place_strings(p, item, "descriptions", &task->descriptions, &task->description_count) || !read_sample(p, item, task) ||
		!read_sequence(p, item, &task->sequence))
		return false;
	task->test = split == 1;
	if (!check_descriptions(p, task)) return false;
	if (!task->generate_count) return place_wrong(p, "generate", "should list at least one column");
	return true;
}

/* Reads the list `key`, one element of `size` bytes each, into *out. */
static bool read_list(struct place *p, const cJSON *root, const char *key, size_t size, void **out, size_t *count,
	bool (*one)(struct place *p, const cJSON *item, void *element)) {
	const cJSON *list = cJSON_GetObjectItemCaseSensitive(root, key), *item;
	if (!list) return true;
	if (!cJSON_IsArray(list)) return place_wrong(p, key, "should be a list […]");
	size_t room = (size_t)cJSON_GetArraySize(list);
	char *elements = arena_allocate(&p->source->memory, room * size);
	memset(elements, 0, room * size);
	*out = elements;
	cJSON_ArrayForEach(item, list) {
		struct place in = place_inside(p, key, (int)*count);
		if (!one(&in, item, elements + *count * size)) return false;
		++*count;
	}
	return true;
}

static bool one_file(struct place *p, const cJSON *item, void *element) {
	(void)element;
	return read_file(p, item);
}
static bool one_table(struct place *p, const cJSON *item, void *element) { return read_table(p, item, element); }
static bool one_task(struct place *p, const cJSON *item, void *element) { return read_task(p, item, element); }

static const char *const access_names[] = {"open", "token", "manual", "request", "generated"};
const char *access_name(enum source_access access) { return access_names[access]; }

bool source_id_good(const char *id) { return *id && *id != '.' && !id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-_.")]; }

static bool read_head(struct place *p, const cJSON *root) {
	struct source *s = p->source;
	const char *folder = strrchr(s->folder, '/');
	static const char keys[] =
		"id suite title about homepage revision licence redistribution citation access token how notes files each tables tasks";
	if (!place_known_keys(p, root, keys) || !place_string(p, root, "id", true, &s->id) ||
		!place_string(p, root, "suite", false, &s->suite) || !place_string(p, root, "title", true, &s->title) ||
		!place_string(p, root, "about", false, &s->about) || !place_string(p, root, "homepage", false, &s->homepage) ||
		!place_string(p, root, "revision", false, &s->revision) || !place_string(p, root, "licence", false, &s->licence) ||
		!place_string(p, root, "citation", false, &s->citation) || !place_string(p, root, "token", false, &s->token) ||
		!place_strings(p, root, "how", &s->how, &s->how_count) || !place_strings(p, root, "notes", &s->notes, &s->note_count))
		return false;
	if (!source_id_good(s->id)) return place_wrong(p, "id", "should be lower-case letters, digits, '-', '_', '.'");
	if (folder && strcmp(folder + 1, s->id)) return place_wrong(p, "id", "should be the folder's name");
	if (place_word(p, root, "redistribution", "allowed forbidden unknown", 2) < 0 ||
		!place_string(p, root, "redistribution", false, &s->redistribution))
		return false;
	int access = place_word(p, root, "access", "open token manual request generated", -1);
	if (access < 0) return false;
	s->access = (enum source_access)access;
	if (s->access == ACCESS_TOKEN && !s->token)
		return place_wrong(p, "token", "is missing; it names the environment variable that holds the token");
	return true;
}

/* Whether a declared file can be one of the table's, or an archive that holds one. Without declared files nobody knows. */
static bool is_declared(struct source *s, const struct source_table *table) {
	struct pattern files;
	if (!s->file_count || !table->files || pattern_parse(&files, table->files, &s->memory)) return true;
	const char **matched = arena_allocate(&s->memory, (files.name_count + 1) * sizeof *matched);
	struct pattern_values values;
	const char *first = pattern_values_start(&values, s, &files, &s->memory) ? pattern_fill(&files, s, &values, &s->memory) : NULL;
	for (size_t i = 0; i < s->file_count; i++) {
		const char *path = s->files[i].path;
		if (s->files[i].member_count || strstr(path, ".zip") || strstr(path, ".tar") || strstr(path, ".tgz")) return true;
		if (first ? !strcmp(first, path) : pattern_match(&files, text_of(path), matched, &s->memory)) return true;
	}
	return false;
}

/* What entries have to be together: tables of different names, parts of one task of different names and one split. */
static bool check_together(struct place *p) {
	struct source *s = p->source;
	for (size_t i = 0; i < s->table_count; i++) {
		struct place table = place_inside(p, "tables", (int)i);
		if (!is_declared(s, &s->tables[i])) return place_wrong(&table, "files", "no path of the source's \"files\" is like that");
		for (size_t j = 0; j < i; j++) { /* the tables that a SAV table adds stand behind all others */
			struct place in = place_inside(p, "tables", (int)j);
			if (!strcasecmp(s->tables[i].spec.name, s->tables[j].spec.name))
				return place_wrong(&in, "name", "another table has it too (SQL names ignore case)");
		}
	}
	for (size_t i = 0; i < s->task_count; i++)
		for (size_t j = 0; j < i; j++) {
			if (strcmp(s->tasks[i].name, s->tasks[j].name) != 0) continue;
			struct place in = place_inside(p, "tasks", (int)i);
			if (!strcmp(s->tasks[i].part, s->tasks[j].part))
				return place_wrong(&in, "name",
					"an earlier entry has the same name and part; parts of one task have different \"part\"");
			if (s->tasks[i].test != s->tasks[j].test)
				return place_wrong(&in, "split", "should be that of the task's other parts");
		}
	return true;
}

static bool read_source(struct place *p, const cJSON *root) {
	struct source *s = p->source;
	void *none = NULL, *tables = NULL, *tasks = NULL;
	size_t files = 0;
	if (!read_head(p, root) || !read_each(p, root) || !read_list(p, root, "files", 1, &none, &files, one_file)) return false;
	bool good = read_list(p, root, "tables", sizeof *s->tables, &tables, &s->table_count, one_table) &&
		    read_list(p, root, "tasks", sizeof *s->tasks, &tasks, &s->task_count, one_task);
	s->tables = tables;
	s->tasks = tasks;
	if (good) sav_tables_add(s);
	return good && check_together(p);
}

/* Row and column of a byte offset, for cJSON's error position. */
static void syntax_error(const char *file, const char *text, const char *at, struct error *e) {
	unsigned line = 1;
	const char *start = text;
	for (const char *c = text; c && c < at; c++)
		if (*c == '\n') line++, start = c + 1;
	error_set(e, STATUS_USAGE, "%s:%u:%u: not JSON here (a missing comma or quote, a trailing comma?)", file, line,
		(unsigned)(at - start) + 1);
}

struct source *source_load(const char *folder, struct error *e) {
	struct buffer path = {0}, text = {0};
	size_t size = strlen(folder);
	while (size > 1 && folder[size - 1] == '/') size--;
	buffer_printf(&path, "%.*s/source.json", (int)size, folder);
	struct source *s = NULL;
	cJSON *root = NULL;
	bool good = input_load(buffer_string(&path), 16 << 20, &text, e);
	if (!good && access(folder, F_OK) == 0 && access(buffer_string(&path), F_OK) != 0)
		error_set(e, STATUS_USAGE, "%s is not the folder of a source: it has no source.json; 'spectrum new' begins one", folder);
	if (good) {
		const char *stop = NULL;
		root = cJSON_ParseWithOpts(buffer_string(&text), &stop, true);
		if (!root) syntax_error(buffer_string(&path), buffer_string(&text), stop, e);
	}
	if (root) {
		s = memory_zeroed(1, sizeof *s);
		char *resolved = realpath(folder, NULL);
		s->folder = arena_copy(&s->memory, resolved ? text_of(resolved) : text_make(folder, size)).data;
		free(resolved);
		struct place p = {.source = s, .file = buffer_string(&path), .e = e};
		if (!read_source(&p, root)) {
			source_free(s);
			s = NULL;
		}
	}
	cJSON_Delete(root);
	buffer_free(&path);
	buffer_free(&text);
	return s;
}

void source_free(struct source *s) {
	if (!s) return;
	free(s->files);
	arena_free(&s->memory);
	free(s);
}
