/* Tables as text and as bytes, encodings, made-up data, samples, splits, windows. */
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "data/data.h"
#include "report.h"

#define CHECKED(call) assert_int_equal((call), ML_OK)

enum { N = 500, BYTES = 1 << 16 };

static double number[N * 4], more[N * 4];
static float narrow[N * 4];
static uint8_t byte[BYTES];
static uint32_t word[BYTES], other[BYTES];
static ml_arena *arena;

/* --- Tables and encodings ----------------------------------------------------------------------------------------- */

/* Numbers in every form, words, holes. Returns the length. */
static size_t write_csv(size_t rows, char *text, size_t capacity) {
    ml_rng rng = ml_rng_seed(51, 0);
    int length = snprintf(text, capacity, "\xef\xbb\xbfname,whole,real,\"a, b\",note,empty\r\n");
    for (size_t i = 0; i < rows; i++) {
        const uint64_t draw = ml_rng_next(&rng);
        length += snprintf(text + length, capacity - (size_t)length, "%s,%d,%u.%ue%d,%s,\"say \"\"%u\"\"\",\n",
                           i % 5 ? "left" : "right\xc3\xa9", (int)(draw % 2000) - 1000, (unsigned)(draw >> 10) % 100,
                           (unsigned)(draw >> 20), (int)(draw >> 52) % 40 - 20, i % 7 ? "0.1" : "NA", (unsigned)i);
    }
    return (size_t)length;
}

static void report_table(void) {
    static char text[BYTES];
    static uint8_t again[BYTES];
    const size_t length = write_csv(200, text, sizeof text);
    ml_table table, back;
    ml_columnar columns;
    size_t bytes = 0;
    CHECKED(ml_csv_read(text, length, arena, &table, NULL));
    CHECKED(ml_columnar_write(&table, sizeof byte, byte, &bytes, arena, NULL));
    take_bytes(bytes, byte);
    const uint32_t written = taken();
    CHECKED(ml_columnar_open(bytes, byte, arena, &columns, NULL));
    CHECKED(ml_columnar_table(&columns, arena, &back, NULL));
    CHECKED(ml_columnar_write(&back, sizeof again, again, &bytes, arena, NULL));
    take_bytes(bytes, again);
    printf("CSV, columnar file: %08x %08x\n", (unsigned)written, (unsigned)taken());
    for (size_t j = 0; j < table.n_columns; j++) {
        take_number(table.column[j].kind);
        take_number((double)table.column[j].n_levels);
        if (table.column[j].number != NULL)
            take_doubles(table.n_rows, table.column[j].number);
    }
    report_taken("table");
}

static void report_encodings(void) {
    ml_rng rng = ml_rng_seed(52, 0);
    int64_t value[N], level[N];
    size_t n_levels, bytes;
    for (uint32_t below = 1; below < 1u << 30; below *= 7) {
        fill_below(&rng, N, below, word);
        for (size_t i = 0; i < N; i++)
            value[i] = (int64_t)word[i] * (i % 3 ? 1 : -5000000000);
        bytes = ml_delta_encode(N, value, sizeof byte, byte);
        take_bytes(bytes, byte);
        CHECKED(ml_dict_encode(N, value, level, &n_levels, other, arena, NULL));
        take_bytes(n_levels * sizeof *level, level);
        take_words(N, other);
        ml_bitpack(N, word, ml_bit_width(N, word), byte);
        take_bytes(ml_bitpacked_bytes(N, ml_bit_width(N, word)), byte);
        take_bytes((size_t)ml_rle_encode(word, N, byte, sizeof byte), byte);
    }
    report_taken("encodings");
}

static void report_formatting(void) {
    ml_rng rng = ml_rng_seed(53, 0);
    char text[32];
    for (int i = 0; i < 2000; i++) {
        const uint64_t bits = ml_rng_next(&rng);
        double value;
        memcpy(&value, &bits, sizeof value);
        take_bytes(ml_format_f64(i % 2 ? value : ml_rng_normal(&rng), 1 + i % 17, text), text);
    }
    report_taken("ml_format_f64");
}

static void report_layout(void) {
    ml_rng rng = ml_rng_seed(54, 0);
    ml_cache cache;
    fill_normal(&rng, N * 3, 1, number);
    ml_layout_to_columns(N, 3, number, more);
    take_doubles(N * 3, more);
    for (size_t i = 0; i < N * 3; i++)
        narrow[i] = (float)number[i];
    for (size_t stride = 1; stride <= 3; stride++)
        take_number((double)ml_sum_strided(N, narrow, stride));
    CHECKED(ml_cache_init(16, 2, 64, arena, &cache, NULL));
    for (int i = 0; i < 3000; i++)
        take_number(ml_cache_touch(&cache, ml_rng_below(&rng, 4000)));
    report_taken("layouts, cache");
}

/* --- Made-up data ------------------------------------------------------------------------------------------------- */

static void report_shapes(void) {
    static ml_status (*const make[])(size_t, double, ml_rng *, float *, uint8_t *, ml_error *) = {
        ml_data_make_circles, ml_data_make_moons, ml_data_make_xor, ml_data_make_spiral, ml_data_make_random_labels};
    ml_rng rng = ml_rng_seed(55, 0);
    float centre[5 * 3], pixel[64];
    for (size_t i = 0; i < sizeof make / sizeof *make; i++) {
        CHECKED(make[i](N, 0.1 * (double)i, &rng, narrow, byte, NULL));
        take_floats(2 * N, narrow);
        take_bytes(N, byte);
    }
    CHECKED(ml_data_make_blobs(N, 5, 3, 4, 0.7, &rng, centre, narrow, byte, NULL));
    take_floats(3 * N, narrow);
    take_bytes(N, byte);
    for (size_t i = 0; i < 20 * 30; i++)
        narrow[i] = (float)(i % 30 > 12 && i % 30 < 17) * 0.8f;
    take_number(ml_data_digit_from_ink(30, 20, narrow, pixel));
    take_floats(64, pixel);
    report_taken("shapes");
}

static void report_generators(void) {
    ml_rng rng = ml_rng_seed(56, 0);
    double coefficient[4], effect[40];
    ml_zipf zipf;
    CHECKED(ml_data_make_regression(N, 4, 0.5, 0.05, 20, &rng, coefficient, number, more, NULL));
    take_doubles(4 * N, number);
    take_doubles(N, more);
    CHECKED(ml_zipf_init(40, 1.2, arena, &zipf, NULL));
    CHECKED(ml_data_make_categories(N, &zipf, 1.5, &rng, effect, word, byte, NULL));
    take_doubles(40, effect);
    take_words(N, word);
    take_bytes(N, byte);
    CHECKED(ml_data_make_imbalanced(N, 3, 0.04, 2, &rng, number, byte, NULL));
    take_doubles(3 * N, number);
    take_bytes(N, byte);
    report_taken("generators");
}

static void report_streams(void) {
    for (int kind = ML_DRIFT_SUDDEN; kind <= ML_DRIFT_RECURRING; kind++) {
        ml_rng rng = ml_rng_seed(57, (uint64_t)kind);
        ml_drift_stream stream = {(ml_drift_kind)kind, 100, 80, 1.2, 2, 0.05, 0};
        for (int i = 0; i < 400; i++) {
            double point[2];
            uint8_t label;
            take_number(ml_drift_next(&stream, &rng, point, &label));
            take_doubles(2, point);
            take_number(label);
        }
        report_taken("drifting stream %d", kind);
    }
    for (int kind = ML_ARRIVALS_REGULAR; kind <= ML_ARRIVALS_DIURNAL; kind++) {
        ml_rng rng = ml_rng_seed(58, (uint64_t)kind);
        const ml_arrivals_settings settings = {(ml_arrivals_kind)kind, 3, 1, 20, 2, 0.5, 0.8, 50};
        ml_arrivals arrivals;
        CHECKED(ml_arrivals_init(&settings, &rng, &arrivals, NULL));
        for (int i = 0; i < 500; i++)
            take_number(ml_arrivals_next(&arrivals, &rng));
        report_taken("arrivals %d", kind);
    }
}

/* --- Samples ------------------------------------------------------------------------------------------------------ */

static void report_samples(void) {
    enum { STRATA = 6, TAKEN = 60 };
    ml_rng rng = ml_rng_seed(59, 0);
    uint32_t stratum[N], row[N];
    size_t size[STRATA] = {0}, quota[STRATA], n_rows;
    double deviation[STRATA] = {1, 2, 0.5, 0, 3, 1}, estimate, standard_error, ess;
    fill_below(&rng, N, STRATA, stratum);
    for (size_t i = 0; i < N; i++)
        size[stratum[i]]++;
    CHECKED(ml_sample_srs(N, TAKEN, &rng, row, NULL));
    take_words(TAKEN, row);
    CHECKED(ml_allocate_proportional(STRATA, size, TAKEN, quota, NULL));
    CHECKED(ml_sample_stratified(N, stratum, STRATA, quota, &rng, row, arena, NULL));
    take_words(TAKEN, row);
    CHECKED(ml_allocate_neyman(STRATA, size, deviation, TAKEN, quota, NULL));
    CHECKED(ml_sample_stratified(N, stratum, STRATA, quota, &rng, row, arena, NULL));
    take_words(TAKEN, row);
    CHECKED(ml_stratified_mean(STRATA, size, quota, deviation, deviation, &estimate, &standard_error, NULL));
    take_number(estimate);
    take_number(standard_error);
    CHECKED(ml_sample_clusters(N, stratum, STRATA, 3, &rng, row, &n_rows, arena, NULL));
    take_words(n_rows, row);
    CHECKED(ml_cluster_mean(3, deviation + 3, deviation, STRATA, &estimate, &standard_error, NULL));
    take_number(estimate);
    take_number(standard_error);
    fill_normal(&rng, 2 * N, 1, number);
    take_number(ml_importance_estimate(number, number + N, N, &estimate, &ess));
    take_number(estimate);
    take_number(ess);
    fill_uniform(&rng, N, more);
    CHECKED(ml_hansen_hurwitz(N, number, more, 3 * N, &estimate, &standard_error, NULL));
    take_number(estimate);
    take_number(standard_error);
    report_taken("samples and estimates");
}

static void report_weighted_samples(void) {
    enum { TAKEN = 40 };
    ml_rng rng = ml_rng_seed(60, 0);
    int32_t item[TAKEN], skipping[TAKEN];
    ml_alias alias;
    fill_uniform(&rng, N, number);
    CHECKED(ml_alias_build(N, number, arena, &alias, NULL));
    take_doubles(N, alias.keep);
    take_words(N, alias.other);
    for (size_t i = 0; i < N; i++)
        take_number((double)ml_alias_draw(&alias, &rng));
    CHECKED(ml_sample_weighted(N, number, TAKEN, &rng, word, arena, NULL));
    take_words(TAKEN, word);
    ml_reservoir reservoir = {item, TAKEN, 0};
    ml_skip_reservoir skips = ml_skip_reservoir_over(skipping, TAKEN);
    for (int32_t i = 0; i < 5000; i++) {
        ml_reservoir_offer(&reservoir, i, &rng);
        ml_skip_reservoir_offer(&skips, i, &rng);
    }
    take_bytes(sizeof item, item);
    take_bytes(sizeof skipping, skipping);
    report_taken("weighted samples, reservoirs");
}

static double mean_of(const void *data, size_t n, const uint32_t *row) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += ((const double *)data)[row[i]];
    return sum / (double)n;
}

static void report_resampling(void) {
    enum { ROWS = 60, COLUMNS = 3, MADE = 50 };
    ml_rng rng = ml_rng_seed(61, 0);
    uint32_t label[ROWS];
    size_t n_rows;
    double low, high, made[MADE * COLUMNS];
    fill_normal(&rng, ROWS * COLUMNS, 1, number);
    for (size_t i = 0; i < ROWS; i++)
        label[i] = i % 10 == 0 ? 1 : i % 3 == 0 ? 2 : 0;
    CHECKED(ml_bootstrap_interval(ROWS, mean_of, number, 300, 0.9, &rng, &low, &high, arena, NULL));
    take_number(low);
    take_number(high);
    CHECKED(ml_bootstrap_paired(ROWS, number, number + ROWS, 300, 0.95, &rng, &low, &high, arena, NULL));
    take_number(low);
    take_number(high);
    CHECKED(ml_oversample(ROWS, label, 3, &rng, BYTES, word, &n_rows, arena, NULL));
    take_words(n_rows, word);
    CHECKED(ml_undersample(ROWS, label, 3, &rng, word, &n_rows, arena, NULL));
    take_words(n_rows, word);
    CHECKED(ml_smote(ROWS, COLUMNS, number, 5, MADE, &rng, made, arena, NULL));
    take_doubles(MADE * COLUMNS, made);
    report_taken("resampling");
}

/* --- Splits and windows ------------------------------------------------------------------------------------------- */

static void report_splits(void) {
    ml_rng rng = ml_rng_seed(62, 0);
    int32_t group[N];
    size_t n_train, n_test;
    ml_time_fold fold[4];
    fill_below(&rng, N, 3, word);
    for (size_t i = 0; i < N; i++) {
        byte[i] = (uint8_t)word[i];
        group[i] = (int32_t)ml_rng_below(&rng, 40) - 20;
        number[i] = (double)ml_rng_below(&rng, 300);
    }
    CHECKED(ml_data_split(N, 0.3, byte, &rng, other, &n_train, NULL));
    take_words(N, other);
    CHECKED(ml_data_split(N, 0.25, NULL, &rng, other, &n_train, NULL));
    take_words(N, other);
    CHECKED(ml_split_grouped(N, group, 0.2, &rng, other, &n_train, arena, NULL));
    take_words(N, other);
    CHECKED(ml_split_time(N, number, 0.2, 5, other, &n_train, &n_test, arena, NULL));
    take_words(N, other);
    take_number((double)n_train);
    take_number((double)n_test);
    CHECKED(ml_kfold(N, 7, &rng, other, NULL));
    take_words(N, other);
    CHECKED(ml_kfold_stratified(N, word, 3, 5, &rng, other, arena, NULL));
    take_words(N, other);
    CHECKED(ml_kfold_grouped(N, group, 6, other, arena, NULL));
    take_words(N, other);
    CHECKED(ml_kfold_time(N, 4, 0, 3, 100, fold, NULL));
    for (size_t i = 0; i < 4; i++) {
        take_number((double)fold[i].train_begin);
        take_number((double)fold[i].train_end);
        take_number((double)fold[i].test_begin);
        take_number((double)fold[i].test_end);
    }
    report_taken("splits");
}

static void take_windows(ml_windows *windows) {
    ml_window_sum told;
    while (ml_windows_next(windows, &told)) {
        take_number((double)told.start);
        take_number((double)told.end);
        take_number((double)told.count);
        take_number(told.sum);
        take_number(told.smallest);
        take_number(told.largest);
        take_number(told.revision);
    }
}

static void report_windows(void) {
    for (int kind = ML_WINDOWS_TUMBLING; kind <= ML_WINDOWS_SESSION; kind++) {
        ml_rng rng = ml_rng_seed(63, (uint64_t)kind);
        const ml_windows_settings settings = {(ml_windows_kind)kind, 20, 7, 15, 30, 100};
        ml_windows windows;
        CHECKED(ml_windows_init(&settings, arena, &windows, NULL));
        for (int64_t i = 0; i < 400; i++) {
            const int64_t time = 3 * i - (int64_t)ml_rng_below(&rng, 60) + (i / 50 % 2) * 40;
            CHECKED(ml_windows_offer(&windows, time, ml_rng_normal(&rng), NULL));
            take_windows(&windows);
        }
        ml_windows_advance(&windows, INT64_MAX);
        take_windows(&windows);
        take_number((double)windows.dropped);
        report_taken("windows %d", kind);
    }
}

void report_data(void) {
    arena = empty_arena();
    report_table();
    report_encodings();
    report_formatting();
    report_layout();
    report_shapes();
    report_generators();
    report_streams();
    report_samples();
    report_weighted_samples();
    report_resampling();
    report_splits();
    report_windows();
}
