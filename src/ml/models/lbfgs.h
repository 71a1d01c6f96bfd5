/* L-BFGS: minimises any smooth function of many variables from its value and gradient alone.
 *
 *     static double bowl(void *context, const double *w, double *gradient);      the value at w; fills the gradient
 *     const ml_lbfgs_settings settings = {.memory = 10, .max_iterations = 1000, .tolerance = 1e-8};
 *     ML_TRY(ml_lbfgs_minimise(n, bowl, &context, &settings, w, &report, arena, error)); */
#ifndef ML_MODELS_LBFGS_H
#define ML_MODELS_LBFGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/status.h"

/* The function's value at w [n]; gradient [n] out. It may be infinite or NaN away from the start: such a step counts as
 * too long. */
typedef double ml_lbfgs_function(void *context, const double *w, double *gradient);

typedef struct ml_lbfgs_settings {
    size_t memory;         /* steps that are remembered: 1 or more, 5 to 20 as a rule */
    size_t max_iterations; /* 1 or more */
    double tolerance;      /* 0 or more: done once no element of the gradient is larger than that */
} ml_lbfgs_settings;

typedef struct ml_lbfgs_report {
    double value;    /* of the function, at the w that is returned */
    double gradient; /* its largest element there, without sign */
    size_t iterations, evaluations;
    bool converged; /* false: max_iterations came first, or no step along any direction that was tried leads down: the
                       limit of rounding, or a kink. w is the best that was found all the same. */
} ml_lbfgs_report;

/* Minimises. Each direction is the gradient times an approximate inverse of the Hessian, which is never stored: the
 * last `memory` steps, and what each did to the gradient, say how it acts (the two-loop recursion). Along it the step 1
 * is doubled or halved in until it meets Wolfe's two conditions, with constants 1e-4 and 0.9: the value has fallen by a
 * share of what the slope promises, and the slope is a good deal flatter. Near the optimum, where rounding hides what
 * the value does, the slope alone decides (Hager and Zhang).
 *   w       [n]  in: where to start; out
 *   report       out, or NULL
 * Cost:   an iteration is one evaluation as a rule, and 4 memory n multiply-adds; scratch of n (5 + 2 memory) doubles.
 * Errors: ML_EINVAL if n is 0 or a setting is out of range. ML_EDIVERGED if value or gradient at the start are not
 *         finite. ML_ENOMEM.
 * Source: Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 7.4 and 7.5; the search by doubling and
 *         halving: Lewis and Overton 2013, "Nonsmooth optimization via quasi-Newton methods", Mathematical Programming
 *         141; Hager and Zhang 2005, SIAM Journal on Optimization 16(1), section 2.
 * Golden: tests/golden/optimise.py, the optima of test functions to many digits. */
ml_status ml_lbfgs_minimise(size_t n, ml_lbfgs_function *function, void *context, const ml_lbfgs_settings *settings,
                            double *w, ml_lbfgs_report *report, ml_arena *arena, ml_error *error);

#endif
