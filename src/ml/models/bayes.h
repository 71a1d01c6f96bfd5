/* Naive Bayes for counts and for yes and no; that for numbers is in models.h. Within a class the features are
 * independent of each other, which makes learning one pass of counting.
 *
 * X is n rows by d features, row-major; all of x must be finite and at most 1e140 in size. Outputs stay untouched on
 * error. */
#ifndef ML_MODELS_BAYES_H
#define ML_MODELS_BAYES_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Multinomial naive Bayes: a row counts how often each thing occurred, the words of a text for one, and each occurrence
 * is a draw from its class's distribution.
 *   x       [n x d]  0 or more: counts, or weights such as tf-idf
 *   label   [n]      0 to classes - 1
 *   alpha            above 0: added to each count, so that what a class has never shown is not impossible in it
 *                    (1: Laplace's rule, below 1: Lidstone's)
 *   prior            [classes]      out: shares of the rows
 *   log_probability  [classes x d]  out: ln((count of the feature + alpha) / (count of all + alpha d)), in nats
 * Cost:   n d additions and classes d logarithms.
 * Errors: ML_EINVAL if n or d is 0, there are less than 2 classes, a label is out of range, alpha is not above 0 and
 *         finite, or a value of x is negative, not finite or above 1e140.
 * Source: Manning, Raghavan and Schütze, "Introduction to Information Retrieval" (2008), section 13.2.
 * Golden: tests/golden/bayes.py, scikit-learn MultinomialNB. */
ml_status ml_multinomial_bayes_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                                   double alpha, double *prior, double *log_probability, ml_error *error);

/* probability [n x classes] out: each row's sum is 1. At least one prior is above 0; x is 0 or more. */
void ml_multinomial_bayes_predict(size_t n, size_t d, size_t classes, const double *x, const double *prior,
                                  const double *log_probability, double *probability);

/* Bernoulli naive Bayes: of each feature all that counts is whether it is there, and its absence is evidence too.
 *   x        [n x d]  a feature is there if its value is above `threshold`; scikit-learn's binarize
 *   label    [n]      0 to classes - 1
 *   alpha             above 0: added to how many rows have the feature, and to how many have it not
 *   prior        [classes]      out: shares of the rows
 *   log_present  [classes x d]  out: ln((rows with it + alpha) / (rows + 2 alpha)), in nats
 *   log_absent   [classes x d]  out: the same of the rows without it
 * Cost:   n d comparisons and 2 classes d logarithms.
 * Errors: as ml_multinomial_bayes_fit, but x may be negative; ML_EINVAL if threshold is not finite.
 * Source: Manning, Raghavan and Schütze, section 13.3.   Golden: tests/golden/bayes.py, scikit-learn BernoulliNB. */
ml_status ml_bernoulli_bayes_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                                 double alpha, double threshold, double *prior, double *log_present, double *log_absent,
                                 ml_error *error);

/* probability [n x classes] out: each row's sum is 1. At least one prior is above 0. */
void ml_bernoulli_bayes_predict(size_t n, size_t d, size_t classes, const double *x, double threshold,
                                const double *prior, const double *log_present, const double *log_absent,
                                double *probability);

#endif
