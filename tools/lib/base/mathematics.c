#include "base/mathematics.h"

#include <math.h>

/* ln 2 in two parts: n × LN2_HIGH is exact for |n| < 2^20. */
static const double LN2_HIGH = 0x1.62e42feep-1, LN2_LOW = 0x1.a39ef35793c76p-33;

/* ln(1 + f) − f for 1 + f in [√½, √2]: with s = f / (2 + f), ln(1 + f) = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …). */
static double log_tail(double f) {
	double s = f / (2 + f), z = s * s, sum = 0;
	for (int k = 21; k >= 3; k -= 2) sum = (sum + 1.0 / k) * z;
	/* 2 s (1 + sum) = f − s (f − 2 sum): this form keeps the leading f exact */
	return -s * (f - 2 * sum);
}

double math_log(double x) {
	if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
	if (isinf(x)) return x;
	int exponent;
	double m = frexp(x, &exponent); /* [½, 1) */
	if (m < 0x1.6a09e667f3bcdp-1) {
		m *= 2;
		exponent--;
	}
	double f = m - 1;
	return exponent * LN2_HIGH + (f + (log_tail(f) + exponent * LN2_LOW));
}

double math_log1p(double x) {
	if (x > -0.25 && x < 0.25) return x + log_tail(x);
	return math_log(1 + x);
}

double math_exp(double x) {
	if (x > 709.782712893384) return INFINITY;
	if (x < -745.2) return 0;
	if (x != x) return x;
	double n = floor(x * 1.4426950408889634 + 0.5);
	double r = (x - n * LN2_HIGH) - n * LN2_LOW, sum = 1; /* |r| ≤ ½ ln 2; Horner form of Σ r^k / k! */
	for (int k = 14; k >= 1; k--) sum = 1 + sum * r / k;
	int power = (int)n; /* in two steps, for results below the smallest normal number */
	return ldexp(ldexp(sum, power / 2), power - power / 2);
}

double math_pow(double x, double y) { return math_exp(y * math_log(x)); }

double math_log_gamma(double x) {
	if (!(x > 0)) return NAN;
	if (x == 1 || x == 2) return 0;
	double product = 1, shift = 0;
	for (; x < 10; x += 1) {
		product *= x;
		if (product > 1e200) {
			shift += math_log(product);
			product = 1;
		}
	}
	/* Stirling's series: (x − ½) ln x − x + ½ ln 2π + Σ B_2k / (2k (2k − 1) x^(2k − 1)) */
	static const double terms[] = {1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156};
	double z = 1 / (x * x), sum = 0;
	for (int k = 6; k >= 0; k--) sum = sum * z + terms[k];
	return (x - 0.5) * math_log(x) - x + 0.9189385332046728 + sum / x - (shift + math_log(product));
}
