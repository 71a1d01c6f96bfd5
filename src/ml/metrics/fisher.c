#include "base/math.h"
#include "metrics/intervals.h"

/* A table is known by its x, the hits among the first m of n rows with `hits` in all. */
typedef struct table {
    double m, hits, n;
} table;

/* How much likelier the table of x + 1 is than that of x. */
static double next(table t, double x) {
    return (t.m - x) * (t.hits - x) / ((x + 1.0) * (t.n - t.m - t.hits + x + 1.0));
}

/* The weights of all tables from `start` in one direction, that of the start being 1: their sum, that of those up to
 * `limit`, and the weight at `x`. Falling, so that the walk ends where they leave the doubles. */
typedef struct weights {
    double all, unlikely, at_x;
} weights;

static weights walk(table t, double start, double step, double x, double limit) {
    weights sum = {0.0, 0.0, start == x ? 1.0 : 0.0};
    double weight = 1.0;
    for (double at = start; weight > 0.0;) {
        sum.all += weight;
        if (weight <= limit)
            sum.unlikely += weight;
        weight = step > 0.0 ? weight * next(t, at) : weight / next(t, at - 1.0);
        at += step;
        if (at == x)
            sum.at_x = weight;
    }
    return sum;
}

ml_status ml_fisher_exact(size_t hits_a, size_t n_a, size_t hits_b, size_t n_b, double *p, ml_error *error) {
    if (hits_a > n_a || hits_b > n_b)
        return ml_fail(error, ML_EINVAL, "%zu of %zu and %zu of %zu; there are no more hits than rows", hits_a, n_a,
                       hits_b, n_b);
    const double x = (double)hits_a;
    const table t = {(double)n_a, x + (double)hits_b, (double)n_a + (double)n_b};
    if (!(t.n < 0x1p53))
        return ml_fail(error, ML_EINVAL, "%g rows; they are counted in 53 bits", t.n);
    /* The likeliest table; all others weigh less the further they are. */
    const double least = fmax(0.0, t.m + t.hits - t.n), most = fmin(t.m, t.hits);
    const double mode = fmin(fmax(floor((t.m + 1.0) * (t.hits + 1.0) / (t.n + 2.0)), least), most);
    const double here = walk(t, mode, x < mode ? -1.0 : 1.0, x, 0.0).at_x;
    const double limit = here * (1.0 + 1e-7); /* tables of equal chance differ by rounding */
    const weights above = walk(t, mode, 1.0, x, limit), below = walk(t, mode, -1.0, x, limit);
    const double twice = 1.0 <= limit ? 1.0 : 0.0; /* the mode is in both */
    *p = fmin((above.unlikely + below.unlikely - twice) / (above.all + below.all - 1.0), 1.0);
    return ML_OK;
}
