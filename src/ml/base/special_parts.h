/* What the files of special.h share; nobody else includes it. */
#ifndef ML_BASE_SPECIAL_PARTS_H
#define ML_BASE_SPECIAL_PARTS_H

enum { ML_SPECIAL_TERMS = 200000 }; /* where every series and fraction ends, at the latest */

/* What Stirling's formula (x - 1/2) ln x - x + ln(2 pi)/2 lacks of ln Gamma(x), for x >= 10. */
double ml_stirling_rest(double x);

/* ln(1 + f) - f for f > -1, near 0 without cancellation. `ratio` is 1 + f as the caller can compute it best. */
double ml_log_less_linear(double f, double ratio);

/* I_x(a, b) with y = 1 - x given, of which the caller may know more digits. a, b > 0 and finite, 0 < x < 1. */
double ml_beta_parts(double a, double b, double x, double y);

/* x^a y^b / B(a, b). */
double ml_beta_weight(double a, double b, double x, double y);

/* The x in [low, high] where a falling function passes `level`, to the last bit: bisection of the doubles in order, of
 * which there are 2^64, so 64 steps are enough for any function.  0 <= low < high. */
double ml_bisect_falling(double (*function)(const void *context, double x), const void *context, double level,
                         double low, double high);

#endif
