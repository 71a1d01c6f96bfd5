/* Dot products, and sets of vectors at right angles. Not public. */
#ifndef ML_MODELS_BASIS_H
#define ML_MODELS_BASIS_H

#include <stddef.h>

/* a . b in four sums side by side, so that the compiler makes vectors of them. */
double ml_models_dot(size_t n, const double *a, const double *b);

/* to += factor from */
void ml_models_add(size_t n, double factor, const double *from, double *to);

/* Makes row `done` of basis [done + 1 x d] (done < d) a unit vector at right angles to the rows before it, which are
 * such vectors already: what is left of it without their directions. Where a length of at most `least`, or 1e-8 of what
 * it was, is left, which may be rounding alone, another vector takes its place. */
void ml_models_orthonormalise(size_t done, size_t d, double *basis, double least);

#endif
