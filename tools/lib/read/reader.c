#include "read/reader.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <strings.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/regex.h"
#include "json/json.h"
#include "read/archive.h"
#include "read/reader_kind.h"

static const struct reader_kind *const kinds[] = {
	&reader_csv, &reader_tsv, &reader_jsonl, &reader_json, &reader_lines, &reader_parquet, &reader_sav};

static const struct reader_kind *find_kind(struct text name) {
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_is(name, kinds[i]->name)) return kinds[i];
	return NULL;
}

const char *reader_guess(const char *path) {
	struct text name = text_of(path);
	static const char *const packed[] = {".gz", ".bz2", ".xz", ".zst", ".lz4"};
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
		if (text_ends(name, text_of(packed[i]))) {
			name.size -= strlen(packed[i]);
			break;
		}
	if (text_ends(name, text_of(".ndjson"))) return "jsonl";
	if (text_ends(name, text_of(".txt"))) return "lines";
	if (text_ends(name, text_of(".zsav"))) return "sav";
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct text ending = text_of(kinds[i]->name);
		if (name.size <= ending.size || name.data[name.size - ending.size - 1] != '.') continue;
		if (!strncasecmp(name.data + name.size - ending.size, ending.data, ending.size)) return kinds[i]->name;
	}
	return NULL;
}

/* Conversion to UTF-8 as a source of bytes. */
struct conversion {
	struct input *in;
	iconv_t iconv;
	char *encoding;
	struct buffer pending;
	bool ended;
};

static ptrdiff_t convert(void *state, char *out, size_t room, struct error *e) {
	struct conversion *c = state;
	for (;;) {
		struct text chunk = {0};
		if (!c->ended && !c->pending.size) {
			if (!input_chunk(c->in, &chunk, e)) return -1;
			c->ended = chunk.size == 0;
			buffer_add_text(&c->pending, chunk);
		}
		char *from = c->pending.data, *to = out;
		size_t left = c->pending.size, space = room;
		if (!left) { /* what a converter keeps back until it sees that no accent follows */
			iconv(c->iconv, NULL, NULL, &to, &space);
			return to - out;
		}
		size_t done = iconv(c->iconv, &from, &left, &to, &space);
		int problem = done == (size_t)-1 ? errno : 0;
		memmove(c->pending.data, from, left);
		c->pending.size = left;
		if (to != out) return to - out;
		if (problem == EINVAL && !c->ended) { /* a character is cut at the chunk's end */
			if (!input_chunk(c->in, &chunk, e)) return -1;
			c->ended = chunk.size == 0;
			buffer_add_text(&c->pending, chunk);
			continue;
		}
		if (!problem || problem == E2BIG) continue;
		error_set(e, STATUS_DATA, "%s: bytes that are not %s (the next one is 0x%02x); name the right \"encoding\"",
			input_name(c->in), c->encoding, (unsigned char)c->pending.data[0]);
		return -1;
	}
}

static void convert_close(void *state) {
	struct conversion *c = state;
	iconv_close(c->iconv);
	input_close(c->in);
	buffer_free(&c->pending);
	free(c->encoding);
	free(c);
}

static struct input *open_conversion(struct input *in, const char *encoding, struct error *e) {
	iconv_t how = iconv_open("UTF-8", encoding);
	if (how == (iconv_t)-1) {
		error_set(e, STATUS_USAGE, "the encoding '%s' is unknown; 'iconv -l' lists names", encoding);
		input_close(in);
		return NULL;
	}
	struct conversion *c = memory_zeroed(1, sizeof *c);
	c->in = in;
	c->iconv = how;
	c->encoding = memory_copy(encoding, strlen(encoding));
	return input_from(convert, convert_close, c, input_name(in));
}

/* Repaired bytes as a source. */
struct repaired {
	struct buffer bytes;
	size_t given;
};

static ptrdiff_t give_repaired(void *state, char *out, size_t room, struct error *e) {
	(void)e;
	struct repaired *r = state;
	size_t left = r->bytes.size - r->given, take = left < room ? left : room;
	if (take) memcpy(out, r->bytes.data + r->given, take);
	r->given += take;
	return (ptrdiff_t)take;
}

static void repaired_close(void *state) {
	struct repaired *r = state;
	buffer_free(&r->bytes);
	free(r);
}

static bool load_all(struct input *in, struct buffer *out, struct error *e) {
	static const size_t limit = (size_t)1 << 30;
	struct text chunk;
	do {
		if (!input_chunk(in, &chunk, e)) return false;
		buffer_add_text(out, chunk);
		if (out->size > limit) return error_set(e, STATUS_DATA, "%s: more than 1 GiB, too much for \"repair\"", input_name(in));
	} while (chunk.size);
	return true;
}

/* Patterns search well-formed text only, and PCRE2's own message names no place. */
static bool check_utf8(struct text all, const char *name, struct error *e) {
	if (utf8_valid(all)) return true;
	const char *at = all.data, *end = all.data + all.size;
	unsigned long long line = 1;
	for (uint32_t code; (code = utf8_next(&at, end)) != UTF8_BAD;) line += code == '\n';
	return error_set(e, STATUS_DATA,
		"%s: line %llu: bytes that are not UTF-8, which \"repair\" cannot search; name the file's encoding (--encoding, or "
		"\"encoding\" in source.json)",
		name, line);
}

static struct input *open_repair(struct input *in, const struct reader_options *options, struct error *e) {
	struct repaired *r = memory_zeroed(1, sizeof *r);
	bool good = load_all(in, &r->bytes, e) && check_utf8(buffer_text(&r->bytes), input_name(in), e);
	for (size_t i = 0; good && i < options->repair_count; i++) {
		struct buffer mended = {0};
		struct regex *re = regex_compile(text_of(options->repairs[i].match), e);
		good = re && regex_replace(re, buffer_text(&r->bytes), text_of(options->repairs[i].with), &mended, e) >= 0;
		regex_free(re);
		buffer_free(&r->bytes);
		r->bytes = mended;
		if (!good) error_within(e, "%s: repair", input_name(in));
	}
	struct input *repaired = NULL;
	if (good) repaired = input_from(give_repaired, repaired_close, r, input_name(in));
	else repaired_close(r);
	input_close(in);
	return repaired;
}

static struct input *open_input(const char *path, const struct reader_options *options, struct error *e) {
	struct input *in = archive_input(path, e);
	if (in && options->encoding && strcasecmp(options->encoding, "utf-8") && strcasecmp(options->encoding, "utf8"))
		in = open_conversion(in, options->encoding, e);
	if (in && options->repair_count) in = open_repair(in, options, e);
	return in;
}

struct reader *reader_open(const char *path, const struct reader_options *options, struct error *e) {
	const char *name = options->kind ? options->kind : reader_guess(path);
	const struct reader_kind *kind = name ? find_kind(text_of(name)) : NULL;
	if (!kind) {
		error_set(e, STATUS_USAGE,
			name ? "%s: there is no reader '%s' (csv tsv jsonl json lines parquet sav)"
			     : "%s: what kind of file is it? Name its reader (--kind): csv tsv jsonl json lines parquet sav",
			path, name);
		return NULL;
	}
	struct input *in = NULL;
	if (!kind->opens_path && !(in = open_input(path, options, e))) return NULL;
	struct reader *r = kind->open(path, options, in, e);
	if (!r) return NULL;
	r->kind = kind;
	if (!r->seen && options->columns) r->seen = memory_zeroed(options->column_count, sizeof *r->seen);
	return r;
}

int reader_next(struct reader *r, struct row *row, struct error *e) {
	int state = r->kind->next(r, row, e);
	if (state == 1) row->number = ++r->records;
	return state;
}

void reader_add_json(struct buffer *b, const struct cell *c, bool ascii) {
	struct json_value value;
	switch (c->type) {
	case CELL_NULL: buffer_add_string(b, "null"); break;
	case CELL_TEXT: json_add_string(b, c->text, ascii); break;
	case CELL_INTEGER: number_add_integer(b, c->integer); break;
	case CELL_REAL: number_add_real(b, c->real); break;
	case CELL_BOOLEAN: buffer_add_string(b, c->integer ? "true" : "false"); break;
	case CELL_JSON:
		if (ascii && json_check(c->text, &value, NULL)) json_add_value(b, value, false, true);
		else buffer_add_text(b, c->text);
		break;
	case CELL_NUMBER: buffer_add_text(b, c->text); break;
	}
}

bool reader_kind_is_json(const char *kind) { return kind && !strncmp(kind, "json", 4); }

bool reader_has_column(const struct reader *r, size_t i) { return !r->seen || r->seen[i]; }
uint64_t reader_replaced(const struct reader *r) { return r->replaced; }

void reader_close(struct reader *r) {
	if (!r) return;
	r->kind->close(r);
	input_close(r->in);
	free(r->path);
	free(r->seen);
	free(r);
}

ptrdiff_t reader_projected(const struct reader *r, struct text name) {
	for (size_t i = 0; i < r->options.column_count; i++)
		if (text_is(name, r->options.columns[i])) return (ptrdiff_t)i;
	return -1;
}
