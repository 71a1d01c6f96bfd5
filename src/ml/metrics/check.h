/* What the metrics check of their input; shared by the files of this folder alone. */
#ifndef ML_METRICS_CHECK_H
#define ML_METRICS_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Each gives ML_EINVAL and a sentence that names the first value that is not allowed. */
ml_status ml_metrics_check_rows(size_t n, const char *metric, ml_error *error);                         /* n > 0 */
ml_status ml_metrics_check_binary(size_t n, const uint8_t *label, const char *name, ml_error *error);   /* 0 or 1 */
ml_status ml_metrics_check_finite(size_t n, const double *value, const char *name, ml_error *error);
ml_status ml_metrics_check_shares(size_t n, const double *value, const char *name, ml_error *error);    /* [0, 1] */
ml_status ml_metrics_check_classes(size_t n, size_t k, const uint32_t *value, const char *name, ml_error *error);
ml_status ml_metrics_check_level(double level, ml_error *error); /* of confidence, within (0, 1) */

/* Scores and labels of a curve: finite, binary, and both classes there; n_positive is out. */
ml_status ml_metrics_check_ranked(size_t n, const double *score, const uint8_t *label, size_t *n_positive,
                                  ml_error *error);

#endif
