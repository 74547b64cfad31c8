/* Token rows from JSON Lines or from MDS, checked. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"
#include "shard/row.h"

enum field { TASK, PART, SOURCE, SPLIT, INSTANCE, TEXTS, SEQUENCE = TEXTS, INPUT_IDS, LABELS, EXAMPLE, FIELDS };

static const char *const names[FIELDS] = {"task", "part", "source", "split", "instance", "sequence", "input_ids", "labels", "example"};
static const char *const encodings[FIELDS] = {"str", "str", "str", "str", "str", "int", "ndarray:int32", "ndarray:int32", "ndarray:int16"};

/* The integers of an array. */
struct integers {
	int32_t *values;
	size_t count, room;
};

struct row_source {
	char *name;
	/* JSON Lines */
	struct input *in;
	struct buffer texts[TEXTS]; /* strings that had to be decoded */
	/* MDS */
	struct mds_reader *mds;
	uint64_t next;
	struct text *values;
	int columns[FIELDS];
	struct buffer split; /* of a data set that has no such column */
	/* both */
	struct integers ids, labels, numbers;
	int16_t *example;
	size_t example_room;
};

/* Checks what both forms have in common; what is wrong is told as array and index. */
static bool check_row(const struct token_row *row, struct error *e) {
	if (!row->task.size || !row->source.size) return error_set(e, STATUS_DATA, "task and source should not be empty");
	if (row->sequence < 0) return error_set(e, STATUS_DATA, "sequence should be 0 or more");
	bool good = true;
	for (size_t i = 0; i < row->count; i++) {
		int32_t id = row->input_ids[i], label = row->labels[i];
		good &= (id >= 0) & ((label == ROW_NO_LOSS) | (label == id)) & (row->example[i] >= -1);
	}
	if (good) return true;
	for (size_t i = 0; i < row->count; i++) {
		int32_t id = row->input_ids[i], label = row->labels[i];
		if (id < 0) return error_set(e, STATUS_DATA, "input_ids[%zu] is %d, but ids are 0 or more", i, id);
		if (label != ROW_NO_LOSS && label != id)
			return error_set(e, STATUS_DATA, "labels[%zu] is %d; it should be -100 or, as input_ids[%zu], %d", i, label, i, id);
		if (row->example[i] < -1)
			return error_set(
				e, STATUS_DATA, "example[%zu] is %d; it should be the number of an output or -1", i, row->example[i]);
	}
	return true;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

static void skip_blanks(const char **at, const char *end) {
	while (*at < end && is_blank(**at)) ++*at;
}

#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* Up to seven digits at once, of eight bytes that may be read: no branch depends on how many there are. Gives that, 0 when it cannot say. */
static inline size_t scan_digits(const char *at, uint64_t *value) {
	static const uint64_t ones = 0x0101010101010101u;
	uint64_t word;
	memcpy(&word, at, 8);
	word ^= ones * '0'; /* digits become 0 … 9 */
	uint64_t others = ((word + ones * 0x76) | word) & (ones * 0x80);
	if (!others) return 0;
	unsigned size = (unsigned)__builtin_ctzll(others) / 8;
	if (!size) return 0;
	word <<= 64 - 8 * size; /* leading zeros in front of them */
	word = word * 10 + (word >> 8);
	word = ((word & 0x000000FF000000FFu) * (100 + (1000000ull << 32)) +
		       ((word >> 16) & 0x000000FF000000FFu) * (1 + (10000ull << 32))) >>
	       32;
	*value = word;
	return size;
}
#else
static inline size_t scan_digits(const char *at, uint64_t *value) {
	(void)at, (void)value;
	return 0;
}
#endif

/* One integer at `at` (< end), as JSON writes it, of at most ten digits; NULL when there is none. */
static inline const char *scan_integer(const char *at, const char *end, int64_t *value) {
	bool negative = *at == '-';
	at += negative;
	const char *first = at;
	uint64_t sum = 0; /* may wrap; then there are too many digits */
	size_t few = end - at >= 8 ? scan_digits(at, &sum) : 0;
	at += few;
	while (!few && at < end && (unsigned char)(*at - '0') < 10) sum = sum * 10 + (unsigned char)(*at++ - '0');
	if (at == first || at - first > 10 || (*first == '0' && at - first > 1)) return NULL;
	*value = negative ? -(int64_t)sum : (int64_t)sum;
	return at;
}

/* Whether the `size` bytes before `at` stand there again. */
static inline bool again(const char *at, const char *end, size_t size) {
	if ((size_t)(end - at) < size) return false;
	switch (size) { /* sizes known to the compiler need no call */
	case 2: return !memcmp(at - 2, at, 2);
	case 3: return !memcmp(at - 3, at, 3);
	case 4: return !memcmp(at - 4, at, 4);
	case 5: return !memcmp(at - 5, at, 5);
	default: return false;
	}
}

/* The element that ends before `at`, comma included, as often as it is repeated: labels and example are mostly runs of "-100," and "-1,". */
static const char *scan_run(const char *at, const char *end, size_t size, struct integers *list) {
	int32_t value = list->values[list->count - 1];
	while (again(at, end, size)) {
		if (list->count == list->room)
			list->values = memory_grow(list->values, &list->room, list->count + 1024, sizeof *list->values);
		list->values[list->count++] = value;
		at += size;
	}
	return at;
}

/* An array of integers of 32 bits. The loop sees most bytes of a file: no call, no copy. */
static bool scan_integers(const char **from, const char *end, const char *name, struct integers *list, struct error *e) {
	const char *at = *from;
	list->count = 0;
	skip_blanks(&at, end);
	if (at == end || *at != '[') return error_set(e, STATUS_DATA, "%s should be a list of integers", name);
	for (at++;;) {
		if (list->count == list->room)
			list->values = memory_grow(list->values, &list->room, list->count + 1024, sizeof *list->values);
		int64_t value;
		if (at < end && is_blank(*at)) skip_blanks(&at, end);
		const char *start = at;
		const char *behind = at < end ? scan_integer(at, end, &value) : NULL;
		if (!behind || value < INT32_MIN || value > INT32_MAX)
			return error_set(e, STATUS_DATA, "%s[%zu] should be an integer of 32 bits", name, list->count);
		list->values[list->count++] = (int32_t)value;
		at = behind;
		if (at < end && is_blank(*at)) skip_blanks(&at, end);
		if (at < end && *at == ',') {
			at++;
			if (list->count > 1 && list->values[list->count - 1] == list->values[list->count - 2])
				at = scan_run(at, end, (size_t)(at - start), list);
			continue;
		}
		if (at == end || *at != ']')
			return error_set(e, STATUS_DATA, "%s[%zu] should be followed by ',' or ']'", name, list->count - 1);
		*from = at + 1;
		return true;
	}
}

static bool scan_sequence(const char **at, const char *end, int64_t *out, struct error *e) {
	struct json_value value;
	if (!json_scan(at, end, &value, e)) return false;
	if (value.type == JSON_NUMBER && number_parse_integer(value.raw, out)) return true;
	return error_set(e, STATUS_DATA, "sequence should be an integer: this is not a token row of 'spectrum tokenize'");
}

static bool scan_text(struct row_source *s, enum field field, const char **at, const char *end, struct token_row *row, struct error *e) {
	struct text *targets[TEXTS] = {&row->task, &row->part, &row->source, &row->split, &row->instance};
	struct json_value value;
	if (!json_scan(at, end, &value, e)) return false;
	if (value.type != JSON_STRING) return error_set(e, STATUS_DATA, "%s should be a text", names[field]);
	buffer_clear(&s->texts[field]);
	*targets[field] = json_string(value, &s->texts[field], NULL);
	return true;
}

static bool scan_field(struct row_source *s, enum field field, const char **at, const char *end, struct token_row *row, struct error *e) {
	switch (field) {
	case SEQUENCE: return scan_sequence(at, end, &row->sequence, e);
	case INPUT_IDS: return scan_integers(at, end, names[field], &s->ids, e);
	case LABELS: return scan_integers(at, end, names[field], &s->labels, e);
	case EXAMPLE: return scan_integers(at, end, names[field], &s->numbers, e);
	default: return scan_text(s, field, at, end, row, e);
	}
}

static enum field find_field(struct json_value key) {
	struct text name = text_make(key.raw.data + 1, key.raw.size - 2);
	for (enum field f = 0; f < FIELDS; f++)
		if (text_is(name, names[f])) return f;
	return FIELDS;
}

/* Members in any order, unknown ones passed over; `*seen` gets a bit for each field. */
static bool scan_members(struct row_source *s, struct text line, struct token_row *row, unsigned *seen, struct error *e) {
	const char *at = line.data, *end = at + line.size;
	skip_blanks(&at, end);
	if (at == end || *at != '{') return error_set(e, STATUS_DATA, "a token row should be an object {…}");
	for (char before = '{';; before = ',') {
		struct json_value key, ignored;
		at++;
		skip_blanks(&at, end);
		if (before == '{' && at < end && *at == '}') break;
		if (at == end || *at != '"') return error_set(e, STATUS_DATA, "not JSON: there should be a member name in quotes");
		if (!json_scan(&at, end, &key, e)) return false;
		skip_blanks(&at, end);
		if (at == end || *at != ':') return error_set(e, STATUS_DATA, "not JSON: there should be ':' behind a member name");
		at++;
		enum field field = find_field(key);
		if (!(field == FIELDS ? json_scan(&at, end, &ignored, e) : scan_field(s, field, &at, end, row, e))) return false;
		*seen |= 1u << field;
		skip_blanks(&at, end);
		if (at < end && *at == '}') break;
		if (at == end || *at != ',') return error_set(e, STATUS_DATA, "not JSON: there should be ',' or '}'");
	}
	at++;
	skip_blanks(&at, end);
	return at == end || error_set(e, STATUS_DATA, "not JSON: there should be nothing behind the row");
}

static bool take_arrays(struct row_source *s, struct token_row *row, struct error *e) {
	size_t count = s->ids.count;
	if (s->labels.count != count || s->numbers.count != count)
		return error_set(e, STATUS_DATA, "input_ids, labels and example should have one length, not %zu, %zu and %zu", count,
			s->labels.count, s->numbers.count);
	s->example = memory_grow(s->example, &s->example_room, count, sizeof *s->example);
	bool fits = true;
	for (size_t i = 0; i < count; i++) {
		int32_t number = s->numbers.values[i];
		fits &= number == (int16_t)number;
		s->example[i] = (int16_t)number;
	}
	row->count = count;
	row->input_ids = s->ids.values;
	row->labels = s->labels.values;
	row->example = s->example;
	return fits || error_set(e, STATUS_DATA, "example should hold integers of 16 bits");
}

static bool parse_line(struct row_source *s, struct text line, struct token_row *row, struct error *e) {
	unsigned seen = 0;
	if (!scan_members(s, line, row, &seen, e)) return false;
	for (enum field f = 0; f < FIELDS; f++)
		if (!(seen & 1u << f))
			return error_set(e, STATUS_DATA, "%s is missing: this is not a token row of 'spectrum tokenize'", names[f]);
	return take_arrays(s, row, e) && check_row(row, e);
}

struct row_source *row_source_make(void) {
	return memory_zeroed(1, sizeof(struct row_source));
}
bool row_source_parse(struct row_source *s, struct text line, struct token_row *row, struct error *e) {
	return parse_line(s, line, row, e);
}

static int next_line(struct row_source *s, struct token_row *row, struct error *e) {
	struct text line;
	int state = input_line(s->in, &line, e);
	if (state != 1) return state;
	if (parse_line(s, line, row, e)) return 1;
	error_within(e, "%s:%llu", s->name, (unsigned long long)input_line_number(s->in));
	return -1;
}

/* Decodes an array's column; false when it is not one of at least one element. */
static bool get_int32s(struct text bytes, struct integers *list) {
	list->values = memory_grow(list->values, &list->room, bytes.size / 4, sizeof *list->values);
	ptrdiff_t count = mds_get_int32s(bytes, list->values, list->room);
	list->count = count > 0 ? (size_t)count : 0;
	return count > 0;
}

static bool get_sample(struct row_source *s, struct token_row *row, struct error *e) {
	if (!mds_reader_get(s->mds, s->next, s->values, e)) return false;
	struct text *targets[TEXTS] = {&row->task, &row->part, &row->source, &row->split, &row->instance};
	for (enum field f = 0; f < TEXTS; f++) *targets[f] = s->columns[f] < 0 ? buffer_text(&s->split) : s->values[s->columns[f]];
	for (enum field f = 0; f < TEXTS; f++)
		if (!utf8_valid(*targets[f])) return error_set(e, STATUS_DATA, "%s is not UTF-8", names[f]);
	struct text numbers = s->values[s->columns[EXAMPLE]];
	s->example = memory_grow(s->example, &s->example_room, numbers.size / 2, sizeof *s->example);
	ptrdiff_t count = mds_get_int16s(numbers, s->example, s->example_room);
	if (!mds_get_int(s->values[s->columns[SEQUENCE]], &row->sequence) || !get_int32s(s->values[s->columns[INPUT_IDS]], &s->ids) ||
		!get_int32s(s->values[s->columns[LABELS]], &s->labels) || count < 1)
		return error_set(e, STATUS_DATA, "its arrays are not encoded as index.json says");
	if (s->labels.count != s->ids.count || (size_t)count != s->ids.count)
		return error_set(e, STATUS_DATA, "input_ids, labels and example should have one length, not %zu, %zu and %zu", s->ids.count,
			s->labels.count, (size_t)count);
	row->count = s->ids.count;
	row->input_ids = s->ids.values;
	row->labels = s->labels.values;
	row->example = s->example;
	return check_row(row, e);
}

static int next_sample(struct row_source *s, struct token_row *row, struct error *e) {
	if (s->next == mds_reader_samples(s->mds)) return 0;
	if (get_sample(s, row, e)) {
		s->next++;
		return 1;
	}
	error_within(e, "%s: sample %llu", s->name, (unsigned long long)s->next);
	return -1;
}

int row_source_next(struct row_source *s, struct token_row *row, struct error *e) {
	return s->mds ? next_sample(s, row, e) : next_line(s, row, e);
}

/* A packed data set is of one split: what meta.json says, else the folder's name. */
static void find_split(struct row_source *s) {
	struct buffer path = {0}, text = {0};
	struct error ignored;
	buffer_printf(&path, "%s/meta.json", s->name);
	cJSON *meta = input_load(buffer_string(&path), 1 << 28, &text, &ignored) ? cJSON_ParseWithLength(text.data, text.size) : NULL;
	const cJSON *split = cJSON_GetObjectItemCaseSensitive(meta, "split");
	if (cJSON_IsString(split)) {
		buffer_add_string(&s->split, split->valuestring);
	} else {
		char *real = realpath(s->name, NULL);
		buffer_add_string(&s->split, real && strrchr(real, '/') ? strrchr(real, '/') + 1 : s->name);
		free(real);
	}
	cJSON_Delete(meta);
	buffer_free(&path);
	buffer_free(&text);
}

static bool find_columns(struct row_source *s, struct error *e) {
	if (!mds_reader_samples(s->mds)) return true;
	for (enum field f = 0; f < FIELDS; f++) {
		int column = s->columns[f] = mds_reader_find(s->mds, names[f]);
		if (column < 0 && f == SPLIT) continue;
		if (column < 0)
			return error_set(e, STATUS_DATA, "%s: has no column %s: this is not a data set of token rows", s->name, names[f]);
		const char *encoding = mds_reader_column_encoding(s->mds, (size_t)column);
		if (strcmp(encoding, encodings[f]))
			return error_set(e, STATUS_DATA, "%s: column %s is encoded as %s; token rows have %s", s->name, names[f], encoding,
				encodings[f]);
	}
	if (s->columns[SPLIT] < 0) find_split(s);
	return true;
}

struct row_source *row_source_open(const char *path, struct error *e) {
	struct row_source *s = memory_zeroed(1, sizeof *s);
	bool good;
	if (path_is_folder(path)) {
		s->name = memory_copy(path, strlen(path));
		s->mds = mds_reader_open(path, e);
		if (s->mds) s->values = memory_zeroed(mds_reader_column_count(s->mds), sizeof *s->values);
		good = s->mds && find_columns(s, e);
	} else {
		s->in = input_open(path, e);
		good = s->in != NULL;
		if (good) s->name = memory_copy(input_name(s->in), strlen(input_name(s->in)));
	}
	if (good) return s;
	row_source_close(s);
	return NULL;
}

void row_source_close(struct row_source *s) {
	if (!s) return;
	input_close(s->in);
	mds_reader_close(s->mds);
	for (size_t i = 0; i < TEXTS; i++) buffer_free(&s->texts[i]);
	buffer_free(&s->split);
	free(s->values);
	free(s->ids.values);
	free(s->labels.values);
	free(s->numbers.values);
	free(s->example);
	free(s->name);
	free(s);
}
