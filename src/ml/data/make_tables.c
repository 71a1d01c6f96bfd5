/* Made-up tables: regression, categories, a rare class. */
#include "base/math.h"
#include "data/generators.h"

static ml_status check_size(size_t n, size_t d, ml_error *error) {
    if (n == 0 || d == 0)
        return ml_fail(error, ML_EINVAL, "%zu rows of %zu features; ask for at least 1 of each", n, d);
    return ML_OK;
}

static ml_status check_share(const char *what, double share, ml_error *error) {
    if (!(share >= 0.0 && share <= 1.0))
        return ml_fail(error, ML_EINVAL, "the share of %s is %g; it lies between 0 and 1", what, share);
    return ML_OK;
}

static ml_status check_size_of(const char *what, double size, ml_error *error) {
    if (!(size >= 0.0 && isfinite(size)))
        return ml_fail(error, ML_EINVAL, "the %s is %g; it is a finite number, 0 or more", what, size);
    return ML_OK;
}

ml_status ml_data_make_regression(size_t n, size_t d, double noise, double outlier_share, double outlier_size,
                                  ml_rng *rng, double *coefficient, double *x, double *y, ml_error *error) {
    ML_TRY(check_size(n, d, error));
    ML_TRY(check_size_of("noise", noise, error));
    ML_TRY(check_size_of("size of an outlier", outlier_size, error));
    ML_TRY(check_share("outliers", outlier_share, error));
    for (size_t j = 0; j < d; j++)
        coefficient[j] = ml_rng_normal(rng);
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t j = 0; j < d; j++)
            sum += coefficient[j] * (x[i * d + j] = ml_rng_normal(rng));
        const double off = noise * ml_rng_normal(rng), chance = ml_rng_uniform(rng), side = ml_rng_uniform(rng);
        y[i] = sum + off + (chance < outlier_share ? side < 0.5 ? -outlier_size : outlier_size : 0.0);
    }
    return ML_OK;
}

ml_status ml_data_make_categories(size_t n, const ml_zipf *zipf, double spread, ml_rng *rng, double *effect,
                                  uint32_t *code, uint8_t *label, ml_error *error) {
    ML_TRY(check_size(n, zipf->n, error));
    ML_TRY(check_size_of("spread of the effects", spread, error));
    for (size_t k = 0; k < zipf->n; k++)
        effect[k] = spread * ml_rng_normal(rng);
    for (size_t i = 0; i < n; i++) {
        code[i] = (uint32_t)ml_zipf_draw(zipf, rng);
        label[i] = (uint8_t)ml_rng_bernoulli(rng, ml_sigmoid(effect[code[i]]));
    }
    return ML_OK;
}

ml_status ml_data_make_imbalanced(size_t n, size_t d, double share, double distance, ml_rng *rng, double *x,
                                  uint8_t *label, ml_error *error) {
    ML_TRY(check_size(n, d, error));
    ML_TRY(check_share("positives", share, error));
    if (!isfinite(distance))
        return ml_fail(error, ML_EINVAL, "the distance of the classes is not finite");
    size_t wanted = (size_t)floor(share * (double)n + 0.5);
    for (size_t i = 0; i < n; i++) { /* row i is one of n - i left, of which `wanted` are to be positive */
        label[i] = ml_rng_below(rng, n - i) < wanted;
        wanted -= label[i];
        for (size_t j = 0; j < d; j++) {
            const double centre = j == 0 ? distance : j == 1 ? distance / 2.0 : 0.0, z = ml_rng_normal(rng);
            x[i * d + j] = label[i] ? centre + 0.8 * z : z;
        }
    }
    return ML_OK;
}
