/* law: a law of chance with its parameters, read from JSON and checked, ready to be drawn from. README.md lists laws and parameters. */
#ifndef SPECTRUM_SQL_LAW_H
#define SPECTRUM_SQL_LAW_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/random.h"

struct law;

/* The law `name` with parameters from the JSON object `parameters`. NULL: unknown law, missing, unknown or ill-ranged parameter; the message names both. */
struct law *law_open(struct text name, struct text parameters, struct error *e);
void law_free(struct law *law);

const char *law_name(const struct law *law);

/* One draw: an integer, a real (always finite), or a JSON array in `array` (cleared first). */
enum variate_type { VARIATE_INTEGER, VARIATE_REAL, VARIATE_ARRAY };
struct variate {
	enum variate_type type;
	int64_t integer;
	double real;
};
bool law_draw(const struct law *law, struct random *r, struct variate *out, struct buffer *array, struct error *e);

#endif
