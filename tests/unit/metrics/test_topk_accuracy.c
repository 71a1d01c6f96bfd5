/* Top-k accuracy: against scikit-learn, against sorting, and what counts as wrong. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden/multiclass_golden.h"
#include "ml.h"

static void test_agrees_with_scikit_learn(void **state) {
    (void)state;
    for (size_t k = 1; k <= MULTI_CLASSES; k++)
        assert_true(fabs(ml_topk_accuracy(multi_score, multi_truth, MULTI_QUERIES, MULTI_CLASSES, k) -
                         golden_topk[k - 1]) < 1e-15);
}

/* Coarse scores, so that ties abound: a stable sort of the negated scores puts the lower of equal classes first. */
static void test_agrees_with_a_stable_sort(void **state) {
    (void)state;
    enum { CLASSES = 7 };
    ml_rng rng = ml_rng_seed(3, 0);
    for (int round = 0; round < 2000; round++) {
        float score[CLASSES], negated[CLASSES];
        uint32_t order[CLASSES], scratch[CLASSES];
        const int32_t label = (int32_t)ml_rng_below(&rng, CLASSES);
        for (size_t c = 0; c < CLASSES; c++)
            negated[c] = -(score[c] = (float)ml_rng_below(&rng, 4) - 2.0f);
        ml_argsort_float(CLASSES, negated, order, scratch);
        size_t place = 0;
        while ((int32_t)order[place] != label)
            place++;
        for (size_t k = 0; k <= CLASSES; k++)
            assert_true(ml_topk_accuracy(score, &label, 1, CLASSES, k) == (place < k ? 1.0 : 0.0));
        assert_true(ml_topk_accuracy(score, &label, 1, CLASSES, 1) ==
                    (ml_argmax(CLASSES, score) == (size_t)label ? 1.0 : 0.0));
    }
}

static void test_of_equal_scores_the_lower_class_ranks_first(void **state) {
    (void)state;
    const float equal[4] = {0.5f, 0.5f, 0.5f, 0.5f};
    for (int32_t label = 0; label < 4; label++)
        for (size_t k = 0; k <= 5; k++)
            assert_true(ml_topk_accuracy(equal, &label, 1, 4, k) == ((size_t)label < k ? 1.0 : 0.0));
}

static void test_unknown_labels_are_wrong_however_large_k(void **state) {
    (void)state;
    const float score[6] = {1.0f, 2.0f, 3.0f, 1.0f, 2.0f, 3.0f};
    assert_true(ml_topk_accuracy(score, (const int32_t[]){-1, 2}, 2, 3, 9) == 0.5);
    assert_true(ml_topk_accuracy(score, (const int32_t[]){3, INT32_MAX}, 2, 3, 9) == 0.0);
    assert_true(ml_topk_accuracy(score, (const int32_t[]){0, 1}, 2, 3, 9) == 1.0);
}

static void test_nan_ranks_before_nothing_and_is_never_right(void **state) {
    (void)state;
    const float score[3] = {NAN, -4.0f, NAN};
    assert_true(ml_topk_accuracy(score, (const int32_t[]){1}, 1, 3, 1) == 1.0);
    assert_true(ml_topk_accuracy(score, (const int32_t[]){0}, 1, 3, 3) == 0.0);
}

static void test_infinite_scores_rank_like_others(void **state) {
    (void)state;
    const float score[3] = {-INFINITY, INFINITY, -INFINITY};
    assert_true(ml_topk_accuracy(score, (const int32_t[]){1}, 1, 3, 1) == 1.0);
    assert_true(ml_topk_accuracy(score, (const int32_t[]){0}, 1, 3, 2) == 1.0);
    assert_true(ml_topk_accuracy(score, (const int32_t[]){2}, 1, 3, 2) == 0.0);
}

static void test_of_no_rows_it_is_nan(void **state) {
    (void)state;
    assert_true(isnan(ml_topk_accuracy(NULL, NULL, 0, 3, 1)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agrees_with_scikit_learn),
        cmocka_unit_test(test_agrees_with_a_stable_sort),
        cmocka_unit_test(test_of_equal_scores_the_lower_class_ranks_first),
        cmocka_unit_test(test_unknown_labels_are_wrong_however_large_k),
        cmocka_unit_test(test_nan_ranks_before_nothing_and_is_never_right),
        cmocka_unit_test(test_infinite_scores_rank_like_others),
        cmocka_unit_test(test_of_no_rows_it_is_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
