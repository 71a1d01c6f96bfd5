/* Lasso and elastic net by coordinate descent. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/models.h"

/* All that a pass asks of the rows are products of columns with each other and with the residual. With at least as many
 * rows as features these are the Gram matrix and d numbers that follow the residual, and a pass takes d^2 steps,
 * whatever n is. With fewer rows the residual itself is shorter. */
typedef struct descent {
    size_t n, d;
    double l1, l2;      /* of the sum, not the mean, of squares */
    double *x, *y;      /* the features, centred: [n x d], without a Gram matrix [d x n]; [n] */
    double *length, *w; /* [d] squared lengths of the columns; coefficients */
    double *residual;   /* [n] y - X w, without a Gram matrix */
    double *gram;       /* [d x d] X^T X, or NULL; then also: */
    double *pull, *xy;  /* [d] X^T (y - X w), X^T y */
    double yy;          /* y^T y */
} descent;

static double dot(size_t n, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* a -= factor b. */
static void subtract(size_t n, double factor, const double *b, double *a) {
    for (size_t i = 0; i < n; i++)
        a[i] -= factor * b[i];
}

/* Column j times the residual. */
static double product(const descent *f, size_t j) {
    return f->gram != NULL ? f->pull[j] : dot(f->n, f->x + j * f->n, f->residual);
}

/* What changes with coefficient j. */
static void follow(descent *f, size_t j, double by) {
    if (f->gram != NULL)
        subtract(f->d, by, f->gram + j * f->d, f->pull);
    else
        subtract(f->n, by, f->x + j * f->n, f->residual);
}

/* One pass: each coefficient goes to where the objective is lowest while the others stay, which is 0 where the feature
 * explains less of the residual than l1. */
static void pass(descent *f) {
    for (size_t j = 0; j < f->d; j++) {
        if (f->length[j] == 0.0)
            continue; /* a constant feature keeps its 0 */
        const double before = f->w[j], pull = product(f, j) + before * f->length[j];
        const double beyond = fabs(pull) - f->l1;
        const double after = beyond > 0.0 ? (pull > 0.0 ? beyond : -beyond) / (f->length[j] + f->l2) : 0.0;
        if (after != before)
            follow(f, j, after - before);
        f->w[j] = after;
    }
}

/* How far the objective can still be above its minimum: the residual, shrunk until it is allowed there, gives a lower
 * bound in the dual problem. */
static double duality_gap(const descent *f) {
    double largest = 0.0, absolute = 0.0, ry, rr; /* the residual times y, and squared */
    for (size_t j = 0; j < f->d; j++) {
        largest = fmax(largest, fabs(product(f, j) - f->l2 * f->w[j]));
        absolute += fabs(f->w[j]);
    }
    if (f->gram != NULL) {
        ry = f->yy - dot(f->d, f->w, f->xy);
        rr = ry - dot(f->d, f->w, f->pull);
    } else {
        ry = dot(f->n, f->residual, f->y);
        rr = dot(f->n, f->residual, f->residual);
    }
    const double shrink = largest > f->l1 ? f->l1 / largest : 1.0;
    return 0.5 * (1.0 + shrink * shrink) * (rr + f->l2 * dot(f->d, f->w, f->w)) + f->l1 * absolute - shrink * ry;
}

static ml_status descend(descent *f, ml_error *error) {
    const double scale = f->yy;
    double gap = duality_gap(f);
    for (int passes = 0; !(gap <= 1e-12 * scale) && passes < ML_ELASTIC_NET_MAX_PASSES; passes++) {
        pass(f);
        gap = duality_gap(f);
    }
    if (!(gap <= 1e-4 * scale)) /* where scikit-learn would stop */
        return ml_fail(error, ML_EDIVERGED, "no optimum after %d passes; use larger penalties, or scale the features",
                       ML_ELASTIC_NET_MAX_PASSES);
    return ML_OK;
}

/* The mean of each of d columns, 0 unless it is to be taken out. */
static void means(size_t n, size_t d, const double *x, bool really, double *mean) {
    for (size_t i = 0; really && i < n; i++)
        for (size_t j = 0; j < d; j++)
            mean[j] += x[i * d + j] / (double)n;
}

static void take_products(descent *f, const double *x, const double *mean) {
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->d; j++) {
            f->x[i * f->d + j] = x[i * f->d + j] - mean[j];
            f->xy[j] += f->x[i * f->d + j] * f->y[i];
        }
    ml_syrk_acc(f->n, f->d, f->x, f->gram);
    for (size_t j = 0; j < f->d; j++) {
        for (size_t k = 0; k < j; k++)
            f->gram[k * f->d + j] = f->gram[j * f->d + k];
        f->length[j] = f->gram[j * f->d + j];
    }
    memcpy(f->pull, f->xy, f->d * sizeof *f->pull);
}

static void take_columns(descent *f, const double *x, const double *mean) {
    for (size_t j = 0; j < f->d; j++) {
        double *const column = f->x + j * f->n;
        for (size_t i = 0; i < f->n; i++)
            column[i] = x[i * f->d + j] - mean[j];
        f->length[j] = dot(f->n, column, column);
    }
    memcpy(f->residual, f->y, f->n * sizeof *f->y);
}

static ml_status fit(descent *f, const double *x, const double *y, double *coefficient, double *intercept,
                     ml_arena *arena, ml_error *error) {
    const bool by_gram = f->n >= f->d;
    double *const mean = ML_ALLOC(arena, f->d, double);
    double y_mean = 0.0;
    f->x = f->n > SIZE_MAX / f->d ? NULL : ML_ALLOC(arena, f->n * f->d, double);
    f->length = ML_ALLOC(arena, f->d, double);
    f->w = ML_ALLOC(arena, f->d, double);
    f->y = ML_ALLOC(arena, f->n, double);
    f->pull = ML_ALLOC(arena, f->d, double);
    f->xy = ML_ALLOC(arena, f->d, double);
    if (by_gram)
        f->gram = ML_ALLOC(arena, f->d * f->d, double);
    else
        f->residual = ML_ALLOC(arena, f->n, double);
    if (!mean || !f->x || !f->length || !f->w || !f->y || !f->pull || !f->xy || (!f->gram && !f->residual))
        return ml_models_out_of_memory("elastic net", f->n, f->d, error);
    means(f->n, 1, y, intercept != NULL, &y_mean);
    means(f->n, f->d, x, intercept != NULL, mean);
    for (size_t i = 0; i < f->n; i++)
        f->y[i] = y[i] - y_mean;
    f->yy = dot(f->n, f->y, f->y);
    if (by_gram)
        take_products(f, x, mean);
    else
        take_columns(f, x, mean);
    ML_TRY(descend(f, error));
    memcpy(coefficient, f->w, f->d * sizeof *coefficient);
    if (intercept != NULL)
        *intercept = y_mean - dot(f->d, mean, f->w);
    return ML_OK;
}

ml_status ml_elastic_net_fit(size_t n, size_t d, const double *x, const double *y, double l1, double l2,
                             double *coefficient, double *intercept, ml_arena *arena, ml_error *error) {
    ML_TRY(ml_models_check_rows(n, d, x, error));
    ML_TRY(ml_models_check_target(n, y, error));
    ML_TRY(ml_models_check_l2(l2, error));
    if (!(l1 >= 0.0 && isfinite(l1)))
        return ml_fail(error, ML_EINVAL, "l1 is %g; the weight of a penalty is a finite number, 0 or more", l1);
    if (l1 == 0.0)
        return ml_ridge_fit(n, d, x, y, l2 * (double)n, coefficient, intercept, arena, error);
    const ml_arena_mark before = ml_arena_save(arena);
    descent f = {.n = n, .d = d, .l1 = l1 * (double)n, .l2 = l2 * (double)n};
    const ml_status status = fit(&f, x, y, coefficient, intercept, arena, error);
    ml_arena_release(arena, before);
    return status;
}
