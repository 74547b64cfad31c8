#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

bool number_parse_integer(struct text t, int64_t *value) {
	size_t at = 0;
	bool negative = false;
	if (t.size && (t.data[0] == '-' || t.data[0] == '+')) negative = t.data[at++] == '-';
	if (at == t.size) return false;
	uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX, sum = 0;
	for (; at < t.size; at++) {
		unsigned digit = (unsigned)(unsigned char)t.data[at] - '0';
		if (digit > 9 || sum > (limit - digit) / 10) return false;
		sum = sum * 10 + digit;
	}
	*value = negative ? (int64_t)(0 - sum) : (int64_t)sum;
	return true;
}

bool number_parse_real(struct text t, double *value) {
	size_t at = 0, digits = 0;
	if (at < t.size && (t.data[at] == '-' || t.data[at] == '+')) at++;
	for (; at < t.size && t.data[at] >= '0' && t.data[at] <= '9'; at++) digits++;
	if (at < t.size && t.data[at] == '.')
		for (at++; at < t.size && t.data[at] >= '0' && t.data[at] <= '9'; at++) digits++;
	if (!digits) return false;
	if (at < t.size && (t.data[at] == 'e' || t.data[at] == 'E')) {
		at++;
		if (at < t.size && (t.data[at] == '-' || t.data[at] == '+')) at++;
		size_t start = at;
		while (at < t.size && t.data[at] >= '0' && t.data[at] <= '9') at++;
		if (at == start) return false;
	}
	if (at != t.size) return false;
	char small[64], *copy = t.size < sizeof small ? small : memory_allocate(t.size + 1);
	memcpy(copy, t.data, t.size);
	copy[t.size] = 0;
	*value = strtod(copy, NULL);
	if (copy != small) free(copy);
	return isfinite(*value);
}

void number_add_integer(struct buffer *b, int64_t value) {
	char digits[24], *at = digits + sizeof digits;
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do *--at = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0) *--at = '-';
	buffer_add(b, at, (size_t)(digits + sizeof digits - at));
}

/* The shortest of 1 to 17 significant digits that reads back equal, in %e form. Normal numbers with up to 15 digits always
 * read back, so the search starts there; %e's trailing zeros are dropped by the caller. */
static void shortest_digits(double value, char out[40]) {
	int first = fabs(value) < 2.2250738585072014e-308 ? 0 : 14;
	for (int precision = first; precision < 17; precision++) {
		snprintf(out, 40, "%.*e", precision, value);
		if (strtod(out, NULL) == value) return;
	}
}

void number_add_real(struct buffer *b, double value) {
	if (!isfinite(value)) {
		buffer_add_string(b, "null");
		return;
	}
	if (value == 0) {
		buffer_add_string(b, signbit(value) ? "-0.0" : "0.0");
		return;
	}
	if (fabs(value) < 1e15 && trunc(value) == value) { /* most reals of real files; printf would take ten times as long */
		number_add_integer(b, (int64_t)value);
		buffer_add_string(b, ".0");
		return;
	}
	char form[40], digits[24] = {0};
	shortest_digits(value, form);
	size_t count = 0;
	const char *at = form;
	if (*at == '-') buffer_add_char(b, *at++);
	for (; *at != 'e'; at++)
		if (*at != '.') digits[count++] = *at;
	int exponent = atoi(at + 1);
	while (count > 1 && digits[count - 1] == '0') count--;
	if (exponent < -4 || exponent >= 16) {
		buffer_add_char(b, digits[0]);
		if (count > 1) buffer_add_char(b, '.');
		buffer_add(b, digits + 1, count - 1);
		buffer_printf(b, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
		return;
	}
	if (exponent < 0) {
		buffer_add_string(b, "0.");
		for (int i = -1; i > exponent; i--) buffer_add_char(b, '0');
		buffer_add(b, digits, count);
		return;
	}
	size_t whole = (size_t)exponent + 1;
	for (size_t i = 0; i < whole; i++) buffer_add_char(b, i < count ? digits[i] : '0');
	buffer_add_char(b, '.');
	if (count > whole) buffer_add(b, digits + whole, count - whole);
	else buffer_add_char(b, '0');
}

void number_add_fixed(struct buffer *b, double value, int digits) {
	if (!isfinite(value)) {
		buffer_add_string(b, "null");
		return;
	}
	size_t start = b->size;
	buffer_printf(b, "%.*f", digits, value);
	if (b->data[start] != '-') return;
	for (size_t i = start + 1; i < b->size; i++)
		if (b->data[i] != '0' && b->data[i] != '.') return;
	memmove(b->data + start, b->data + start + 1, b->size - start - 1);
	b->size--;
}

const char *number_grouped(uint64_t value, char out[32]) {
	char digits[24];
	int size = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), at = 0;
	for (int i = 0; i < size; i++) {
		if (i && (size - i) % 3 == 0) out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = 0;
	return out;
}
