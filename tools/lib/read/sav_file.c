#include "read/sav_file.h"

#include <math.h>
#include <readstat.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/relay.h"

enum { BATCH_BYTES = 1 << 20, BATCHES = 2 };

/* The file for ReadStat: a place in a descriptor that passes share. */
struct handle {
	int fd;
	off_t at;
};

static int handle_open(const char *path, void *io) {
	(void)path;
	((struct handle *)io)->at = 0;
	return 0;
}

static int handle_close(void *io) {
	(void)io;
	return 0;
}

static readstat_off_t handle_seek(readstat_off_t offset, readstat_io_flags_t whence, void *io) {
	struct handle *h = io;
	struct stat st;
	off_t from = whence == READSTAT_SEEK_CUR ? h->at : 0, to;
	if (whence == READSTAT_SEEK_END) {
		if (fstat(h->fd, &st)) return -1;
		from = st.st_size;
	}
	if (__builtin_add_overflow(from, offset, &to) || to < 0) return -1;
	return h->at = to;
}

static ssize_t handle_read(void *out, size_t size, void *io) {
	struct handle *h = io;
	ssize_t got = pread(h->fd, out, size, h->at);
	if (got > 0) h->at += got;
	return got;
}

static readstat_error_t handle_update(long size, readstat_progress_handler progress, void *user, void *io) {
	(void)size, (void)progress, (void)user, (void)io;
	return READSTAT_OK;
}

/* What ReadStat says before it gives up. */
struct complaint {
	char words[256];
};

static void complain(const char *message, struct complaint *c) {
	size_t size = strcspn(message, "\n");
	if (size >= sizeof c->words) size = sizeof c->words - 1;
	memcpy(c->words, message, size);
	c->words[size] = 0;
}

static readstat_parser_t *make_parser(const struct sav_file *f, struct handle *h) {
	readstat_parser_t *p = readstat_parser_init();
	*h = (struct handle){.fd = f->fd};
	readstat_set_open_handler(p, handle_open);
	readstat_set_close_handler(p, handle_close);
	readstat_set_seek_handler(p, handle_seek);
	readstat_set_read_handler(p, handle_read);
	readstat_set_update_handler(p, handle_update);
	readstat_set_io_ctx(p, h);
	if (f->encoding) readstat_set_file_character_encoding(p, f->encoding);
	return p;
}

static bool failed(const struct sav_file *f, readstat_error_t status, const struct complaint *c, struct error *e) {
	bool charset = status >= READSTAT_ERROR_CONVERT && status <= READSTAT_ERROR_CONVERT_LONG_STRING;
	if (status == READSTAT_ERROR_UNSUPPORTED_CHARSET) charset = true;
	return error_set(e, STATUS_DATA, "%s: not a whole SPSS file: %s%s%s%s", f->path, readstat_error_message(status),
		*c->words ? ": " : "", c->words, charset ? "; name the right \"encoding\"" : "");
}

/* First pass: the head. */
struct head {
	struct sav_file *file;
	struct complaint complaint;
};

static void on_error(const char *message, void *context) { complain(message, &((struct head *)context)->complaint); }

static struct text kept(struct sav_file *f, const char *string) {
	return string && *string ? arena_copy(&f->memory, text_of(string)) : (struct text){0};
}

static void keep_missing(struct sav_file *f, struct sav_variable *v, const readstat_variable_t *from) {
	int count = readstat_variable_get_missing_ranges_count(from);
	if (count <= 0) return;
	v->missing = arena_allocate(&f->memory, (size_t)count * sizeof *v->missing);
	for (int i = 0; i < count; i++) {
		readstat_value_t low = readstat_variable_get_missing_range_lo(from, i),
				 high = readstat_variable_get_missing_range_hi(from, i);
		struct sav_missing *m = &v->missing[v->missing_count++];
		*m = (struct sav_missing){0};
		if (v->is_text) {
			const char *text = readstat_string_value(low);
			m->text = arena_copy(&f->memory, text_of(text ? text : ""));
		} else {
			m->low = readstat_double_value(low);
			m->high = readstat_double_value(high);
		}
	}
}

/* F8.2 has, F8.0 and F8 have not. */
static bool has_decimals(const char *format) {
	const char *point = format ? strchr(format, '.') : NULL;
	return point && strtol(point + 1, NULL, 10) > 0;
}

static int on_variable(int index, readstat_variable_t *from, const char *labels, void *context) {
	(void)index;
	struct sav_file *f = ((struct head *)context)->file;
	static const char *const measures[] = {NULL, "nominal", "ordinal", "scale"};
	readstat_measure_t measure = readstat_variable_get_measure(from);
	f->variables = memory_grow(f->variables, &f->variable_room, f->variable_count + 1, sizeof *f->variables);
	struct sav_variable *v = &f->variables[f->variable_count++];
	*v = (struct sav_variable){.name = arena_copy(&f->memory, text_of(readstat_variable_get_name(from))),
		.label = kept(f, readstat_variable_get_label(from)),
		.format = kept(f, readstat_variable_get_format(from)),
		.label_set = kept(f, labels),
		.is_text = readstat_variable_get_type_class(from) == READSTAT_TYPE_CLASS_STRING,
		.measure = measure <= READSTAT_MEASURE_SCALE ? measures[measure] : NULL};
	v->whole = !has_decimals(readstat_variable_get_format(from));
	keep_missing(f, v, from);
	return READSTAT_HANDLER_OK;
}

static int on_label(const char *set, readstat_value_t value, const char *label, void *context) {
	struct sav_file *f = ((struct head *)context)->file;
	f->labels = memory_grow(f->labels, &f->label_room, f->label_count + 1, sizeof *f->labels);
	struct sav_label *l = &f->labels[f->label_count++];
	*l = (struct sav_label){.set = kept(f, set), .label = arena_copy(&f->memory, text_of(label ? label : ""))};
	l->is_text = readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING;
	if (l->is_text) l->text = arena_copy(&f->memory, text_of(readstat_string_value(value) ? readstat_string_value(value) : ""));
	else l->number = readstat_double_value(value);
	return READSTAT_HANDLER_OK;
}

bool sav_file_open(struct sav_file *f, int fd, const char *path, const char *encoding, struct error *e) {
	*f = (struct sav_file){.path = path, .encoding = encoding, .fd = fd};
	struct head head = {.file = f};
	struct handle handle;
	readstat_parser_t *p = make_parser(f, &handle);
	readstat_set_error_handler(p, on_error);
	readstat_set_variable_handler(p, on_variable);
	readstat_set_value_label_handler(p, on_label);
	readstat_error_t status = readstat_parse_sav(p, path, &head);
	readstat_parser_free(p);
	return status == READSTAT_OK || failed(f, status, &head.complaint, e);
}

void sav_file_free(struct sav_file *f) {
	if (f->fd >= 0) close(f->fd);
	arena_free(&f->memory);
	free(f->variables);
	free(f->labels);
}

struct cell sav_number(const struct sav_variable *v, double value) {
	if (isnan(value)) return (struct cell){.type = CELL_NULL};
	if (v->whole && fabs(value) < 9e15 && trunc(value) == value) return (struct cell){.type = CELL_INTEGER, .integer = (int64_t)value};
	return (struct cell){.type = CELL_REAL, .real = value};
}

bool sav_is_missing(const struct sav_variable *v, double number, struct text text) {
	for (size_t i = 0; i < v->missing_count; i++)
		if (v->is_text ? text_equal(v->missing[i].text, text) : number >= v->missing[i].low && number <= v->missing[i].high)
			return true;
	return false;
}

/* Second pass: the rows. */
struct batch {
	struct arena texts;
	struct cell *cells;
	size_t rows;
};

struct sav_rows {
	const struct sav_file *file;
	size_t *column; /* by variable: where its cells go, or SIZE_MAX */
	size_t count, per_batch, last;
	struct relay *relay;
	struct batch batches[BATCHES];
	struct error error; /* when the end is a failure */
	bool is_bad;
	const struct batch *taken; /* the reader's, and its next row */
	size_t row;
	/* of the thread that reads the file */
	struct relay *out;
	struct batch *filling;
	bool in_row; /* cells of the present row have been set */
	struct complaint complaint;
};

static void on_row_error(const char *message, void *context) { complain(message, &((struct sav_rows *)context)->complaint); }

/* The first variable is never skipped: every row calls back for one at least. */
static int on_row_variable(int index, readstat_variable_t *variable, const char *labels, void *context) {
	(void)variable, (void)labels;
	struct sav_rows *r = context;
	if ((size_t)index >= r->file->variable_count) return READSTAT_HANDLER_ABORT;
	if (index && r->column[index] == SIZE_MAX) return READSTAT_HANDLER_SKIP_VARIABLE;
	r->last = (size_t)index;
	return READSTAT_HANDLER_OK;
}

/* Waits for a free batch; false when nobody wants more. */
static bool next_batch(struct sav_rows *r) {
	size_t slot;
	r->filling = relay_claim(r->out, &slot) ? &r->batches[slot] : NULL;
	if (!r->filling) return false;
	r->filling->rows = 0;
	arena_reset(&r->filling->texts);
	return true;
}

static int on_value(int row, readstat_variable_t *variable, readstat_value_t value, void *context) {
	(void)row;
	struct sav_rows *r = context;
	struct batch *b = r->filling;
	size_t index = (size_t)readstat_variable_get_index(variable);
	if (index >= r->file->variable_count) return READSTAT_HANDLER_ABORT;
	const struct sav_variable *v = &r->file->variables[index];
	struct cell *cells = b->cells + b->rows * r->count;
	if (!r->in_row)
		for (size_t i = 0; i < r->count; i++) cells[i] = (struct cell){.type = CELL_NULL};
	r->in_row = true;
	if (r->column[index] != SIZE_MAX) {
		struct cell *cell = &cells[r->column[index]];
		if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING) {
			const char *text = readstat_string_value(value);
			*cell = (struct cell){.type = CELL_TEXT, .text = arena_copy(&b->texts, text_of(text ? text : ""))};
		} else if (!readstat_value_is_system_missing(value)) {
			*cell = sav_number(v, readstat_double_value(value));
		}
	}
	if (index != r->last) return READSTAT_HANDLER_OK;
	r->in_row = false;
	if (++b->rows < r->per_batch) return READSTAT_HANDLER_OK;
	relay_give(r->out);
	return next_batch(r) ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static void read_rows(struct relay *out, void *state) {
	struct sav_rows *r = state;
	struct handle handle;
	r->out = out;
	if (!next_batch(r)) return;
	readstat_parser_t *p = make_parser(r->file, &handle);
	readstat_set_error_handler(p, on_row_error);
	readstat_set_variable_handler(p, on_row_variable);
	readstat_set_value_handler(p, on_value);
	readstat_error_t status = readstat_parse_sav(p, r->file->path, r);
	readstat_parser_free(p);
	if (status != READSTAT_OK) r->is_bad = !failed(r->file, status, &r->complaint, &r->error);
	if (r->filling && r->filling->rows) relay_give(out);
}

struct sav_rows *sav_rows_start(const struct sav_file *f, const size_t *place, size_t count) {
	struct sav_rows *r = memory_zeroed(1, sizeof *r);
	r->file = f;
	r->count = count;
	r->column = memory_zeroed(f->variable_count, sizeof *r->column);
	for (size_t i = 0; i < f->variable_count; i++) r->column[i] = SIZE_MAX;
	for (size_t i = 0; i < count; i++)
		if (place[i] < f->variable_count) r->column[place[i]] = i;
	r->per_batch = BATCH_BYTES / (sizeof(struct cell) * (count + 1)) + 1;
	for (size_t i = 0; i < BATCHES; i++) r->batches[i].cells = memory_zeroed(r->per_batch * (count + 1), sizeof(struct cell));
	r->relay = relay_open(BATCHES, read_rows, r);
	if (!r->relay) r->is_bad = !error_set(&r->error, STATUS_OUTSIDE, "%s: cannot start a thread", f->path);
	return r;
}

int sav_rows_next(struct sav_rows *r, const struct cell **cells, struct error *e) {
	size_t slot;
	if (!r->taken || r->row == r->taken->rows) {
		if (!r->relay || !relay_take(r->relay, &slot)) {
			if (r->is_bad && e) *e = r->error;
			return r->is_bad ? -1 : 0;
		}
		r->taken = &r->batches[slot];
		r->row = 0;
	}
	*cells = r->taken->cells + r->row++ * r->count;
	return 1;
}

void sav_rows_stop(struct sav_rows *r) {
	if (!r) return;
	relay_close(r->relay);
	for (size_t i = 0; i < BATCHES; i++) {
		arena_free(&r->batches[i].texts);
		free(r->batches[i].cells);
	}
	free(r->column);
	free(r);
}
