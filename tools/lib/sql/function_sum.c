/* sum, total and avg: in place of SQLite's own, whose result depends on the order of rows and on SQLite's version. These add exactly, in fixed point that
 * covers all doubles, and round once at the end; so they serve as window functions too. */
#include <math.h>
#include <string.h>

#include "sql/function.h"

/* Limb k counts units of 2^(32 k − 1074), the smallest double being 2^-1074. Carries are settled at the end: a limb has room for 2^31 additions. */
enum { LIMBS = 70, LOWEST = 1074, SETTLE = 1 << 30 };

struct accumulator {
	int64_t limbs[LIMBS];
	int64_t unsettled;
	int64_t count, reals, plus_infinities, minus_infinities;
	uint64_t whole_low; /* sum of the integers alone, in 128 bits (SQLite aligns for 64) */
	int64_t whole_high;
};

/* Makes every limb but the last one 0 … 2^32 − 1. */
static void settle(int64_t *limbs) {
	int64_t carry = 0;
	for (int k = 0; k < LIMBS - 1; k++) {
		int64_t t = limbs[k] + carry, digit = t & 0xFFFFFFFF;
		limbs[k] = digit;
		carry = (t - digit) / ((int64_t)1 << 32);
	}
	limbs[LIMBS - 1] += carry;
}

/* Adds sign × magnitude × 2^(position − 1074). */
static void add_bits(struct accumulator *a, uint64_t magnitude, int position, int sign) {
	__extension__ typedef unsigned __int128 wide;
	wide bits = (wide)magnitude << position % 32;
	int64_t *limb = &a->limbs[position / 32];
	for (int k = 0; k < 3; k++, bits >>= 32) limb[k] += sign * (int64_t)(bits & 0xFFFFFFFF);
	if (++a->unsettled < SETTLE) return;
	settle(a->limbs);
	a->unsettled = 0;
}

static void add_real(struct accumulator *a, double x, int sign) {
	if (isinf(x)) {
		*(x > 0 ? &a->plus_infinities : &a->minus_infinities) += sign;
		return;
	}
	int exponent;
	uint64_t bits = (uint64_t)ldexp(frexp(fabs(x), &exponent), 53);
	int position = exponent - 53 + LOWEST;
	if (position < 0) { /* below the normal numbers the lowest bits are zeros */
		bits >>= -position;
		position = 0;
	}
	add_bits(a, bits, position, x < 0 ? -sign : sign);
}

/* The nearest double, ties to even. */
static double rounded(const struct accumulator *a) {
	int64_t limbs[LIMBS];
	double sign = 1;
	if (a->plus_infinities || a->minus_infinities)
		return a->plus_infinities && a->minus_infinities ? NAN : a->plus_infinities ? INFINITY : -INFINITY;
	memcpy(limbs, a->limbs, sizeof limbs);
	settle(limbs);
	if (limbs[LIMBS - 1] < 0) {
		sign = -1;
		for (int k = 0; k < LIMBS; k++) limbs[k] = -limbs[k];
		settle(limbs);
	}
	int top = LIMBS - 1;
	while (top > 2 && !limbs[top]) top--;
	uint64_t bits = (uint64_t)limbs[top] << 32 | (uint64_t)limbs[top - 1], next = (uint64_t)limbs[top - 2];
	int position = 32 * (top - 1) - LOWEST;
	for (; bits && !(bits >> 63); position--, next = next << 1 & 0xFFFFFFFF) bits = bits << 1 | (next >> 31 & 1);
	bool rest = next != 0;
	for (int k = top - 3; k >= 0 && !rest; k--) rest = limbs[k] != 0;
	if (!bits) return sign * ldexp((double)next, 32 * (top - 2) - LOWEST);
	return sign * ldexp((double)(bits | rest), position); /* of 64 bits the lowest decides only whether a tie is one */
}

static void add_whole(struct accumulator *a, int64_t x, int sign) {
	uint64_t before = a->whole_low;
	if (sign > 0) {
		a->whole_low += (uint64_t)x;
		a->whole_high += (a->whole_low < before) - (x < 0);
	} else {
		a->whole_low -= (uint64_t)x;
		a->whole_high += (x < 0) - (a->whole_low > before);
	}
}

static void add_value(sqlite3_context *c, sqlite3_value *value, int sign) {
	struct accumulator *a = sqlite3_aggregate_context(c, sizeof *a);
	int type = sqlite3_value_numeric_type(value);
	if (!a || type == SQLITE_NULL) return;
	a->count += sign;
	if (type == SQLITE_INTEGER) {
		int64_t x = sqlite3_value_int64(value);
		add_whole(a, x, sign);
		add_bits(a, x < 0 ? 0 - (uint64_t)x : (uint64_t)x, LOWEST, x < 0 ? -sign : sign);
	} else {
		a->reals += sign;
		add_real(a, sqlite3_value_double(value), sign);
	}
}

static void step(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	add_value(c, values[0], 1);
}

static void unstep(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	add_value(c, values[0], -1);
}

static void give_sum(sqlite3_context *c) {
	const struct accumulator *a = sqlite3_aggregate_context(c, 0);
	if (!a || !a->count) return;
	if (a->reals) sqlite3_result_double(c, rounded(a));
	else if (a->whole_high != ((int64_t)a->whole_low < 0 ? -1 : 0)) sqlite3_result_error(c, "integer overflow", -1);
	else sqlite3_result_int64(c, (int64_t)a->whole_low);
}

static void give_total(sqlite3_context *c) {
	const struct accumulator *a = sqlite3_aggregate_context(c, 0);
	sqlite3_result_double(c, a ? rounded(a) : 0);
}

static void give_average(sqlite3_context *c) {
	const struct accumulator *a = sqlite3_aggregate_context(c, 0);
	if (a && a->count) sqlite3_result_double(c, rounded(a) / (double)a->count);
}

bool functions_add_sums(sqlite3 *db, struct error *e) {
	static const struct {
		const char *name;
		void (*give)(sqlite3_context *c);
	} sums[] = {{"sum", give_sum}, {"total", give_total}, {"avg", give_average}};
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
		if (sqlite3_create_window_function(db, sums[i].name, 1, flags, NULL, step, sums[i].give, sums[i].give, unstep, NULL))
			return error_set(
				e, STATUS_OUTSIDE, "the SQL function %s cannot be registered: %s", sums[i].name, sqlite3_errmsg(db));
	return true;
}
