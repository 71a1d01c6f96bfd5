#include "check.h"

#include <stdio.h>

int one_hot(const int *label, size_t n, size_t k, float *out);
size_t argmax(const float *z, size_t k);
double topk_accuracy(const float *z, const int *label, size_t n, size_t c, size_t k);

/* --- One call of the answer each, on guarded copies ------------------------------------------------------------------
 *
 * Nothing is called once a check has failed: what went in belongs to the first failure. */

/* The rows go into `out`, which holds whatever the caller left there. */
static void expect_rows(check *c, const int *label, size_t n, size_t k, float *out, int unknown, const float *right) {
    if (c->failed)
        return;
    int *guarded = check_copy(c, label, n * sizeof *label);
    check_int(c, "the returned number of unknown labels", one_hot(guarded, n, k, out), unknown);
    check_floats(c, "out", out, right, n, k, 0);
    check_unchanged(c, "label", guarded, label, n * sizeof *label);
}

static void expect_argmax(check *c, const float *z, size_t k, size_t right) {
    if (c->failed)
        return;
    float *guarded = check_copy(c, z, k * sizeof *z);
    check_int(c, "argmax", (long long)argmax(guarded, k), (long long)right);
    check_unchanged(c, "z", guarded, z, k * sizeof *z);
}

static void expect_topk(check *c, const float *z, const int *label, size_t n, size_t classes, size_t k, double right) {
    if (c->failed)
        return;
    float *guarded_z = check_copy(c, z, n * classes * sizeof *z);
    int *guarded_label = check_copy(c, label, n * sizeof *label);
    char what[48];
    snprintf(what, sizeof what, "topk_accuracy with k = %zu", k);
    check_double(c, what, topk_accuracy(guarded_z, guarded_label, n, classes, k), right, 1e-12);
    check_unchanged(c, "z", guarded_z, z, n * classes * sizeof *z);
    check_unchanged(c, "label", guarded_label, label, n * sizeof *label);
}

/* Says what goes in next, unless something has failed. */
#define GIVEN(c, ...) ((c)->failed ? (void)0 : check_input((c), __VA_ARGS__))

/* --- Shown -------------------------------------------------------------------------------------------------------- */

static void one_hot_rows(check *c) {
    static const int label[] = {2, 0, 1, 0};
    static const float right[] = {0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0};
    GIVEN(c, "label = {2, 0, 1, 0}, k = 3");
    expect_rows(c, label, 4, 3, CHECK_BUFFER(c, 12, float), 0, right);
}

static void largest_score(check *c) {
    GIVEN(c, "z = {1, 4, 3}");
    expect_argmax(c, (const float[]){1, 4, 3}, 3, 1);
    GIVEN(c, "z = {0.5, 0.25, 0.75}");
    expect_argmax(c, (const float[]){0.5f, 0.25f, 0.75f}, 3, 2);
    GIVEN(c, "z = {2}");
    expect_argmax(c, (const float[]){2}, 1, 0);
}

static const float three_z[] = {2, 1, 0.5f, 0.1f, 0.3f, 0.2f, 1, 4, 3};
static const int three_label[] = {0, 2, 0};
static const char three_text[] = "z = {{2, 1, 0.5}, {0.1, 0.3, 0.2}, {1, 4, 3}}, label = {0, 2, 0}";

static void top_one_and_two(check *c) {
    GIVEN(c, "%s", three_text);
    expect_topk(c, three_z, three_label, 3, 3, 1, 1.0 / 3);
    expect_topk(c, three_z, three_label, 3, 3, 2, 2.0 / 3);
}

/* --- Hidden ------------------------------------------------------------------------------------------------------- */

static void unknown_label(check *c) {
    static const int label[] = {-1, 1, 3, 0, 1000000, -1000000};
    static const float right[] = {0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
    GIVEN(c, "label = {-1, 1, 3, 0, 1000000, -1000000}, k = 3");
    expect_rows(c, label, 6, 3, CHECK_BUFFER(c, 18, float), 4, right);
    GIVEN(c, "label = {0, 1}, k = 0: no label is known, and out has no room");
    expect_rows(c, (const int[]){0, 1}, 2, 0, CHECK_BUFFER(c, 0, float), 2, NULL);

    static const float z[] = {3, 2, 1, 3, 2, 1, 3, 2, 1, 3, 2, 1};
    static const int mixed[] = {-1, 0, 3, 1};
    static const size_t k[] = {1, 2, 3, 4, 1000};
    static const double accuracy[] = {0.25, 0.5, 0.5, 0.5, 0.5};
    GIVEN(c, "four rows of scores {3, 2, 1}, label = {-1, 0, 3, 1}");
    for (size_t i = 0; i < sizeof k / sizeof *k; i++)
        expect_topk(c, z, mixed, 4, 3, k[i], accuracy[i]);
}

static void empty(check *c) {
    GIVEN(c, "n = 0");
    expect_rows(c, NULL, 0, 3, CHECK_BUFFER(c, 0, float), 0, NULL);
    expect_topk(c, NULL, NULL, 0, 3, 1, (double)NAN);
    GIVEN(c, "argmax of no scores (k = 0)");
    expect_argmax(c, NULL, 0, 0);
    GIVEN(c, "%s", three_text);
    expect_topk(c, three_z, three_label, 3, 3, 0, 0);
}

static void ties_first(check *c) {
    static const float equal[] = {5, 5, 5, 5, 5, 5, 5, 5, 5};
    static const int label[] = {0, 1, 2};
    GIVEN(c, "z = {5, 5, 5}");
    expect_argmax(c, equal, 3, 0);
    GIVEN(c, "z = {1, 5, 2, 5}");
    expect_argmax(c, (const float[]){1, 5, 2, 5}, 4, 1);
    GIVEN(c, "three rows of scores {5, 5, 5}, label = {0, 1, 2}");
    for (size_t k = 1; k <= 3; k++)
        expect_topk(c, equal, label, 3, 3, k, (double)k / 3);
    GIVEN(c, "one row of scores {1, 5, 2, 5}, label = {3}");
    expect_topk(c, (const float[]){1, 5, 2, 5}, (const int[]){3}, 1, 4, 1, 0);
    expect_topk(c, (const float[]){1, 5, 2, 5}, (const int[]){3}, 1, 4, 2, 1);
}

static void negative_logits(check *c) {
    static const float z[] = {-3, -1, -2, -1e30f, -2e30f, -0.5e30f};
    GIVEN(c, "z = {-3, -1, -2}");
    expect_argmax(c, z, 3, 1);
    GIVEN(c, "z = {-1e30, -2e30, -5e29}");
    expect_argmax(c, z + 3, 3, 2);
    GIVEN(c, "z = {{-3, -1, -2}, {-1e30, -2e30, -5e29}}, label = {1, 0}");
    expect_topk(c, z, (const int[]){1, 0}, 2, 3, 1, 0.5);
    expect_topk(c, z, (const int[]){1, 0}, 2, 3, 2, 1);
}

static void nan_never_wins(check *c) {
    const float nan = NAN;
    GIVEN(c, "z = {NaN, 1, 2}");
    expect_argmax(c, (const float[]){nan, 1, 2}, 3, 2);
    GIVEN(c, "z = {1, NaN, -1}");
    expect_argmax(c, (const float[]){1, nan, -1}, 3, 0);
    GIVEN(c, "z = {NaN, NaN, -4, NaN, -5}");
    expect_argmax(c, (const float[]){nan, nan, -4, nan, -5}, 5, 2);
    GIVEN(c, "z = {NaN, NaN, NaN}");
    expect_argmax(c, (const float[]){nan, nan, nan}, 3, 0);
    GIVEN(c, "z = {{NaN, 1, 2}, {NaN, 1, 2}, {1, NaN, NaN}}, label = {0, 2, 0}");
    const float z[] = {nan, 1, 2, nan, 1, 2, 1, nan, nan};
    for (size_t k = 1; k <= 4; k++)
        expect_topk(c, z, (const int[]){0, 2, 0}, 3, 3, k, 2.0 / 3);
}

static void stale_memory(check *c) {
    enum { N = 5, K = 4 };
    static const int label[N] = {3, -1, 0, 4, 1};
    static const float right[N * K] = {0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0};
    float *out = CHECK_BUFFER(c, N * K, float);
    for (size_t i = 0; i < N * K; i++)
        out[i] = 7;
    GIVEN(c, "label = {3, -1, 0, 4, 1}, k = 4, and out full of sevens from its last use");
    expect_rows(c, label, N, K, out, 2, right);
}

static void k_exceeds_c(check *c) {
    static const size_t k[] = {3, 4, 100, SIZE_MAX};
    GIVEN(c, "%s", three_text);
    for (size_t i = 0; i < sizeof k / sizeof *k; i++)
        expect_topk(c, three_z, three_label, 3, 3, k[i], 1);
}

/* 200 rows of 40 scores from 8 levels, so that ties abound; the reference sorts, which the task advises against. */
static void against_sorting(check *c) {
    enum { N = 200, C = 40, LEVELS = 8 };
    float *z = CHECK_BUFFER(c, N * C, float);
    int *label = CHECK_BUFFER(c, N, int);
    size_t at_rank[C] = {0};
    ml_rng rng = ml_rng_seed(1, 0);
    for (size_t i = 0; i < N; i++) {
        float *row = z + i * C;
        for (size_t j = 0; j < C; j++)
            row[j] = (float)ml_rng_below(&rng, LEVELS) - 6;
        label[i] = (int)ml_rng_below(&rng, C);
        size_t place[C];
        for (size_t j = 0; j < C; j++) { /* by insertion: equal scores keep their order */
            size_t at = j;
            for (; at > 0 && row[place[at - 1]] < row[j]; at--)
                place[at] = place[at - 1];
            place[at] = j;
        }
        GIVEN(c, "row %zu of 200 random rows of 40 scores with many ties; its highest score is %g", i,
              (double)row[place[0]]);
        expect_argmax(c, row, C, place[0]);
        for (size_t rank = 0; rank < C; rank++)
            at_rank[rank] += place[rank] == (size_t)label[i];
    }
    GIVEN(c, "200 random rows of 40 scores with many ties");
    size_t right = 0;
    for (size_t k = 1; k <= C; k++) {
        right += at_rank[k - 1];
        expect_topk(c, z, label, N, C, k, (double)right / N);
    }
}

/* Top-5 accuracy of 200 rows of 500 classes. */
void check_cost(void) {
    enum { N = 200, C = 500 };
    static float z[N * C], coded[N * C];
    static int label[N];
    static bool ready;
    if (!ready) {
        ml_rng rng = ml_rng_seed(2, 0);
        for (size_t i = 0; i < N * C; i++)
            z[i] = (float)ml_rng_uniform(&rng);
        for (size_t i = 0; i < N; i++)
            label[i] = (int)ml_rng_below(&rng, C);
        ready = true;
    }
    topk_accuracy(z, label, N, C, 5);
    one_hot(label, N, C, coded);
}

const check_case check_cases[] = {
    {"one_hot_rows", "Gives each label its row with a single 1", CHECK_SHOWN, one_hot_rows},
    {"largest_score", "Finds the index of the largest score", CHECK_SHOWN, largest_score},
    {"top_one_and_two", "Counts the rows whose true class is first, and among the first two", CHECK_SHOWN,
     top_one_and_two},
    {"unknown_label", "Counts labels that are no class, and takes them for wrong", CHECK_HIDDEN, unknown_label},
    {"empty", "Knows what to say of no rows, no scores and no places", CHECK_HIDDEN, empty},
    {"ties_first", "Lets the lower index go first among equals", CHECK_HIDDEN, ties_first},
    {"negative_logits", "Finds its way where every score is below zero", CHECK_HIDDEN, negative_logits},
    {"nan_never_wins", "Never lets a NaN win", CHECK_HIDDEN, nan_never_wins},
    {"stale_memory", "Clears what was in out before", CHECK_HIDDEN, stale_memory},
    {"k_exceeds_c", "Takes every known label for right where there are more places than classes", CHECK_HIDDEN,
     k_exceeds_c},
    {"against_sorting", "Agrees with sorting each row, on 200 rows full of ties", CHECK_HIDDEN, against_sorting},
    {0},
};
