#include "sql/law.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/number.h"
#include "json/json.h"

enum law_kind {
	UNIFORM,
	INTEGER,
	NORMAL,
	GAMMA,
	BETA,
	DIRICHLET,
	BERNOULLI,
	BINOMIAL,
	GEOMETRIC,
	NEGATIVE_BINOMIAL,
	POISSON,
	HYPERGEOMETRIC,
	MULTINOMIAL,
	CATEGORICAL,
	ZIPF,
	GP
};

enum { PARAMETER_LIMIT = 3, WEIGHT_LIMIT = 1000000 };

/* What a parameter may be. A whole number is also kept as int64_t. */
struct range {
	const char *words;
	double low, high;
	bool is_whole, is_vector;
};

/* The limits keep every draw finite and every loop short. */
static const struct range any = {"a number from -1e300 to 1e300", -1e300, 1e300, false, false};
static const struct range any_whole = {"a whole number", -0x1p63, 0x1p63, true, false};
static const struct range positive = {"a number above 0 (from 1e-300 to 1e300)", 1e-300, 1e300, false, false};
static const struct range not_negative = {"a number of at least 0, at most 1e300", 0, 1e300, false, false};
static const struct range chance = {"a number from 0 to 1", 0, 1, false, false};
static const struct range positive_chance = {"a number above 0 (from 1e-280), at most 1", 1e-280, 1, false, false};
static const struct range successes = {"a number above 0 (from 1e-300 to 1e15)", 1e-300, 1e15, false, false};
static const struct range mean = {"a number from 0 to 1e18", 0, 1e18, false, false};
static const struct range gp_mean = {"a number from 2 to 1e12", 2, 1e12, false, false};
static const struct range count = {"a whole number from 0 to 2^53", 0, 0x1p53, true, false};
static const struct range size = {"a whole number from 1 to 1000000", 1, WEIGHT_LIMIT, true, false};
static const struct range exponent = {"a number from 1.000001 to 100", 1.000001, 100, false, false};
static const struct range weights = {"an array of 1 to 1000000 numbers of at least 0 (at most 1e290), not all 0", 0, 1e290, false, true};
static const struct range alphas = {
	"a number above 0 (from 1e-300 to 1e300) or an array of 1 to 1000000 of them", 1e-300, 1e300, false, true};

struct parameter {
	const char *name;
	const struct range *range;
	bool optional; /* then 0, 1 for the first and the second parameter */
};

static const struct rule {
	const char *name;
	struct parameter parameters[PARAMETER_LIMIT];
} rules[] = {
	[UNIFORM] = {"uniform", {{"low", &any, true}, {"high", &any, true}}},
	[INTEGER] = {"integer", {{"low", &any_whole, false}, {"high", &any_whole, false}}},
	[NORMAL] = {"normal", {{"mean", &any, false}, {"sd", &not_negative, false}}},
	[GAMMA] = {"gamma", {{"shape", &positive, false}, {"scale", &positive, false}}},
	[BETA] = {"beta", {{"a", &positive, false}, {"b", &positive, false}}},
	[DIRICHLET] = {"dirichlet", {{"alpha", &alphas, false}, {"k", &size, true}}},
	[BERNOULLI] = {"bernoulli", {{"p", &chance, false}}},
	[BINOMIAL] = {"binomial", {{"n", &count, false}, {"p", &chance, false}}},
	[GEOMETRIC] = {"geometric", {{"p", &positive_chance, false}}},
	[NEGATIVE_BINOMIAL] = {"negative_binomial", {{"r", &successes, false}, {"p", &positive_chance, false}}},
	[POISSON] = {"poisson", {{"mean", &mean, false}}},
	[HYPERGEOMETRIC] = {"hypergeometric", {{"population", &count, false}, {"positives", &count, false}, {"n", &count, false}}},
	[MULTINOMIAL] = {"multinomial", {{"n", &count, false}, {"p", &weights, false}}},
	[CATEGORICAL] = {"categorical", {{"p", &weights, false}}},
	[ZIPF] = {"zipf", {{"exponent", &exponent, false}}},
	[GP] = {"gp", {{"mean", &gp_mean, false}}},
};
enum { RULES = sizeof rules / sizeof *rules };

struct law {
	enum law_kind kind;
	bool given[PARAMETER_LIMIT];
	double x[PARAMETER_LIMIT];
	int64_t n[PARAMETER_LIMIT];
	double *vector; /* alpha or p */
	size_t vector_size;
};

void law_free(struct law *law) {
	if (!law) return;
	free(law->vector);
	free(law);
}

const char *law_name(const struct law *law) { return rules[law->kind].name; }

static bool wrong(const struct law *law, size_t i, struct text got, struct error *e) {
	const struct parameter *p = &rules[law->kind].parameters[i];
	return error_set(e, STATUS_DATA, "%s: %s should be %s, not %.*s", law_name(law), p->name, p->range->words, TEXT_ARGS(got));
}

static bool in_range(const struct range *range, struct json_value v, double *x) {
	return v.type == JSON_NUMBER && number_parse_real(v.raw, x) && *x >= range->low && *x <= range->high;
}

static bool read_whole(struct law *law, size_t i, struct json_value v, struct error *e) {
	double *x = &law->x[i];
	const struct range *range = rules[law->kind].parameters[i].range;
	if (!in_range(range, v, x)) return wrong(law, i, v.raw, e);
	if (number_parse_integer(v.raw, &law->n[i])) return true;
	if (floor(*x) != *x || fabs(*x) > 0x1p53) return wrong(law, i, v.raw, e);
	law->n[i] = (int64_t)*x;
	return true;
}

static bool read_vector(struct law *law, size_t i, struct json_value v, struct error *e) {
	const struct range *range = rules[law->kind].parameters[i].range;
	if (v.type != JSON_ARRAY) return wrong(law, i, v.raw, e);
	size_t elements = json_count(v);
	if (!elements || elements > WEIGHT_LIMIT) return wrong(law, i, v.raw, e);
	free(law->vector); /* a name that recurs: the last one counts */
	law->vector = memory_zeroed(elements, sizeof *law->vector);
	law->vector_size = elements;
	struct json_walk walk = json_walk_start(v);
	struct json_value element;
	double sum = 0;
	for (size_t k = 0; json_walk_next(&walk, NULL, &element); k++) {
		if (!in_range(range, element, &law->vector[k])) return wrong(law, i, v.raw, e);
		sum += law->vector[k];
	}
	return sum > 0 || wrong(law, i, v.raw, e);
}

static bool read_parameter(struct law *law, size_t i, struct json_value v, struct error *e) {
	const struct range *range = rules[law->kind].parameters[i].range;
	law->given[i] = true;
	if (range->is_whole) return read_whole(law, i, v, e);
	bool scalar = !range->is_vector || (range == &alphas && v.type == JSON_NUMBER);
	if (!scalar) return read_vector(law, i, v, e);
	free(law->vector);
	law->vector = NULL;
	return in_range(range, v, &law->x[i]) || wrong(law, i, v.raw, e);
}

/* "low, high" */
static void list_parameters(const struct rule *rule, struct buffer *b) {
	for (size_t i = 0; i < PARAMETER_LIMIT && rule->parameters[i].name; i++) {
		if (i) buffer_add_string(b, ", ");
		buffer_add_string(b, rule->parameters[i].name);
	}
}

static bool unknown_parameter(const struct law *law, struct text name, struct error *e) {
	struct buffer known = {0};
	list_parameters(&rules[law->kind], &known);
	error_set(e, STATUS_DATA, "%s: there is no parameter '%.*s'; it has: %s", law_name(law), TEXT_ARGS(name), buffer_string(&known));
	buffer_free(&known);
	return false;
}

/* Relations between parameters. */
static bool check_together(struct law *law, struct error *e) {
	if (law->kind == UNIFORM && !(law->x[0] < law->x[1]))
		return error_set(e, STATUS_DATA, "uniform: low should be below high, not %.17g and %.17g", law->x[0], law->x[1]);
	if (law->kind == INTEGER && law->n[0] > law->n[1])
		return error_set(e, STATUS_DATA, "integer: low should be at most high, not %lld and %lld", (long long)law->n[0],
			(long long)law->n[1]);
	if (law->kind == DIRICHLET && law->given[1] && law->vector)
		return error_set(e, STATUS_DATA, "dirichlet: k should be left out when alpha is an array");
	if (law->kind == DIRICHLET && !law->given[1] && !law->vector)
		return error_set(e, STATUS_DATA, "dirichlet: k is missing: how many parts there are when alpha is one number");
	if (law->kind != HYPERGEOMETRIC) return true;
	for (size_t i = 1; i < 3; i++)
		if (law->n[i] > law->n[0])
			return error_set(e, STATUS_DATA, "hypergeometric: %s should be at most population, not %lld of %lld",
				rules[HYPERGEOMETRIC].parameters[i].name, (long long)law->n[i], (long long)law->n[0]);
	return true;
}

static bool read_parameters(struct law *law, struct json_value object, struct error *e) {
	const struct parameter *known = rules[law->kind].parameters;
	struct json_value key, value;
	struct buffer scratch = {0};
	struct json_walk walk = json_walk_start(object);
	bool good = true;
	while (good && json_walk_next(&walk, &key, &value)) {
		buffer_clear(&scratch);
		struct text name = json_string(key, &scratch, NULL);
		size_t i = 0;
		while (i < PARAMETER_LIMIT && known[i].name && !text_is(name, known[i].name)) i++;
		if (i == PARAMETER_LIMIT || !known[i].name) good = unknown_parameter(law, name, e);
		else good = read_parameter(law, i, value, e);
	}
	buffer_free(&scratch);
	for (size_t i = 0; good && i < PARAMETER_LIMIT && known[i].name; i++)
		if (!law->given[i] && !known[i].optional)
			good = error_set(e, STATUS_DATA, "%s: %s is missing: %s", law_name(law), known[i].name, known[i].range->words);
	return good;
}

static bool unknown_law(struct text name, struct error *e) {
	struct buffer known = {0};
	for (size_t i = 0; i < RULES; i++) buffer_printf(&known, " %s", rules[i].name);
	error_set(e, STATUS_DATA, "there is no law '%.*s'; the laws are:%s", TEXT_ARGS(name), buffer_string(&known));
	buffer_free(&known);
	return false;
}

struct law *law_open(struct text name, struct text parameters, struct error *e) {
	size_t kind = 0;
	struct json_value object;
	while (kind < RULES && !text_is(name, rules[kind].name)) kind++;
	if (kind == RULES) return unknown_law(name, e), NULL;
	if (!json_check(parameters, &object, e) || object.type != JSON_OBJECT) {
		error_set(e, STATUS_DATA, "%s: the parameters should be a JSON object, as json_object('%s', …) makes, not %.*s",
			rules[kind].name, rules[kind].parameters[0].name, TEXT_ARGS(parameters));
		return NULL;
	}
	struct law *law = memory_zeroed(1, sizeof *law);
	law->kind = (enum law_kind)kind;
	law->x[1] = kind == UNIFORM ? 1 : 0;
	if (read_parameters(law, object, e) && check_together(law, e)) {
		if (kind == DIRICHLET && !law->vector) {
			law->vector_size = (size_t)law->n[1];
			law->vector = memory_zeroed(law->vector_size, sizeof *law->vector);
			for (size_t i = 0; i < law->vector_size; i++) law->vector[i] = law->x[0];
		}
		return law;
	}
	law_free(law);
	return NULL;
}

static double draw_uniform(struct random *r, double low, double high) {
	double x = low + random_uniform(r) * (high - low);
	return x < high ? x : nextafter(high, low); /* rounding may reach the open end */
}

static int64_t draw_integer(struct random *r, int64_t low, int64_t high) {
	uint64_t span = (uint64_t)high - (uint64_t)low, step = span == UINT64_MAX ? random_bits(r) : random_below(r, span + 1);
	return (int64_t)((uint64_t)low + step);
}

static void draw_dirichlet(const struct law *law, struct random *r, struct buffer *out) {
	double *parts = memory_zeroed(law->vector_size, sizeof *parts);
	random_dirichlet(r, law->vector, law->vector_size, parts);
	for (size_t i = 0; i < law->vector_size; i++) {
		buffer_add_char(out, i ? ',' : '[');
		number_add_real(out, parts[i]);
	}
	buffer_add_char(out, ']');
	free(parts);
}

static void draw_multinomial(const struct law *law, struct random *r, struct buffer *out) {
	int64_t *parts = memory_zeroed(law->vector_size, sizeof *parts);
	random_multinomial(r, law->n[0], law->vector, law->vector_size, parts);
	for (size_t i = 0; i < law->vector_size; i++) {
		buffer_add_char(out, i ? ',' : '[');
		number_add_integer(out, parts[i]);
	}
	buffer_add_char(out, ']');
	free(parts);
}

bool law_draw(const struct law *law, struct random *r, struct variate *out, struct buffer *array, struct error *e) {
	const double *x = law->x;
	const int64_t *n = law->n;
	out->type = VARIATE_INTEGER;
	buffer_clear(array);
	switch (law->kind) {
	case UNIFORM: out->type = VARIATE_REAL, out->real = draw_uniform(r, x[0], x[1]); break;
	case NORMAL: out->type = VARIATE_REAL, out->real = x[0] + x[1] * random_normal(r); break;
	case GAMMA: out->type = VARIATE_REAL, out->real = x[1] * random_gamma(r, x[0]); break;
	case BETA: out->type = VARIATE_REAL, out->real = random_beta(r, x[0], x[1]); break;
	case INTEGER: out->integer = draw_integer(r, n[0], n[1]); break;
	case BERNOULLI: out->integer = random_uniform(r) < x[0]; break;
	case BINOMIAL: out->integer = random_binomial(r, n[0], x[1]); break;
	case GEOMETRIC: out->integer = random_geometric(r, x[0]); break;
	case NEGATIVE_BINOMIAL: out->integer = random_negative_binomial(r, x[0], x[1]); break;
	case POISSON: out->integer = random_poisson(r, x[0]); break;
	case HYPERGEOMETRIC: out->integer = random_hypergeometric(r, n[0], n[1], n[2]); break;
	case CATEGORICAL: out->integer = (int64_t)random_categorical(r, law->vector, law->vector_size); break;
	case ZIPF: out->integer = random_zipf(r, x[0]); break;
	case GP: out->integer = random_gp(r, x[0]); break;
	case DIRICHLET: out->type = VARIATE_ARRAY, draw_dirichlet(law, r, array); break;
	case MULTINOMIAL: out->type = VARIATE_ARRAY, draw_multinomial(law, r, array); break;
	}
	if (out->type != VARIATE_REAL || isfinite(out->real)) return true;
	return error_set(e, STATUS_DATA, "%s: a draw is beyond the range of numbers", law_name(law));
}
