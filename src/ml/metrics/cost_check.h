/* What the functions about costs check of their input; shared by their files alone. */
#ifndef ML_METRICS_COST_CHECK_H
#define ML_METRICS_COST_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Errors: ML_EINVAL if a cost is negative or not finite, a score is NaN, or a label is above 1. */
ml_status ml_cost_check(size_t n, const double *score, const uint8_t *label, double false_positive,
                        double false_negative, ml_error *error);

#endif
