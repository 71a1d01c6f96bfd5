#include "check.h"

int fit_line(const double *x, const double *y, size_t n, double lr, size_t steps, double *w, double *b);

typedef struct {
    double w, b;
} line;

/* Runs the answer on guarded copies of n points, from `at`; returns where it ends. The points are const. */
static line fit(check *c, const double *x, const double *y, size_t n, double lr, size_t steps, line at, int expected) {
    double *guarded_x = check_copy(c, x, n * sizeof *x), *guarded_y = check_copy(c, y, n * sizeof *y);
    double *w = check_copy(c, &at.w, sizeof at.w), *b = check_copy(c, &at.b, sizeof at.b);
    const int status = fit_line(guarded_x, guarded_y, n, lr, steps, w, b);
    check_int(c, "the returned value", status, expected);
    check_unchanged(c, "x", guarded_x, x, n * sizeof *x);
    check_unchanged(c, "y", guarded_y, y, n * sizeof *y);
    return (line){*w, *b};
}

/* Three points on y = 2 x + 3. The curvatures of their loss are 11.0929 and 0.2404. */
static const double three_x[] = {1, 2, 3}, three_y[] = {5, 7, 9};

static line fit_three(check *c, double lr, size_t steps, line from, int expected) {
    if (!c->failed) /* what went in belongs to the first failure */
        check_input(c, "x = {1, 2, 3}, y = {5, 7, 9}, lr = %g, steps = %zu, from w = %g, b = %g", lr, steps, from.w,
                    from.b);
    return fit(c, three_x, three_y, 3, lr, steps, from, expected);
}

static void expect_line(check *c, line got, double w, double b, double tolerance) {
    check_double(c, "*w", got.w, w, tolerance);
    check_double(c, "*b", got.b, b, tolerance);
}

static const line origin = {0, 0};

/* By hand: the errors are -5, -7 and -9, their sum -21, and times x -46. */
static void one_step(check *c) {
    expect_line(c, fit_three(c, 0.05, 1, origin, 0), 0.05 * 2 * 46 / 3, 0.7, 1e-9);
}

/* Then -83/30, -97/30 and -111/30: -9.7, and times x -61/3. */
static void two_steps(check *c) {
    expect_line(c, fit_three(c, 0.05, 2, origin, 0), 0.05 * 2 / 3 * (46 + 61.0 / 3), 0.05 * 2 / 3 * (21 + 9.7), 1e-9);
}

static void converges(check *c) {
    expect_line(c, fit_three(c, 0.05, 5000, origin, 0), 2, 3, 1e-9);
}

static void mean_not_sum(check *c) {
    enum { TIMES = 1000, N = 3 * TIMES };
    double *x = CHECK_BUFFER(c, N, double), *y = CHECK_BUFFER(c, N, double);
    for (size_t i = 0; i < N; i++) {
        x[i] = three_x[i % 3];
        y[i] = three_y[i % 3];
    }
    static const size_t steps[] = {1, 2, 20};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const line of_three = fit_three(c, 0.05, steps[i], origin, 0);
        if (!c->failed)
            check_input(c, "x = {1, 2, 3, 1, 2, 3, ...} and y = {5, 7, 9, 5, 7, 9, ...}, %d points, lr = 0.05, "
                        "steps = %zu, from w = 0, b = 0; three points alone end in w = %.10g, b = %.10g",
                        N, steps[i], of_three.w, of_three.b);
        expect_line(c, fit(c, x, y, N, 0.05, steps[i], origin, 0), of_three.w, of_three.b, 1e-9);
        if (steps[i] == 1)
            check_double(c, "*b", of_three.b, 0.7, 1e-9);
    }
}

static void starts_where_told(check *c) {
    expect_line(c, fit_three(c, 0.05, 100, (line){2, 3}, 0), 2, 3, 1e-9);
    /* the errors are -5, -6 and -7: -18, and times x -38 */
    expect_line(c, fit_three(c, 0.05, 1, (line){1, -1}, 0), 1 + 0.05 * 2 * 38 / 3, -0.4, 1e-9);
}

/* Fails unless w and b are finite and `grown`, the one that grows, is close to the end of what a double holds. */
static void expect_last_finite(check *c, line got, double grown) {
    check_true(c, isfinite(got.w) && isfinite(got.b), "w = %g, b = %g were stored, and not both are finite", got.w,
               got.b);
    check_true(c, fabs(grown) > 1e250,
               "w = %g, b = %g is not the last finite pair: before they overflow, the numbers grow beyond 1e250", got.w,
               got.b);
}

static void diverges(check *c) {
    line got = fit_three(c, 0.5, 2000, origin, 1);
    expect_last_finite(c, got, got.w);
    /* Below the limit of 2 / 11.0929 = 0.1803 it arrives; a little above it grows, but is finite for a long time. */
    expect_line(c, fit_three(c, 0.17, 5000, origin, 0), 2, 3, 1e-9);
    got = fit_three(c, 0.19, 1000, origin, 0);
    check_true(c, isfinite(got.w) && fabs(got.w) > 1e30, "w = %g, and 1000 steps above the limit lead beyond 1e30",
               got.w);
    /* With x = 0 only b can grow. */
    if (!c->failed)
        check_input(c, "x = {0, 0}, y = {1, 1}, lr = 2, steps = 2000, from w = 0.5, b = 0");
    got = fit(c, (const double[]){0, 0}, (const double[]){1, 1}, 2, 2, 2000, (line){0.5, 0}, 1);
    check_double(c, "*w, which has no slope here,", got.w, 0.5, 0);
    expect_last_finite(c, got, got.b);
    /* The slope of w is 2e400, that of b 2e200: w overflows in the first step, and b does not. */
    if (!c->failed)
        check_input(c, "x = {1e200}, y = {0}, lr = 1, steps = 1, from w = 1, b = 4");
    expect_line(c, fit(c, (const double[]){1e200}, (const double[]){0}, 1, 1, 1, (line){1, 4}, 1), 1, 4, 0);
}

static void steps_zero(check *c) {
    expect_line(c, fit_three(c, 0.05, 0, (line){0.1, -7}, 0), 0.1, -7, 0);
}

static void empty(check *c) {
    static const size_t steps[] = {0, 1, 1000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        double *w = check_copy(c, &(double){0.1}, sizeof *w), *b = check_copy(c, &(double){-7}, sizeof *b);
        if (!c->failed)
            check_input(c, "n = 0: x and y are null; steps = %zu, from w = 0.1, b = -7", steps[i]);
        check_int(c, "the returned value", fit_line(NULL, NULL, 0, 0.05, steps[i], w, b), -1);
        expect_line(c, (line){*w, *b}, 0.1, -7, 0);
    }
}

/* 100 steps over 1000 points. */
void check_cost(void) {
    enum { N = 1000 };
    static double x[N], y[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(2, 0);
        for (size_t i = 0; i < N; i++) {
            x[i] = ml_rng_uniform(&rng);
            y[i] = 2 * x[i] + 3 + ml_rng_normal(&rng);
        }
        ready = true;
    }
    double w = 0, b = 0;
    fit_line(x, y, N, 0.1, 100, &w, &b);
}

const check_case check_cases[] = {
    {"one_step", "Takes one step from w = b = 0", CHECK_SHOWN, one_step},
    {"two_steps", "Takes two steps, the second from where the first ended", CHECK_SHOWN, two_steps},
    {"converges", "Arrives at the line on which the points lie", CHECK_HIDDEN, converges},
    {"mean_not_sum", "Takes the mean over the points: a thousand copies of them change nothing", CHECK_HIDDEN,
     mean_not_sum},
    {"starts_where_told", "Starts from the w and b that it is given", CHECK_HIDDEN, starts_where_told},
    {"diverges", "Stops before w or b overflows, and keeps the last finite pair", CHECK_HIDDEN, diverges},
    {"steps_zero", "Leaves w and b alone when there is no step to take", CHECK_HIDDEN, steps_zero},
    {"empty", "Returns -1 when there are no points, and touches nothing", CHECK_HIDDEN, empty},
    {0},
};
