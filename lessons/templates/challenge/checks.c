#include "check.h"

double weighted_mean(const double *x, const double *w, size_t n);

/* Runs the answer on guarded copies, and compares the inputs too, which are const. */
static void expect(check *c, const double *x, const double *w, size_t n, double expected) {
    double *guarded_x = check_copy(c, x, n * sizeof *x), *guarded_w = check_copy(c, w, n * sizeof *w);
    check_double(c, "the mean", weighted_mean(guarded_x, guarded_w, n), expected, 1e-12);
    check_unchanged(c, "x", guarded_x, x, n * sizeof *x);
    check_unchanged(c, "w", guarded_w, w, n * sizeof *w);
}

static void two_values(check *c) {
    check_input(c, "x = {1, 4}, w = {3, 1}");
    expect(c, (const double[]){1, 4}, (const double[]){3, 1}, 2, 1.75);
}

static void any_scale(check *c) {
    check_input(c, "x = {2, 4, 9}, w = {0.125, 0.25, 0.125}: the weights add up to one half");
    expect(c, (const double[]){2, 4, 9}, (const double[]){0.125, 0.25, 0.125}, 3, 4.75);
}

static void no_weight(check *c) {
    check_input(c, "x = {5, 6}, w = {0, 0}");
    expect(c, (const double[]){5, 6}, (const double[]){0, 0}, 2, 0);
    if (c->failed)
        return;
    check_input(c, "n = 0: x and w are null");
    check_double(c, "the mean", weighted_mean(NULL, NULL, 0), 0, 0);
}

static void ignored(check *c) {
    check_input(c, "x = {-3, 1e300, 8}, w = {2, 0, 1}: the middle value has no weight");
    expect(c, (const double[]){-3, 1e300, 8}, (const double[]){2, 0, 1}, 3, 2.0 / 3);
}

const check_case check_cases[] = {
    {"two_values", "Weights two values", CHECK_SHOWN, two_values},
    {"any_scale", "Gives the same mean at any scale of the weights", CHECK_SHOWN, any_scale},
    {"no_weight", "Returns 0 where there is no weight at all", CHECK_HIDDEN, no_weight},
    {"ignored", "Leaves out what has no weight", CHECK_HIDDEN, ignored},
    {0},
};
