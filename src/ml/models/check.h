/* What every fit function asks of its input. Not public. */
#ifndef ML_MODELS_CHECK_H
#define ML_MODELS_CHECK_H

#include "models/models.h"

/* n and d above 0, all of x [n x d] finite. */
ml_status ml_models_check_rows(size_t n, size_t d, const double *x, ml_error *error);

/* All of y [n] finite. */
ml_status ml_models_check_target(size_t n, const double *y, ml_error *error);

/* l2 finite and at least 0. */
ml_status ml_models_check_l2(double l2, ml_error *error);

/* classes 2 or more, all of label [n] below it. */
ml_status ml_models_check_labels(size_t n, size_t classes, const uint32_t *label, ml_error *error);

ml_status ml_models_out_of_memory(const char *model, size_t n, size_t d, ml_error *error);

#endif
