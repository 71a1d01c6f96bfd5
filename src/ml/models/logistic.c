#include <stdbool.h>
#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/magnitude.h"
#include "models/softmax_lbfgs.h"

void ml_logistic_predict(size_t n, size_t d, const double *x, const double *coefficient, double intercept,
                         double *probability) {
    ml_linear_predict(n, d, x, coefficient, intercept, probability);
    for (size_t i = 0; i < n; i++)
        probability[i] = ml_sigmoid(probability[i]);
}

/* One Newton fit. The p unknowns are the d coefficients and, if there is one, the intercept at the end. */
typedef struct newton {
    size_t n, d, p;
    const double *x;
    const uint8_t *label;
    const double *row_weight; /* [n], or NULL: all 1 */
    double l2;
    double *w, *gradient, *step; /* [p]; w starts at 0 */
    double *hessian;             /* [p x p] */
    double *z, *dz;              /* [n] logits, and how the step changes them */
    double objective;            /* before the last step */
    double gap;                  /* about how far that was above the minimum */
} newton;

static ml_status allocate(newton *f, ml_arena *arena, ml_error *error) {
    f->w = ML_ALLOC(arena, f->p, double);
    f->gradient = ML_ALLOC(arena, f->p, double);
    f->step = ML_ALLOC(arena, f->p, double);
    f->hessian = f->p > SIZE_MAX / f->p ? NULL : ML_ALLOC(arena, f->p * f->p, double);
    f->z = ML_ALLOC(arena, f->n, double);
    f->dz = ML_ALLOC(arena, f->n, double);
    const bool all = f->w && f->gradient && f->step && f->hessian && f->z && f->dz;
    return all ? ML_OK : ml_models_out_of_memory("logistic regression", f->n, f->d, error);
}

static double weight_of(const newton *f, size_t i) {
    return f->row_weight != NULL ? f->row_weight[i] : 1.0;
}

/* The objective after `size` of the step: the stable form of log loss, and the penalty. */
static double objective(const newton *f, double size) {
    double sum = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        const double z = f->z[i] + size * f->dz[i];
        sum += weight_of(f, i) * ((z > 0.0 ? z : 0.0) - (f->label[i] ? z : 0.0) + ml_log1p(ml_exp(-fabs(z))));
    }
    for (size_t j = 0; j < f->d; j++) {
        const double w = f->w[j] + size * f->step[j];
        sum += 0.5 * f->l2 * w * w;
    }
    return sum;
}

/* Gradient X^T (p - y) + l2 w and Hessian X^T diag(p (1 - p)) X + l2 I, its lower triangle. */
static void differentiate(newton *f) {
    memset(f->gradient, 0, f->p * sizeof *f->gradient);
    memset(f->hessian, 0, f->p * f->p * sizeof *f->hessian);
    for (size_t i = 0; i < f->n; i++) {
        const double *const row = f->x + i * f->d;
        const double p = ml_sigmoid(f->z[i]), q = ml_sigmoid(-f->z[i]); /* 1 - p would lose the digits of a small q */
        const double residual = weight_of(f, i) * (f->label[i] ? -q : p), weight = weight_of(f, i) * p * q;
        for (size_t j = 0; j < f->p; j++) {
            const double x_ij = j < f->d ? row[j] : 1.0;
            f->gradient[j] += residual * x_ij;
            for (size_t k = 0; k < j; k++)
                f->hessian[j * f->p + k] += weight * x_ij * row[k];
            f->hessian[j * f->p + j] += weight * x_ij * x_ij;
        }
    }
    for (size_t j = 0; j < f->d; j++) {
        f->gradient[j] += f->l2 * f->w[j];
        f->hessian[j * f->p + j] += f->l2;
    }
}

/* Moves along the step, halved until the objective falls by a share of what its slope promises (Armijo's rule; Nocedal
 * and Wright, "Numerical Optimization", 2nd edition, section 3.1). The slack lets rounding pass near the optimum. */
static void move(newton *f, double slope) {
    const double start = f->objective, slack = 1e-13 * start;
    double size = 1.0;
    for (int halvings = 0; halvings < 60 && !(objective(f, size) <= start + 1e-4 * size * slope + slack); halvings++)
        size *= 0.5;
    for (size_t j = 0; j < f->p; j++)
        f->w[j] += size * f->step[j];
    for (size_t i = 0; i < f->n; i++)
        f->z[i] += size * f->dz[i];
}

/* One Newton step. The gap is half the square of the Newton decrement (Boyd and Vandenberghe, "Convex Optimization",
 * section 9.5.1). */
static ml_status iterate(newton *f, ml_error *error) {
    differentiate(f);
    for (size_t j = 0; j < f->p; j++)
        f->step[j] = -f->gradient[j];
    if (ml_cholesky_solve(f->p, f->hessian, f->step, NULL) != ML_OK)
        return ml_fail(error, ML_ESINGULAR,
                       "features are constant or depend on each other; remove some, or use l2 > 0");
    double slope = 0.0;
    for (size_t j = 0; j < f->p; j++)
        slope += f->gradient[j] * f->step[j];
    ml_linear_predict(f->n, f->d, f->x, f->step, f->p > f->d ? f->step[f->d] : 0.0, f->dz);
    f->objective = objective(f, 0.0);
    f->gap = -0.5 * slope;
    move(f, slope);
    return ML_OK;
}

/* Whether every row is on its side by far: without a penalty the coefficients then grow for ever. */
static bool is_separated(const newton *f) {
    for (size_t i = 0; i < f->n; i++)
        if (weight_of(f, i) > 0.0 && !((f->label[i] ? f->z[i] : -f->z[i]) > 10.0))
            return false;
    return true;
}

static ml_status separated(ml_error *error) {
    return ml_fail(error, ML_EDIVERGED,
                   "the classes can be told apart without error, so the best coefficients are "
                   "infinite; use l2 > 0");
}

static ml_status fit(newton *f, double *coefficient, double *intercept, int32_t *n_iterations, ml_error *error) {
    int32_t iterations = 0;
    f->gap = (double)INFINITY;
    while (f->gap > 1e-16 * f->objective) { /* Newton squares the error: what is left after such a step is nil */
        if (f->l2 == 0.0 && is_separated(f))
            return separated(error);
        if (iterations == ML_LOGISTIC_MAX_ITERATIONS)
            return ml_fail(error, ML_EDIVERGED, "no optimum after %d steps; use a larger l2, or scale the features",
                           ML_LOGISTIC_MAX_ITERATIONS);
        ML_TRY(iterate(f, error));
        iterations++;
    }
    memcpy(coefficient, f->w, f->d * sizeof *coefficient);
    if (intercept != NULL)
        *intercept = f->w[f->d];
    if (n_iterations != NULL)
        *n_iterations = iterations;
    return ML_OK;
}

static ml_status check_labels(const newton *f, ml_error *error) {
    size_t rows = 0, ones = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (f->label[i] > 1)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %d; logistic regression takes 0 and 1", i,
                           f->label[i]);
        if (!(weight_of(f, i) >= 0.0 && weight_of(f, i) <= 1e100))
            return ml_fail(error, ML_EINVAL, "the weight of row %zu is %g; it is 0 or more, and at most 1e100", i,
                           weight_of(f, i));
        rows += weight_of(f, i) > 0.0;
        ones += weight_of(f, i) > 0.0 && f->label[i];
    }
    if (rows == 0)
        return ml_fail(error, ML_EINVAL, "no row has a weight above 0; there is nothing to learn from");
    if (ones == 0 || ones == rows)
        return ml_fail(error, ML_EINVAL, "all %zu rows are of class %d; there is nothing to tell apart", rows,
                       ones > 0);
    return ML_OK;
}

/* Of many features, as softmax of two classes: the scores of these are opposite at the optimum, and the coefficient is
 * their difference, w = w1 - w0 = 2 w1, so that l2/2 |w|^2 is half of l2 (|w0|^2 + |w1|^2). */
static ml_status fit_wide(const newton *f, double *coefficient, double *intercept, int32_t *n_iterations,
                          ml_arena *arena, ml_error *error) {
    uint32_t *const label = ML_ALLOC(arena, f->n, uint32_t);
    double *const both = ml_models_matrix(arena, 2, f->d);
    double intercepts[2];
    if (label == NULL || both == NULL)
        return ml_models_out_of_memory("logistic regression", f->n, f->d, error);
    for (size_t i = 0; i < f->n; i++)
        label[i] = f->label[i];
    ML_TRY(ml_softmax_lbfgs(f->n, f->d, 2, f->x, label, f->row_weight, 2.0 * f->l2, intercept != NULL, both, intercepts,
                            n_iterations, arena, error));
    for (size_t j = 0; j < f->d; j++)
        coefficient[j] = both[f->d + j] - both[j];
    if (intercept != NULL)
        *intercept = intercepts[1] - intercepts[0];
    return ML_OK;
}

ml_status ml_logistic_fit_weighted(size_t n, size_t d, const double *x, const uint8_t *label, const double *weight,
                                   double l2, double *coefficient, double *intercept, int32_t *n_iterations,
                                   ml_arena *arena, ml_error *error) {
    newton f = {.n = n, .d = d, .p = d + (intercept != NULL), .x = x, .label = label, .row_weight = weight, .l2 = l2};
    ML_TRY(ml_models_check_rows(n, d, x, error));
    ML_TRY(check_labels(&f, error));
    ML_TRY(ml_models_check_l2(l2, error));
    const ml_arena_mark before = ml_arena_save(arena);
    bool is_wide = l2 > 0.0 && f.p > ML_SOFTMAX_NEWTON_MOST;
    ml_status status = ML_OK;
    if (!is_wide) {
        status = allocate(&f, arena, error);
        if (status == ML_OK)
            status = fit(&f, coefficient, intercept, n_iterations, error);
        is_wide = status == ML_ESINGULAR && l2 > 0.0; /* a feature so far from 0 that it hides behind the intercept */
        ml_arena_release(arena, before);
    }
    if (is_wide)
        status = fit_wide(&f, coefficient, intercept, n_iterations, arena, error);
    ml_arena_release(arena, before);
    return status;
}

ml_status ml_logistic_fit(size_t n, size_t d, const double *x, const uint8_t *label, double l2, double *coefficient,
                          double *intercept, int32_t *n_iterations, ml_arena *arena, ml_error *error) {
    return ml_logistic_fit_weighted(n, d, x, label, NULL, l2, coefficient, intercept, n_iterations, arena, error);
}
