#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

char *buffer_reserve(struct buffer *b, size_t more) {
	size_t wanted = more > SIZE_MAX - b->size ? SIZE_MAX : b->size + more;
	if (wanted > b->capacity) b->data = memory_grow(b->data, &b->capacity, wanted < 64 ? 64 : wanted, 1);
	return b->data + b->size;
}

void buffer_add(struct buffer *b, const void *bytes, size_t size) {
	if (!size) return;
	memcpy(buffer_reserve(b, size), bytes, size);
	b->size += size;
}

void buffer_add_char(struct buffer *b, char c) {
	*buffer_reserve(b, 1) = c;
	b->size++;
}

void buffer_add_text(struct buffer *b, struct text t) { buffer_add(b, t.data, t.size); }
void buffer_add_string(struct buffer *b, const char *string) { buffer_add(b, string, strlen(string)); }

size_t buffer_add_repaired(struct buffer *b, struct text t) {
	size_t count = 0;
	for (const char *at = t.data, *end = t.size ? at + t.size : at; at < end;) {
		const char *from = at;
		bool bad = utf8_next(&at, end) == UTF8_BAD;
		if (bad) buffer_add_string(b, "\xEF\xBF\xBD");
		else buffer_add(b, from, (size_t)(at - from));
		count += bad;
	}
	return count;
}

void buffer_vprintf(struct buffer *b, const char *format, va_list args) {
	va_list again;
	va_copy(again, args);
	int size = vsnprintf(NULL, 0, format, args);
	if (size > 0) {
		vsnprintf(buffer_reserve(b, (size_t)size + 1), (size_t)size + 1, format, again);
		b->size += (size_t)size;
	}
	va_end(again);
}

void buffer_printf(struct buffer *b, const char *format, ...) {
	va_list args;
	va_start(args, format);
	buffer_vprintf(b, format, args);
	va_end(args);
}

const char *buffer_string(struct buffer *b) {
	*buffer_reserve(b, 1) = 0;
	return b->data;
}

void buffer_free(struct buffer *b) {
	free(b->data);
	*b = (struct buffer){0};
}
