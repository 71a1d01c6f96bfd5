/* How weights start. */
#include "nn/params.h"

#include "base/math.h"

void ml_param_fans(int32_t dimensions, const size_t *size, double *fan_in, double *fan_out) {
    double field = 1; /* pixels that a filter sees */
    for (int32_t i = 0; i + 2 < dimensions; i++)
        field *= (double)size[i];
    *fan_in = dimensions == 0 ? 1 : field * (double)size[dimensions < 2 ? 0 : dimensions - 2];
    *fan_out = dimensions == 0 ? 1 : field * (double)size[dimensions - 1];
}

static void draw_normal(double deviation, size_t n, float *out, ml_rng *rng) {
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(deviation * ml_rng_normal(rng));
}

static void draw_uniform(double bound, size_t n, float *out, ml_rng *rng) {
    for (size_t i = 0; i < n; i++)
        out[i] = (float)(bound * (2.0 * ml_rng_uniform(rng) - 1.0));
}

/* One of several vectors that lie in the same matrix: `step` floats from one element to the next. */
typedef struct vectors {
    size_t n, length, apart, step;
    float *at;
} vectors;

static double dot(const vectors *all, size_t a, size_t b) {
    const float *x = all->at + a * all->apart, *y = all->at + b * all->apart;
    double sum = 0;
    for (size_t i = 0; i < all->length; i++)
        sum += (double)x[i * all->step] * (double)y[i * all->step];
    return sum;
}

/* Takes what vector a and the earlier ones have in common out of a. Twice, because the first time leaves rounding
 * errors behind where vectors nearly agree: Giraud et al. 2005, "Rounding error analysis of the classical
 * Gram-Schmidt". */
static void separate(const vectors *all, size_t a) {
    float *x = all->at + a * all->apart;
    for (int round = 0; round < 2; round++)
        for (size_t b = 0; b < a; b++) {
            const float *y = all->at + b * all->apart;
            const double common = dot(all, a, b);
            for (size_t i = 0; i < all->length; i++)
                x[i * all->step] = (float)((double)x[i * all->step] - common * (double)y[i * all->step]);
        }
}

/* Gram-Schmidt on normal vectors: the Q of a QR decomposition whose R has a positive diagonal, which is uniform among
 * all orthogonal matrices.  Source: Mezzadri 2007, "How to generate random matrices from the classical compact groups",
 * Notices of the AMS 54(5). */
static void draw_orthogonal(double gain, size_t rows, size_t columns, float *out, ml_rng *rng) {
    const vectors all =
        rows >= columns ? (vectors){columns, rows, 1, columns, out} : (vectors){rows, columns, columns, 1, out};
    draw_normal(1, rows * columns, out, rng);
    for (size_t a = 0; a < all.n; a++) {
        float *x = all.at + a * all.apart;
        separate(&all, a);
        double length = sqrt(dot(&all, a, a));
        while (!(length > 1e-3)) { /* nearly a sum of the others; practically never */
            for (size_t i = 0; i < all.length; i++)
                x[i * all.step] = (float)ml_rng_normal(rng);
            separate(&all, a);
            length = sqrt(dot(&all, a, a));
        }
        for (size_t i = 0; i < all.length; i++)
            x[i * all.step] = (float)((double)x[i * all.step] / length);
    }
    for (size_t i = 0; i < rows * columns; i++)
        out[i] = (float)(gain * (double)out[i]);
}

void ml_initialise(ml_initialiser how, const ml_tensor *out, ml_rng *rng) {
    const size_t n = ml_tensor_count(out);
    const double value = (double)how.value;
    double fan_in, fan_out;
    if (n == 0)
        return;
    ml_param_fans(out->dimensions, out->size, &fan_in, &fan_out);
    switch (how.kind) {
    case ML_INITIALISE_CONSTANT:
        ml_tensor_fill(out, how.value);
        break;
    case ML_INITIALISE_NORMAL:
        draw_normal(value, n, out->data, rng);
        break;
    case ML_INITIALISE_UNIFORM:
        draw_uniform(value, n, out->data, rng);
        break;
    case ML_INITIALISE_XAVIER_NORMAL:
        draw_normal(value * sqrt(2 / (fan_in + fan_out)), n, out->data, rng);
        break;
    case ML_INITIALISE_XAVIER_UNIFORM:
        draw_uniform(value * sqrt(6 / (fan_in + fan_out)), n, out->data, rng);
        break;
    case ML_INITIALISE_HE_NORMAL:
        draw_normal(value * sqrt(2 / fan_in), n, out->data, rng);
        break;
    case ML_INITIALISE_HE_UNIFORM:
        draw_uniform(value * sqrt(6 / fan_in), n, out->data, rng);
        break;
    case ML_INITIALISE_ORTHOGONAL: {
        const size_t columns = out->dimensions == 0 ? 1 : out->size[out->dimensions - 1];
        draw_orthogonal(value, n / columns, columns, out->data, rng);
        break;
    }
    }
}
