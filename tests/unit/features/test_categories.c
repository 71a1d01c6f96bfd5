/* Encoders against scikit-learn, probes for leaks of the target, and what hashing keeps on average. */
#include "golden/features_golden.h"
#include "unit/features/features_test.h"

enum { N = COUNT(features_category), M = COUNT(features_category_serve), T = COUNT(features_cat), CATS = 7, FOLDS = 5 };

static void test_one_hot_and_ordinal_are_those_of_scikit_learn(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    int32_t level[6];
    size_t k;
    double out[M * 7];
    uint32_t code[M];
    assert_int_equal(ml_onehot_fit(N, features_category, 8, 6, level, &k, &arena, &error), ML_OK);
    assert_int_equal(COUNT(golden_one_hot), M * (k + 1)); /* rare and unknown ones share the last column */
    ml_onehot_apply(k, level, M, features_category_serve, out);
    assert_all_near("one-hot", COUNT(golden_one_hot), out, golden_one_hot, 0);
    assert_int_equal(ml_onehot_fit(N, features_category, 1, 6, level, &k, &arena, &error), ML_OK);
    assert_int_equal(k, 6);
    ml_ordinal_apply(k, level, M, features_category_serve, code);
    assert_memory_equal(code, golden_ordinal, sizeof code);
    assert_int_equal(arena.used, 0);
}

static void test_vocabularies_are_sorted_distinct_and_bounded(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    const int32_t x[] = {30, INT32_MAX, 10, INT32_MIN, 30, 10};
    int32_t level[5] = {9, 9, 9, 9, 9};
    size_t k = 77;
    assert_int_equal(ml_onehot_fit(6, x, 1, 4, level, &k, &arena, &error), ML_OK);
    assert_true(k == 4 && level[0] == INT32_MIN && level[1] == 10 && level[2] == 30 && level[3] == INT32_MAX &&
                level[4] == 9);
    double out[15];
    for (size_t i = 0; i < 15; i++)
        out[i] = 9;
    const int32_t serve[] = {INT32_MAX, 11, INT32_MIN};
    ml_onehot_apply(k, level, 3, serve, out);
    for (size_t i = 0; i < 3; i++)
        for (size_t c = 0; c < 5; c++)
            assert_true(out[i * 5 + c] == (c == (size_t[]){3, 4, 0}[i] ? 1.0 : 0.0));
    ml_onehot_apply(0, NULL, 3, serve, out); /* no vocabulary: all is unknown */
    assert_true(out[0] == 1 && out[1] == 1 && out[2] == 1);
    assert_int_equal(ml_onehot_fit(0, NULL, 1, 0, level, &k, &arena, &error), ML_OK);
    assert_int_equal(k, 0);
    k = 77;
    level[0] = 5;
    assert_fails(ml_onehot_fit(6, x, 1, 3, level, &k, &arena, &error), ML_EINVAL, "room");
    assert_fails(ml_onehot_fit(6, x, 0, 6, level, &k, &arena, &error), ML_EINVAL, "at least 1");
    ml_arena tiny = ml_arena_over(memory, 64);
    assert_fails(ml_onehot_fit(6, x, 1, 6, level, &k, &tiny, &error), ML_ENOMEM, "memory");
    assert_true(k == 77 && level[0] == 5);
}

static void encode(const double *y, double m, double *train, double *table, double *prior) {
    ml_arena arena = fresh_arena();
    assert_int_equal(
        ml_target_encode_oof(T, CATS, FOLDS, features_cat, y, features_fold, m, train, table, prior, &arena, &error),
        ML_OK);
    assert_int_equal(arena.used, 0);
}

static void test_target_encoding_follows_its_definition(void **state) {
    (void)state;
    double train[T], table[CATS], prior, out[3];
    encode(features_y, 1.5, train, table, &prior);
    assert_all_near("target, out of fold", T, train, golden_target_train, 1e-14);
    assert_all_near("target, table", CATS, table, golden_target_table, 1e-14);
    const uint32_t serve[] = {2, CATS, UINT32_MAX};
    ml_target_apply(CATS, table, prior, 3, serve, out);
    assert_true(out[0] == table[2] && out[1] == prior && out[2] == prior);
}

static void test_target_encoding_gives_the_curriculums_example(void **state) {
    (void)state;
    const uint32_t cat[] = {0, 0, 1, 1, 0, 2}, fold[] = {0, 1, 0, 1, 0, 1};
    const double y[] = {1, 0, 1, 1, 0, 1};
    const double expected[2][6] = {{0, 0.5, 1, 1, 0, 2.0 / 3}, {4.0 / 9, 7.0 / 12, 7.0 / 9, 7.0 / 9, 4.0 / 9, 2.0 / 3}};
    for (int m = 0; m < 2; m++) {
        ml_arena arena = fresh_arena();
        double train[6], table[4], prior;
        assert_int_equal(ml_target_encode_oof(6, 4, 2, cat, y, fold, 2 * m, train, table, &prior, &arena, &error),
                         ML_OK);
        for (int i = 0; i < 6; i++)
            assert_near(train[i], expected[m][i], 1e-15);
        assert_near(table[0], m ? 7.0 / 15 : 1.0 / 3, 1e-15);
        assert_near(table[3], prior, 1e-15);
    }
    ml_arena arena = fresh_arena();
    double table[1] = {5}, prior = 5;
    assert_int_equal(ml_target_encode_oof(0, 1, 1, NULL, NULL, NULL, 0, NULL, table, &prior, &arena, &error), ML_OK);
    assert_true(table[0] == 0 && prior == 0);
}

/* The definition of no leak: another target for a row moves no bit of any row of its fold. */
static void test_no_target_reaches_its_own_fold(void **state) {
    (void)state;
    double y[T], train[T], moved[T], table[CATS], prior;
    encode(features_y, 1.5, train, table, &prior);
    for (size_t i = 0; i < T; i++) {
        size_t changed = 0;
        memcpy(y, features_y, sizeof y);
        y[i] += 0.1;
        encode(y, 1.5, moved, table, &prior);
        for (size_t j = 0; j < T; j++) {
            assert_true(features_fold[j] != features_fold[i] || memcmp(&train[j], &moved[j], sizeof *moved) == 0);
            changed += train[j] != moved[j];
        }
        assert_true(changed > 0); /* and the others do learn from it */
    }
}

static void test_target_encoding_refuses_bad_input(void **state) {
    (void)state;
    ml_arena arena = fresh_arena(), tiny = ml_arena_over(memory, 64);
    const uint32_t zero[] = {0, 0}, three[] = {0, 3};
    const double y[] = {1, 2}, infinite[] = {1, INFINITY};
    double train[2], table[9], prior = 7;
    assert_fails(ml_target_encode_oof(2, 3, 1, three, y, zero, 0, train, table, &prior, &arena, &error), ML_EINVAL,
                 "out of range");
    assert_fails(ml_target_encode_oof(2, 3, 2, zero, y, three, 0, train, table, &prior, &arena, &error), ML_EINVAL,
                 "out of range");
    assert_fails(ml_target_encode_oof(2, 3, 1, zero, infinite, zero, 0, train, table, &prior, &arena, &error),
                 ML_EINVAL, "out of range");
    assert_fails(ml_target_encode_oof(2, 3, 1, zero, y, zero, -1, train, table, &prior, &arena, &error), ML_EINVAL,
                 "m is");
    assert_fails(ml_target_encode_oof(2, 9, 1, zero, y, zero, 0, train, table, &prior, &tiny, &error), ML_ENOMEM,
                 "memory");
    assert_true(prior == 7);
}

static void test_hashed_features_are_those_of_scikit_learn(void **state) {
    (void)state;
    enum { TOKENS = COUNT(features_token_value) };
    char text[40][32];
    const char *token[TOKENS];
    for (int i = 0; i < 40; i++) {
        snprintf(text[i], sizeof text[i], "word%d", i);
        token[i] = text[i];
    }
    token[40] = token[41] = "word3";
    token[42] = "x=1";
    double out[16];
    ml_hash_features(TOKENS, token, features_token_value, 16, true, out);
    assert_all_near("hashed, signed", 16, out, golden_hashed_signed, 1e-14);
    ml_hash_features(TOKENS, token, features_token_value, 16, false, out);
    assert_all_near("hashed, plain", 16, out, golden_hashed_plain, 1e-14);
    ml_hash_features(1, token, NULL, 16, false, out);
    double sum = 0;
    for (int i = 0; i < 16; i++)
        sum += out[i];
    assert_true(sum == 1.0);
}

static void test_hash_row_adds_signs_to_buckets(void **state) {
    (void)state;
    static float out[1024];
    const char *const oslo[] = {"city=Oslo"}, *const thrice[] = {"x=1", "x=1", "x=1"};
    for (int i = 0; i < 1024; i++)
        out[i] = 9;
    ml_hash_row(oslo, 1, 10, out);
    for (int i = 0; i < 1024; i++)
        assert_true(out[i] == (i == 794 ? 1.0f : 0.0f));
    ml_hash_row(thrice, 3, 0, out);
    assert_true(fabsf(out[0]) == 3.0f);
}

/* 200 against 200 disjoint tokens in 1,024 buckets: the mean of 200 signed products is 0 within 5 standard errors. */
static void test_signs_cancel_collisions_on_average(void **state) {
    (void)state;
    static char text[400][32];
    static float a[1024], b[1024];
    const char *token[400];
    double total = 0;
    for (int pair = 0; pair < 200; pair++) {
        for (int i = 0; i < 400; i++) {
            snprintf(text[i], sizeof text[i], "p%d t%d", pair, i);
            token[i] = text[i];
        }
        ml_hash_row(token, 200, 10, a);
        ml_hash_row(token + 200, 200, 10, b);
        for (int i = 0; i < 1024; i++)
            total += (double)a[i] * (double)b[i];
    }
    assert_true(fabs(total / 200) < 5 * 6.25 / sqrt(200));
}

static void test_crosses_are_one_to_one(void **state) {
    (void)state;
    enum { A = 20, B = 30 };
    uint32_t a[A * B], b[A * B], crossed[A * B];
    for (uint32_t i = 0; i < A * B; i++) {
        a[i] = i / B;
        b[i] = i % B;
    }
    assert_int_equal(ml_cross(A * B, B, a, b, crossed, &error), ML_OK);
    for (uint32_t i = 0; i < A * B; i++)
        assert_int_equal(crossed[i], i);
    const uint32_t pair[] = {1, 2}, swapped[] = {2, 1}, large[] = {1U << 31};
    assert_true(ml_cross_hash(2, pair) != ml_cross_hash(2, swapped));
    assert_int_equal(ml_cross_hash(1, pair), ml_murmur3(4, "\1\0\0\0", 0));
    assert_fails(ml_cross(1, 1, pair, pair, crossed, &error), ML_EINVAL, "below");
    assert_fails(ml_cross(1, 2, large, (uint32_t[]){1}, crossed, &error), ML_EINVAL, "hash the cross");
    assert_int_equal(crossed[0], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_hot_and_ordinal_are_those_of_scikit_learn),
        cmocka_unit_test(test_vocabularies_are_sorted_distinct_and_bounded),
        cmocka_unit_test(test_target_encoding_follows_its_definition),
        cmocka_unit_test(test_target_encoding_gives_the_curriculums_example),
        cmocka_unit_test(test_no_target_reaches_its_own_fold),
        cmocka_unit_test(test_target_encoding_refuses_bad_input),
        cmocka_unit_test(test_hashed_features_are_those_of_scikit_learn),
        cmocka_unit_test(test_hash_row_adds_signs_to_buckets),
        cmocka_unit_test(test_signs_cancel_collisions_on_average),
        cmocka_unit_test(test_crosses_are_one_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
