/* Made-up data sets: a shape that we know, so that we can say what a model should have learned. */
#include "data/data.h"

#include "base/math.h"

static const double PI = 3.14159265358979323846;

static ml_status check_rows_and_noise(size_t n, double noise, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "a data set of 0 rows has nothing to learn from; ask for at least 1");
    if (!(noise >= 0.0 && isfinite(noise)))
        return ml_fail(error, ML_EINVAL, "noise is %g; a standard deviation is a finite number, 0 or more", noise);
    return ML_OK;
}

/* Both normals are drawn even when the noise is 0: the row's other draws stay the same at every noise. */
static void put_point(float *x, double x1, double x2, double noise, ml_rng *rng) {
    x[0] = (float)(x1 + noise * ml_rng_normal(rng));
    x[1] = (float)(x2 + noise * ml_rng_normal(rng));
}

ml_status ml_data_make_circles(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error) {
    ML_TRY(check_rows_and_noise(n, noise, error));
    for (size_t i = 0; i < n; i++) {
        label[i] = (uint8_t)(i % 2);
        const double radius = label[i] ? 0.4 : 0.9, angle = 2.0 * PI * ml_rng_uniform(rng);
        put_point(x + 2 * i, radius * ml_cos(angle), radius * ml_sin(angle), noise, rng);
    }
    return ML_OK;
}

ml_status ml_data_make_moons(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error) {
    ML_TRY(check_rows_and_noise(n, noise, error));
    for (size_t i = 0; i < n; i++) {
        label[i] = (uint8_t)(i % 2);
        const double side = label[i] ? 0.7 : -0.7, t = PI * ml_rng_uniform(rng);
        put_point(x + 2 * i, side * (ml_cos(t) - 0.5), side * (ml_sin(t) - 0.25), noise, rng);
    }
    return ML_OK;
}

/* Uniform in the square [-1, 1]^2. Returns 1 where both coordinates have the same sign, before the noise. */
static uint8_t put_square_point(float *x, double noise, ml_rng *rng) {
    const double x1 = 2.0 * ml_rng_uniform(rng) - 1.0;
    const double x2 = 2.0 * ml_rng_uniform(rng) - 1.0;
    put_point(x, x1, x2, noise, rng);
    return x1 * x2 > 0.0;
}

ml_status ml_data_make_xor(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error) {
    ML_TRY(check_rows_and_noise(n, noise, error));
    for (size_t i = 0; i < n; i++)
        label[i] = put_square_point(x + 2 * i, noise, rng);
    return ML_OK;
}

ml_status ml_data_make_spiral(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error) {
    ML_TRY(check_rows_and_noise(n, noise, error));
    for (size_t i = 0; i < n; i++) {
        label[i] = (uint8_t)(i % 2);
        const double u = sqrt(ml_rng_uniform(rng)), angle = 3.0 * PI * u + PI * label[i];
        put_point(x + 2 * i, u * ml_cos(angle), u * ml_sin(angle), noise, rng);
    }
    return ML_OK;
}

ml_status ml_data_make_random_labels(size_t n, double noise, ml_rng *rng, float *x, uint8_t *label, ml_error *error) {
    ML_TRY(check_rows_and_noise(n, noise, error));
    for (size_t i = 0; i < n; i++) {
        (void)put_square_point(x + 2 * i, noise, rng);
        label[i] = (uint8_t)(i % 2);
    }
    for (size_t i = n; i > 1; i--) { /* Fisher and Yates; Knuth 3.4.2, algorithm P */
        const size_t j = (size_t)ml_rng_below(rng, i);
        const uint8_t last = label[i - 1];
        label[i - 1] = label[j];
        label[j] = last;
    }
    return ML_OK;
}

ml_status ml_data_make_blobs(size_t n, size_t k, size_t d, double box, double spread, ml_rng *rng, float *centre,
                             float *x, uint8_t *label, ml_error *error) {
    ML_TRY(check_rows_and_noise(n, spread, error));
    if (k < 1 || k > 256)
        return ml_fail(error, ML_EINVAL, "%zu classes; blobs have 1 to 256", k);
    if (d == 0)
        return ml_fail(error, ML_EINVAL, "blobs need at least 1 feature");
    if (!(box >= 0.0 && isfinite(box)))
        return ml_fail(error, ML_EINVAL, "box is %g; half the side of a cube is a finite number, 0 or more", box);
    for (size_t i = 0; i < k * d; i++)
        centre[i] = (float)(box * (2.0 * ml_rng_uniform(rng) - 1.0));
    for (size_t i = 0; i < n; i++) {
        label[i] = (uint8_t)(i % k);
        for (size_t j = 0; j < d; j++)
            x[i * d + j] = (float)((double)centre[label[i] * d + j] + spread * ml_rng_normal(rng));
    }
    return ML_OK;
}
