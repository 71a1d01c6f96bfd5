/* A share with its interval; shared by the files of this folder alone. */
#ifndef ML_METRICS_SHARE_H
#define ML_METRICS_SHARE_H

#include "metrics/fairness.h"

/* `hits` are at most n; the level is checked already. */
ml_share ml_share_of(size_t hits, size_t n, double level);

/* What all figures by group ask: a row, truths of 0 or 1, groups that exist, a level. */
ml_status ml_metrics_check_groups(size_t n, const uint8_t *truth, const uint32_t *group, size_t groups, double level,
                                  ml_error *error);

#endif
