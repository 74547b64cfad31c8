#include "base/random.h"

#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/mathematics.h"
#include "base/memory.h"

enum { PART_SEED = 1, PART_TEXT = 2, PART_INTEGER = 3 };

static void put64(unsigned char *out, uint64_t value) {
	for (int i = 0; i < 8; i++) out[i] = (unsigned char)(value >> (8 * i));
}

/* XXH3-128 over: previous key, kind, length, XXH3-128 of the bytes. */
static struct random_key chain(struct random_key key, unsigned char kind, const void *bytes, size_t size) {
	unsigned char block[41];
	XXH128_hash_t inner = XXH3_128bits(bytes, size);
	put64(block, key.low);
	put64(block + 8, key.high);
	block[16] = kind;
	put64(block + 17, size);
	put64(block + 25, inner.low64);
	put64(block + 33, inner.high64);
	XXH128_hash_t hash = XXH3_128bits(block, sizeof block);
	return (struct random_key){hash.low64, hash.high64};
}

static struct random_key chain_number(struct random_key key, unsigned char kind, uint64_t value) {
	unsigned char bytes[8];
	put64(bytes, value);
	return chain(key, kind, bytes, sizeof bytes);
}

struct random_key random_key_start(uint64_t seed) {
	return chain_number((struct random_key){0, 0}, PART_SEED, seed);
}
struct random_key random_key_text(struct random_key key, struct text part) {
	return chain(key, PART_TEXT, part.data, part.size);
}
struct random_key random_key_integer(struct random_key key, int64_t part) {
	return chain_number(key, PART_INTEGER, (uint64_t)part);
}
uint64_t random_key_hash(struct random_key key) { return key.low ^ key.high; }

/* splitmix64 (Steele, Lea & Flood 2014) */
static uint64_t split_mix(uint64_t *state) {
	uint64_t z = *state += 0x9E3779B97F4A7C15u;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

struct random random_start(struct random_key key) {
	uint64_t low = key.low, high = key.high;
	struct random r = {{split_mix(&low), split_mix(&high), split_mix(&low), split_mix(&high)}};
	if (!(r.state[0] | r.state[1] | r.state[2] | r.state[3])) r.state[0] = 1;
	return r;
}

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

/* xoshiro256++ (Blackman & Vigna 2019) */
uint64_t random_bits(struct random *r) {
	uint64_t *s = r->state, result = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

/* Lemire 2019: multiply and reject the few low products that would favour small results. */
uint64_t random_below(struct random *r, uint64_t bound) {
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)random_bits(r) * bound;
	if ((uint64_t)product < bound) {
		uint64_t threshold = (0 - bound) % bound;
		while ((uint64_t)product < threshold) product = (wide)random_bits(r) * bound;
	}
	return (uint64_t)(product >> 64);
}

double random_uniform(struct random *r) { return (double)(random_bits(r) >> 11) * 0x1p-53; }

/* Uniform in (0, 1]: for logarithms and powers. */
static double positive_uniform(struct random *r) { return (double)((random_bits(r) >> 11) + 1) * 0x1p-53; }

/* Marsaglia & Bray 1964, the polar method; the second variate is not kept, so that a draw depends on nothing before it. */
double random_normal(struct random *r) {
	for (;;) {
		double u = 2 * random_uniform(r) - 1, v = 2 * random_uniform(r) - 1, s = u * u + v * v;
		if (s < 1 && s > 0) return u * sqrt(-2 * math_log(s) / s);
	}
}

/* Marsaglia & Tsang 2000, shape ≥ 1. */
static double gamma_large(struct random *r, double shape) {
	double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
	for (;;) {
		double x = random_normal(r), v = 1 + c * x;
		if (v <= 0) continue;
		v = v * v * v;
		double u = positive_uniform(r);
		if (u < 1 - 0.0331 * x * x * x * x) return d * v;
		if (math_log(u) < 0.5 * x * x + d * (1 - v + math_log(v))) return d * v;
	}
}

/* ln of a gamma variate: for shape < 1, G(a) = G(a + 1) U^(1/a), which underflows for tiny shapes unless kept as a logarithm. */
static double log_gamma_variate(struct random *r, double shape) {
	if (shape >= 1) return math_log(gamma_large(r, shape));
	double g = gamma_large(r, shape + 1);
	return math_log(g) + math_log(positive_uniform(r)) / shape;
}

double random_gamma(struct random *r, double shape) { return shape >= 1 ? gamma_large(r, shape) : math_exp(log_gamma_variate(r, shape)); }

double random_beta(struct random *r, double a, double b) {
	double x = log_gamma_variate(r, a), y = log_gamma_variate(r, b);
	return 1 / (1 + math_exp(y - x));
}

/* Doubles above 2^63 − 1 as the largest integer. */
static int64_t clip(double x) { return x >= 0x1p63 ? INT64_MAX : (int64_t)x; }

/* Inversion: smallest k with 1 − (1 − p)^k ≥ U. */
int64_t random_geometric(struct random *r, double p) {
	if (p >= 1) return 1;
	double k = ceil(math_log(positive_uniform(r)) / math_log1p(-p));
	return k < 1 ? 1 : clip(k);
}

/* Knuth 1969: products of uniforms. */
static int64_t poisson_small(struct random *r, double mean) {
	double limit = math_exp(-mean), product = random_uniform(r);
	int64_t k = 0;
	for (; product > limit; k++) product *= random_uniform(r);
	return k;
}

/* Hörmann 1993, "The transformed rejection method for generating Poisson random variables", algorithm PTRS. */
static int64_t poisson_large(struct random *r, double mean) {
	double b = 0.931 + 2.53 * sqrt(mean), a = -0.059 + 0.02483 * b, inverse_alpha = 1.1239 + 1.1328 / (b - 3.4),
	       v_r = 0.9277 - 3.6224 / (b - 2);
	double log_mean = math_log(mean);
	for (;;) {
		double u = random_uniform(r) - 0.5, v = positive_uniform(r), us = 0.5 - fabs(u);
		double k = floor((2 * a / us + b) * u + mean + 0.43);
		if (us >= 0.07 && v <= v_r) return clip(k);
		if (k < 0 || (us < 0.013 && v > us)) continue;
		if (math_log(v) + math_log(inverse_alpha) - math_log(a / (us * us) + b) <= -mean + k * log_mean - math_log_gamma(k + 1))
			return clip(k);
	}
}

int64_t random_poisson(struct random *r, double mean) {
	if (!(mean > 0)) return 0;
	if (mean > 1e15) { /* beyond this the steps of doubles are wider than the law's; the normal limit is exact enough */
		double k = floor(mean + sqrt(mean) * random_normal(r) + 0.5);
		return clip(k);
	}
	return mean < 10 ? poisson_small(r, mean) : poisson_large(r, mean);
}

/* Inversion by sequential search, for n p < 10 (Kachitvichyanukul & Schmeiser 1988, BINV). */
static int64_t binomial_small(struct random *r, int64_t n, double p) {
	double odds = p / (1 - p), start = math_exp((double)n * math_log1p(-p));
	for (;;) {
		double u = random_uniform(r), w = start;
		for (int64_t k = 0; k <= n; k++) {
			if (u < w) return k;
			u -= w;
			w *= odds * (double)(n - k) / (double)(k + 1);
			if (k > 200 && w < 1e-300) break; /* rounding left a sliver above the last term: draw again */
		}
	}
}

/* Hörmann 1993, "The generation of binomial random variates", algorithm BTRS. */
static int64_t binomial_large(struct random *r, int64_t n, double p) {
	double count = (double)n, q = 1 - p, spread = sqrt(count * p * q), b = 1.15 + 2.53 * spread, a = -0.0873 + 0.0248 * b + 0.01 * p;
	double c = count * p + 0.5, v_r = 0.92 - 4.2 / b, alpha = (2.83 + 5.1 / b) * spread, odds = math_log(p / q),
	       m = floor((count + 1) * p);
	double h = math_log_gamma(m + 1) + math_log_gamma(count - m + 1);
	for (;;) {
		double u = random_uniform(r) - 0.5, v = positive_uniform(r), us = 0.5 - fabs(u), k = floor((2 * a / us + b) * u + c);
		if (us >= 0.07 && v <= v_r) return clip(k);
		if (k < 0 || k > count) continue;
		v = math_log(v * alpha / (a / (us * us) + b));
		if (v <= h - math_log_gamma(k + 1) - math_log_gamma(count - k + 1) + (k - m) * odds) return clip(k);
	}
}

int64_t random_binomial(struct random *r, int64_t n, double p) {
	if (n <= 0 || !(p > 0)) return 0;
	if (p >= 1) return n;
	if (p > 0.5) return n - random_binomial(r, n, 1 - p);
	return (double)n * p < 10 ? binomial_small(r, n, p) : binomial_large(r, n, p);
}

/* Poisson with a gamma mean: r successes of probability p have mean r (1 − p) / p failures. */
int64_t random_negative_binomial(struct random *r, double successes, double p) {
	if (p >= 1) return 0;
	return random_poisson(r, random_gamma(r, successes) * (1 - p) / p);
}

/* Stadlober 1990, ratio of uniforms with a table mountain hat (HRUA), for min(n, population − n) > 10. */
static int64_t hypergeometric_large(struct random *r, int64_t population, int64_t few, int64_t n) {
	static const double d1 = 1.7155277699214135, d2 = 0.8989161620588988; /* 2 √(2/e), 3 − 2 √(3/e) */
	double total = (double)population, good = (double)few, bad = total - good, m = (double)n, share = good / total;
	double d6 = m * share + 0.5, d7 = sqrt((total - m) * m * share * (1 - share) / (total - 1) + 0.5), d8 = d1 * d7 + d2;
	double mode = floor((m + 1) * (good + 1) / (total + 2));
	double d10 = math_log_gamma(mode + 1) + math_log_gamma(good - mode + 1) + math_log_gamma(m - mode + 1) +
		     math_log_gamma(bad - m + mode + 1);
	double top = (m < good ? m : good) + 1, d11 = top < floor(d6 + 16 * d7) ? top : floor(d6 + 16 * d7);
	for (;;) {
		double x = positive_uniform(r), y = random_uniform(r), w = d6 + d8 * (y - 0.5) / x;
		if (w < 0 || w >= d11) continue;
		double z = floor(w);
		double t = d10 - (math_log_gamma(z + 1) + math_log_gamma(good - z + 1) + math_log_gamma(m - z + 1) +
					 math_log_gamma(bad - m + z + 1));
		if (x * (4 - x) - 3 <= t) return clip(z);
		if (x * (x - t) >= 1) continue;
		if (2 * math_log(x) <= t) return clip(z);
	}
}

int64_t random_hypergeometric(struct random *r, int64_t population, int64_t positives, int64_t n) {
	/* symmetries: at most half of the urn is drawn and at most half of it is positive */
	if (2 * n > population) return positives - random_hypergeometric(r, population, positives, population - n);
	if (2 * positives > population) return n - random_hypergeometric(r, population, population - positives, n);
	if (n > 10) return hypergeometric_large(r, population, positives, n);
	int64_t found = 0;
	for (int64_t i = 0; i < n; i++) /* the urn itself */
		if (random_below(r, (uint64_t)(population - i)) < (uint64_t)(positives - found)) found++;
	return found;
}

/* Devroye 1986, "Non-Uniform Random Variate Generation", X.6.1; values beyond 2^63 are drawn again. */
int64_t random_zipf(struct random *r, double exponent) {
	double s = exponent - 1, b = math_pow(2, s);
	for (;;) {
		double u = positive_uniform(r), v = random_uniform(r), x = floor(math_pow(u, -1 / s));
		if (!(x < 0x1p63) || x < 1) continue;
		double t = math_pow(1 + 1 / x, s);
		if (v * x * (t - 1) / (b - 1) <= t / b) return (int64_t)x;
	}
}

int64_t random_gp(struct random *r, double mean) {
	int64_t g = random_geometric(r, 2 / mean);
	return g + random_poisson(r, mean / 2);
}

size_t random_categorical(struct random *r, const double *weights, size_t n) {
	double sum = 0, u;
	size_t last = 0;
	for (size_t i = 0; i < n; i++)
		if (weights[i] > 0) sum += weights[i], last = i;
	u = random_uniform(r) * sum;
	for (size_t i = 0; i < last; i++) {
		if (u < weights[i]) return i;
		u -= weights[i];
	}
	return last;
}

void random_dirichlet(struct random *r, const double *alpha, size_t n, double *out) {
	double largest = -INFINITY, sum = 0;
	for (size_t i = 0; i < n; i++) {
		out[i] = log_gamma_variate(r, alpha[i]);
		if (out[i] > largest) largest = out[i];
	}
	for (size_t i = 0; i < n; i++) sum += out[i] = math_exp(out[i] - largest);
	for (size_t i = 0; i < n; i++) out[i] /= sum;
}

void random_multinomial(struct random *r, int64_t n, const double *weights, size_t k, int64_t *out) {
	double left = 0;
	for (size_t i = 0; i < k; i++) left += weights[i];
	for (size_t i = 0; i < k; i++) {
		out[i] = i + 1 == k ? n : random_binomial(r, n, left > 0 ? weights[i] / left : 0);
		n -= out[i];
		left -= weights[i];
	}
}

void random_shuffle(struct random *r, uint32_t *items, size_t n) {
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)random_below(r, i);
		uint32_t swap = items[i - 1];
		items[i - 1] = items[j];
		items[j] = swap;
	}
}

/* A Fisher–Yates shuffle from the front whose moved places are kept in a small open-addressed table. */
void random_pick(struct random *r, uint64_t n, size_t k, uint64_t *out) {
	size_t slots = 16;
	while (slots < 4 * k) slots *= 2;
	struct moved {
		uint64_t place, item; /* place + 1; 0 = empty */
	} *table = memory_zeroed(slots, sizeof *table);
	for (size_t i = 0; i < k; i++) {
		uint64_t j = i + random_below(r, n - i), items[2] = {i, j};
		size_t at[2];
		for (int side = 0; side < 2; side++) {
			uint64_t place = items[side];
			size_t slot = (size_t)(place * 0x9E3779B97F4A7C15u >> 20) & (slots - 1);
			while (table[slot].place && table[slot].place != place + 1) slot = (slot + 1) & (slots - 1);
			at[side] = slot;
			if (table[slot].place) items[side] = table[slot].item;
			else table[slot] = (struct moved){place + 1, place};
		}
		out[i] = items[1];
		table[at[1]].item = items[0];
	}
	free(table);
}
