/* Weights under shift, the solver under them, replay and elastic weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ml.h"

static ml_error error;

static void assert_near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("got %.17g, expected %.17g ± %g", got, expected, tolerance);
}

static void test_solve_undoes_a_product(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(1, 0);
    for (int round = 0; round < 2000; round++) {
        double a[64], kept[64], b[8], x[8];
        const int k = 1 + (int)ml_rng_below(&rng, 8);
        for (int i = 0; i < k * k; i++)
            kept[i] = a[i] = ml_rng_normal(&rng);
        for (int i = 0; i < k; i++)
            x[i] = ml_rng_normal(&rng);
        for (int i = 0; i < k; i++) {
            b[i] = 0;
            for (int j = 0; j < k; j++)
                b[i] += a[i * k + j] * x[j];
        }
        double right[8];
        memcpy(right, b, sizeof right);
        assert_int_equal(ml_solve(a, b, k), 0);
        for (int i = 0; i < k; i++) { /* the residual is small however bad the matrix */
            double sum = 0.0, size = 1.0;
            for (int j = 0; j < k; j++) {
                sum += kept[i * k + j] * b[j];
                size += fabs(kept[i * k + j] * b[j]);
            }
            assert_near(sum, right[i], 1e-11 * size);
        }
    }
    double swap[4] = {0, 1, 1, 0}, b[2] = {3, 4}, singular[4] = {1, 2, 2, 4}, bad[4] = {(double)NAN, 1, 1, 1};
    assert_int_equal(ml_solve(swap, b, 2), 0);
    assert_true(b[0] == 4 && b[1] == 3);
    assert_int_equal(ml_solve(singular, b, 2), -1);
    assert_int_equal(ml_solve(bad, b, 2), -1);
    assert_int_equal(ml_solve(swap, b, 0), -1);
    double one[1] = {1e-10}, huge[1] = {1e300};
    assert_int_equal(ml_solve(one, huge, 1), -1); /* the answer is no finite number */
}

static void test_importance_weights_move_the_mean(void **state) {
    (void)state;
    enum { N = 50000 };
    static double p[N], x[N], w[N];
    ml_rng rng = ml_rng_seed(2, 0);
    for (int i = 0; i < N; i++) { /* train N(0, 1), live N(1, 1), as many: odds are exp(x - 1/2) */
        x[i] = ml_rng_normal(&rng);
        p[i] = ml_sigmoid(x[i] - 0.5);
    }
    assert_int_equal(ml_importance_weights(N, p, N, N, INFINITY, w, &error), ML_OK);
    double sum = 0.0, mean = 0.0;
    for (int i = 0; i < N; i++) {
        sum += w[i];
        mean += w[i] * x[i];
    }
    assert_near(sum / N, 1.0, 0.036); /* six standard errors: var w = e - 1 */
    assert_near(mean / sum, 1.0, 0.1);
    assert_near(ml_effective_size(N, w) / N, ml_exp(-1.0), 0.06);
    const double all[3] = {0, 0.5, 1};
    assert_int_equal(ml_importance_weights(3, all, 100, 50, 5, w, &error), ML_OK);
    assert_true(w[0] == 0 && w[1] == 2 && w[2] == 5);
    assert_near(ml_effective_size(3, (double[3]){2, 2, 2}), 3.0, 1e-15);
    assert_true(ml_effective_size(3, (double[3]){0}) == 0.0);
}

static uint32_t label[10000], predicted[10000], live[10000];

/* 800 negatives, 720 right; 200 positives, 140 right; live 400 of 1,000 predicted positive. */
static void two_classes(void) {
    for (size_t i = 0; i < 1000; i++) {
        label[i] = i >= 800;
        predicted[i] = (i >= 720 && i < 800) || i >= 860;
        live[i] = i < 400;
    }
}

static void test_label_shift_weights_by_hand(void **state) {
    (void)state;
    double work[6], w[2], posterior[2] = {0.8, 0.2};
    two_classes();
    assert_int_equal(ml_label_shift_weights(1000, label, predicted, 1000, live, 2, work, w, &error), ML_OK);
    assert_near(w[0], 0.625, 1e-9);
    assert_near(w[1], 2.5, 1e-9);
    assert_int_equal(ml_correct_posterior(2, w, posterior, &error), ML_OK);
    assert_near(posterior[1], 0.5, 1e-12);
    for (size_t i = 0; i < 500; i++) /* fewer predicted positives than the false ones alone: clipped */
        live[i] = i < 25;
    assert_int_equal(ml_label_shift_weights(1000, label, predicted, 500, live, 2, work, w, &error), ML_OK);
    assert_near(w[0], 1.25, 1e-9);
    assert_true(w[1] == 0.0);
    assert_int_equal(ml_label_shift_weights(1000, label, predicted, 1000, predicted, 2, work, w, &error), ML_OK);
    assert_near(w[0], 1.0, 1e-9);
    assert_near(w[1], 1.0, 1e-9);
}

static uint32_t class_by(ml_rng *rng, const double *share) {
    const double u = ml_rng_uniform(rng);
    return u < share[0] ? 0 : u < share[0] + share[1] ? 1 : 2;
}

static uint32_t guess(ml_rng *rng, uint32_t truth) {
    const double accuracy[3] = {0.8, 0.8, 0.7};
    return ml_rng_bernoulli(rng, accuracy[truth]) ? truth : (uint32_t)((truth + 1 + ml_rng_below(rng, 2)) % 3);
}

static void test_label_shift_weights_find_three_shares(void **state) {
    (void)state;
    const double before[3] = {0.5, 0.3, 0.2}, now[3] = {0.2, 0.3, 0.5};
    for (uint64_t seed = 0; seed < 8; seed++) {
        ml_rng rng = ml_rng_seed(seed, 3);
        double work[12], w[3];
        for (size_t i = 0; i < 5000; i++) {
            label[i] = class_by(&rng, before);
            predicted[i] = guess(&rng, label[i]);
            live[i] = guess(&rng, class_by(&rng, now));
        }
        assert_int_equal(ml_label_shift_weights(5000, label, predicted, 5000, live, 3, work, w, &error), ML_OK);
        for (int j = 0; j < 3; j++)
            assert_near(w[j], now[j] / before[j], 0.35);
    }
}

static void test_replay_keeps_each_row_with_the_same_chance(void **state) {
    (void)state;
    enum { ROOM = 5, ROWS = 40, ROUNDS = 20000 };
    uint32_t kept[ROWS] = {0};
    ml_rng rng = ml_rng_seed(5, 0);
    for (int round = 0; round < ROUNDS; round++) {
        int slot[ROOM + 1];
        for (int row = 0; row < ROWS; row++)
            slot[ml_replay_slot((uint64_t)row, ROOM, &rng)] = row; /* slot ROOM is the bin */
        for (int i = 0; i < ROOM; i++)
            kept[slot[i]]++;
    }
    const double expected = (double)ROUNDS * ROOM / ROWS;
    double chi2 = 0.0;
    for (int row = 0; row < ROWS; row++)
        chi2 += (kept[row] - expected) * (kept[row] - expected) / expected;
    assert_true(ml_chi2_sf(chi2, ROWS - 1) > 1e-9);
    assert_int_equal(ml_replay_slot(7, 0, &rng), 0);
}

static void test_elastic_weights_pull_back_as_their_slope_says(void **state) {
    (void)state;
    const float row[2][3] = {{1, 2, 0}, {3, 0, 0}}, anchor[3] = {1, -1, 5};
    float w[3] = {1.5f, -2, 9}, gradient[3] = {1, 1, 1};
    double fisher[3] = {0};
    for (int i = 0; i < 2; i++)
        ml_ewc_add_fisher(3, row[i], 2, fisher);
    assert_true(fisher[0] == 5 && fisher[1] == 2 && fisher[2] == 0);
    assert_near(ml_ewc_penalty(3, w, anchor, fisher, 4, gradient), 2.0 * (5 * 0.25 + 2 * 1), 1e-12);
    assert_true(gradient[0] == 1 + 4 * 5 * 0.5f && gradient[1] == 1 - 4 * 2 && gradient[2] == 1);
    for (int i = 0; i < 3; i++) {
        const float keep = w[i], h = 0.125f;
        w[i] = keep + h;
        const double up = ml_ewc_penalty(3, w, anchor, fisher, 4, NULL);
        w[i] = keep - h;
        const double down = ml_ewc_penalty(3, w, anchor, fisher, 4, NULL);
        w[i] = keep;
        assert_near((up - down) / (2.0 * h), gradient[i] - 1.0, 1e-9);
    }
}

static void assert_fails(ml_status got, ml_status expected, const char *word) {
    assert_int_equal(got, expected);
    if (strstr(error.message, word) == NULL)
        fail_msg("\"%s\" lacks \"%s\"", error.message, word);
}

static void test_bad_input_is_refused(void **state) {
    (void)state;
    double work[6], w[2] = {7, 7}, posterior[2] = {0, 1}, bad[2] = {0.5, (double)NAN}, one[2] = {0.5, 1};
    const uint32_t zero[4] = {0}, two[2] = {1, 2}, mixed[4] = {0, 1, 0, 1};
    two_classes();
    assert_fails(ml_importance_weights(2, bad, 5, 5, 9, w, &error), ML_EINVAL, "p_live[1]");
    assert_fails(ml_importance_weights(2, one, 5, 5, INFINITY, w, &error), ML_EINVAL, "largest weight");
    assert_fails(ml_importance_weights(2, one, 0, 5, 1, w, &error), ML_EINVAL, "0 training");
    assert_fails(ml_label_shift_weights(0, zero, zero, 2, zero, 2, work, w, &error), ML_EINVAL, "0 validation rows");
    assert_fails(ml_label_shift_weights(2, two, zero, 2, zero, 2, work, w, &error), ML_EINVAL, "label[1] is class 2");
    assert_fails(ml_label_shift_weights(2, zero, two, 2, zero, 2, work, w, &error), ML_EINVAL, "predicted[1]");
    assert_fails(ml_label_shift_weights(2, zero, zero, 2, two, 2, work, w, &error), ML_EINVAL, "live[1]");
    assert_fails(ml_label_shift_weights(4, mixed, zero, 4, zero, 2, work, w, &error), ML_ESINGULAR, "no inverse");
    assert_fails(ml_correct_posterior(2, w, bad, &error), ML_EINVAL, "class 1");
    assert_fails(ml_correct_posterior(2, (double[2]){1, 0}, posterior, &error), ML_EINVAL, "add up to 0");
    assert_true(w[0] == 7 && w[1] == 7 && posterior[1] == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_solve_undoes_a_product),
        cmocka_unit_test(test_importance_weights_move_the_mean),
        cmocka_unit_test(test_label_shift_weights_by_hand),
        cmocka_unit_test(test_label_shift_weights_find_three_shares),
        cmocka_unit_test(test_replay_keeps_each_row_with_the_same_chance),
        cmocka_unit_test(test_elastic_weights_pull_back_as_their_slope_says),
        cmocka_unit_test(test_bad_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
