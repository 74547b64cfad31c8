/* thrift: reads the compact protocol of Apache Thrift, in which Parquet's footer and page headers are written. Nothing is copied; every
 * length is checked against the bytes at hand. A fault sets `bad` (and `cut` when only more bytes could tell) and ends all loops. */
#ifndef SPECTRUM_THRIFT_H
#define SPECTRUM_THRIFT_H

#include "base/text.h"

enum thrift_type {
	THRIFT_STOP,
	THRIFT_TRUE,
	THRIFT_FALSE,
	THRIFT_BYTE,
	THRIFT_I16,
	THRIFT_I32,
	THRIFT_I64,
	THRIFT_DOUBLE,
	THRIFT_BINARY,
	THRIFT_LIST,
	THRIFT_SET,
	THRIFT_MAP,
	THRIFT_STRUCT
};

struct thrift {
	const uint8_t *at, *end;
	bool bad, cut;
};

struct thrift_field {
	int id;
	int type;
};

/* The next field of a struct; `f` starts as {0}. False at the struct's end or when bad. Its value must then be read or skipped. */
bool thrift_next(struct thrift *t, struct thrift_field *f);

/* The value of the field; another type on the wire is bad, and 0, false or an empty text is given. */
int64_t thrift_integer(struct thrift *t, struct thrift_field f);
bool thrift_bool(struct thrift *t, struct thrift_field f);
struct text thrift_binary(struct thrift *t, struct thrift_field f);

/* Enters a struct: its fields follow. False when the field is none. */
bool thrift_struct(struct thrift *t, struct thrift_field f);

/* Enters a list of `type`: the number of its elements, each of which takes at least one byte of what is left. */
size_t thrift_list(struct thrift *t, struct thrift_field f, enum thrift_type type);

/* Passes over the value of a field, or over a struct whose fields follow. */
void thrift_skip(struct thrift *t, struct thrift_field f);
void thrift_skip_struct(struct thrift *t);

#endif
