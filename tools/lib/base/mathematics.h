/* mathematics: functions that libm leaves to the machine (results differ in the last bit between libraries and CPUs), written in plain
 * IEEE double arithmetic so that they give the same bits everywhere. Compile with -ffp-contract=off. Accurate to a few units in the last
 * place. sqrt, floor and fabs of <math.h> are exact by IEEE 754 and may be used beside them. */
#ifndef SPECTRUM_MATHEMATICS_H
#define SPECTRUM_MATHEMATICS_H

double math_log(double x);           /* natural logarithm, x ≥ 0; −inf at 0, NaN below */
double math_log1p(double x);         /* log(1 + x), x > −1, precise near 0 */
double math_exp(double x);           /* 0 below −745.2, inf above 709.8 */
double math_pow(double x, double y); /* x > 0 */
double math_log_gamma(double x);     /* ln Γ(x), x > 0 */

#endif
