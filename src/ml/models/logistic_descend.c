/* Logistic regression the way it is first learnt: a fixed number of full-batch gradient steps, from 0. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"

typedef struct descent {
    size_t n, d;
    const double *x;
    const uint8_t *label;
    double *w, *slope; /* [d + 1] the coefficients, then the intercept; and the gradient of the summed loss */
} descent;

static void differentiate(descent *f) {
    memset(f->slope, 0, (f->d + 1) * sizeof *f->slope);
    for (size_t i = 0; i < f->n; i++) {
        const double *const row = f->x + i * f->d;
        double logit = f->w[f->d];
        for (size_t j = 0; j < f->d; j++)
            logit += f->w[j] * row[j];
        const double residual = ml_sigmoid(logit) - f->label[i];
        for (size_t j = 0; j < f->d; j++)
            f->slope[j] += residual * row[j];
        f->slope[f->d] += residual;
    }
}

static void descend(descent *f, double l2, double rate, size_t steps) {
    const double n = (double)f->n;
    for (size_t step = 0; step < steps; step++) {
        differentiate(f);
        for (size_t j = 0; j < f->d; j++)
            f->w[j] -= rate * (f->slope[j] / n + l2 * f->w[j]);
        f->w[f->d] -= rate * f->slope[f->d] / n;
    }
}

static ml_status check_arguments(const descent *f, double l2, double rate, ml_error *error) {
    ML_TRY(ml_models_check_rows(f->n, f->d, f->x, error));
    ML_TRY(ml_models_check_l2(l2, error));
    if (!(rate > 0.0 && isfinite(rate)))
        return ml_fail(error, ML_EINVAL, "the learning rate is %g; it must be above 0 and finite", rate);
    for (size_t i = 0; i < f->n; i++)
        if (f->label[i] > 1)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %d; logistic regression takes 0 and 1", i,
                           f->label[i]);
    return ML_OK;
}

static ml_status take(const descent *f, double *coefficient, double *intercept, ml_error *error) {
    for (size_t j = 0; j <= f->d; j++)
        if (!isfinite(f->w[j]))
            return ml_fail(error, ML_EDIVERGED, "the coefficients grew beyond all bounds; use a smaller learning rate");
    memcpy(coefficient, f->w, f->d * sizeof *coefficient);
    *intercept = f->w[f->d];
    return ML_OK;
}

ml_status ml_logistic_descend(size_t n, size_t d, const double *x, const uint8_t *label, double l2, double rate,
                              size_t steps, double *coefficient, double *intercept, ml_arena *arena, ml_error *error) {
    descent f = {.n = n, .d = d, .x = x, .label = label};
    ML_TRY(check_arguments(&f, l2, rate, error));
    const ml_arena_mark before = ml_arena_save(arena);
    f.w = ML_ALLOC(arena, d + 1, double);
    f.slope = ML_ALLOC(arena, d + 1, double);
    ml_status status = ML_OK;
    if (f.w == NULL || f.slope == NULL) {
        status = ml_models_out_of_memory("logistic regression", n, d, error);
    } else {
        descend(&f, l2, rate, steps);
        status = take(&f, coefficient, intercept, error);
    }
    ml_arena_release(arena, before);
    return status;
}
