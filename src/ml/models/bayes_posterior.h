/* What the kinds of naive Bayes share. Not public. */
#ifndef ML_MODELS_BAYES_POSTERIOR_H
#define ML_MODELS_BAYES_POSTERIOR_H

#include <stddef.h>

/* Of one row: p [classes], in: the log of P(class) P(row | class), up to what all classes share; out: the probability
 * of each class. Where the row is so far from all classes that nothing tells them apart, the priors. */
void ml_bayes_posterior(size_t classes, const double *prior, double *p);

#endif
