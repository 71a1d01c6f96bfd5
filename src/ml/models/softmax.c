/* Softmax regression by Newton's method; where there are many unknowns, softmax_lbfgs.c takes over. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/softmax_lbfgs.h"

/* Rows that are added to the Hessian at a time: so many sums are made of an element while it is in a register. */
enum { ABREAST = 4 };

/* The unknowns, class after class: its d coefficients, then its intercept. */
typedef struct newton {
    size_t n, d, k, q, p; /* rows, features, classes, d + 1, k q */
    const double *x;
    const uint32_t *label;
    double l2;
    double *w, *trial, *gradient, *step; /* [p] */
    double *hessian;                     /* [p x p] */
    double *probability;                 /* [ABREAST x k] of the rows at hand */
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

/* Adds weight (x, 1)(x, 1)^T of each of the rows, in their order, to the lower half of block (a, b) of the Hessian. */
static void add_block(const newton *f, size_t a, size_t b, const double *const *row, const double *weight) {
    const double *const x = row[0], *const y = row[1], *const z = row[2], *const v = row[3];
    for (size_t j = 0; j < f->d; j++) {
        double *const to = f->hessian + (a * f->q + j) * f->p + b * f->q;
        const double wx = weight[0] * x[j], wy = weight[1] * y[j], wz = weight[2] * z[j], wv = weight[3] * v[j];
        for (size_t m = 0; m <= j; m++)
            to[m] = to[m] + wx * x[m] + wy * y[m] + wz * z[m] + wv * v[m];
    }
    double *const to = f->hessian + (a * f->q + f->d) * f->p + b * f->q; /* the intercept's */
    for (size_t m = 0; m < f->d; m++)
        to[m] = to[m] + weight[0] * x[m] + weight[1] * y[m] + weight[2] * z[m] + weight[3] * v[m];
    to[f->d] = to[f->d] + weight[0] + weight[1] + weight[2] + weight[3];
}

/* The rows from `from` on, ABREAST of them; behind the last one it is repeated, with weight 0. */
static void add_rows(newton *f, size_t from) {
    const double *row[ABREAST];
    double weight[ABREAST];
    const size_t count = f->n - from < ABREAST ? f->n - from : ABREAST;
    for (size_t r = 0; r < ABREAST; r++) {
        const size_t i = from + (r < count ? r : count - 1);
        double *const p = f->probability + r * f->k;
        row[r] = f->x + i * f->d;
        softmax_row(f->d, f->k, f->q, row[r], f->w, f->w + f->d, f->q, p);
        for (size_t a = 0; a < f->k && r < count; a++) {
            const double residual = p[a] - (f->label[i] == a);
            for (size_t j = 0; j < f->q; j++)
                f->gradient[a * f->q + j] += residual * (j < f->d ? row[r][j] : 1.0);
        }
    }
    for (size_t a = 0; a < f->k; a++)
        for (size_t b = 0; b <= a; b++) {
            for (size_t r = 0; r < ABREAST; r++) {
                const double *const p = f->probability + r * f->k;
                weight[r] = r >= count ? 0.0 : a == b ? p[a] * (1.0 - p[a]) : -p[a] * p[b];
            }
            add_block(f, a, b, row, weight);
        }
}

static void differentiate(newton *f) {
    memset(f->gradient, 0, f->p * sizeof *f->gradient);
    memset(f->hessian, 0, f->p * f->p * sizeof *f->hessian);
    for (size_t i = 0; i < f->n; i += ABREAST)
        add_rows(f, i);
    for (size_t a = 0; a < f->k; a++) {
        for (size_t j = 0; j < f->d; j++) {
            f->gradient[a * f->q + j] += f->l2 * f->w[a * f->q + j];
            f->hessian[(a * f->q + j) * (f->p + 1)] += f->l2;
        }
        /* Each block is symmetric. And the same number added to all intercepts changes no probability: the gradient has
         * nothing in that direction, so a penalty on it moves no step, and gives the matrix an inverse. */
        for (size_t b = 0; b <= a; b++) {
            double *const block = f->hessian + a * f->q * f->p + b * f->q;
            for (size_t j = 0; j < f->q && b < a; j++)
                for (size_t m = 0; m < j; m++)
                    block[m * f->p + j] = block[j * f->p + m];
            block[f->d * f->p + f->d] += 1.0;
        }
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
    f->probability = ML_ALLOC(arena, ABREAST * f->k, double);
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
