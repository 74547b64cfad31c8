/* parquet_text: values of Parquet as cells.
 *
 *   boolean                    boolean
 *   int8 … int64, uint8 … 32   integer; uint64 above 2^63 − 1: a number (its digits)
 *   float, double, float16     real, the exact value; NaN is null; infinities become null inside JSON
 *   decimal                    a number: the exact decimal with all digits of its scale, -12.30
 *   string, enum, JSON         text; bytes that are not UTF-8 become U+FFFD and are counted
 *   binary, fixed              text when it is UTF-8, else \x and lower-case hexadecimal digits
 *   BSON, geometry, geography  \x and digits, always
 *   date                       2020-01-31
 *   time                       13:45:30.123 with 3, 6 or 9 digits, as its unit says; Z behind it when adjusted to UTC
 *   timestamp, int96           2020-01-31T13:45:30.123456, digits and Z likewise; int96: 9 digits, no Z
 *   interval                   P1M2DT0.003S: months, days, seconds
 *   uuid                       00112233-4455-6677-8899-aabbccddeeff
 *   lists                      JSON arrays
 *   structs                    JSON objects
 *   maps                       JSON objects; keys that are no texts are written as they would be as cells
 *
 * Years outside 0 to 9999 have a sign and at least six digits, as ISO 8601 has it: +290000-12-30. In JSON, dates, times and the like are strings, decimals numbers. */
#ifndef SPECTRUM_PARQUET_TEXT_H
#define SPECTRUM_PARQUET_TEXT_H

#include "read/parquet_file.h"
#include "read/reader.h"

union parquet_value {
	int64_t integer;
	double real;
	struct text bytes;
};

/* The cell of a value. Text that must be made is written into `scratch` (cleared first) and is valid as long as that; other text is a slice of the value. False
 * when it cannot be (a decimal of more than 128 bytes). */
bool parquet_cell(
	const struct parquet_node *n, const union parquet_value *v, struct buffer *scratch, uint64_t *replaced, struct cell *cell);

/* Adds a cell as the key of an object. */
void parquet_add_key(struct buffer *b, const struct cell *c);

#endif
