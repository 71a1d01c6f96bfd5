#include "serving/sketch.h"

#include "base/math.h"

ml_status ml_sketch_init(ml_sketch *sketch, double alpha, double least, uint64_t *count, size_t n_buckets,
                         ml_error *error) {
    if (!(alpha >= 1e-6 && alpha < 1.0))
        return ml_fail(error, ML_EINVAL, "a relative error alpha of %g is not in [1e-6, 1)", alpha);
    if (!(least > 0.0 && isfinite(least)))
        return ml_fail(error, ML_EINVAL, "a least value of %g; it is positive and finite", least);
    if (n_buckets == 0)
        return ml_fail(error, ML_EINVAL, "0 buckets count nothing; use 1 or more");
    const double gamma = (1.0 + alpha) / (1.0 - alpha);
    *sketch = (ml_sketch){alpha, gamma, ml_log(gamma), least, 0, 0, count, n_buckets};
    for (size_t i = 0; i < n_buckets; i++)
        count[i] = 0;
    return ML_OK;
}

ml_status ml_sketch_add(ml_sketch *sketch, double x, ml_error *error) {
    if (!(x >= 0.0 && isfinite(x)))
        return ml_fail(error, ML_EINVAL, "a value of %g; it is 0 or more, and finite", x);
    sketch->n++;
    if (x <= sketch->least) {
        sketch->low++;
        return ML_OK;
    }
    /* a difference of logarithms: x / least could overflow */
    const double bucket = ceil((ml_log(x) - ml_log(sketch->least)) / sketch->log_gamma) - 1.0;
    const double last = (double)(sketch->n_buckets - 1);
    sketch->count[(size_t)fmin(fmax(bucket, 0.0), last)]++;
    return ML_OK;
}

ml_status ml_sketch_merge(ml_sketch *into, const ml_sketch *from, ml_error *error) {
    if (into->alpha != from->alpha || into->least != from->least || into->n_buckets != from->n_buckets)
        return ml_fail(error, ML_EINVAL, "sketches merge only if alpha, least and the number of buckets are the same");
    into->n += from->n;
    into->low += from->low;
    for (size_t i = 0; i < into->n_buckets; i++)
        into->count[i] += from->count[i];
    return ML_OK;
}

ml_status ml_sketch_quantile(const ml_sketch *sketch, double q, double *value, ml_error *error) {
    if (sketch->n == 0)
        return ml_fail(error, ML_EINVAL, "an empty sketch has no quantiles; add a value first");
    if (!(q >= 0.0 && q <= 1.0))
        return ml_fail(error, ML_EINVAL, "a quantile of %g is not in [0, 1]", q);
    const uint64_t rank = (uint64_t)floor(q * (double)(sketch->n - 1));
    uint64_t seen = sketch->low;
    if (rank < seen) {
        *value = sketch->least;
        return ML_OK;
    }
    size_t i = 0;
    for (; i + 1 < sketch->n_buckets && seen + sketch->count[i] <= rank; i++)
        seen += sketch->count[i];
    /* where the relative error is the same towards both ends of the bucket */
    *value = 2.0 * ml_exp(ml_log(sketch->least) + (double)(i + 1) * sketch->log_gamma) / (1.0 + sketch->gamma);
    return ML_OK;
}
