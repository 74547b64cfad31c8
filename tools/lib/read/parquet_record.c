/* Record assembly after the Dremel paper: the definition level of an entry says how deep its path is there, the repetition level at which list a new
 * element starts. All leaves below a node have one entry where the node is missing, so the first leaf decides for all of them. */
#include "read/parquet_record.h"

#include "json/json.h"

enum { JSON_LIMIT = 1 << 30 };

/* Makes the next entry of the node's first leaf the present one and gives its levels. `level` is the repetition level it must have. */
static bool peek(struct parquet_record *r, const struct parquet_node *n, uint8_t level, uint8_t *defined, struct error *e) {
	struct parquet_column *c = &r->leaves[n->leaf];
	int state = parquet_column_peek(c, e);
	if (state < 0) return false;
	if (!state) return error_set(e, STATUS_DATA, "it ends before the row group does");
	if (c->repeated[c->entry] != level) return error_set(e, STATUS_DATA, "its repetition levels make no record");
	*defined = c->defined[c->entry];
	return true;
}

static bool leaf_cell(struct parquet_record *r, const struct parquet_node *n, uint8_t level, struct cell *cell, struct error *e) {
	uint8_t defined = 0;
	if (!peek(r, n, level, &defined, e)) return false;
	if (defined == n->defined) return parquet_column_value(&r->leaves[n->leaf], cell, e);
	r->leaves[n->leaf].entry++;
	*cell = (struct cell){.type = CELL_NULL};
	return true;
}

/* Passes over the one entry of each leaf below. */
static bool pass(struct parquet_record *r, const struct parquet_node *n, uint8_t level, struct error *e) {
	for (const struct parquet_node *end = &r->nodes[n->end]; n < end; n++) {
		struct cell cell;
		if (n->shape == SHAPE_LEAF && !leaf_cell(r, n, level, &cell, e)) return false;
	}
	return true;
}

static bool add_value(struct parquet_record *r, const struct parquet_node *n, uint8_t level, struct error *e);

/* Adds the elements of `repeated`, which `add_one` adds one by one; nothing when there are none. */
typedef bool add_one(struct parquet_record *r, const struct parquet_node *n, uint8_t level, struct error *e);

static bool add_elements(struct parquet_record *r, const struct parquet_node *repeated, add_one *add, const struct parquet_node *one,
	uint8_t level, struct error *e) {
	struct parquet_column *first = &r->leaves[repeated->leaf];
	uint8_t defined = 0;
	if (!peek(r, repeated, level, &defined, e)) return false;
	if (defined < repeated->defined) return pass(r, repeated, level, e);
	for (bool more = true; more;) {
		if (!add(r, one, level, e)) return false;
		if (r->json->size > JSON_LIMIT) return error_set(e, STATUS_DATA, "a cell of more than 1 GiB");
		int state = parquet_column_peek(first, e);
		if (state < 0) return false;
		level = repeated->repeated;
		more = state && first->repeated[first->entry] == level;
		if (more) buffer_add_char(r->json, ',');
	}
	return true;
}

static bool add_list(
	struct parquet_record *r, const struct parquet_node *repeated, const struct parquet_node *element, uint8_t level, struct error *e) {
	buffer_add_char(r->json, '[');
	if (!add_elements(r, repeated, add_value, element, level, e)) return false;
	buffer_add_char(r->json, ']');
	return true;
}

static bool add_fields(struct parquet_record *r, const struct parquet_node *group, uint8_t level, struct error *e) {
	const struct parquet_node *end = &r->nodes[group->end];
	buffer_add_char(r->json, '{');
	for (const struct parquet_node *n = group + 1; n < end; n = &r->nodes[n->end]) {
		if (n > group + 1) buffer_add_char(r->json, ',');
		json_add_string(r->json, n->name, false);
		buffer_add_char(r->json, ':');
		bool good = n->repetition == REPEATED ? add_list(r, n, n, level, e) : add_value(r, n, level, e);
		if (!good) return false;
	}
	buffer_add_char(r->json, '}');
	return true;
}

/* A key that is no leaf is written as JSON first and then as the text of a key. */
static bool add_key(struct parquet_record *r, const struct parquet_node *key, uint8_t level, struct error *e) {
	struct cell cell;
	if (key->shape == SHAPE_LEAF) {
		if (!leaf_cell(r, key, level, &cell, e)) return false;
		parquet_add_key(r->json, &cell);
		return true;
	}
	struct buffer inner = {0}, *outer = r->json;
	r->json = &inner;
	bool good = add_value(r, key, level, e);
	r->json = outer;
	if (good) json_add_string(outer, buffer_text(&inner), false);
	buffer_free(&inner);
	return good;
}

static bool add_entry(struct parquet_record *r, const struct parquet_node *entry, uint8_t level, struct error *e) {
	const struct parquet_node *key = entry + 1, *value = &r->nodes[key->end];
	if (!add_key(r, key, level, e)) return false;
	buffer_add_char(r->json, ':');
	if (value < &r->nodes[entry->end]) return add_value(r, value, level, e);
	buffer_add_string(r->json, "null");
	return true;
}

/* A node that is there or null; of a repeated node one element. */
static bool add_value(struct parquet_record *r, const struct parquet_node *n, uint8_t level, struct error *e) {
	if (n->shape == SHAPE_LEAF) {
		struct cell cell;
		if (!leaf_cell(r, n, level, &cell, e)) return false;
		reader_add_json(r->json, &cell, false);
		return true;
	}
	uint8_t defined = 0;
	if (!peek(r, n, level, &defined, e)) return false;
	if (defined < n->defined) {
		buffer_add_string(r->json, "null");
		return pass(r, n, level, e);
	}
	if (n->shape == SHAPE_STRUCT) return add_fields(r, n, level, e);
	if (n->shape == SHAPE_LIST) return add_list(r, n + 1, &r->nodes[n->element], level, e);
	buffer_add_char(r->json, '{');
	if (!add_elements(r, n + 1, add_entry, n + 1, level, e)) return false;
	buffer_add_char(r->json, '}');
	return true;
}

bool parquet_record_next(struct parquet_record *r, size_t node, struct cell *cell, struct error *e) {
	const struct parquet_node *n = &r->nodes[node];
	if (n->shape == SHAPE_LEAF && n->repetition != REPEATED) return leaf_cell(r, n, 0, cell, e);
	buffer_clear(r->json);
	uint8_t defined = 0;
	if (n->repetition == OPTIONAL) {
		if (!peek(r, n, 0, &defined, e)) return false;
		if (!defined) {
			*cell = (struct cell){.type = CELL_NULL};
			return pass(r, n, 0, e);
		}
	}
	if (n->repetition == REPEATED ? !add_list(r, n, n, 0, e) : !add_value(r, n, 0, e)) return false;
	*cell = (struct cell){.type = CELL_JSON, .text = buffer_text(r->json)};
	return true;
}
