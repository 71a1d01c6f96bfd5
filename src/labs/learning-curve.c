/* How many rows does a model need? Least squares on data whose truth is known, from 2 rows up.
 *
 * With as many rows as features the model fits every row exactly, noise included, and knows less than somebody who
 * never looked at the features. Sources: Hastie, Montanari, Rosset and Tibshirani 2022, "Surprises in high-dimensional
 * ridgeless least squares interpolation", Annals of Statistics 50(2); Nakkiran 2019, "More data can hurt for linear
 * regression: sample-wise double descent", arXiv:1912.07242. */
#include "lab.h"

enum { MAX_FEATURES = 40, MAX_ROWS = 1000, MAX_REPEATS = 100, MAX_SIZES = 160 };

/* --- What the reader can turn ------------------------------------------------------------------------------------- */

enum { R_SQUARED, FEATURES, RIDGE, ROWS, REPEATS };
static const lab_param params[] = {
    [R_SQUARED] = {"r_squared", "Strength of the pattern, R²", "", LAB_NUMBER, 0, 0.95, 0.2, .step = 0.05,
                   .help = "The share of the target that the features explain; the rest is noise."},
    [FEATURES] = {"features", "Features", "", LAB_INTEGER, 1, MAX_FEATURES, 20, .step = 1},
    [RIDGE] = {"ridge", "Ridge λ", "", LAB_NUMBER, 1e-6, 100, 1e-6, .log = true,
               .help = "The price of large weights. The left end is as good as none."},
    [ROWS] = {"max_rows", "Rows, at most", "", LAB_INTEGER, 50, MAX_ROWS, 400, .log = true},
    [REPEATS] = {"repeats", "Repeats", "", LAB_INTEGER, 5, MAX_REPEATS, 40,
                 .help = "How often each point is measured, with fresh data; the plot shows the median.",
                 .advanced = true},
};

/* --- What the reader sees ----------------------------------------------------------------------------------------- */

enum { TRAINING, TEST, PREDICT_THE_MEAN, BEST_POSSIBLE, AS_MANY_ROWS };
static const lab_series error_series[] = {
    [TRAINING] = {"training_error", "training error", LAB_BLUE, LAB_MARK_LINE},
    [TEST] = {"test_error", "test error", LAB_ACCENT, LAB_MARK_LINE},
    [PREDICT_THE_MEAN] = {"predict_the_mean", "predict the mean", LAB_MUTED, LAB_MARK_HORIZONTAL},
    [BEST_POSSIBLE] = {"best_possible", "best possible", LAB_OK, LAB_MARK_HORIZONTAL},
    [AS_MANY_ROWS] = {"rows_equal_features", "rows = features", LAB_AMBER, LAB_MARK_VERTICAL},
};

enum { ERROR_BY_ROWS };
static const lab_view views[] = {
    [ERROR_BY_ROWS] = {"error_by_rows", "Error by number of rows", LAB_LINE,
                       .x = {.title = "rows to learn from", .log = true},
                       .y = {.title = "mean squared error", .log = true, .min = 0.01, .max = 1000},
                       LAB_SERIES(error_series), .code = "measure_once",
                       .formula = "E_{\\text{test}} = \\lVert w - \\hat w\\rVert^2 + 1 - R^2",
                       .help = "Above the grey line the model is worse than always answering the average.",
                       .wide = true},
};

enum { ROWS_TO_BEAT_MEAN, ROWS_BY_FORMULA, FINAL_TEST_ERROR, LARGEST_TEST_ERROR, ROWS_AT_LARGEST_ERROR };
static const lab_readout readouts[] = {
    [ROWS_TO_BEAT_MEAN] = {"rows_to_beat_mean", "First beats the mean at", "rows", .absent = "not yet",
                           .code = "rows_to_beat_mean", .help = "The first number of rows with a test error below 1."},
    [ROWS_BY_FORMULA] = {"rows_by_formula", "By the formula", "rows", .absent = "never", .code = "rows_by_formula",
                         .formula = "n^* = d + 1 + d\\,\\frac{1 - R^2}{R^2}",
                         .help = "Where least squares draws level with the mean, on average."},
    [FINAL_TEST_ERROR] = {"final_test_error", "Test error, last point", "", .absent = "not yet", .code = "ml_median"},
    [LARGEST_TEST_ERROR] = {"largest_test_error", "Largest test error", "", .absent = "not yet", .code = "ml_median"},
    [ROWS_AT_LARGEST_ERROR] = {"rows_at_largest_error", "which is at", "rows", .absent = "not yet",
                               .code = "worst_size"},
};

/* --- What it keeps ------------------------------------------------------------------------------------------------ */

typedef struct learning_curve {
    ml_rng weight_rng, row_rng, noise_rng; /* a stream each */
    double *x, *y;                         /* [MAX_ROWS x MAX_FEATURES], [MAX_ROWS]: the data of one repeat */
    ml_arena scratch;                      /* of one fit */
    int32_t size[MAX_SIZES], n_sizes;      /* the numbers of rows to try */
    int32_t n_done;                        /* sizes that are complete */
    int32_t repeat;                        /* repeats done of the next one, and their errors: */
    double training[MAX_REPEATS], test[MAX_REPEATS];
    double median_training[MAX_SIZES], median_test[MAX_SIZES];
} learning_curve;

static double median(int32_t n, const double *value) {
    double scratch[2 * MAX_REPEATS], middle = (double)NAN;
    (void)ml_median((size_t)n, value, scratch, &middle, NULL); /* n > 0, no value is NaN */
    return middle;
}

/* --- Figures ------------------------------------------------------------------------------------------------------ */

static int32_t rows_to_beat_mean(const learning_curve *curve) {
    for (int32_t i = 0; i < curve->n_done; i++)
        if (curve->median_test[i] < 1.0)
            return curve->size[i];
    return -1;
}

/* The expected test error of least squares is (1 - R²)(1 + d / (n - d - 1)); this is the n at which it is 1. */
static double rows_by_formula(double d, double r_squared) {
    return r_squared > 0.0 ? d + 1.0 + d * (1.0 - r_squared) / r_squared : -1.0;
}

/* The index of the size with the largest test error. */
static int32_t worst_size(const learning_curve *curve) {
    int32_t worst = 0;
    for (int32_t i = 1; i < curve->n_done; i++)
        if (curve->median_test[i] > curve->median_test[worst])
            worst = i;
    return worst;
}

static void figures(void *state, const double *param, double *readout) {
    const learning_curve *curve = state;
    const bool any = curve->n_done > 0;
    const int32_t worst = worst_size(curve);
    readout[ROWS_TO_BEAT_MEAN] = rows_to_beat_mean(curve);
    readout[ROWS_BY_FORMULA] = rows_by_formula(param[FEATURES], param[R_SQUARED]);
    readout[FINAL_TEST_ERROR] = any ? curve->median_test[curve->n_done - 1] : -1.0;
    readout[LARGEST_TEST_ERROR] = any ? curve->median_test[worst] : -1.0;
    readout[ROWS_AT_LARGEST_ERROR] = any ? curve->size[worst] : -1.0;
}

/* --- What to try -------------------------------------------------------------------------------------------------- */

/* The median test error with n rows; -1 while it is not known. */
static double test_error_at(const learning_curve *curve, int32_t n) {
    for (int32_t i = 0; i < curve->n_done; i++)
        if (curve->size[i] == n)
            return curve->median_test[i];
    return -1.0;
}

static bool is_finished(const learning_curve *curve) {
    return curve->n_done == curve->n_sizes;
}

static bool more_data_hurt(const void *state, const double *param, const double *readout) {
    (void)readout;
    const int32_t d = (int32_t)param[FEATURES];
    const double half = test_error_at(state, d / 2), full = test_error_at(state, d);
    return half > 0.0 && full > 5.0 * half;
}

static bool perfect_on_noise(const void *state, const double *param, const double *readout) {
    const learning_curve *curve = state;
    if (param[R_SQUARED] > 0.0 || !is_finished(curve) || readout[ROWS_TO_BEAT_MEAN] >= 0.0)
        return false;
    for (int32_t i = 0; i < curve->n_done && curve->size[i] <= (int32_t)param[FEATURES]; i++)
        if (!(curve->median_training[i] < 1e-6))
            return false;
    return true;
}

static bool ridge_removes_spike(const void *state, const double *param, const double *readout) {
    return param[FEATURES] >= 20.0 && is_finished(state) && readout[LARGEST_TEST_ERROR] < 1.25;
}

static bool strong_pattern(const void *state, const double *param, const double *readout) {
    const learning_curve *curve = state;
    const int32_t d = (int32_t)param[FEATURES];
    if (d < 10 || !is_finished(curve) || readout[ROWS_TO_BEAT_MEAN] < 0.0 || readout[ROWS_TO_BEAT_MEAN] >= d / 2)
        return false;
    for (int32_t i = 0; i < curve->n_done; i++)
        if (curve->size[i] >= 3 * d / 2 && !(curve->median_test[i] < 1.0))
            return false;
    return test_error_at(curve, d) > 3.0;
}

static bool few_features(const void *state, const double *param, const double *readout) {
    return param[FEATURES] <= 5.0 && is_finished(state) && readout[ROWS_AT_LARGEST_ERROR] == param[FEATURES] &&
           readout[ROWS_TO_BEAT_MEAN] > param[FEATURES] && readout[ROWS_TO_BEAT_MEAN] <= 30.0;
}

static const lab_goal goals[] = {
    {"more_data_hurt",
     "Just press Run, and watch more data make it worse: with as many rows as features, the test error is "
     "over five times what half the rows gave.",
     more_data_hurt, ""},
    {"perfect_on_noise", "Let the model learn pure noise (R² = 0): not one mistake in training, and never any use.",
     perfect_on_noise, "r_squared=0"},
    {"ridge_removes_spike", "Keep 20 features and flatten the spike with ridge: no test error above 1.25, anywhere.",
     ridge_removes_spike, "ridge=10"},
    {"strong_pattern",
     "Make the pattern so strong that a handful of rows beats the mean; it then gets lost, and finds its "
     "way back by half as many rows again as features.",
     strong_pattern, "r_squared=0.8"},
    {"few_features", "Leave 5 features: the spike moves to 5 rows, and the model earns its keep within 30.",
     few_features, "features=5"},
};

/* --- The run ------------------------------------------------------------------------------------------------------ */

static void add_size(learning_curve *curve, int32_t n, int32_t max_rows) {
    if (n <= max_rows)
        curve->size[curve->n_sizes++] = n;
}

/* Every n up to 2d, then steps of 8 %; 100, 400, 1000 and max_rows itself come in between. */
static void choose_sizes(learning_curve *curve, int32_t d, int32_t max_rows) {
    const int32_t inserted[] = {100, 400, 1000, max_rows};
    int32_t last = 1;
    for (int32_t n = 2; last < max_rows; n = n < 2 * d ? n + 1 : (27 * n + 24) / 25) {
        for (;;) { /* what belongs between the last one and n */
            int32_t next = n;
            for (size_t k = 0; k < sizeof inserted / sizeof *inserted; k++)
                if (inserted[k] > last && inserted[k] < next)
                    next = inserted[k];
            add_size(curve, next, max_rows);
            last = next;
            if (next == n)
                break;
        }
    }
}

static ml_status init(void *state, const double *param, const lab_setup *setup, ml_error *error) {
    learning_curve *curve = state;
    curve->weight_rng = ml_rng_seed(setup->seed, 1);
    curve->row_rng = ml_rng_seed(setup->seed, 2);
    curve->noise_rng = ml_rng_seed(setup->seed, 3);
    curve->x = ML_ALLOC(setup->arena, MAX_ROWS * MAX_FEATURES, double);
    curve->y = ML_ALLOC(setup->arena, MAX_ROWS, double);
    enum { SCRATCH = (MAX_FEATURES * (MAX_FEATURES + 1)) * (int)sizeof(double) + 256 };
    void *scratch = ml_arena_alloc(setup->arena, SCRATCH, 1);
    if (curve->x == NULL || curve->y == NULL || scratch == NULL)
        return ml_fail(error, ML_ENOMEM, "the data do not fit in the lab's memory; use fewer rows");
    curve->scratch = ml_arena_over(scratch, SCRATCH);
    choose_sizes(curve, (int32_t)param[FEATURES], (int32_t)param[ROWS]);
    return ML_OK;
}

/* True weights in a random direction, of length √R², so that w·x has variance R². */
static void draw_weights(learning_curve *curve, size_t d, double r_squared, double *w) {
    double squares = 0.0;
    for (size_t j = 0; j < d; j++) {
        w[j] = ml_rng_normal(&curve->weight_rng);
        squares += w[j] * w[j];
    }
    for (size_t j = 0; j < d; j++)
        w[j] *= sqrt(r_squared / squares);
}

static double squared_distance(size_t n, const double *a, const double *b) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

/* Fresh weights, fresh rows, one fit; its error on those rows, and exactly on all rows that there could be. */
static ml_status measure_once(learning_curve *curve, const double *param, size_t n, double *training, double *test,
                              ml_error *error) {
    const size_t d = (size_t)param[FEATURES];
    const double noise = 1.0 - param[R_SQUARED]; /* variance of what the features do not explain */
    double w[MAX_FEATURES], fitted[MAX_FEATURES], predicted[MAX_ROWS];
    draw_weights(curve, d, param[R_SQUARED], w);
    for (size_t i = 0; i < n * d; i++)
        curve->x[i] = ml_rng_normal(&curve->row_rng);
    ml_linear_predict(n, d, curve->x, w, 0.0, curve->y);
    for (size_t i = 0; i < n; i++)
        curve->y[i] += sqrt(noise) * ml_rng_normal(&curve->noise_rng);

    ML_TRY(ml_ridge_fit(n, d, curve->x, curve->y, param[RIDGE], fitted, NULL, &curve->scratch, error));

    ml_linear_predict(n, d, curve->x, fitted, 0.0, predicted);
    ML_TRY(ml_metric_mse(n, curve->y, predicted, training, error));
    *test = squared_distance(d, w, fitted) + noise; /* x has variance 1 in each direction: no test rows are needed */
    return ML_OK;
}

/* Multiply-adds of one repeat; a normal draw counts as 16. */
static int64_t cost_of_repeat(int64_t n, int64_t d) {
    const int64_t small = n < d ? n : d, large = n < d ? d : n;
    return n * d * (16 + 3) + small * small * large / 2 + small * small * small / 6 + 1;
}

static ml_status step(void *state, const double *param, int64_t *budget, lab_progress *progress, ml_error *error) {
    learning_curve *curve = state;
    const int32_t n = curve->size[curve->n_done], repeats = (int32_t)param[REPEATS];
    for (; curve->repeat<repeats && * budget> 0; curve->repeat++) {
        ML_TRY(
            measure_once(curve, param, (size_t)n, &curve->training[curve->repeat], &curve->test[curve->repeat], error));
        *budget -= cost_of_repeat(n, (int64_t)param[FEATURES]);
    }
    if (curve->repeat < repeats)
        return ML_OK;
    curve->median_training[curve->n_done] = median(repeats, curve->training);
    curve->median_test[curve->n_done] = median(repeats, curve->test);
    curve->repeat = 0;
    curve->n_done++;
    progress->step++;
    progress->finished = is_finished(curve);
    return ML_OK;
}

/* --- Drawing ------------------------------------------------------------------------------------------------------ */

static void put_errors(lab_frame *frame, int32_t series, const learning_curve *curve, const double *finished,
                       const double *in_progress) {
    float rows[MAX_SIZES], errors[MAX_SIZES];
    int32_t n = 0;
    for (; n < curve->n_done; n++) {
        rows[n] = (float)curve->size[n];
        errors[n] = (float)finished[n];
    }
    if (curve->repeat > 0) { /* the next point, as far as it is known */
        rows[n] = (float)curve->size[n];
        errors[n] = (float)median(curve->repeat, in_progress);
        n++;
    }
    lab_put_points(frame, series, (size_t)n, rows, errors);
}

static void read(void *state, const double *param, int32_t view, lab_frame *frame) {
    (void)view; /* there is one */
    const learning_curve *curve = state;
    put_errors(frame, TRAINING, curve, curve->median_training, curve->training);
    put_errors(frame, TEST, curve, curve->median_test, curve->test);
    lab_put_point(frame, PREDICT_THE_MEAN, 2.0f, 1.0f);
    lab_put_point(frame, BEST_POSSIBLE, 2.0f, (float)(1.0 - param[R_SQUARED]));
    lab_put_point(frame, AS_MANY_ROWS, (float)param[FEATURES], 1.0f);
}

const lab lab_learning_curve = {
    .name = "learning-curve",
    .title = "No pattern, little data, much data",
    .question = "How many rows are needed before a model knows more than the average?",
    .params = params,
    .n_params = LAB_COUNT(params),
    .views = views,
    .n_views = LAB_COUNT(views),
    .readouts = readouts,
    .n_readouts = LAB_COUNT(readouts),
    .goals = goals,
    .n_goals = LAB_COUNT(goals),
    .state_bytes = sizeof(learning_curve),
    .arena_bytes = (MAX_ROWS * (MAX_FEATURES + 1) + MAX_FEATURES * (MAX_FEATURES + 1)) * sizeof(double) + 1024,
    .steps_per_second = 40,
    .step_label = "one number of rows",
    .init = init,
    .step = step,
    .read = read,
    .figures = figures,
};
