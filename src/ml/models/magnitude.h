/* What functions that square their input ask of it, and room for matrices. Not public. */
#ifndef ML_MODELS_MAGNITUDE_H
#define ML_MODELS_MAGNITUDE_H

#include "models/models.h"

/* n and d above 0; all of x [n x d] finite and at most 1e140 in size: squares, and sums of them, are then finite too,
 * so that what follows needs no check for overflow. */
ml_status ml_models_check_magnitude(size_t n, size_t d, const double *x, ml_error *error);

/* Room for rows x columns doubles, NULL where it does not fit or the product overflows. */
double *ml_models_matrix(ml_arena *arena, size_t rows, size_t columns);

#endif
