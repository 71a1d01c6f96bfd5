/* The elementary functions, of our own, because libm's give other bits on every platform (17 of 25 swept differed
 * between glibc and WebAssembly). These use only operations that IEEE 754 defines exactly, so that a seed gives the
 * same curve everywhere. Of libm the library uses only what is exact: sqrt, fabs, floor, ceil, fmod, isfinite and the
 * like.
 *
 * float:  within 2 units in the last place of the correctly rounded value over the whole range, subnormals included.
 * double: within 2 units in the last place; sine and cosine for |x| up to 1e5 (beyond that the reduction loses digits).
 * NaN in, NaN out; overflow gives infinity and underflow zero, as libm does; no flags, no errno.
 * The SIMD versions in ml/kernels give the same bits. */
#ifndef ML_BASE_MATH_H
#define ML_BASE_MATH_H

#include <math.h> /* sqrtf, fabsf, floorf, isfinite, INFINITY, NAN: the exact ones */

float ml_expf(float x);
float ml_logf(float x); /* of 0: -infinity; of a negative number: NaN */
float ml_tanhf(float x);
float ml_sigmoidf(float x); /* 1 / (1 + exp(-x)), without overflow */

/* log(1 + exp(-|x|)): log(1 + exp(x)) is max(x, 0) plus this. */
float ml_softplus_tailf(float x);
float ml_erff(float x);

/* x times the chance that a standard normal number is below x (Hendrycks and Gimpel 2016, "Gaussian error linear units",
 * not their approximation by tanh), within 4 units in the last place, subnormal results within 3e-44; and its slope,
 * within 3e-7. */
float ml_geluf(float x);
float ml_gelu_slopef(float x);

double ml_exp(double x);
double ml_expm1(double x);
double ml_log(double x);
double ml_log1p(double x);
double ml_tanh(double x);
double ml_sigmoid(double x);
double ml_sin(double x);
double ml_cos(double x);
double ml_atan2(double y, double x); /* the angle of the point (x, y), in [-pi, pi]; zeros and infinities as in C */
double ml_pow(double x, double y); /* x > 0, or x = 0 with y > 0; within 1e-13 relative where the result is normal */

#endif
