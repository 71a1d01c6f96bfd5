/* Features: from what a row says to numbers that a model can use.
 *
 * All follow one rule: `fit` learns from training rows, `apply` only uses what was learned, so that a row gets the same
 * features alone or among others, in training and when serving. Rows are row-major doubles [n x d]; NaN is a missing
 * value, infinities are refused. Categories are whole numbers (int32_t); words become such by a dictionary or a hash.
 * By topic:
 *   scaling.h     standard, min-max, robust, log; quantile maps
 *   imputing.h    means, medians, constants, indicators, k nearest neighbours for missing values
 *   binning.h     equal width, equal frequency, by the target
 *   categories.h  one-hot with unknown and rare, ordinal, target, hashing, crosses
 *   expansions.h  polynomials, Fourier features, positions
 *   text.h        bags of words, tf-idf
 *   importance.h  permutation importance, Shapley values, of any model
 *   pipeline.h    all of it in one object that is fitted once, saved, and applied anywhere */
#ifndef ML_FEATURES_H
#define ML_FEATURES_H

#include "features/binning.h"
#include "features/categories.h"
#include "features/expansions.h"
#include "features/imputing.h"
#include "features/importance.h"
#include "features/pipeline.h"
#include "features/scaling.h"
#include "features/text.h"

#endif
