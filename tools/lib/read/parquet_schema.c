/* The schema tree, its levels, and what each node means: logical types, or the converted types of older writers. */
#include "base/memory.h"
#include "read/parquet_file.h"

enum { NODE_LIMIT = 100000, DEPTH_LIMIT = 64, SCALE_LIMIT = 400 };

/* A schema element as it stands in the footer; -1 = not given. */
struct element {
	int64_t physical, width, repetition, children, converted, scale;
	int logical; /* which of the logical types; 0 = none */
	int unit;    /* of a time: 1 milliseconds, 2 microseconds, 3 nanoseconds */
	int64_t bits;
	bool is_signed, utc;
	struct text name;
};

enum {
	CONVERTED_UTF8,
	CONVERTED_MAP,
	CONVERTED_MAP_KEY_VALUE,
	CONVERTED_LIST,
	CONVERTED_ENUM,
	CONVERTED_DECIMAL,
	CONVERTED_DATE,
	CONVERTED_TIME_MILLIS,
	CONVERTED_TIME_MICROS,
	CONVERTED_TIMESTAMP_MILLIS,
	CONVERTED_TIMESTAMP_MICROS,
	CONVERTED_UINT8,
	CONVERTED_UINT64 = 14,
	CONVERTED_INT8,
	CONVERTED_INT64 = 18,
	CONVERTED_JSON,
	CONVERTED_BSON,
	CONVERTED_INTERVAL
};
enum {
	LOGICAL_STRING = 1,
	LOGICAL_MAP,
	LOGICAL_LIST,
	LOGICAL_ENUM,
	LOGICAL_DECIMAL,
	LOGICAL_DATE,
	LOGICAL_TIME,
	LOGICAL_TIMESTAMP,
	LOGICAL_INTEGER = 10,
	LOGICAL_UNKNOWN,
	LOGICAL_JSON,
	LOGICAL_BSON,
	LOGICAL_UUID,
	LOGICAL_FLOAT16,
	LOGICAL_VARIANT,
	LOGICAL_GEOMETRY,
	LOGICAL_GEOGRAPHY
};

static void read_unit(struct thrift *t, struct element *el) {
	struct thrift_field f = {0};
	while (thrift_next(t, &f)) {
		el->unit = f.id;
		thrift_skip(t, f);
	}
}

/* DECIMAL {1: scale, 2: precision}, TIME and TIMESTAMP {1: adjusted to UTC, 2: unit}, INTEGER {1: bits, 2: signed}. */
static void read_parameters(struct thrift *t, struct element *el) {
	struct thrift_field f = {0};
	bool time = el->logical == LOGICAL_TIME || el->logical == LOGICAL_TIMESTAMP;
	while (thrift_next(t, &f)) {
		if (el->logical == LOGICAL_DECIMAL && f.id == 1) el->scale = thrift_integer(t, f);
		else if (time && f.id == 1) el->utc = thrift_bool(t, f);
		else if (time && f.id == 2 && thrift_struct(t, f)) read_unit(t, el);
		else if (el->logical == LOGICAL_INTEGER && f.id == 1) el->bits = thrift_integer(t, f);
		else if (el->logical == LOGICAL_INTEGER && f.id == 2) el->is_signed = thrift_bool(t, f);
		else thrift_skip(t, f);
	}
}

static void read_logical(struct thrift *t, struct element *el) {
	struct thrift_field f = {0};
	while (thrift_next(t, &f)) {
		el->logical = f.id;
		if (thrift_struct(t, f)) read_parameters(t, el);
	}
}

static void read_element(struct thrift *t, struct element *el) {
	struct thrift_field f = {0};
	*el = (struct element){-1, -1, -1, -1, -1, -1, 0, 0, -1, true, false, {0}};
	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 1: el->physical = thrift_integer(t, f); break;
		case 2: el->width = thrift_integer(t, f); break;
		case 3: el->repetition = thrift_integer(t, f); break;
		case 4: el->name = thrift_binary(t, f); break;
		case 5: el->children = thrift_integer(t, f); break;
		case 6: el->converted = thrift_integer(t, f); break;
		case 7: el->scale = thrift_integer(t, f); break;
		case 10:
			if (thrift_struct(t, f)) read_logical(t, el);
			break;
		default: thrift_skip(t, f);
		}
	}
}

/* The logical type that a converted type stands for. */
static void modernise(struct element *el) {
	if (el->logical || el->converted < 0) return;
	static const uint8_t same[] = {LOGICAL_STRING, LOGICAL_MAP, LOGICAL_MAP, LOGICAL_LIST, LOGICAL_ENUM, LOGICAL_DECIMAL, LOGICAL_DATE,
		LOGICAL_TIME, LOGICAL_TIME, LOGICAL_TIMESTAMP, LOGICAL_TIMESTAMP};
	int64_t c = el->converted;
	if (c <= CONVERTED_TIMESTAMP_MICROS) {
		el->logical = same[c];
		if (c >= CONVERTED_TIME_MILLIS) {
			el->unit = c == CONVERTED_TIME_MILLIS || c == CONVERTED_TIMESTAMP_MILLIS ? 1 : 2;
			el->utc = true;
		}
	} else if (c <= CONVERTED_INT64) {
		el->logical = LOGICAL_INTEGER;
		el->is_signed = c >= CONVERTED_INT8;
		el->bits = 8 << (c - (el->is_signed ? CONVERTED_INT8 : CONVERTED_UINT8));
	} else if (c == CONVERTED_JSON) {
		el->logical = LOGICAL_JSON;
	} else if (c == CONVERTED_BSON) {
		el->logical = LOGICAL_BSON;
	}
}

/* Whether the annotation fits the physical type; one that does not is passed over, as if it were not there. */
static bool fits(const struct element *el, const struct parquet_node *n) {
	enum parquet_physical p = n->physical;
	bool bytes = p == PHYSICAL_BYTES || p == PHYSICAL_FIXED, whole = p == PHYSICAL_INT32 || p == PHYSICAL_INT64;
	switch (el->logical) {
	case LOGICAL_DECIMAL: return (whole || bytes) && el->scale <= SCALE_LIMIT;
	case LOGICAL_DATE: return p == PHYSICAL_INT32;
	case LOGICAL_TIME: return el->unit == 1 ? p == PHYSICAL_INT32 : p == PHYSICAL_INT64 && (el->unit == 2 || el->unit == 3);
	case LOGICAL_TIMESTAMP: return p == PHYSICAL_INT64 && el->unit >= 1 && el->unit <= 3;
	case LOGICAL_INTEGER: return whole;
	case LOGICAL_UNKNOWN: return true;
	case LOGICAL_UUID: return p == PHYSICAL_FIXED && n->width == 16;
	case LOGICAL_FLOAT16: return p == PHYSICAL_FIXED && n->width == 2;
	default: return bytes;
	}
}

static void give_meaning(const struct element *el, struct parquet_node *n) {
	if (!el->logical && el->converted == CONVERTED_INTERVAL && n->physical == PHYSICAL_FIXED && n->width == 12)
		n->meaning = MEANING_INTERVAL;
	if (!el->logical || !fits(el, n)) return;
	switch (el->logical) {
	case LOGICAL_STRING:
	case LOGICAL_ENUM:
	case LOGICAL_JSON: n->meaning = MEANING_TEXT; break;
	case LOGICAL_BSON:
	case LOGICAL_GEOMETRY:
	case LOGICAL_GEOGRAPHY: n->meaning = MEANING_BINARY; break;
	case LOGICAL_DECIMAL:
		n->meaning = MEANING_DECIMAL;
		n->scale = el->scale < 0 ? 0 : (uint32_t)el->scale;
		break;
	case LOGICAL_DATE: n->meaning = MEANING_DATE; break;
	case LOGICAL_TIME:
	case LOGICAL_TIMESTAMP:
		n->meaning = el->logical == LOGICAL_TIME ? MEANING_TIME : MEANING_TIMESTAMP;
		n->scale = (uint32_t)el->unit * 3;
		n->utc = el->utc;
		break;
	case LOGICAL_INTEGER:
		if (el->is_signed) break;
		n->meaning = MEANING_UNSIGNED;
		break;
	case LOGICAL_UNKNOWN: n->meaning = MEANING_NULL; break;
	case LOGICAL_UUID: n->meaning = MEANING_UUID; break;
	case LOGICAL_FLOAT16: n->meaning = MEANING_HALF; break;
	default: n->unknown = "has a logical type that is not known";
	}
}

static bool bad_schema(const struct parquet_file *f, struct error *e) {
	return error_set(e, STATUS_DATA, "%s: the schema in the footer is damaged; fetch the file again", f->path);
}

static bool make_leaf(struct parquet_file *f, const struct element *el, struct parquet_node *n) {
	if (el->physical < 0 || el->physical > PHYSICAL_FIXED) return false;
	n->physical = (enum parquet_physical)el->physical;
	if (n->physical == PHYSICAL_FIXED) {
		if (el->width < 0 || el->width > INT32_MAX) return false;
		n->width = (uint32_t)el->width;
	}
	n->leaf = f->leaf_count++;
	give_meaning(el, n);
	return true;
}

/* The root alone may be a group without children. */
static bool has_one_child(const struct parquet_node *nodes, size_t group) {
	return nodes[group].end > group + 1 && nodes[group + 1].end == nodes[group].end;
}

/* Which node is the element of a list, by the rules for older writers: the repeated node itself when it is a leaf, or a group of several
 * fields, of one repeated field, or of a telling name, or is a list or map itself; else its only child. */
static void shape_list(struct parquet_node *nodes, size_t list) {
	size_t r = list + 1;
	struct parquet_node *n = &nodes[list], *repeated = &nodes[r];
	if (!has_one_child(nodes, list) || repeated->repetition != REPEATED) return; /* stays a struct */
	n->shape = SHAPE_LIST;
	n->element = r;
	if (repeated->shape != SHAPE_STRUCT || !has_one_child(nodes, r) || nodes[r + 1].repetition == REPEATED) return;
	bool tuple = repeated->name.size == n->name.size + 6 && text_starts(repeated->name, n->name) &&
		     text_ends(repeated->name, text_of("_tuple"));
	if (tuple || text_is(repeated->name, "array")) return;
	n->element = r + 1;
}

/* A map holds one repeated group of a key and perhaps a value. */
static void shape_map(struct parquet_node *nodes, size_t map) {
	size_t r = map + 1, key = r + 1;
	if (!has_one_child(nodes, map) || nodes[r].repetition != REPEATED || nodes[r].shape != SHAPE_STRUCT) return;
	if (nodes[key].repetition == REPEATED) return;
	size_t value = nodes[key].end;
	if (value < nodes[r].end && (nodes[value].repetition == REPEATED || nodes[value].end != nodes[r].end)) return;
	nodes[map].shape = SHAPE_MAP;
}

/* An open group while the elements are gone through. */
struct open_group {
	size_t node;
	uint64_t left; /* children still to come */
	int logical;
};

static void close_group(struct parquet_file *f, const struct open_group *g) {
	f->nodes[g->node].end = f->node_count;
	if (g->logical == LOGICAL_LIST) shape_list(f->nodes, g->node);
	if (g->logical == LOGICAL_MAP) shape_map(f->nodes, g->node);
	if (g->logical == LOGICAL_VARIANT) f->nodes[g->node].unknown = "is a VARIANT";
}

/* Adds the element as the next node below `parent` (NULL: it is the root); false when it cannot be. */
static bool add_node(struct parquet_file *f, const struct element *el, const struct parquet_node *parent, bool *is_group) {
	struct parquet_node *n = &f->nodes[f->node_count];
	*n = (struct parquet_node){.name = el->name.data ? el->name : text_of(""), .shape = SHAPE_STRUCT, .leaf = f->leaf_count};
	*is_group = el->physical < 0;
	if (parent) {
		if (el->repetition < REQUIRED || el->repetition > REPEATED) return false;
		n->repetition = (enum parquet_repetition)el->repetition;
		n->defined = (uint8_t)(parent->defined + (n->repetition != REQUIRED));
		n->repeated = (uint8_t)(parent->repeated + (n->repetition == REPEATED));
		if (*is_group && el->children <= 0) return false;
	}
	f->node_count++;
	n->end = f->node_count;
	if (*is_group) return true;
	n->shape = SHAPE_LEAF;
	return parent && make_leaf(f, el, n);
}

bool parquet_schema_read(struct parquet_file *f, struct thrift *t, size_t count, struct error *e) {
	struct open_group stack[DEPTH_LIMIT];
	size_t depth = 0;
	if (!count || count > NODE_LIMIT) return bad_schema(f, e);
	f->nodes = memory_zeroed(count, sizeof *f->nodes);
	for (size_t i = 0; i < count; i++) {
		struct element el;
		bool group;
		read_element(t, &el);
		if (t->bad || (i && !depth)) return bad_schema(f, e);
		modernise(&el);
		if (!add_node(f, &el, depth ? &f->nodes[stack[depth - 1].node] : NULL, &group)) return bad_schema(f, e);
		if (depth) stack[depth - 1].left--;
		if (group) {
			if (depth == DEPTH_LIMIT)
				return error_set(e, STATUS_DATA, "%s: columns nested more than %d deep are not read", f->path, DEPTH_LIMIT);
			stack[depth++] = (struct open_group){i, el.children < 0 ? 0 : (uint64_t)el.children, el.logical};
		}
		while (depth && !stack[depth - 1].left) close_group(f, &stack[--depth]);
	}
	return depth ? bad_schema(f, e) : true;
}
