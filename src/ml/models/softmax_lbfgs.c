/* Softmax regression by L-BFGS, in coordinates in which all unknowns are about equally steep.
 *
 * L-BFGS is slow where one feature is a year and the next a share. So each feature is centred, which only moves the
 * intercept, and each unknown is measured in units of 1 / sqrt(its entry on the diagonal of the Hessian at the start);
 * the function that is minimised stays the same. */
#include "models/softmax_lbfgs.h"

#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/lbfgs.h"
#include "models/magnitude.h"

enum { MEMORY = 10, MAX_ITERATIONS = 5000 };

/* Of the gradient's largest element at the start: what is aimed at, and what must be reached. */
static const double TOLERANCE = 1e-12, ENOUGH = 1e-6;

/* The unknowns u [(d + 1) x k]: feature by feature, so that the classes of one are side by side; the intercepts last.
 */
typedef struct problem {
    size_t n, d, k;
    const uint32_t *label;
    const double *row_weight; /* [n], or NULL: all 1 */
    double l2;
    double *z;           /* [n x d] features, centred and divided by their scale */
    double *mean, *unit; /* [d], [d + 1] a coefficient is u / unit; the intercept's unit is 0 where there is none */
    double *u, *gradient, *score; /* [k (d + 1)] each, [k] */
} problem;

static bool allocate(problem *f, ml_arena *arena) {
    f->z = ml_models_matrix(arena, f->n, f->d);
    f->mean = ML_ALLOC(arena, f->d, double);
    f->unit = ML_ALLOC(arena, f->d + 1, double);
    f->u = ml_models_matrix(arena, f->d + 1, f->k);
    f->gradient = ml_models_matrix(arena, f->d + 1, f->k);
    f->score = ML_ALLOC(arena, f->k, double);
    return f->z && f->mean && f->unit && f->u && f->gradient && f->score;
}

static double weight_of(const problem *f, size_t i) {
    return f->row_weight != NULL ? f->row_weight[i] : 1.0;
}

/* At the start every class has probability 1/k, so the Hessian's diagonal is (1/k)(1 - 1/k) sum of squares + l2. */
static void scale(problem *f, const double *x, bool has_intercept) {
    const double share = 1.0 / (double)f->k, curvature = share * (1.0 - share);
    double rows = 0.0;
    for (size_t i = 0; i < f->n; i++)
        rows += weight_of(f, i);
    for (size_t i = 0; i < f->n && has_intercept; i++)
        for (size_t j = 0; j < f->d; j++)
            f->mean[j] += weight_of(f, i) * x[i * f->d + j] / rows;
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->d; j++) {
            f->z[i * f->d + j] = x[i * f->d + j] - f->mean[j];
            f->unit[j] += weight_of(f, i) * curvature * f->z[i * f->d + j] * f->z[i * f->d + j];
        }
    for (size_t j = 0; j < f->d; j++)
        f->unit[j] = sqrt(f->unit[j] + f->l2);
    f->unit[f->d] = has_intercept ? sqrt(curvature * rows) : 0.0;
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->d; j++)
            f->z[i * f->d + j] /= f->unit[j];
}

/* score += factor u, or gradient += factor residual, for the classes of one feature. */
static void add(size_t k, double factor, const double *from, double *to) {
    for (size_t c = 0; c < k; c++)
        to[c] += factor * from[c];
}

/* The scores of one row to probabilities; returns the log of their common divisor. */
static double normalise(size_t k, double *score) {
    double largest = score[0], sum = 0.0;
    for (size_t c = 1; c < k; c++)
        largest = score[c] > largest ? score[c] : largest;
    for (size_t c = 0; c < k; c++)
        sum += score[c] = ml_exp(score[c] - largest);
    for (size_t c = 0; c < k; c++)
        score[c] /= sum;
    return largest + ml_log(sum);
}

static double objective(void *context, const double *u, double *gradient) {
    problem *const f = context;
    const double constant =
        f->unit[f->d] > 0.0 ? 1.0 / f->unit[f->d] : 0.0; /* what the intercepts are the weights of */
    double sum = 0.0;
    memset(gradient, 0, (f->d + 1) * f->k * sizeof *gradient);
    for (size_t i = 0; i < f->n; i++) {
        const double *const row = f->z + i * f->d;
        memset(f->score, 0, f->k * sizeof *f->score);
        for (size_t j = 0; j < f->d; j++)
            add(f->k, row[j], u + j * f->k, f->score);
        add(f->k, constant, u + f->d * f->k, f->score);
        const double own = f->score[f->label[i]];
        sum += weight_of(f, i) * (normalise(f->k, f->score) - own);
        f->score[f->label[i]] -= 1.0;
        for (size_t c = 0; c < f->k; c++)
            f->score[c] *= weight_of(f, i);
        for (size_t j = 0; j < f->d; j++)
            add(f->k, row[j], f->score, gradient + j * f->k);
        add(f->k, constant, f->score, gradient + f->d * f->k);
    }
    for (size_t j = 0; j < f->d; j++)
        for (size_t c = 0; c < f->k; c++) {
            const double w = u[j * f->k + c] / f->unit[j];
            sum += 0.5 * f->l2 * w * w;
            gradient[j * f->k + c] += f->l2 * w / f->unit[j];
        }
    return sum;
}

static double largest(size_t n, const double *x) {
    double most = 0.0;
    for (size_t j = 0; j < n; j++)
        most = fabs(x[j]) > most ? fabs(x[j]) : most;
    return most;
}

static void put_out(const problem *f, double *coefficient, double *intercept) {
    for (size_t c = 0; c < f->k; c++) {
        intercept[c] = f->unit[f->d] > 0.0 ? f->u[f->d * f->k + c] / f->unit[f->d] : 0.0;
        for (size_t j = 0; j < f->d; j++) {
            coefficient[c * f->d + j] = f->u[j * f->k + c] / f->unit[j];
            intercept[c] -= coefficient[c * f->d + j] * f->mean[j];
        }
    }
}

static ml_status fit(problem *f, double *coefficient, double *intercept, int32_t *n_iterations, ml_arena *arena,
                     ml_error *error) {
    objective(f, f->u, f->gradient);
    const size_t p = f->k * (f->d + 1);
    const double steepest = largest(p, f->gradient);
    const ml_lbfgs_settings settings = {MEMORY, MAX_ITERATIONS, TOLERANCE * steepest};
    ml_lbfgs_report report;
    ML_TRY(ml_lbfgs_minimise(p, objective, f, &settings, f->u, &report, arena, error));
    if (!(report.gradient <= ENOUGH * steepest))
        return ml_fail(error, ML_EDIVERGED, "no optimum after %zu steps; use a larger l2, or scale the features",
                       report.iterations);
    put_out(f, coefficient, intercept);
    if (n_iterations != NULL)
        *n_iterations = (int32_t)report.iterations;
    return ML_OK;
}

static ml_status check_classes(const problem *f, ml_error *error) {
    for (size_t c = 0; c < f->k; c++) {
        size_t rows = 0;
        for (size_t i = 0; i < f->n; i++)
            rows += f->label[i] == c && weight_of(f, i) > 0.0;
        if (rows == 0)
            return ml_fail(error, ML_EDIVERGED, "class %zu has no rows: its intercept would be minus infinity", c);
    }
    return ML_OK;
}

ml_status ml_softmax_lbfgs(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label,
                           const double *weight, double l2, bool has_intercept, double *coefficient, double *intercept,
                           int32_t *n_iterations, ml_arena *arena, ml_error *error) {
    problem f = {.n = n, .d = d, .k = classes, .label = label, .row_weight = weight, .l2 = l2};
    const ml_arena_mark before = ml_arena_save(arena);
    ML_TRY(ml_models_check_magnitude(n, d, x, error));
    ML_TRY(check_classes(&f, error));
    ml_status status;
    if (allocate(&f, arena)) {
        scale(&f, x, has_intercept);
        status = fit(&f, coefficient, intercept, n_iterations, arena, error);
    } else {
        status = ml_models_out_of_memory("softmax regression", n, d, error);
    }
    ml_arena_release(arena, before);
    return status;
}
