/* function: what the files that implement SQL functions share. Not for use outside tools/lib/sql. */
#ifndef SPECTRUM_SQL_FUNCTION_H
#define SPECTRUM_SQL_FUNCTION_H

#include "base/buffer.h"
#include "base/random.h"
#include "sql/functions.h"

/* A scalar function. `user` is what sqlite3_user_data gives it: the function_context. */
struct function {
	const char *name;
	int arguments; /* −1: any number */
	void (*call)(sqlite3_context *c, int count, sqlite3_value **values);
};

/* Lists that end with a NULL name; one a file. */
extern const struct function functions_text[], functions_regex[], functions_json[], functions_number[], functions_random[];

/* The table-valued functions (function_tables.c). */
bool functions_add_tables(sqlite3 *db, const struct function_context *context, struct error *e);

/* sum, total and avg (function_sum.c). */
bool functions_add_sums(sqlite3 *db, struct error *e);

/* The bytes of a value as text; the data is NULL only for SQL's NULL. Valid as long as the value is, and until it is converted to another type. */
struct text function_text(sqlite3_value *value);

/* Fails with "NAME: …". */
void function_fail(sqlite3_context *c, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Gives the bytes of `b` as a text; takes the memory, `b` is empty then. With `json` other JSON functions embed it instead of quoting it. */
void function_give(sqlite3_context *c, struct buffer *b, bool json);

/* A number (integers stay as they are, text only when all of it is a number). False: the call has failed with a message. */
bool function_real(sqlite3_context *c, const char *name, sqlite3_value *value, double *out);
bool function_integer(sqlite3_context *c, const char *name, sqlite3_value *value, int64_t *out);

/* Mixes seed, source, the function's name and the caller's keys; false with `*e` when a key is NULL. */
bool function_key(
	const struct function_context *context, const char *name, sqlite3_value **keys, int count, struct random_key *out, struct error *e);

#endif
