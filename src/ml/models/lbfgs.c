/* Limited-memory BFGS. */
#include "models/lbfgs.h"

#include <stdint.h>
#include <string.h>

#include "base/math.h"
#include "models/basis.h"
#include "models/magnitude.h"

/* Wolfe's constants; and how much of its size the value may rise by rounding. Where it is a difference of large numbers
 * that is far more than the last digit. */
static const double DECREASE = 1e-4, CURVATURE = 0.9, ROUNDING = 1e-10;
enum { MOST_TRIES = 60 };

typedef struct lbfgs {
    size_t n, memory, stored, next; /* steps remembered, and where the next one goes */
    ml_lbfgs_function *function;
    void *context;
    double value, *w, *gradient; /* where we are */
    double trial_value, *trial, *trial_gradient;
    double *direction;
    double *step, *change;   /* [memory x n] what w and its gradient changed by */
    double *inverse, *share; /* [memory] 1 / (step . change); scratch of the recursion */
    size_t evaluations;
} lbfgs;

static bool allocate(lbfgs *f, ml_arena *arena) {
    f->w = ML_ALLOC(arena, f->n, double);
    f->gradient = ML_ALLOC(arena, f->n, double);
    f->trial = ML_ALLOC(arena, f->n, double);
    f->trial_gradient = ML_ALLOC(arena, f->n, double);
    f->direction = ML_ALLOC(arena, f->n, double);
    f->step = ml_models_matrix(arena, f->memory, f->n);
    f->change = ml_models_matrix(arena, f->memory, f->n);
    f->inverse = ML_ALLOC(arena, f->memory, double);
    f->share = ML_ALLOC(arena, f->memory, double);
    return f->w && f->gradient && f->trial && f->trial_gradient && f->direction && f->step && f->change && f->inverse &&
           f->share;
}

static double largest(size_t n, const double *x) {
    double most = 0.0;
    for (size_t j = 0; j < n; j++)
        most = fabs(x[j]) > most || isnan(x[j]) ? fabs(x[j]) : most;
    return most;
}

/* Where the step of that age, 0 the newest, is kept. */
static size_t place(const lbfgs *f, size_t age) {
    return (f->next + f->memory - 1 - age) % f->memory;
}

/* The two loops. The first step, of which nothing is known, is at most 1 long. */
static void find_direction(lbfgs *f) {
    double *const d = f->direction;
    for (size_t j = 0; j < f->n; j++)
        d[j] = -f->gradient[j];
    for (size_t age = 0; age < f->stored; age++) {
        const size_t at = place(f, age);
        f->share[at] = f->inverse[at] * ml_models_dot(f->n, f->step + at * f->n, d);
        ml_models_add(f->n, -f->share[at], f->change + at * f->n, d);
    }
    double scale = 1.0 / fmax(1.0, sqrt(ml_models_dot(f->n, d, d)));
    if (f->stored > 0) {
        const double *const change = f->change + place(f, 0) * f->n;
        scale = 1.0 / (f->inverse[place(f, 0)] * ml_models_dot(f->n, change, change));
    }
    for (size_t j = 0; j < f->n; j++)
        d[j] *= scale;
    for (size_t age = f->stored; age-- > 0;) {
        const size_t at = place(f, age);
        const double back = f->inverse[at] * ml_models_dot(f->n, f->change + at * f->n, d);
        ml_models_add(f->n, f->share[at] - back, f->step + at * f->n, d);
    }
}

/* Evaluates at w + size * direction; returns the slope there. */
static double evaluate(lbfgs *f, double size) {
    for (size_t j = 0; j < f->n; j++)
        f->trial[j] = f->w[j] + size * f->direction[j];
    f->trial_value = f->function(f->context, f->trial, f->trial_gradient);
    f->evaluations++;
    return ml_models_dot(f->n, f->trial_gradient, f->direction);
}

static bool falls_enough(const lbfgs *f, double size, double slope, double slope_here) {
    if (f->trial_value <= f->value + DECREASE * size * slope)
        return true;
    return f->trial_value <= f->value + ROUNDING * fabs(f->value) && slope_here <= (2.0 * DECREASE - 1.0) * slope;
}

/* Leaves an acceptable point in trial, or where the function falls on and on the last that was tried; false if there is
 * none. */
static bool search(lbfgs *f, double slope) {
    double low = 0.0, high = (double)INFINITY, size = 1.0;
    for (int tries = 0; tries < MOST_TRIES; tries++) {
        const double slope_here = evaluate(f, size);
        const bool is_finite = isfinite(f->trial_value) && isfinite(slope_here);
        if (!is_finite || !falls_enough(f, size, slope, slope_here))
            high = size;
        else if (slope_here < CURVATURE * slope)
            low = size;
        else
            return true;
        size = isfinite(high) ? 0.5 * (low + high) : 2.0 * size;
    }
    if (isfinite(high))
        return false;
    evaluate(f, low);
    return true;
}

/* Moves to trial and remembers the way, unless rounding has taken its meaning. */
static void accept(lbfgs *f) {
    double *const step = f->step + f->next * f->n, *const change = f->change + f->next * f->n;
    for (size_t j = 0; j < f->n; j++) {
        step[j] = f->trial[j] - f->w[j];
        change[j] = f->trial_gradient[j] - f->gradient[j];
    }
    const double product = ml_models_dot(f->n, step, change);
    if (product > 0.0 && isfinite(1.0 / product)) {
        f->inverse[f->next] = 1.0 / product;
        f->next = (f->next + 1) % f->memory;
        f->stored += f->stored < f->memory;
    }
    memcpy(f->w, f->trial, f->n * sizeof *f->w);
    memcpy(f->gradient, f->trial_gradient, f->n * sizeof *f->gradient);
    f->value = f->trial_value;
}

/* One step; where what is remembered leads nowhere, straight down instead. False if that leads nowhere either. */
static bool iterate(lbfgs *f) {
    for (;;) {
        find_direction(f);
        const double slope = ml_models_dot(f->n, f->gradient, f->direction);
        if (slope < 0.0 && search(f, slope)) {
            accept(f);
            return true;
        }
        if (f->stored == 0)
            return false;
        f->stored = 0;
    }
}

static ml_status minimise(lbfgs *f, const ml_lbfgs_settings *settings, double *w, ml_lbfgs_report *report,
                          ml_error *error) {
    ml_lbfgs_report made = {0};
    memcpy(f->w, w, f->n * sizeof *w);
    f->value = f->function(f->context, f->w, f->gradient);
    f->evaluations = 1;
    made.gradient = largest(f->n, f->gradient);
    if (!isfinite(f->value) || !isfinite(made.gradient))
        return ml_fail(error, ML_EDIVERGED,
                       "the function is %g at the start; begin where it is finite, as its gradient", f->value);
    while (made.gradient > settings->tolerance && made.iterations < settings->max_iterations && iterate(f)) {
        made.iterations++;
        made.gradient = largest(f->n, f->gradient);
    }
    made.converged = made.gradient <= settings->tolerance;
    made.value = f->value;
    made.evaluations = f->evaluations;
    memcpy(w, f->w, f->n * sizeof *w);
    if (report != NULL)
        *report = made;
    return ML_OK;
}

ml_status ml_lbfgs_minimise(size_t n, ml_lbfgs_function *function, void *context, const ml_lbfgs_settings *settings,
                            double *w, ml_lbfgs_report *report, ml_arena *arena, ml_error *error) {
    if (n == 0)
        return ml_fail(error, ML_EINVAL, "a function of no variables has nothing to minimise");
    if (settings->memory == 0 || settings->max_iterations == 0 || !(settings->tolerance >= 0.0))
        return ml_fail(
            error, ML_EINVAL,
            "memory %zu, max_iterations %zu, tolerance %g; the first two are at least 1, the last at least 0",
            settings->memory, settings->max_iterations, settings->tolerance);
    const ml_arena_mark before = ml_arena_save(arena);
    lbfgs f = {.n = n, .memory = settings->memory, .function = function, .context = context};
    ml_status status;
    if (allocate(&f, arena))
        status = minimise(&f, settings, w, report, error);
    else
        status = ml_fail(error, ML_ENOMEM, "%zu variables with %zu steps remembered do not fit into the memory", n,
                         settings->memory);
    ml_arena_release(arena, before);
    return status;
}
