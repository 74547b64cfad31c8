/* random and mathematics: against libm, against the laws' own probabilities (chi-square, moments, Kolmogorov–Smirnov). Seeds are
 * fixed; thresholds are at about one in a million. */
#include "base/random.h"

#include <math.h>
#include <stdlib.h>

#include "base/mathematics.h"
#include "check.h"

static double ulps(double got, double wanted) {
	if (got == wanted) return 0;
	return fabs(got - wanted) / fabs(nextafter(wanted, INFINITY) - wanted);
}

static void test_mathematics(void) {
	struct random r = random_start(random_key_start(1));
	double worst_log = 0, worst_exp = 0, worst_gamma = 0, worst_log1p = 0;
	for (int i = 0; i < 300000; i++) {
		double u = random_uniform(&r), x = ldexp(u + 0.5, (int)random_below(&r, 400) - 200), y = (u - 0.5) * 1400,
		       z = u * 300 + 1e-9;
		worst_log = fmax(worst_log, ulps(math_log(x), log(x)));
		worst_log1p = fmax(worst_log1p, ulps(math_log1p(u - 0.5), log1p(u - 0.5)));
		worst_exp = fmax(worst_exp, ulps(math_exp(y), exp(y)));
		worst_gamma = fmax(worst_gamma, fabs(math_log_gamma(z) - lgamma(z)) / fmax(1, fabs(lgamma(z))));
	}
	printf("# ulps: log %.2f log1p %.2f exp %.2f; error: log_gamma %.2g\n", worst_log, worst_log1p, worst_exp, worst_gamma);
	CHECK("log within 2 ulps of libm", worst_log <= 2);
	CHECK("log1p within 5 ulps of libm", worst_log1p <= 5);
	CHECK("exp within 3 ulps of libm", worst_exp <= 3);
	CHECK("log_gamma within 1e-14 relative", worst_gamma < 1e-14);
	CHECK("edges", math_log(0) == -INFINITY && isnan(math_log(-1)) && math_exp(1000) == INFINITY && math_exp(-1000) == 0 &&
			       math_exp(0) == 1 && math_log(1) == 0);
}

#define GOLDEN_FIRST 0xf0cd88dba530ee01u
#define GOLDEN_NORMAL 0x1.5a7440ff0d945p-3
#define GOLDEN_GAMMA 0x1.8c41f15ff5bf8p-3

static void test_keys(void) {
	struct random_key k = random_key_start(42);
	struct random_key ab_c = random_key_text(random_key_text(k, text_of("ab")), text_of("c"));
	struct random_key a_bc = random_key_text(random_key_text(k, text_of("a")), text_of("bc"));
	CHECK("lengths are mixed in", ab_c.low != a_bc.low && ab_c.high != a_bc.high);
	CHECK("a text is not an integer", random_key_text(k, text_make("\1\0\0\0\0\0\0\0", 8)).low != random_key_integer(k, 1).low);
	CHECK("golden key, the same on every machine", random_key_hash(random_key_integer(ab_c, -7)) == 0x9cff6e3bb656cdffu);
	struct random r = random_start(ab_c);
	uint64_t first = random_bits(&r);
	double normal = random_normal(&r), gamma = random_gamma(&r, 0.3);
	printf("# golden: %llx %a %a\n", (unsigned long long)first, normal, gamma);
	CHECK("golden bits of the generator, of normal and gamma",
		first == GOLDEN_FIRST && normal == GOLDEN_NORMAL && gamma == GOLDEN_GAMMA);
}

enum { DRAWS = 100000, CELLS = 4096 };

/* Chi-square of counts against probabilities; cells are pooled from the left until 10 are expected. Returns a standard normal score (Wilson–Hilferty). */
static double chi_score(const double *counts, const double *expected, size_t n) {
	double chi = 0, got = 0, want = 0, left_want = 0;
	for (size_t i = 0; i < n; i++) left_want += expected[i];
	int cells = 0;
	for (size_t i = 0; i < n; i++) {
		got += counts[i];
		want += expected[i];
		left_want -= expected[i];
		if (want < 10 || left_want < 10) continue;
		chi += (got - want) * (got - want) / want;
		got = want = 0;
		cells++;
	}
	if (want > 0) chi += (got - want) * (got - want) / want, cells++;
	double freedom = cells - 1;
	if (freedom < 1) return 0;
	return (cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / sqrt(2 / (9 * freedom));
}

typedef int64_t draw_law(struct random *r, const double *p);
typedef double mass_law(double k, const double *p);

static void check_law(const char *what, draw_law *draw, mass_law *mass, double a, double b, double c, int64_t first) {
	double p[3] = {a, b, c}, *counts = calloc(CELLS + 1, sizeof *counts), *expected = calloc(CELLS + 1, sizeof *expected), sum = 0;
	struct random r = random_start(random_key_text(random_key_start(7), text_of(what)));
	for (int i = 0; i < DRAWS; i++) {
		int64_t k = draw(&r, p) - first;
		counts[k < 0 || k > CELLS ? CELLS : k]++;
	}
	for (int i = 0; i < CELLS; i++) sum += expected[i] = DRAWS * mass((double)(i + first), p);
	expected[CELLS] = fmax(0, DRAWS - sum);
	double score = chi_score(counts, expected, CELLS + 1);
	char name[120];
	snprintf(name, sizeof name, "%s(%g, %g, %g) follows its law (score %.1f)", what, a, b, c, score);
	CHECK(name, score < 4.9);
	free(counts);
	free(expected);
}

static double choose(double n, double k) { return k < 0 || k > n ? -INFINITY : lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1); }
static int64_t draw_geometric(struct random *r, const double *p) { return random_geometric(r, p[0]); }
static double mass_geometric(double k, const double *p) { return exp((k - 1) * log1p(-p[0])) * p[0]; }
static int64_t draw_poisson(struct random *r, const double *p) { return random_poisson(r, p[0]); }
static double mass_poisson(double k, const double *p) { return exp(k * log(p[0]) - p[0] - lgamma(k + 1)); }
static int64_t draw_binomial(struct random *r, const double *p) { return random_binomial(r, (int64_t)p[0], p[1]); }
static double mass_binomial(double k, const double *p) { return exp(choose(p[0], k) + k * log(p[1]) + (p[0] - k) * log1p(-p[1])); }
static int64_t draw_negative(struct random *r, const double *p) { return random_negative_binomial(r, p[0], p[1]); }
static double mass_negative(double k, const double *p) {
	return exp(lgamma(k + p[0]) - lgamma(p[0]) - lgamma(k + 1) + p[0] * log(p[1]) + k * log1p(-p[1]));
}
static int64_t draw_hyper(struct random *r, const double *p) {
	return random_hypergeometric(r, (int64_t)p[0], (int64_t)p[1], (int64_t)p[2]);
}
static double mass_hyper(double k, const double *p) { return exp(choose(p[1], k) + choose(p[0] - p[1], p[2] - k) - choose(p[0], p[2])); }
static int64_t draw_zipf(struct random *r, const double *p) { return random_zipf(r, p[0]); }
static double mass_zipf(double k, const double *p) {
	double zeta = 0; /* Euler–Maclaurin */
	for (int i = 1; i < 1000; i++) zeta += pow(i, -p[0]);
	zeta += pow(1000, 1 - p[0]) / (p[0] - 1) + 0.5 * pow(1000, -p[0]) + p[0] * pow(1000, -p[0] - 1) / 12;
	return pow(k, -p[0]) / zeta;
}
static int64_t draw_below(struct random *r, const double *p) { return (int64_t)random_below(r, (uint64_t)p[0]); }
static double mass_below(double k, const double *p) { return k < p[0] ? 1 / p[0] : 0; }
static int64_t draw_gp(struct random *r, const double *p) { return random_gp(r, p[0]); }
static double mass_gp(double k, const double *p) {
	double sum = 0, half = p[0] / 2, g[1] = {2 / p[0]};
	for (double j = 1; j <= k; j++) sum += mass_geometric(j, g) * mass_poisson(k - j, &half);
	return sum;
}
static int64_t draw_category(struct random *r, const double *p) { return (int64_t)random_categorical(r, p, 3); }
static double mass_category(double k, const double *p) { return k < 3 ? p[(int)k] / (p[0] + p[1] + p[2]) : 0; }

static void test_discrete(void) {
	double ps[] = {0.9, 0.5, 0.1, 0.004};
	for (int i = 0; i < 4; i++) check_law("geometric", draw_geometric, mass_geometric, ps[i], 0, 0, 1);
	double means[] = {0.01, 1, 9.9, 10, 50, 1500};
	for (int i = 0; i < 6; i++) check_law("poisson", draw_poisson, mass_poisson, means[i], 0, 0, 0);
	double trials[][2] = {{1, 0.3}, {20, 0.05}, {20, 0.95}, {40, 0.5}, {1000, 0.001}, {1000, 0.3}, {3000, 0.9}, {1, 0.999}};
	for (int i = 0; i < 8; i++) check_law("binomial", draw_binomial, mass_binomial, trials[i][0], trials[i][1], 0, 0);
	double negatives[][2] = {{0.02, 0.5}, {0.5, 0.3}, {1, 0.01}, {7.5, 0.1}};
	for (int i = 0; i < 4; i++) check_law("negative_binomial", draw_negative, mass_negative, negatives[i][0], negatives[i][1], 0, 0);
	double urns[][3] = {{10, 3, 4}, {90, 30, 12}, {90, 60, 80}, {1000, 500, 500}, {5000, 40, 2500}, {494, 490, 20}, {1, 1, 1},
		{50, 25, 10}, {60, 5, 11}};
	for (int i = 0; i < 9; i++) check_law("hypergeometric", draw_hyper, mass_hyper, urns[i][0], urns[i][1], urns[i][2], 0);
	double exponents[] = {1.2, 1.5, 2.5};
	for (int i = 0; i < 3; i++) check_law("zipf", draw_zipf, mass_zipf, exponents[i], 0, 0, 1);
	check_law("below", draw_below, mass_below, 7, 0, 0, 0);
	check_law("gp", draw_gp, mass_gp, 12, 0, 0, 1);
	check_law("gp", draw_gp, mass_gp, 128, 0, 0, 1);
	check_law("categorical", draw_category, mass_category, 0.2, 5, 1.3, 0);
}

typedef double draw_real(struct random *r);
static double draw_uniform(struct random *r) { return random_uniform(r); }
static double draw_gamma_half(struct random *r) { return random_gamma(r, 0.5); }
static double draw_gamma_3(struct random *r) { return random_gamma(r, 3); }
static double draw_beta_1_3(struct random *r) { return random_beta(r, 1, 3); }
static double uniform_cdf(double x) { return x; }
static double normal_cdf(double x) { return 0.5 * erfc(-x / sqrt(2)); }
static double gamma_half_cdf(double x) { return erf(sqrt(x)); }
static double gamma_3_cdf(double x) { return 1 - exp(-x) * (1 + x + x * x / 2); }
static double beta_1_3_cdf(double x) { return 1 - pow(1 - x, 3); }
static int ascending(const void *a, const void *b) {
	double x = *(const double *)a, y = *(const double *)b;
	return x < y ? -1 : x > y;
}

static void check_real(const char *what, draw_real *draw, double (*cdf)(double)) {
	double *x = malloc(DRAWS * sizeof *x), worst = 0;
	struct random r = random_start(random_key_text(random_key_start(9), text_of(what)));
	for (int i = 0; i < DRAWS; i++) x[i] = draw(&r);
	qsort(x, DRAWS, sizeof *x, ascending);
	for (int i = 0; i < DRAWS; i++) worst = fmax(worst, fmax(cdf(x[i]) - (double)i / DRAWS, (i + 1.0) / DRAWS - cdf(x[i])));
	char name[100];
	snprintf(name, sizeof name, "%s follows its law (Kolmogorov–Smirnov %.2f)", what, worst * sqrt(DRAWS));
	CHECK(name, worst * sqrt(DRAWS) < 2.7);
	free(x);
}

static void test_orders(void) {
	double counts[2][24] = {{0}}, expected[24];
	struct random r = random_start(random_key_start(3));
	for (int i = 0; i < 48000; i++) {
		uint32_t items[4] = {0, 1, 2, 3};
		uint64_t picked[4];
		random_shuffle(&r, items, 4);
		random_pick(&r, 4, 4, picked);
		for (int which = 0; which < 2; which++) {
			int order[4], code = 0;
			for (int k = 0; k < 4; k++) order[k] = which ? (int)picked[k] : (int)items[k];
			for (int k = 0; k < 4; k++) {
				int rank = 0;
				for (int l = k + 1; l < 4; l++) rank += order[l] < order[k];
				code = code * (4 - k) + rank;
			}
			counts[which][code]++;
		}
	}
	for (int i = 0; i < 24; i++) expected[i] = 2000;
	CHECK("all 24 orders of a shuffle are equally likely", chi_score(counts[0], expected, 24) < 4.9);
	CHECK("all 24 orders of a pick are equally likely", chi_score(counts[1], expected, 24) < 4.9);
	uint64_t few[3];
	double firsts[1000] = {0}, flat[1000];
	bool distinct = true;
	for (int i = 0; i < 30000; i++) {
		random_pick(&r, 1000, 3, few);
		distinct &= few[0] != few[1] && few[1] != few[2] && few[0] != few[2] && few[2] < 1000;
		firsts[few[2]]++;
	}
	for (int i = 0; i < 1000; i++) flat[i] = 30;
	CHECK("picks are distinct", distinct);
	CHECK("every place of a pick is uniform", chi_score(firsts, flat, 1000) < 4.9);
}

static void test_vectors(void) {
	double alpha[3] = {1, 1, 1}, p[3], mean[3] = {0}, weights[4] = {1, 0, 2, 5};
	int64_t counts[4], sums[4] = {0};
	bool whole = true;
	struct random r = random_start(random_key_start(5));
	for (int i = 0; i < DRAWS; i++) {
		random_dirichlet(&r, alpha, 3, p);
		whole &= fabs(p[0] + p[1] + p[2] - 1) < 1e-12;
		for (int k = 0; k < 3; k++) mean[k] += p[k] / DRAWS;
		random_multinomial(&r, 8, weights, 4, counts);
		whole &= counts[0] + counts[1] + counts[2] + counts[3] == 8 && counts[1] == 0;
		for (int k = 0; k < 4; k++) sums[k] += counts[k];
	}
	CHECK("dirichlet and multinomial add up", whole);
	CHECK("dirichlet has its mean", fabs(mean[0] - 1.0 / 3) < 0.005 && fabs(mean[2] - 1.0 / 3) < 0.005);
	CHECK("multinomial has its mean", fabs((double)sums[2] / DRAWS - 2) < 0.03 && fabs((double)sums[3] / DRAWS - 5) < 0.03);
	double tiny[2] = {1e-4, 1e-4};
	random_dirichlet(&r, tiny, 2, p);
	CHECK("dirichlet survives tiny parameters", p[0] >= 0 && fabs(p[0] + p[1] - 1) < 1e-12);
}

int main(void) {
	test_mathematics();
	test_keys();
	test_discrete();
	check_real("uniform", draw_uniform, uniform_cdf);
	check_real("normal", random_normal, normal_cdf);
	check_real("gamma(0.5)", draw_gamma_half, gamma_half_cdf);
	check_real("gamma(3)", draw_gamma_3, gamma_3_cdf);
	check_real("beta(1, 3)", draw_beta_1_3, beta_1_3_cdf);
	test_orders();
	test_vectors();
	return check_done();
}
