#include "read/parquet_text.h"

#include <endian.h>
#include <math.h>

#include "json/json.h"

enum { DECIMAL_BYTES = 128 };

/* Gregorian calendar, from days since 1970-01-01 (Howard Hinnant's civil_from_days, in eras of 400 years). */
static void add_date(struct buffer *b, int64_t days) {
	days += 719468;
	int64_t era = (days >= 0 ? days : days - 146096) / 146097, in_era = days - era * 146097;
	int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year = in_era - (365 * year + year / 4 - year / 100), shifted = (5 * in_year + 2) / 153;
	int64_t day = in_year - (153 * shifted + 2) / 5 + 1, month = shifted < 10 ? shifted + 3 : shifted - 9;
	year += era * 400 + (month <= 2);
	buffer_printf(b, year < 0 || year > 9999 ? "%+07lld-%02lld-%02lld" : "%04lld-%02lld-%02lld", (long long)year, (long long)month,
		(long long)day);
}

static const int64_t powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};

/* `part` of a day in units of 10^-digits seconds; a time may be outside of its day only in a damaged file, and is printed as it is. */
static void add_time(struct buffer *b, int64_t part, uint32_t digits, bool utc) {
	int64_t seconds = part / powers[digits], fraction = part % powers[digits];
	buffer_printf(b, "%02lld:%02lld:%02lld.%0*lld%s", (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
		(long long)(seconds % 60), (int)digits, (long long)fraction, utc ? "Z" : "");
}

static void add_timestamp(struct buffer *b, int64_t units, uint32_t digits, bool utc) {
	int64_t day = 86400 * powers[digits], days = units / day, rest = units % day;
	if (rest < 0) {
		rest += day;
		days--;
	}
	add_date(b, days);
	buffer_add_char(b, 'T');
	add_time(b, rest, digits, utc);
}

/* Nanoseconds of the day, then the Julian day number. Spark computes in microseconds of 64 bits that wrap around, and so reads back what it wrote. */
static void add_int96(struct buffer *b, struct text t) {
	uint64_t nanoseconds, day = 86400000000;
	uint32_t julian;
	memcpy(&nanoseconds, t.data, 8);
	memcpy(&julian, t.data + 8, 4);
	int64_t in_day = (int64_t)le64toh(nanoseconds), days = (int64_t)(int32_t)le32toh(julian) - 2440588;
	int64_t rest = (in_day % 1000 + 1000) % 1000, whole = in_day / 1000 - (in_day % 1000 < 0);
	int64_t units = (int64_t)((uint64_t)days * day + (uint64_t)whole);
	days = units / (int64_t)day;
	units %= (int64_t)day;
	if (units < 0) {
		units += (int64_t)day;
		days--;
	}
	add_date(b, days);
	buffer_add_char(b, 'T');
	add_time(b, units * 1000 + rest, 9, false);
}

/* Puts the point into the digits. */
static void add_scaled(struct buffer *b, bool negative, const char *digits, size_t count, uint32_t scale) {
	if (negative) buffer_add_char(b, '-');
	for (; count > scale + 1 && *digits == '0'; digits++) count--;
	if (count <= scale) buffer_add_string(b, "0");
	else buffer_add(b, digits, count - scale);
	if (!scale) return;
	buffer_add_char(b, '.');
	for (size_t i = count; i < scale; i++) buffer_add_char(b, '0');
	size_t behind = count < scale ? count : scale;
	buffer_add(b, digits + count - behind, behind);
}

/* A big-endian number in two's complement, by repeated division by 10^9. */
static bool add_decimal(struct buffer *b, struct text t, uint32_t scale) {
	if (t.size > DECIMAL_BYTES) return false;
	uint8_t bytes[DECIMAL_BYTES];
	bool negative = t.size && (uint8_t)t.data[0] & 0x80;
	unsigned carry = negative;
	for (size_t i = t.size; i-- > 0;) {
		unsigned v = negative ? (~(unsigned)(uint8_t)t.data[i] & 0xFF) + carry : (uint8_t)t.data[i];
		carry = negative ? v >> 8 : 0;
		bytes[i] = (uint8_t)v;
	}
	char digits[DECIMAL_BYTES * 3]; /* 2.41 a byte are needed, in nines */
	size_t first = sizeof digits, start = 0;
	do {
		uint64_t rest = 0;
		for (size_t i = start; i < t.size; i++) {
			rest = rest << 8 | bytes[i];
			bytes[i] = (uint8_t)(rest / 1000000000);
			rest %= 1000000000;
		}
		while (start < t.size && !bytes[start]) start++;
		for (int k = 0; k < 9; k++, rest /= 10) digits[--first] = (char)('0' + rest % 10);
	} while (start < t.size);
	add_scaled(b, negative, digits + first, sizeof digits - first, scale);
	return true;
}

static void add_small_decimal(struct buffer *b, int64_t value, uint32_t scale) {
	char digits[24];
	size_t first = sizeof digits;
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do digits[--first] = (char)('0' + size % 10);
	while (size /= 10);
	add_scaled(b, value < 0, digits + first, sizeof digits - first, scale);
}

static void add_hex(struct buffer *b, struct text t) {
	static const char digits[] = "0123456789abcdef";
	char *to = buffer_reserve(b, t.size * 2);
	for (size_t i = 0; i < t.size; i++) {
		*to++ = digits[(uint8_t)t.data[i] >> 4];
		*to++ = digits[(uint8_t)t.data[i] & 15];
	}
	b->size += t.size * 2;
}

static void add_uuid(struct buffer *b, struct text t) {
	static const uint8_t parts[] = {0, 4, 6, 8, 10, 16};
	for (size_t i = 0; i + 1 < sizeof parts; i++) {
		if (i) buffer_add_char(b, '-');
		add_hex(b, text_make(t.data + parts[i], (size_t)parts[i + 1] - parts[i]));
	}
}

static uint32_t little_endian(const char *at) {
	uint32_t v;
	memcpy(&v, at, 4);
	return le32toh(v);
}

static void add_interval(struct buffer *b, struct text t) {
	uint32_t milliseconds = little_endian(t.data + 8);
	buffer_printf(b, "P%uM%uDT%u.%03uS", little_endian(t.data), little_endian(t.data + 4), milliseconds / 1000, milliseconds % 1000);
}

static double half(struct text t) {
	unsigned bits = (unsigned)(uint8_t)t.data[0] | (unsigned)(uint8_t)t.data[1] << 8, exponent = bits >> 10 & 31,
		 fraction = bits & 1023;
	double v;
	if (exponent == 31) v = fraction ? (double)NAN : (double)INFINITY;
	else if (exponent) v = ldexp(1024 + fraction, (int)exponent - 25);
	else v = ldexp(fraction, -24);
	return bits & 0x8000 ? -v : v;
}

static struct cell bytes_cell(const struct parquet_node *n, struct text t, struct buffer *scratch, uint64_t *replaced) {
	if (!t.data) t.data = "";
	if (n->meaning != MEANING_BINARY && utf8_valid(t)) return (struct cell){.type = CELL_TEXT, .text = t};
	if (n->meaning == MEANING_TEXT) {
		*replaced += buffer_add_repaired(scratch, t);
	} else {
		buffer_add_string(scratch, "\\x");
		add_hex(scratch, t);
	}
	return (struct cell){.type = CELL_TEXT, .text = buffer_text(scratch)};
}

static struct cell unsigned_cell(const struct parquet_node *n, int64_t value, struct buffer *scratch) {
	if (n->physical == PHYSICAL_INT32) value = (int64_t)(uint32_t)value;
	if (value >= 0) return (struct cell){.type = CELL_INTEGER, .integer = value};
	buffer_printf(scratch, "%llu", (unsigned long long)value);
	return (struct cell){.type = CELL_NUMBER, .text = buffer_text(scratch)};
}

/* Pandas writes missing numbers as NaN, and SQL knows only NULL. */
static struct cell real_cell(double value) {
	struct cell cell = {.type = CELL_REAL, .real = value};
	if (isnan(value)) cell.type = CELL_NULL;
	return cell;
}

static struct cell plain_cell(const struct parquet_node *n, const union parquet_value *v, struct buffer *scratch, uint64_t *replaced) {
	switch (n->physical) {
	case PHYSICAL_BOOLEAN: return (struct cell){.type = CELL_BOOLEAN, .integer = v->integer};
	case PHYSICAL_INT32:
	case PHYSICAL_INT64: return (struct cell){.type = CELL_INTEGER, .integer = v->integer};
	case PHYSICAL_FLOAT:
	case PHYSICAL_DOUBLE: return real_cell(v->real);
	case PHYSICAL_INT96: add_int96(scratch, v->bytes); return (struct cell){.type = CELL_TEXT, .text = buffer_text(scratch)};
	default: return bytes_cell(n, v->bytes, scratch, replaced);
	}
}

bool parquet_cell(
	const struct parquet_node *n, const union parquet_value *v, struct buffer *scratch, uint64_t *replaced, struct cell *cell) {
	bool whole = n->physical == PHYSICAL_INT32 || n->physical == PHYSICAL_INT64;
	buffer_clear(scratch);
	*cell = (struct cell){.type = CELL_TEXT};
	switch (n->meaning) {
	case MEANING_NONE:
	case MEANING_TEXT:
	case MEANING_BINARY: *cell = plain_cell(n, v, scratch, replaced); return true;
	case MEANING_UNSIGNED: *cell = unsigned_cell(n, v->integer, scratch); return true;
	case MEANING_NULL: cell->type = CELL_NULL; return true;
	case MEANING_HALF: *cell = real_cell(half(v->bytes)); return true;
	case MEANING_DECIMAL:
		cell->type = CELL_NUMBER;
		if (whole) add_small_decimal(scratch, v->integer, n->scale);
		else if (!add_decimal(scratch, v->bytes, n->scale)) return false;
		break;
	case MEANING_DATE: add_date(scratch, v->integer); break;
	case MEANING_TIME: add_time(scratch, v->integer, n->scale, n->utc); break;
	case MEANING_TIMESTAMP: add_timestamp(scratch, v->integer, n->scale, n->utc); break;
	case MEANING_INTERVAL: add_interval(scratch, v->bytes); break;
	case MEANING_UUID: add_uuid(scratch, v->bytes); break;
	}
	cell->text = buffer_text(scratch);
	return true;
}

void parquet_add_key(struct buffer *b, const struct cell *c) {
	if (c->type == CELL_TEXT || c->type == CELL_JSON) {
		json_add_string(b, c->text, false);
	} else {
		buffer_add_char(b, '"');
		reader_add_json(b, c, false);
		buffer_add_char(b, '"');
	}
}
