/* Logistic regression on one feature, the score, with targets that are not quite 0 and 1. */
#include <stdbool.h>

#include "base/math.h"
#include "metrics/calibration.h"
#include "metrics/check.h"

/* Scores are taken as (score - center) / scale, so that the two unknowns have the same size. */
typedef struct platt {
    size_t n;
    const double *score;
    const uint8_t *label;
    double center, scale;
    double high, low; /* targets */
    double a, b;      /* sigmoid(a z + b) */
} platt;

static double standard(const platt *f, size_t i) {
    return f->score[i] / f->scale - f->center;
}

static double loss(const platt *f, double a, double b) {
    double sum = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        const double z = a * standard(f, i) + b;
        sum += fmax(z, 0.0) - z * (f->label[i] ? f->high : f->low) + ml_log1p(ml_exp(-fabs(z)));
    }
    return sum;
}

/* One Newton step, halved until it improves. Returns about how much could be gained before it. */
static double iterate(platt *f) {
    double ga = 0.0, gb = 0.0, haa = 0.0, hab = 0.0, hbb = 0.0;
    for (size_t i = 0; i < f->n; i++) {
        const double x = standard(f, i), z = f->a * x + f->b, p = ml_sigmoid(z), weight = p * ml_sigmoid(-z);
        const double residual = p - (f->label[i] ? f->high : f->low);
        ga += residual * x;
        gb += residual;
        haa += weight * x * x;
        hab += weight * x;
        hbb += weight;
    }
    const double left = haa - hab * hab / hbb; /* what the slope still has when the intercept has moved */
    const double da = left > 1e-12 * haa ? -(ga - hab / hbb * gb) / left : 0.0, db = -(gb + hab * da) / hbb;
    const double gain = -0.5 * (ga * da + gb * db), before = loss(f, f->a, f->b);
    double size = 1.0;
    for (int i = 0; i < 60 && !(loss(f, f->a + size * da, f->b + size * db) <= before * (1.0 + 1e-13)); i++)
        size *= 0.5;
    f->a += size * da;
    f->b += size * db;
    return gain / before;
}

static void standardise(platt *f) {
    double most = 0.0, sum = 0.0;
    for (size_t i = 0; i < f->n; i++)
        most = fmax(most, fabs(f->score[i]));
    f->scale = most > 0.0 ? most : 1.0;
    for (size_t i = 0; i < f->n; i++)
        sum += f->score[i] / f->scale;
    f->center = sum / (double)f->n;
}

ml_status ml_platt_fit(size_t n, const double *score, const uint8_t *label, double *slope, double *intercept,
                       ml_error *error) {
    ML_TRY(ml_metrics_check_rows(n, "Platt scaling", error));
    ML_TRY(ml_metrics_check_finite(n, score, "score", error));
    ML_TRY(ml_metrics_check_binary(n, label, "label", error));
    double positives = 0.0;
    for (size_t i = 0; i < n; i++)
        positives += label[i];
    const double negatives = (double)n - positives;
    platt f = {.n = n, .score = score, .label = label, .b = ml_log((positives + 1.0) / (negatives + 1.0)),
               .high = (positives + 1.0) / (positives + 2.0), .low = 1.0 / (negatives + 2.0)};
    standardise(&f);
    bool done = false;
    for (int i = 0; i < ML_PLATT_MAX_ITERATIONS && !done; i++)
        done = iterate(&f) <= 1e-15;
    const double a = f.a / f.scale, b = f.b - f.a * f.center;
    if (!done || !isfinite(a) || !isfinite(b))
        return ml_fail(error, ML_EDIVERGED, "no optimum after %d steps; give logits, not scores of wild range",
                       ML_PLATT_MAX_ITERATIONS);
    *slope = a;
    *intercept = b;
    return ML_OK;
}
