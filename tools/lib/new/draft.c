#include "new/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stream.h"
#include "fetch/hashes.h"
#include "json/json.h"
#include "read/archive.h"
#include "source/adapt.h"

enum { SAMPLE_RECORDS = 5, SAMPLE_BYTES = 64 * 1024 };

static const char *base_name(const char *path) {
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

const char *draft_task(const struct draft *d, struct buffer *b) {
	buffer_clear(b);
	if (d->id[0] >= '0' && d->id[0] <= '9') buffer_add_char(b, '_');
	for (const char *at = d->id; *at; at++) buffer_add_char(b, *at == '-' || *at == '.' ? '_' : *at);
	return buffer_string(b);
}

/* The column that is generated. */
static size_t generated(const struct draft *d, const struct guess *g) {
	for (size_t i = 0; d->generate && i < g->count; i++)
		if (!strcmp(g->columns[i].name, d->generate)) return i;
	for (size_t i = g->count; i-- > 0;)
		if (g->columns[i].type == COLUMN_TEXT) return i;
	return g->count - 1;
}

/* ---- source.json ---- */

static void add_string(struct buffer *b, const char *string) { json_add_string(b, text_of(string), false); }

static void add_member(struct buffer *b, const char *key, const char *value) {
	buffer_printf(b, " \"%s\": ", key);
	add_string(b, value);
	buffer_add_string(b, ",\n");
}

static void add_option(struct buffer *b, const char *key, const char *value) {
	if (!value) return;
	buffer_printf(b, ", \"%s\": ", key);
	add_string(b, value);
}

/* Not that of the view. */
static const char *table_name(const struct draft *d) { return strcmp(d->id, "data") != 0 ? "data" : "records"; }

static void add_table(struct buffer *b, const struct draft *d, const char *path, const struct guess *g) {
	const char delimiter[2] = {g->delimiter, 0};
	buffer_printf(b, " \"tables\": [\n  {\"name\": \"%s\", \"reader\": ", table_name(d));
	add_string(b, g->kind);
	add_option(b, "files", path);
	if (!g->header) buffer_add_string(b, ", \"header\": false");
	add_option(b, "delimiter", g->delimiter ? delimiter : NULL);
	add_option(b, "encoding", g->encoding);
	add_option(b, "at", g->at);
	add_option(b, "row", g->row);
	buffer_add_string(b, ",\n   \"columns\": {");
	for (size_t i = 0; i < g->count; i++) {
		buffer_add_string(b, i ? ",\n    " : "\n    ");
		add_string(b, g->columns[i].name);
		buffer_printf(b, ": \"%s\"", guess_type_name(g->columns[i].type));
	}
	buffer_add_string(b, "}}\n ],\n");
}

/* What a template takes for its own is escaped. */
static void add_plain(struct buffer *b, const char *string) {
	for (; *string; string++) {
		if (strchr("[]|\\", *string)) buffer_add_char(b, '\\');
		buffer_add_char(b, *string);
	}
}

static void add_columns(struct buffer *b, const char *key, const struct guess *g, size_t output, int which) {
	bool comma = false;
	buffer_printf(b, "\"%s\": [", key);
	for (size_t i = 0; i < g->count; i++) {
		bool use = which == 0 ? i != output : which == 1 ? i == output : g->columns[i].type == COLUMN_JSON;
		if (!use) continue;
		if (comma) buffer_add_string(b, ", ");
		add_string(b, g->columns[i].name);
		comma = true;
	}
	buffer_add_char(b, ']');
}

static void add_task(struct buffer *b, const struct draft *d, const struct guess *g) {
	size_t output = generated(d, g);
	struct buffer name = {0}, description = {0};
	buffer_add_string(b, " \"tasks\": [\n  {\"name\": ");
	add_string(b, draft_task(d, &name));
	buffer_add_string(b, ", \"split\": \"train\",\n   ");
	add_columns(b, "given", g, output, 0);
	buffer_add_string(b, ", ");
	add_columns(b, "generate", g, output, 1);
	for (size_t i = 0; i < g->count; i++) {
		if (g->columns[i].type != COLUMN_JSON) continue;
		buffer_add_string(b, ", ");
		add_columns(b, "json", g, output, 2);
		break;
	}
	buffer_add_string(&description, "Examples from ");
	add_plain(&description, d->id);
	buffer_add_string(&description, g->count > 1 ? ". Given what is known of a record, give its " : ". Each is one ");
	add_plain(&description, g->columns[output].name);
	buffer_add_char(&description, '.');
	buffer_add_string(b, ",\n   \"descriptions\": [");
	json_add_string(b, buffer_text(&description), false);
	buffer_add_string(b, "],\n   \"sequence\": {\"mode\": \"all\", \"length\": {\"gp\": 32}}}\n ]\n");
	buffer_free(&name);
	buffer_free(&description);
}

static void make_manifest(const struct draft *d, const struct guess *g, uint64_t bytes, struct buffer *b) {
	const char *path = base_name(d->file);
	struct buffer how = {0};
	buffer_add_string(b, "{\n");
	add_member(b, "id", d->id);
	add_member(b, "title", d->id);
	add_member(b, "about", "What the data are, who made them, and which variation they hold.");
	add_member(b, "licence", "unknown");
	add_member(b, "redistribution", "unknown");
	add_member(b, "access", "manual");
	buffer_printf(&how, "Get %s and run: spectrum fetch %s --import %s", path, d->id, path);
	buffer_add_string(b, " \"how\": [");
	json_add_string(b, buffer_text(&how), false);
	buffer_add_string(b, "],\n");
	buffer_free(&how);
	buffer_add_string(b,
		" \"notes\": [\n"
		"  \"Drafted by `spectrum new`: reader, columns and types are guessed from the file and hold for all of its rows.\",\n"
		"  \"To do: title, about, licence, citation, homepage. With a \\\"url\\\" in files and \\\"access\\\": \\\"open\\\" the "
		"file "
		"can be fetched.\",\n"
		"  \"To do: which columns are given and which is generated; columns not needed can go, here and in adapter.sql.\",\n"
		"  \"To do: \\\"instance\\\": [\\\"column\\\"] makes one set of sequences of each value, such as a person; the column may "
		"then stand "
		"as {column} in descriptions.\",\n"
		"  \"To do: descriptions in your own words; [[a|b]] gives variants.\"\n ],\n \"files\": [\n  {\"path\": ");
	add_string(b, path);
	buffer_printf(b, ", \"bytes\": %llu}\n ],\n", (unsigned long long)bytes);
	add_table(b, d, path, g);
	add_task(b, d, g);
	buffer_add_string(b, "}\n");
}

/* ---- adapter.sql ---- */

static void make_adapter(const struct draft *d, const struct guess *g, struct buffer *b) {
	struct buffer name = {0};
	buffer_printf(b, "-- One row of the view is one example; rename, compute and leave out here.\nCREATE VIEW \"%s\" AS\nSELECT ",
		draft_task(d, &name));
	for (size_t i = 0; i < g->count; i++) {
		buffer_add_string(b, i ? ",\n       \"" : "\"");
		for (const char *at = g->columns[i].name; *at; at++) {
			if (*at == '"') buffer_add_char(b, '"');
			buffer_add_char(b, *at);
		}
		buffer_add_char(b, '"');
	}
	buffer_printf(b, "\nFROM %s;\n", table_name(d));
	buffer_free(&name);
}

/* ---- sample/ ---- */

/* The first records of a file whose records end with a line end outside quotes (`quote` 0: there are none), or all of it when it is small. */
static bool take_sample(const char *file, bool lines, char quote, size_t records, struct buffer *b, struct error *e) {
	struct input *in = lines ? archive_input(file, e) : input_open(file, e);
	struct text chunk = {0};
	bool quoted = false, good = in != NULL;
	while (good && records && b->size <= SAMPLE_BYTES && (good = input_chunk(in, &chunk, e)) && chunk.size) {
		size_t size = 0;
		while (size < chunk.size && records) {
			char c = chunk.data[size++];
			if (c == quote && quote) quoted = !quoted;
			if (c == '\n' && lines && !quoted) records--;
		}
		buffer_add(b, chunk.data, size);
	}
	input_close(in);
	if (b->size > SAMPLE_BYTES && (!lines || records)) buffer_clear(b); /* cut somewhere */
	return good;
}

static bool write_sample(const struct draft *d, const struct guess *g, const char *folder, bool *sampled, struct error *e) {
	bool lines = strcmp(g->kind, "json") != 0 && strcmp(g->kind, "parquet") != 0 && strcmp(g->kind, "sav") != 0;
	bool csv = !strcmp(g->kind, "csv"), headed = g->header && (csv || !strcmp(g->kind, "tsv"));
	struct buffer bytes = {0}, path = {0};
	bool good = take_sample(d->file, lines, csv ? '"' : 0, SAMPLE_RECORDS + (headed ? 1 : 0), &bytes, e);
	*sampled = good && bytes.size > 0;
	buffer_printf(&path, "%s/sample/%s", folder, base_name(d->file));
	if (*sampled) good = output_save(buffer_string(&path), buffer_text(&bytes), e);
	buffer_free(&bytes);
	buffer_free(&path);
	return good;
}

/* ---- the raw file's place ---- */

static bool copy_file(const char *from, const char *to, struct error *e) {
	struct buffer b = {0};
	const char *temporary = temporary_name(&b, to);
	bool good = file_copy(from, temporary, e) && (rename(temporary, to) == 0 || error_system(e, "%s: cannot write", to));
	buffer_free(&b);
	return good;
}

static bool place_raw(const struct draft *d, const struct hash_entry *hash, struct error *e) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/%s", d->raw, d->id);
	bool good = folder_make(buffer_string(&path), e);
	buffer_printf(&path, "/%s", base_name(d->file));
	const char *to = buffer_string(&path);
	if (good && linkat(AT_FDCWD, d->file, AT_FDCWD, to, AT_SYMLINK_FOLLOW)) {
		struct hash_entry there = {0};
		if (errno != EEXIST) good = copy_file(d->file, to, e);
		else if (!hashes_measure(&there, to, e)) good = false;
		else if (strcmp(there.sha256, hash->sha256) != 0)
			good = error_set(e, STATUS_USAGE,
				"%s is there already and is another file; move it away or choose another name for the source", to);
	}
	buffer_free(&path);
	return good;
}

/* ---- all of it ---- */

static bool adapt_sample(const struct draft *d, const char *root, struct error *e) {
	struct buffer path = {0};
	struct adapt_report report = {0};
	struct adapt_request request = {.program = "spectrum new", .raw = root, .seed = 42};
	struct source *source = source_load(d->folder, e);
	buffer_printf(&path, "%s/expect/instances.jsonl", d->folder);
	struct output *out = source ? output_open(buffer_string(&path), e) : NULL;
	bool good = out && adapt_source(source, &request, out, &report, e);
	good = output_end(out, good, e);
	adapt_report_free(&report);
	source_free(source);
	buffer_free(&path);
	return good;
}

bool draft_expect(const struct draft *d, struct error *e) {
	struct buffer root = {0}, link_path = {0};
	buffer_printf(&root, "%s/.raw-XXXXXX", d->folder);
	buffer_string(&root);
	if (!mkdtemp(root.data)) {
		error_system(e, "%s: cannot be made", root.data);
		buffer_free(&root);
		return false;
	}
	buffer_printf(&link_path, "%s/%s", root.data, d->id);
	bool good = !symlink("../sample", buffer_string(&link_path)) || error_system(e, "%s: cannot be made", link_path.data);
	good = good && adapt_sample(d, root.data, e);
	unlink(link_path.data);
	rmdir(root.data);
	buffer_free(&root);
	buffer_free(&link_path);
	return good;
}

static bool save(const char *folder, const char *name, struct buffer *bytes, struct error *e) {
	struct buffer path = {0};
	buffer_printf(&path, "%s/%s", folder, name);
	bool good = output_save(buffer_string(&path), buffer_text(bytes), e);
	buffer_free(&path);
	buffer_free(bytes);
	return good;
}

static bool write_files(const struct draft *d, const struct guess *g, const char *folder, bool *sampled, struct error *e) {
	struct hash_entry hash = {0};
	struct buffer manifest = {0}, adapter = {0}, sums = {0};
	if (!hashes_measure(&hash, d->file, e) || !folder_make(folder, e) || !write_sample(d, g, folder, sampled, e)) return false;
	make_manifest(d, g, hash.size, &manifest);
	make_adapter(d, g, &adapter);
	buffer_printf(&sums, "%s  %s\n", hash.sha256, base_name(d->file));
	bool good = save(folder, "source.json", &manifest, e);
	good = save(folder, "adapter.sql", &adapter, good ? e : NULL) && good;
	good = save(folder, "SHA256SUMS", &sums, good ? e : NULL) && good;
	return good && place_raw(d, &hash, e);
}

static void remove_files(const struct draft *d, const char *folder) {
	const char *const names[] = {"source.json", "adapter.sql", "SHA256SUMS", "sample/", "sample", ""};
	struct buffer path = {0};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		buffer_clear(&path);
		buffer_printf(&path, "%s/%s%s", folder, names[i], i == 3 ? base_name(d->file) : "");
		remove(buffer_string(&path));
	}
	buffer_free(&path);
}

bool draft_write(const struct draft *d, const struct guess *g, bool *sampled, struct error *e) {
	struct buffer temporary = {0};
	struct stat st;
	const char *name = base_name(d->file);
	bool plain = *name != '.' && !strpbrk(name, "{}\\");
	for (const char *at = name; *at; at++) plain = plain && (unsigned char)*at >= ' ' && *at != 0x7F;
	if (!plain)
		return error_set(e, STATUS_USAGE,
			"%s: rename it without {, }, \\, control characters and a leading point, which mean something else in source.json",
			d->file);
	if (!lstat(d->folder, &st))
		return error_set(
			e, STATUS_USAGE, "%s is there already; nothing was changed (remove it first, or choose another name)", d->folder);
	const char *folder = temporary_name(&temporary, d->folder);
	bool good = write_files(d, g, folder, sampled, e);
	if (good && rename(folder, d->folder)) good = error_system(e, "%s: cannot be made", d->folder);
	if (!good) remove_files(d, folder);
	buffer_free(&temporary);
	return good;
}
