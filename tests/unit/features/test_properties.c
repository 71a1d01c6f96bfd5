/* What must hold of any pipeline and any scaler, over random ones. */
#include "unit/features/features_test.h"

enum { MOST_ROWS = 24, COLUMNS = 3, MOST_FEATURES = 5, MOST_BYTES = 1 << 14, MOST_WIDTH = 64 };

static _Alignas(64) unsigned char other_memory[1 << 20], scratch_memory[1 << 20];

/* --- Pipelines ---------------------------------------------------------------------------------------------------- */

/* Numbers, positive numbers, and categories, a tenth of each missing. */
static void draw_rows(ml_rng *rng, size_t n, double *x) {
    for (size_t i = 0; i < n * COLUMNS; i++) {
        const size_t column = i % COLUMNS;
        x[i] = column == 0   ? 10 * ml_rng_normal(rng)
               : column == 1 ? ml_exp(ml_rng_normal(rng))
                             : (double)ml_rng_below(rng, 6) - 2;
        if (ml_rng_below(rng, 10) == 0)
            x[i] = (double)NAN;
    }
}

static ml_feature draw_feature(ml_rng *rng) {
    const ml_feature_kind kind = (ml_feature_kind)ml_rng_below(rng, ML_FEATURE_HASHED + 1);
    ml_feature f = {.kind = kind, .column = (uint32_t)ml_rng_below(rng, COLUMNS)};
    f.size = 1 + (uint32_t)ml_rng_below(rng, 8);
    f.min_count = (uint32_t)ml_rng_below(rng, 4);
    f.smoothing = (double)ml_rng_below(rng, 5);
    f.log_odds = ml_rng_bernoulli(rng, 0.5);
    f.flag = ml_rng_bernoulli(rng, 0.5);
    f.constant = ml_rng_normal(rng);
    f.fill = (ml_fill)ml_rng_below(rng, ML_FILL_MOST_FREQUENT + 1);
    f.scaling = (ml_scaling)ml_rng_below(rng, f.column == 1 ? ML_SCALE_LOG_STANDARD + 1 : ML_SCALE_LOG);
    return f;
}

static void assert_same_features(const ml_pipeline *a, const ml_pipeline *b, size_t n, const double *x) {
    double one[MOST_ROWS * MOST_WIDTH], other[MOST_ROWS * MOST_WIDTH];
    assert_int_equal(a->width, b->width);
    ml_pipeline_apply(a, n, x, one);
    ml_pipeline_apply(b, n, x, other);
    assert_memory_equal(one, other, n * a->width * sizeof *one);
}

/* Saved and loaded it gives the same bits, and saved once more the same bytes. */
static void assert_survives_its_file(const ml_pipeline *p, size_t n, const double *x) {
    static uint8_t bytes[MOST_BYTES], again[MOST_BYTES];
    ml_arena arena = ml_arena_over(other_memory, sizeof other_memory);
    ml_pipeline loaded;
    size_t length = 0, same = 0;
    assert_int_equal(ml_pipeline_save(p, sizeof bytes, bytes, &length, &error), ML_OK);
    assert_int_equal(ml_pipeline_load(length, bytes, &loaded, &arena, &error), ML_OK);
    assert_same_features(p, &loaded, n, x);
    assert_int_equal(ml_pipeline_save(&loaded, sizeof again, again, &same, &error), ML_OK);
    assert_true(same == length && memcmp(bytes, again, length) == 0);
}

/* A row alone gives what it gives among others, whatever stands in it, and all of it is finite. */
static void assert_rows_stand_alone(const ml_pipeline *p, size_t n, const double *x) {
    double all[MOST_ROWS * MOST_WIDTH], alone[MOST_WIDTH];
    ml_pipeline_apply(p, n, x, all);
    for (size_t i = 0; i < n; i++) {
        ml_pipeline_apply(p, 1, x + i * COLUMNS, alone);
        assert_memory_equal(alone, all + i * p->width, p->width * sizeof *alone);
        for (size_t j = 0; j < p->width; j++)
            assert_true(isfinite(alone[j]));
    }
}

/* Training rows get what they would get when served, except where the target is read. */
static void assert_training_is_serving(const ml_pipeline *p, size_t n, const double *x, const double *train) {
    double served[MOST_ROWS * MOST_WIDTH];
    ml_pipeline_apply(p, n, x, served);
    for (size_t f = 0; f < p->n_features; f++) {
        const size_t from = p->state[f].at, to = f + 1 < p->n_features ? p->state[f + 1].at : p->width;
        for (size_t i = 0; i < n && p->feature[f].kind != ML_FEATURE_TARGET; i++)
            assert_memory_equal(train + i * p->width + from, served + i * p->width + from, (to - from) * sizeof *train);
    }
}

static void test_pipelines_of_any_features(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(31, 0);
    for (int round = 0; round < 4000; round++) {
        ml_arena arena = fresh_arena(), scratch = ml_arena_over(scratch_memory, sizeof scratch_memory);
        ml_feature feature[MOST_FEATURES];
        double x[MOST_ROWS * COLUMNS], unseen[MOST_ROWS * COLUMNS], y[MOST_ROWS], *train = NULL;
        ml_pipeline p;
        const size_t n = 4 + (size_t)ml_rng_below(&rng, MOST_ROWS - 3);
        const size_t n_features = 1 + (size_t)ml_rng_below(&rng, MOST_FEATURES);
        for (size_t f = 0; f < n_features; f++)
            feature[f] = draw_feature(&rng);
        draw_rows(&rng, n, x);
        draw_rows(&rng, n, unseen);
        for (size_t i = 0; i < n; i++) {
            y[i] = ml_rng_bernoulli(&rng, 0.4);
            unseen[i * COLUMNS + 2] *= 3; /* categories that were not in training */
            unseen[i * COLUMNS + 1] -= 1; /* and what has no logarithm */
        }
        if (ml_pipeline_fit(n_features, feature, n, COLUMNS, x, y, NULL, 3, &p, &train, &arena, &scratch, &error) !=
            ML_OK)
            fail_msg("round %d: %s", round, error.message);
        assert_true(p.width <= MOST_WIDTH && scratch.used == 0);
        assert_training_is_serving(&p, n, x, train);
        assert_rows_stand_alone(&p, n, unseen);
        assert_survives_its_file(&p, n, unseen);
    }
}

/* --- Scalers ------------------------------------------------------------------------------------------------------- */

/* Back and forth is where it came from, and each kind of scaling does what it is named after. */
static void test_scalers_of_any_column(void **state) {
    (void)state;
    ml_rng rng = ml_rng_seed(32, 0);
    for (int round = 0; round < 4000; round++) {
        ml_arena arena = fresh_arena();
        const ml_scaling kind = (ml_scaling)(round % (ML_SCALE_LOG_STANDARD + 1));
        const double size = ml_exp(8 * ml_rng_normal(&rng)), shift = kind < ML_SCALE_LOG ? size * ml_rng_normal(&rng) : 0;
        double x[30], out[30], back[30], low = INFINITY, high = -INFINITY, mean = 0, square = 0, largest = 0;
        ml_scaler s;
        for (size_t i = 0; i < 30; i++) {
            x[i] = shift + size * (kind < ML_SCALE_LOG ? ml_rng_normal(&rng) : ml_rng_uniform(&rng));
            largest = fmax(largest, fabs(x[i]));
        }
        assert_int_equal(ml_scaler_fit(kind, 30, 1, x, &s, &arena, &error), ML_OK);
        ml_scaler_apply(1, &s, 30, x, out);
        ml_scaler_invert(1, &s, 30, out, back);
        for (size_t i = 0; i < 30; i++) {
            assert_near(back[i], x[i], 1e-13 * (largest + 1));
            low = fmin(low, out[i]);
            high = fmax(high, out[i]);
            mean += out[i] / 30;
            square += out[i] * out[i] / 30;
        }
        const bool standard = kind == ML_SCALE_STANDARD || kind == ML_SCALE_LOG_STANDARD;
        assert_true(s.scale > 0 && (kind != ML_SCALE_MIN_MAX || (low == 0 && fabs(high - 1) < 1e-12)));
        assert_true(!standard || (fabs(mean) < 1e-8 && fabs(square - 1) < 1e-8));
        assert_true(kind != ML_SCALE_DEVIATION || fabs(square - mean * mean - 1) < 1e-8);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipelines_of_any_features),
        cmocka_unit_test(test_scalers_of_any_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
