/* A table that stays in its files: a virtual table for one pass. */
#include <stdlib.h>

#include "base/memory.h"
#include "sql/ahead.h"

struct stream {
	const struct table_spec *spec;
	uint64_t *rows;
	bool read; /* one scan has begun */
};

struct stream_table {
	sqlite3_vtab base;
	struct stream *stream;
	size_t columns;
};

struct stream_cursor {
	sqlite3_vtab_cursor base;
	struct ahead *scan;
	bool *lasting; /* by column: SQLite need not copy its texts */
	bool *wanted;
	const struct cell *cells;
	sqlite3_int64 row;
	bool ended;
};

static int say(sqlite3_vtab *table, const char *message) {
	sqlite3_free(table->zErrMsg);
	table->zErrMsg = sqlite3_mprintf("%s", message);
	return SQLITE_ERROR;
}

static int stream_connect(sqlite3 *db, void *state, int argc, const char *const *argv, sqlite3_vtab **out, char **message) {
	(void)argc, (void)argv, (void)message;
	struct stream *stream = state;
	struct arena memory = {0};
	struct scan_layout layout;
	struct buffer sql = {0};
	scan_layout_make(&layout, stream->spec, &memory);
	buffer_add_string(&sql, "CREATE TABLE x (");
	scan_layout_declare(&layout, true, &sql);
	buffer_add_string(&sql, ")");
	int status = sqlite3_declare_vtab(db, buffer_string(&sql));
	if (status == SQLITE_OK) {
		struct stream_table *table = memory_zeroed(1, sizeof *table);
		table->stream = stream;
		table->columns = layout.count;
		*out = &table->base;
	}
	buffer_free(&sql);
	arena_free(&memory);
	return status;
}

static int stream_disconnect(sqlite3_vtab *table) {
	free(table);
	return SQLITE_OK;
}

/* Which columns are used goes to the scan as the plan's name: others need no decoding. */
static int stream_plan(sqlite3_vtab *base, sqlite3_index_info *info) {
	struct stream_table *table = (struct stream_table *)base;
	info->estimatedCost = 1e9;
	info->estimatedRows = 10000000;
	char *used = sqlite3_malloc64(table->columns + 1);
	if (!used) return SQLITE_NOMEM;
	for (size_t i = 0; i < table->columns; i++) used[i] = info->colUsed >> (i < 63 ? i : 63) & 1 ? '1' : '0';
	used[table->columns] = 0;
	info->idxStr = used;
	info->needToFreeIdxStr = 1;
	return SQLITE_OK;
}

static int stream_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out) {
	struct stream_cursor *cursor = memory_zeroed(1, sizeof *cursor);
	cursor->wanted = memory_zeroed(((struct stream_table *)base)->columns, sizeof *cursor->wanted);
	cursor->lasting = memory_zeroed(((struct stream_table *)base)->columns, sizeof *cursor->lasting);
	*out = &cursor->base;
	return SQLITE_OK;
}

static int stream_close(sqlite3_vtab_cursor *base) {
	struct stream_cursor *cursor = (struct stream_cursor *)base;
	ahead_close(cursor->scan);
	free(cursor->wanted);
	free(cursor->lasting);
	free(cursor);
	return SQLITE_OK;
}

static int stream_next(sqlite3_vtab_cursor *base) {
	struct stream_cursor *cursor = (struct stream_cursor *)base;
	struct error e;
	int state = ahead_next(cursor->scan, &cursor->cells, &e);
	cursor->ended = state == 0;
	cursor->row++;
	return state < 0 ? say(base->pVtab, e.message) : SQLITE_OK;
}

static int stream_filter(sqlite3_vtab_cursor *base, int plan, const char *used, int argc, sqlite3_value **argv) {
	(void)plan, (void)argc, (void)argv;
	struct stream_cursor *cursor = (struct stream_cursor *)base;
	struct stream_table *table = (struct stream_table *)base->pVtab;
	struct stream *stream = table->stream;
	if (stream->read) {
		struct error e;
		error_set(&e, STATUS_DATA,
			"table '%s' is \"stream\" and would be read a second time; read it once into a table (CREATE TABLE … AS SELECT … "
			"FROM \"%s\"), or leave "
			"out \"stream\"",
			stream->spec->name, stream->spec->name);
		return say(base->pVtab, e.message);
	}
	stream->read = true;
	for (size_t i = 0; i < table->columns; i++) cursor->wanted[i] = used[i] == '1';
	ahead_close(cursor->scan);
	cursor->scan = ahead_open(stream->spec, cursor->wanted, stream->rows);
	for (size_t i = 0; i < table->columns; i++) cursor->lasting[i] = scan_lasting(&ahead_columns(cursor->scan)->columns[i]);
	return stream_next(base);
}

static int stream_eof(sqlite3_vtab_cursor *base) { return ((struct stream_cursor *)base)->ended; }

static int stream_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int index) {
	const struct stream_cursor *cursor = (struct stream_cursor *)base;
	const struct cell *c = &cursor->cells[index];
	if (c->type == CELL_INTEGER) sqlite3_result_int64(context, c->integer);
	else if (c->type == CELL_REAL) sqlite3_result_double(context, c->real);
	else if (c->type == CELL_TEXT)
		sqlite3_result_text64(context, c->text.size ? c->text.data : "", c->text.size,
			cursor->lasting[index] ? SQLITE_STATIC : SQLITE_TRANSIENT, SQLITE_UTF8);
	return SQLITE_OK;
}

static int stream_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *row) {
	*row = ((struct stream_cursor *)base)->row;
	return SQLITE_OK;
}

static const sqlite3_module module = {.xCreate = stream_connect,
	.xConnect = stream_connect,
	.xBestIndex = stream_plan,
	.xDisconnect = stream_disconnect,
	.xDestroy = stream_disconnect,
	.xOpen = stream_open,
	.xClose = stream_close,
	.xFilter = stream_filter,
	.xNext = stream_next,
	.xEof = stream_eof,
	.xColumn = stream_column,
	.xRowid = stream_rowid};

bool table_attach(sqlite3 *db, const struct table_spec *spec, uint64_t *rows, struct error *e) {
	struct stream *stream = memory_zeroed(1, sizeof *stream);
	*stream = (struct stream){spec, rows, false};
	*rows = 0;
	char *name = sqlite3_mprintf("stream_%s", spec->name);
	char *sql = sqlite3_mprintf("CREATE VIRTUAL TABLE \"%w\" USING \"%w\"", spec->name, name);
	bool good = name && sql && sqlite3_create_module_v2(db, name, &module, stream, free) == SQLITE_OK &&
		    sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	if (!good) error_set(e, STATUS_OUTSIDE, "table '%s': %s", spec->name, sqlite3_errmsg(db));
	sqlite3_free(sql);
	sqlite3_free(name);
	return good;
}
