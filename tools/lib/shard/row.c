#include "shard/row.h"

#include "json/json.h"

/* Ascending names; `split` stands right before the last one. */
#define COLUMNS_TO_SOURCE                                                                                                                  \
	{"example", MDS_NDARRAY_INT16}, {"input_ids", MDS_NDARRAY_INT32}, {"instance", MDS_STR}, {"labels", MDS_NDARRAY_INT32},            \
		{"part", MDS_STR}, {"sequence", MDS_INT}, {                                                                                \
		"source", MDS_STR                                                                                                          \
	}

static const struct mds_column packed_columns[] = {COLUMNS_TO_SOURCE, {"task", MDS_STR}};
static const struct mds_column split_columns[] = {COLUMNS_TO_SOURCE, {"split", MDS_STR}, {"task", MDS_STR}};

size_t row_columns(bool with_split, const struct mds_column **columns) {
	*columns = with_split ? split_columns : packed_columns;
	return with_split ? sizeof split_columns / sizeof *split_columns : sizeof packed_columns / sizeof *packed_columns;
}

bool row_write(struct mds_writer *w, const struct token_row *row, bool with_split, struct error *e) {
	struct buffer b = {0};
	buffer_reserve(&b, row->count * 10 + 64);
	mds_add_int16s(&b, row->example, row->count);
	size_t example = b.size;
	mds_add_int32s(&b, row->input_ids, row->count);
	size_t ids = b.size;
	mds_add_int32s(&b, row->labels, row->count);
	size_t labels = b.size;
	mds_add_int(&b, row->sequence);
	struct text values[9] = {text_make(b.data, example), text_make(b.data + example, ids - example), row->instance,
		text_make(b.data + ids, labels - ids), row->part, text_make(b.data + labels, b.size - labels), row->source};
	size_t at = 7;
	if (with_split) values[at++] = row->split;
	values[at] = row->task;
	bool done = mds_writer_add(w, values, e);
	buffer_free(&b);
	return done;
}

/* Room for the longest int32 and a comma. */
enum { INTEGER_ROOM = 12 };

static char *put_integer(char *at, int32_t value) {
	char digits[INTEGER_ROOM], *from = digits + sizeof digits;
	uint32_t left = value < 0 ? 0 - (uint32_t)value : (uint32_t)value;
	do *--from = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0) *--from = '-';
	size_t size = (size_t)(digits + sizeof digits - from);
	memcpy(at, from, size);
	return at + size;
}

static void add_int32s(struct buffer *b, const char *key, const int32_t *values, size_t count) {
	json_add_key(b, key);
	char *at = buffer_reserve(b, count * INTEGER_ROOM + 2);
	*at++ = '[';
	for (size_t i = 0; i < count; i++) {
		if (values[i] == ROW_NO_LOSS) {
			memcpy(at, "-100", 4); /* NOLINT: no string */
			at += 4;
		} else {
			at = put_integer(at, values[i]);
		}
		*at++ = ',';
	}
	at[-1] = ']';
	b->size = (size_t)(at - b->data);
}

static void add_int16s(struct buffer *b, const char *key, const int16_t *values, size_t count) {
	json_add_key(b, key);
	char *at = buffer_reserve(b, count * INTEGER_ROOM + 2);
	*at++ = '[';
	for (size_t i = 0; i < count; i++) {
		at = put_integer(at, values[i]);
		*at++ = ',';
	}
	at[-1] = ']';
	b->size = (size_t)(at - b->data);
}

void row_add_names(struct buffer *b, const struct token_row *row) {
	buffer_add_char(b, '{');
	json_add_pair(b, "task", row->task, false);
	json_add_pair(b, "part", row->part, false);
	json_add_pair(b, "source", row->source, false);
	json_add_pair(b, "split", row->split, false);
	json_add_pair(b, "instance", row->instance, false);
	json_add_integer(b, "sequence", row->sequence);
}

void row_add_json(struct buffer *b, const struct token_row *row) {
	row_add_names(b, row);
	add_int32s(b, "input_ids", row->input_ids, row->count);
	add_int32s(b, "labels", row->labels, row->count);
	add_int16s(b, "example", row->example, row->count);
	buffer_add_string(b, "}\n");
}
