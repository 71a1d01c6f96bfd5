/* Stochastic gradient descent for linear models. */
#include <string.h>

#include "base/math.h"
#include "models/check.h"
#include "models/magnitude.h"
#include "models/online.h"

typedef struct sgd {
    size_t n, d;
    const double *x, *y;
    const ml_sgd_settings *settings;
    double *w, *mean, *paid; /* [d] coefficients; their mean over all rows so far; l1 penalty received so far */
    uint32_t *order;         /* [n] */
    double intercept, mean_intercept, owed; /* l1 penalty that each coefficient owes in total */
    double rows, first;                     /* rows so far; t0 of ML_SGD_OPTIMAL */
} sgd;

/* The derivative of a row's loss with respect to what the model says of it. */
static double slope(ml_sgd_loss loss, double p, double y) {
    if (loss == ML_SGD_SQUARED)
        return p - y;
    const double sign = y > 0.0 ? 1.0 : -1.0;
    if (loss == ML_SGD_LOG)
        return -sign * ml_sigmoid(-sign * p);
    return sign * p <= 1.0 ? -sign : 0.0;
}

/* t0 makes the first rate the size of a typical weight, 1 / sqrt(sqrt(alpha)), over the slope there: Bottou's choice,
 * as scikit-learn has it. */
static double first_of(const ml_sgd_settings *settings) {
    const double weight = sqrt(1.0 / sqrt(settings->alpha));
    const double steepness = slope(settings->loss, -weight, 1.0);
    return 1.0 / (weight / fmax(1.0, steepness) * settings->alpha);
}

static double rate_of(const sgd *f) {
    const ml_sgd_settings *const settings = f->settings;
    if (settings->schedule == ML_SGD_OPTIMAL)
        return 1.0 / (settings->alpha * (f->first + f->rows - 1.0));
    return settings->schedule == ML_SGD_CONSTANT ? settings->rate : settings->rate / ml_pow(f->rows, settings->power);
}

/* Towards 0 by what is owed, but not across it. */
static void pay(sgd *f) {
    for (size_t j = 0; j < f->d; j++) {
        const double before = f->w[j];
        if (before > 0.0)
            f->w[j] = fmax(0.0, before - (f->owed + f->paid[j]));
        else if (before < 0.0)
            f->w[j] = fmin(0.0, before + (f->owed - f->paid[j]));
        f->paid[j] += f->w[j] - before;
    }
}

static void average(sgd *f) {
    for (size_t j = 0; j < f->d; j++)
        f->mean[j] += (f->w[j] - f->mean[j]) / f->rows;
    f->mean_intercept += (f->intercept - f->mean_intercept) / f->rows;
}

static void learn(sgd *f, const double *row, double y) {
    const ml_sgd_settings *const settings = f->settings;
    double p = f->intercept;
    for (size_t j = 0; j < f->d; j++)
        p += f->w[j] * row[j];
    f->rows += 1.0;
    const double rate = rate_of(f), move = -rate * slope(settings->loss, p, y);
    const double keep = fmax(0.0, 1.0 - rate * settings->alpha * (1.0 - settings->l1_ratio));
    for (size_t j = 0; j < f->d; j++)
        f->w[j] = f->w[j] * keep + move * row[j];
    f->intercept += move;
    if (settings->averages)
        average(f);
    f->owed += rate * settings->alpha * settings->l1_ratio;
    if (f->owed > 0.0)
        pay(f);
}

static bool is_finite(const sgd *f) {
    bool finite = isfinite(f->intercept);
    for (size_t j = 0; j < f->d; j++)
        finite = finite && isfinite(f->w[j]);
    return finite;
}

static ml_status fit(sgd *f, ml_rng *rng, double *coefficient, double *intercept, ml_error *error) {
    for (size_t i = 0; i < f->n; i++)
        f->order[i] = (uint32_t)i;
    f->first = f->settings->schedule == ML_SGD_OPTIMAL ? first_of(f->settings) : 0.0;
    for (size_t epoch = 0; epoch < f->settings->epochs; epoch++) {
        if (rng != NULL)
            ml_rng_permutation(rng, f->n, f->order);
        for (size_t i = 0; i < f->n; i++)
            learn(f, f->x + f->order[i] * f->d, f->y[f->order[i]]);
        if (!is_finite(f))
            return ml_fail(error, ML_EDIVERGED,
                           "diverged in epoch %zu: use a smaller learning rate, or scale the features", epoch + 1);
    }
    memcpy(coefficient, f->settings->averages ? f->mean : f->w, f->d * sizeof *coefficient);
    *intercept = f->settings->averages ? f->mean_intercept : f->intercept;
    return ML_OK;
}

/* Written so that NaN is refused too. */
static ml_status check_settings(const ml_sgd_settings *settings, ml_error *error) {
    if (!(settings->rate > 0.0 && isfinite(settings->rate)))
        return ml_fail(error, ML_EINVAL, "the learning rate is %g; it is a finite number above 0", settings->rate);
    if (!(settings->power >= 0.0 && isfinite(settings->power)))
        return ml_fail(error, ML_EINVAL, "power is %g; it is a finite number, 0 or more", settings->power);
    if (!(settings->alpha >= 0.0 && isfinite(settings->alpha)))
        return ml_fail(error, ML_EINVAL, "alpha is %g; the weight of a penalty is a finite number, 0 or more",
                       settings->alpha);
    if (settings->schedule == ML_SGD_OPTIMAL && settings->alpha == 0.0)
        return ml_fail(error, ML_EINVAL, "the schedule \"optimal\" divides by alpha, which is 0; use another");
    if (!(settings->l1_ratio >= 0.0 && settings->l1_ratio <= 1.0))
        return ml_fail(error, ML_EINVAL, "l1_ratio is %g; a share is 0 to 1", settings->l1_ratio);
    if (settings->epochs == 0)
        return ml_fail(error, ML_EINVAL, "0 epochs; each row must be seen at least once");
    return ML_OK;
}

static ml_status check(size_t n, size_t d, const double *x, const double *y, const ml_sgd_settings *settings,
                       ml_error *error) {
    ML_TRY(ml_models_check_magnitude(n, d, x, error));
    ML_TRY(ml_models_check_target(n, y, error));
    for (size_t i = 0; i < n; i++) {
        if (fabs(y[i]) > 1e140)
            return ml_fail(error, ML_EINVAL, "the target of row %zu is %g, whose square overflows; scale it", i, y[i]);
        if (settings->loss != ML_SGD_SQUARED && y[i] != 0.0 && y[i] != 1.0)
            return ml_fail(error, ML_EINVAL, "the label of row %zu is %g; this loss takes 0 and 1", i, y[i]);
    }
    return check_settings(settings, error);
}

ml_status ml_sgd_fit(size_t n, size_t d, const double *x, const double *y, const ml_sgd_settings *settings, ml_rng *rng,
                     double *coefficient, double *intercept, ml_arena *arena, ml_error *error) {
    ML_TRY(check(n, d, x, y, settings, error));
    const ml_arena_mark before = ml_arena_save(arena);
    sgd f = {.n = n, .d = d, .x = x, .y = y, .settings = settings};
    f.w = ML_ALLOC(arena, d, double);
    f.mean = ML_ALLOC(arena, d, double);
    f.paid = ML_ALLOC(arena, d, double);
    f.order = ML_ALLOC(arena, n, uint32_t);
    const bool fits = f.w != NULL && f.mean != NULL && f.paid != NULL && f.order != NULL;
    const ml_status status = fits ? fit(&f, rng, coefficient, intercept, error)
                                  : ml_models_out_of_memory("stochastic gradient descent", n, d, error);
    ml_arena_release(arena, before);
    return status;
}
