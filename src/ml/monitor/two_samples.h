/* What the two-sample tests share; nobody else includes it. */
#ifndef ML_MONITOR_TWO_SAMPLES_H
#define ML_MONITOR_TWO_SAMPLES_H

#include <stddef.h>

#include "base/status.h"

/* Sorted copies of both in scratch [2 (n + m)]: a at scratch, b at scratch + n. */
void ml_sorted_copies(size_t n, const double *a, size_t m, const double *b, double *scratch);

/* ML_EINVAL if n is 0, or a value is NaN or, where `finite`, not finite; `name` is the sample's, for the sentence. */
ml_status ml_check_sample(size_t n, const double *value, int finite, const char *name, ml_error *error);

#endif
