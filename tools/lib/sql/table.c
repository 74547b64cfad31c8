#include "sql/table.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/progress.h"
#include "base/random.h"
#include "sql/ahead.h"

void table_add_name(struct buffer *sql, const char *name) {
	buffer_add_char(sql, '"');
	for (; *name; name++) {
		if (*name == '"') buffer_add_char(sql, '"');
		buffer_add_char(sql, *name);
	}
	buffer_add_char(sql, '"');
}

static bool failed(sqlite3 *db, const struct table_spec *spec, struct error *e) {
	return error_set(e, STATUS_OUTSIDE, "table '%s': %s", spec->name, sqlite3_errmsg(db));
}

bool table_create(sqlite3 *db, const struct table_spec *spec, struct error *e) {
	struct arena memory = {0};
	struct buffer sql = {0};
	struct scan_layout layout;
	scan_layout_make(&layout, spec, &memory);
	buffer_add_string(&sql, "CREATE TABLE ");
	table_add_name(&sql, spec->name);
	buffer_add_string(&sql, " (");
	scan_layout_declare(&layout, false, &sql);
	buffer_add_string(&sql, ")");
	bool good = sqlite3_exec(db, buffer_string(&sql), NULL, NULL, NULL) == SQLITE_OK || failed(db, spec, e);
	buffer_free(&sql);
	arena_free(&memory);
	return good;
}

/* A keyed sample in one pass: the records with the smallest hashes so far, as a heap with the largest on top. A record's
 * hash is of its file and number, so the order of files does not matter. */
struct kept {
	uint64_t hash;
	sqlite3_int64 row; /* first of its rows in the table */
	sqlite3_int64 rows;
};

struct reservoir {
	struct kept *heap;
	size_t count, room;
	struct random_key key;
	sqlite3_stmt *remove;
	bool taking; /* the present record is in */
	uint64_t hash;
};

static void sift_down(struct kept *heap, size_t count, size_t at) {
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= count) return;
		if (child + 1 < count && heap[child + 1].hash > heap[child].hash) child++;
		if (heap[at].hash >= heap[child].hash) return;
		struct kept swapped = heap[at];
		heap[at] = heap[child];
		heap[child] = swapped;
		at = child;
	}
}

static void sift_up(struct kept *heap, size_t at) {
	while (at && heap[(at - 1) / 2].hash < heap[at].hash) {
		struct kept swapped = heap[at];
		heap[at] = heap[(at - 1) / 2];
		heap[(at - 1) / 2] = swapped;
		at = (at - 1) / 2;
	}
}

struct loader {
	sqlite3 *db;
	const struct table_spec *spec;
	sqlite3_stmt *insert;
	struct scan *scan;   /* of a reservoir, which wants to know where a row comes from */
	struct ahead *ahead; /* else */
	struct reservoir reservoir;
	struct kept pending;
	bool has_pending;
};

static const struct scan_layout *layout(const struct loader *l) { return l->scan ? scan_columns(l->scan) : ahead_columns(l->ahead); }

static bool prepare_insert(struct loader *l, struct error *e) {
	struct buffer sql = {0};
	buffer_add_string(&sql, "INSERT INTO ");
	table_add_name(&sql, l->spec->name);
	buffer_add_string(&sql, " VALUES (");
	for (size_t i = 0; i < layout(l)->count; i++) buffer_add_string(&sql, i ? ",?" : "?");
	buffer_add_string(&sql, ")");
	bool good = sqlite3_prepare_v3(l->db, buffer_string(&sql), (int)sql.size, SQLITE_PREPARE_PERSISTENT, &l->insert, NULL) == SQLITE_OK;
	if (good && l->spec->reservoir) {
		buffer_clear(&sql);
		buffer_add_string(&sql, "DELETE FROM ");
		table_add_name(&sql, l->spec->name);
		buffer_add_string(&sql, " WHERE rowid BETWEEN ?1 AND ?1 + ?2 - 1");
		good = sqlite3_prepare_v3(l->db, buffer_string(&sql), (int)sql.size, SQLITE_PREPARE_PERSISTENT, &l->reservoir.remove,
			       NULL) == SQLITE_OK;
	}
	buffer_free(&sql);
	return good || failed(l->db, l->spec, e);
}

static bool insert(struct loader *l, const struct cell *cells, struct error *e) {
	int status = SQLITE_OK;
	size_t count = layout(l)->count;
	for (size_t i = 0; i < count && status == SQLITE_OK; i++) {
		const struct cell *c = &cells[i];
		int place = (int)i + 1;
		if (c->type == CELL_INTEGER) status = sqlite3_bind_int64(l->insert, place, c->integer);
		else if (c->type == CELL_REAL) status = sqlite3_bind_double(l->insert, place, c->real);
		else if (c->type == CELL_TEXT)
			status = sqlite3_bind_text64(
				l->insert, place, c->text.size ? c->text.data : "", c->text.size, SQLITE_STATIC, SQLITE_UTF8);
		else status = sqlite3_bind_null(l->insert, place);
	}
	if (status == SQLITE_OK) sqlite3_step(l->insert);
	return sqlite3_reset(l->insert) == SQLITE_OK || failed(l->db, l->spec, e);
}

/* The record whose rows were inserted last enters the heap; the record that falls out is deleted. */
static bool settle(struct loader *l, struct error *e) {
	struct reservoir *r = &l->reservoir;
	if (!l->has_pending) return true;
	l->has_pending = false;
	if (r->count < l->spec->reservoir) {
		r->heap = memory_grow(r->heap, &r->room, r->count + 1, sizeof *r->heap);
		r->heap[r->count] = l->pending;
		sift_up(r->heap, r->count++);
		return true;
	}
	sqlite3_bind_int64(r->remove, 1, r->heap[0].row);
	sqlite3_bind_int64(r->remove, 2, r->heap[0].rows);
	r->heap[0] = l->pending;
	sift_down(r->heap, r->count, 0);
	sqlite3_step(r->remove);
	return sqlite3_reset(r->remove) == SQLITE_OK || failed(l->db, l->spec, e);
}

/* Whether the present row's record is in the sample so far. */
static bool sampled(struct loader *l, bool *take, struct error *e) {
	struct reservoir *r = &l->reservoir;
	const char *label;
	uint64_t number;
	bool first;
	scan_where(l->scan, &label, &number, &first);
	if (first) {
		if (!settle(l, e)) return false;
		r->hash = random_key_hash(random_key_integer(random_key_text(r->key, text_of(label)), (int64_t)number));
		r->taking = r->count < l->spec->reservoir || r->hash < r->heap[0].hash;
	}
	*take = r->taking;
	return true;
}

static bool keep_row(struct loader *l, const struct cell *cells, struct error *e) {
	bool take = true;
	if (!l->spec->reservoir) return insert(l, cells, e);
	if (!sampled(l, &take, e)) return false;
	if (!take) return true;
	if (!insert(l, cells, e)) return false;
	if (!l->has_pending) l->pending = (struct kept){l->reservoir.hash, sqlite3_last_insert_rowid(l->db), 0};
	l->has_pending = true;
	l->pending.rows++;
	return true;
}

static bool load(struct loader *l, uint64_t *rows, struct error *e) {
	struct progress progress;
	struct buffer what = {0};
	const struct cell *cells;
	int state;
	bool good = true;
	buffer_printf(&what, "reading %s", l->spec->name);
	progress_start(&progress, buffer_string(&what), 0);
	while (good && (state = l->scan ? scan_next(l->scan, &cells, e) : ahead_next(l->ahead, &cells, e))) {
		good = state == 1 && keep_row(l, cells, e);
		if (*rows % 4096 == 0) progress_show(&progress, *rows);
	}
	good = good && settle(l, e);
	progress_end(&progress);
	buffer_free(&what);
	return good;
}

bool table_load(sqlite3 *db, const struct table_spec *spec, uint64_t *rows, struct error *e) {
	struct loader l = {.db = db, .spec = spec};
	*rows = 0;
	if (!table_create(db, spec, e)) return false;
	if (spec->reservoir) l.scan = scan_open(spec, NULL, rows);
	else l.ahead = ahead_open(spec, NULL, rows);
	l.reservoir.key =
		random_key_text(random_key_text(random_key_text(random_key_start(spec->seed), text_of(spec->source)), text_of("reservoir")),
			text_of(spec->name));
	bool own = sqlite3_get_autocommit(db);
	bool good = !own || sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) == SQLITE_OK || failed(db, spec, e);
	good = good && prepare_insert(&l, e) && load(&l, rows, e);
	sqlite3_finalize(l.insert);
	sqlite3_finalize(l.reservoir.remove);
	if (own && good) good = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK || failed(db, spec, e);
	else if (own) sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	scan_close(l.scan);
	ahead_close(l.ahead);
	free(l.reservoir.heap);
	return good;
}
