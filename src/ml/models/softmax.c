/* Softmax regression by Newton's method; where there are many unknowns, softmax_lbfgs.c takes over. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/softmax_lbfgs.h"

/* The unknowns, class after class: its d coefficients, then its intercept. */
typedef struct newton {
    size_t n, d, k, q, p; /* rows, features, classes, d + 1, k q */
    const double *x;
    const uint32_t *label;
    double l2;
    double *w, *trial, *gradient, *step; /* [p] */
    double *hessian;                     /* [p x p] */
    double *probability;                 /* [k] of the row at hand */
} newton;

/* Probabilities of one row into out [k]; returns the log of their common divisor, from which a log loss follows. */
static double softmax_row(size_t d, size_t k, size_t stride, const double *x, const double *w, const double *intercept,
                          size_t intercept_stride, double *out) {
    double largest = (double)-INFINITY, sum = 0.0;
    for (size_t c = 0; c < k; c++) {
        out[c] = intercept[c * intercept_stride];
        for (size_t j = 0; j < d; j++)
            out[c] += w[c * stride + j] * x[j];
        largest = fmax(largest, out[c]);
    }
    for (size_t c = 0; c < k; c++)
        sum += out[c] = ml_exp(out[c] - largest);
    for (size_t c = 0; c < k; c++)
        out[c] /= sum;
    return largest + ml_log(sum);
}

void ml_softmax_predict(size_t n, size_t d, size_t classes, const double *x, const double *coefficient,
                        const double *intercept, double *probability) {
    for (size_t i = 0; i < n; i++)
        softmax_row(d, classes, d, x + i * d, coefficient, intercept, 1, probability + i * classes);
}

static double objective(const newton *f, const double *w) {
    double sum = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        const double *const row = f->x + i * f->d, *const own = w + f->label[i] * f->q;
        sum += softmax_row(f->d, f->k, f->q, row, w, w + f->d, f->q, f->probability) - own[f->d];
        for (size_t j = 0; j < f->d; j++)
            sum -= own[j] * row[j];
    }
    for (size_t c = 0; c < f->k; c++)
        for (size_t j = 0; j < f->d; j++)
            sum += 0.5 * f->l2 * w[c * f->q + j] * w[c * f->q + j];
    return sum;
}

/* Adds weight (x, 1)(x, 1)^T to block (a, b) of the Hessian; of blocks on the diagonal only the lower half is read. */
static void add_block(const newton *f, size_t a, size_t b, double weight, const double *row) {
    for (size_t j = 0; j < f->q; j++) {
        double *const to = f->hessian + (a * f->q + j) * f->p + b * f->q;
        const double scaled = weight * (j < f->d ? row[j] : 1.0);
        for (size_t m = 0; m < f->d; m++)
            to[m] += scaled * row[m];
        to[f->d] += scaled;
    }
}

static void differentiate(newton *f) {
    memset(f->gradient, 0, f->p * sizeof *f->gradient);
    memset(f->hessian, 0, f->p * f->p * sizeof *f->hessian);
    for (size_t i = 0; i < f->n; i++) {
        const double *const row = f->x + i * f->d, *const p = f->probability;
        softmax_row(f->d, f->k, f->q, row, f->w, f->w + f->d, f->q, f->probability);
        for (size_t a = 0; a < f->k; a++) {
            const double residual = p[a] - (f->label[i] == a);
            for (size_t j = 0; j < f->q; j++)
                f->gradient[a * f->q + j] += residual * (j < f->d ? row[j] : 1.0);
            for (size_t b = 0; b <= a; b++)
                add_block(f, a, b, a == b ? p[a] * (1.0 - p[a]) : -p[a] * p[b], row);
        }
    }
    for (size_t a = 0; a < f->k; a++) {
        for (size_t j = 0; j < f->d; j++) {
            f->gradient[a * f->q + j] += f->l2 * f->w[a * f->q + j];
            f->hessian[(a * f->q + j) * (f->p + 1)] += f->l2;
        }
        /* The same number added to all intercepts changes no probability. The gradient has nothing in that direction,
         * so a penalty on it moves no step, and gives the matrix an inverse. */
        for (size_t b = 0; b <= a; b++)
            f->hessian[(a * f->q + f->d) * f->p + b * f->q + f->d] += 1.0;
    }
}

/* One Newton step, halved until the objective falls enough (as in logistic.c). Returns what the full one promised. */
static ml_status iterate(newton *f, double *promise, double *value, ml_error *error) {
    differentiate(f);
    for (size_t j = 0; j < f->p; j++)
        f->step[j] = -f->gradient[j];
    if (ml_cholesky_solve(f->p, f->hessian, f->step, NULL) != ML_OK)
        return ml_fail(error, ML_ESINGULAR, "features are constant or depend on each other; use a larger l2");
    double slope = 0.0, size = 1.0;
    for (size_t j = 0; j < f->p; j++)
        slope += f->gradient[j] * f->step[j];
    const double start = objective(f, f->w);
    for (int halvings = 0; halvings < 60; halvings++, size *= 0.5) {
        for (size_t j = 0; j < f->p; j++)
            f->trial[j] = f->w[j] + size * f->step[j];
        if (objective(f, f->trial) <= start + 1e-4 * size * slope + 1e-13 * start)
            break;
    }
    memcpy(f->w, f->trial, f->p * sizeof *f->w);
    *promise = -0.5 * slope;
    *value = start;
    return ML_OK;
}

static ml_status fit(newton *f, double *coefficient, double *intercept, ml_arena *arena, ml_error *error) {
    f->w = ML_ALLOC(arena, f->p, double);
    f->trial = ML_ALLOC(arena, f->p, double);
    f->gradient = ML_ALLOC(arena, f->p, double);
    f->step = ML_ALLOC(arena, f->p, double);
    f->hessian = f->p > SIZE_MAX / f->p ? NULL : ML_ALLOC(arena, f->p * f->p, double);
    f->probability = ML_ALLOC(arena, f->k, double);
    if (!f->w || !f->trial || !f->gradient || !f->step || !f->hessian || !f->probability)
        return ml_models_out_of_memory("softmax regression", f->n, f->d, error);
    double promise = (double)INFINITY, value = 1.0;
    for (int i = 0; promise > 1e-16 * value; i++) {
        if (i == ML_LOGISTIC_MAX_ITERATIONS)
            return ml_fail(error, ML_EDIVERGED, "no optimum after %d steps; use a larger l2, or scale the features",
                           ML_LOGISTIC_MAX_ITERATIONS);
        ML_TRY(iterate(f, &promise, &value, error));
    }
    for (size_t c = 0; c < f->k; c++) {
        memcpy(coefficient + c * f->d, f->w + c * f->q, f->d * sizeof *coefficient);
        intercept[c] = f->w[c * f->q + f->d];
    }
    return ML_OK;
}

ml_status ml_softmax_fit(size_t n, size_t d, size_t classes, const double *x, const uint32_t *label, double l2,
                         double *coefficient, double *intercept, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    if (!(l2 > 0.0 && isfinite(l2)))
        return ml_fail(error, ML_EINVAL, "l2 is %g; softmax regression needs a finite one above 0", l2);
    ML_TRY(ml_models_check_labels(n, classes, label, error));
    if (d > SIZE_MAX / classes - 1)
        return ml_models_out_of_memory("softmax regression", n, d, error);
    if (classes * (d + 1) > ML_SOFTMAX_NEWTON_MOST)
        return ml_softmax_lbfgs(n, d, classes, x, label, NULL, l2, true, coefficient, intercept, NULL, arena, error);
    const ml_arena_mark before = ml_arena_save(arena);
    newton f = {.n = n, .d = d, .k = classes, .q = d + 1, .p = classes * (d + 1), .x = x, .label = label, .l2 = l2};
    const ml_status status = fit(&f, coefficient, intercept, arena, error);
    ml_arena_release(arena, before);
    if (status == ML_ESINGULAR) /* features so far from 0 that they hide behind the intercepts, which it centres */
        return ml_softmax_lbfgs(n, d, classes, x, label, NULL, l2, true, coefficient, intercept, NULL, arena, error);
    return status;
}
