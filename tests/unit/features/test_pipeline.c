/* The pipeline: it cannot leak, gives a row the same features alone and among others, survives being saved, and trusts
 * no file. */
#include "base/bytes.h"
#include "unit/features/features_test.h"

enum { N = 120, COLUMNS = 4, FEATURES = 8, FOLDS = 5 };

static unsigned char more_memory[1 << 20];
static double x[N * COLUMNS], y[N];

static const ml_feature features[FEATURES] = {
    {.kind = ML_FEATURE_NUMBER, .column = 0, .scaling = ML_SCALE_STANDARD, .fill = ML_FILL_MEAN, .flag = true},
    {.kind = ML_FEATURE_NUMBER, .column = 1, .scaling = ML_SCALE_LOG_STANDARD, .fill = ML_FILL_MEDIAN, .flag = true},
    {.kind = ML_FEATURE_NUMBER, .column = 0, .scaling = ML_SCALE_NONE, .constant = -1},
    {.kind = ML_FEATURE_BINS, .column = 1, .size = 5},
    {.kind = ML_FEATURE_ONE_HOT, .column = 3, .min_count = 3},
    {.kind = ML_FEATURE_ORDINAL, .column = 3},
    {.kind = ML_FEATURE_TARGET, .column = 2, .smoothing = 10, .log_odds = true},
    {.kind = ML_FEATURE_HASHED, .column = 2, .size = 8},
};

static void make_world(void) {
    ml_rng rng = ml_rng_seed(12, 0);
    for (size_t i = 0; i < N; i++) {
        double *const row = x + i * COLUMNS;
        row[0] = 40 + 12 * ml_rng_normal(&rng);
        row[1] = ml_exp(ml_rng_normal(&rng));
        row[2] = (double)ml_rng_below(&rng, 15) * 1000003;
        row[3] = (double)ml_rng_below(&rng, 3) - 1;
        for (int j = 0; j < COLUMNS; j++)
            if (ml_rng_uniform(&rng) < 0.15)
                row[j] = (double)NAN;
        y[i] = ml_rng_bernoulli(&rng, 0.4);
    }
}

static ml_pipeline fit(ml_arena *arena, double **train) {
    ml_arena scratch = ml_arena_over(more_memory, sizeof more_memory);
    ml_pipeline p;
    assert_int_equal(
        ml_pipeline_fit(FEATURES, features, N, COLUMNS, x, y, NULL, FOLDS, &p, train, arena, &scratch, &error), ML_OK);
    assert_int_equal(scratch.used, 0);
    return p;
}

static void test_features_are_what_the_parts_give(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    make_world();
    const ml_pipeline p = fit(&arena, NULL);
    assert_int_equal(p.width, 2 + 2 + 1 + 6 + 4 + 1 + 1 + 8);
    double out[25], mean = 0, n = 0;
    for (size_t i = 0; i < N; i++)
        if (!isnan(x[i * COLUMNS])) {
            mean += x[i * COLUMNS];
            n++;
        }
    const double rows[] = {(double)NAN, (double)NAN, (double)NAN, (double)NAN, mean / n, -5, 7, 99, 30, 1, 0, 1};
    ml_pipeline_apply(&p, 1, rows, out);
    assert_near(out[0], 0, 1e-12); /* the mean of a standardised column */
    assert_true(out[1] == 1 && out[3] == 1 && out[4] == -1);
    assert_true(out[10] == 1 && out[14] == 1 && out[15] == 3); /* missing bin, unknown column, unknown place */
    for (int i = 17; i < 25; i++)
        assert_true(out[i] == 0);
    ml_pipeline_apply(&p, 1, rows + 4, out);
    assert_near(out[0], 0, 1e-12);
    assert_true(out[1] == 0 && out[3] == 1); /* -5 has no logarithm: missing */
    assert_true(out[5] == 1 && out[14] == 1 && out[15] == 3);
    double hashed = 0;
    for (int i = 17; i < 25; i++)
        hashed += fabs(out[i]);
    assert_true(hashed == 1);
    ml_pipeline_apply(&p, 1, rows + 8, out);
    assert_true(out[13] == 1 && out[15] == 2 && out[1] == 0);
}

/* 300 rows, known and wild ones: alone as in the batch, bit for bit; and finite. */
static void test_a_row_alone_gives_what_it_gives_in_a_batch(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    ml_rng rng = ml_rng_seed(5, 0);
    static double wild[300 * COLUMNS], batch[300 * 25];
    const double odd[] = {(double)NAN, INFINITY, -INFINITY, 1e308,     -1e308,    0,
                          -1,          0.5,      77,        INT32_MIN, INT32_MAX, 1e-320};
    make_world();
    const ml_pipeline p = fit(&arena, NULL);
    for (size_t i = 0; i < 300 * COLUMNS; i++)
        wild[i] = i % 3 == 0 ? x[i % (N * COLUMNS)] : odd[ml_rng_below(&rng, COUNT(odd))];
    ml_pipeline_apply(&p, 300, wild, batch);
    for (size_t i = 0; i < 300; i++) {
        double alone[25];
        ml_pipeline_apply(&p, 1, wild + i * COLUMNS, alone);
        assert_memory_equal(alone, batch + i * 25, sizeof alone);
        for (int j = 0; j < 25; j++)
            assert_true(isfinite(alone[j]));
    }
}

/* The definition: another target for a row moves no bit of that row's training features, nor of its fold. */
static void test_no_target_reaches_its_own_row(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    double *train, *moved;
    size_t others = 0;
    make_world();
    fit(&arena, &train);
    for (size_t i = 0; i < 40; i++) {
        const ml_arena_mark mark = ml_arena_save(&arena);
        y[i] = 1 - y[i];
        fit(&arena, &moved);
        y[i] = 1 - y[i];
        for (size_t r = 0; r < N; r++) {
            const int same = memcmp(train + r * 25, moved + r * 25, 25 * sizeof *train) == 0;
            assert_true(same || r % FOLDS != i % FOLDS);
            others += !same;
        }
        ml_arena_release(&arena, mark);
    }
    assert_true(others > 100); /* the other folds learn from it */
}

static void test_only_what_reads_the_target_differs_between_training_and_serving(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    static double served[N * 25];
    double *train;
    size_t differ = 0;
    make_world();
    const ml_pipeline p = fit(&arena, &train);
    ml_pipeline_apply(&p, N, x, served);
    for (size_t i = 0; i < N * 25; i++) {
        assert_true(i % 25 == 16 || train[i] == served[i]);
        differ += train[i] != served[i];
    }
    assert_true(differ > N / 2);
}

static size_t save(const ml_pipeline *p, uint8_t *bytes, size_t capacity) {
    size_t length = 0, told;
    assert_int_equal(ml_pipeline_save(p, 0, NULL, &told, &error), ML_OK);
    assert_int_equal(ml_pipeline_save(p, capacity, bytes, &length, &error), ML_OK);
    assert_int_equal(length, told);
    return length;
}

static void test_a_saved_pipeline_gives_the_same_bits(void **state) {
    (void)state;
    static uint8_t bytes[4096], again[4096];
    static double before[N * 25], after[N * 25];
    ml_arena arena = fresh_arena();
    ml_pipeline loaded;
    make_world();
    const ml_pipeline p = fit(&arena, NULL);
    const size_t length = save(&p, bytes, sizeof bytes);
    assert_int_equal(ml_pipeline_load(length, bytes, &loaded, &arena, &error), ML_OK);
    assert_int_equal(save(&loaded, again, sizeof again), length);
    assert_memory_equal(bytes, again, length);
    ml_pipeline_apply(&p, N, x, before);
    ml_pipeline_apply(&loaded, N, x, after);
    assert_memory_equal(before, after, sizeof before);
    size_t told = 0;
    assert_fails(ml_pipeline_save(&p, length - 1, bytes, &told, &error), ML_EINVAL, "room");
    assert_int_equal(told, length);
}

/* Every byte changed, with a right checksum or a wrong one, and every length: refused, or a pipeline that can be used.
 */
static void test_no_file_is_trusted(void **state) {
    (void)state;
    static uint8_t bytes[4096], bad[4096];
    static double out[1 << 18];
    ml_arena arena = fresh_arena();
    ml_pipeline loaded;
    ml_rng rng = ml_rng_seed(1, 0);
    size_t refused = 0;
    make_world();
    const ml_pipeline p = fit(&arena, NULL);
    const size_t length = save(&p, bytes, sizeof bytes);
    for (size_t i = 0; i < length; i++) {
        const ml_arena_mark mark = ml_arena_save(&arena);
        assert_int_equal(ml_pipeline_load(i, bytes, &loaded, &arena, &error), ML_EPARSE);
        memcpy(bad, bytes, length);
        bad[i] ^= 0x40;
        assert_int_equal(ml_pipeline_load(length, bad, &loaded, &arena, &error), ML_EPARSE);
        assert_int_equal(arena.used, mark.used);
        for (int round = 0; round < 3; round++) {
            bad[i] = (uint8_t)ml_rng_next(&rng);
            put_u32(bad + length - 4, ml_crc32(length - 4, bad));
            const ml_status status = ml_pipeline_load(length, bad, &loaded, &arena, &error);
            refused += status != ML_OK;
            if (status == ML_OK && loaded.n_columns <= COLUMNS && loaded.width < COUNT(out))
                ml_pipeline_apply(&loaded, 1, x, out);
            ml_arena_release(&arena, mark);
        }
    }
    assert_true(refused > length / 4);
    memcpy(bad, bytes, length);
    bad[8] = 2;
    assert_fails(ml_pipeline_load(length, bad, &loaded, &arena, &error), ML_EPARSE, "version");
    assert_fails(ml_pipeline_load(length - 1, bytes, &loaded, &arena, &error), ML_EPARSE, "checksum");
    assert_fails(ml_pipeline_load(3, bytes, &loaded, &arena, &error), ML_EPARSE, "begin");
    ml_arena tiny = ml_arena_over(more_memory, 64);
    assert_fails(ml_pipeline_load(length, bytes, &loaded, &tiny, &error), ML_ENOMEM, "memory");
    assert_int_equal(tiny.used, 0);
}

static ml_status refit(const ml_feature *feature, const double *target, size_t n_fold, size_t room) {
    ml_arena arena = ml_arena_over(memory, room), scratch = ml_arena_over(more_memory, sizeof more_memory);
    ml_pipeline p = {.width = 99};
    double *train = NULL;
    const ml_status status =
        ml_pipeline_fit(1, feature, N, COLUMNS, x, target, NULL, n_fold, &p, &train, &arena, &scratch, &error);
    assert_true(status == ML_OK || (p.width == 99 && train == NULL && arena.used == 0));
    assert_int_equal(scratch.used, 0);
    return status;
}

static void test_bad_settings_are_refused(void **state) {
    (void)state;
    make_world();
    assert_fails(refit(&(ml_feature){.column = 4}, y, 5, 4096), ML_EINVAL, "does not exist");
    assert_fails(refit(&(ml_feature){.kind = 9}, y, 5, 4096), ML_EINVAL, "unknown");
    assert_fails(refit(&(ml_feature){.kind = ML_FEATURE_BINS}, y, 5, 4096), ML_EINVAL, "size");
    assert_fails(refit(&(ml_feature){.smoothing = -1}, y, 5, 4096), ML_EINVAL, "smoothing");
    assert_fails(refit(&features[6], NULL, 5, 4096), ML_EINVAL, "targets");
    assert_fails(refit(&features[6], y, 1, 4096), ML_EINVAL, "folds");
    for (int f = 0; f < FEATURES; f++)
        for (size_t room = 0; room < 1024; room += 64)
            if (refit(&features[f], y, 5, room) != ML_OK)
                assert_non_null(strstr(error.message, "memory"));
    ml_arena arena = fresh_arena();
    ml_pipeline p;
    assert_fails(ml_pipeline_fit(1, features, N, COLUMNS, x, y, NULL, 5, &p, NULL, &arena, &arena, &error), ML_EINVAL,
                 "another arena");
    ml_arena scratch = ml_arena_over(more_memory, sizeof more_memory);
    assert_fails(ml_pipeline_fit(1, features, 0, COLUMNS, x, y, NULL, 5, &p, NULL, &arena, &scratch, &error), ML_EINVAL,
                 "one of each");
}

static void test_columns_without_values_still_give_features(void **state) {
    (void)state;
    ml_arena arena = fresh_arena();
    double out[25];
    for (size_t i = 0; i < N * COLUMNS; i++)
        x[i] = (double)NAN;
    const ml_pipeline p = fit(&arena, NULL);
    const double row[] = {1, 2, 3, 4};
    ml_pipeline_apply(&p, 1, row, out);
    for (size_t i = 0; i < p.width; i++)
        assert_true(isfinite(out[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features_are_what_the_parts_give),
        cmocka_unit_test(test_a_row_alone_gives_what_it_gives_in_a_batch),
        cmocka_unit_test(test_no_target_reaches_its_own_row),
        cmocka_unit_test(test_only_what_reads_the_target_differs_between_training_and_serving),
        cmocka_unit_test(test_a_saved_pipeline_gives_the_same_bits),
        cmocka_unit_test(test_no_file_is_trusted),
        cmocka_unit_test(test_bad_settings_are_refused),
        cmocka_unit_test(test_columns_without_values_still_give_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
