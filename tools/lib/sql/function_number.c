/* Mathematics: in place of SQLite's own functions, which ask libm (last bits differ by machine) and which some builds lack. What has no form of
 * ours is an error. NULL, and arguments outside a function's domain, give NULL, as in SQLite. */
#include <math.h>
#include <stdio.h>

#include "base/mathematics.h"
#include "base/number.h"
#include "sql/function.h"

/* SQLite's mathematical functions give NULL for what is not a number. */
static bool number_of(sqlite3_value *value, double *x) {
	int type = sqlite3_value_numeric_type(value);
	*x = sqlite3_value_double(value);
	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

static double log_10(double x) {
	double y = math_log(x) / 2.302585092994046, whole = floor(y + 0.5), power;
	char text[16];
	if (fabs(y - whole) > 1e-9 || !isfinite(y)) return y;
	int size = snprintf(text, sizeof text, "1e%d", (int)whole); /* powers of ten are exact: floor(log10(1000)) is 3 */
	return number_parse_real(text_make(text, (size_t)size), &power) && power == x ? whole : y;
}

static double log_2(double x) {
	int exponent;
	double m = frexp(x, &exponent);
	return m == 0.5 ? exponent - 1 : math_log(x) / 0.6931471805599453;
}

/* Whole exponents by squaring: exact where the result is. */
static double power_of(double x, double y) {
	if (y == 0.5 && x >= 0) return sqrt(x);
	if (floor(y) != y || fabs(y) > 0x1p31) {
		if (x == 0) return y > 0 ? 0 : INFINITY;
		return x > 0 ? math_pow(x, y) : NAN;
	}
	double result = 1;
	for (uint64_t n = (uint64_t)fabs(y); n; n >>= 1, x *= x)
		if (n & 1) result *= x;
	return y < 0 ? 1 / result : result;
}

static double decimal(double x) { return x > 0 ? log_10(x) : NAN; }
static double natural(double x) { return x > 0 ? math_log(x) : NAN; }
static double binary(double x) { return x > 0 ? log_2(x) : NAN; }
static double root(double x) { return sqrt(x); }
static double to_degrees(double x) { return x * (180 / 3.141592653589793); }
static double to_radians(double x) { return x * (3.141592653589793 / 180); }

static void unary(sqlite3_context *c, sqlite3_value **values, double (*function)(double)) {
	double x;
	if (number_of(values[0], &x)) sqlite3_result_double(c, function(x));
}

#define UNARY(name, function)                                                                                                              \
	static void name(sqlite3_context *c, int count, sqlite3_value **values) {                                                          \
		(void)count;                                                                                                               \
		unary(c, values, function);                                                                                                \
	}
UNARY(call_exp, math_exp)
UNARY(call_ln, natural)
UNARY(call_log10, decimal)
UNARY(call_log2, binary)
UNARY(call_sqrt, root)
UNARY(call_degrees, to_degrees)
UNARY(call_radians, to_radians)

/* Integers stay integers. */
static void whole(sqlite3_context *c, sqlite3_value **values, double (*function)(double)) {
	double x;
	if (!number_of(values[0], &x)) return;
	if (sqlite3_value_numeric_type(values[0]) == SQLITE_INTEGER) sqlite3_result_int64(c, sqlite3_value_int64(values[0]));
	else sqlite3_result_double(c, function(x));
}

#define WHOLE(name, function)                                                                                                              \
	static void name(sqlite3_context *c, int count, sqlite3_value **values) {                                                          \
		(void)count;                                                                                                               \
		whole(c, values, function);                                                                                                \
	}
WHOLE(call_ceil, ceil)
WHOLE(call_floor, floor)
WHOLE(call_trunc, trunc)

static void call_log(sqlite3_context *c, int count, sqlite3_value **values) {
	double base, x;
	if (count == 1) {
		call_log10(c, count, values);
		return;
	}
	if (!number_of(values[0], &base) || !number_of(values[1], &x) || !(base > 0) || base == 1 || !(x > 0)) return;
	sqlite3_result_double(c, base == 10 ? log_10(x) : base == 2 ? log_2(x) : math_log(x) / math_log(base));
}

static void call_power(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	double x, y;
	if (number_of(values[0], &x) && number_of(values[1], &y)) sqlite3_result_double(c, power_of(x, y));
}

static void call_mod(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	double x, y;
	if (number_of(values[0], &x) && number_of(values[1], &y)) sqlite3_result_double(c, fmod(x, y)); /* exact */
}

static void call_pi(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	(void)values;
	sqlite3_result_double(c, 3.141592653589793);
}

/* x rounded to `digits` decimals, ties away from zero, from its exact value. SQLite's own goes through long double, which differs by machine. */
static double round_to(double x, int digits) {
	char text[400];
	double result;
	if (!isfinite(x) || fabs(x) >= 0x1p52) return x;
	double scaled = ldexp(x, digits + 1);
	int size = snprintf(text, sizeof text, "%.*f", digits + 1, x);
	/* at most digits + 1 decimals, the last one a 5: exactly in the middle */
	bool tie = floor(scaled) == scaled && text[size - 1] == '5';
	size = snprintf(text, sizeof text, "%.*f", digits, tie ? nextafter(x, x < 0 ? -INFINITY : INFINITY) : x);
	return number_parse_real(text_make(text, (size_t)size), &result) ? result : x;
}

static void call_round(sqlite3_context *c, int count, sqlite3_value **values) {
	double x;
	int64_t digits = 0;
	for (int i = 0; i < count; i++)
		if (sqlite3_value_type(values[i]) == SQLITE_NULL) return;
	if (count > 1 && !function_integer(c, "round", values[1], &digits)) return;
	if (!function_real(c, "round", values[0], &x)) return;
	sqlite3_result_double(c, round_to(x, digits < 0 ? 0 : digits > 30 ? 30 : (int)digits));
}

static void call_absent(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	(void)values;
	sqlite3_result_error(
		c, "trigonometric and hyperbolic functions differ in their last bits from machine to machine, so there are none here", -1);
}

static void call_random(sqlite3_context *c, int count, sqlite3_value **values) {
	(void)count;
	(void)values;
	sqlite3_result_error(
		c, "random() differs at every run; use rand(law, parameters, key…), for example rand('uniform', '{}', 'a key')", -1);
}

const struct function functions_number[] = {{"exp", 1, call_exp}, {"ln", 1, call_ln}, {"log", 1, call_log}, {"log", 2, call_log},
	{"log10", 1, call_log10}, {"log2", 1, call_log2}, {"pow", 2, call_power}, {"power", 2, call_power}, {"sqrt", 1, call_sqrt},
	{"degrees", 1, call_degrees}, {"radians", 1, call_radians}, {"ceil", 1, call_ceil}, {"ceiling", 1, call_ceil},
	{"floor", 1, call_floor}, {"trunc", 1, call_trunc}, {"mod", 2, call_mod}, {"pi", 0, call_pi}, {"round", 1, call_round},
	{"round", 2, call_round}, {"sin", 1, call_absent}, {"cos", 1, call_absent}, {"tan", 1, call_absent}, {"asin", 1, call_absent},
	{"acos", 1, call_absent}, {"atan", 1, call_absent}, {"atan2", 2, call_absent}, {"sinh", 1, call_absent}, {"cosh", 1, call_absent},
	{"tanh", 1, call_absent}, {"asinh", 1, call_absent}, {"acosh", 1, call_absent}, {"atanh", 1, call_absent},
	{"random", 0, call_random}, {"randomblob", 1, call_random}, {0}};
