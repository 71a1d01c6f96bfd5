/* Logistic and softmax regression where the Hessian would be large. Not public. */
#ifndef ML_MODELS_SOFTMAX_LBFGS_H
#define ML_MODELS_SOFTMAX_LBFGS_H

#include "models/models.h"

/* From so many unknowns on, L-BFGS is faster than Newton's method, which squares and cubes their number. */
enum { ML_SOFTMAX_NEWTON_MOST = 256 };

/* What ml_softmax_fit minimises, for arguments that it has checked. weight [n] of the rows, or NULL: all 1.
 * has_intercept false: intercept [classes] comes out as 0.  n_iterations out, or NULL.
 * Errors: ML_EINVAL if a value of x is above 1e140. ML_EDIVERGED if a class has no rows, or the gradient is not nearly
 * 0 in the end. ML_ENOMEM. */
ml_status ml_softmax_lbfgs(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                           const double *weight, double l2, bool has_intercept, double *coefficient, double *intercept,
                           int32_t *n_iterations, ml_arena *arena, ml_error *error);

#endif
