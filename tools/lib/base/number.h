/* number: text ↔ numbers, without locale. */
#ifndef SPECTRUM_NUMBER_H
#define SPECTRUM_NUMBER_H

#include "base/buffer.h"

/* Decimal integer with optional sign, nothing else around it; false when it is not one or does not fit. */
bool number_parse_integer(struct text t, int64_t *value);

/* Decimal floating-point number with optional sign, point and exponent, nothing else around it. Words (nan, inf) and hexadecimal forms are not
 * numbers; a value that overflows is not one either. */
bool number_parse_real(struct text t, double *value);

/* Adds the shortest decimal that reads back equal, always with `.` or an exponent: 17.0, 0.1, 1e+16, 1e-05 (exponent form
 * below 1e-4 and from 1e16 on, as Python prints). Values that are not finite are added as null. */
void number_add_real(struct buffer *b, double value);

void number_add_integer(struct buffer *b, int64_t value);

/* Adds `value` in fixed notation with `digits` (0 to 300) decimals, as C's %.*f prints it, but zero without a sign. */
void number_add_fixed(struct buffer *b, double value, int digits);

/* "2,020,863" in `out`, which is returned. */
const char *number_grouped(uint64_t value, char out[32]);

#endif
