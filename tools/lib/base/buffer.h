/* buffer: the one growing byte string. Zero-initialise it, add to it, free it once; clearing keeps the memory. */
#ifndef SPECTRUM_BUFFER_H
#define SPECTRUM_BUFFER_H

#include <stdarg.h>

#include "base/text.h"

struct buffer {
	char *data;
	size_t size, capacity;
};

/* Room for `more` bytes behind the present end; returns where they go (the size is not changed). */
char *buffer_reserve(struct buffer *b, size_t more);

void buffer_add(struct buffer *b, const void *bytes, size_t size);
void buffer_add_char(struct buffer *b, char c);
void buffer_add_text(struct buffer *b, struct text t);
void buffer_add_string(struct buffer *b, const char *string);

/* Adds `t` with U+FFFD in place of what is not UTF-8; how many there were. */
size_t buffer_add_repaired(struct buffer *b, struct text t);

void buffer_printf(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buffer_vprintf(struct buffer *b, const char *format, va_list args);

/* The contents as a slice, valid until the buffer changes. */
static inline struct text buffer_text(const struct buffer *b) { return (struct text){b->data, b->size}; }

/* The contents with a NUL behind them, valid until the buffer changes. */
const char *buffer_string(struct buffer *b);

static inline void buffer_clear(struct buffer *b) { b->size = 0; }
void buffer_free(struct buffer *b);

#endif
