/* Every transformation of features, importance of any model, and pipelines: learned, saved, loaded, applied. */
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "features/features.h"
#include "report.h"

#define CHECKED(call) assert_int_equal((call), ML_OK)

enum { N = 150, D = 4, CATEGORIES = 9 };

static double x[N * D], y[N], out[N * 400];
static int32_t category[N];
static uint32_t code[N];
static ml_arena *arena;

/* Numbers above -1, a few of them equal or missing, and categories of which some are rare. */
static void make_data(void) {
    ml_rng rng = ml_rng_seed(71, 0);
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < D; j++)
            x[i * D + j] = ml_rng_bernoulli(&rng, 0.1) ? NAN : ml_rng_gamma(&rng, 0.5 + (double)j) - 0.5;
        x[i * D + 1] = floor(2 * x[i * D + 1]) / 4;
        code[i] = (uint32_t)(ml_rng_uniform(&rng) * ml_rng_uniform(&rng) * CATEGORIES);
        category[i] = (int32_t)(code[i] * code[i]) - 30;
        y[i] = ml_rng_bernoulli(&rng, 0.1 + 0.09 * code[i]);
    }
}

static void report_scaling(void) {
    ml_scaler scaler[D];
    ml_quantile_map map;
    for (int kind = ML_SCALE_NONE; kind <= ML_SCALE_LOG_STANDARD; kind++) {
        CHECKED(ml_scaler_fit((ml_scaling)kind, N, D, x, scaler, arena, NULL));
        ml_scaler_apply(D, scaler, N, x, out);
        take_doubles(N * D, out);
        ml_scaler_invert(D, scaler, N, out, out);
        take_doubles(N * D, out);
        report_taken("scaling %d", kind);
    }
    for (int normal = 0; normal < 2; normal++) {
        CHECKED(ml_quantile_map_fit(N, D, x, 30, normal, &map, arena, NULL));
        ml_quantile_map_apply(&map, N, x, out);
        take_doubles(N * D, out);
    }
    report_taken("quantile maps");
}

static void report_imputing(void) {
    double fill[D];
    for (int kind = ML_FILL_CONSTANT; kind <= ML_FILL_MOST_FREQUENT; kind++) {
        CHECKED(ml_fill_fit((ml_fill)kind, 0.5, N, D, x, fill, arena, NULL));
        ml_fill_apply(D, fill, N, x, out);
        take_doubles(D, fill);
        take_doubles(N * D, out);
    }
    ml_missing_indicator(D, N, x, out);
    take_doubles(N * D, out);
    CHECKED(ml_knn_impute(N, D, x, 5, N, x, out, arena, NULL));
    take_doubles(N * D, out);
    report_taken("imputing");
}

static void take_bins(size_t n_cuts, const double *cut) {
    uint32_t bin[N * D];
    take_doubles(n_cuts, cut);
    ml_bin_apply(n_cuts, cut, N * D, x, bin);
    take_words(N * D, bin);
    ml_onehot_bins(n_cuts + 2, N, bin, out);
    take_doubles(N * (n_cuts + 2), out);
}

static void report_binning(void) {
    double cut[20], column[N];
    size_t n_cuts;
    CHECKED(ml_bins_equal_width(N * D, x, 7, cut, &n_cuts, NULL));
    take_bins(n_cuts, cut);
    CHECKED(ml_bins_equal_frequency(N * D, x, 9, cut, &n_cuts, arena, NULL));
    take_bins(n_cuts, cut);
    for (size_t i = 0; i < N; i++)
        column[i] = x[i * D];
    CHECKED(ml_bins_by_target(N, column, y, 6, 5, cut, &n_cuts, arena, NULL));
    take_bins(n_cuts, cut);
    report_taken("binning");
}

static void report_categories(void) {
    enum { FOLDS = 4 };
    int32_t level[N];
    uint32_t fold[N], place[N], crossed[N];
    double train[N], table[CATEGORIES], prior;
    size_t n_levels;
    CHECKED(ml_onehot_fit(N, category, 5, N, level, &n_levels, arena, NULL));
    ml_onehot_apply(n_levels, level, N, category, out);
    ml_ordinal_apply(n_levels, level, N, category, place);
    take_doubles(N * (n_levels + 1), out);
    take_words(N, place);
    for (uint32_t i = 0; i < N; i++)
        fold[i] = i * 7 % FOLDS;
    CHECKED(ml_target_encode_oof(N, CATEGORIES, FOLDS, code, y, fold, 3.5, train, table, &prior, arena, NULL));
    ml_target_apply(CATEGORIES, table, prior, N, place, out);
    take_doubles(N, train);
    take_doubles(CATEGORIES, table);
    take_doubles(N, out);
    CHECKED(ml_cross(N, N, code, place, crossed, NULL));
    take_words(N, crossed);
    for (size_t i = 0; i + 3 < N; i++)
        crossed[i] = ml_cross_hash(3, code + i);
    take_words(N, crossed);
    report_taken("categories");
}

static void report_hashing(void) {
    static const char *const token[] = {"city=Oslo", "colour=\xc3\xa9", "", "a", "b", "size=12"};
    const double value[] = {1, 0.5, -2, 3, 0.1, 7};
    float bucket[64];
    ml_hash_row(token, 6, 6, bucket);
    take_floats(64, bucket);
    for (int sign = 0; sign < 2; sign++) {
        ml_hash_features(6, token, sign ? value : NULL, 37, sign, out);
        take_doubles(37, out);
    }
    report_taken("hashing");
}

static void report_expansions(void) {
    ml_rng rng = ml_rng_seed(72, 0);
    double frequency[5 * D];
    fill_normal(&rng, 5 * D, 3, frequency);
    for (unsigned degree = 0; degree <= 4; degree++)
        for (int interactions = 0; interactions < 2; interactions++) {
            const size_t count = ml_polynomial_count(D, degree, interactions, true);
            CHECKED(ml_polynomial(N, D, degree, interactions, true, x, out, NULL));
            take_doubles(N * count, out);
        }
    ml_fourier_features(N, D, x, 5, frequency, out);
    take_doubles(N * 10, out);
    ml_position_encoding(N, x, 9, out);
    take_doubles(N * 9, out);
    report_taken("expansions");
}

static void report_text(void) {
    static const char *const text[] = {"The cat sat on the mat, the CAT!", "a dog, 2 dogs and 22 cats",
                                       "caf\xc3\xa9 au lait on_the mat", "the dog sat"};
    enum { TEXTS = sizeof text / sizeof *text };
    static _Alignas(64) unsigned char memory[1 << 16];
    ml_arena scratch = ml_arena_over(memory, sizeof memory);
    ml_text document[TEXTS];
    ml_vocabulary words;
    for (size_t i = 0; i < TEXTS; i++) {
        document[i] = (ml_text){text[i], 0};
        while (text[i][document[i].length] != 0)
            document[i].length++;
    }
    CHECKED(ml_vocabulary_fit(TEXTS, document, 1, &words, arena, &scratch, NULL));
    take_doubles(words.n_words, words.idf);
    for (size_t i = 0; i < TEXTS; i++) {
        ml_text_counts(&words, document[i], out);
        take_doubles(words.n_words, out);
        ml_text_tfidf(&words, document[i], out);
        take_doubles(words.n_words, out);
    }
    for (size_t i = 0; i < words.n_words; i++)
        take_bytes(words.word[i].length, words.word[i].bytes);
    report_taken("text");
}

/* A model to be explained. */
static void bent(const void *model, size_t n, size_t d, const double *rows, double *predicted) {
    const double *weight = model;
    for (size_t i = 0; i < n; i++) {
        predicted[i] = rows[i * d] * rows[i * d + 1];
        for (size_t j = 0; j < d; j++)
            predicted[i] += weight[j] * rows[i * d + j];
    }
}

static void report_importance(void) {
    const double weight[D] = {1, -2, 0, 0.5};
    const uint32_t together[] = {0, 1};
    ml_rng rng = ml_rng_seed(73, 0);
    double importance[D], phi[D], standard_error[D], rows[N * D];
    fill_normal(&rng, N * D, 1, rows);
    CHECKED(ml_permutation_importance(bent, weight, N, D, rows, y, NULL, 4, &rng, importance, arena, NULL));
    take_doubles(D, importance);
    CHECKED(ml_permutation_importance_group(bent, weight, N, D, rows, y, NULL, 4, 2, together, &rng, importance, arena,
                                            NULL));
    take_number(*importance);
    CHECKED(ml_shapley_exact(bent, weight, D, rows, 30, rows + D, phi, arena, NULL));
    take_doubles(D, phi);
    CHECKED(ml_shapley_sample(bent, weight, D, rows, 30, rows + D, 5, &rng, phi, standard_error, arena, NULL));
    take_doubles(D, phi);
    take_doubles(D, standard_error);
    report_taken("importance");
}

static const ml_feature features[] = {
    {.kind = ML_FEATURE_NUMBER, .column = 0, .scaling = ML_SCALE_STANDARD, .fill = ML_FILL_MEAN, .flag = true},
    {.kind = ML_FEATURE_NUMBER, .column = 1, .scaling = ML_SCALE_LOG_STANDARD, .fill = ML_FILL_MEDIAN},
    {.kind = ML_FEATURE_NUMBER, .column = 2, .scaling = ML_SCALE_ROBUST, .fill = ML_FILL_CONSTANT, .constant = 3},
    {.kind = ML_FEATURE_BINS, .column = 3, .size = 6},
    {.kind = ML_FEATURE_ONE_HOT, .column = 4, .min_count = 4},
    {.kind = ML_FEATURE_ORDINAL, .column = 4},
    {.kind = ML_FEATURE_TARGET, .column = 4, .smoothing = 2, .log_odds = true},
    {.kind = ML_FEATURE_HASHED, .column = 4, .size = 5},
};
enum { FEATURES = sizeof features / sizeof *features };

static void report_pipeline(void) {
    static _Alignas(64) unsigned char memory[1 << 18];
    static uint8_t file[1 << 16];
    double rows[N * (D + 1)], *train;
    ml_arena scratch = ml_arena_over(memory, sizeof memory);
    ml_pipeline pipeline, loaded;
    size_t length;
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < D; j++)
            rows[i * (D + 1) + j] = x[i * D + j];
        rows[i * (D + 1) + D] = category[i];
    }
    CHECKED(ml_pipeline_fit(FEATURES, features, N, D + 1, rows, y, NULL, 3, &pipeline, &train, arena, &scratch, NULL));
    take_doubles(N * pipeline.width, train);
    report_taken("pipeline, training rows");
    CHECKED(ml_pipeline_save(&pipeline, sizeof file, file, &length, NULL));
    ml_pipeline_apply(&pipeline, N, rows, out);
    take_bytes(length, file);
    take_doubles(N * pipeline.width, out);
    const uint32_t fitted = taken();
    CHECKED(ml_pipeline_load(length, file, &loaded, arena, NULL));
    CHECKED(ml_pipeline_save(&loaded, sizeof file, file, &length, NULL));
    for (size_t i = 0; i < N; i++) /* one row at a time */
        ml_pipeline_apply(&loaded, 1, rows + i * (D + 1), out + i * loaded.width);
    take_bytes(length, file);
    take_doubles(N * loaded.width, out);
    printf("pipeline: %08x %08x\n", (unsigned)fitted, (unsigned)taken());
}

void report_features(void) {
    arena = empty_arena();
    make_data();
    report_scaling();
    report_imputing();
    report_binning();
    report_categories();
    report_hashing();
    report_expansions();
    report_text();
    report_importance();
    report_pipeline();
}
