#include "read/thrift.h"

enum { DEPTH_LIMIT = 32 };

static uint64_t fail(struct thrift *t, bool cut) {
	t->bad = true;
	t->cut = t->cut || cut;
	t->at = t->end;
	return 0;
}

static uint8_t byte(struct thrift *t) {
	if (t->at == t->end) return (uint8_t)fail(t, true);
	return *t->at++;
}

static uint64_t varint(struct thrift *t) {
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = byte(t);
		value |= (uint64_t)(b & 0x7F) << shift;
		if (!(b & 0x80)) return value;
	}
	return fail(t, false);
}

static int64_t zigzag(struct thrift *t) {
	uint64_t v = varint(t);
	return (int64_t)(v >> 1 ^ (0 - (v & 1)));
}

bool thrift_next(struct thrift *t, struct thrift_field *f) {
	if (t->bad) return false;
	uint8_t head = byte(t);
	f->type = head & 15;
	if (t->bad || f->type == THRIFT_STOP) return false;
	if (f->type > THRIFT_STRUCT) return fail(t, false);
	int64_t id = head >> 4 ? f->id + (head >> 4) : zigzag(t);
	if (id < 0 || id > INT16_MAX) return fail(t, false);
	f->id = (int)id;
	return !t->bad;
}

int64_t thrift_integer(struct thrift *t, struct thrift_field f) {
	if (f.type == THRIFT_BYTE) return (int8_t)byte(t);
	if (f.type < THRIFT_I16 || f.type > THRIFT_I64) return (int64_t)fail(t, false);
	return zigzag(t);
}

bool thrift_bool(struct thrift *t, struct thrift_field f) {
	if (f.type != THRIFT_TRUE && f.type != THRIFT_FALSE) return fail(t, false);
	return f.type == THRIFT_TRUE;
}

static struct text bytes(struct thrift *t) {
	uint64_t size = varint(t);
	if (size > (uint64_t)(t->end - t->at)) {
		fail(t, true);
		return (struct text){0};
	}
	struct text found = {(const char *)t->at, (size_t)size};
	t->at += size;
	return found;
}

struct text thrift_binary(struct thrift *t, struct thrift_field f) {
	if (f.type == THRIFT_BINARY) return bytes(t);
	fail(t, false);
	return (struct text){0};
}

bool thrift_struct(struct thrift *t, struct thrift_field f) { return f.type == THRIFT_STRUCT || fail(t, false); }

static size_t list_head(struct thrift *t, int *type) {
	uint8_t head = byte(t);
	uint64_t count = head >> 4 == 15 ? varint(t) : head >> 4;
	*type = head & 15;
	if (count > (uint64_t)(t->end - t->at)) fail(t, true);
	return t->bad ? 0 : (size_t)count;
}

size_t thrift_list(struct thrift *t, struct thrift_field f, enum thrift_type type) {
	int found;
	if (f.type != THRIFT_LIST) return (size_t)fail(t, false);
	size_t count = list_head(t, &found);
	if (count && found != (int)type) return (size_t)fail(t, false);
	return count;
}

static void skip(struct thrift *t, int type, bool element, int depth);

static void skip_fields(struct thrift *t, int depth) {
	struct thrift_field f = {0};
	while (thrift_next(t, &f)) skip(t, f.type, false, depth + 1);
}

static void skip_map(struct thrift *t, int depth) {
	uint64_t count = varint(t);
	if (!count || t->bad) return;
	uint8_t types = byte(t);
	if (count > (uint64_t)(t->end - t->at)) fail(t, true);
	for (uint64_t i = 0; i < count && !t->bad; i++) {
		skip(t, types >> 4, true, depth + 1);
		skip(t, types & 15, true, depth + 1);
	}
}

/* A boolean is in the head of its field, but a byte of its own as an element. */
static void skip(struct thrift *t, int type, bool element, int depth) {
	if (depth > DEPTH_LIMIT) fail(t, false);
	if (t->bad) return;
	switch (type) {
	case THRIFT_TRUE:
	case THRIFT_FALSE:
		if (element) byte(t);
		break;
	case THRIFT_BYTE: byte(t); break;
	case THRIFT_I16:
	case THRIFT_I32:
	case THRIFT_I64: varint(t); break;
	case THRIFT_DOUBLE:
		if (t->end - t->at < 8) fail(t, true);
		else t->at += 8;
		break;
	case THRIFT_BINARY: bytes(t); break;
	case THRIFT_LIST:
	case THRIFT_SET: {
		int of;
		size_t count = list_head(t, &of);
		for (size_t i = 0; i < count && !t->bad; i++) skip(t, of, true, depth + 1);
		break;
	}
	case THRIFT_MAP: skip_map(t, depth); break;
	case THRIFT_STRUCT: skip_fields(t, depth); break;
	default: fail(t, false);
	}
}

void thrift_skip(struct thrift *t, struct thrift_field f) { skip(t, f.type, false, 0); }
void thrift_skip_struct(struct thrift *t) { skip_fields(t, 0); }
