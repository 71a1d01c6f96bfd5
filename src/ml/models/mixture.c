/* Mixtures of normal distributions: expectation-maximisation. */
#include <float.h>
#include <string.h>

#include "base/math.h"
#include "models/clusters_check.h"
#include "models/magnitude.h"

typedef struct em {
    size_t n, d, k, size; /* size: numbers of one covariance, d^2 or d */
    const double *x;
    ml_mixture mixture;          /* its buffers are scratch: the caller's change at the end */
    double *root, *log_scale;    /* [k x size] Cholesky factors or deviations; [k] ln weight - ln det root */
    double *responsibility;      /* [n x k] */
    double *difference, *log_of; /* [d], [k] */
    uint32_t *label;             /* [n] of the start */
} em;

static size_t size_of(size_t d, ml_covariance shape) {
    return shape == ML_COVARIANCE_DIAGONAL ? d : d > SIZE_MAX / d ? 0 : d * d;
}

static bool allocate(em *f, const ml_mixture *mixture, ml_arena *arena) {
    f->mixture = *mixture;
    f->mixture.weight = ML_ALLOC(arena, f->k, double);
    f->mixture.mean = ml_models_matrix(arena, f->k, f->d);
    f->mixture.covariance = ml_models_matrix(arena, f->k, f->size);
    f->root = ml_models_matrix(arena, f->k, f->size);
    f->log_scale = ML_ALLOC(arena, f->k, double);
    f->responsibility = ml_models_matrix(arena, f->n, f->k);
    f->difference = ML_ALLOC(arena, f->d, double);
    f->log_of = ML_ALLOC(arena, f->k, double);
    f->label = ML_ALLOC(arena, f->n, uint32_t);
    return f->size > 0 && f->mixture.weight && f->mixture.mean && f->mixture.covariance && f->root && f->log_scale &&
           f->responsibility && f->difference && f->log_of && f->label;
}

static void copy(const em *f, const ml_mixture *from, ml_mixture *to) {
    memcpy(to->weight, from->weight, f->k * sizeof *to->weight);
    memcpy(to->mean, from->mean, f->k * f->d * sizeof *to->mean);
    memcpy(to->covariance, from->covariance, f->k * f->size * sizeof *to->covariance);
}

static ml_status singular(size_t component, ml_error *error) {
    return ml_fail(error, ML_ESINGULAR,
                   "the covariance of component %zu has no inverse: it sits on a point or in a plane; use a larger "
                   "regularisation or fewer components",
                   component);
}

/* Whether a variance is more than what rounding makes of a component whose rows are all equal to its mean. */
static bool has_width(double variance, double mean) {
    const double rounding = 16.0 * DBL_EPSILON * mean;
    return variance > rounding * rounding && variance > DBL_MIN;
}

/* A square root of each covariance, and the logarithm of what stands before the exponential. */
static ml_status factorise(em *f, ml_error *error) {
    const double half_log_2pi = 0.91893853320467274178;
    memcpy(f->root, f->mixture.covariance, f->k * f->size * sizeof *f->root);
    for (size_t c = 0; c < f->k; c++) {
        double *const root = f->root + c * f->size;
        const bool is_full = f->mixture.shape == ML_COVARIANCE_FULL;
        for (size_t j = 0; j < f->d; j++)
            if (!has_width(root[is_full ? j * f->d + j : j], f->mixture.mean[c * f->d + j]))
                return singular(c, error);
        if (is_full && ml_cholesky_factor(f->d, root, NULL) != ML_OK)
            return singular(c, error);
        f->log_scale[c] = ml_log(f->mixture.weight[c]) - half_log_2pi * (double)f->d;
        for (size_t j = 0; j < f->d; j++) {
            if (!is_full)
                root[j] = sqrt(root[j]);
            f->log_scale[c] -= ml_log(root[is_full ? j * f->d + j : j]);
        }
    }
    return ML_OK;
}

/* |root^-1 (x - mean)|^2 */
static double distance(const em *f, size_t c, const double *row) {
    const double *const root = f->root + c * f->size, *const mean = f->mixture.mean + c * f->d;
    double sum = 0.0;
    for (size_t j = 0; j < f->d; j++) {
        double z = row[j] - mean[j];
        if (f->mixture.shape == ML_COVARIANCE_FULL) {
            for (size_t i = 0; i < j; i++)
                z -= root[j * f->d + i] * f->difference[i];
            z /= root[j * f->d + j];
        } else {
            z /= root[j];
        }
        f->difference[j] = z;
        sum += z * z;
    }
    return sum;
}

/* ln p(row), and the components' shares of it; the largest exponent is taken out, because exp underflows below -745. */
static double share(em *f, const double *row, double *responsibility) {
    double most = -(double)INFINITY, sum = 0.0;
    for (size_t c = 0; c < f->k; c++) {
        f->log_of[c] = f->log_scale[c] - 0.5 * distance(f, c, row);
        most = f->log_of[c] > most ? f->log_of[c] : most;
    }
    if (!(most > -DBL_MAX)) /* farther than a double can say: all are equally far */
        most = -DBL_MAX;
    for (size_t c = 0; c < f->k; c++) {
        const double log_of = f->log_of[c] > -DBL_MAX ? f->log_of[c] : -DBL_MAX;
        responsibility[c] = ml_exp(log_of - most);
        sum += responsibility[c];
    }
    for (size_t c = 0; c < f->k; c++)
        responsibility[c] /= sum;
    return most + ml_log(sum);
}

/* Returns the mean log-likelihood. */
static double expect(em *f) {
    double sum = 0.0;
    for (size_t i = 0; i < f->n; i++)
        sum += share(f, f->x + i * f->d, f->responsibility + i * f->k) / (double)f->n;
    return sum;
}

/* The weighted covariance of one component, about its mean: both triangles. */
static void scatter(em *f, size_t c, double total, double regularisation) {
    double *const covariance = f->mixture.covariance + c * f->size;
    const double *const mean = f->mixture.mean + c * f->d;
    const bool is_full = f->mixture.shape == ML_COVARIANCE_FULL;
    memset(covariance, 0, f->size * sizeof *covariance);
    for (size_t i = 0; i < f->n; i++) {
        const double share_of = f->responsibility[i * f->k + c] / total;
        for (size_t j = 0; j < f->d; j++) {
            f->difference[j] = f->x[i * f->d + j] - mean[j];
            if (!is_full)
                covariance[j] += share_of * f->difference[j] * f->difference[j];
            for (size_t l = 0; is_full && l <= j; l++)
                covariance[j * f->d + l] += share_of * f->difference[j] * f->difference[l];
        }
    }
    for (size_t j = 0; j < f->d; j++) {
        covariance[is_full ? j * f->d + j : j] += regularisation;
        for (size_t l = 0; is_full && l < j; l++)
            covariance[l * f->d + j] = covariance[j * f->d + l];
    }
}

/* The tiny amount keeps a component that answers for no row from dividing by 0; scikit-learn adds the same. */
static void maximise(em *f, double regularisation) {
    memset(f->mixture.mean, 0, f->k * f->d * sizeof *f->mixture.mean);
    for (size_t c = 0; c < f->k; c++) {
        double total = 10.0 * DBL_EPSILON, *const mean = f->mixture.mean + c * f->d;
        for (size_t i = 0; i < f->n; i++) {
            const double share_of = f->responsibility[i * f->k + c];
            total += share_of;
            for (size_t j = 0; j < f->d; j++)
                mean[j] += share_of * f->x[i * f->d + j];
        }
        for (size_t j = 0; j < f->d; j++)
            mean[j] /= total;
        f->mixture.weight[c] = total / (double)f->n;
        scatter(f, c, total, regularisation);
    }
}

static ml_status iterate(em *f, double regularisation, double tolerance, size_t max_iterations,
                         ml_mixture_report *report, ml_error *error) {
    double last = -(double)INFINITY;
    ML_TRY(factorise(f, error));
    while (!report->converged && report->iterations < max_iterations) {
        const double now = expect(f);
        maximise(f, regularisation);
        ML_TRY(factorise(f, error));
        report->converged = fabs(now - last) < tolerance;
        last = now;
        report->iterations++;
    }
    report->log_likelihood = expect(f);
    return ML_OK;
}

static ml_status check_mixture(const ml_mixture *mixture, ml_error *error) {
    ML_TRY(ml_models_check_magnitude(mixture->k, mixture->d, mixture->mean, error));
    for (size_t c = 0; c < mixture->k; c++) {
        if (!(mixture->weight[c] > 0.0 && isfinite(mixture->weight[c])))
            return ml_fail(error, ML_EINVAL, "the weight of component %zu is %g; it is above 0", c, mixture->weight[c]);
        const size_t d = mixture->d, columns = mixture->shape == ML_COVARIANCE_FULL ? d : 1;
        for (size_t i = 0; i < d; i++) /* only the lower triangle */
            ML_TRY(ml_models_check_magnitude(1, columns == 1 ? 1 : i + 1, mixture->covariance + (c * d + i) * columns,
                                             error));
    }
    return ML_OK;
}

static ml_status check_setting(const char *name, double value, ml_error *error) {
    if (!(value >= 0.0 && value <= 1e140))
        return ml_fail(error, ML_EINVAL, "%s is %g; it is 0 or more, and at most 1e140", name, value);
    return ML_OK;
}

static em begin(size_t n, const double *x, const ml_mixture *mixture) {
    return (em){.n = n, .d = mixture->d, .k = mixture->k, .size = size_of(mixture->d, mixture->shape), .x = x};
}

static ml_status out_of_memory(const em *f, ml_error *error) {
    return ml_clusters_out_of_memory("a mixture", f->n, f->d, f->k, error);
}

ml_status ml_mixture_start(size_t n, const double *x, double regularisation, ml_rng *rng, ml_mixture *mixture,
                           ml_arena *arena, ml_error *error) {
    ML_TRY(ml_clusters_check(n, mixture->d, x, mixture->k, error));
    ML_TRY(check_setting("regularisation", regularisation, error));
    const ml_arena_mark before = ml_arena_save(arena);
    em f = begin(n, x, mixture);
    ml_kmeans_report report;
    ml_status status = allocate(&f, mixture, arena) ? ML_OK : out_of_memory(&f, error);
    if (status == ML_OK)
        status = ml_kmeans_fit(n, f.d, x, f.k, 1, 100, 1e-3, rng, f.mixture.mean, f.label, &report, arena, error);
    if (status == ML_OK) {
        for (size_t i = 0; i < n; i++)
            f.responsibility[i * f.k + f.label[i]] = 1.0;
        maximise(&f, regularisation);
        copy(&f, &f.mixture, mixture);
    }
    ml_arena_release(arena, before);
    return status;
}

ml_status ml_mixture_fit(size_t n, const double *x, double regularisation, double tolerance, size_t max_iterations,
                         ml_mixture *mixture, ml_mixture_report *report, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_clusters_check(n, mixture->d, x, mixture->k, error));
    ML_TRY(check_mixture(mixture, error));
    ML_TRY(check_setting("regularisation", regularisation, error));
    ML_TRY(check_setting("tolerance", tolerance, error));
    if (max_iterations == 0)
        return ml_fail(error, ML_EINVAL, "max_iterations is 0; a mixture needs at least 1");
    const ml_arena_mark before = ml_arena_save(arena);
    em f = begin(n, x, mixture);
    ml_mixture_report found = {0};
    ml_status status = allocate(&f, mixture, arena) ? ML_OK : out_of_memory(&f, error);
    if (status == ML_OK) {
        copy(&f, mixture, &f.mixture);
        status = iterate(&f, regularisation, tolerance, max_iterations, &found, error);
    }
    if (status == ML_OK) {
        copy(&f, &f.mixture, mixture);
        *report = found;
    }
    ml_arena_release(arena, before);
    return status;
}

ml_status ml_mixture_predict(size_t n, const double *x, const ml_mixture *mixture, double *log_density,
                             double *responsibility, ml_arena *arena, ml_error *error) {
    ML_TRY(check_mixture(mixture, error));
    if (n > 0)
        ML_TRY(ml_models_check_magnitude(n, mixture->d, x, error));
    const ml_arena_mark before = ml_arena_save(arena);
    em f = begin(1, x, mixture); /* one row at a time needs the room of one */
    ml_status status = allocate(&f, mixture, arena) ? ML_OK : out_of_memory(&f, error);
    if (status == ML_OK) {
        copy(&f, mixture, &f.mixture);
        status = factorise(&f, error);
    }
    for (size_t i = 0; status == ML_OK && i < n; i++) {
        const double here = share(&f, x + i * f.d, f.responsibility);
        if (log_density != NULL)
            log_density[i] = here;
        if (responsibility != NULL)
            memcpy(responsibility + i * f.k, f.responsibility, f.k * sizeof *responsibility);
    }
    ml_arena_release(arena, before);
    return status;
}
