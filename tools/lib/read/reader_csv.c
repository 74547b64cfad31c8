/* csv and tsv over libcsv.
 *
 * libcsv calls back for every cell and record of a chunk; the cells of the chunk's records are collected (only those of the projection are
 * kept) and then given out one record at a time. Lines whose cells are plain or wholly in quotes need no state machine: they are cut here without
 * copying, which is several times as fast (tests/bench/read.sh). libcsv gets the header and all that is not so simple: doubled and stray quotes, line
 * ends in cells and of other kinds, records that go on in the next chunk. */
#include <csv.h>
#include <stdlib.h>

#include "base/memory.h"
#include "read/reader_kind.h"

struct csv_cell {
	const char *data; /* in the chunk; NULL: in `bytes` */
	size_t start, size;
};

struct csv_reader {
	struct reader shared;
	struct csv_parser parser;
	bool started, ended, header_done;
	bool within; /* libcsv is inside a record */
	bool ascii;  /* nothing in the chunk and in `bytes` is outside ASCII */
	/* the record under construction */
	size_t cells_in_record;
	struct text duplicate; /* a projected column that the header has twice */
	/* records of the chunk: cell_count cells each */
	struct buffer bytes;
	struct csv_cell *cells;
	size_t cell_room, pending_cells;
	size_t *ends;   /* by record: number of cells up to its end */
	size_t *widths; /* by record: cells in the file's record */
	size_t end_room, record_count, given, given_cells;
	uint64_t collected; /* records given */
	/* header */
	struct text *header; /* malloc'ed each */
	size_t header_count, header_room;
	ptrdiff_t *targets; /* by file column: column of the projection, or -1; NULL = all */
	struct text *names;
	struct cell *row;
};

/* More in one cell or record is a quote that nobody closed. */
static const size_t RECORD_LIMIT = (size_t)1 << 30;

/* A byte that UTF-8 never has stands for "no quotes". */
enum { NO_QUOTE = 0xFF };

static int no_space(unsigned char c) {
	(void)c;
	return 0; /* libcsv would trim blanks around cells */
}

/* A cell while the header is read goes to the header, else to the chunk's records. */
static void take_cell(void *bytes, size_t size, void *state) {
	struct csv_reader *r = state;
	size_t column = r->cells_in_record++;
	if (!r->header_done) {
		r->header = memory_grow(r->header, &r->header_room, r->header_count + 1, sizeof *r->header);
		r->header[r->header_count++] = text_make(memory_copy(bytes, size), size);
		return;
	}
	if (r->targets && (column >= r->header_count || r->targets[column] < 0)) return;
	if (r->cell_room == r->pending_cells) r->cells = memory_grow(r->cells, &r->cell_room, r->pending_cells + 1, sizeof *r->cells);
	r->cells[r->pending_cells++] = (struct csv_cell){NULL, r->bytes.size, size};
	buffer_add(&r->bytes, bytes, size);
}

/* Which file columns the projection takes. */
static void resolve_header(struct csv_reader *r) {
	struct reader *shared = &r->shared;
	r->header_done = true;
	if (!shared->options.columns) return;
	r->targets = memory_zeroed(r->header_count, sizeof *r->targets);
	for (size_t i = 0; i < r->header_count; i++) {
		ptrdiff_t target = reader_projected(shared, r->header[i]);
		r->targets[i] = target;
		if (target < 0) continue;
		if (shared->seen[target]) r->duplicate = r->header[i];
		shared->seen[target] = true;
	}
}

static void take_record(int terminator, void *state);

/* Without a header the first record says how many columns there are. They are called by the projection in order, or "1", "2", … */
static void invent_header(struct csv_reader *r) {
	const struct reader_options *o = &r->shared.options;
	size_t width = r->header_count;
	struct text *first = r->header;
	r->header = memory_zeroed(width, sizeof *r->header);
	r->header_room = width;
	for (size_t i = 0; i < width; i++) {
		char number[24];
		snprintf(number, sizeof number, "%zu", i + 1);
		const char *name = o->columns && i < o->column_count ? o->columns[i] : number;
		r->header[i] = text_make(memory_copy(name, strlen(name)), strlen(name));
	}
	resolve_header(r);
	for (size_t i = 0; i < width; i++) {
		take_cell((char *)(uintptr_t)first[i].data, first[i].size, r);
		free((char *)(uintptr_t)first[i].data);
	}
	free(first);
	take_record(0, r);
}

static void take_record(int terminator, void *state) {
	(void)terminator;
	struct csv_reader *r = state;
	size_t width = r->cells_in_record;
	r->cells_in_record = 0;
	if (!r->header_done) {
		if (r->shared.options.no_header) invent_header(r);
		else resolve_header(r);
		return;
	}
	if (r->end_room == r->record_count) {
		size_t room = r->end_room;
		r->ends = memory_grow(r->ends, &r->end_room, r->record_count + 1, sizeof *r->ends);
		r->widths = memory_grow(r->widths, &room, r->record_count + 1, sizeof *r->widths);
	}
	r->ends[r->record_count] = r->pending_cells;
	r->widths[r->record_count++] = width;
}

static struct reader *csv_start(const struct reader_options *options, struct input *in, char delimiter, unsigned char quote) {
	struct csv_reader *r = memory_zeroed(1, sizeof *r);
	r->shared.options = *options;
	r->shared.in = in;
	csv_init(&r->parser, 0);
	csv_set_delim(&r->parser, (unsigned char)(options->delimiter ? options->delimiter : delimiter));
	csv_set_quote(&r->parser, options->quote ? (unsigned char)options->quote : quote);
	csv_set_space_func(&r->parser, no_space);
	csv_set_blk_size(&r->parser, 1 << 14);
	return &r->shared;
}

static struct reader *csv_open(const char *path, const struct reader_options *options, struct input *in, struct error *e) {
	(void)path, (void)e;
	return csv_start(options, in, ',', '"');
}

static struct reader *tsv_open(const char *path, const struct reader_options *options, struct input *in, struct error *e) {
	(void)path, (void)e;
	return csv_start(options, in, '\t', NO_QUOTE);
}

static const char *file_name(const struct csv_reader *r) { return input_name(r->shared.in); }

/* Cells of a record that goes on in the next chunk (libcsv gave them, so they are in `bytes`) move to the front; all others have been given. */
static void keep_unfinished(struct csv_reader *r) {
	size_t done = r->record_count ? r->ends[r->record_count - 1] : 0, left = r->pending_cells - done;
	size_t base = left ? r->cells[done].start : r->bytes.size;
	for (size_t i = 0; i < left; i++) r->cells[i] = (struct csv_cell){NULL, r->cells[done + i].start - base, r->cells[done + i].size};
	if (left) memmove(r->bytes.data, r->bytes.data + base, r->bytes.size - base);
	r->bytes.size -= base;
	r->pending_cells = left;
	r->record_count = r->given = r->given_cells = 0;
}

/* Where the cell at `at` ends, its text in `*cell`; NULL: that is for libcsv to say. */
static const char *cut_cell(const char *at, const char *end, char delimiter, char quote, bool quotes, struct text *cell) {
	const char *stop;
	if (quotes && at < end && *at == quote) {
		const char *close = memchr(at + 1, quote, (size_t)(end - at - 1));
		stop = close ? close + 1 : end;
		*cell = close ? text_make(at + 1, (size_t)(close - at) - 1) : text_make(NULL, 0);
		return close && (stop == end || *stop == delimiter) ? stop : NULL;
	}
	stop = memchr(at, delimiter, (size_t)(end - at));
	if (!stop) stop = end;
	*cell = text_make(at, (size_t)(stop - at));
	return quotes && memchr(at, quote, cell->size) ? NULL : stop;
}

/* A whole line, its end not included, as a record; `quotes`: it has some. False, and nothing is done, when it is not simple. */
static bool cut_line(struct csv_reader *r, const char *at, const char *end, bool quotes) {
	char delimiter = (char)csv_get_delim(&r->parser), quote = (char)csv_get_quote(&r->parser);
	size_t before = r->pending_cells;
	if (quotes && csv_get_quote(&r->parser) == NO_QUOTE) return false; /* feed refuses it */
	for (size_t column = 0;; column++) {
		struct text cell;
		const char *stop = cut_cell(at, end, delimiter, quote, quotes, &cell);
		if (!stop) {
			r->pending_cells = before;
			return false;
		}
		if (!r->targets || (column < r->header_count && r->targets[column] >= 0)) {
			if (r->cell_room == r->pending_cells)
				r->cells = memory_grow(r->cells, &r->cell_room, r->pending_cells + 1, sizeof *r->cells);
			r->cells[r->pending_cells++] = (struct csv_cell){cell.data, 0, cell.size};
		}
		if (stop == end) {
			r->cells_in_record = column + 1;
			take_record('\n', r);
			r->cells_in_record = 0;
			return true;
		}
		at = stop + 1;
	}
}

static const char *find(const char *at, const char *end, char c) {
	const char *found = memchr(at, c, (size_t)(end - at));
	return found ? found : end;
}

static bool feed(struct csv_reader *r, const char *from, size_t size, struct error *e) {
	if (csv_get_quote(&r->parser) == NO_QUOTE && memchr(from, NO_QUOTE, size))
		return error_set(e, STATUS_DATA,
			"%s: row %llu: bytes that are not UTF-8; name the file's encoding (--encoding, or \"encoding\" in source.json)",
			file_name(r), (unsigned long long)(r->collected + r->record_count + 1));
	bool good = csv_parse(&r->parser, from, size, take_cell, take_record, r) == size;
	r->within = r->parser.pstate != 0; /* libcsv's ROW_NOT_BEGUN */
	if (!good) return error_set(e, STATUS_DATA, "%s: %s", file_name(r), csv_strerror(csv_error(&r->parser)));
	if (r->parser.entry_pos < RECORD_LIMIT && r->bytes.size < RECORD_LIMIT) return true;
	return error_set(e, STATUS_DATA, "%s: row %llu: a record of more than 1 GiB; look for a quote that is never closed", file_name(r),
		(unsigned long long)(r->collected + r->record_count + 1));
}

/* Line by line, to cut_line or to libcsv. Quotes and carriage returns are searched once over the chunk. */
static bool cut_chunk(struct csv_reader *r, struct text chunk, struct error *e) {
	const char *at = chunk.data, *end = chunk.data + chunk.size, *quote = NULL, *back = NULL;
	char quoting = (char)csv_get_quote(&r->parser);
	while (at < end) {
		const char *stop = find(at, end, '\n');
		if (!r->within && r->header_done && stop < end) {
			if (!quote || quote < at) quote = find(at, end, quoting);
			if (!back || back < at) back = find(at, end, '\r');
			const char *line_end = back + 1 == stop ? back : stop;
			bool simple = back >= line_end && (line_end == at || cut_line(r, at, line_end, quote < line_end)); /* or empty */
			if (simple) {
				at = stop + 1;
				continue;
			}
		}
		size_t size = (size_t)(stop - at) + (stop < end);
		if (!feed(r, at, size, e)) return false;
		at += size;
	}
	return true;
}

/* Parses the next chunk into records. False on failure; sets ended. */
static bool parse_chunk(struct csv_reader *r, struct error *e) {
	struct text chunk;
	keep_unfinished(r);
	if (!input_chunk(r->shared.in, &chunk, e)) return false;
	if (!r->started) chunk = text_unmarked(chunk);
	r->started = true;
	if (chunk.size) {
		bool good = cut_chunk(r, chunk, e);
		r->ascii = text_ascii(chunk) && text_ascii(buffer_text(&r->bytes));
		return good;
	}
	r->ended = true;
	bool open = r->parser.pstate == 2 && r->parser.quoted; /* inside a quoted cell */
	csv_fini(&r->parser, take_cell, take_record, r);
	r->ascii = text_ascii(buffer_text(&r->bytes));
	if (open)
		return error_set(e, STATUS_DATA,
			"%s: row %llu: a quote is opened and never closed; the record would run to the end of the file", file_name(r),
			(unsigned long long)(r->collected + r->record_count));
	return true;
}

static void make_names(struct csv_reader *r) {
	const struct reader_options *o = &r->shared.options;
	size_t count = o->columns ? o->column_count : r->header_count;
	r->names = memory_zeroed(count, sizeof *r->names);
	r->row = memory_zeroed(count, sizeof *r->row);
	for (size_t i = 0; i < count; i++) r->names[i] = o->columns ? text_of(o->columns[i]) : r->header[i];
}

static int csv_next(struct reader *shared, struct row *row, struct error *e) {
	struct csv_reader *r = (struct csv_reader *)shared;
	while (r->given == r->record_count) {
		if (r->ended) return 0;
		if (!parse_chunk(r, e)) return -1;
	}
	if (r->duplicate.data) {
		error_set(e, STATUS_DATA, "%s: the header has the column '%s' twice", file_name(r), r->duplicate.data);
		return -1;
	}
	if (!r->names) make_names(r);
	size_t width = r->widths[r->given], count = r->targets ? shared->options.column_count : r->header_count;
	r->collected++;
	if (width != r->header_count) {
		error_set(e, STATUS_DATA, "%s: row %llu has %zu cells, but %s has %zu; look for a stray quote or delimiter", file_name(r),
			(unsigned long long)r->collected, width, shared->options.no_header ? "the first row" : "the header",
			r->header_count);
		return -1;
	}
	for (size_t i = 0; r->targets && i < count; i++) r->row[i] = (struct cell){.type = CELL_NULL};
	for (size_t column = 0; column < width; column++) {
		if (r->targets && r->targets[column] < 0) continue;
		const struct csv_cell *cell = &r->cells[r->given_cells++];
		struct text text = text_make(cell->data ? cell->data : r->bytes.data + cell->start, cell->size);
		if (!r->ascii && !utf8_valid(text)) {
			error_set(e, STATUS_DATA,
				"%s: row %llu, column '%.100s': bytes that are not UTF-8; name the file's encoding (--encoding, or "
				"\"encoding\" in source.json)",
				file_name(r), (unsigned long long)r->collected, r->header[column].data);
			return -1;
		}
		r->row[r->targets ? (size_t)r->targets[column] : column] =
			(struct cell){reader_is_null(shared, text) ? CELL_NULL : CELL_TEXT, text, 0, 0};
	}
	r->given++;
	*row = (struct row){0, 0, count, r->names, r->row};
	return 1;
}

static void csv_reader_close(struct reader *shared) {
	struct csv_reader *r = (struct csv_reader *)shared;
	csv_free(&r->parser);
	buffer_free(&r->bytes);
	for (size_t i = 0; r->header && i < r->header_count; i++) free((char *)(uintptr_t)r->header[i].data);
	free(r->header);
	free(r->cells);
	free(r->ends);
	free(r->widths);
	free(r->targets);
	free(r->names);
	free(r->row);
}

const struct reader_kind reader_csv = {"csv", false, csv_open, csv_next, csv_reader_close};
const struct reader_kind reader_tsv = {"tsv", false, tsv_open, csv_next, csv_reader_close};
