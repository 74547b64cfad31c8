#include "sql/ahead.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/pool.h"
#include "base/relay.h"

enum { SLOTS = 4, BATCH_ROWS = 1024, BATCH_BYTES = 1 << 20 };

struct batch {
	struct cell *cells;
	size_t room, count; /* rows */
	struct arena texts;
	uint64_t records; /* read so far */
	int state;        /* of scan_next behind the last row: 1 = there is more */
};

struct ahead {
	struct scan *scan;
	size_t width;
	uint64_t records, *rows;
	struct relay *relay; /* NULL: rows come straight from the scan */
	struct batch batches[SLOTS];
	struct error error; /* of the batch whose state is −1 */
	const struct batch *batch;
	size_t given; /* rows of it */
};

/* Copies a row; texts that live as long as the table's description need no copy. */
static size_t keep(struct ahead *a, struct batch *b, const struct cell *cells) {
	const struct scan_column *columns = scan_columns(a->scan)->columns;
	size_t bytes = 0;
	b->cells = memory_grow(b->cells, &b->room, (b->count + 1) * a->width, sizeof *b->cells);
	struct cell *kept = b->cells + b->count++ * a->width;
	memcpy(kept, cells, a->width * sizeof *kept);
	for (size_t i = 0; i < a->width; i++) {
		if (kept[i].type != CELL_TEXT || scan_lasting(&columns[i])) continue;
		kept[i].text = arena_copy(&b->texts, kept[i].text);
		bytes += kept[i].text.size;
	}
	return bytes;
}

static void fill(struct ahead *a, struct batch *b) {
	const struct cell *cells;
	size_t bytes = 0;
	b->count = 0;
	b->state = 1;
	arena_reset(&b->texts);
	while (b->count < BATCH_ROWS && bytes < BATCH_BYTES && (b->state = scan_next(a->scan, &cells, &a->error)) == 1)
		bytes += keep(a, b, cells);
	b->records = a->records;
}

static void make(struct relay *relay, void *state) {
	struct ahead *a = state;
	size_t slot;
	int more = 1;
	while (more == 1 && relay_claim(relay, &slot)) {
		fill(a, &a->batches[slot]);
		more = a->batches[slot].state;
		relay_give(relay);
	}
}

struct ahead *ahead_open(const struct table_spec *spec, const bool *wanted, uint64_t *rows) {
	struct ahead *a = memory_zeroed(1, sizeof *a);
	a->rows = rows;
	a->scan = scan_open(spec, wanted, &a->records);
	a->width = scan_columns(a->scan)->count;
	if (pool_processors() > 1) a->relay = relay_open(SLOTS, make, a);
	return a;
}

int ahead_next(struct ahead *a, const struct cell **cells, struct error *e) {
	size_t slot;
	if (!a->relay) {
		int state = scan_next(a->scan, cells, e);
		if (a->rows) *a->rows = a->records;
		return state;
	}
	while (!a->batch || a->given == a->batch->count) {
		if (a->batch && a->batch->state != 1) {
			if (a->batch->state < 0) *e = a->error;
			return a->batch->state;
		}
		if (!relay_take(a->relay, &slot)) return 0;
		a->batch = &a->batches[slot];
		a->given = 0;
		if (a->rows) *a->rows = a->batch->records;
	}
	*cells = a->batch->cells + a->given++ * a->width;
	return 1;
}

const struct scan_layout *ahead_columns(const struct ahead *a) { return scan_columns(a->scan); }

void ahead_close(struct ahead *a) {
	if (!a) return;
	relay_close(a->relay);
	scan_close(a->scan);
	for (size_t i = 0; i < SLOTS; i++) {
		free(a->batches[i].cells);
		arena_free(&a->batches[i].texts);
	}
	free(a);
}
