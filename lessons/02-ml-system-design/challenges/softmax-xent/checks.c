#include "check.h"

#include <string.h>

int softmax_xent(const float *z, size_t n, size_t k, const int *label, float *prob, double *loss);

/* Says what goes in next, unless something has failed: what went in belongs to the first failure. */
#define GIVEN(c, ...) ((c)->failed ? (void)0 : check_input((c), __VA_ARGS__))

static const double dirt = (double)CHECK_DIRT;

/* Runs the answer on guarded copies, which must stay as they are; returns the probabilities. */
static const float *run(check *c, const float *z, size_t n, size_t k, const int *label, int status, double *loss) {
    float *guarded_z = check_copy(c, z, n * k * sizeof *z), *prob = CHECK_BUFFER(c, n * k, float);
    int *guarded_label = check_copy(c, label, n * sizeof *label);
    double *guarded_loss = check_copy(c, &dirt, sizeof dirt);
    check_int(c, "the returned value", softmax_xent(guarded_z, n, k, guarded_label, prob, guarded_loss), status);
    check_unchanged(c, "z", guarded_z, z, n * k * sizeof *z);
    check_unchanged(c, "label", guarded_label, label, n * sizeof *label);
    *loss = *guarded_loss;
    return prob;
}

static void expect(check *c, const float *z, size_t n, size_t k, const int *label, const float *right_prob,
                   double right_loss, double tolerance) {
    if (c->failed)
        return;
    double loss;
    const float *prob = run(c, z, n, k, label, 0, &loss);
    check_floats(c, "prob", prob, right_prob, n, k, 1e-6);
    check_double(c, "*loss", loss, right_loss, tolerance);
}

/* Figures by SciPy: softmax and log_softmax of scipy.special. */
static const float spread[] = {0.24472847f, 0.66524096f, 0.09003057f};

/* --- Single rows -------------------------------------------------------------------------------------------------- */

static void small_row(check *c) {
    GIVEN(c, "z = {1, 2, 0}, label = {1}");
    expect(c, (const float[]){1, 2, 0}, 1, 3, (const int[]){1}, spread, 0.407605964444, 1e-6);
}

static void thousands(check *c) {
    GIVEN(c, "z = {1000, 1001, 999}, label = {1}");
    expect(c, (const float[]){1000, 1001, 999}, 1, 3, (const int[]){1}, spread, 0.407605964444, 1e-6);
}

static void uniform(check *c) {
    const float third = 1.0f / 3;
    GIVEN(c, "z = {0, 0, 0}, label = {2}");
    expect(c, (const float[]){0, 0, 0}, 1, 3, (const int[]){2}, (const float[]){third, third, third}, 1.098612288668,
           1e-6);
    GIVEN(c, "z = {-7}, label = {0}: the only class there is");
    expect(c, (const float[]){-7}, 1, 1, (const int[]){0}, (const float[]){1}, 0, 1e-9);
}

static void hopeless(check *c) {
    GIVEN(c, "z = {-1000, 0, 1000}, label = {0}");
    expect(c, (const float[]){-1000, 0, 1000}, 1, 3, (const int[]){0}, (const float[]){0, 0, 1}, 2000, 1e-9);
    GIVEN(c, "z = {0, 1000}, label = {0}");
    expect(c, (const float[]){0, 1000}, 1, 2, (const int[]){0}, (const float[]){0, 1}, 1000, 1e-9);
    GIVEN(c, "z = {1000, 0}, label = {0}: the opposite of hopeless");
    expect(c, (const float[]){1000, 0}, 1, 2, (const int[]){0}, (const float[]){1, 0}, 0, 1e-9);
}

static void all_negative(check *c) {
    GIVEN(c, "z = {-1000, -1001, -999}, label = {0}");
    expect(c, (const float[]){-1000, -1001, -999}, 1, 3, (const int[]){0},
           (const float[]){spread[0], spread[2], spread[1]}, 1.407605964444, 1e-6);
}

/* --- Several rows ------------------------------------------------------------------------------------------------- */

static void mean_over_rows(check *c) {
    const float third = 1.0f / 3;
    const float z[] = {1000, 1001, 999, 0, 0, 0, -1000, 0, 1000};
    const float right[] = {spread[0], spread[1], spread[2], third, third, third, 0, 0, 1};
    GIVEN(c, "z = {{1000, 1001, 999}, {0, 0, 0}, {-1000, 0, 1000}}, label = {1, 2, 0}");
    expect(c, z, 3, 3, (const int[]){1, 2, 0}, right, 667.168739417704, 1e-6);
}

/* Logits in steps of 1/64 from -4 to 4, so that adding a whole number is exact in float. */
static void shift_invariant(check *c) {
    enum { N = 20, K = 6 };
    static const float shifts[] = {37, -37, 50000};
    float *z = CHECK_BUFFER(c, N * K, float), *shifted = CHECK_BUFFER(c, N * K, float);
    int *label = CHECK_BUFFER(c, N, int);
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < N * K; i++)
        z[i] = ((float)ml_rng_below(&rng, 512) - 256) / 64;
    for (size_t i = 0; i < N; i++)
        label[i] = (int)ml_rng_below(&rng, K);
    GIVEN(c, "20 rows of 6 random logits between -4 and 4");
    double loss;
    const float *prob = run(c, z, N, K, label, 0, &loss);
    for (size_t s = 0; s < sizeof shifts / sizeof *shifts; s++) {
        for (size_t i = 0; i < N * K; i++)
            shifted[i] = z[i] + shifts[s];
        GIVEN(c, "20 rows of 6 random logits between -4 and 4, all with %g added; without it the loss is %.10g",
              (double)shifts[s], loss);
        expect(c, shifted, N, K, label, prob, loss, 1e-6);
    }
}

static void rows_sum_to_one(check *c) {
    enum { N = 3, K = 512 };
    float *z = CHECK_BUFFER(c, N * K, float);
    ml_rng rng = ml_rng_seed(2, 0);
    for (size_t i = 0; i < N * K; i++)
        z[i] = (float)(5 * ml_rng_normal(&rng));
    GIVEN(c, "3 rows of 512 normal logits with standard deviation 5, label = {0, 511, 7}");
    double loss;
    const float *prob = run(c, z, N, K, (const int[]){0, 511, 7}, 0, &loss);
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        for (size_t j = 0; j < K; j++) {
            const double p = (double)prob[i * K + j];
            check_true(c, p >= 0 && p <= 1, "prob[%zu][%zu] is %g, and a probability lies between 0 and 1", i, j, p);
            sum += p;
        }
        check_true(c, fabs(sum - 1) < 1e-5, "the probabilities of row %zu add up to %.8g, expected 1", i, sum);
    }
}

/* In double and with the library's own exponential, row by row. */
static double reference(const float *z, size_t n, size_t k, const int *label, float *prob) {
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        const float *row = z + i * k;
        double largest = (double)row[0], sum = 0;
        for (size_t j = 1; j < k; j++)
            largest = fmax(largest, (double)row[j]);
        for (size_t j = 0; j < k; j++)
            sum += ml_exp((double)row[j] - largest);
        for (size_t j = 0; j < k; j++)
            prob[i * k + j] = (float)(ml_exp((double)row[j] - largest) / sum);
        total += ml_log(sum) + largest - (double)row[label[i]];
    }
    return total / (double)n;
}

/* SciPy's figures for the loss and for row 17 hold the reference to account, and that all 640 probabilities. */
static void golden(check *c) {
    enum { N = 64, K = 10, ROW = 17 };
    static const float row[K] = {0.0102717071345f,   0.494918565794f,   0.000129301710481f, 0.00623010530464f,
                                 0.300183284215f,    7.84254517601e-05f, 0.0037787498805f,   0.18207036541f,
                                 4.75674409943e-05f, 0.00229192765791f};
    static const double loss = 5.489831304971686;
    float *z = CHECK_BUFFER(c, N * K, float), *right = CHECK_BUFFER(c, N * K, float);
    int *label = CHECK_BUFFER(c, N, int);
    for (int i = 0; i < N; i++) {
        label[i] = (i * 7 + 3) % K;
        for (int j = 0; j < K; j++)
            z[i * K + j] = (float)((i * 37 + j * 101 + i * j * 13) % 97 - 48) / 8;
    }
    check_double(c, "the reference's loss", reference(z, N, K, label, right), loss, 1e-12);
    check_floats(c, "the reference's row 17", right + ROW * K, row, K, 1, 1e-7);
    GIVEN(c, "64 rows of 10 logits between -6 and 6");
    expect(c, z, N, K, label, right, loss, 1e-6);
}

/* --- What is refused ---------------------------------------------------------------------------------------------- */

static void expect_refusal(check *c, const float *z, size_t n, size_t k, const int *label) {
    if (c->failed)
        return;
    double loss;
    const float *prob = run(c, z, n, k, label, -1, &loss);
    check_true(c, loss == dirt, "*loss was written, and nothing may be when the answer is -1");
    const unsigned char *bytes = (const unsigned char *)prob, *clean = check_buffer(c, n * k * sizeof *prob);
    check_true(c, memcmp(bytes, clean, n * k * sizeof *prob) == 0,
               "prob was written, and nothing may be when the answer is -1");
}

static void bad_label_touches_nothing(check *c) {
    static const float z[] = {1, 2, 0, 3, 1, 2};
    static const int bad[][2] = {{1, 3}, {1, -1}, {3, 1}, {-1, 1}, {1, 1000000}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        GIVEN(c, "z = {{1, 2, 0}, {3, 1, 2}}, label = {%d, %d}", bad[i][0], bad[i][1]);
        expect_refusal(c, z, 2, 3, bad[i]);
    }
}

static void empty(check *c) {
    GIVEN(c, "n = 0, k = 3");
    expect_refusal(c, NULL, 0, 3, NULL);
    GIVEN(c, "n = 2, k = 0, label = {0, 0}");
    expect_refusal(c, NULL, 2, 0, (const int[]){0, 0});
    GIVEN(c, "n = 0, k = 0");
    expect_refusal(c, NULL, 0, 0, NULL);
}

/* 64 rows of 100 logits. */
void check_cost(void) {
    enum { N = 64, K = 100 };
    static float z[N * K], prob[N * K];
    static int label[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(3, 0);
        for (size_t i = 0; i < N * K; i++)
            z[i] = (float)ml_rng_normal(&rng);
        for (size_t i = 0; i < N; i++)
            label[i] = (int)ml_rng_below(&rng, K);
        ready = true;
    }
    double loss;
    softmax_xent(z, N, K, label, prob, &loss);
}

const check_case check_cases[] = {
    {"small_row", "Turns three small logits into probabilities and a loss", CHECK_SHOWN, small_row},
    {"thousands", "Does the same with a thousand added to each", CHECK_SHOWN, thousands},
    {"uniform", "Spreads evenly over classes with equal logits", CHECK_HIDDEN, uniform},
    {"hopeless", "Finds the loss of a class that has no chance, and it is finite", CHECK_HIDDEN, hopeless},
    {"shift_invariant", "Gives the same after the same number is added to all logits", CHECK_HIDDEN, shift_invariant},
    {"rows_sum_to_one", "Makes the probabilities of each of 3 long rows add up to one", CHECK_HIDDEN, rows_sum_to_one},
    {"mean_over_rows", "Takes the mean loss over rows that are nothing alike", CHECK_HIDDEN, mean_over_rows},
    {"all_negative", "Works where every logit is far below zero", CHECK_HIDDEN, all_negative},
    {"bad_label_touches_nothing", "Returns -1 on any label that is no class, and touches nothing", CHECK_HIDDEN,
     bad_label_touches_nothing},
    {"empty", "Returns -1 without rows or classes", CHECK_HIDDEN, empty},
    {"golden", "Agrees with SciPy on 64 rows of 10 classes", CHECK_HIDDEN, golden},
    {0},
};
