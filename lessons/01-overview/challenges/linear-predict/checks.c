#include "check.h"

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out);

/* Runs the answer on guarded copies and compares every output, and the inputs, which are const. */
static void expect(check *c, const float *X, size_t n, size_t d, const float *w, float b, const float *expected) {
    float *guarded_X = check_copy(c, X, n * d * sizeof *X), *guarded_w = check_copy(c, w, d * sizeof *w);
    float *out = CHECK_BUFFER(c, n, float);
    linear_predict(guarded_X, n, d, guarded_w, b, out);
    check_floats(c, "out", out, expected, n, 1, 0);
    check_unchanged(c, "X", guarded_X, X, n * d * sizeof *X);
    check_unchanged(c, "w", guarded_w, w, d * sizeof *w);
}

static void two_by_three(check *c) {
    const float X[] = {1, 2, 3, 4, 5, 7}, w[] = {1, 0, -1};
    check_input(c, "X = {{1, 2, 3}, {4, 5, 7}}, w = {1, 0, -1}, b = 0.5");
    expect(c, X, 2, 3, w, 0.5f, (const float[]){-1.5f, -2.5f});
}

static void shown_bias(check *c) {
    const float X[] = {1, 2, 3, 4, 5, 6}, w[] = {0, 0, 0};
    check_input(c, "two rows of three features, w = {0, 0, 0}, b = 0.25");
    expect(c, X, 2, 3, w, 0.25f, (const float[]){0.25f, 0.25f});
    if (c->failed)
        return;
    check_input(c, "three rows of no features (d = 0), b = 0.25");
    expect(c, X, 3, 0, w, 0.25f, (const float[]){0.25f, 0.25f, 0.25f});
}

/* In float, 1e8 + 1 is 1e8: the next float after it is 8 away. */
static void cancels(check *c) {
    const float X[] = {1, 1, 1, 1}, w[] = {1e8f, 1, 1, -1e8f};
    check_input(c, "X is one row of four ones, w = {1e8, 1, 1, -1e8}, b = 0");
    expect(c, X, 1, 4, w, 0, (const float[]){2});
}

/* 4097 * 4097 = 16785409 needs 25 bits, and a float has 24. */
static void product(check *c) {
    const float X[] = {4097, 1}, w[] = {4097, -16785408};
    check_input(c, "X is one row (4097, 1), w = {4097, -16785408}, b = 0");
    expect(c, X, 1, 2, w, 0, (const float[]){1});
}

static void large(check *c) {
    enum { D = 4096 };
    float *X = CHECK_BUFFER(c, D, float), *w = CHECK_BUFFER(c, D, float), *out = CHECK_BUFFER(c, 1, float);
    ml_rng rng = ml_rng_seed(1, 0);
    double sum = 0.5;
    for (size_t j = 0; j < D; j++) {
        X[j] = (float)ml_rng_uniform(&rng);
        w[j] = (float)ml_rng_uniform(&rng);
        sum += (double)X[j] * (double)w[j];
    }
    check_input(c, "one row of %d features and as many weights, all between 0 and 1, b = 0.5", D);
    linear_predict(X, 1, D, w, 0.5f, out);
    check_relative(c, "out[0]", (double)out[0], sum, 1e-7); /* rounding once costs at most 6e-8 */
}

static void rows_kept_apart(check *c) {
    /* The last value of each is beyond its end: a loop that goes one too far meets it. */
    const float X[] = {1, 2, 3, 4, 5, 10, 20, 30, 40, 50, -1, 0, 1, 0, -1, 1e6f};
    const float w[] = {1, 10, 100, 1000, 10000, 1e6f}, right[] = {54322, 543211, -9900};
    float *out = CHECK_BUFFER(c, 3, float);
    check_input(c,
                "X = {{1, 2, 3, 4, 5}, {10, 20, 30, 40, 50}, {-1, 0, 1, 0, -1}}, w = {1, 10, 100, 1000, 10000}, b = 1");
    linear_predict(X, 3, 5, w, 1, out);
    check_floats(c, "out", out, right, 3, 1, 0);
    expect(c, X, 3, 5, w, 1, right);
}

static void empty(check *c) {
    const float w[] = {1, 2};
    float *out = CHECK_BUFFER(c, 1, float);
    check_input(c, "n = 0: X and out are null");
    linear_predict(NULL, 0, 2, w, 1, NULL);
    check_input(c, "n = 0: out has room for one value, which is not yours");
    linear_predict(NULL, 0, 2, w, 1, out);
    check_true(c, out[0] == CHECK_DIRT, "out[0] was written");
}

/* A batch of 64 examples with 512 features. */
void check_cost(void) {
    enum { N = 64, D = 512 };
    static float X[N * D], w[D], out[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(2, 0);
        for (size_t i = 0; i < N * D; i++)
            X[i] = (float)ml_rng_uniform(&rng);
        for (size_t j = 0; j < D; j++)
            w[j] = (float)ml_rng_uniform(&rng);
        ready = true;
    }
    linear_predict(X, N, D, w, 0.5f, out);
}

const check_case check_cases[] = {
    {"two_by_three", "Predicts two rows of three features", CHECK_SHOWN, two_by_three},
    {"shown_bias", "Adds the bias once, also where there are no features", CHECK_SHOWN, shown_bias},
    {"rows_kept_apart", "Takes every prediction from its own row, and from nothing else", CHECK_HIDDEN,
     rows_kept_apart},
    {"cancels", "Sums in double, so that large terms can cancel", CHECK_HIDDEN, cancels},
    {"product", "Multiplies in double too", CHECK_HIDDEN, product},
    {"large", "Keeps seven digits over thousands of features", CHECK_HIDDEN, large},
    {"empty", "Touches nothing when there are no rows", CHECK_HIDDEN, empty},
    {0},
};
