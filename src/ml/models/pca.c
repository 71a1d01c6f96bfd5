/* Principal components, by the eigenvectors of the smaller of two matrices. */
#include <string.h>

#include "base/math.h"
#include "models/basis.h"
#include "models/check.h"
#include "models/decomposition.h"
#include "models/magnitude.h"

typedef struct pca {
    size_t n, d, k, m;                  /* m = min(n, d) */
    double *mean, *centred, *component; /* [d], [n x d], [k x d] */
    double *product, *value;            /* [m x m] covariance or products of rows, [m] */
    double total;                       /* variance of all features, times n - 1 */
} pca;

static bool allocate(pca *f, ml_arena *arena) {
    f->mean = ML_ALLOC(arena, f->d, double);
    f->centred = ml_models_matrix(arena, f->n, f->d);
    f->component = ml_models_matrix(arena, f->k, f->d);
    f->product = ml_models_matrix(arena, f->m, f->m);
    f->value = ML_ALLOC(arena, f->m, double);
    return f->mean && f->centred && f->component && f->product && f->value;
}

static void centre(pca *f, const double *x) {
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->d; j++)
            f->mean[j] += x[i * f->d + j] / (double)f->n;
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->d; j++)
            f->centred[i * f->d + j] = x[i * f->d + j] - f->mean[j];
    for (size_t i = 0; i < f->n; i++)
        f->total += ml_models_dot(f->d, f->centred + i * f->d, f->centred + i * f->d);
}

static void multiply(pca *f) {
    if (f->d <= f->n) {
        ml_syrk_acc(f->n, f->d, f->centred, f->product);
        return;
    }
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j <= i; j++)
            f->product[i * f->n + j] = ml_models_dot(f->d, f->centred + i * f->d, f->centred + j * f->d);
}

/* Eigenvectors of the covariance are the components; those of the products of rows are their scores, up to size, and
 * the components what the rows sum to with these weights. */
static void take_components(pca *f) {
    if (f->d <= f->n) {
        memcpy(f->component, f->product, f->k * f->d * sizeof *f->component);
        return;
    }
    const double rounding = 1e-8 * sqrt(f->value[0] > 0.0 ? f->value[0] : 0.0);
    for (size_t c = 0; c < f->k; c++) {
        for (size_t i = 0; i < f->n; i++)
            ml_models_add(f->d, f->product[c * f->n + i], f->centred + i * f->d, f->component + c * f->d);
        ml_models_orthonormalise(c, f->d, f->component, rounding);
    }
}

/* A component and its opposite are equally good: the score of largest size, of equals the first, is to be positive. */
static void choose_signs(pca *f) {
    for (size_t c = 0; c < f->k; c++) {
        double largest = 0.0;
        for (size_t i = 0; i < f->n; i++) {
            const double score = ml_models_dot(f->d, f->centred + i * f->d, f->component + c * f->d);
            largest = fabs(score) > fabs(largest) ? score : largest;
        }
        for (size_t j = 0; j < f->d && largest < 0.0; j++)
            f->component[c * f->d + j] = -f->component[c * f->d + j];
    }
}

static ml_status fit(pca *f, const double *x, ml_arena *arena, ml_error *error) {
    if (!allocate(f, arena))
        return ml_models_out_of_memory("principal components", f->n, f->d, error);
    centre(f, x);
    multiply(f);
    ML_TRY(ml_eigh(f->m, f->product, f->value, f->product, arena, error));
    take_components(f);
    choose_signs(f);
    return ML_OK;
}

static void put_out(const pca *f, double *mean, double *component, double *variance, double *ratio) {
    memcpy(mean, f->mean, f->d * sizeof *mean);
    memcpy(component, f->component, f->k * f->d * sizeof *component);
    for (size_t c = 0; c < f->k; c++) {
        const double squares = f->value[c] > 0.0 ? f->value[c] : 0.0; /* rounding may make a 0 negative */
        variance[c] = squares / (double)(f->n - 1);
        if (ratio != NULL)
            ratio[c] = f->total > 0.0 ? squares / f->total : 0.0;
    }
}

ml_status ml_pca_fit(size_t n, size_t d, const double *x, size_t k, double *mean, double *component, double *variance,
                     double *ratio, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_magnitude(n, d, x, error));
    const size_t m = n < d ? n : d;
    if (n < 2)
        return ml_fail(error, ML_EINVAL, "one row does not vary; principal components need at least 2");
    if (k == 0 || k > m)
        return ml_fail(error, ML_EINVAL, "%zu components; %zu rows of %zu features have 1 to %zu", k, n, d, m);
    const ml_arena_mark before = ml_arena_save(arena);
    pca f = {.n = n, .d = d, .k = k, .m = m};
    const ml_status status = fit(&f, x, arena, error);
    if (status == ML_OK)
        put_out(&f, mean, component, variance, ratio);
    ml_arena_release(arena, before);
    return status;
}

void ml_pca_transform(size_t n, size_t d, const double *x, size_t k, const double *mean, const double *component,
                      double *score) {
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < k; c++) {
            double sum = 0.0;
            for (size_t j = 0; j < d; j++)
                sum += (x[i * d + j] - mean[j]) * component[c * d + j];
            score[i * k + c] = sum;
        }
}

void ml_pca_restore(size_t n, size_t d, const double *score, size_t k, const double *mean, const double *component,
                    double *row) {
    for (size_t i = 0; i < n; i++) {
        memcpy(row + i * d, mean, d * sizeof *row);
        for (size_t c = 0; c < k; c++)
            ml_models_add(d, score[i * k + c], component + c * d, row + i * d);
    }
}
