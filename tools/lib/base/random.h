/* random: keyed random numbers and laws, the same bits on every machine.
 *
 * There is no stream of random numbers that is passed around: every decision names what it is about (seed, source, task, part, instance,
 * sequence, …), the names are hashed with their lengths, and the hash starts a generator for that decision alone. So output does not depend on
 * the number of threads or on what else is drawn. Laws use base/mathematics.h (plain IEEE arithmetic), never libm. */
#ifndef SPECTRUM_RANDOM_H
#define SPECTRUM_RANDOM_H

#include "base/text.h"

/* A key under construction: XXH3-128, chained over the parts, each with its kind and its length. */
struct random_key {
	uint64_t low, high;
};

/* The key of (seed). */
struct random_key random_key_start(uint64_t seed);

/* key ⊕ a further part: a new key, the old one stays usable. A text and an integer never give the same key. */
struct random_key random_key_text(struct random_key key, struct text part);
struct random_key random_key_integer(struct random_key key, int64_t part);

/* A uniform 64-bit number from the key itself, to sort or to select by ("keyed by hash"). */
uint64_t random_key_hash(struct random_key key);

/* xoshiro256++ started by splitmix64 over the key (Blackman & Vigna 2019). */
struct random {
	uint64_t state[4];
};

struct random random_start(struct random_key key);
uint64_t random_bits(struct random *r);

/* Uniform integer in 0 … bound − 1, without bias (bound ≥ 1). */
uint64_t random_below(struct random *r, uint64_t bound);

double random_uniform(struct random *r);                  /* [0, 1), 53 bits */
double random_normal(struct random *r);                   /* mean 0, variance 1 */
double random_gamma(struct random *r, double shape);      /* scale 1, shape > 0 */
double random_beta(struct random *r, double a, double b); /* a, b > 0 */
int64_t random_geometric(struct random *r, double p);     /* trials up to and including the first success, ≥ 1; 0 < p ≤ 1 */
int64_t random_poisson(struct random *r, double mean);    /* mean ≥ 0 */
int64_t random_binomial(struct random *r, int64_t n, double p);
int64_t random_negative_binomial(struct random *r, double successes, double p); /* failures before `successes` (real, > 0) successes */
int64_t random_hypergeometric(
	struct random *r, int64_t population, int64_t positives, int64_t n); /* positives among n drawn without replacement */
int64_t random_zipf(struct random *r, double exponent);                      /* P(k) ∝ k^−exponent, k ≥ 1, exponent > 1; below 2^63 */

/* Geometric(2/mean) + Poisson(mean/2): ≥ 1, mean `mean` (≥ 2). The law of sequence lengths. */
int64_t random_gp(struct random *r, double mean);

/* `weights` (n of them, ≥ 0, sum > 0): an index with probability proportional to its weight. */
size_t random_categorical(struct random *r, const double *weights, size_t n);

/* out[0…n−1] ~ Dirichlet(alpha). */
void random_dirichlet(struct random *r, const double *alpha, size_t n, double *out);

/* Counts of `n` draws over `k` outcomes with probabilities proportional to weights. */
void random_multinomial(struct random *r, int64_t n, const double *weights, size_t k, int64_t *out);

/* Shuffles `items` in place: every order equally likely (Fisher–Yates). */
void random_shuffle(struct random *r, uint32_t *items, size_t n);

/* The first k places of a shuffle of 0 … n−1 in `out` (k ≤ n), in O(k) memory. */
void random_pick(struct random *r, uint64_t n, size_t k, uint64_t *out);

#endif
